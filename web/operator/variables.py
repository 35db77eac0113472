"""/operator/instances/<id>/variables: the variables of the process as JSON, each changed on its own, one more added.

What was not changed is not sent on, so that it keeps its value and kind whatever others write meanwhile; what somebody
else has changed since the page was opened is not overwritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Invalid
from services import instances, variables
from services.permissions import Viewer
from texts import Text
from web import asked
from web.i18n.formats import t
from web.operator.instances import View, view_of
from web.operator.places import operator

blueprint = Blueprint("operator_variables", __name__)
MOST = 100
"""Variables on a page; more are found by a part of their name."""
LONGEST = 20_000
"""Characters of a value that a page lets one edit; longer ones are changed over the API."""
OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One variable as the page shows it."""

    name: str
    text: str
    """Its JSON; what was typed, where that is shown again."""
    was: str
    """Stands for its JSON when the page was made."""
    is_long: bool = False
    error: Text | None = None

    @property
    def lines(self) -> int:
        """Give how high its field is."""
        return min(max(self.text.count("\n") + 1, 1), 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent."""

    rows: tuple[Row, ...]
    name: str = ""
    value: str = ""
    reason: str = ""


@blueprint.get("/operator/instances/<instance_id>/variables")
def shown(instance_id: str) -> str | Response:
    """Show the variables; where nothing can be changed any more, show the instance."""
    viewer = operator()
    view = view_of(viewer, instance_id)
    if view.instance.status not in instances.OPEN:
        return redirect(view.url)
    return _page(view, Typed(rows=_rows(viewer, view)), ())


@blueprint.post("/operator/instances/<instance_id>/variables")
def save(instance_id: str) -> str | Response | tuple[str, int]:
    """Change what was changed on the page, and add what was added."""
    viewer = operator()
    view = view_of(viewer, instance_id)
    typed = _typed()
    try:
        given = _changed(typed, variables.editable(viewer, instance_id))
        variables.set_variables(viewer, instance_id, given, typed.reason, now=datetime.now(UTC))
    except Invalid as refused:
        return _page(view, typed, refused.details), 422
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
        return redirect(view.url, 303)
    flash(_("Đã sửa biến: %(names)s.", names=", ".join(given)), "ok")
    return redirect(f"{view.url}?tab=variables", 303)


def _rows(viewer: Viewer, view: View) -> tuple[Row, ...]:
    wanted = asked.text("q").casefold()
    found = variables.editable(viewer, view.instance.id)
    names = [name for name in sorted(found) if wanted in name.casefold()]
    return tuple(_row(name, found[name]) for name in names[:MOST])


def _row(name: str, value: Any) -> Row:
    text = _json(value)
    return Row(name=name, text=text if len(text) <= LONGEST else "", was=_mark(text), is_long=len(text) > LONGEST)


def _typed() -> Typed:
    count = asked.typed("rows")
    number = min(int(count), MOST) if count.isdecimal() and count.isascii() and len(count) < 5 else 0
    rows = tuple(
        Row(name=request.form.get(f"name-{i}", ""), text=asked.typed(f"value-{i}"), was=asked.typed(f"was-{i}"))
        for i in range(number)
        if asked.typed(f"was-{i}")
    )
    return Typed(rows=rows, name=asked.typed("name"), value=asked.typed("value"), reason=asked.typed("reason"))


def _changed(typed: Typed, now: Mapping[str, Any]) -> dict[str, Any]:
    """Give what differs from what the page showed. Raises Invalid with each that is no JSON or that others changed."""
    given: dict[str, Any] = {}
    problems: list[Detail] = []
    for index, row in enumerate(typed.rows):
        if _mark(row.text) == row.was:
            continue
        if row.name in now and _mark(_json(now[row.name])) != row.was:
            message = Text(
                f"“{row.name}” vừa được nơi khác đổi thành {_json(now[row.name])[:200]}: hãy tải lại trang.",
                f"“{row.name}” has just been changed elsewhere, to {_json(now[row.name])[:200]}: load the page again.",
            )
            problems.append(Detail(field=f"value-{index}", code="stale", message=message))
            continue
        _read(row.name, row.text, f"value-{index}", given, problems)
    if typed.name and typed.name in now:
        message = Text("Biến này đã có: hãy sửa ở trên.", "There is this variable already: change it above.")
        problems.append(Detail(field="name", code="duplicate", message=message))
    elif typed.name or typed.value:
        if typed.name:
            _read(typed.name, typed.value, "value", given, problems)
        else:
            message = Text("Cần tên biến.", "Name the variable.")
            problems.append(Detail(field="name", code="required", message=message))
    if not typed.reason:
        problems.append(Detail(field="reason", code="required", message=Text("Cần nêu lý do.", "A reason is needed.")))
    if not given and not problems:
        message = Text("Chưa sửa biến nào.", "No variable was changed.")
        problems.append(Detail(field="", code="required", message=message))
    if problems:
        raise Invalid(details=problems)
    return given


def _read(name: str, text: str, field: str, given: dict[str, Any], problems: list[Detail]) -> None:
    try:
        given[name] = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        line, column = wrong.lineno, wrong.colno
        message = Text(
            f"“{name}” chưa phải JSON (dòng {line}, cột {column}). Chữ cần dấu ngoặc kép; số, true, null thì không.",
            f"“{name}” is not JSON yet (line {line}, column {column}). Texts need quotes; numbers, true, null do not.",
        )
        problems.append(Detail(field=field, code="json", message=message))


def _json(value: Any) -> str:
    return orjson.dumps(value, option=OPTIONS).decode()


def _mark(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").strip().encode()).hexdigest()[:32]


def _page(view: View, typed: Typed, details: Sequence[Detail]) -> str:
    placed = [_placed(typed, detail) for detail in details]
    return render_template(
        "operator/variables.html",
        view=view,
        typed=typed,
        errors=placed,
        has_errors=bool(placed),
        messages={detail.field: detail.message for detail in placed},
        text=asked.text("q"),
        most=MOST,
    )


def _placed(typed: Typed, detail: Detail) -> Detail:
    """Give an error of the verb (`variables.name`) with the id of its field."""
    name = detail.field.removeprefix("variables.")
    if name == detail.field:
        return detail
    found = [f"value-{index}" for index, row in enumerate(typed.rows) if row.name == name]
    field = found[0] if found else "value"
    return Detail(field=field, code=detail.code, message=detail.message)
