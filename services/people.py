"""People: registration, sign-in, tokens, and what administrators do with accounts, units and groups."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from errors import Detail, Duplicate, Invalid, NotFound, NotSignedIn, WrongState
from services import log
from services.folding import fold
from services.permissions import ROLES, Permission, Viewer, permissions_of, require
from storage.database import session, verb
from storage.rows import people as rows
from storage.tables import ApiToken, Group, Person, SignIn, Unit
from texts import Text

HASHER = PasswordHasher()
NOBODY = HASHER.hash("nobody has this password")  # verified for unknown names too, so that timing tells nothing
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
PHONE = re.compile(r"\+?[0-9][0-9 .()-]{5,24}")
LONGEST_NAME = 200
SHORTEST_PASSWORD = 10
DEMO_PASSWORD = "motcua-demo-2026"  # noqa: S105  # printed by `make run`; refused in production
SEEN_EVERY = timedelta(minutes=1)


def viewer_of(person: Person) -> Viewer:
    """Give the viewer that a person is."""
    groups = rows.groups_of(person.username)
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


@verb
def sign_in(username: str, password: str, *, device: str, now: datetime, allow_demo: bool) -> str:
    """Check a password and open a signed-in browser; give its token. Raise NotSignedIn without saying what was wrong."""
    person = rows.load(username.strip().lower())
    known = person is not None and person.is_active and bool(person.password_hash)
    matches = _matches(person.password_hash if person and known else NOBODY, password)
    if person is None or not known or not matches:
        raise NotSignedIn(
            Text("Tên đăng nhập hoặc mật khẩu không đúng.", "The user name or the password is not right.")
        )
    if person.is_demo and not allow_demo:
        raise NotSignedIn(
            Text("Tài khoản minh hoạ không dùng được ở hệ thống thật.", "Demo accounts cannot be used in production.")
        )
    if HASHER.check_needs_rehash(person.password_hash):
        person.password_hash = HASHER.hash(password)
    token = secrets.token_urlsafe(32)
    session().add(
        SignIn(token_hash=_digest(token), username=person.username, created_at=now, seen_at=now, device=device[:200])
    )
    return token


def viewer_of_session(token: str, *, now: datetime, idle: timedelta) -> Viewer | None:
    """Give who is signed in with this browser token, or None; note now and then that it is in use."""
    found = rows.sign_in(_digest(token))
    if found is None or found.seen_at + idle < now:
        return None
    person = rows.load(found.username)
    if person is None or not person.is_active:
        return None
    viewer = viewer_of(person)
    if now - found.seen_at > SEEN_EVERY:
        _note_seen(found.token_hash, now)
    return viewer


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


def viewer_of_token(token: str) -> Viewer | None:
    """Give the program that a bearer token belongs to, or None."""
    owner = rows.token_owner(_digest(token))
    return viewer_of(owner) if owner else None


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
    password: str = "",
    roles: Iterable[str] = (),
    groups: Iterable[str] = (),
    unit: str = "",
    is_demo: bool = False,
) -> None:
    """Open an account for somebody; without a password only programs with a token can use it."""
    require(viewer, Permission.MANAGE_PEOPLE)
    roles, groups = sorted(set(roles)), sorted(set(groups))
    _check(username=username, name=name, email=email, password=password or None)
    _check_places(roles, groups, unit)
    _add(
        username, name, email, "", "", password, roles=roles, now=now, actor=viewer.username, unit=unit, is_demo=is_demo
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
    _check(username=username, name=name, email=email, password=None)
    _check_places(roles, groups, unit)
    if username == viewer.username and "admin" in person.roles and "admin" not in roles:
        raise WrongState(
            Text("Không thể tự bỏ quyền quản trị của mình.", "You cannot take the admin role from yourself.")
        )
    person.name, person.email, person.roles, person.unit_code = name, email, roles, unit or None
    person.search_text = _search_text(person)
    rows.set_groups(username, groups)
    data = {"username": username, "roles": roles, "groups": groups, "unit": unit}
    log.append_to("people", "person.changed", actor=viewer.username, now=now, data=data)


@verb
def set_active(viewer: Viewer, username: str, *, active: bool, now: datetime) -> None:
    """Deactivate an account (signs it out everywhere and revokes its tokens) or activate it again."""
    require(viewer, Permission.MANAGE_PEOPLE)
    if username == viewer.username and not active:
        raise WrongState(Text("Không thể tự khoá tài khoản của mình.", "You cannot deactivate your own account."))
    person = _existing(username)
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
    if not production and password != DEMO_PASSWORD:
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
    return _matches(person.password_hash if person and person.password_hash else NOBODY, password)


@verb
def save_unit(viewer: Viewer, *, code: str, name_vi: str, name_en: str, now: datetime) -> None:
    """Create a unit or rename it."""
    require(viewer, Permission.MANAGE_PEOPLE)
    _check_code(code, name_vi)
    unit = rows.unit(code)
    if unit is None:
        session().add(Unit(code=code, name_vi=name_vi, name_en=name_en or name_vi))
    else:
        unit.name_vi, unit.name_en = name_vi, name_en or name_vi
    log.append_to("people", "unit.saved", actor=viewer.username, now=now, data={"code": code, "name": name_vi})


@verb
def save_group(viewer: Viewer, *, code: str, name_vi: str, name_en: str, is_agency_wide: bool, now: datetime) -> None:
    """Create a group or change its name and reach."""
    require(viewer, Permission.MANAGE_PEOPLE)
    _check_code(code, name_vi)
    group = rows.group(code)
    if group is None:
        session().add(Group(code=code, name_vi=name_vi, name_en=name_en or name_vi, is_agency_wide=is_agency_wide))
    else:
        group.name_vi, group.name_en, group.is_agency_wide = name_vi, name_en or name_vi, is_agency_wide
    log.append_to("people", "group.saved", actor=viewer.username, now=now, data={"code": code, "name": name_vi})


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
        raise Duplicate(
            details=[Detail(field="username", code="duplicate", message=Text("Tên này đã có.", "This name is taken."))]
        )
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


def _search_text(person: Person) -> str:
    return fold(f"{person.username} {person.name} {person.email} {person.organisation}")


def _existing(username: str) -> Person:
    person = rows.load(username)
    if person is None:
        raise NotFound()
    return person


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _check(*, username: str, name: str, email: str, password: str | None) -> None:
    problems = problems_of(username=username, name=name, email=email)
    if password is not None and (problem := password_problem(password)):
        problems.append(problem)
    if problems:
        raise Invalid(details=problems)


def problems_of(*, username: str, name: str, email: str, phone: str = "", organisation: str = "") -> list[Detail]:
    """Say what is wrong with what an account would hold."""
    problems = []
    if not USERNAME.fullmatch(username):
        message = Text(
            "Tên đăng nhập gồm 2 đến 40 chữ thường không dấu, số, dấu chấm, gạch.",
            "A user name has 2 to 40 small letters without marks, figures, dots and dashes.",
        )
        problems.append(Detail(field="username", code="pattern", message=message))
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        problems.append(Detail(field="name", code="required", message=Text("Cần họ tên.", "A name is needed.")))
    if email and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,190}", email.strip()):
        problems.append(
            Detail(
                field="email", code="email", message=Text("Thư điện tử chưa đúng dạng.", "This is no e-mail address.")
            )
        )
    if phone and not PHONE.fullmatch(phone.strip()):
        message = Text("Số điện thoại chưa đúng dạng.", "This is no telephone number.")
        problems.append(Detail(field="phone", code="phone", message=message))
    if len(organisation.strip()) > LONGEST_NAME:
        message = Text(f"Tên cơ quan dài quá {LONGEST_NAME} ký tự.", f"At most {LONGEST_NAME} characters.")
        problems.append(Detail(field="organisation", code="length", message=message))
    return problems


def password_problem(password: str, *, production: bool = False) -> Detail | None:
    """Say what is wrong with a password, or None."""
    if production and password == DEMO_PASSWORD:
        message = Text("Không dùng mật khẩu minh hoạ.", "Do not use the demo password.")
        return Detail(field="password", code="demo", message=message)
    if not SHORTEST_PASSWORD <= len(password) <= 200:
        message = Text(
            f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự.", f"A password needs {SHORTEST_PASSWORD} characters."
        )
        return Detail(field="password", code="length", message=message)
    return None


def _check_places(roles: list[str], groups: list[str], unit: str) -> None:
    problems = [
        Detail(
            field="roles", code="unknown", message=Text(f"Không có vai trò “{role}”.", f"There is no role “{role}”.")
        )
        for role in roles
        if role not in ROLES
    ]
    problems += [
        Detail(field="groups", code="unknown", message=Text(f"Không có nhóm “{code}”.", f"There is no group “{code}”."))
        for code in sorted(rows.unknown_groups(groups) if groups else ())
    ]
    if unit and rows.unit(unit) is None:
        problems.append(
            Detail(
                field="unit", code="unknown", message=Text(f"Không có đơn vị “{unit}”.", f"There is no unit “{unit}”.")
            )
        )
    if problems:
        raise Invalid(details=problems)


def _check_code(code: str, name: str) -> None:
    problems = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", code):
        message = Text(
            "Mã gồm chữ thường không dấu, số, dấu chấm, gạch.", "A code has small letters, figures, dots, dashes."
        )
        problems.append(Detail(field="code", code="pattern", message=message))
    if not name.strip():
        problems.append(Detail(field="name_vi", code="required", message=Text("Cần tên.", "A name is needed.")))
    if problems:
        raise Invalid(details=problems)
