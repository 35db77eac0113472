"""The event log: append-only, hash-chained."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class LogEvent(Base):
    """One act. `hash` covers the hash before it in the chain and all columns; `data` is canonical JSON text."""

    __tablename__ = "log_event"
    chain: Mapped[str] = mapped_column(primary_key=True)
    """An instance's id, or the name of another chain (people, definitions)."""
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str]
    actor: Mapped[str]
    data: Mapped[str]
    hash: Mapped[bytes]


class Seal(Base):
    """How far a chain had come at the last checkpoint that saw it grown."""

    __tablename__ = "seal"
    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[bytes]
