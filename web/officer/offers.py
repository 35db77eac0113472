"""What a page offers to do beside the form: acts on the task as a whole, and taking back what was just completed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import request

from services import sending_back, undoing
from services.permissions import Permission, Viewer, has_any
from services.taskrights import PENDING, may_resolve
from services.tasks import Opened
from texts import Text

TITLES: Mapping[str, Text] = {
    "claim": Text("Nhận trước lượt", "Take it before its turn"),
    "follow-up": Text("Đặt ngày xem lại", "Set a follow-up date"),
    "priority": Text("Đặt mức ưu tiên", "Set the priority"),
    "delegate": Text("Nhờ đồng nghiệp làm", "Delegate to a colleague"),
    "resolve": Text("Trả lại người nhờ", "Give back to its owner"),
    "transfer": Text("Chuyển đơn vị khác", "Transfer to another unit"),
    "send-back": Text("Trả lại bước trước", "Send back to an earlier step"),
    "interest": Text("Khai xung đột lợi ích", "Declare a conflict of interest"),
}
"""The acts of /tasks/<id>/do/<name> (task_verbs.py)."""
TAKE_BACK = Text("Lấy lại việc đã nhờ", "Take it back")


def acts(viewer: Viewer, opened: Opened) -> tuple[tuple[str, Text], ...]:
    """Give (name, words) of what a task's page offers to this viewer; each verb looks again."""
    task = opened.task
    if task.state != "open" or opened.is_suspended:
        return ()
    may_give = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    has_way_back = any(act.kind == "return" for act in opened.element.acts)
    is_asked = task.delegation == PENDING
    is_offered = {
        "follow-up": opened.can_submit or may_give,
        "priority": Permission.SET_PRIORITY in viewer.permissions,
        "delegate": may_give or task.assignee == viewer.username or opened.can_claim,
        "resolve": task.owner is not None and (may_resolve(viewer, task) or may_give),
        "transfer": task.dossier_id is not None and (may_give or (task.assignee == viewer.username and not is_asked)),
        "send-back": opened.can_submit and not has_way_back and bool(sending_back.earlier(viewer, task, 1)),
        "interest": task.dossier_id is not None and opened.barred is None,
    }
    return tuple((name, title(name, viewer, task)) for name, is_so in is_offered.items() if is_so)


def title(name: str, viewer: Viewer, task: Any) -> Text:
    """Name an act as this viewer does it: who gives a task back to its owner is not its owner."""
    return TAKE_BACK if is_take_back(name, viewer, task) else TITLES[name]


def is_take_back(name: str, viewer: Viewer, task: Any) -> bool:
    """Say whether giving a task back to its owner is taking it back: the owner does it."""
    return name == "resolve" and viewer.username == task.owner


def undoable(viewer: Viewer, now: datetime) -> str:
    """Give the id of the task that the page before has completed, where it can still be undone."""
    task_id = request.args.get("done", "")[:100]
    return task_id if task_id and undoing.is_offered(viewer, task_id, now=now) else ""
