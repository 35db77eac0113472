"""Work for programs outside and for connectors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment

_OPEN = text("state = 'open'")
_JOB = text("state = 'open' AND connector <> ''")
_ENDED = text("ended_at IS NOT NULL")


class ExternalTask(Base):
    """One piece of work; its id is the engine's. What it sees is read from the instance when it is fetched.

    The indexes by which work is found hold open rows only, so that finding some costs the same however much was done.
    Finished rows are kept a day, so that whoever reports twice is told so.
    """

    __tablename__ = "external_task"
    __table_args__ = (
        Index("ix_external_task_open", "topic", "rank", "created_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_external_task_job", "available_at", "id", sqlite_where=_JOB, postgresql_where=_JOB),
        Index("ix_external_task_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
        Index("ix_external_task_state_created", "state", "created_at", "id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"), index=True)
    definition_id: Mapped[str]
    key: Mapped[str]
    """Key of the instance's process."""
    process_key: Mapped[str]
    """Key of the process that holds the element (a called one, perhaps)."""
    element_id: Mapped[str]
    name: Mapped[str]
    topic: Mapped[str]
    """What workers fetch it by; empty where a connector does it."""
    connector: Mapped[str] = mapped_column(default="")
    rank: Mapped[int]
    """Minus the priority, so that one index gives the order."""
    state: Mapped[str]
    """open, suspended (its instance is), failed (no tries are left: an incident), completed or cancelled."""
    worker: Mapped[str | None]
    """Who fetched it last; None after it was given back."""
    available_at: Mapped[datetime] = mapped_column(Moment)
    """When it can be fetched: at once, when its lock ends, or when it is to be tried again."""
    retries: Mapped[int]
    """Tries left."""
    plan: Mapped[str] = mapped_column(default="")
    """How it is tried again, as the diagram says (bpmn/retries.py); empty: as usual."""
    error_message: Mapped[str] = mapped_column(default="")
    error_details: Mapped[str] = mapped_column(default="")
    business_key: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def priority(self) -> int:
        """The greater, the sooner."""
        return -self.rank

    @property
    def lock_expires_at(self) -> datetime | None:
        """Until when a worker holds it; None where none has fetched it."""
        return self.available_at if self.worker is not None else None
