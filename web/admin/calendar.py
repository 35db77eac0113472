"""/admin/calendar: the days on which the office works otherwise than the week says; enter, change and take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Invalid, NotFound
from services import calendar
from services.clocks import LOCAL, YEARS
from texts import Text
from web import asked
from web.admin.places import PLACES, administrator, first_of
from web.i18n.formats import day as written

blueprint = Blueprint("admin_calendar", __name__)
WEEKDAYS = (
    Text("thứ Hai", "Monday"),
    Text("thứ Ba", "Tuesday"),
    Text("thứ Tư", "Wednesday"),
    Text("thứ Năm", "Thursday"),
    Text("thứ Sáu", "Friday"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form of a day holds, as typed."""

    day: str = ""
    kind: str = "off"
    as_weekday: str = ""
    note: str = ""


@blueprint.get("/admin/calendar")
def listed() -> str:
    """Show the days of a year."""
    administrator()
    this_year = datetime.now(LOCAL).year
    year = asked.number("year")
    year = year if year in YEARS else this_year
    return render_template(
        "admin/calendar.html",
        places=PLACES,
        year=year,
        years=YEARS,
        days=calendar.days_of(year),
        weekdays=WEEKDAYS,
        today=datetime.now(LOCAL).date(),
    )


@blueprint.get("/admin/calendar/new")
def new() -> str:
    """Show an empty form; `?day=` fills the day in."""
    administrator()
    return _form(Typed(day=asked.text("day")), is_new=True)


@blueprint.post("/admin/calendar/new")
def create() -> Response | tuple[str, int]:
    """Enter a day."""
    return _save(_typed(asked.typed("day")), is_new=True)


@blueprint.get("/admin/calendar/<day>")
def shown(day: str) -> str:
    """Show an entered day to be changed."""
    administrator()
    found = _day(day)
    weekday = "" if found.as_weekday is None else str(found.as_weekday)
    return _form(Typed(day=day, kind=found.kind, as_weekday=weekday, note=found.name.vi), is_new=False)


@blueprint.post("/admin/calendar/<day>")
def change(day: str) -> Response | tuple[str, int]:
    """Change an entered day."""
    administrator()
    _day(day)
    return _save(_typed(day), is_new=False)


@blueprint.post("/admin/calendar/<day>/remove")
def remove(day: str) -> Response:
    """Take an entered day back."""
    viewer = administrator()
    found = _day(day)
    calendar.remove_day(viewer, found.day, now=datetime.now(UTC))
    flash(_("Đã bỏ ngày %(day)s khỏi lịch nhập thêm.", day=written(found.day)), "ok")
    return redirect(asked.address("/admin/calendar", year=found.day.year), 303)


def _typed(day: str) -> Typed:
    return Typed(day=day, kind=asked.typed("kind"), as_weekday=asked.typed("as_weekday"), note=asked.typed("note"))


def _save(typed: Typed, *, is_new: bool) -> Response | tuple[str, int]:
    try:
        saved = calendar.save_day(
            administrator(), day=typed.day, kind=typed.kind, as_weekday=typed.as_weekday, note=typed.note,
            now=datetime.now(UTC), is_new=is_new,
        )  # fmt: skip
    except (Invalid, Duplicate) as refused:
        return _form(typed, refused.details, is_new=is_new), 422
    flash(_("Đã lưu ngày %(day)s.", day=written(saved)), "ok")
    return redirect(asked.address("/admin/calendar", year=saved.year), 303)


def _day(text: str) -> calendar.Day:
    day = calendar.read_day(text)
    if day is None:
        raise NotFound()
    return calendar.own_day(day)


def _form(typed: Typed, errors: Sequence[Detail] = (), *, is_new: bool) -> str:
    return render_template(
        "admin/day.html",
        typed=typed,
        on=calendar.read_day(typed.day),
        is_new=is_new,
        weekdays=list(enumerate(WEEKDAYS)),
        years=YEARS,
        errors=errors,
        has_errors=bool(errors),
        first=first_of(errors),
    )
