"""/substitutions: who stands in for whom, from when to when and in what; appointing somebody, and ending it early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Forbidden, Invalid, InvalidAnswers
from services import substitutions
from services.clocks import LOCAL
from services.permissions import Viewer
from storage.queries import dossiers as dossier_queries
from storage.queries import people
from storage.queries import substitutions as queries
from storage.queries.colleagues import Colleague
from texts import Text
from web import asked, cursors
from web.account import signed_in
from web.i18n.formats import t

blueprint = Blueprint("officer_substitutions", __name__)
PAGE = 50
MOST_SHOWN = 200
"""Of those in force, and of those to come: a page shows them all."""

FIELDS = {"starts_at": "first", "ends_at": "last"}
"""What the form calls a field of the verb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One substitution as the page shows it."""

    row: Any
    processes: tuple[Text, ...]
    """What it is narrowed to; none: everything."""
    is_own: bool
    """The viewer is one of the two."""
    may_end: bool
    last: datetime
    """The last moment of it: the second before its end, so that a whole day is called by its own name."""


@blueprint.get("/substitutions")
def listed() -> str:
    """Show those in force and to come, and one page of those that are over."""
    viewer = signed_in()
    reach = substitutions.reach_of(viewer)
    now = datetime.now(UTC)
    after = asked.text("after", longest=cursors.LONGEST)
    present, _more = queries.listed(reach, "present", now=now, limit=MOST_SHOWN)
    coming, _more = queries.listed(reach, "coming", now=now, sort="starts_at", limit=MOST_SHOWN)
    past, following = queries.listed(reach, "past", now=now, descending=True, after=cursors.read(after), limit=PAGE)
    return render_template(
        "officer/substitutions.html",
        sections=[
            (_("Đang làm thay"), _lines(viewer, present), "present"),
            (_("Sắp tới"), _lines(viewer, coming), "coming"),
            (_("Đã qua"), _lines(viewer, past), "past"),
        ],
        first_url="/substitutions" if after else "",
        next_url=asked.address("/substitutions", after=cursors.written(following)),
        has_more=following is not None,
        now=now,
    )


@blueprint.get("/substitutions/new")
def new() -> str:
    """Show an empty form."""
    viewer = signed_in()
    substitutions.reach_of(viewer)
    today = datetime.now(LOCAL).date()
    typed = {"absent": asked.text("absent") or viewer.username, "first": today.isoformat(), "last": today.isoformat()}
    return _form(viewer, typed, ())


@blueprint.post("/substitutions/new")
def appoint() -> Response | tuple[str, int]:
    """Appoint somebody; what is wrong stays on the page."""
    viewer = signed_in()
    substitutions.reach_of(viewer)
    typed = {name: asked.typed(name) for name in ("absent", "substitute", "first", "last", "scope", "reason")}
    typed["absent"] = typed["absent"] or viewer.username
    keys = request.form.getlist("keys")[: substitutions.MOST_KEYS + 1] if typed["scope"] == "some" else []
    first, last = _day(typed["first"]), _day(typed["last"])
    problems = _problems(typed, first, last, keys)
    try:
        if problems or first is None or last is None:
            raise InvalidAnswers(details=problems)
        one = substitutions.appoint(
            viewer, typed["absent"], typed["substitute"], starts_at=_midnight(first),
            ends_at=_midnight(last + timedelta(days=1)), now=datetime.now(UTC), keys=keys, reason=typed["reason"],
        )  # fmt: skip
    except (InvalidAnswers, Invalid) as refused:
        shown = [replace(detail, field=FIELDS.get(detail.field or "", detail.field)) for detail in refused.details]
        return _form(viewer, typed, shown, keys), 422
    names = people.names_of((one.absent, one.substitute))
    words = {"substitute": names.get(one.substitute, one.substitute), "absent": names.get(one.absent, one.absent)}
    flash(_("Đã cử %(substitute)s làm thay %(absent)s. Cả hai được báo.", **words), "ok")
    return redirect("/substitutions", 303)


@blueprint.post("/substitutions/<substitution_id>/end")
def end(substitution_id: str) -> Response:
    """End one now."""
    viewer = signed_in()
    substitutions.reach_of(viewer)
    try:
        substitutions.end(viewer, substitution_id, now=datetime.now(UTC))
    except Forbidden as refused:
        flash(t(refused.text), "soon")
    else:
        flash(_("Đã kết thúc. Việc đã nhận thay mà chưa xong trở về người được thay."), "ok")
    return redirect("/substitutions", 303)


def _lines(viewer: Viewer, rows: Sequence[Any]) -> list[Line]:
    names = dict(dossier_queries.procedures()) if any(row.keys for row in rows) else {}
    return [
        Line(
            row=row,
            processes=tuple(names.get(key, Text(key, key)) for key in row.keys),
            is_own=viewer.username in (row.absent, row.substitute),
            may_end=substitutions.may_end(viewer, row.absent, row.absent_unit, row.substitute),
            last=row.ends_at - timedelta(seconds=1),
        )
        for row in rows
    ]


def _form(viewer: Viewer, typed: dict[str, str], errors: Sequence[Detail], keys: Sequence[str] = ()) -> str:
    absent, works = substitutions.colleagues(viewer)
    return render_template(
        "officer/substitution_new.html",
        typed=typed,
        chosen=keys,
        absent=absent,
        mine=[one for one in works if one.unit_code == viewer.unit and one.username != viewer.username],
        others=[one for one in works if one.unit_code != viewer.unit],
        units=people.unit_names(one.unit_code for one in works),
        procedures=dossier_queries.procedures(),
        is_for_oneself=_is_alone(absent, viewer),
        errors=errors,
        wrong={detail.field: detail.message for detail in errors},
        has_errors=bool(errors),
    )


def _is_alone(absent: Sequence[Colleague], viewer: Viewer) -> bool:
    return [one.username for one in absent] == [viewer.username]


def _problems(typed: dict[str, str], first: date | None, last: date | None, keys: Sequence[str]) -> list[Detail]:
    problems = []
    for name, day in (("first", first), ("last", last)):
        if day is None:
            message = Text("Chọn một ngày.", "Choose a day.")
            problems.append(Detail(field=name, code="date", message=message))
    if not typed["substitute"]:
        message = Text("Chọn người làm thay.", "Choose who stands in.")
        problems.append(Detail(field="substitute", code="required", message=message))
    if typed["scope"] == "some" and not keys:
        message = Text("Chọn ít nhất một thủ tục.", "Choose a procedure at least.")
        problems.append(Detail(field="keys", code="required", message=message))
    return problems


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)
