"""Pending: a task that somebody works on for its owner is given back before it moves on, as in other engines.

It holds for everybody, the owner, administrators and programs too; who assigns tasks may still give it to somebody.
"""

from __future__ import annotations

from errors import WrongState
from services.taskrights import PENDING
from storage.tables import Task
from texts import Text

NOT_YET = Text(
    "Việc này đang nhờ đồng nghiệp làm: người được nhờ trả lại, hoặc người nhờ lấy lại, rồi mới hoàn thành được.",
    "A colleague was asked to work on this: they give it back, or its owner takes it back, before it is completed.",
)
GIVE_BACK = Text(
    "Bạn làm việc này giúp người khác: hãy trả lại người nhờ, đừng trả về nhóm hay chuyển đi.",
    "You work on this for somebody: give it back to them, not to its group and not to another unit.",
)


def refuse(task: Task, why: Text = NOT_YET, *, unless: bool = False) -> None:
    """Raise WrongState where a task waits to be given back to its owner."""
    if task.delegation == PENDING and not unless:
        raise WrongState(why)
