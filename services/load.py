"""Load: how much the people of a unit have to do, for their head; and which of their tasks may go to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from errors import Forbidden, NotFound
from services import clocks, loading, tasks
from services.clocks import LOCAL
from services.permissions import Permission, Viewer, permissions_of, require, scope_of
from services.sharing import Piece
from storage.queries import load as queries
from storage.queries import people as lists
from storage.queries.colleagues import Colleague, colleagues
from storage.queries.load import Held, OutOfTurn
from storage.rows import people
from texts import Text

DAYS = 5
"""Working days, today among them, of what is counted as done lately."""
LOOKED = 1000
"""Tasks of a unit's people that are looked at for moves; those they got last."""
WEIGHTS = {"open": 1, "soon": 2, "breached": 3}
"""What a task weighs: one that is due soon as much as two, a breached one as three."""
MOST_DAYS_BACK = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one person has to do."""

    person: Colleague
    open: int
    soon: int
    breached: int
    done: int
    exceptions: int
    """How often they took a task before its turn, in the same days."""
    is_away: bool
    """Somebody stands in for them now."""

    @property
    def weight(self) -> int:
        """Say how much that is, the urgent ones counting more."""
        calm = self.open - self.soon - self.breached
        return calm * WEIGHTS["open"] + self.soon * WEIGHTS["soon"] + self.breached * WEIGHTS["breached"]


def of_unit(viewer: Viewer, unit: str, *, now: datetime) -> tuple[Load, ...]:
    """Give the load of each person of a unit who works on tasks, the heaviest first; six statements."""
    require_unit(viewer, unit)
    return of(workers(colleagues(unit=unit)), now=now)


def of(people: Sequence[Colleague], *, now: datetime) -> tuple[Load, ...]:
    """Give the load of these people, the heaviest first; four statements."""
    names, since = [each.username for each in people], since_of(now)
    open_, done = queries.open_of(names, now=now), queries.done_of(names, since=since)
    exceptions, away = queries.exceptions_of(names, since=since), queries.absent(names, now=now)
    loads = [
        Load(
            person=each, open=open_.get(each.username, (0, 0, 0))[0], soon=open_.get(each.username, (0, 0, 0))[1],
            breached=open_.get(each.username, (0, 0, 0))[2], done=done.get(each.username, 0),
            exceptions=exceptions.get(each.username, 0), is_away=each.username in away,
        )
        for each in people
    ]  # fmt: skip
    return tuple(sorted(loads, key=lambda load: (-load.weight, load.person.name, load.person.username)))


def of_person(
    viewer: Viewer, username: str, *, now: datetime, limit: int
) -> tuple[Load, Sequence[Held], Sequence[OutOfTurn]]:
    """Give one person's load, the tasks that they hold, and those that they took before their turn; raise NotFound."""
    found = colleagues(usernames=[username])
    if not found:
        raise NotFound()
    require_unit(viewer, found[0].unit_code)
    (load,) = of(found, now=now)
    seen = [each for each in queries.held([username], limit) if tasks.may_see(viewer, each.task)]
    return load, seen, queries.exceptions(username, since=since_of(now), limit=limit)


def units_of(viewer: Viewer) -> Mapping[str, Text]:
    """Give the units whose load a viewer may see: one's own as head, all for who sees everything."""
    require(viewer, Permission.SEE_BOARD)
    if scope_of(viewer).sees_all:
        return {unit.code: unit.name for unit in lists.units() if unit.people}
    return lists.unit_names([viewer.unit]) if viewer.unit else {}


def require_unit(viewer: Viewer, unit: str) -> None:
    """Raise Forbidden where somebody may not see the load of a unit, NotFound where there is none."""
    require(viewer, Permission.SEE_BOARD)
    if not scope_of(viewer).sees_all and f"n:{unit}" not in scope_of(viewer).supervised:
        raise Forbidden()
    if people.unit(unit) is None:
        raise NotFound()


def workers(found: Sequence[Colleague]) -> tuple[Colleague, ...]:
    """Give those who work on tasks."""
    return tuple(each for each in found if Permission.WORK_TASKS in permissions_of(each.roles))


def since_of(now: datetime) -> datetime:
    """Give the beginning of the first of the last DAYS working days, today among them if it is one."""
    calendar, day, left = clocks.calendar(), now.astimezone(LOCAL).date(), DAYS
    for _ in range(MOST_DAYS_BACK):
        if not calendar.covered(day.year) or calendar.is_working_day(day):
            left -= 1
        if not left:
            break
        day -= timedelta(days=1)
    return datetime.combine(day, time(), LOCAL)


def weight_of(held: Held, now: datetime) -> int:
    """Say what a task weighs."""
    due_at = held.task.due_at
    if due_at is not None and due_at < now:
        return WEIGHTS["breached"]
    return WEIGHTS["soon"] if held.task.at_risk_at is not None else WEIGHTS["open"]


def pieces(every: Sequence[Held], people: Sequence[Colleague], *, holder: str = "", now: datetime) -> tuple[Piece, ...]:
    """Say of each task which of these people may have it, by skill, duties and interests; one statement for all.

    `holder`: whose they all are; empty: their assignees'. Where this one was named, whoever takes that place
    needs no skill.
    """
    apart = queries.done_in({each.task.instance_id for each in every if _not_by(each)}, [p.username for p in people])
    return tuple(
        Piece(
            id=each.task.id,
            holder=holder or each.task.assignee or "",
            weight=weight_of(each, now),
            fits=frozenset(person.username for person in people if _fits(person, each, apart, holder)),
        )
        for each in every
    )


def _fits(person: Colleague, held: Held, apart: Collection[tuple[str, str, str]], holder: str) -> bool:
    task = held.task
    is_of_unit = task.transferred and person.unit_code == task.unit_code
    has_skill = not task.transferred and not person.groups.isdisjoint(task.candidate_groups)
    if not (is_of_unit or has_skill or person.username in task.candidate_users or holder in task.candidate_users):
        return False
    if person.username in held.row.interested:
        return False
    return not any((task.instance_id, element, person.username) in apart for element in _not_by(held))


def _not_by(held: Held) -> tuple[str, ...]:
    element = loading.load(held.task.definition_id).element(held.task.process_key, held.task.element_id)
    return tuple(element.not_by) if element is not None else ()
