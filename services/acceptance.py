"""The 8 working hours in which a filing is accepted or refused: at risk and breached are raised once each.

`next_deadline_at` of a filing says what comes next: at risk, then breached, then nothing; it only ever goes forward.
"""

from __future__ import annotations

from datetime import datetime

from services import clocks, escalation, log
from services.permissions import SYSTEM
from services.runs import Run
from storage.tables import Dossier


def raise_due(run: Run, dossier: Dossier) -> None:
    """Raise what is due on a filing that is not accepted yet, in the present transaction."""
    due_at, next_at = dossier.acceptance_due_at, dossier.next_deadline_at
    if due_at is None or next_at is None or next_at > run.now:
        return
    late_at = due_at + clocks.A_MINUTE  # the minute in which it is due is in time
    kinds = ["acceptance_at_risk"] * (next_at < late_at) + ["acceptance_breached"] * (late_at <= run.now)
    dossier.next_deadline_at = late_at if late_at > run.now else None
    for kind in kinds:
        data = {"dossier": dossier.code, "acceptance_due_at": due_at.isoformat()}
        log.append(run.instance, f"dossier.{kind}", actor=SYSTEM.username, now=run.now, data=data)
        escalation.tell(run, dossier, kind)


def refresh(dossier: Dossier) -> bool:
    """Compute the limit of a filing anew, because the calendar has changed; say whether it moved.

    What was raised stays raised.
    """
    before, next_at = dossier.acceptance_due_at, dossier.next_deadline_at
    due_at, soon_at = limit_of(clocks.agency_of(dossier), filed_at=dossier.filed_at)
    dossier.acceptance_due_at = due_at
    if next_at is not None:
        was_raised = before is not None and next_at > before
        dossier.next_deadline_at = due_at + clocks.A_MINUTE if was_raised else soon_at
    return due_at != before


def limit_of(agency: str, *, filed_at: datetime) -> tuple[datetime, datetime]:
    """Give until when a filing is to be accepted, and from when that is at risk. Raises NoCalendar."""
    return clocks.acceptance_due(agency, filed_at=filed_at), clocks.acceptance_soon(agency, filed_at=filed_at)
