"""Migration: an instance goes over to another version of its definition, or to another definition, where it stands.

What is the same in both stays as it is: ids of tokens and tasks, variables, moments of timers, counts of loops, faults.
`check` and `lines` ask only the two diagrams, `migrate` the instance too; both name every problem at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.definition import Definition
from bpmn.spiff.events import BoundaryEvent
from engine.compatibility import family, said, why_not
from engine.events import Ports, Step
from engine.pairing import EACH, Given, Pairing, Side, all_scopes, bare, role_of
from engine.spiff.instance import Instance
from engine.spiff.migration import Migration
from engine.spiff.run import Run
from engine.spiff.token import Token
from engine.steps import at_rest, step
from errors import Detail, NotMigratable
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a token stands, or what stands by; `activation_id` is that of its wait and of its line in the history."""

    activation_id: str
    process_key: str
    element_id: str
    element_name: str
    element_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One token that went over."""

    before: Place
    after: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrated:
    """What a migration comes to: the step, every token, and what began and ceased to stand by with it."""

    step: Step
    moved: tuple[Moved, ...]
    armed: tuple[Place, ...]
    gone: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One element of the source: what stands for it in the target, what could, and why its tokens could not go over."""

    process_key: str
    element_id: str
    element_name: str
    element_type: str
    target_id: str | None
    problem: Text | None
    options: tuple[tuple[str, str], ...]
    """Elements (id, name) that a token there may go on at."""


def migrate(
    source: Definition, state: bytes, target: Definition, mapping: Given, *, now: datetime, ports: Ports
) -> Migrated:
    """Take an instance over to `target`; `mapping` as engine/pairing.py says, `ports` are the target's.

    Raises NotMigratable, which names every element that cannot go over.
    """
    problems = check(source, target, mapping)
    if problems:
        raise NotMigratable(details=problems)
    old = at_rest(source, state)
    run = Run(now=now, ports=ports)
    run.bytes_left -= len(state)
    old.run.now = now
    new = Instance(target.compiled, run, seed=old.seed)
    migration = Migration(old, new, Pairing(source, target, mapping))
    migration.copy()
    _unless(migration)

    def arm() -> None:
        migration.arm()
        _unless(migration)

    done = step(new, arm)
    moved = migration.moved
    return Migrated(
        step=done,
        moved=tuple(Moved(before=_place(old), after=_place(token)) for old, token in moved.tokens if _shown(old)),
        armed=tuple(map(_place, moved.armed)),
        gone=tuple(map(_place, moved.gone)),
    )


def _unless(migration: Migration) -> None:
    if migration.problems:
        raise NotMigratable(details=migration.problems)


def _shown(token: Token) -> bool:
    return bool(token.task_spec.is_reported) and role_of(token.task_spec) in ("", EACH)


def _place(token: Token) -> Place:
    spec = token.task_spec
    return Place(
        activation_id=token.id,
        process_key=token.workflow.address,
        element_id=spec.bpmn_id,
        element_name=spec.bpmn_name or "",
        element_type=spec.element_type,
    )


def standing(source: Definition, state: bytes) -> dict[tuple[str, str], int]:
    """Count the tokens of an instance by (process key, element id); called versions that stay as they are left out."""
    found: dict[tuple[str, str], int] = {}
    for scope in at_rest(source, state).scopes:
        for token in scope.tasks.values():
            if scope.version is None and not token.armed and _shown(token) and role_of(token.task_spec) != EACH:
                key = (scope.spec.process_key, token.task_spec.bpmn_id)
                found[key] = found.get(key, 0) + 1
    return found


# -- the two diagrams alone


def check(source: Definition, target: Definition, mapping: Given) -> tuple[Detail, ...]:
    """Give everything wrong with a mapping, whatever instance it may be for."""
    if not mapping:
        return ()
    pairing = Pairing(source, target, mapping)
    pairs = list(pairing.pairs())
    found = (problem for key, value in mapping.items() for problem in _wrong(pairing, pairs, key, value))
    if not (source.compiled.calls_out or target.compiled.calls_out):
        return tuple(found)
    # what a call chooses when it is made is known with the instance only
    return tuple(problem for problem in found if ":" not in problem.element_id or problem.code not in UNSURE)


UNSURE = ("unknown_source", "unknown_target", "scope_gone")


def _wrong(pairing: Pairing, pairs: list[tuple[Side, Side]], key: str, value: str | None) -> Iterator[Detail]:
    process, _, id_ = key.rpartition(":")

    def detail(code: str, message: Text) -> Detail:
        return Detail(code=code, message=message, element_id=key)

    theirs = [scope for scope in all_scopes(pairing.source) if process in ("", scope.spec.process_key)]
    homes = [scope for scope in theirs if _holds(scope, id_)]
    if not homes:
        yield detail("unknown_source", Text(f"Không có phần tử “{key}”.", f"There is no element “{key}”."))
        return
    wanted = bare(value)
    if wanted is None:
        return
    if not any(_holds(scope, wanted) for scope in all_scopes(pairing.target)):
        message = Text(f"Phiên bản mới không có “{wanted}”.", f"The new version has no “{wanted}”.")
        yield detail("unknown_target", message)
        return
    specs = {id(scope.spec) for scope in homes}
    meant = [(old, new) for old, new in pairs if id(old.spec) in specs]
    if not meant:
        yield detail("scope_gone", SCOPE_GONE)
    for old, new in meant:
        for node in [node for node in old.nodes if node.bpmn_id == id_]:
            if (problem := pairing.problem(old, new, node) or _hangs_elsewhere(pairing, old, new, node)) is not None:
                yield detail("other_kind", problem)
                break


SCOPE_GONE = Text(
    "Quy trình con chứa phần tử này không có phần tử tương ứng: hãy ánh xạ nó trước.",
    "The sub-process around this has no counterpart: map that first.",
)


def _holds(scope: Side, id_: str) -> bool:
    return any(node.bpmn_id == id_ or id_ in node.incoming for node in scope.nodes)


def _hangs_elsewhere(pairing: Pairing, old: Side, new: Side, node: Any) -> Text | None:
    """A boundary event stands by at its activity: what it becomes must hang at what that becomes."""
    if not isinstance(node, BoundaryEvent):
        return None
    event = pairing.counterpart(old, new, node)
    host = pairing.counterpart(old, new, old.spec.task_specs[node.attached_to])
    if event is None or host is None or event.attached_to == host.name:
        return None
    return Text(
        "Sự kiện biên này gắn vào hoạt động khác với hoạt động tương ứng.",
        "That boundary event hangs at another activity than the one that stands for this one's.",
    )


def lines(source: Definition, target: Definition, mapping: Given) -> tuple[Line, ...]:
    """Give every element of the source with its counterpart, scope by scope, in the order of the file."""
    pairing = Pairing(source, target, mapping)
    found: list[Line] = []
    for old, new in pairing.pairs():
        alike: dict[type, list[Any]] = {}
        for one in _elements(new):
            alike.setdefault(family(one), []).append(one)
        for node in _elements(old):
            other = pairing.counterpart(old, new, node)
            problem = pairing.problem(old, new, node) or _hangs_elsewhere(pairing, old, new, node)
            options = [one for one in alike.get(family(node), ()) if why_not(node, one) is None]
            found.append(
                Line(
                    process_key=old.spec.process_key,
                    element_id=node.bpmn_id,
                    element_name=node.bpmn_name or "",
                    element_type=said(node),
                    target_id=None if other is None else other.bpmn_id,
                    problem=problem,
                    options=tuple((one.bpmn_id, one.bpmn_name or "") for one in options),
                )
            )
    return tuple(found)


def suggest(source: Definition, target: Definition) -> dict[str, str | None]:
    """Suggest a mapping for elements whose id the target lacks: what alone has the same name and kind there."""
    found: dict[str, str | None] = {}
    own = source.compiled.spec.process_key
    todo = [(Pairing(source, target, {}).source, Pairing(source, target, {}).target)]
    seen: set[tuple[str, str]] = set()
    while todo:
        old, new = todo.pop(0)
        if (old.spec.name, new.spec.name) in seen:
            continue
        seen.add((old.spec.name, new.spec.name))
        pairing = Pairing(source, target, {})
        loose = [node for node in _elements(old) if pairing.counterpart(old, new, node) is None]
        taken = {other.name for n in _elements(old) if (other := pairing.counterpart(old, new, n)) is not None}
        free = [node for node in _elements(new) if node.name not in taken]
        for node in loose:
            fits = [one for one in free if _alike(node, one)]
            if node.bpmn_name and len(fits) == 1 and sum(_alike(one, fits[0]) for one in loose) == 1:
                key = old.spec.process_key
                found[node.bpmn_id if key == own else f"{key}:{node.bpmn_id}"] = fits[0].bpmn_id
        todo += _inner(Pairing(source, target, found), old, new)
    return found


def _alike(one: Any, other: Any) -> bool:
    return one.bpmn_name == other.bpmn_name and why_not(one, other) is None


def _inner(pairing: Pairing, old: Side, new: Side) -> Iterator[tuple[Side, Side]]:
    for node in old.nodes:
        other = pairing.counterpart(old, new, node)
        if other is not None and why_not(node, other) is None:
            inner, its = old.inside(node), new.inside(other)
            if inner is not None and its is not None:
                yield inner, its


def _elements(side: Side) -> list[Any]:
    """Give what a diagram shows of a scope."""
    return [node for node in side.nodes if node.is_reported and not role_of(node)]
