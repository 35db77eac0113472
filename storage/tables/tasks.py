"""Tasks, and who may see an open one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, false, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_OPEN, _CLOSED = text("state = 'open'"), text("state <> 'open'")
_DUE = text("state <> 'open' AND due_at IS NOT NULL")
_IN_TURN = text("turn IS NOT NULL")
_DONE, _WATCHED = text("completed_by IS NOT NULL"), text("next_deadline_at IS NOT NULL")


class Task(Base):
    """Work for a person; its id is the engine's.

    Open and closed tasks have indexes of their own: what is found among the open ones costs the same however much was
    done, and an index that a closing task leaves is written no second time. A list's index ends with the moment that
    it is sorted by: the few rows of one moment are sorted by their ids as they are read.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open_assignee", "assignee", "created_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_task_open_created", "created_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_task_open_handed", "handed_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_task_open_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_task_closed_assignee", "assignee", "created_at", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        Index("ix_task_closed_created", "created_at", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        Index("ix_task_closed_due", "due_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index("ix_task_completed_by", "completed_by", "completed_at", sqlite_where=_DONE, postgresql_where=_DONE),
        Index("ix_task_pace", "process_key", "element_id", "completed_at", sqlite_where=_DONE, postgresql_where=_DONE),
        Index("ix_task_next_deadline", "next_deadline_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    dossier_id: Mapped[str | None] = mapped_column(ForeignKey("dossier.id"))
    unit_code: Mapped[str | None]
    """The unit that handles the dossier; its head sees the task."""
    definition_id: Mapped[str]
    key: Mapped[str]
    """Key of the instance's process."""
    process_key: Mapped[str]
    """Key of the process that holds the element (a called one, perhaps)."""
    element_id: Mapped[str]
    name: Mapped[str]
    form: Mapped[str] = mapped_column(default="")
    assignee: Mapped[str | None]
    owner: Mapped[str | None]
    """Who has delegated it to the assignee and stays responsible, or whom its assignee stands for; null: nobody."""
    delegation: Mapped[str | None]
    """pending (a colleague works on it for its owner, and nobody completes it), resolved (given back to who delegated
    it), standing (taken by a substitute for its owner); null: none of these."""
    delegation_reason: Mapped[str | None]
    """What was asked for by who delegated it, or answered by who gave it back."""
    proposed_by: Mapped[str | None]
    """Whose supplement request waits for its approval; meanwhile the task is with those who approve it."""
    candidate_groups: Mapped[list[str]] = mapped_column(JSON, default=list)
    candidate_users: Mapped[list[str]] = mapped_column(JSON, default=list)
    priority: Mapped[int] = mapped_column(default=50)
    state: Mapped[str]
    """open, completed or cancelled."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    filed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its dossier was filed (without one: its instance started); null: before this was kept, and it has ended."""
    reassigned: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was taken from one person and given to another (services/reassigning.py)."""
    transferred: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Another unit does it than the diagram says: `unit_code`, whose people stand for its candidate groups."""
    handed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it came to those who have it now: it was opened, assigned, delegated or transferred; null: before this was
    kept. What is new in an inbox is told by it (storage/queries/news.py)."""
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    follow_up_at: Mapped[datetime | None] = mapped_column(Moment)
    next_deadline_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it must be looked at for being at risk or breached; null: nothing left to raise."""
    at_risk_at: Mapped[datetime | None] = mapped_column(Moment)
    breached_at: Mapped[datetime | None] = mapped_column(Moment)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    completed_by: Mapped[str | None]
    act: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    answers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What was typed; the log holds its SHA-256 only, so that personal data can one day be erased."""
    snapshot: Mapped[bytes | None] = mapped_column(deferred=True)
    """The instance's state just before it was completed (services/snapshots.py); null once the instance has ended."""
    returned_because: Mapped[str | None]
    """Why an operator took the instance back to it; null: the diagram opened it."""
    has_draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Somebody has typed and not sent: a submit has a draft to delete."""
    business_key: Mapped[str | None]
    """Its instance's, so that a list of tasks reads tasks only."""
    search_text: Mapped[str] = mapped_column(default="")
    """Its name and its instance's business key, folded; the dossier's own stands with the dossier."""


IS_OPEN = Task.state == literal_column("'open'")  # a literal, so that databases find the indexes of open tasks
IS_CLOSED = Task.state != literal_column("'open'")


class TaskAccess(Base):
    """One row for each principal that sees an open task: `u:NAME`, `g:CODE`, `n:UNIT`; gone when the task closes.

    The key begins with the principal and the due moment, so the first page of an inbox is one short range of the index
    however many tasks are open.
    """

    __tablename__ = "task_access"
    __table_args__ = (
        Index("ix_task_access_task", "task_id"),
        Index("ix_task_access_turn", "principal", "turn", sqlite_where=_IN_TURN, postgresql_where=_IN_TURN),
    )
    principal: Mapped[str] = mapped_column(primary_key=True)
    sort_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    """The due moment, a microsecond earlier for each point of priority above 50; without one last (year 9999)."""
    task_id: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int | None] = mapped_column(BigInteger)
    """Its place in the queue of this principal: the more urgent and then the earlier filed first; null: not in it."""
