"""/admin/calendar: the days on which the office works otherwise than the week says; enter, change and take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Invalid, NotFound
from services import calendar, calendar_changes, calendar_edits, clocks
from services.clocks import IMPORTABLE, LOCAL
from texts import Text
from web import asked
from web.admin.places import PLACES, administrator, first_of
from web.admin.wording import WEEKDAYS

blueprint = Blueprint("admin_calendar", __name__)
MOST_DAYS = 60
"""Days that one form enters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form of a day holds, as typed."""

    day: str = ""
    last: str = ""
    """The last of several days; empty: one day."""
    kind: str = "off"
    as_weekday: str = ""
    hours: str = ""
    note: str = ""
    agency: str = ""


@blueprint.get("/admin/calendar")
def listed() -> str:
    """Show the days of a year."""
    administrator()
    this_year = datetime.now(LOCAL).year
    year = asked.number("year")
    years = sorted(clocks.covered_years())
    year = year if year in (*years, *IMPORTABLE) else this_year
    agency = asked.text("agency")
    return render_template(
        "admin/calendar.html",
        places=PLACES,
        year=year,
        years=years,
        next_year=years[-1] + 1 if years[-1] + 1 in IMPORTABLE else None,
        is_covered=year in years,
        is_imported=calendar.is_imported(year),
        agency=agency,
        agencies=calendar.agencies(),
        days=calendar.days_of(year, agency),
        weekdays=WEEKDAYS,
        today=datetime.now(LOCAL).date(),
    )


@blueprint.get("/admin/calendar/new")
def new() -> str:
    """Show an empty form; `?day=` fills the day in."""
    administrator()
    return _form(Typed(day=asked.text("day"), agency=asked.text("agency")), is_new=True)


@blueprint.post("/admin/calendar/new")
def create() -> Response | tuple[str, int]:
    """Plan to enter one day or several, and show what that moves."""
    return _save(_typed(asked.typed("day"), last=asked.typed("last"), agency=asked.typed("agency")), is_new=True)


@blueprint.get("/admin/calendar/<day>")
def shown(day: str) -> str:
    """Show an entered day to be changed."""
    administrator()
    found = _day(day)
    weekday = "" if found.as_weekday is None else str(found.as_weekday)
    hours = ", ".join(f"{_hour(start)}-{_hour(end)}" for start, end in found.periods)
    typed = Typed(
        day=day, kind=found.kind, as_weekday=weekday, hours=hours, note=found.name.vi, agency=found.agency
    )  # fmt: skip
    return _form(typed, is_new=False)


@blueprint.post("/admin/calendar/<day>")
def change(day: str) -> Response | tuple[str, int]:
    """Plan to change an entered day, and show what that moves."""
    administrator()
    return _save(_typed(day, agency=_day(day).agency), is_new=False)


@blueprint.post("/admin/calendar/<day>/remove")
def remove(day: str) -> Response:
    """Plan to take an entered day back, and show what that moves."""
    viewer = administrator()
    found = _day(day)
    planned = calendar_changes.plan_removal(viewer, found.day, agency=found.agency, now=datetime.now(UTC))
    return redirect(f"/admin/calendar/changes/{planned.id}", 303)


def _typed(day: str, *, last: str = "", agency: str = "") -> Typed:
    names = ("kind", "as_weekday", "hours", "note")
    return Typed(day=day, last=last, agency=agency, **{name: asked.typed(name) for name in names})


def _save(typed: Typed, *, is_new: bool) -> Response | tuple[str, int]:
    viewer = administrator()
    try:
        planned = calendar_changes.plan(
            viewer, _days(typed), reason=typed.note, agency=typed.agency, now=datetime.now(UTC), is_new=is_new
        )
    except (Invalid, Duplicate) as refused:
        first = [replace(each, field=each.field.rpartition(".")[2]) for each in refused.details]
        return _form(typed, list({each.field: each for each in reversed(first)}.values())[::-1], is_new=is_new), 422
    return redirect(f"/admin/calendar/changes/{planned.id}", 303)


def _days(typed: Typed) -> list[calendar_edits.Typed]:
    """Give each day that was typed: one, or all from the first to the last."""
    first, last = calendar.read_day(typed.day), calendar.read_day(typed.last) if typed.last else None
    if typed.last and first is not None and (last is None or not first <= last < first + timedelta(days=MOST_DAYS)):
        message = Text(
            f"Ngày cuối phải sau ngày đầu, nhiều nhất {MOST_DAYS} ngày.",
            f"The last day must be after the first, by at most {MOST_DAYS} days.",
        )
        raise Invalid(details=[Detail(field="last", code="range", message=message)])
    more = (last - first).days if first is not None and last is not None else 0
    days = [typed.day] if first is None else [(first + timedelta(days=n)).isoformat() for n in range(more + 1)]
    return [
        calendar_edits.Typed(
            day=day, kind=typed.kind, as_weekday=typed.as_weekday, hours=typed.hours, note=typed.note
        )
        for day in days
    ]  # fmt: skip


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _day(text: str) -> calendar.Day:
    day = calendar.read_day(text)
    if day is None:
        raise NotFound()
    return calendar.own_day(day, asked.text("agency"))


def _form(typed: Typed, errors: Sequence[Detail] = (), *, is_new: bool) -> str:
    return render_template(
        "admin/day.html",
        typed=typed,
        on=calendar.read_day(typed.day),
        is_new=is_new,
        weekdays=list(enumerate(WEEKDAYS)),
        years=sorted(clocks.covered_years()),
        agencies=calendar.agencies(),
        errors=errors,
        has_errors=bool(errors),
        first=first_of(errors),
    )
