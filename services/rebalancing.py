"""Rebalancing: a head looks at what would be if some tasks went to others, changes it, and lets it be done.

Tasks go only to people who may do them. What somebody is typing in, what they work on for a colleague, and what has
changed hands as often as the cap allows stays where it is. Each move is an item of a bulk act, with an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from errors import Detail, Invalid
from services import bulk, load, sharing, tasks
from services.bulk import Given
from services.bulk_kinds import BULK
from services.load import Load
from services.permissions import Viewer, require_any
from services.sharing import Piece
from storage.database import verb
from storage.queries import load as queries
from storage.queries.load import Held
from storage.tables import Batch
from texts import Text

MOST = 100
"""Moves of one rebalancing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A task that goes to somebody else, or could."""

    held: Held
    holder: str
    to: str
    """Empty: it stays."""
    fits: frozenset[str]
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be: the loads as they are, the moves, and what each person would have then."""

    loads: tuple[Load, ...]
    lines: tuple[Line, ...]
    weights: Mapping[str, int]
    """User name -> weight afterwards."""
    counts: Mapping[str, int]
    """User name -> open tasks afterwards."""
    kept: int
    """Tasks that could not be moved: typed into, worked on for others, suspended, or moved too often already."""


def plan(viewer: Viewer, unit: str, *, now: datetime, most: int, chosen: Mapping[str, str] | None = None) -> Plan:
    """Propose moves between the people of a unit; or say what becomes of those `chosen` (task id -> to whom, or "").

    A choice that is not possible is left as "stays". Nothing is written.
    """
    require_any(viewer, *BULK["rebalance_tasks"].permissions)
    loads = load.of_unit(viewer, unit, now=now)
    names = [each.person.username for each in loads]
    every = [each for each in queries.held(names, load.LOOKED) if tasks.may_see(viewer, each.task)]
    movable = [each for each in every if _may_move(each, most)]
    takers = [each.person for each in loads if not each.is_away]
    pieces = load.pieces(movable, takers, now=now)
    weights = {each.person.username: each.weight for each in loads}
    if chosen is None:
        given = {move.id: move.to for move in sharing.even_out(weights, pieces, most=MOST)}
    else:
        known = {piece.id: piece for piece in pieces}
        fit = {task_id: to for task_id, to in chosen.items() if task_id in known}
        given = {task_id: to if to in known[task_id].fits else "" for task_id, to in fit.items()}
    moves = {task_id: to for task_id, to in given.items() if to}
    counts = {each.person.username: each.open for each in loads}
    return Plan(
        loads=loads,
        lines=_lines(movable, pieces, given),
        weights=sharing.after(weights, pieces, moves),
        counts=sharing.after(counts, [_one(piece) for piece in pieces], moves),
        kept=len(every) - len(movable),
    )


@verb
def apply(
    viewer: Viewer, unit: str, chosen: Mapping[str, str], *, batch_id: str, reason: str, now: datetime, most: int
) -> Batch:
    """Let the chosen moves be done (task id -> to whom), each by itself; raise Invalid with all that is wrong."""
    wanted = plan(viewer, unit, now=now, most=most, chosen=chosen)
    moves = [line for line in wanted.lines if line.to and line.to != line.holder]
    problems = []
    if not moves:
        message = Text("Chưa có việc nào được chuyển.", "No task is to be moved.")
        problems.append(Detail(field="", code="required", message=message))
    if not reason.strip():
        message = Text("Cần nêu lý do.", "A reason is needed.")
        problems.append(Detail(field="reason", code="required", message=message))
    if problems:
        raise Invalid(details=problems)
    items = [Given(task_id=line.held.task.id, given={"from": line.holder, "to": line.to}) for line in moves]
    parameters = {"unit": unit, "most": most}
    return bulk.make(viewer, "rebalance_tasks", items, batch_id=batch_id, now=now, reason=reason, parameters=parameters)


def _may_move(held: Held, most: int) -> bool:
    task = held.task
    is_free = not task.has_draft and task.owner is None and not held.row.is_suspended
    return is_free and not (most and task.reassigned >= most)


def _lines(every: Sequence[Held], pieces: Sequence[Piece], given: Mapping[str, str]) -> tuple[Line, ...]:
    lines = [
        Line(held=each, holder=piece.holder, to=given[piece.id], fits=piece.fits, weight=piece.weight)
        for each, piece in zip(every, pieces, strict=True)
        if piece.id in given
    ]
    return tuple(sorted(lines, key=lambda line: (line.holder, line.to, line.held.task.id)))


def _one(piece: Piece) -> Piece:
    return Piece(id=piece.id, holder=piece.holder, weight=1, fits=piece.fits)
