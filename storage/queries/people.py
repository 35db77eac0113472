"""Reads of people for pages: what they are called, who could take a task, and administrators' lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.database import session
from storage.tables import Group, GroupMember, Person, TaskAccess, Unit
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could take a task, and how many open tasks are theirs by name."""

    username: str
    name: str
    unit_code: str
    open_tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """An account as administrators see it; `groups` are codes."""

    username: str
    name: str
    email: str
    organisation: str
    unit_code: str
    roles: tuple[str, ...]
    groups: tuple[str, ...]
    is_active: bool
    is_demo: bool
    has_password: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which people; empty and None mean no limit."""

    text: str = ""
    """Folded words that user name, name, e-mail and organisation must hold."""
    active: bool | None = None
    role: str = ""
    """A role, or STAFF."""
    unit: str = ""
    group: str = ""


STAFF = "staff"
"""As a role: whoever has another role than the applicant's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A unit or a group, and how many active people are in it."""

    code: str
    name: Text
    people: int
    is_agency_wide: bool = False


def listed(wanted: Wanted, *, after: str = "", limit: int = 50) -> tuple[tuple[PersonRow, ...], str]:
    """Give a page of the people that are wanted, by user name, and the user name it ends with if more follow."""
    query = select(Person).where(*_conditions(wanted), Person.username > after).order_by(Person.username)
    found = session().scalars(query.limit(limit + 1)).all()
    rows = found[:limit]
    groups = _groups([person.username for person in rows])
    people = tuple(_row(person, groups.get(person.username, ())) for person in rows)
    return people, rows[-1].username if len(found) > limit else ""


def one(username: str) -> PersonRow | None:
    """Give one account."""
    person = session().get(Person, username, populate_existing=True)
    return _row(person, _groups([username]).get(username, ())) if person else None


def units() -> tuple[Counted, ...]:
    """Give every unit by its code."""
    counted = _counted(Person.unit_code, select(Person.unit_code, func.count()).where(Person.is_active))
    rows = session().execute(select(Unit.code, Unit.name_vi, Unit.name_en).order_by(Unit.code))
    return tuple(Counted(code=row[0], name=Text(row[1], row[2]), people=counted.get(row[0], 0)) for row in rows)


def groups() -> tuple[Counted, ...]:
    """Give every group by its code."""
    members = select(GroupMember.group_code, func.count()).join(Person, Person.username == GroupMember.username)
    counted = _counted(GroupMember.group_code, members.where(Person.is_active))
    rows = session().execute(select(Group).order_by(Group.code)).scalars()
    return tuple(
        Counted(
            code=row.code,
            name=Text(row.name_vi, row.name_en),
            people=counted.get(row.code, 0),
            is_agency_wide=row.is_agency_wide,
        )
        for row in rows
    )


def names_of(usernames: Iterable[str]) -> Mapping[str, str]:
    """Give user name -> name of those who have an account."""
    wanted = sorted(set(usernames))
    if not wanted:
        return {}
    rows = session().execute(select(Person.username, Person.name).where(Person.username.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def group_names(codes: Iterable[str]) -> Mapping[str, Text]:
    """Give code -> name of these groups."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = session().execute(select(Group.code, Group.name_vi, Group.name_en).where(Group.code.in_(wanted)))
    return {row[0]: Text(row[1], row[2] or row[1]) for row in rows}


def unit_names(codes: Iterable[str]) -> Mapping[str, Text]:
    """Give code -> name of these units."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = session().execute(select(Unit.code, Unit.name_vi, Unit.name_en).where(Unit.code.in_(wanted)))
    return {row[0]: Text(row[1], row[2] or row[1]) for row in rows}


def candidates(*, groups: Iterable[str], usernames: Iterable[str], unit: str = "") -> tuple[Candidate, ...]:
    """Give the active people among these, in these groups and of this unit (empty: of none), by name."""
    members = select(GroupMember.username).where(GroupMember.group_code.in_(sorted(set(groups))))
    query = select(Person.username, Person.name, Person.unit_code).where(
        Person.is_active,
        or_(
            Person.username.in_(members),
            Person.username.in_(sorted(set(usernames))),
            Person.unit_code == unit if unit else false(),  # who has no unit, as applicants do, is no answer to none
        ),
    )
    rows = session().execute(query.order_by(Person.name, Person.username)).all()
    counts = _open_tasks([row[0] for row in rows])
    return tuple(
        Candidate(username=row[0], name=row[1], unit_code=row[2] or "", open_tasks=counts.get(f"u:{row[0]}", 0))
        for row in rows
    )


def _open_tasks(usernames: Iterable[str]) -> Mapping[str, int]:
    principals = [f"u:{name}" for name in usernames]
    query = select(TaskAccess.principal, func.count()).where(TaskAccess.principal.in_(principals))
    return {row[0]: row[1] for row in session().execute(query.group_by(TaskAccess.principal))}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = [Person.search_text.contains(word, autoescape=True) for word in wanted.text.split()]
    roles = cast(Person.roles, String)  # a short list of known words
    if wanted.active is not None:
        conditions.append(Person.is_active == wanted.active)
    if wanted.role == STAFF:
        conditions += [roles != '["applicant"]', roles != "[]"]
    elif wanted.role:
        conditions.append(roles.contains(f'"{wanted.role}"', autoescape=True))
    if wanted.unit:
        conditions.append(Person.unit_code == wanted.unit)
    if wanted.group:
        members = select(GroupMember.username).where(GroupMember.group_code == wanted.group)
        conditions.append(Person.username.in_(members))
    return conditions


def _row(person: Person, groups: Iterable[str]) -> PersonRow:
    return PersonRow(
        username=person.username,
        name=person.name,
        email=person.email,
        organisation=person.organisation,
        unit_code=person.unit_code or "",
        roles=tuple(person.roles),
        groups=tuple(groups),
        is_active=person.is_active,
        is_demo=person.is_demo,
        has_password=bool(person.password_hash),
        created_at=person.created_at,
    )


def _groups(usernames: Iterable[str]) -> Mapping[str, list[str]]:
    query = select(GroupMember.username, GroupMember.group_code).where(GroupMember.username.in_(sorted(usernames)))
    found: dict[str, list[str]] = {}
    for username, code in session().execute(query.order_by(GroupMember.group_code)):
        found.setdefault(username, []).append(code)
    return found


def _counted(column: InstrumentedAttribute[Any], query: Select[Any, int]) -> Mapping[str, int]:
    return {row[0]: row[1] for row in session().execute(query.group_by(column)) if row[0]}
