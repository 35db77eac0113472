"""Who has a dossier open just now: so that two people on one dossier see each other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class Presence(Base):
    """One row for each member of staff and instance they look at; gone minutes after they look away.

    No history is kept: it says who is there, never who was.
    """

    __tablename__ = "presence"
    instance_id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment, index=True)
    is_typing: Mapped[bool]
