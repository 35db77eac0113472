"""Duties kept apart: who did one step may not do another (`motcua:notBy`), and who has an interest keeps away.

It holds for everybody, whatever they may do else: a signature by the one who appraised is worth nothing to the law.
"""

from __future__ import annotations

from collections.abc import Iterable

from bpmn.model import Element
from errors import Detail, Forbidden, InvalidAnswers
from services import loading
from services.permissions import Viewer
from services.runs import Run
from services.taskrights import acts_for
from storage.queries.tasks import InboxRow
from storage.rows import duties as rows
from storage.tables import Instance, Task
from texts import Text

INTERESTED = Text(
    "Đã khai có xung đột lợi ích với hồ sơ này nên không làm việc nào của hồ sơ.",
    "A conflict of interest was declared here, so none of its tasks may be done.",
)


def barred(instance: Instance, element: Element | None, username: str) -> Text | None:
    """Say why a person may not hold or complete a task of this element; None where nothing stands against it.

    One statement where the element has `not_by`, else none.
    """
    if username in (instance.interested or ()):
        return INTERESTED
    if element is None or not element.not_by:
        return None
    name = rows.done(instance.id, element.not_by, username)
    return None if name is None else _did(name)


def barred_for(viewer: Viewer, instance: Instance, element: Element | None, task: Task) -> Text | None:
    """Say why a viewer may not do an open task, themselves or for its owner or an absent colleague."""
    for who in filter(None, dict.fromkeys((viewer.username, acts_for(viewer, task), task.owner))):
        if (why := barred(instance, element, who)) is not None:
            return why
    return None


def require_apart(run: Run, task: Task, username: str) -> None:
    """Raise Forbidden where a person may not hold or complete a task."""
    why = barred(run.instance, run.loaded.element(task.process_key, task.element_id), username)
    if why is not None:
        raise Forbidden(why, details=[Detail(code="duties", element_id=task.element_id, message=why)])


def require_apart_of(run: Run, task: Task, assignee: str) -> None:
    """Raise InvalidAnswers where a task cannot be given to a person."""
    why = barred(run.instance, run.loaded.element(task.process_key, task.element_id), assignee)
    if why is not None:
        message = Text(
            f"Không giao được cho “{assignee[:80]}”: {why.vi}", f"“{assignee[:80]}” cannot have this task: {why.en}"
        )
        raise InvalidAnswers(details=[Detail(field="assignee", code="duties", message=message)])


def barred_rows(username: str, listed: Iterable[InboxRow]) -> frozenset[str]:
    """Give the ids of those listed tasks that a person may not do; at most one statement for all of them."""
    found, apart = set(), []
    for row in listed:
        element = loading.load(row.definition_id).element(row.process_key, row.element_id)
        if username in row.interested:
            found.add(row.id)
        elif element is not None and element.not_by and row.state == "open":
            apart.append((row, element.not_by))
    if apart:
        did = rows.done_in({row.instance_id for row, _ in apart}, username)
        found |= {row.id for row, names in apart if any((row.instance_id, name) in did for name in names)}
    return frozenset(found)


def _did(name: str) -> Text:
    return Text(
        f"Người đã làm bước “{name}” không được làm bước này.",
        f"Who did the step “{name}” may not do this one.",
    )
