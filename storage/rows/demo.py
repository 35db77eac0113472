"""Rows of the demo data (services/demo/)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from storage.database import session
from storage.tables import Dossier


def there(dossier_ids: Collection[str]) -> set[str]:
    """Give those of these dossiers that exist."""
    return set(session().scalars(select(Dossier.id).where(Dossier.id.in_(dossier_ids))))
