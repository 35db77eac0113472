"""People, groups, sign-ins and tokens, for verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update

from storage.database import session
from storage.tables import ApiToken, Group, GroupMember, Person, SignIn, Unit


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


def signed_in(token_hash: bytes) -> tuple[SignIn, Person, Unit | None, Sequence[tuple[str, bool]]] | None:
    """Give a signed-in browser, whose it is, their unit and (code, is agency-wide) of their groups, at one go."""
    query = (
        select(SignIn, Person, Unit, Group.code, Group.is_agency_wide)
        .join(Person, Person.username == SignIn.username)
        .outerjoin(Unit, Unit.code == Person.unit_code)
        .outerjoin(GroupMember, GroupMember.username == Person.username)
        .outerjoin(Group, Group.code == GroupMember.group_code)
        .where(SignIn.token_hash == token_hash, Person.is_active)
        .execution_options(populate_existing=True)
    )
    found = session().execute(query).all()
    if not found:
        return None
    return found[0][0], found[0][1], found[0][2], [(code, wide) for *_, code, wide in found if code]


def sign_ins_of(username: str) -> Sequence[SignIn]:
    """Give a person's signed-in browsers."""
    return session().scalars(select(SignIn).where(SignIn.username == username)).all()


def end_sign_ins(username: str) -> None:
    """Sign a person out everywhere."""
    session().execute(delete(SignIn).where(SignIn.username == username))


def token_owner(token_hash: bytes) -> tuple[Person, Sequence[tuple[str, bool]]] | None:
    """Give the active owner of a token that is not revoked, and (code, is agency-wide) of their groups, at one go."""
    query = (
        select(Person, Group.code, Group.is_agency_wide)
        .join(ApiToken, ApiToken.username == Person.username)
        .outerjoin(GroupMember, GroupMember.username == Person.username)
        .outerjoin(Group, Group.code == GroupMember.group_code)
        .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None), Person.is_active)
        .execution_options(populate_existing=True)
    )
    found = session().execute(query).all()
    return (found[0][0], [(code, wide) for _, code, wide in found if code]) if found else None


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
