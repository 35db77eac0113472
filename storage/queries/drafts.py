"""A person's drafts of filings, for their list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.database import session
from storage.tables import Definition, Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """One draft of a filing, and the procedure it is for as it was when it was typed."""

    id: str
    key: str
    definition_id: str
    case_id: str
    name: str
    name_en: str
    saved_at: datetime
    device: str


def filings_of(username: str, limit: int) -> Sequence[DraftRow]:
    """Give a person's drafts that were not thrown away, the one saved last first."""
    query = (
        select(
            Draft.id, Draft.key, Draft.definition_id, Draft.case_id,
            Definition.name, Definition.name_en, Draft.saved_at, Draft.device,
        )
        .join(Definition, Definition.id == Draft.definition_id)
        .where(Draft.owner == username, Draft.kind == "filing", Draft.dropped_at.is_(None))
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [DraftRow(**row._mapping) for row in session().execute(query)]


def count_filings(username: str) -> int:
    """Count them."""
    query = select(func.count()).where(Draft.owner == username, Draft.kind == "filing", Draft.dropped_at.is_(None))
    return session().execute(query).scalar_one()
