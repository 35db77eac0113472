"""/admin/groups: the groups that diagrams name; create, rename, their reach, and who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Invalid, NotFound
from services import people
from services.permissions import ROLE_NAMES
from storage.queries import people as queries
from storage.queries.people import Counted, Wanted
from web import asked
from web.admin.places import PLACES, administrator, first_of

blueprint = Blueprint("admin_groups", __name__)
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form of a group holds."""

    code: str = ""
    name_vi: str = ""
    name_en: str = ""
    is_agency_wide: bool = False


@blueprint.get("/admin/groups")
def listed() -> str:
    """Show every group."""
    administrator()
    return render_template("admin/groups.html", places=PLACES, groups=queries.groups())


@blueprint.get("/admin/groups/new")
def new() -> str:
    """Show an empty form."""
    administrator()
    return _form(Typed())


@blueprint.post("/admin/groups/new")
def create() -> Response | tuple[str, int]:
    """Create a group."""
    administrator()
    return _save(_typed(asked.typed("code").lower()), None)


@blueprint.get("/admin/groups/<code>")
def shown(code: str) -> str:
    """Show a group to be changed, and its members."""
    administrator()
    group = _group(code)
    typed = Typed(code=code, name_vi=group.name.vi, name_en=group.name.en, is_agency_wide=group.is_agency_wide)
    return _form(typed, group)


@blueprint.post("/admin/groups/<code>")
def change(code: str) -> Response | tuple[str, int]:
    """Change a group."""
    administrator()
    return _save(_typed(code), _group(code))


def _typed(code: str) -> Typed:
    return Typed(
        code=code,
        name_vi=asked.typed("name_vi"),
        name_en=asked.typed("name_en"),
        is_agency_wide=asked.typed("is_agency_wide") == "yes",
    )


def _save(typed: Typed, group: Counted | None) -> Response | tuple[str, int]:
    try:
        people.save_group(
            administrator(), code=typed.code, name_vi=typed.name_vi, name_en=typed.name_en,
            is_agency_wide=typed.is_agency_wide, now=datetime.now(UTC), is_new=group is None,
        )  # fmt: skip
    except (Invalid, Duplicate) as refused:
        return _form(typed, group, refused.details), 422
    flash(_("Đã lưu nhóm %(name)s.", name=typed.name_vi), "ok")
    return redirect(f"/admin/groups/{typed.code}", 303)


def _group(code: str) -> Counted:
    found = next((group for group in queries.groups() if group.code == code), None)
    if found is None:
        raise NotFound()
    return found


def _form(typed: Typed, group: Counted | None = None, errors: Sequence[Detail] = ()) -> str:
    after = asked.text("after")
    members, next_ = queries.listed(Wanted(group=typed.code), after=after, limit=PAGE) if group else ((), "")
    before = asked.number("before") if after else 0
    here = f"/admin/groups/{typed.code}"
    return render_template(
        "admin/group.html",
        typed=typed,
        group=group,
        members=members,
        role_names=ROLE_NAMES,
        unit_names=queries.unit_names(member.unit_code for member in members),
        before=before,
        next_url=asked.address(here, after=next_, before=before + len(members)) if next_ else "",
        first_url=here if after else "",
        errors=errors,
        has_errors=bool(errors),
        first=first_of(errors),
    )
