"""Return to an earlier task: an operator takes an instance back to the moment just before a task was completed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import returning, runner
from engine.events import Incident, Step, Wait
from errors import Detail, NotFound, WrongState
from services import clocks, effects, instances, loading, log, snapshots
from services.permissions import Permission, Viewer, require
from services.record import record
from services.runs import Run, hold
from services.statuses import ENDED, NAMES, Status
from storage.database import session, verb
from storage.rows import dossiers, tasks
from storage.tables import Dossier, Instance, Task
from texts import Text

MOST_LISTED = 200
"""Tasks that are offered, the latest; an older one is still returned to by its id."""
NOT_KEPT = Text(
    "Không còn dữ liệu của lúc làm việc này, nên không quay lại được.",
    "What stood when this task was done is not kept, so it cannot be returned to.",
)
DOSSIER_ENDED = Text(
    "Hồ sơ đã kết thúc (%s): không quay lại được.", "The dossier has ended (%s): it cannot be returned to."
)
WITHDRAWING = Text(
    "Người nộp đã yêu cầu rút hồ sơ: hãy xác nhận hoặc không chấp nhận yêu cầu này trước.",
    "The applicant asked for the dossier back: confirm or decline that first.",
)
WAY: Mapping[Status, int] = {
    Status.SUBMITTED: 1,
    Status.ACCEPTED: 2,
    Status.IN_PROCESS: 3,
    Status.SUPPLEMENT_REQUESTED: 3,
    Status.PAYMENT_REQUESTED: 3,
    Status.PROCESSED: 4,
}
"""How far a dossier has come; only a return takes it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that an instance waits for, or an incident that holds it up."""

    id: str
    kind: str
    """Of a wait (engine.events.WaitKind), or `incident`."""
    process_key: str
    element_id: str
    element_name: str
    name: str
    """Of the message, signal, topic or connector; the kind of the incident."""
    due_at: datetime | None = None
    """Of a timer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a return would do."""

    task: Task
    ends: tuple[Change, ...]
    """What is waited for now, or held up by an incident, and would not be any more: tasks are cancelled, and so on."""
    begins: tuple[Change, ...]
    """What would be waited for, or held up, anew."""
    stays: tuple[Change, ...]
    status: tuple[Status, Status] | None
    """The dossier's status before and after, where the return changes it."""


@verb
def return_to(
    viewer: Viewer,
    instance_id: str,
    task_id: str,
    reason: str,
    *,
    now: datetime,
    with_data_of_the_time: bool = False,
) -> Instance:
    """Open a completed task again and take back what its completion led to.

    `with_data_of_the_time`: the whole instance goes back, parallel branches and variables too. Raises NotFound,
    InvalidAnswers without a reason, WrongState where one cannot return, EngineError where the diagram cannot.
    """
    require(viewer, Permission.RETURN_INSTANCES)
    reason = instances.reason_given(reason)
    run = hold(instance_id, actor=viewer.username, now=now)
    task = _earlier(run.instance, task_id)
    step = step_back(run, task, whole=with_data_of_the_time)
    run.notes = {
        "earlier": task.id,
        "element": task.element_id,
        "name": task.name,
        "reason": reason,
        "variables_of_the_time": with_data_of_the_time,
    }
    back = status_back(run.dossier, task)
    if back is not None and run.dossier is not None:
        effects.take_back(run, run.dossier, back)
        clocks.refresh(run.dossier, run.limits, now=now)
    for opened in record(run, step, "instance.returned"):
        opened.returned_because = reason
    instances.drain(run)
    return run.instance


def earlier(viewer: Viewer, instance_id: str) -> tuple[Task, ...]:
    """Give the completed tasks that one can return to, the latest first; none once the instance has ended."""
    require(viewer, Permission.RETURN_INSTANCES)
    instance = instances.readable(viewer, instance_id)
    return tuple(tasks.returnable(instance.id, MOST_LISTED))


def preview(
    viewer: Viewer, instance_id: str, task_id: str, *, now: datetime, with_data_of_the_time: bool = False
) -> Preview:
    """Say what a return would end, begin and leave; raises what it would raise. Nothing is written."""
    require(viewer, Permission.RETURN_INSTANCES)
    instance = instances.readable(viewer, instance_id)
    loaded = loading.load(instance.definition_id)
    dossier = dossiers.of_instance(instance.id) if loaded.procedure is not None else None
    run = Run(instance=instance, loaded=loaded, dossier=dossier, actor=viewer.username, now=now)
    task = _earlier(instance, task_id)
    step = step_back(run, task, whole=with_data_of_the_time)
    before = _at(runner.waits(loaded.definition, instance.state), runner.incidents(loaded.definition, instance.state))
    after = _at(step.waits, step.incidents)
    back = status_back(dossier, task)
    return Preview(
        task=task,
        ends=tuple(one for key, one in before.items() if key not in after),
        begins=tuple(one for key, one in after.items() if key not in before),
        stays=tuple(one for key, one in after.items() if key in before),
        status=(Status(dossier.status), back) if dossier is not None and back is not None else None,
    )


def _at(waits: Iterable[Wait], incidents: Iterable[Incident]) -> dict[tuple[str, str, str], Change]:
    """Give what an instance waits for and what holds it up: a task that nobody can do is both."""
    found = [_change(one, one.kind.value, one.name, one.due_at) for one in waits]
    found += [_change(one, "incident", one.kind) for one in incidents]
    return {(one.kind, one.name, one.id): one for one in found}


def _change(one: Wait | Incident, kind: str, name: str, due_at: datetime | None = None) -> Change:
    at = {"process_key": one.process_key, "element_id": one.element_id, "element_name": one.element_name}
    return Change(id=one.id, kind=kind, name=name, due_at=due_at, **at)


def _earlier(instance: Instance, task_id: str) -> Task:
    task = session().get(Task, task_id)
    if task is None or task.instance_id != instance.id:
        raise NotFound()
    return task


def step_back(run: Run, task: Task, *, whole: bool) -> Step:
    """Take an instance back to just before a task was completed; raise WrongState where that cannot be."""
    instance = run.instance
    if instance.status not in instances.OPEN:
        raise WrongState(returning.ENDED)
    if run.dossier is not None:
        _refuse_status(Status(run.dossier.status))
    if task.state == "open":
        raise WrongState(returning.STILL_OPEN)
    kept = tasks.snapshot(task.id)
    if kept is None:
        raise WrongState(NOT_KEPT)
    snapshot = snapshots.opened(kept)
    if task.definition_id != instance.definition_id:
        _refuse_other_elements(task, run, snapshot)
    return returning.return_to(
        run.loaded.definition, instance.state, snapshot, task.id, keep_variables=not whole, now=run.now,
        ports=run.ports,
    )  # fmt: skip


def _refuse_status(status: Status) -> None:
    if status is Status.WITHDRAWAL_REQUESTED:
        raise WrongState(WITHDRAWING)
    if status in ENDED:
        name = NAMES[status]
        raise WrongState(Text(DOSSIER_ENDED.vi % name.vi, DOSSIER_ENDED.en % name.en))


def _refuse_other_elements(task: Task, run: Run, snapshot: bytes) -> None:
    """The instance was migrated since: each element on which something stood then must be what it was."""
    then = returning.stands_at(loading.load(task.definition_id).definition, snapshot)
    now = returning.stands_at(run.loaded.definition, snapshot)
    details = [
        Detail(code="other_element", element_id=was.element_id, message=returning.OTHER_DIAGRAM)
        for was, is_ in zip(then, now, strict=True)
        if was.element_type != is_.element_type
    ]
    if details:
        raise WrongState(returning.OTHER_DIAGRAM, details=details)


def status_back(dossier: Dossier | None, task: Task) -> Status | None:
    """Give the status that a dossier goes back to; None where it had come no further.

    A pause is not gone back to: the element that asks for it does that when it opens again.
    """
    if dossier is None:
        return None
    then = _status_then(dossier, task)
    if then not in WAY or WAY[then] >= WAY.get(Status(dossier.status), 0):
        return None
    return Status.IN_PROCESS if WAY[then] == WAY[Status.IN_PROCESS] else then


def _status_then(dossier: Dossier, task: Task) -> Status:
    """Read in the log which status a dossier had just before a task was completed."""
    found = Status.SUBMITTED
    for row, data in log.events_of(dossier.instance_id):
        if row.kind == "task.completed" and data.get("task") == task.id:
            break
        for status in data.get("statuses", ()):
            found = Status(status)
    return found
