"""Who is told that a limit is at risk or breached, or that a dossier is likely late: the diagram says, or this page.

The assignee first, then the head of the unit, then the leaders: each moment tells further up than the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bpmn.model import Procedure
from services import loading, notices
from services.notices import News
from services.permissions import Permission, permissions_of
from services.runs import Run
from storage.rows import people, tasks
from storage.tables import Dossier, Person, Task
from texts import Text

USUAL: Mapping[str, tuple[str, ...]] = {
    "likely_late": ("assignee",),
    "at_risk": ("assignee", "head"),
    "breached": ("assignee", "head", "leader"),
    "acceptance_at_risk": ("receiver",),
    "acceptance_breached": ("receiver", "head"),
}
"""Whom the procedure does not name."""
LEADERS = "leader"
"""Code of the group whose members are told as leaders."""
FACTS: Mapping[str, Text] = {
    "likely_late": Text("có khả năng trễ hạn", "is likely to be late"),
    "at_risk": Text("sắp đến hạn", "is due soon"),
    "breached": Text("đã quá hạn", "is overdue"),
    "acceptance_at_risk": Text("sắp hết hạn trả lời tiếp nhận", "is to be accepted or refused soon"),
    "acceptance_breached": Text("đã quá hạn trả lời tiếp nhận", "should have been accepted or refused by now"),
}


def tell(run: Run, dossier: Dossier, kind: str, task: Task | None = None) -> int:
    """Tell those whom it concerns, once each, in the present transaction; `task`: the step whose limit it is."""
    subject = f"task:{task.id}" if task else f"dossier:{dossier.id}"
    fact = FACTS[kind]
    step = (
        loading.load(run.instance.definition_id).step_name(task.process_key, task.element_id, task.name)
        if task
        else None
    )
    what = (
        Text(f"{dossier.code}, {step.vi}", f"{dossier.code}, {step.en}") if step else Text(dossier.code, dossier.code)
    )
    due_at = task.due_at if task else dossier.due_at
    at = f":{due_at:%Y%m%d%H%M}" if due_at else ""  # each limit of a chain, and an extended one, is told for itself
    news = News(
        key=f"{kind}:{subject}{at}", kind=kind, text=Text(f"{what.vi} {fact.vi}", f"{what.en} {fact.en}"),
        url=f"/tasks/{task.id}" if task else f"/dossiers/{dossier.id}", dossier_id=dossier.id,
    )  # fmt: skip
    return notices.tell(_people(run, dossier, kind, task), news, now=run.now)


def recipients(procedure: Procedure | None, kind: str) -> tuple[str, ...]:
    """Give who is told of a procedure's dossiers: assignee, head, leader."""
    named = getattr(procedure, f"{kind}_to", None) if procedure else None
    return USUAL[kind] if named is None else tuple(named)


def heads(unit_code: str) -> Sequence[Person]:
    """Give the heads of a unit."""
    return [each for each in people.heads_of(unit_code) if Permission.SUPERVISE_UNIT in permissions_of(each.roles)]


def _people(run: Run, dossier: Dossier, kind: str, task: Task | None) -> Iterable[Person]:
    to = recipients(loading.load(dossier.definition_id).procedure, kind)
    if "assignee" in to:
        yield from assignees([task] if task else tasks.open_of(run.instance.id), dossier)
    if "receiver" in to:
        yield from _receivers(tasks.open_of(run.instance.id), dossier)
    if "head" in to:
        yield from heads(dossier.unit_code)
    if "leader" in to:
        yield from people.members_of([LEADERS])


def _receivers(open_tasks: Iterable[Task], dossier: Dossier) -> Iterable[Person]:
    """Give who holds the filing, or who could take it; who has a limit of its own at the step is told of that."""
    for task in open_tasks:
        if task.assignee is None:
            yield from people.members_of(task.candidate_groups)
        elif task.due_at is None:
            yield from assignees([task], dossier)


def assignees(open_tasks: Iterable[Task], dossier: Dossier) -> Iterable[Person]:
    """Give who holds these tasks; the applicant is told by the slips, not by this."""
    for task in open_tasks:
        if task.assignee and task.assignee != dossier.applicant:
            person = people.load(task.assignee)
            if person is not None:
                yield person
