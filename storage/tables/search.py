"""What dossiers are found by.

The migration makes what differs: on SQLite a full-text table (`dossier_words`, FTS5) follows this one by triggers, on
PostgreSQL the words have a GIN index (`ix_dossier_search_words`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Identity, Integer, String
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base


class DossierSearch(Base):
    """The terms of a dossier (storage/terms.py), in the order of filing.

    A row of its own, since a dossier's changes at every step and this one hardly ever: an index of many words is
    written only when they change.
    """

    __tablename__ = "dossier_search"
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True, autoincrement=True
    )
    """Counts up with each filing; what was filed before there was a search has numbers below zero, counted down."""
    dossier_id: Mapped[str] = mapped_column(ForeignKey("dossier.id"), unique=True)
    words: Mapped[str] = mapped_column(String().with_variant(TSVECTOR, "postgresql"))
    """SQLite: the terms with a space on either side of each; PostgreSQL: a vector of them."""
