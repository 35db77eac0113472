"""Incidents: technical faults that hold up a token, open until it has gone on or is taken away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Incident(Base):
    """One fault of one token; the engine's state says what is tried again, this row when and by whom."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_instance_state", "instance_id", "state"),
        Index("ix_incident_state_created", "state", "created_at", "id"),
        Index("ix_incident_key_state_created", "key", "state", "created_at", "id"),
        Index(
            "ix_incident_resolved",
            "resolved_at",
            sqlite_where=text("resolved_at IS NOT NULL"),
            postgresql_where=text("resolved_at IS NOT NULL"),
        ),
        Index(
            "ix_incident_next_try",
            "next_try_at",
            sqlite_where=text("next_try_at IS NOT NULL"),
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("instance.id"))
    token_id: Mapped[str]
    """The engine's name for it (engine.events.Incident.id): the same for later faults of the same token."""
    definition_id: Mapped[str] = mapped_column(ForeignKey("definition.id"))
    key: Mapped[str]
    """Of the instance's process; `process_key` is that of the called process in which the fault is."""
    process_key: Mapped[str]
    element_id: Mapped[str]
    element_name: Mapped[str]
    kind: Mapped[str]
    message_vi: Mapped[str]
    message_en: Mapped[str]
    reason: Mapped[str]
    """For whoever mends it; may quote values, so operators alone read it."""
    state: Mapped[str]
    """open or resolved."""
    tries: Mapped[int]
    """How often it failed."""
    retries_left: Mapped[int]
    """How often it will be tried again by itself."""
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it is tried again by itself; null: it waits for an operator, is resolved, or its instance is suspended."""
    held_try_at: Mapped[datetime | None] = mapped_column(Moment)
    """What `next_try_at` will be when its instance is resumed."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
