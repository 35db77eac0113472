"""Undo: one takes back what one has just completed, within a minute, where nothing has left the house.

It is a return to the moment before (returning.py), by the person and for the person: what was typed is a draft of the
task again with the files that came with it, the task has its holder, its due moment and what stands beside it again
(comments, internal files), and calls that nobody has made yet are not made.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from errors import Forbidden, NotFound, WrongState
from services import clocks, drafts, effects, house, instances, log, returning, tasks
from services.permissions import Viewer
from services.record import record
from services.runs import Run, hold_of_task
from storage.database import session, verb
from storage.rows import tasks as rows
from storage.rows import undone
from storage.tables import Instance, Task
from texts import Text

WITHIN = timedelta(minutes=1)
MOVES_NOTHING = frozenset(
    {
        "task.at_risk", "task.breached", "dossier.at_risk", "dossier.breached", "incident.opened", "comment.added",
        "interest.declared", "interest.lifted", "attachment.added", "attachment.removed", "task.priority",
        "task.follow_up",
    }
)  # fmt: skip
"""Events after which the instance still stands where the completion left it."""
OWN_MOVES = frozenset({"task.claimed", "task.released"})
"""The same, where they are the viewer's own."""

TOO_LATE = Text("Đã quá một phút nên không hoàn tác được nữa.", "More than a minute has passed: this stays done.")
NOT_DONE = Text("Việc này chưa được hoàn thành.", "This task is not completed.")
ENDED = Text("Hồ sơ đã kết thúc nên không hoàn tác được.", "The dossier has ended: this cannot be undone.")
MOVED_ON = Text(
    "Hồ sơ đã đi tiếp hoặc đã có người nhận bước sau nên không hoàn tác được.",
    "The dossier has moved on, or somebody has taken the next step: this cannot be undone.",
)


@verb
def undo(viewer: Viewer, task_id: str, *, now: datetime) -> Task:
    """Take back one's own completion of a task; give the task that is open in its place.

    Done again it gives that task again. Raises NotFound, Forbidden for somebody else's, WrongState with the reason.
    """
    run, task = hold_of_task(task_id, actor=viewer.username, now=now)
    if not tasks.may_see(viewer, task) and not _has_undone(run.instance, viewer, task):
        raise NotFound()
    if (before := _undone_before(run, task)) is not None:
        return before
    if task.state != "completed":
        raise WrongState(NOT_DONE)
    if task.completed_by != viewer.username:
        raise Forbidden()
    files = _require_undoable(run, task)
    step = returning.step_back(run, task, whole=True)
    closing = rows.open_among(event.activation_id for event in step.events if event.kind == "cancelled")
    if any(one.has_draft for one in closing):  # a colleague types into the next step already
        raise WrongState(MOVED_ON)
    run.notes = {"undone": task.id, "element": task.element_id, "name": task.name}
    if task.owner:
        run.notes["for"] = task.owner
    back = returning.status_back(run.dossier, task)
    if back is not None and run.dossier is not None:
        effects.take_back(run, run.dossier, back)
        clocks.refresh(run.dossier, run.limits, now=now)
    typed, reason = task.answers or {}, task.reason
    _forget(task)
    run.again = task
    opened = record(run, step, "task.undone")
    again = next(row for row in opened if row.element_id == task.element_id)
    session().flush()
    undone.go_on(task, again)
    if typed or reason or files:
        draft = drafts.save_task(viewer, again.id, typed, seen_version=0, now=now, reason=reason)
        undone.unhand(files, draft.id)
    instances.drain(run)
    return again


def is_offered(viewer: Viewer, task_id: str, *, now: datetime) -> bool:
    """Say whether a page should offer to undo a task: it is fresh and one's own; `undo` looks closer."""
    task = rows.load(task_id)
    if task is None or task.state != "completed" or task.completed_by != viewer.username or task.snapshot is None:
        return False
    return task.completed_at is not None and now - task.completed_at <= WITHIN


def _require_undoable(run: Run, task: Task) -> list[str]:
    """Raise WrongState with the first reason why a completion stays; give the files that came with it."""
    if task.completed_at is None or run.now - task.completed_at > WITHIN:
        raise WrongState(TOO_LATE)
    if run.instance.status not in instances.OPEN:
        raise WrongState(ENDED)
    events = list(log.events_of(run.instance.id))
    place = next(
        n for n, (row, data) in enumerate(events) if row.kind == "task.completed" and data.get("task") == task.id
    )
    done, data = events[place]
    for row, _ in events[place + 1 :]:
        if row.kind not in MOVES_NOTHING and not (row.kind in OWN_MOVES and row.actor == done.actor):
            raise WrongState(MOVED_ON)
    house.keep_inside(run, [data], since=done.at)
    return [named["document"] for named in data.get("documents", ())]


def _forget(task: Task) -> None:
    """Nobody has done it: it is in no list of what was done, and counts for nobody's duties."""
    task.state, task.completed_by, task.act, task.reason = "cancelled", None, None, ""
    task.answers, task.snapshot = None, None


def _undone_before(run: Run, task: Task) -> Task | None:
    if task.state != "cancelled":
        return None
    for row, data in log.events_of(run.instance.id):
        if row.kind == "task.undone" and data.get("undone") == task.id and row.actor == run.actor:
            ids = [opened["task"] for opened in data.get("opened", ()) if opened["element"] == task.element_id]
            return next(iter(rows.open_among(ids)), None)
    return None


def _has_undone(instance: Instance, viewer: Viewer, task: Task) -> bool:
    """Who has undone a task did it, though nobody is said to have."""
    return any(
        row.kind == "task.undone" and row.actor == viewer.username and data.get("undone") == task.id
        for row, data in log.events_of(instance.id)
    )
