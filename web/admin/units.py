"""/admin/units: the units of the agency; create and rename."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Invalid, NotFound
from services import people
from storage.queries import people as queries
from storage.queries.people import Counted
from web import asked
from web.admin.places import PLACES, administrator, first_of

blueprint = Blueprint("admin_units", __name__)


@blueprint.get("/admin/units")
def listed() -> str:
    """Show every unit."""
    administrator()
    return render_template("admin/units.html", places=PLACES, units=queries.units())


@blueprint.get("/admin/units/new")
def new() -> str:
    """Show an empty form."""
    administrator()
    return _form("")


@blueprint.post("/admin/units/new")
def create() -> Response | tuple[str, int]:
    """Create a unit."""
    administrator()
    return _save(asked.typed("code").lower(), is_new=True)


@blueprint.get("/admin/units/<code>")
def shown(code: str) -> str:
    """Show a unit to be renamed."""
    administrator()
    unit = _unit(code)
    return _form(code, unit.name.vi, unit.name.en)


@blueprint.post("/admin/units/<code>")
def rename(code: str) -> Response | tuple[str, int]:
    """Rename a unit."""
    administrator()
    return _save(_unit(code).code, is_new=False)


def _save(code: str, *, is_new: bool) -> Response | tuple[str, int]:
    name_vi, name_en = asked.typed("name_vi"), asked.typed("name_en")
    try:
        people.save_unit(
            administrator(), code=code, name_vi=name_vi, name_en=name_en, now=datetime.now(UTC), is_new=is_new
        )
    except (Invalid, Duplicate) as refused:
        return _form(code, name_vi, name_en, refused.details, is_new=is_new), 422
    flash(_("Đã lưu đơn vị %(name)s.", name=name_vi), "ok")
    return redirect("/admin/units", 303)


def _unit(code: str) -> Counted:
    found = next((unit for unit in queries.units() if unit.code == code), None)
    if found is None:
        raise NotFound()
    return found


def _form(
    code: str, name_vi: str = "", name_en: str = "", errors: Sequence[Detail] = (), *, is_new: bool | None = None
) -> str:
    is_new = not code if is_new is None else is_new
    return render_template(
        "admin/unit.html",
        code=code,
        name_vi=name_vi,
        name_en=name_en,
        is_new=is_new,
        people=0 if is_new else _unit(code).people,
        errors=errors,
        has_errors=bool(errors),
        first=first_of(errors),
    )
