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
    Apology.dossier_id.label("id"), Apology.due_at, Apology.days, Apology.why, Apology.drafted_at, Apology.reason,
    Dossier.code, Dossier.definition_id, Dossier.case_id, Dossier.channel, Dossier.due_unit,
    Dossier.procedure_name, Dossier.procedure_name_en, Dossier.applicant_name,
]  # fmt: skip
_ORDER = Order(column=Apology.due_at, id=Apology.dossier_id)


def drafted(
    units: Collection[str] | None, *, after: Place | None = None, limit: int
) -> tuple[Sequence[Any], Place | None]:
    """Give one page of the drafts of these units (None: all) whose dossier is not done, the earliest due first."""
    query = select(*_COLUMNS).join(Dossier, Dossier.id == Apology.dossier_id).where(*_waiting(units))
    return page(query, _ORDER, after, limit)


def count_drafted(units: Collection[str] | None) -> int:
    """Count them, up to a hundred."""
    query = select(Apology.dossier_id).join(Dossier, Dossier.id == Apology.dossier_id).where(*_waiting(units))
    return len(session().execute(query.limit(MOST_COUNTED)).all())


def _waiting(units: Collection[str] | None) -> list[ColumnElement[bool]]:
    own = [] if units is None else [Apology.unit_code.in_(list(units))]
    return [Apology.state == "drafted", *own, Dossier.finished_at.is_(None), Dossier.ended_at.is_(None)]
