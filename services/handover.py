"""Hand-over: everything of a colleague who leaves goes to successors, after a look at what would be.

Tasks that they hold, have delegated or are offered by name go over one by one, as a bulk act, and the log says "handed
over from A to B"; substitutions end, views that others use get a new owner. What nobody else may read (private notes,
drafts of filings) stays with the account. Who leaves is not capped: these changes of hands are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from errors import Detail, Forbidden, Invalid, NotFound
from services import bulk, load, log, sharing, substitutions, tasks, views
from services.bulk import Given
from services.load import Load
from services.permissions import Permission, Viewer
from services.sharing import Piece
from services.succession import HELD, OFFERED, way_of
from storage.database import verb
from storage.queries import handover as queries
from storage.queries.colleagues import Colleague, colleagues
from storage.queries.handover import Rest
from storage.queries.load import Held
from storage.rows import people
from storage.rows import substitutions as substitution_rows
from storage.rows import views as view_rows
from storage.tables import Batch, Person
from texts import Text

SHARE, RELEASE, LEAVE = "*share", "*release", "*leave"
"""Choices beside a person's name: to the one of the successors who has least, back to the groups, or as it is."""
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Tasks of one step that are the leaver's in one way, and what becomes of them."""

    key: str
    way: str
    """held, owned (delegated by them) or offered (to them by name)."""
    every: tuple[Held, ...]
    choice: str
    to: Mapping[str, int]
    """User name -> how many of them; "" for the groups."""
    stay: int
    """So many go to nobody: nobody chosen may have them, or they were left."""
    fits: frozenset[str]
    """Successors who may have at least one."""
    follow_ups: int
    drafts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be."""

    leaver: Person
    groups: tuple[Group, ...]
    people: tuple[Colleague, ...]
    """Who could be a successor."""
    successors: tuple[str, ...]
    loads: tuple[Load, ...]
    """Of the successors, now."""
    weights: Mapping[str, int]
    """Of the successors, afterwards."""
    rest: Rest
    beyond: int
    """Tasks that this viewer may not move: an administrator hands them over."""
    is_cut: bool
    """There are more than one act takes: the rest is handed over next."""
    moves: Mapping[str, str]
    """Task id -> to whom; "" for its groups."""


def plan(
    viewer: Viewer,
    username: str,
    *,
    now: datetime,
    successors: Sequence[str] | None = None,
    choices: Mapping[str, str] | None = None,
) -> Plan:
    """Say what a person would leave and to whom it would go; nothing is written.

    `successors`: who takes what is shared (None: the colleagues of the unit who are there). `choices`: of the key of
    a group, a user name or one of SHARE, RELEASE, LEAVE; what it does not name is shared.
    """
    leaver = _leaver(viewer, username)
    found = queries.tasks(username, bulk.MOST + 1)
    every = [each for each in found[: bulk.MOST] if tasks.may_see(viewer, each.task)]
    people_ = _people(leaver, every)
    known = {each.username for each in people_}
    loads = {each.person.username: each for each in load.of(people_, now=now)}
    if successors is None:
        there = [each for each in people_ if _is_colleague(each, leaver) and not loads[each.username].is_away]
        successors = [each.username for each in there]
    chosen = tuple(name for name in successors if name in known)
    pieces = {piece.id: piece for piece in load.pieces(every, people_, holder=username, now=now)}
    wanted = choices or {}
    moves = _moves(every, pieces, chosen, loads, wanted, username)
    weights = {name: loads[name].weight for name in {*chosen, *(to for to in moves.values() if to)}}
    return Plan(
        leaver=leaver,
        groups=_groups(every, pieces, moves, wanted, username),
        people=people_,
        successors=chosen,
        loads=tuple(each for name, each in loads.items() if name in weights),
        weights=sharing.after(weights, _taken(every, pieces, username), moves),
        rest=queries.rest(username, now=now),
        beyond=min(len(found), bulk.MOST) - len(every),
        is_cut=len(found) > bulk.MOST,
        moves=moves,
    )


@verb
def apply(
    viewer: Viewer,
    username: str,
    *,
    batch_id: str,
    reason: str,
    now: datetime,
    successors: Sequence[str],
    choices: Mapping[str, str],
    views_to: str = "",
) -> Batch | None:
    """Hand everything over; give the bulk act of the tasks, None where there are none.

    `views_to`: who gets the views that others use; empty: the first successor. Raises Invalid with all that is wrong.
    """
    leaver = _leaver(viewer, username)
    if not reason.strip():
        message = Text("Cần nêu lý do.", "A reason is needed.")
        raise Invalid(details=[Detail(field="reason", code="required", message=message)])
    wanted = plan(viewer, username, now=now, successors=successors, choices=choices)
    ended = _end_substitutions(viewer, username, now)
    given = _give_views(leaver, views_to or next(iter(wanted.successors), ""))
    batch = None
    if wanted.moves:
        items = [Given(task_id=task_id, given={"from": username, "to": to}) for task_id, to in wanted.moves.items()]
        batch = bulk.make(viewer, "hand_over_tasks", items, batch_id=batch_id, now=now, reason=reason)
    data = {
        "username": username, "tasks": len(wanted.moves), "batch": batch.id if batch else None,
        "substitutions_ended": ended, "views": given, "reason": reason.strip(),
    }  # fmt: skip
    log.append_to("people", "person.handed_over", actor=viewer.username, now=now, data=data)
    return batch


def left(username: str) -> int:
    """Count the open tasks that are a person's: held, delegated by them or offered to them by name."""
    return queries.count_tasks(username)


def _taken(every: Sequence[Held], pieces: Mapping[str, Piece], username: str) -> list[Piece]:
    """What is only offered by name weighs on nobody until it is taken."""
    return [pieces[each.task.id] for each in every if way_of(each.task, username) != OFFERED]


def _leaver(viewer: Viewer, username: str) -> Person:
    """Give the person; raise Forbidden for others than administrators and the head of their unit, NotFound."""
    person = people.load(username)
    is_admin = Permission.MANAGE_PEOPLE in viewer.permissions
    is_head = {Permission.ASSIGN_TASKS, Permission.SUPERVISE_UNIT} <= viewer.permissions and bool(viewer.unit)
    if not is_admin and not is_head:
        raise Forbidden()
    if person is None or (not is_admin and person.unit_code != viewer.unit):
        raise NotFound()
    return person


def _people(leaver: Person, every: Sequence[Held]) -> tuple[Colleague, ...]:
    """Give the colleagues of the unit and the members of the tasks' groups who work on tasks; four statements."""
    codes = {code for each in every for code in each.task.candidate_groups}
    found = {each.username: each for each in colleagues(groups=sorted(codes))} if codes else {}
    if leaver.unit_code:
        found |= {each.username: each for each in colleagues(unit=leaver.unit_code)}
    found.pop(leaver.username, None)
    working = load.workers(list(found.values()))
    ranked = sorted(working, key=lambda each: (not _is_colleague(each, leaver), each.name, each.username))
    return tuple(ranked[:MOST_PEOPLE])


def _is_colleague(person: Colleague, leaver: Person) -> bool:
    return bool(leaver.unit_code) and person.unit_code == leaver.unit_code


def _moves(
    every: Sequence[Held],
    pieces: Mapping[str, Piece],
    successors: Sequence[str],
    loads: Mapping[str, Load],
    wanted: Mapping[str, str],
    username: str,
) -> dict[str, str]:
    """Give task id -> to whom it goes ("": its groups); what stays is not in it."""
    moves, shared = dict[str, str](), list[Piece]()
    weights = {name: loads[name].weight for name in successors}
    for each in every:
        choice, piece = wanted.get(key_of(each, username), SHARE), pieces[each.task.id]
        if choice == RELEASE and way_of(each.task, username) == HELD and each.task.candidate_groups:
            moves[each.task.id] = ""
        elif choice == SHARE:
            shared.append(piece)
        elif choice in piece.fits:
            moves[each.task.id] = choice
            if choice in weights:
                weights[choice] += piece.weight
    return moves | sharing.hand_out(weights, shared)


def _groups(
    every: Sequence[Held],
    pieces: Mapping[str, Piece],
    moves: Mapping[str, str],
    wanted: Mapping[str, str],
    username: str,
) -> tuple[Group, ...]:
    found: dict[str, list[Held]] = {}
    for each in every:
        found.setdefault(key_of(each, username), []).append(each)
    return tuple(_group(key, some, pieces, moves, wanted.get(key, SHARE), username) for key, some in found.items())


def _group(
    key: str, some: Sequence[Held], pieces: Mapping[str, Piece], moves: Mapping[str, str], choice: str, username: str
) -> Group:
    to: dict[str, int] = {}
    for each in some:
        if each.task.id in moves:
            to[moves[each.task.id]] = to.get(moves[each.task.id], 0) + 1
    return Group(
        key=key, way=way_of(some[0].task, username), every=tuple(some), choice=choice, to=to,
        stay=len(some) - sum(to.values()), fits=frozenset().union(*(pieces[each.task.id].fits for each in some)),
        follow_ups=sum(each.task.follow_up_at is not None for each in some),
        drafts=sum(each.task.has_draft for each in some),
    )  # fmt: skip


def key_of(held: Held, username: str) -> str:
    """Name the group of a task: its step and the way in which it is the leaver's."""
    return "|".join((held.task.key, held.task.process_key, held.task.element_id, way_of(held.task, username)))


def _end_substitutions(viewer: Viewer, username: str, now: datetime) -> int:
    found = substitution_rows.of_person(username, now, substitutions.MOST)
    for one in found:
        substitutions.end(viewer, one.id, now=now)
    return len(found)


def _give_views(leaver: Person, to: str) -> list[str]:
    """Give the views that others use a new owner; a name that is taken gets the old one's behind it."""
    person = people.load(to) if to else None
    if person is None or not person.is_active:
        return []
    given = []
    for view in view_rows.shared_of(leaver.username):
        if view_rows.named(to, view.name) is not None:
            view.name = f"{view.name[: views.LONGEST_NAME - 30]} ({leaver.username[:24]})"
        view.owner, view.version = to, view.version + 1
        given.append(view.id)
    return given
