"""Incidents, for verbs and jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storage.database import session
from storage.tables import Incident


def open_of(instance_id: str) -> dict[str, Incident]:
    """Give the open incidents of an instance by their token, the oldest first."""
    query = select(Incident).where(Incident.instance_id == instance_id, Incident.state == "open")
    rows = session().scalars(query.order_by(Incident.created_at, Incident.id)).all()
    return {row.token_id: row for row in rows}


def load(incident_id: str) -> Incident | None:
    """Load an incident as it is now."""
    return session().get(Incident, incident_id, populate_existing=True)


def due(now: datetime, limit: int) -> Sequence[str]:
    """Give ids of incidents that are to be tried again by now, those due longest first."""
    query = select(Incident.id).where(Incident.next_try_at <= now).order_by(Incident.next_try_at).limit(limit)
    return session().scalars(query).all()
