"""Where the elements of an instance are: in which of its processes, in which open scopes, and how new ones are opened.

Made for what changes an instance from outside; a step that a diagram takes by itself never looks here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.util.task import TaskState

from bpmn.bindings import is_computed
from bpmn.spiff.activities import EventSubProcess, SubProcess
from bpmn.spiff.calls import CallActivity
from bpmn.spiff.compensation import Undo
from bpmn.spiff.loops import Loop
from bpmn.spiff.nodes import Flow, Node, ProcessSpec
from bpmn.spiff.quantities import Gathering
from engine.events import Called
from engine.spiff.instance import Instance
from engine.spiff.scope import Scope
from engine.spiff.token import Token

Key = tuple[str, str]
"""Of a scope: the version that a call around chose (empty: the definition's own), and the name of its spec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A flow node of one of the processes."""

    key: Key
    spec: ProcessSpec
    node: Node

    @property
    def address(self) -> str:
        """Give the process as history writes it."""
        return f"{self.spec.process_key}@{self.key[0]}" if self.key[0] else self.spec.process_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to come to a scope: an open one, and the sub-processes and calls that are to be opened inside it."""

    scope: Scope
    path: tuple[Node, ...] = ()
    body: Token | None = None
    """The open loop of which the first of the path is to be one more instance."""


class Layout:
    """The processes that an instance runs or may call, and its open scopes."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.versions = {scope.version.ref: scope.version for scope in instance.scopes if scope.version}
        self.calls: dict[tuple[Key, str], Called] = {}
        """What calls that choose their version when they are made would choose now."""

    def specs(self) -> Iterator[tuple[Key, ProcessSpec]]:
        """Give every scope of every known process."""
        known = {"": self.instance.compiled} | {ref: each.definition.compiled for ref, each in self.versions.items()}
        for ref, compiled in known.items():
            for spec in compiled.subprocess_specs.values():
                yield (ref, spec.name), spec

    def places(self, element_id: str, process_key: str | None) -> list[Place]:
        """Find an element by its id, also in processes that calls would choose now."""
        found = self._places(element_id, process_key)
        if not found and self.instance.compiled.calls_out:
            self._look_up_calls()
            found = self._places(element_id, process_key)
        return found

    def _places(self, element_id: str, process_key: str | None) -> list[Place]:
        found = [
            Place(key=key, spec=spec, node=node)
            for key, spec in self.specs()
            for node in spec.task_specs.values()
            if getattr(node, "bpmn_id", None) == element_id and node.is_reported and not is_instance(spec, node)
        ]
        return [place for place in found if process_key in (None, place.address, place.spec.process_key)]

    def _look_up_calls(self) -> None:
        """Find the processes that would be called now; those named by an expression stay unknown."""
        seen: set[Key] = set()
        while todo := [(key, spec) for key, spec in self.specs() if key not in seen]:
            for key, spec in todo:
                seen.add(key)
                ports = self.versions[key[0]].ports if key[0] else self.instance.run.ports
                for node in spec.task_specs.values():
                    if not isinstance(node, CallActivity) or node.is_static or is_computed(node.bound.text):
                        continue
                    try:
                        called = ports.called(spec.process_key, node.bound.text)
                    except LookupError:
                        continue
                    self.calls[key, node.name] = called
                    self.versions.setdefault(called.ref, called)

    def holders(self, wanted: Key) -> Iterator[tuple[Key, Node]]:
        """Give what has this scope as its inside, and the scope it stands in."""
        for key, spec in self.specs():
            for node in spec.task_specs.values():
                if not isinstance(node, SubProcess):
                    continue
                called = self.calls.get((key, node.name))
                is_static = not isinstance(node, CallActivity) or node.is_static
                inside = (key[0], node.spec) if is_static else (called.ref, called.definition.key) if called else None
                if inside == wanted:
                    yield key, outer(spec, node)

    def ways(self, wanted: Key, opened: Callable[[Key], Iterable[Scope]], seen: Sequence[Key] = ()) -> list[Way]:
        """Give every way to a scope of that key: the nearest that `opened` gives, or a new one inside one of those."""
        if scopes := list(opened(wanted)):
            return [Way(scope=scope) for scope in scopes]
        return [
            Way(scope=way.scope, path=(*way.path, node))
            for key, node in self.holders(wanted)
            if key not in (*seen, wanted)
            for way in self.ways(key, opened, (*seen, wanted))
        ]

    def open_scopes(self, within: Scope, *, apart: Token | None = None) -> Callable[[Key], list[Scope]]:
        """Give the usable open scopes in and at `within` by their key, without those that stand inside `apart`."""
        found: dict[Key, list[Scope]] = {}
        for scope in self.instance.scopes:
            around = list(scopes_around(scope))
            holders = [each.holder for each in around]
            if within in around and is_usable(scope) and not (apart is not None and apart in holders):
                found.setdefault(key_of(scope), []).append(scope)
        return lambda key: found.get(key, [])

    def visible_flows(self, spec: ProcessSpec, node: Any) -> list[Flow]:
        """Give the flows that a diagram shows as leaving a node, those behind a gateway that was written out too."""
        found: list[Flow] = []
        for flow in node.flows:
            behind = spec.task_specs[flow.target]
            is_hidden = not behind.is_reported and not isinstance(behind, Gathering)
            found += self.visible_flows(spec, behind) if is_hidden else [flow]
        return found


def key_of(scope: Scope) -> Key:
    """Give the key of an open scope."""
    return (scope.version.ref if scope.version else "", scope.spec.name)


def scopes_around(scope: Scope) -> Iterator[Scope]:
    """Give a scope and those around it."""
    yield scope
    while (holder := scope.holder) is not None:
        scope = holder.workflow
        yield scope


def is_usable(scope: Scope) -> bool:
    """Tell whether tokens may be put here: not where what has completed is being undone, nor where all has ended."""
    for each in scopes_around(scope):
        holder = each.holder
        if each.completed or (holder is not None and isinstance(holder.task_spec, Undo)):
            return False
        if holder is not None and (holder.internal_data.get("cancelled") or holder._state == TaskState.ERROR):
            return False
    return True


def is_instance(spec: ProcessSpec, node: Node) -> bool:
    """Tell whether a node is what a loop runs, under the loop's own id."""
    return any(isinstance(other, Loop) and other.inner == node.name for other in spec.task_specs.values())


def outer(spec: ProcessSpec, node: Node) -> Node:
    """Give the loop around a node, or the node itself."""
    loops = (other for other in spec.task_specs.values() if isinstance(other, Loop) and other.inner == node.name)
    return next(loops, node)


def opened(way: Way) -> Scope:
    """Open all that a way has to open, and give the innermost scope: nothing has been started in it.

    Event sub-processes and boundary events stand by; an interrupting event sub-process takes the place of what runs
    around it. Of a loop one instance is opened, without an item. Raises EngineError, BpmnError.
    """
    scope, body = way.scope, way.body
    for node in way.path:
        scope = _inside(scope, node, body)
        body = None
    return scope


def _inside(scope: Scope, node: Any, body: Token | None) -> Scope:
    if isinstance(node, EventSubProcess) and node.is_interrupting:
        scope.clear()
    local = None
    if isinstance(node, Loop):
        body = body or _loop(scope, node)
        local = node.lone(body)
        node = scope.spec.task_specs[node.inner]
    token = scope.make(node.name, body, local=local)
    node._update_hook(token)
    token.start()
    node.stand_by(token)
    node.open(token, is_empty=True)
    return scope.top_workflow.subprocesses[token.id]


def _loop(scope: Scope, node: Loop) -> Token:
    body = scope.make(node.name)
    if node.io is not None:
        node.io.enter(body)
    body.start()
    node.stand_by(body)
    return body
