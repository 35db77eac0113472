"""Going back: the tokens of an instance are brought to where they stood at a moment of before, kept as a snapshot.

A token that is live in both stays as it is. One that is not is made anew, under a new id: a new activation, whose
boundary events stand by and whose timers begin anew. What belongs together is found from the diagram: a token that came
since belongs to every token of then from which the flows lead to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.spiff.activities import Activity, EventSubProcess
from bpmn.spiff.compensation import Undo
from bpmn.spiff.events import Catching
from bpmn.spiff.gateways import EventBasedGateway
from bpmn.spiff.loops import Loop, MultiInstance
from bpmn.spiff.nodes import ProcessSpec
from engine.spiff.faults import FAULT, Where
from engine.spiff.instance import Instance
from engine.spiff.scope import Scope, SubScope
from engine.spiff.token import COUNTS, Token

TRANSIENT = (Where.WORK.value, Where.CONDITION.value)
"""Faults of what is done or looked at from outside; a new activation begins without them."""
NUMBERED = "then"
"""The note that names another token, by its number (Undo)."""


class Return:
    """One way back of `now` to `then`: to `chosen` with what depends on it, or (`whole`) with everything."""

    def __init__(self, now: Instance, then: Instance, chosen: Token, *, whole: bool) -> None:
        self.now, self.then, self.whole = now, then, whole
        self.chosen = chosen.number
        self.path = frozenset(token.number for token in _upwards(chosen))
        self.made: dict[int, int] = {}
        """Number of then -> number of the token made for it."""

    def go(self) -> None:
        """Bring the instance back."""
        self.now.has_faults = self.now.has_faults or self.then.has_faults
        self._scope(self.now, self.then)
        if self.whole:
            self.now.fixed = self.then.fixed
        for token in _all(self.now):
            named = token.internal_data.get(NUMBERED)
            token.internal_data |= {NUMBERED: self.made[named]} if named in self.made else {}

    # -- a scope that is open in both

    def _scope(self, now: Scope, then: Scope) -> None:
        lived, lives = _standing(then), _standing(now)
        kept = [number for number in lived if number in lives and self._is_same(lives[number], lived[number])]
        gone = [token for number, token in lived.items() if number not in kept]
        new = [token for number, token in lives.items() if number not in kept]
        if not self.whole:
            gone, new = _depending([token for token in gone if token.number in self.path], gone, new)
        for token in new:
            token.cancel()
        for token in gone:
            self._again(token, now)
        if gone:
            self._log(now, then, _reached(then.spec, gone))
        for number in kept:
            if self.whole or number in self.path:
                self._holder(lives[number], lived[number])
        if self.whole:
            now.data = then.data

    def _is_same(self, now: Token, then: Token) -> bool:
        """Tell whether a token is still where it was: at its element, waiting for what it waited for."""
        if now.armed != then.armed or then.number == self.chosen or now.task_spec.name != then.task_spec.name:
            return False
        was, notes = then.internal_data, now.internal_data
        if any(bool(was.get(name)) != bool(notes.get(name)) for name in ("work", "cancelled", "undoing")):
            return False
        if len(was.get("plan", ())) != len(notes.get("plan", ())):
            return False
        if _is_open(then) or _is_open(now):
            return _is_open(then) and _is_open(now)
        return bool(now._state == then._state)

    def _holder(self, now: Token, then: Token) -> None:
        """Go on inside a token that is live in both."""
        lived, lives = _instances(then), _instances(now)
        if lived:
            self._loop(now, then, lived, lives)
        inside = self.then.subprocesses.get(then.id)
        if inside is not None:
            self._wait_again(now, then)
            now.internal_data = then.internal_data
            self._scope(self.now.subprocesses[now.id], inside)
        if self.whole:
            now.local = then.local

    def _loop(self, now: Token, then: Token, lived: dict[int, Token], lives: dict[int, Token]) -> None:
        """Bring the instances of a loop back; those that run at once do not depend on each other."""
        kept = [number for number in lived if number in lives and self._is_same(lives[number], lived[number])]
        gone = [token for number, token in lived.items() if number not in kept]
        new = [token for number, token in lives.items() if number not in kept]
        at_once = isinstance(then.task_spec, MultiInstance) and not then.task_spec.is_sequential
        if not self.whole:
            gone = [token for token in gone if token.number in self.path]
            new = [token for token in new if gone and (not at_once or token.number in self.path)]
        if gone or new:
            self._wait_again(now, then)
            if at_once and not self.whole:
                for token in gone:
                    _uncount(now, token, was_counted=token.number not in lives)
            else:
                now.internal_data = then.internal_data
                counts = {name: value for name, value in (then.local or {}).items() if name in COUNTS}
                now.local = {**(now.local or {}), **counts}
        for token in new:
            token.cancel()
        for token in gone:
            self._again(token, now.workflow, now)
            self._log(now.workflow, then.workflow, {token.task_spec.name}, of=token)
        for number in kept:
            if self.whole or number in self.path:
                self._holder(lives[number], lived[number])

    def _wait_again(self, now: Token, then: Token) -> None:
        """Let a token that could not go on, after all inside it was done, hold that again."""
        now._state = then._state
        now.internal_data.pop(FAULT, None)

    def _log(self, now: Scope, then: Scope, again: frozenset[str] | set[str], *, of: Token | None = None) -> None:
        """Forget that was completed what will be done again; what was undone since can be undone again."""
        before, since = list(then.log), []
        for record in now.log:
            if record in before:
                before.remove(record)
            else:
                since.append(record)
        index = None if of is None else (of.local or {}).get("loopCounter")
        stays = [
            record
            for record in since
            if record[0] not in again or (of is not None and (record[1] or {}).get("loopCounter") != index)
        ]
        now.log = (list(then.log) if of is None else [record for record in now.log if record not in since]) + stays

    # -- a token of then, made anew

    def _again(self, was: Token, scope: Scope, parent: Token | None = None) -> None:
        """Make a token of then anew, with what stands by for it and what is inside it."""
        spec, name = was.task_spec, was.task_spec.name
        if was.armed and isinstance(spec, EventSubProcess):
            self.made[was.number] = scope.arm(name).number
            return
        token = scope.make(name, parent, local=was.local, armed=was.armed)
        self.made[was.number] = token.number
        token._state, token.internal_data = was._state, was.internal_data
        if token.internal_data.get(FAULT, {}).get("at") in TRANSIENT:
            del token.internal_data[FAULT]
        if was.entered:
            self.now.run.entered(token)
        self._stand_by(token, was)
        for instance in _instances(was).values():
            self._again(instance, scope, token)
        if (inside := self.then.subprocesses.get(was.id)) is not None:
            self._open(token, inside)

    def _stand_by(self, token: Token, was: Token) -> None:
        """Let it wait from the beginning: timers begin anew, with everything that stands by for it."""
        spec: Any = token.task_spec
        if isinstance(spec, EventBasedGateway):
            for flow in spec.flows:
                token.workflow.arm(flow.target, parent=token)
        elif isinstance(spec, Catching) and token._state == TaskState.WAITING:
            seen = token.internal_data.get("seen")
            spec.subscribe(token)
            if seen:
                token.internal_data["seen"] = seen
        elif isinstance(spec, Activity) and _had_begun(was):
            spec.stand_by(token)

    def _open(self, holder: Token, was: SubScope) -> None:
        """Open the inside of a sub-process or called process as it was, in the version that the call had chosen."""
        around = was.parent_workflow.version
        version = was.version if was.version is not around else None
        scope = SubScope(was.spec, holder, self.now, is_process=was.is_process, version=version)
        self.now.subprocesses[holder.id] = scope
        scope.data, scope.log = was.data, was.log
        if was.hears:
            scope.stand_by()
        for token in _standing(was).values():
            if not (token.armed and isinstance(token.task_spec, EventSubProcess)):
                self._again(token, scope)


def _upwards(token: Token) -> Iterator[Token]:
    """Give a token, the loop that it is an instance of, the sub-process around, and so on."""
    at: Token | None = token
    while at is not None:
        yield at
        at = at.parent or at.workflow.holder


def _all(instance: Instance) -> Iterator[Token]:
    return (token for scope in instance.scopes for token in scope.tasks.values())


def _standing(scope: Scope) -> dict[int, Token]:
    """Give the tokens of a scope that are no part of another, the oldest first."""
    return _by_number(token for token in scope.tasks.values() if token._parent is None)


def _instances(token: Token) -> dict[int, Token]:
    """Give the instances of a loop, or what undoes a record; not what stands by."""
    return _by_number(child for child in token.children if not child.armed)


def _by_number(tokens: Iterable[Token]) -> dict[int, Token]:
    return {token.number: token for token in sorted(tokens, key=lambda token: token.number)}


def _is_open(token: Token) -> bool:
    """Tell whether something runs inside it."""
    return bool(_instances(token)) or token.id in token.workflow.top_workflow.subprocesses


def _had_begun(token: Token) -> bool:
    """Tell whether events stood by at its border, as far as it has any."""
    return token.is_task or token._state == TaskState.STARTED or any(child.armed for child in token.children)


def _uncount(loop: Token, instance: Token, *, was_counted: bool) -> None:
    """Let a loop wait for one of its instances again."""
    spec: MultiInstance = loop.task_spec
    if not was_counted:
        return
    counts = {**(loop.local or {})}
    counts["nrOfActiveInstances"] += 1
    counts["nrOfCompletedInstances"] -= 1
    spec.renamed(counts)
    loop.local = counts
    index = (instance.local or {})["loopCounter"] - spec.is_of_cloud
    loop.internal_data["out"] = [pair for pair in loop.internal_data["out"] if pair[0] != index]


# -- what belongs together


def _depending(chosen: list[Token], gone: list[Token], new: list[Token]) -> tuple[list[Token], list[Token]]:
    """Give of the tokens that are gone and of those that are new the ones that cannot be told apart from `chosen`."""
    if not chosen:
        return [], []
    spec: ProcessSpec = chosen[0].workflow.spec
    if spec.ad_hoc is not None and spec.ad_hoc.is_sequential:
        return gone, new
    reached = {token.number: _reached(spec, [token]) for token in gone}
    back, taken = {token.number for token in chosen}, set[int]()
    while True:
        more = {token.number for token in new if any(token.task_spec.name in reached[number] for number in back)}
        if more == taken:
            break
        taken = more
        names = {token.task_spec.name for token in new if token.number in taken}
        back |= {number for number, nodes in reached.items() if nodes & names}
    return [token for token in gone if token.number in back], [token for token in new if token.number in taken]


def _reached(spec: ProcessSpec, tokens: Iterable[Token]) -> frozenset[str]:
    """Give the nodes of a scope at which a token may come to stand because of these tokens."""
    handlers = [spec.task_specs[name] for name in spec.handlers]
    everywhere = [one.name for one in handlers if one.is_interrupting or not one.is_awaited]
    undo = [name for name, node in spec.task_specs.items() if isinstance(node, Undo)]
    found: set[str] = set()
    todo = [token.task_spec.name for token in tokens] + everywhere + undo
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        node = spec.task_specs[name]
        todo += [flow.target for flow in node.flows]
        todo += [event.name for event in getattr(node, "attached", ())]
        found |= {node.inner} if isinstance(node, Loop) else set()
    return frozenset(found)
