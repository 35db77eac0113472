"""Substitutions, for verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select

from storage.database import session
from storage.tables import IS_OPEN, GroupMember, Substitution, Task


def load(substitution_id: str) -> Substitution | None:
    """Load and hold one."""
    return session().get(Substitution, substitution_id, with_for_update=True, populate_existing=True)


def find(substitution_id: str) -> Substitution | None:
    """Read one."""
    return session().get(Substitution, substitution_id, populate_existing=True)


def standing(substitute: str, now: datetime) -> Sequence[tuple[Substitution, frozenset[str]]]:
    """Give those in force by which a person stands for others, each with the groups of the absent one; in one go."""
    query = (
        select(Substitution, GroupMember.group_code)
        .outerjoin(GroupMember, GroupMember.username == Substitution.absent)
        .where(Substitution.substitute == substitute, Substitution.starts_at <= now, Substitution.ends_at > now)
        .order_by(Substitution.starts_at, Substitution.id)
    )
    found: dict[str, tuple[Substitution, set[str]]] = {}
    for row, group in session().execute(query):
        found.setdefault(row.id, (row, set()))[1].update([group] if group else [])
    return [(row, frozenset(groups)) for row, groups in found.values()]


def over(now: datetime, limit: int) -> Sequence[str]:
    """Give those that have ended and whose tasks have not gone back yet."""
    query = select(Substitution.id).where(Substitution.closed_at.is_(None), Substitution.ends_at <= now)
    return session().scalars(query.order_by(Substitution.ends_at).limit(limit)).all()


def taken(one: Substitution) -> Sequence[tuple[str, str]]:
    """Give (id, key) of the open tasks that a substitute holds for the absent one."""
    query = select(Task.id, Task.key).where(
        Task.assignee == one.substitute, IS_OPEN, Task.owner == one.absent, Task.delegation == "standing"
    )
    return [(row[0], row[1]) for row in session().execute(query)]


def of_person(username: str, now: datetime, limit: int) -> Sequence[Substitution]:
    """Give those of a person, as absent one or as substitute, that are not over, the next first."""
    query = select(Substitution).where(
        or_(Substitution.absent == username, Substitution.substitute == username), Substitution.ends_at > now
    )
    return session().scalars(query.order_by(Substitution.starts_at, Substitution.id).limit(limit)).all()
