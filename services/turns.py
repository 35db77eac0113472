"""Turns: dossiers are taken in the order in which they were filed, the urgent ones first; an exception says why.

The queue of a person is what nobody holds and they may do: their groups are their skills. `take_next` gives its first;
who claims another one, or completes one that nobody had claimed, while a dossier that was filed before it waits at the
same step gives a reason, which is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from errors import Detail, Forbidden, InstanceSuspended, InvalidAnswers, TaskNotOpen, TaskTaken
from services import duties, ids
from services.permissions import Viewer, scope_of
from services.runs import Run
from storage.database import session
from storage.queries import turns as queries
from storage.queries.tasks import InboxRow
from storage.rows import tasks as rows
from storage.tables import Task, TurnException
from texts import Text

LONGEST_REASON = 2000
FEW = 20
"""Tasks before one in turn that are looked at for one that the person may do."""
PAGE = 20
MOST_PAGES = 20
TAKEN = (TaskTaken, TaskNotOpen, InstanceSuspended, Forbidden)
"""What somebody meets who takes a task that another was first with, or that is not for them."""


def next_ones(viewer: Viewer) -> Iterator[InboxRow]:
    """Give what a viewer should do next, in turn: first what they hold, then what nobody does and they may do."""
    scope = scope_of(viewer)
    for own in (True, False):
        after: tuple[int, str] | None = None
        for _ in range(MOST_PAGES):
            page = queries.first(scope, PAGE, own=own, after=after)
            yield from _possible(viewer, [row for _, row in page])
            if len(page) < PAGE:
                break
            after = page[-1][0], page[-1][1].id


def first_ahead(viewer: Viewer, task: Task) -> InboxRow | None:
    """Give the task that the viewer should take before this one; None where it is its turn, or it is no dossier's."""
    turn = rows.turn(task)
    if task.dossier_id is None or turn is None:
        return None
    found = queries.ahead(scope_of(viewer), task, turn, FEW)
    return next(iter(_possible(viewer, found)), None)


def require_turn(viewer: Viewer, run: Run, task: Task, reason: str) -> dict[str, str]:
    """Note an exception from the order; give what the event says of it. Raise InvalidAnswers where no reason is given.

    Nothing is asked, and one statement sent, where it is the task's turn.
    """
    ahead, problems = take(viewer, run, task, reason, "reason")
    if problems:
        raise InvalidAnswers(details=problems)
    return {"ahead": ahead, "reason": reason.strip()} if ahead else {}


def take(viewer: Viewer, run: Run, task: Task, reason: str, field: str) -> tuple[str, list[Detail]]:
    """Give what is ahead of a task that is taken, with an exception noted; and what is wrong with its reason.

    `field`: where the reason is typed. Empty: it is the task's turn.
    """
    first = first_ahead(viewer, task)
    if first is None:
        return "", []
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        message = Text(
            f"Hồ sơ {first.code} nộp trước đang chờ ở cùng bước. Hãy nêu lý do (tối đa {LONGEST_REASON} ký tự).",
            f"The dossier {first.code} was filed before and waits at this step. Give a reason (at most "
            f"{LONGEST_REASON} characters) for taking another one.",
        )
        return "", [Detail(field=field, code="out_of_turn", message=message)]
    session().add(
        TurnException(
            id=ids.new(run.now),
            instance_id=task.instance_id,
            task_id=task.id,
            ahead=first.id,
            username=viewer.username,
            reason=reason,
            at=run.now,
        )
    )
    return first.code or first.id, []


def exceptions_of(viewer: Viewer, since: datetime) -> int:
    """Count how often a viewer took a task before its turn."""
    return queries.exceptions_of(viewer.username, since)


def _possible(viewer: Viewer, found: Sequence[InboxRow]) -> Iterator[InboxRow]:
    barred = duties.barred_rows(viewer.username, found)
    return (row for row in found if not row.is_suspended and row.id not in barred)
