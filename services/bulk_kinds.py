"""What officers do with many tasks at once: for each act its permissions and the verb of one task.

Each task is done by the very verb of the single one, in a transaction of its own: permissions, duties, turns and caps
are asked there. What is refused says why and holds up nobody (services/batches.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from errors import Conflict, Detail, Invalid, InvalidAnswers
from forms.model import Component, Container, Field, FileInput, Form
from services import loading, staleness, succession, tasks, transfers
from services.permissions import Permission, Viewer
from services.reassigning import MOST
from storage.tables import Task
from texts import Text

Parameters = Mapping[str, Any]
P = Permission
REQUIRED = Text("Bắt buộc phải có.", "This is required.")
OTHER_STEP = Text(
    "Việc này không còn ở bước và biểu mẫu đã chọn.", "This task is not at the chosen step with that form any more."
)
HAS_DRAFT = Text(
    "Có bản nháp chưa gửi ở việc này: hãy mở ra làm riêng.", "Somebody has typed into this task: open it by itself."
)
MOVED_ON = Text(
    "Người giữ việc này đã đổi từ lúc xem trước.", "Somebody else holds this task than when the plan was made."
)


class Do(Protocol):
    """The verb of an act, for one task; it joins the transaction of its item."""

    def __call__(
        self, viewer: Viewer, task_id: str, parameters: Parameters, given: Parameters, reason: str, /, *, now: datetime
    ) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkKind:
    """One act on many tasks."""

    permissions: tuple[Permission, ...]
    """Any of these."""
    label: Text
    do: Do
    needs: tuple[str, ...] = ()
    """Parameters that are texts and must be there."""
    needs_reason: bool = False


def _claim(
    viewer: Viewer, task_id: str, _parameters: Parameters, _given: Parameters, reason: str, *, now: datetime
) -> object:
    return tasks.claim(viewer, task_id, now=now, reason=reason)


def _release(
    viewer: Viewer, task_id: str, _parameters: Parameters, _given: Parameters, _reason: str, *, now: datetime
) -> object:
    return tasks.unclaim(viewer, task_id, now=now)


def _assign(
    viewer: Viewer, task_id: str, parameters: Parameters, _given: Parameters, _reason: str, *, now: datetime
) -> object:
    return tasks.assign(viewer, task_id, parameters["assignee"], now=now, most=parameters.get("most", MOST))


def _transfer(
    viewer: Viewer, task_id: str, parameters: Parameters, _given: Parameters, reason: str, *, now: datetime
) -> object:
    most = parameters.get("most", MOST)
    return transfers.transfer(viewer, task_id, parameters["unit"], reason, now=now, most=most)


def _complete(
    viewer: Viewer, task_id: str, parameters: Parameters, given: Parameters, reason: str, *, now: datetime
) -> object:
    """Nothing is completed of which something else was seen, nor over what somebody is typing."""
    run, task = tasks.hold_open(viewer, task_id, now=now)
    if list(step_of(task)) != parameters["step"]:
        raise Conflict(OTHER_STEP)
    if task.has_draft:
        raise Conflict(HAS_DRAFT)
    if isinstance(given.get("seen"), int):
        staleness.require_seen(run.instance, given["seen"], viewer.username)
    act, turn_reason = parameters.get("act"), parameters.get("turn_reason", "")
    try:
        return tasks.submit(
            viewer, task_id, parameters["answers"], now=now, act=act, reason=reason, turn_reason=turn_reason
        )
    except InvalidAnswers as refused:
        raise InvalidAnswers(details=_named(task, refused.details)) from None


def _rebalance(
    viewer: Viewer, task_id: str, parameters: Parameters, given: Parameters, reason: str, *, now: datetime
) -> object:
    _run, task = tasks.hold_open(viewer, task_id, now=now)
    if task.assignee != given["from"] or task.owner is not None:
        raise Conflict(MOVED_ON)
    if task.has_draft:
        raise Conflict(HAS_DRAFT)
    why = {"because": "rebalance", "reason": reason}
    most = parameters.get("most", MOST)
    return tasks.assign(viewer, task_id, given["to"], now=now, most=most, more=why)


def _hand_over(
    viewer: Viewer, task_id: str, _parameters: Parameters, given: Parameters, reason: str, *, now: datetime
) -> object:
    return succession.hand(viewer, task_id, given["from"], given["to"], reason, now=now)


BULK: Mapping[str, BulkKind] = {
    "claim_tasks": BulkKind(permissions=(P.WORK_TASKS, P.WORK_ANY_TASK), label=Text("Nhận việc", "Claim"), do=_claim),
    "release_tasks": BulkKind(
        permissions=(P.WORK_TASKS, P.ASSIGN_TASKS, P.WORK_ANY_TASK),
        label=Text("Trả lại nhóm", "Release"),
        do=_release,
    ),
    "assign_tasks": BulkKind(
        permissions=(P.ASSIGN_TASKS, P.WORK_ANY_TASK),
        label=Text("Giao việc", "Assign"),
        do=_assign,
        needs=("assignee",),
    ),
    "complete_tasks": BulkKind(
        permissions=(P.WORK_TASKS, P.WORK_ANY_TASK),
        label=Text("Làm xong cùng một biểu mẫu", "Complete with one form"),
        do=_complete,
    ),
    "transfer_tasks": BulkKind(
        permissions=(P.WORK_TASKS, P.ASSIGN_TASKS, P.WORK_ANY_TASK),
        label=Text("Chuyển đơn vị khác", "Transfer to another unit"),
        do=_transfer,
        needs=("unit",),
        needs_reason=True,
    ),
    "rebalance_tasks": BulkKind(
        permissions=(P.ASSIGN_TASKS, P.WORK_ANY_TASK),
        label=Text("Chia lại việc", "Rebalance"),
        do=_rebalance,
        needs_reason=True,
    ),
    "hand_over_tasks": BulkKind(
        permissions=(P.ASSIGN_TASKS, P.WORK_ANY_TASK),
        label=Text("Bàn giao", "Hand over"),
        do=_hand_over,
        needs_reason=True,
    ),
}


def step_of(task: Task) -> tuple[str, str, str, str]:
    """Give what must be the same of tasks that one form completes: version, process, element and form."""
    return task.definition_id, task.process_key, task.element_id, task.form


def check(kind: BulkKind, parameters: Parameters) -> None:
    """Raise Invalid where a parameter is missing."""
    missing = [name for name in kind.needs if not str(parameters.get(name, ""))]
    wrong = [Detail(field=name, code="required", message=REQUIRED) for name in missing]
    if wrong:
        raise Invalid(details=wrong)


def takes_files(form: Form) -> bool:
    """Say whether a form asks for files: they belong to one task, so it cannot complete many."""
    return any(isinstance(component, FileInput) for component in every(form.components))


def every(components: tuple[Component, ...]) -> Iterator[Component]:
    """Give components and those inside them."""
    for component in components:
        yield component
        if isinstance(component, Container):
            yield from every(component.components)


def _named(task: Task, details: Iterable[Detail]) -> list[Detail]:
    """Let each message begin with the words of its field: a list of results shows no form beside it."""
    if not task.form:
        return list(details)
    fields = [each for each in every(loading.form(task.form).components) if isinstance(each, Field)]
    names = {each.path[-1]: each.label for each in fields if each.path}
    return [_with_name(detail, names.get(detail.field.rpartition(".")[2])) for detail in details]


def _with_name(detail: Detail, name: Text | None) -> Detail:
    if name is None:
        return detail
    message = Text(f"{name.vi}: {detail.message.vi}", f"{name.en or name.vi}: {detail.message.en}")
    return replace(detail, message=message)
