"""Entered days and changes of the calendar, for verbs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from sqlalchemy import select

from storage.database import session
from storage.tables import CalendarChange, CalendarEntry, CalendarMove, CalendarShift
from texts import Text

UNNAMED = Text("", "")


def entry(agency: str, day: datetime.date, *, year: bool = False) -> CalendarEntry | None:
    """Load what is entered for a day now; `year`: that its whole year is imported."""
    is_year = CalendarEntry.kind == "year"
    query = select(CalendarEntry).where(
        CalendarEntry.agency == agency,
        CalendarEntry.day == day,
        CalendarEntry.until.is_(None),
        is_year if year else ~is_year,
    )
    return session().scalar(query.execution_options(populate_existing=True))


def of_change(change_id: str) -> Sequence[CalendarEntry]:
    """Give what a change entered, in the order of days, whether it still holds or not."""
    query = select(CalendarEntry).where(CalendarEntry.change_id == change_id)
    return session().scalars(query.order_by(CalendarEntry.day, CalendarEntry.id)).all()


def closed_at(agency: str, moment: datetime.datetime) -> Sequence[CalendarEntry]:
    """Give what held until this moment."""
    query = select(CalendarEntry).where(CalendarEntry.agency == agency, CalendarEntry.until == moment)
    return session().scalars(query).all()


def change(change_id: str, *, lock: bool = False) -> CalendarChange | None:
    """Load a change as it is now."""
    return session().get(CalendarChange, change_id, with_for_update=lock or None, populate_existing=True)


def note_move(
    change_id: str | None,
    dossier_id: str,
    before: datetime.datetime | None,
    after: datetime.datetime | None,
    now: datetime.datetime,
) -> None:
    """Note down that a change has moved a dossier, for the list of what it moved; an unknown change is left out."""
    if change_id and session().get(CalendarChange, change_id) is not None:
        session().merge(
            CalendarMove(change_id=change_id, dossier_id=dossier_id, due_before=before, due_at=after, moved_at=now)
        )


def note_shift(
    change_id: str | None, instance_id: str, before: datetime.datetime | None, after: datetime.datetime | None,
    now: datetime.datetime, *, element_id: str = "", name: Text = UNNAMED,
) -> None:  # fmt: skip
    """Note down that a change has moved a timer, or (without an element) the time to answer of a paused dossier."""
    if change_id and session().get(CalendarChange, change_id) is not None:
        session().merge(
            CalendarShift(
                id=f"{change_id}.{instance_id}.{element_id}", change_id=change_id, instance_id=instance_id,
                element_id=element_id, name=name.vi, name_en=name.en, due_before=before, due_at=after, moved_at=now,
            )
        )  # fmt: skip


def forget_read() -> None:
    """Drop what storage.queries.calendar keeps of the days in this session, because they change now."""
    for name in ("calendar_entries", "calendar_history"):
        session().info.pop(name, None)
