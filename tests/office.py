"""An office with its demo people, for tests: file a dossier, complete its steps, look at it. No mocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import yaml
from sqlalchemy import select

from jobs.tick import Ticked, tick
from services import definitions, documents, dossiers, instances, loading, people, tasks
from services.permissions import SYSTEM, Viewer
from services.setup import SHIPPED
from services.wiring import Parts
from storage.database import session
from storage.queries import tasks as lists
from storage.rows import dossiers as dossier_rows
from storage.rows import people as people_rows
from storage.rows import tasks as task_rows
from storage.tables import Dossier, Instance, Task

START = datetime(2026, 8, 20, 1, 55, tzinfo=UTC)
"""Thursday 20 August 2026, 08:55 in Hanoi."""
PAPER = b"%PDF-1.4\n% a paper\n"
PROCEDURE = "biosafety-level-3"


@cache
def scenario(slug: str = PROCEDURE) -> Mapping[str, Any]:
    """Read the scenario of a shipped procedure; its answers are used wherever a test needs some."""
    found: Mapping[str, Any] = yaml.load((SHIPPED / slug / "scenario.yaml").read_text(), yaml.CSafeLoader)
    return found


def course(name: str, slug: str = PROCEDURE) -> Mapping[str, Any]:
    """Give one course of a scenario."""
    found: Mapping[str, Any] = next(c for c in scenario(slug)["courses"] if c["name"] == name)
    return found


@dataclass(slots=True)
class Office:
    """The demo office at a moment that tests move on."""

    parts: Parts
    now: datetime = START
    viewers: dict[str, Viewer] = field(default_factory=dict)

    def viewer(self, username: str) -> Viewer:
        """Give a demo person."""
        if username not in self.viewers:
            person = people_rows.load(username)
            assert person is not None, username
            self.viewers[username] = people.viewer_of(person)
        return self.viewers[username]

    def hire(self, username: str, *roles: str, groups: Iterable[str] = (), unit: str = "", **more: Any) -> Viewer:
        """Open an account and give its person."""
        people.create(
            SYSTEM,
            username=username,
            name=username.title(),
            roles=roles,
            groups=groups,
            unit=unit,
            now=self.now,
            **more,
        )
        return self.viewer(username)

    def deploy(self, files: Mapping[str, bytes], **more: Any) -> definitions.Deployed:
        """Deploy a bundle, published at once."""
        return definitions.deploy(SYSTEM, files, now=self.now, **more)

    def start(self, key: str, variables: Mapping[str, Any] | None = None, **more: Any) -> Instance:
        """Start an instance of a process that is no procedure."""
        return instances.start(SYSTEM, key, variables or {}, now=self.now, **more)

    def tick(self, **span: float) -> Ticked:
        """Let time pass and do what is due then, as the running server does."""
        self.later(**span)
        return tick(self.parts, now=self.now)

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now

    def paper(self, username: str, component: str, content: bytes = PAPER, name: str = "") -> str:
        """Upload a file and give its document's id."""
        upload = documents.Upload(name=name or f"{component}.pdf", stream=BytesIO(content), component=component)
        return documents.stage(self.viewer(username), upload, self.parts.intake, now=self.now).id

    def papers(self, username: str = "nguoinop", key: str = PROCEDURE, case: str = "") -> list[str]:
        """Upload one file for each required component."""
        legal = loading.load(dossiers.definition_in_force(key).id).procedure
        assert legal is not None
        return [self.paper(username, part.id) for part in legal.components_of(case) if part.required]

    def file(self, username: str = "nguoinop", **changes: Any) -> Dossier:
        """File a dossier of the biosafety procedure."""
        answers = {**course("granted_at_once")["answers"], **changes}
        ids = self.papers(username)
        return dossiers.file(self.viewer(username), PROCEDURE, answers, now=self.now, document_ids=ids)

    def file_in(self, key: str, answers: Mapping[str, Any] | None = None, *, username: str = "nguoinop") -> Dossier:
        """File a dossier of a procedure without components."""
        return dossiers.file(self.viewer(username), key, answers or {}, now=self.now)

    def open(self, instance: Instance | Dossier) -> dict[str, Task]:
        """Give the open tasks of an instance or dossier by their elements."""
        instance_id = instance.instance_id if isinstance(instance, Dossier) else instance.id
        return {task.element_id: task for task in task_rows.open_of(instance_id)}

    def every_task(self, instance: Instance | Dossier) -> list[Task]:
        """Give all tasks of an instance or dossier, closed ones too."""
        instance_id = instance.instance_id if isinstance(instance, Dossier) else instance.id
        return list(session().scalars(select(Task).where(Task.instance_id == instance_id).order_by(Task.created_at)))

    def step(
        self, dossier: Dossier, username: str, element: str, act: str | None = None, **more: Any
    ) -> tasks.Submitted:
        """Complete the open step `element`, with the answers that the scenario gives for it unless `answers` says."""
        task = next(row for row in lists.open_steps(dossier.id) if row.element_id == element)
        answers = more.pop("answers", None)
        if answers is None:
            answers = _answers(element, act)
        if act == "supplement":  # the head approves it in the same moment
            more.setdefault("approved_by", "truongphong")
        more.setdefault("turn_reason", "Việc của phép thử")  # tests share an office: others may have filed before
        return tasks.submit(self.viewer(username), task.id, answers, now=self.now, act=act, **more)

    def accepted(self, username: str = "nguoinop") -> Dossier:
        """File a dossier and have it accepted."""
        dossier = self.file(username)
        self.step(dossier, "motcua", "check", "accept")
        return self.again(dossier)

    def look(self) -> None:
        """Forget what was read before, so that what others wrote meanwhile is seen."""
        session().rollback()  # ends a read of this session, whose snapshot may be old
        session().expire_all()

    def again(self, dossier: Dossier) -> Dossier:
        """Give a dossier as it is now."""
        self.look()
        found = dossier_rows.load(dossier.id)
        assert found is not None
        return found

    def instance(self, dossier: Dossier) -> Instance:
        """Give a dossier's instance as it is now."""
        self.look()
        found = session().get(Instance, dossier.instance_id)
        assert found is not None
        return found


def _answers(element: str, act: str | None) -> Mapping[str, Any]:
    steps = [step for c in scenario()["courses"] for step in c["steps"] if step.get("task") == element]
    fitting = [step for step in steps if act is None or step.get("act") == act]
    assert fitting, f"no course completes {element} by {act}"
    return fitting[0].get("answers") or {}
