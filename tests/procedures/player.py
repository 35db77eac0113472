"""Plays a course of a scenario.yaml through the services, with a virtual clock: jobs tick when something is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from jobs.tick import tick
from services import documents, dossiers, history, loading, people, tasks
from services.permissions import SYSTEM, Viewer
from services.wiring import Parts
from storage.database import session
from storage.queries import jobs
from storage.queries import tasks as lists
from storage.rows import dossiers as dossier_rows
from storage.rows import people as people_rows
from storage.tables import Dossier, Instance

PAPER = b"%PDF-1.4\n% a paper of a scenario\n"
APPLICANT = "applicant.of.scenario"


@dataclass(slots=True)
class Course:
    """One course being played: its parts, its dossier and the present moment."""

    parts: Parts
    key: str
    now: datetime
    dossier_id: str = ""
    viewers: dict[str, Viewer] = field(default_factory=dict)

    @property
    def dossier(self) -> Dossier:
        """The dossier as it is now."""
        found = dossier_rows.load(self.dossier_id)
        assert found is not None
        return found

    @property
    def instance(self) -> Instance:
        """The dossier's instance as it is now."""
        found = session().get(Instance, self.dossier.instance_id, populate_existing=True)
        assert found is not None
        return found

    def viewer(self, who: str) -> Viewer:
        """Give the applicant, or an officer who is in the group `who` and no other."""
        if who not in self.viewers:
            username = APPLICANT if who == "applicant" else f"{who.replace('_', '.')}.of.scenario"
            if not people.exists(username):
                role, groups = (["applicant"], []) if who == "applicant" else (["officer"], [who])
                people.create(SYSTEM, username=username, name=username, roles=role, groups=groups, now=self.now)
            person = people_rows.load(username)
            assert person is not None
            self.viewers[who] = people.viewer_of(person)
        return self.viewers[who]

    def file(self, course: Mapping[str, Any]) -> None:
        """File the dossier with one paper for each required component."""
        applicant = self.viewer("applicant")
        row = dossiers.definition_in_force(self.key)
        legal = loading.load(row.id).procedure
        assert legal is not None
        case = course.get("case", "")
        wanted = [part.id for part in legal.components_of(case) if part.required]
        ids = [self._staged(applicant, component) for component in wanted]
        self.dossier_id = dossiers.file(
            applicant, self.key, course["answers"], now=self.now, case=case, document_ids=ids
        ).id

    def go_on_to(self, moment: datetime) -> None:
        """Let time pass: whatever falls due on the way is done at its moment, as the running server does it."""
        while (due := jobs.oldest_due()) is not None and due <= moment:
            self.now = max(self.now, due) + timedelta(seconds=1)
            tick(self.parts, now=self.now)
        self.now = max(self.now, moment)

    def do(self, step: Mapping[str, Any]) -> None:
        """Complete the open task of an element as a member of its group would."""
        said = step.get("reason", "")
        viewer = self.viewer(step["who"])
        task = next(t for t in self.open() if t.element_id == step["task"])
        approver = self.viewer(step["approved_by"]).username if "approved_by" in step else None
        tasks.submit(
            viewer, task.id, step.get("answers") or {}, now=self.now, act=step.get("act"), reason=said,
            approved_by=approver,
        )  # fmt: skip

    def open(self) -> Sequence[lists.InboxRow]:
        """Give the open tasks of the dossier."""
        return lists.open_steps(self.dossier_id)

    def papers(self) -> list[str]:
        """Give the kinds of the papers issued so far, in order."""
        return [d.kind for d in dossier_rows.documents_of(self.dossier_id) if d.origin == "issued"]

    def log(self) -> list[tuple[str, dict[str, Any]]]:
        """Give (kind, data) of every event of the dossier, in order."""
        return [(kind, data) for _, kind, _, data in reversed(history.acts(self.instance))]

    def _staged(self, viewer: Viewer, component: str) -> str:
        upload = documents.Upload(name=f"{component}.pdf", stream=BytesIO(PAPER), component=component)
        return documents.stage(viewer, upload, self.parts.intake, now=self.now).id


def moment(value: Any) -> datetime | None:
    """Give a moment of a scenario, which YAML reads as a datetime or a text."""
    if value is None:
        return None
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    assert found.tzinfo is not None, f"{value} needs its offset"
    return found
