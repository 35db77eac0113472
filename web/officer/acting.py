"""In whose name one works on a task: for an absent colleague, for one who delegated it, or for oneself again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.permissions import Viewer
from services.taskrights import acts_for, may_resolve, may_submit
from services.tasks import Opened
from storage.queries import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What the page says of it.

    `kind` is standing, asked (by the owner), asking (the owner looks), helped (somebody else looks), answered.
    """

    kind: str
    name: str
    """The colleague."""
    owner: str = ""
    """For whom they work on it, where that is neither the colleague nor who looks."""
    until: datetime | None = None
    """The last moment of standing in."""
    reason: str = ""


def said(viewer: Viewer, opened: Opened) -> Acting | None:
    """Say in whose name a viewer works on an open task; None where it is simply their own, or not theirs."""
    task = opened.task
    if task.state != "open":
        return None
    if opened.is_pending and task.owner and not may_resolve(viewer, task):
        return Acting(kind="helped", name=_name(task.assignee or ""), owner=_name(task.owner))
    if opened.is_pending and task.owner:
        is_asked = may_submit(viewer, task) and viewer.username != task.owner
        other = task.owner if is_asked else task.assignee or ""
        return Acting(kind="asked" if is_asked else "asking", name=_name(other), reason=task.delegation_reason or "")
    absent = acts_for(viewer, task)
    if absent is not None and opened.barred is None:
        until = next((one.until for one in viewer.stands_for if one.username == absent), None)
        last = until - timedelta(seconds=1) if until else None
        return Acting(kind="standing", name=_name(absent), until=last)
    if task.delegation == "resolved" and task.assignee == viewer.username:
        return Acting(kind="answered", name="", reason=task.delegation_reason or "")
    return None


def _name(username: str) -> str:
    return people.names_of([username]).get(username, username)
