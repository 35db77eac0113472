"""Deployments and definitions, for verbs and for the definition cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Row, and_, bindparam, case, delete, func, or_, select

from storage.database import connection, session
from storage.tables import Definition, Deployment, DeploymentFile, StartEvent, StartTimer

_IN_FORCE = (Definition.kind == "process", Definition.key == bindparam("name"), Definition.state == "published")
_STARTABLE = (
    select(Definition.id, Definition.kind, Definition.state, Definition.suspended_at)
    .where(or_(Definition.id == bindparam("name"), and_(*_IN_FORCE)))
    .order_by(case((Definition.id == bindparam("name"), 0), else_=1))
    .limit(1)
)


def load(definition_id: str) -> Definition | None:
    """Load a definition by id."""
    return session().get(Definition, definition_id, populate_existing=True)


def startable(name: str) -> Row[str, str, str, datetime | None] | None:
    """Give (id, kind, state, suspended_at) of the definition of this id, else of the process in force of this key."""
    return connection().execute(_STARTABLE, {"name": name}).one_or_none()


def published(kind: str, key: str) -> Definition | None:
    """Give the version of a key that is in force."""
    query = select(Definition).where(Definition.kind == kind, Definition.key == key, Definition.state == "published")
    return session().scalar(query)


def published_of(kind: str, keys: Sequence[str]) -> Mapping[str, Definition]:
    """Give the versions in force of several keys."""
    query = select(Definition).where(
        Definition.kind == kind, Definition.key.in_(list(keys)), Definition.state == "published"
    )
    return {row.key: row for row in session().scalars(query)}


def published_as(kind: str, file_name: str) -> Definition | None:
    """Give a definition in force that came in a file of this name."""
    query = select(Definition).where(Definition.kind == kind, Definition.state == "published")
    return session().scalar(query.where(Definition.file_name == file_name).limit(1))


def names_in_force(kind: str) -> Sequence[tuple[str, str]]:
    """Give (key, file name) of every definition of a kind that is in force."""
    query = select(Definition.key, Definition.file_name)
    return [
        (row[0], row[1])
        for row in session().execute(query.where(Definition.kind == kind, Definition.state == "published"))
    ]


def published_file(key: str) -> bytes | None:
    """Give the file of the process of a key that is in force."""
    row = published("process", key)
    return file(row.deployment_id, row.file_name) if row else None


def last_version(kind: str, key: str) -> int:
    """Give the highest version number of a key, 0 where there is none."""
    query = select(func.max(Definition.version)).where(Definition.kind == kind, Definition.key == key)
    return session().scalar(query) or 0


def by_version(kind: str, key: str, version: int) -> Definition | None:
    """Give one version of a key."""
    query = select(Definition).where(Definition.kind == kind, Definition.key == key, Definition.version == version)
    return session().scalar(query)


def by_tag(kind: str, key: str, tag: str) -> Definition | None:
    """Give the newest version of a key that bears a version tag and is or was published."""
    query = select(Definition).where(
        Definition.kind == kind, Definition.key == key, Definition.version_tag == tag, Definition.state != "draft"
    )
    return session().scalar(query.order_by(Definition.version.desc()).limit(1))


def deployment(content_hash: bytes) -> Deployment | None:
    """Find the deployment of exactly this content."""
    return session().scalar(select(Deployment).where(Deployment.content_hash == content_hash))


def deployment_by_id(deployment_id: str) -> Deployment | None:
    """Load a deployment."""
    return session().get(Deployment, deployment_id)


def of_deployment(deployment_id: str) -> Sequence[Definition]:
    """Give the definitions of a deployment, processes first."""
    query = select(Definition).where(Definition.deployment_id == deployment_id)
    rank = {"process": 0, "decision": 1, "form": 2}
    return sorted(session().scalars(query), key=lambda row: (rank[row.kind], row.key))


def files(deployment_id: str) -> dict[str, bytes]:
    """Give the files of a deployment, byte for byte."""
    query = select(DeploymentFile).where(DeploymentFile.deployment_id == deployment_id)
    return {row.name: row.data for row in session().scalars(query)}


def file(deployment_id: str, name: str) -> bytes:
    """Give one file of a deployment, byte for byte."""
    query = select(DeploymentFile.data).where(
        DeploymentFile.deployment_id == deployment_id, DeploymentFile.name == name
    )
    return session().execute(query).scalar_one()


def replace_starts(definition: Definition, starts: Iterable[StartEvent]) -> None:
    """Set what begins a definition by itself; none: it no longer starts so."""
    session().execute(delete(StartEvent).where(StartEvent.definition_id == definition.id))
    session().add_all(starts)
    definition.starts_listed = True


def starting(kind: str, name: str) -> Sequence[StartEvent]:
    """Give what begins a process in force and in service by a message or signal, the one published first in front."""
    query = select(StartEvent).join(Definition, Definition.id == StartEvent.definition_id)
    query = query.where(StartEvent.kind == kind, StartEvent.name == name, Definition.state == "published")
    query = query.where(Definition.suspended_at.is_(None))
    return session().scalars(query.order_by(Definition.published_at, Definition.key, StartEvent.element_id)).all()


def unlisted() -> Sequence[Definition]:
    """Give the processes in force of which it is not listed yet what begins them."""
    query = select(Definition).where(Definition.kind == "process", Definition.state == "published")
    return session().scalars(query.where(Definition.starts_listed.is_(False))).all()


def replace_start_timers(definition_id: str, timers: Iterable[StartTimer]) -> None:
    """Set the start timers of a definition; none: it no longer starts by the clock."""
    session().execute(delete(StartTimer).where(StartTimer.definition_id == definition_id))
    session().add_all(timers)


def start_timers_due(now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Give (definition id, element id) of start timers that are due; those of suspended definitions wait."""
    query = select(StartTimer.definition_id, StartTimer.element_id).where(StartTimer.due_at <= now)
    query = query.join(Definition, Definition.id == StartTimer.definition_id).where(Definition.suspended_at.is_(None))
    return [(row[0], row[1]) for row in session().execute(query.order_by(StartTimer.due_at).limit(limit))]


def start_timers(definition_id: str) -> Sequence[StartTimer]:
    """Load and hold the start timers of a definition."""
    query = select(StartTimer).where(StartTimer.definition_id == definition_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).all()


def lock(definition_id: str) -> Definition | None:
    """Load a definition and hold it until the commit."""
    return session().get(Definition, definition_id, with_for_update=True, populate_existing=True)


def start_timer(definition_id: str, element_id: str) -> StartTimer | None:
    """Load and hold a start timer."""
    key = (definition_id, element_id)
    return session().get(StartTimer, key, with_for_update=True, populate_existing=True)
