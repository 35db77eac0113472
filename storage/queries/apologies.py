"""Reads of the apologies that wait for somebody to decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select

from storage.database import session
from storage.queries.paging import Order, Place, page
from storage.tables import Apology, Dossier

MOST_COUNTED = 100
_COLUMNS: list[Any] = [
    Apology.dossier_id.label("id"), Apology.due_at, Apology.days, Apology.why, Apology.drafted_at, Dossier.code,
    Dossier.procedure_name, Dossier.procedure_name_en, Dossier.applicant_name,
]  # fmt: skip
_ORDER = Order(column=Apology.due_at, id=Apology.dossier_id)


def drafted(units: Collection[str], *, after: Place | None = None, limit: int) -> tuple[Sequence[Any], Place | None]:
    """Give one page of the drafts of these units whose dossier is not done, the earliest due first."""
    query = select(*_COLUMNS).join(Dossier, Dossier.id == Apology.dossier_id).where(*_waiting(units))
    return page(query, _ORDER, after, limit)


def count_drafted(units: Collection[str]) -> int:
    """Count them, up to a hundred."""
    query = select(Apology.dossier_id).join(Dossier, Dossier.id == Apology.dossier_id).where(*_waiting(units))
    return len(session().execute(query.limit(MOST_COUNTED)).all())


def _waiting(units: Collection[str]) -> list[ColumnElement[bool]]:
    return [
        Apology.state == "drafted",
        Apology.unit_code.in_(list(units)),
        Dossier.finished_at.is_(None),
        Dossier.ended_at.is_(None),
    ]
