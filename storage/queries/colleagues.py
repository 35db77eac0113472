"""Active people with their roles and groups: who could have a task, or stand for somebody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, String, cast, select

from storage.database import session
from storage.tables import GroupMember, Person

MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An active person, and their groups."""

    username: str
    name: str
    unit_code: str
    roles: tuple[str, ...]
    groups: frozenset[str]


def colleagues(
    *, unit: str = "", usernames: Collection[str] = (), groups: Collection[str] = ()
) -> tuple[Colleague, ...]:
    """Give active people of a unit, or of these names, or of these groups, by name; two statements."""
    query = select(Person).where(Person.is_active)
    if unit:
        query = query.where(Person.unit_code == unit)
    elif groups:
        members = select(GroupMember.username).where(GroupMember.group_code.in_(list(groups)))
        query = query.where(Person.username.in_(members))
    else:
        query = query.where(Person.username.in_(list(usernames)))
    return _found(query)


def staff() -> tuple[Colleague, ...]:
    """Give the active people who are more than applicants, by name; two statements."""
    roles = cast(Person.roles, String)
    return _found(select(Person).where(Person.is_active, roles != '["applicant"]', roles != "[]").limit(MOST))


def _found(query: Select[Person]) -> tuple[Colleague, ...]:
    query = query.order_by(Person.name, Person.username)
    people = session().scalars(query).all()
    of_them = GroupMember.username.in_(query.with_only_columns(Person.username))
    found: dict[str, set[str]] = {}
    for username, code in session().execute(select(GroupMember.username, GroupMember.group_code).where(of_them)):
        found.setdefault(username, set()).add(code)
    return tuple(
        Colleague(
            username=each.username, name=each.name, unit_code=each.unit_code or "", roles=tuple(each.roles or ()),
            groups=frozenset(found.get(each.username, ())),
        )
        for each in people
    )  # fmt: skip
