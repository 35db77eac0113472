"""/admin/people: who has an account; open one, change it, deactivate it, activate it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Detail, Duplicate, Invalid, NotFound, WrongState
from services import passwords, people
from services.folding import fold
from services.permissions import ROLE_NAMES
from storage.queries import handover
from storage.queries import people as queries
from storage.queries.people import STAFF, PersonRow, Wanted
from texts import Text
from web import asked
from web.admin.places import PLACES, administrator, first_of, is_production
from web.admin.wording import ROLES
from web.i18n.formats import t

blueprint = Blueprint("admin_people", __name__)
PAGE = 50
KINDS = {STAFF: Text("Cán bộ, mọi vai trò", "Staff, any role"), **ROLE_NAMES}
ACTIVE = {"yes": Text("Đang hoạt động", "Active"), "no": Text("Đã khoá", "Deactivated")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the form of a person holds."""

    username: str = ""
    name: str = ""
    email: str = ""
    unit: str = ""
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    how: str = "generated"
    """How the password comes: generated, typed or none."""


@blueprint.get("/admin")
def start() -> Response:
    """Lead to the people."""
    administrator()
    return redirect("/admin/people")


@blueprint.get("/admin/people")
def listed() -> str:
    """Search the accounts."""
    administrator()
    filters = {
        "q": asked.text("q"),
        "role": asked.one_of("role", KINDS),
        "active": asked.one_of("active", ACTIVE),
        "unit": asked.text("unit"),
        "group": asked.text("group"),
    }
    wanted = Wanted(
        text=fold(filters["q"]),
        active={"yes": True, "no": False}.get(filters["active"]),
        role=filters["role"],
        unit=filters["unit"],
        group=filters["group"],
    )
    after = asked.text("after")
    before = asked.number("before") if after else 0
    rows, next_ = queries.listed(wanted, after=after, limit=PAGE)
    return render_template(
        "admin/people.html",
        places=PLACES,
        people=rows,
        filters=filters,
        is_filtered=any(filters.values()),
        kinds=KINDS.items(),
        states=ACTIVE.items(),
        units=queries.units(),
        groups=queries.groups(),
        role_names=ROLE_NAMES,
        unit_names=queries.unit_names(row.unit_code for row in rows),
        group_names=queries.group_names(code for row in rows for code in row.groups),
        before=before,
        next_url=asked.address("/admin/people", **filters, after=next_, before=before + len(rows)) if next_ else "",
        first_url=asked.address("/admin/people", **filters) if after else "",
    )


@blueprint.get("/admin/people/new")
def new() -> str:
    """Show an empty form."""
    administrator()
    return _form(Typed(roles=("officer",)))


@blueprint.post("/admin/people/new")
def create() -> Response | str | tuple[str, int]:
    """Open an account; a password made here is shown on the answer, which is why that is no redirect."""
    viewer = administrator()
    typed = _typed(username=asked.typed("username").lower())
    password = {"generated": passwords.generated(), "typed": request.form.get("password", "")}.get(typed.how)
    try:
        people.create(
            viewer, username=typed.username, name=typed.name, email=typed.email, password=password, roles=typed.roles,
            groups=typed.groups, unit=typed.unit, now=datetime.now(UTC), production=is_production(),
        )  # fmt: skip
    except (Invalid, Duplicate) as refused:
        return _form(typed, refused.details), 422
    if password and typed.how == "generated":
        return render_template(
            "admin/password_made.html", person=_person(typed.username), password=password, is_new=True
        )
    flash(_("Đã mở tài khoản %(name)s.", name=typed.username), "ok")
    return redirect(f"/admin/people/{typed.username}", 303)


@blueprint.get("/admin/people/<username>")
def shown(username: str) -> str:
    """Show an account to be changed."""
    administrator()
    return page(_person(username))


@blueprint.post("/admin/people/<username>")
def change(username: str) -> Response | tuple[str, int]:
    """Change an account."""
    viewer = administrator()
    person = _person(username)
    typed = _typed(username=username)
    try:
        people.change(
            viewer, username, name=typed.name, email=typed.email, roles=typed.roles, groups=typed.groups,
            unit=typed.unit, now=datetime.now(UTC),
        )  # fmt: skip
    except (Invalid, WrongState) as refused:
        return page(person, typed, refused.details), 422
    flash(_("Đã lưu thay đổi."), "ok")
    return redirect(f"/admin/people/{username}", 303)


@blueprint.get("/admin/people/<username>/deactivate")
def ask(username: str) -> str | Response:
    """Say what deactivating does, before it is done."""
    viewer = administrator()
    person = _person(username)
    if not person.is_active or username == viewer.username:
        return redirect(f"/admin/people/{username}")
    return render_template("admin/deactivate.html", person=person, left=handover.count_tasks(username))


@blueprint.post("/admin/people/<username>/<any(deactivate, activate):act>")
def set_active(username: str, act: str) -> Response:
    """Deactivate an account, or activate it again."""
    viewer = administrator()
    try:
        even_so = asked.typed("even_so") == "yes"
        people.set_active(viewer, username, active=act == "activate", now=datetime.now(UTC), even_so=even_so)
    except WrongState as refused:
        flash(t(refused.text), "late")
        if any(detail.code == "tasks_left" for detail in refused.details):
            return redirect(f"/admin/people/{username}/deactivate", 303)
    else:
        flash(_("Tài khoản hoạt động trở lại.") if act == "activate" else _("Đã khoá tài khoản."), "ok")
    return redirect(f"/admin/people/{username}", 303)


def page(
    person: PersonRow, typed: Typed | None = None, errors: Sequence[Detail] = (), *, how: str = "generated"
) -> str:
    """Render the page of an account; `typed` is what was refused."""
    viewer = administrator()
    typed = typed or Typed(
        username=person.username, name=person.name, email=person.email, unit=person.unit_code, roles=person.roles,
        groups=person.groups,
    )  # fmt: skip
    return render_template(
        "admin/person.html",
        person=person,
        is_own=person.username == viewer.username,
        how=how,
        **_choices(typed, errors),
    )


def _form(typed: Typed, errors: Sequence[Detail] = ()) -> str:
    return render_template("admin/person_new.html", **_choices(typed, errors))


def _choices(typed: Typed, errors: Sequence[Detail]) -> dict[str, object]:
    return {
        "typed": typed,
        "errors": errors,
        "has_errors": bool(errors),
        "first": first_of(errors),
        "roles": ROLES,
        "units": [(unit.code, unit.name) for unit in queries.units()],
        "groups": queries.groups(),
        "shortest": passwords.SHORTEST_PASSWORD,
    }


def _person(username: str) -> PersonRow:
    person = queries.one(username)
    if person is None:
        raise NotFound()
    return person


def _typed(*, username: str) -> Typed:
    how = asked.typed("how")
    return Typed(
        username=username,
        name=asked.typed("name"),
        email=asked.typed("email"),
        unit=asked.typed("unit"),
        roles=_ticked("roles"),
        groups=_ticked("groups"),
        how=how if how in ("generated", "typed", "none") else "generated",
    )


def _ticked(name: str) -> tuple[str, ...]:
    values: Iterable[str] = request.form.getlist(name)
    return tuple(dict.fromkeys(value for value in values if value))
