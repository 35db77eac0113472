"""Reads of people for pages: what they are called, and who could take a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select

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


def candidates(*, groups: Iterable[str], usernames: Iterable[str]) -> tuple[Candidate, ...]:
    """Give the active people among these and in these groups, by name."""
    members = select(GroupMember.username).where(GroupMember.group_code.in_(sorted(set(groups))))
    query = select(Person.username, Person.name, Person.unit_code).where(
        Person.is_active, or_(Person.username.in_(members), Person.username.in_(sorted(set(usernames))))
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
