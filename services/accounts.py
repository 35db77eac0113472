"""Accounts: what one does with one's own: read it, change the password, see and end the signed-in devices."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from errors import Detail, Invalid, NotFound
from services import passwords, people, setup
from services.permissions import ROLE_NAMES, Viewer
from services.setup import DemoPerson
from storage.database import session, verb
from storage.rows import people as rows
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What an account page shows of its owner."""

    username: str
    name: str
    email: str
    phone: str
    organisation: str
    roles: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One signed-in browser; `id` names it to `end_device`."""

    id: str
    name: str
    signed_in_at: datetime
    seen_at: datetime
    is_here: bool


def account(viewer: Viewer) -> Account:
    """Give one's own account; raise NotFound where it is gone."""
    person = rows.load(viewer.username)
    if person is None:
        raise NotFound()
    return Account(
        username=person.username,
        name=person.name,
        email=person.email,
        phone=person.phone,
        organisation=person.organisation,
        roles=tuple(ROLE_NAMES[role] for role in person.roles if role in ROLE_NAMES),
    )


@verb
def change_password(viewer: Viewer, old: str, new: str, *, now: datetime, production: bool) -> None:
    """Change one's own password, which ends every sign-in; raise Invalid where the old one is not right."""
    problems = []
    if not people.check_password(viewer.username, old):
        message = Text("Mật khẩu hiện tại không đúng.", "This is not your present password.")
        problems.append(Detail(field="old", code="wrong", message=message))
    if problem := passwords.password_problem(new, production=production):
        problems.append(Detail(field="new", code=problem.code, message=problem.message))
    if problems:
        raise Invalid(details=problems)
    people.set_password(viewer, viewer.username, new, now=now, production=production)


def devices(viewer: Viewer, token: str, *, now: datetime, idle: timedelta) -> tuple[Device, ...]:
    """Give one's signed-in browsers, this one first, then the latest seen; `token` is this browser's."""
    here = _digest(token)
    found = [
        Device(
            id=row.token_hash.hex(),
            name=row.device,
            signed_in_at=row.created_at,
            seen_at=row.seen_at,
            is_here=hmac.compare_digest(row.token_hash, here),
        )
        for row in rows.sign_ins_of(viewer.username)
        if row.seen_at + idle >= now
    ]
    return tuple(sorted(found, key=lambda device: (not device.is_here, now - device.seen_at)))


@verb
def end_device(viewer: Viewer, device_id: str) -> None:
    """Sign one of one's own browsers out; raise NotFound for another's."""
    found = rows.sign_in(bytes.fromhex(device_id)) if _is_hex(device_id) else None
    if found is None or found.username != viewer.username:
        raise NotFound()
    session().delete(found)


@verb
def end_other_devices(viewer: Viewer, token: str) -> None:
    """Sign out everywhere but here."""
    here = _digest(token)
    for row in rows.sign_ins_of(viewer.username):
        if not hmac.compare_digest(row.token_hash, here):
            session().delete(row)


def demo_people() -> tuple[DemoPerson, ...]:
    """Give the demo people that can sign in, for the sign-in page of a development installation."""
    present = set(rows.demo_people())
    return tuple(person for person in setup.DEMO_PEOPLE if person.username in present)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _is_hex(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)
