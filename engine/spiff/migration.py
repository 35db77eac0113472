"""A live instance taken over into another version: each token to its counterpart, with its id, its notes and its data.

Nothing is entered and nothing is left: the history goes on. Events that stand by keep their moments; those that are new
are armed now, those that are gone are forgotten. What has happened and waits no more is not awaited again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.bindings import is_computed
from bpmn.spiff.activities import Activity, EventSubProcess, ReceiveTask
from bpmn.spiff.calls import CallActivity
from bpmn.spiff.compensation import Undo
from bpmn.spiff.events import BoundaryEvent, Catching
from bpmn.spiff.gateways import EventBasedGateway, ParallelGateway
from bpmn.spiff.loops import Loop
from bpmn.spiff.quantities import Gathering
from engine.events import Called
from engine.pairing import Pairing, Side
from engine.spiff.carried import UNDO_GONE, Carrying, side_of
from engine.spiff.faults import FAULTS, engine_error
from engine.spiff.instance import Instance
from engine.spiff.scope import Scope, SubScope
from engine.spiff.token import Token
from errors import Detail
from texts import Text


@dataclass(slots=True)
class Moved:
    """What a migration did: (old token, new token) of all that stand somewhere; what stands by newly, and no more."""

    tokens: list[tuple[Token, Token]] = field(default_factory=list)
    armed: list[Token] = field(default_factory=list)
    gone: list[Token] = field(default_factory=list)


class Migration(Carrying):
    """One instance on its way; `problems` names everything that keeps it from going over."""

    def __init__(self, old: Instance, new: Instance, pairing: Pairing) -> None:
        self.old = old
        self.new = new
        self.pairing = pairing
        self.problems: list[Detail] = []
        self.moved = Moved()
        self._tokens: dict[str, Token] = {}
        self.scopes: dict[int, Scope] = {id(old): new}
        self._to_arm: list[tuple[Scope, Any, Token | None]] = []

    def copy(self) -> None:
        """Put a counterpart of every token into the new instance, as far as there is one."""
        old, new = self.old, self.new
        new.counter, new.fixed, new.has_faults = old.counter, old.fixed, old.has_faults
        self._scope(old, new, kept=False)
        for inner in old.subprocesses.values():
            self._inside(inner)

    def arm(self) -> None:
        """Let what is new stand by, and let joins go on that wait for no more tokens than they have."""
        for scope, event, host in self._to_arm:
            try:
                self.moved.armed.append(scope.arm(event.name, parent=host))
            except FAULTS as fault:
                reason = engine_error(fault).reason
                self.refuse(scope, event, "cannot_arm", Text(
                    f"Sự kiện mới này không chờ được: {reason}", f"This new event cannot wait: {reason}",
                ))  # fmt: skip
        for scope in self.new.scopes:
            _rejoin(scope)

    # -- scopes

    def _scope(self, old: Scope, new: Scope, *, kept: bool) -> None:
        """Take over a scope; `kept`: of a version that a call chose, which stays what it is."""
        there, here = side_of(old), side_of(new)
        new.completed, new.data = old.completed, old.data | {n: None for n in new.spec.own if n not in old.data}
        new.log = old.log if kept else self.records_of(old.log, there, here)
        for token in old.tasks.values():
            self._token(token, new, there, here, kept=kept)
        if kept or not old.hears or not any(True for _ in old.live):
            return
        known = [self.stands_for(there, here, there.spec.task_specs[name]) for name in old.spec.handlers]
        for name in new.spec.handlers:
            handler = new.spec.task_specs[name]
            if handler.is_awaited and handler not in known:
                self._to_arm.append((new, handler, None))

    def _inside(self, old: SubScope) -> None:
        """Take over the inside of a sub-process or a called process, if what holds it went over."""
        assert old.holder is not None
        holder, outer = self._tokens.get(old.holder.id), old.holder.workflow
        if holder is None:
            return
        around = holder.workflow
        chosen = old.version if old.version is not outer.version else None
        calls_anew = isinstance(holder.task_spec, CallActivity) and not holder.task_spec.is_static
        undoes = isinstance(holder.task_spec, Undo)
        kept = around.version is outer.version is not None or (chosen is not None and (calls_anew or undoes))
        if kept:
            spec, version = old.spec, chosen
        else:
            found = self._inner_spec(holder, around)
            if found is None:
                return
            spec, version = found
        scope = SubScope(spec, holder, self.new, is_process=spec.name == spec.process_key, version=version)
        self.new.subprocesses[holder.id] = scope
        self.scopes[id(old)] = scope
        self._scope(old, scope, kept=kept)

    def _inner_spec(self, holder: Token, around: Scope) -> tuple[Any, Called | None] | None:
        """Give what a sub-process holds in the new version; of a call that finds its process what it means now."""
        node = holder.task_spec
        if isinstance(node, Undo):
            node = around.spec.task_specs[holder.internal_data["at"]]
        if not isinstance(node, CallActivity) or node.is_static:
            return around.compiled.subprocess_specs[node.spec], None
        bound = node.bound
        ports = self.new.run.ports if around.version is None else around.version.ports
        try:
            if is_computed(bound.key) or is_computed(bound.wanted):
                raise LookupError(bound.text)
            version = ports.called(around.spec.process_key, bound.text)
        except LookupError:
            self.refuse(around, node, "call_bound", Text(
                f"Không xác định được quy trình được gọi ({bound.text}): hãy để phần được gọi chạy xong trước.",
                f"It cannot be told which process is called here ({bound.text}): let the called part end first.",
            ))  # fmt: skip
            return None
        return version.definition.compiled.subprocess_specs[version.definition.key], version

    # -- tokens

    def _token(self, old: Token, scope: Scope, there: Side, here: Side, *, kept: bool) -> None:
        parent = self._tokens.get(old._parent) if old._parent else None
        if old._parent and parent is None:
            return  # what it hangs at has been refused, or is gone
        node = old.task_spec if kept else self._node(old, scope, parent, there, here)
        if node is None:
            return
        token = Token(scope, node, parent, id=old.id, local=old.local, armed=old.armed)
        token._state, token.entered = old._state, old.entered
        token.internal_data = self.notes_of(old, node, there, here, kept=kept)
        self._tokens[old.id] = token
        if not kept:
            token.local = self.locals_of(old, token, there, here)
        if not old.armed:
            self.moved.tokens.append((old, token))
        if not kept:
            self._to_arm += [(scope, event, token) for event in self._new_events(old, token, there, here)]

    def _node(self, old: Token, scope: Scope, parent: Token | None, there: Side, here: Side) -> Any:
        """Give the counterpart of where a token stands; None where it is refused, or stood by and is gone."""
        spec = old.task_spec
        if old.armed and isinstance(spec, Catching):
            node = self.stands_for(there, here, spec)
            if node is None or (parent is not None and node not in _events_of(parent.task_spec, here)):
                self.moved.gone.append(old)
                return None
            beside = scope.tasks.values() if parent is None else parent.children
            if any(token.armed and token.task_spec is node for token in beside):
                self.refuse(old.workflow, spec, "two_into_one", TWO)
            return node
        problem = self.pairing.problem(there, here, spec)
        node = self.pairing.counterpart(there, here, spec)
        if problem is None and isinstance(spec, EventSubProcess) and spec.is_interrupting != node.is_interrupting:
            problem = RUNS
        if node is None and isinstance(spec, Undo):
            problem = UNDO_GONE
        if problem is not None:
            self.refuse(old.workflow, spec, "no_target" if node is None else "other_kind", problem)
            return None
        return node

    def _new_events(self, old: Token, token: Token, there: Side, here: Side) -> Iterator[Any]:
        """Give the events at the border of an activity, or behind a gateway, that the version before did not have."""
        if not _stands(old):
            return
        known = [self.stands_for(there, here, event) for event in _events_of(old.task_spec, there)]
        for event in _events_of(token.task_spec, here):
            if event not in known and (not isinstance(event, BoundaryEvent) or event.is_awaited):
                yield event


TWO = Text(
    "Hai sự kiện cùng chờ ở đây được ánh xạ vào một: nó sẽ xảy ra hai lần.",
    "Two events that both wait here are mapped to one, which would happen twice.",
)
RUNS = Text(
    "Quy trình con sự kiện này đang chạy, mà chỉ một trong hai phiên bản của nó ngắt phần còn lại.",
    "This event sub-process runs now, and only one of its two versions interrupts the rest.",
)


def _events_of(node: Any, side: Side) -> list[Any]:
    """Give the events at the border of an activity, or those behind a gateway that waits for the first."""
    if isinstance(node, EventBasedGateway):
        return [side.spec.task_specs[flow.target] for flow in node.flows]
    return list(getattr(node, "attached", ()))


def _stands(token: Token) -> bool:
    """Tell whether a token has entered its element and stays, so that events at its border stand by."""
    spec, state = token.task_spec, token._state
    if token.armed:
        return False
    if isinstance(spec, EventBasedGateway | ReceiveTask):
        return bool(state == TaskState.WAITING)
    return isinstance(spec, Activity) and (
        token.is_task
        or token.is_work
        or token.id in token.workflow.top_workflow.subprocesses
        or (isinstance(spec, Loop) and state == TaskState.STARTED)
    )


def _rejoin(scope: Scope) -> None:
    """Let the tokens go on that have waited for others who need not come any more."""
    names = [t.task_spec.name for t in scope.tasks.values() if isinstance(t.task_spec, ParallelGateway | Gathering)]
    for name in dict.fromkeys(names):
        while group := _complete(scope, name):
            group[-1].enter()


def _complete(scope: Scope, name: str) -> list[Token]:
    node, waiting = scope.spec.task_specs[name], scope.waiting_at(name)
    if isinstance(node, Gathering):
        return waiting[: node.wanted] if len(waiting) >= node.wanted else []
    first: dict[str, Token] = {}
    for token in waiting:
        first.setdefault(token.internal_data.get("via", ""), token)
    return list(first.values()) if waiting and len(first) >= len(node.incoming) else []
