"""Play planned dossiers through the verbs that people and the clock use, each at its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO

from bpmn.model import Procedure
from services import clocks, deadlines, documents, dossiers, loading, outbox, tasks, timers, turns
from services.demo import courses
from services.demo.crew import Crew
from services.demo.plan import Planned
from services.intake import Accepted, Intake, accept
from services.permissions import SYSTEM, Viewer
from storage.database import session, verb
from storage.rows import tasks as rows
from storage.tables import Dossier, Instance, Task

PAPER = b"%PDF-1.4\n% a paper of the demo data\n%%EOF\n"
A_SECOND = timedelta(seconds=1)
"""How late the running server raises what is due."""
MOST_DUE = 200
"""What can fall due between two acts of one dossier."""
CLAIMED = 0.6
"""Which part of the tasks of a group somebody takes before he works on them."""
OUT_OF_TURN = 0.03
"""Which part of what is not in turn somebody takes all the same."""
BEFORE_ITS_TURN = (
    "Cùng doanh nghiệp với hồ sơ đang xử lý, xem xét một lần.",
    "Lãnh đạo yêu cầu xử lý trước.",
    "Hồ sơ nộp trước đang chờ ý kiến chuyên môn.",
)
WITHDRAWN = "Công ty thay đổi kế hoạch, xin rút hồ sơ."
URGENT = "Doanh nghiệp đề nghị xử lý gấp."
"""Why a dossier is taken before its turn: each is played to its end before the next one."""
STOPPED = "Người nộp không thực hiện nghĩa vụ theo yêu cầu trong thời hạn."


@dataclass(slots=True, kw_only=True)
class Stage:
    """Where dossiers are played, up to a moment."""

    crew: Crew
    intake: Intake
    until: datetime
    papers: dict[str, Accepted] = field(default_factory=dict)

    def paper(self, component: str) -> Accepted:
        """Give the paper that is uploaded for a component."""
        if component not in self.papers:
            self.papers[component] = accept(BytesIO(PAPER), f"{component}.pdf", component, self.intake)
        return self.papers[component]

    def play(self, some: Iterable[Planned]) -> None:
        """Play some dossiers in one transaction: each is there whole or not at all. Nobody is called or written to."""
        ready = [(one, self._prepared(one)) for one in some]
        with outbox.silent():
            _play(self, ready)

    def _prepared(self, one: Planned) -> Sequence[Accepted]:
        """Keep contents before a transaction is open."""
        legal = legal_of(one.course.slug)
        return [self.paper(part.id) for part in legal.components_of(one.course.case) if part.required]


def legal_of(slug: str) -> Procedure:
    """Give the legal parts of the procedure in force; raise NotFound."""
    legal = loading.load(dossiers.definition_in_force(slug).id).procedure
    if legal is None:
        raise LookupError(slug)
    return legal


@verb
def _play(stage: Stage, some: Iterable[tuple[Planned, Sequence[Accepted]]]) -> None:
    for one, papers in some:
        _Play(stage, one).all(papers)


class _Play:
    """One dossier being played."""

    def __init__(self, stage: Stage, one: Planned) -> None:
        self.stage, self.one = stage, one
        self.rng = one.chance("play")
        self.applicant = stage.crew.applicant(self.rng)
        self.workers: dict[str, Viewer] = {}
        self.open: Sequence[Task] | None = None
        self.dossier: Dossier
        self.instance: Instance
        self.facts = one.facts
        self.moments = one.moments(legal_of(one.course.slug).limit_of(one.course.case), clocks.calendar())

    def all(self, papers: Sequence[Accepted]) -> None:
        """File it and let everybody do his part, up to the moment that the stage has."""
        self._file(papers)
        before = self.one.filed_at
        for number, (act, at) in enumerate(zip(self.one.course.acts, self.moments, strict=True)):
            if self.one.left and number == self.one.left_after:
                self._leave(before, at)
                break
            viewer = self._worker(act.who)
            if act.who != "applicant" and self.rng.random() < CLAIMED:
                self._claim(viewer, act.task, self._working(before + (at - before) * self.rng.uniform(0.05, 0.9)))
            if at > self.stage.until:
                break
            self._go_on_to(at)
            task = self._task(act.task)
            if task.assignee is None and turns.first_ahead(viewer, task) is not None:
                tasks.assign(SYSTEM, task.id, viewer.username, now=at)  # what is done out of turn is given by somebody
            later = at - act.at
            answers = courses.varied(act.answers, self.facts, later=later)
            approver = self._worker(act.approved_by).username if act.approved_by else None
            tasks.submit(viewer, task.id, answers, now=at, act=act.act, reason=act.reason, approved_by=approver)
            before, self.open = at, None
        self._go_on_to(self.stage.until)

    def _file(self, papers: Sequence[Accepted]) -> None:
        one, at = self.one, self.one.filed_at
        ids = [documents.keep(self.applicant, paper, self.stage.intake, now=at).id for paper in papers]
        answers = courses.varied(one.course.answers, self.facts, later=at - one.course.filed_at)
        channel = self.rng.choices(["online", "counter", "post"], [86, 10, 4])[0]
        self.dossier = dossiers.file(
            self.applicant, one.course.slug, answers, now=at, case=one.course.case, document_ids=ids,
            channel=channel, filing_id=one.id,
        )  # fmt: skip
        found = session().get(Instance, self.dossier.instance_id)
        if found is None:
            raise LookupError(self.dossier.code)
        self.instance = found

    def _worker(self, who: str) -> Viewer:
        """Give who does the steps of a group: the same person for the whole dossier."""
        if who == "applicant":
            return self.applicant
        if who not in self.workers:
            self.workers[who] = self.stage.crew.officer(who, self.rng)
        return self.workers[who]

    def _task(self, element_id: str) -> Task:
        return next(task for task in self._open() if task.element_id == element_id)

    def _open(self) -> Sequence[Task]:
        """Give the open tasks; they are read again once something may have opened or closed one."""
        if self.open is None:
            self.open = rows.open_of(self.instance.id)
        return self.open

    def _raise(self, task_id: str, now: datetime) -> None:
        deadlines.raise_task(task_id, self.instance.id, now=now)

    def _fire(self, now: datetime) -> None:
        timers.fire(self.instance.id, now=now)
        self.open = None

    def _claim(self, viewer: Viewer, element_id: str, at: datetime) -> None:
        """Let somebody take a task; where another waits that was filed before, that is seldom, and has its reason."""
        if at > self.stage.until:
            return
        self._go_on_to(at)
        task = self._task(element_id)
        if turns.first_ahead(viewer, task) is None:
            tasks.claim(viewer, task.id, now=at)
        elif self.rng.random() < OUT_OF_TURN:
            tasks.claim(viewer, task.id, now=at, reason=self.rng.choice(BEFORE_ITS_TURN))

    def _working(self, at: datetime) -> datetime:
        """Give the next moment at which an office works."""
        return clocks.calendar().effective(at)

    def _leave(self, before: datetime, at: datetime) -> None:
        """Let the applicant take the dossier back, or an officer stop it."""
        asked = before + (at - before) * self.rng.uniform(0.2, 0.6)
        confirmed = self._working(asked + (at - before) * self.rng.uniform(0.05, 0.35))
        door = self._worker("one_door")
        if self.one.left == "withdrawn":
            if asked > self.stage.until:
                return
            self._go_on_to(asked)
            dossiers.withdraw(self.applicant, self.dossier.id, WITHDRAWN, now=asked)
            if confirmed <= self.stage.until:
                self._go_on_to(confirmed)
                dossiers.confirm_withdrawal(door, self.dossier.id, now=confirmed)
        elif confirmed <= self.stage.until:
            self._go_on_to(confirmed)
            dossiers.stop(door, self.dossier.id, STOPPED, now=confirmed)

    def _go_on_to(self, moment: datetime) -> None:
        """Let time pass: what falls due of this dossier is done when it is due, as the running server does it."""
        done = 0
        while (due := self._due()) is not None and due[0] <= moment:
            done += 1
            if done > MOST_DUE:
                raise RuntimeError(f"{self.dossier.code}: what is due stays due")
            due[1](due[0] + A_SECOND)

    def _due(self) -> tuple[datetime, Callable[[datetime], object]] | None:
        """Give what is due first of this dossier."""
        instance_id, dossier = self.instance.id, self.dossier
        found: list[tuple[datetime, Callable[[datetime], object]]] = []
        if self.instance.status == "running" and self.instance.next_due_at is not None:
            found.append((self.instance.next_due_at, self._fire))
        if dossier.next_deadline_at is not None:
            at = dossier.next_deadline_at
            found.append((at, lambda now: deadlines.raise_dossier(dossier.id, instance_id, now=now)))
        if self.instance.ended_at is None:
            found += [
                (task.next_deadline_at, partial(self._raise, task.id))
                for task in self._open()
                if task.next_deadline_at is not None
            ]
        return min(found, key=lambda each: each[0], default=None)
