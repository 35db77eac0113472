"""People: registration, sign-in, tokens, and what administrators do with accounts, units and groups."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from errors import Detail, Duplicate, Invalid, NotFound, NotSignedIn, WrongState
from services import log, substitutions
from services.folding import fold
from services.passwords import DEMO_PASSWORD, HASHER, matches, password_problem
from services.people_checks import check, check_code, problems_of
from services.permissions import Permission, Viewer, permissions_of, require
from storage.database import session, verb
from storage.queries import handover
from storage.rows import people as rows
from storage.rows.people import Account
from storage.tables import ApiToken, Group, Person, SignIn, Unit
from texts import Text

SEEN_EVERY = timedelta(minutes=1)


def viewer_of(person: Person | Account, groups: Sequence[tuple[str, bool]] | None = None) -> Viewer:
    """Give the viewer that a person is; `groups` are (code, is agency-wide), looked up where they are not given."""
    groups = rows.groups_of(person.username) if groups is None else groups
    return Viewer(
        username=person.username,
        name=person.name,
        roles=frozenset(person.roles),
        groups=frozenset(code for code, _ in groups),
        unit=person.unit_code or "",
        sees_all_units=any(wide for _, wide in groups),
        permissions=permissions_of(person.roles),
    )


@verb
def register(
    *,
    username: str,
    name: str,
    email: str,
    phone: str,
    organisation: str,
    password: str,
    now: datetime,
    production: bool = False,
) -> None:
    """Open an applicant's account; raise Invalid with every field that is wrong, Duplicate for a taken name."""
    problems = problems_of(username=username, name=name, email=email, phone=phone, organisation=organisation)
    if problem := password_problem(password, production=production):
        problems.append(problem)
    if problems:
        raise Invalid(details=problems)
    _add(username, name, email, phone, organisation, password, roles=["applicant"], now=now, actor=username)


def sign_in(username: str, password: str, *, device: str, now: datetime, allow_demo: bool) -> str:
    """Check a password and open a signed-in browser; give its token. Raise NotSignedIn without saying what was wrong.

    The password is checked before the transaction begins: that takes a tenth of a second, and nobody may wait for it.
    """
    person = rows.load(username.strip().lower())
    is_known = person is not None and person.is_active
    is_right = matches(person.password_hash if person and is_known else "", password)
    if person is None or not is_right:
        raise NotSignedIn(
            Text("Tên đăng nhập hoặc mật khẩu không đúng.", "The user name or the password is not right.")
        )
    if (person.is_demo or password == DEMO_PASSWORD) and not allow_demo:
        raise NotSignedIn(
            Text("Tài khoản minh hoạ không dùng được ở hệ thống thật.", "Demo accounts cannot be used in production.")
        )
    better = HASHER.hash(password) if HASHER.check_needs_rehash(person.password_hash) else None
    return _open(person.username, device, better, now)


@verb
def _open(username: str, device: str, better_hash: str | None, now: datetime) -> str:
    if better_hash:
        _existing(username).password_hash = better_hash
    token = secrets.token_urlsafe(32)
    session().add(
        SignIn(token_hash=_digest(token), username=username, created_at=now, seen_at=now, device=device[:200])
    )
    return token


def viewer_of_session(token: str, *, now: datetime, idle: timedelta, is_in_use: bool = True) -> Viewer | None:
    """Give who is signed in with this browser token, or None; note now and then that it is in use.

    `is_in_use`: a person asks; what a page asks by itself must not keep a browser signed in that nobody sits at.
    """
    digest = _digest(token)
    found = rows.signed_in(digest)
    if found is None or found.seen_at + idle < now:
        return None
    viewer = _standing(viewer_of(found.account, found.account.groups), found.account, now)
    if found.unit_name and viewer.is_staff:
        viewer = replace(viewer, unit_name=Text(*found.unit_name))
    if is_in_use and now - found.seen_at > SEEN_EVERY:
        _note_seen(digest, now)
    return viewer


def viewer_now(username: str, *, now: datetime) -> Viewer | None:
    """Give the viewer that a person is now, for what is done in their name; None where the account is not active."""
    person = rows.load(username)
    return _standing(viewer_of(person), person, now) if person is not None and person.is_active else None


@verb
def _note_seen(token_hash: bytes, now: datetime) -> None:
    found = rows.sign_in(token_hash)
    if found is not None:
        found.seen_at = now


@verb
def sign_out(token: str) -> None:
    """End this signed-in browser."""
    found = rows.sign_in(_digest(token))
    if found is not None:
        session().delete(found)


def viewer_of_token(token: str, *, now: datetime) -> Viewer | None:
    """Give the program that a bearer token belongs to, or None; it stands for whom its person stands for."""
    owner = rows.token_owner(_digest(token))
    return _standing(viewer_of(owner, owner.groups), owner, now) if owner else None


def _standing(viewer: Viewer, person: Person | Account, now: datetime) -> Viewer:
    """Add whom a person stands for; nothing is asked for those who stand for nobody."""
    if person.substitutes_until is None or person.substitutes_until <= now:
        return viewer
    return replace(viewer, stands_for=substitutions.standing(person.username, now=now))


@verb
def issue_token(viewer: Viewer, username: str, *, now: datetime) -> str:
    """Make a bearer token for a person; it is shown once and kept as a hash."""
    if viewer.username != username:
        require(viewer, Permission.MANAGE_PEOPLE)
    person = _existing(username)
    token = "mt_" + secrets.token_urlsafe(32)
    session().add(ApiToken(token_hash=_digest(token), username=person.username, created_at=now))
    log.append_to("people", "token.issued", actor=viewer.username, now=now, data={"username": username})
    return token


@verb
def create(
    viewer: Viewer,
    *,
    username: str,
    name: str,
    now: datetime,
    email: str = "",
    password: str | None = None,
    roles: Iterable[str] = (),
    groups: Iterable[str] = (),
    unit: str = "",
    is_demo: bool = False,
    production: bool = False,
) -> None:
    """Open an account for somebody; without a password only programs with a token can use it.

    Raises Invalid with every field that is wrong, Duplicate for a taken user name.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    roles, groups = sorted(set(roles)), sorted(set(groups))
    check(
        username=username, name=name, email=email, password=password, roles=roles, groups=groups, unit=unit,
        production=production,
    )  # fmt: skip
    _add(
        username,
        name,
        email,
        "",
        "",
        password or "",
        roles=roles,
        now=now,
        actor=viewer.username,
        unit=unit,
        is_demo=is_demo,
    )
    rows.set_groups(username, groups)


@verb
def change(
    viewer: Viewer,
    username: str,
    *,
    now: datetime,
    name: str,
    email: str,
    roles: Iterable[str],
    groups: Iterable[str],
    unit: str,
) -> None:
    """Change somebody's name, address, roles, groups and unit."""
    require(viewer, Permission.MANAGE_PEOPLE)
    person = _existing(username)
    roles, groups = sorted(set(roles)), sorted(set(groups))
    check(username=username, name=name, email=email, password=None, roles=roles, groups=groups, unit=unit)
    if username == viewer.username and "admin" in person.roles and "admin" not in roles:
        message = Text("Không thể tự bỏ quyền quản trị của mình.", "You cannot take the admin role from yourself.")
        raise WrongState(message, details=[Detail(field="roles", code="own", message=message)])
    person.name, person.email, person.roles, person.unit_code = name.strip(), email.strip(), roles, unit or None
    person.search_text = _search_text(person)
    rows.set_groups(username, groups)
    data = {"username": username, "roles": roles, "groups": groups, "unit": unit}
    log.append_to("people", "person.changed", actor=viewer.username, now=now, data=data)


@verb
def set_active(viewer: Viewer, username: str, *, active: bool, now: datetime, even_so: bool = False) -> None:
    """Deactivate an account (signs it out everywhere and revokes its tokens) or activate it again.

    Raises WrongState where tasks stand in the person's name (they are handed over first), but not `even_so`: an account
    in wrong hands is deactivated at once.
    """
    require(viewer, Permission.MANAGE_PEOPLE)
    if username == viewer.username and not active:
        raise WrongState(Text("Không thể tự khoá tài khoản của mình.", "You cannot deactivate your own account."))
    person = _existing(username)
    left = handover.count_tasks(username) if not active and not even_so else 0
    if left:
        message = Text(
            f"Còn {left} việc đứng tên người này: hãy bàn giao trước, hoặc xác nhận vẫn khoá.",
            f"{left} tasks stand in this person's name: hand them over first, or confirm it even so.",
        )
        raise WrongState(message, details=[Detail(field="even_so", code="tasks_left", message=message)])
    person.is_active = active
    if not active:
        rows.end_sign_ins(username)
        rows.revoke_tokens(username, now)
    kind = "person.activated" if active else "person.deactivated"
    log.append_to("people", kind, actor=viewer.username, now=now, data={"username": username})


@verb
def set_password(viewer: Viewer, username: str, password: str, *, now: datetime, production: bool = False) -> None:
    """Set somebody's password (one's own, or as administrator) and sign them out everywhere."""
    if viewer.username != username:
        require(viewer, Permission.MANAGE_PEOPLE)
    person = _existing(username)
    problem = password_problem(password, production=production)
    if problem:
        raise Invalid(details=[problem])
    person.password_hash = HASHER.hash(password)
    if password != DEMO_PASSWORD:
        person.is_demo = False
    rows.end_sign_ins(username)
    log.append_to("people", "password.set", actor=viewer.username, now=now, data={"username": username})


def exists(username: str) -> bool:
    """Say whether there is an account of this name."""
    return rows.load(username) is not None


def listed() -> list[str]:
    """Give every account as one line of text."""
    return [
        f"{p.username}\t{'active' if p.is_active else 'inactive'}\t{','.join(p.roles)}"
        f"\t{','.join(code for code, _ in rows.groups_of(p.username))}\t{p.unit_code or ''}\t{p.name}"
        for p in rows.everybody()
    ]


def check_password(username: str, password: str) -> bool:
    """Say whether this is somebody's present password (asked before they change it)."""
    person = rows.load(username)
    return matches(person.password_hash if person else "", password)


@verb
def save_unit(viewer: Viewer, *, code: str, name_vi: str, name_en: str, now: datetime, is_new: bool = False) -> None:
    """Create a unit or rename it; one that `is_new` must not exist yet, else Duplicate is raised."""
    require(viewer, Permission.MANAGE_PEOPLE)
    check_code(code, name_vi, name_en)
    name_vi, name_en = name_vi.strip(), name_en.strip() or name_vi.strip()
    unit = rows.unit(code)
    if unit is None:
        session().add(Unit(code=code, name_vi=name_vi, name_en=name_en))
    elif is_new:
        raise Duplicate(details=[_taken("code")])
    else:
        unit.name_vi, unit.name_en = name_vi, name_en
    log.append_to("people", "unit.saved", actor=viewer.username, now=now, data={"code": code, "name": name_vi})


@verb
def save_group(
    viewer: Viewer,
    *,
    code: str,
    name_vi: str,
    name_en: str,
    is_agency_wide: bool,
    now: datetime,
    is_new: bool = False,
) -> None:
    """Create a group or change its name and reach; one that `is_new` must not exist yet, else Duplicate is raised."""
    require(viewer, Permission.MANAGE_PEOPLE)
    check_code(code, name_vi, name_en)
    name_vi, name_en = name_vi.strip(), name_en.strip() or name_vi.strip()
    group = rows.group(code)
    if group is None:
        session().add(Group(code=code, name_vi=name_vi, name_en=name_en, is_agency_wide=is_agency_wide))
    elif is_new:
        raise Duplicate(details=[_taken("code")])
    else:
        group.name_vi, group.name_en, group.is_agency_wide = name_vi, name_en, is_agency_wide
    data = {"code": code, "name": name_vi, "is_agency_wide": is_agency_wide}
    log.append_to("people", "group.saved", actor=viewer.username, now=now, data=data)


def _add(
    username: str,
    name: str,
    email: str,
    phone: str,
    organisation: str,
    password: str,
    *,
    roles: list[str],
    now: datetime,
    actor: str,
    unit: str = "",
    is_demo: bool = False,
) -> None:
    if rows.load(username) is not None:
        raise Duplicate(details=[_taken("username")])
    person = Person(
        username=username,
        name=name.strip(),
        email=email.strip(),
        phone=phone.strip(),
        organisation=organisation.strip(),
        password_hash=HASHER.hash(password) if password else "",
        unit_code=unit or None,
        roles=roles,
        is_active=True,
        is_demo=is_demo,
        created_at=now,
    )
    person.search_text = _search_text(person)
    session().add(person)
    session().flush()
    log.append_to("people", "person.created", actor=actor, now=now, data={"username": username, "roles": roles})


def _taken(field: str) -> Detail:
    return Detail(field=field, code="duplicate", message=Text("Tên này đã có.", "This name is taken."))


def _search_text(person: Person) -> str:
    return fold(f"{person.username} {person.name} {person.email} {person.organisation}")


def _existing(username: str) -> Person:
    person = rows.load(username)
    if person is None:
        raise NotFound()
    return person


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
