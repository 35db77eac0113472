"""People, groups, sign-ins and tokens, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from storage.database import connection, session
from storage.tables import ApiToken, Group, GroupMember, Person, SignIn, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What makes somebody a viewer, read at one go."""

    username: str
    name: str
    roles: tuple[str, ...]
    unit_code: str | None
    substitutes_until: datetime | None
    groups: tuple[tuple[str, bool], ...]
    """(code, is agency-wide)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A signed-in browser and whose it is."""

    account: Account
    seen_at: datetime
    unit_name: tuple[str, str] | None
    """In Vietnamese and English; None: of no unit."""


def load(username: str) -> Person | None:
    """Load a person."""
    return session().get(Person, username, populate_existing=True)


def lock(username: str) -> Person | None:
    """Load a person for writing; others wait."""
    return session().get(Person, username, with_for_update=True, populate_existing=True)


def name_of(username: str) -> str:
    """Give the name of a person, or their user name where there is no such account."""
    person = load(username)
    return person.name if person else username


def everybody() -> Sequence[Person]:
    """Give every person by user name."""
    return session().scalars(select(Person).order_by(Person.username)).all()


def groups_of(username: str) -> Sequence[tuple[str, bool]]:
    """Give (code, is agency-wide) of a person's groups."""
    query = (
        select(Group.code, Group.is_agency_wide)
        .join(GroupMember, GroupMember.group_code == Group.code)
        .where(GroupMember.username == username)
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def set_groups(username: str, codes: Iterable[str]) -> None:
    """Replace a person's groups."""
    session().execute(delete(GroupMember).where(GroupMember.username == username))
    rows = [{"username": username, "group_code": code} for code in sorted(set(codes))]
    if rows:
        session().execute(insert(GroupMember), rows)


def unknown_groups(codes: Iterable[str]) -> frozenset[str]:
    """Give those codes that no group has."""
    wanted = set(codes)
    return frozenset(wanted - set(session().scalars(select(Group.code).where(Group.code.in_(wanted)))))


def members_of(codes: Iterable[str]) -> Sequence[Person]:
    """Give the active members of these groups, once each."""
    query = (
        select(Person)
        .where(
            Person.is_active, Person.username.in_(select(GroupMember.username).where(GroupMember.group_code.in_(codes)))
        )
        .order_by(Person.username)
    )
    return session().scalars(query).all()


def heads_of(unit_code: str) -> Sequence[Person]:
    """Give the active people of a unit; services keep those whose role is head."""
    return session().scalars(select(Person).where(Person.is_active, Person.unit_code == unit_code)).all()


def unit(code: str) -> Unit | None:
    """Load a unit."""
    return session().get(Unit, code)


def group(code: str) -> Group | None:
    """Load a group."""
    return session().get(Group, code)


def group_called(text: str) -> str | None:
    """Give the code of the group of that code, or of that name in either language."""
    query = select(Group.code).where(or_(Group.code == text, Group.name_vi == text, Group.name_en == text))
    codes = session().scalars(query.order_by(Group.code)).all()
    return text if text in codes else next(iter(codes), None)


def sign_in(token_hash: bytes) -> SignIn | None:
    """Load a signed-in browser by the hash of its token."""
    return session().get(SignIn, token_hash)


def signed_in(token_hash: bytes) -> SignedIn | None:
    """Give a signed-in browser. Each page asks for it first: the statement is written once, and gives columns."""
    found = connection().execute(_SIGNED_IN, {"token_hash": token_hash}).all()
    if not found:
        return None
    first = found[0]
    names = (first.name_vi, first.name_en) if first.name_vi is not None else None
    return SignedIn(account=_account(found), seen_at=first.seen_at, unit_name=names)


_PERSON = (Person.username, Person.name, Person.roles, Person.unit_code, Person.substitutes_until)
_SIGNED_IN = (
    select(SignIn.seen_at, *_PERSON, Unit.name_vi, Unit.name_en, Group.code, Group.is_agency_wide)
    .join(Person, Person.username == SignIn.username)
    .outerjoin(Unit, Unit.code == Person.unit_code)
    .outerjoin(GroupMember, GroupMember.username == Person.username)
    .outerjoin(Group, Group.code == GroupMember.group_code)
    .where(SignIn.token_hash == bindparam("token_hash"), Person.is_active)
)


def sign_ins_of(username: str) -> Sequence[SignIn]:
    """Give a person's signed-in browsers."""
    return session().scalars(select(SignIn).where(SignIn.username == username)).all()


def end_sign_ins(username: str) -> None:
    """Sign a person out everywhere."""
    session().execute(delete(SignIn).where(SignIn.username == username))


def token_owner(token_hash: bytes) -> Account | None:
    """Give the active owner of a token that is not revoked."""
    found = connection().execute(_TOKEN_OWNER, {"token_hash": token_hash}).all()
    return _account(found) if found else None


def _account(found: Sequence[Any]) -> Account:
    """Make one of a row for each group (one without a group where there are none)."""
    first = found[0]
    return Account(
        username=first.username,
        name=first.name,
        roles=tuple(first.roles),
        unit_code=first.unit_code,
        substitutes_until=first.substitutes_until,
        groups=tuple((row.code, row.is_agency_wide) for row in found if row.code),
    )


_TOKEN_OWNER = (
    select(*_PERSON, Group.code, Group.is_agency_wide)
    .join(ApiToken, ApiToken.username == Person.username)
    .outerjoin(GroupMember, GroupMember.username == Person.username)
    .outerjoin(Group, Group.code == GroupMember.group_code)
    .where(ApiToken.token_hash == bindparam("token_hash"), ApiToken.revoked_at.is_(None), Person.is_active)
)


def revoke_tokens(username: str, now: datetime) -> None:
    """Revoke all tokens of a person."""
    session().execute(
        update(ApiToken).where(ApiToken.username == username, ApiToken.revoked_at.is_(None)).values(revoked_at=now)
    )


def any_administrator() -> bool:
    """Say whether an active administrator exists."""
    people = session().scalars(select(Person).where(Person.is_active))
    return any("admin" in person.roles for person in people)


def demo_people() -> Sequence[str]:
    """Give the user names of active demo people."""
    return session().scalars(select(Person.username).where(Person.is_demo, Person.is_active)).all()
