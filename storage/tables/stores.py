"""Data stores: what the diagrams' data stores hold, shared by all instances."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.types import Moment


class DataStore(Base):
    """What the data store of a name holds: bytes of engine.state.dump_value."""

    __tablename__ = "data_store"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[str]
    """The instance that wrote it last."""
