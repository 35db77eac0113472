"""Definitions out of service together with what runs on them, which a batch suspends or resumes."""

from __future__ import annotations

from datetime import datetime

from services import batches, suspension
from services.permissions import Viewer
from storage.database import verb
from storage.queries import batches as queries
from storage.queries.selection import Selection
from storage.tables import Batch, Definition


@verb
def suspend(
    viewer: Viewer, definition_id: str, reason: str, *, now: datetime, with_instances: bool = False
) -> tuple[Definition, Batch | None]:
    """Suspend a version and, on request, its running instances; None where there are none."""
    row = suspension.suspend_definition(viewer, definition_id, reason, now=now)
    return row, _batch(viewer, "suspend", definition_id, reason, now) if with_instances else None


@verb
def resume(
    viewer: Viewer, definition_id: str, reason: str, *, now: datetime, with_instances: bool = False
) -> tuple[Definition, Batch | None]:
    """Resume a version and, on request, all its suspended instances; None where there are none."""
    row = suspension.resume_definition(viewer, definition_id, reason, now=now)
    return row, _batch(viewer, "resume", definition_id, reason, now) if with_instances else None


def _batch(viewer: Viewer, kind: str, definition_id: str, reason: str, now: datetime) -> Batch | None:
    wanted = Selection(definition_id=definition_id, status="running" if kind == "suspend" else "suspended")
    if not queries.count_wanted(wanted, 1):
        return None
    return batches.create(viewer, kind, wanted, reason, now=now)
