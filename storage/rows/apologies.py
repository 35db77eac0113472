"""Apologies, for verbs."""

from __future__ import annotations

from storage.database import session
from storage.tables import Apology


def of(dossier_id: str) -> Apology | None:
    """Load a dossier's apology; lock its instance first to write it."""
    return session().get(Apology, dossier_id, populate_existing=True)
