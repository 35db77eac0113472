"""Reads for designers: what there is by key, the versions of a key and what runs on them, one upload with its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from storage.database import session
from storage.tables import Definition, Deployment, DeploymentFile, Instance
from texts import Text

_ORDER = {"process": 0, "decision": 1, "form": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a process, decision or form."""

    id: str
    kind: str
    key: str
    version: int
    version_tag: str
    name: Text
    state: str
    is_procedure: bool
    procedure_code: str
    unit_code: str
    search_text: str
    deployment_id: str
    file_name: str
    created_at: datetime
    created_by: str
    published_at: datetime | None
    retired_at: datetime | None
    suspended_at: datetime | None
    suspension_reason: str
    warnings: int
    """How many findings its upload had; errors are never stored."""

    @property
    def changed_at(self) -> datetime:
        """Give when something last happened to it."""
        return max(moment for moment in (self.created_at, self.published_at, self.retired_at) if moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A bundle as it was uploaded; `files` are (name, size in bytes)."""

    id: str
    name: str
    created_at: datetime
    created_by: str
    files: tuple[tuple[str, int], ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How many instances of a version run, and how many ended."""

    running: int = 0
    ended: int = 0


def of_kinds(*kinds: str) -> tuple[Version, ...]:
    """Give the newest version of each key of these kinds, and the one in force if it is another; some hundreds."""
    newest = (
        select(Definition.kind, Definition.key, func.max(Definition.version).label("version"))
        .where(Definition.kind.in_(kinds))
        .group_by(Definition.kind, Definition.key)
        .subquery()
    )
    query = _versions().join(newest, (newest.c.kind == Definition.kind) & (newest.c.key == Definition.key))
    is_newest, is_in_force = Definition.version == newest.c.version, Definition.state == "published"
    return tuple(map(_version, session().execute(query.where(is_newest | is_in_force))))


def versions(kind: str, key: str) -> tuple[Version, ...]:
    """Give all versions of a key, the newest first."""
    query = _versions().where(Definition.kind == kind, Definition.key == key).order_by(Definition.version.desc())
    return tuple(map(_version, session().execute(query)))


def version(definition_id: str) -> Version | None:
    """Give one version."""
    found = session().execute(_versions().where(Definition.id == definition_id)).one_or_none()
    return _version(found) if found else None


def in_force(kind: str, keys: Iterable[str]) -> Mapping[str, Version]:
    """Give key -> the version in force."""
    query = _versions().where(Definition.kind == kind, Definition.key.in_(sorted(set(keys))))
    rows = session().execute(query.where(Definition.state == "published"))
    return {row.Definition.key: _version(row) for row in rows}


def upload(deployment_id: str) -> Upload | None:
    """Give one upload with its files and definitions."""
    found = session().get(Deployment, deployment_id)
    if found is None:
        return None
    of_it = DeploymentFile.deployment_id == deployment_id
    files = select(DeploymentFile.name, func.length(DeploymentFile.data)).where(of_it).order_by(DeploymentFile.name)
    stored = session().execute(_versions().where(Definition.deployment_id == deployment_id))
    return Upload(
        id=found.id,
        name=found.name,
        created_at=found.created_at,
        created_by=found.created_by,
        files=tuple((row[0], row[1]) for row in session().execute(files)),
        versions=tuple(sorted(map(_version, stored), key=lambda v: (_ORDER[v.kind], not v.is_procedure, v.key))),
    )


def file(deployment_id: str, name: str) -> bytes | None:
    """Give one file of an upload, byte for byte."""
    query = select(DeploymentFile.data).where(DeploymentFile.deployment_id == deployment_id)
    return session().scalar(query.where(DeploymentFile.name == name))


def running(keys: Iterable[str]) -> Mapping[str, int]:
    """Count the running and suspended instances of these keys, all versions together (reads one index)."""
    query = select(Instance.key, func.count()).where(
        Instance.key.in_(sorted(set(keys))), Instance.status.in_(("running", "suspended"))
    )
    return {row[0]: row[1] for row in session().execute(query.group_by(Instance.key))}


def runs(definition_ids: Iterable[str]) -> Mapping[str, Runs]:
    """Count what runs and what ended on each of these versions (reads one index)."""
    query = select(Instance.definition_id, Instance.status, func.count()).where(
        Instance.definition_id.in_(sorted(set(definition_ids)))
    )
    found: dict[str, Runs] = {}
    for definition_id, status, number in session().execute(query.group_by(Instance.definition_id, Instance.status)):
        before = found.get(definition_id, Runs())
        is_running = status in ("running", "suspended")
        found[definition_id] = Runs(
            running=before.running + (number if is_running else 0), ended=before.ended + (0 if is_running else number)
        )
    return found


def _versions() -> Any:
    return select(Definition, Deployment.created_by, Deployment.findings).join(
        Deployment, Deployment.id == Definition.deployment_id
    )


def _version(row: Row[Any]) -> Version:
    definition: Definition = row.Definition
    return Version(
        id=definition.id,
        kind=definition.kind,
        key=definition.key,
        version=definition.version,
        version_tag=definition.version_tag,
        name=Text(definition.name, definition.name_en or definition.name),
        state=definition.state,
        is_procedure=definition.is_procedure,
        procedure_code=definition.procedure_code,
        unit_code=definition.unit_code,
        search_text=definition.search_text,
        deployment_id=definition.deployment_id,
        file_name=definition.file_name,
        created_at=definition.created_at,
        created_by=row.created_by,
        published_at=definition.published_at,
        retired_at=definition.retired_at,
        suspended_at=definition.suspended_at,
        suspension_reason=definition.suspension_reason,
        warnings=sum(item["severity"] != "info" for item in row.findings if item["file"] == definition.file_name),
    )
