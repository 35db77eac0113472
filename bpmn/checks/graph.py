"""Where a token can go: the sequence flows of one scope as a graph of ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bpmn import xml
from bpmn.xml import Node, local, tag

Edges = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """One scope: its flow nodes by id, what follows each, and which boundary events stand on it."""

    nodes: Mapping[str, Node]
    after: Edges
    before: Edges = field(default_factory=dict)
    boundaries: Edges = field(default_factory=dict)
    begins_at_once: bool = False
    """Everything that no flow leads to is active from the beginning (a parallel ad-hoc sub-process)."""

    @classmethod
    def of(cls, scope: Node) -> Graph:
        """Read the graph of a process or sub-process: flows and links."""
        inside = {node.get("id") or "": node for node in scope if xml.is_flow_node(node)}
        after: dict[str, list[str]] = {}
        before: dict[str, list[str]] = {}
        boundaries: dict[str, list[str]] = {}
        joined = [(flow.get("sourceRef") or "", flow.get("targetRef") or "") for flow in _flows(scope)] + _links(scope)
        for source, target in joined:
            if source in inside and target in inside:
                after.setdefault(source, []).append(target)
                before.setdefault(target, []).append(source)
        for id_, node in inside.items():
            if local(node) == "boundaryEvent":
                boundaries.setdefault(node.get("attachedToRef") or "", []).append(id_)
        at_once = local(scope) == "adHocSubProcess" and scope.get("ordering", "Parallel").strip() != "Sequential"
        return cls(
            nodes=inside,
            after=_frozen(after),
            before=_frozen(before),
            boundaries=_frozen(boundaries),
            begins_at_once=at_once,
        )

    def reach(self, start: Iterable[str], *, without: str = "") -> frozenset[str]:
        """Give what a token at `start` can come to (start included), boundary events too, never through `without`."""
        seen: set[str] = set()
        waiting = [id_ for id_ in start if id_ in self.nodes]
        while waiting:
            id_ = waiting.pop()
            if id_ in seen or id_ == without:
                continue
            seen.add(id_)
            waiting += (*self.after.get(id_, ()), *self.boundaries.get(id_, ()))
        return frozenset(seen)

    def together(self, among: Collection[str]) -> frozenset[tuple[str, str]]:
        """Give the pairs (both orders) of those nodes that can be active at once, as far as the drawing tells.

        Two nodes are beside each other when, of some split, one branch leads to the first only and another to the
        second only: what all branches come to lies behind their join.
        """
        pairs: set[tuple[str, str]] = set()
        for branches in self._branches():
            # which branches come to each node, as the bits of a number
            masks = {id_: sum(1 << n for n, branch in enumerate(branches) if id_ in branch) for id_ in among}
            come = [(id_, mask) for id_, mask in masks.items() if mask]
            pairs |= {(a, b) for a, one in come for b, other in come if one & ~other and other & ~one}
        return frozenset(pairs)

    def _branches(self) -> Iterator[list[frozenset[str]]]:
        """Give, for each place where one token becomes several, what each of the branches can come to."""
        if self.begins_at_once:
            loose = [id_ for id_ in self.nodes if not self.before.get(id_)]
            yield [self.reach([id_]) for id_ in loose if local(self.nodes[id_]) != "boundaryEvent"]
        for id_, node in self.nodes.items():
            targets, kind = set(self.after.get(id_, ())), local(node)
            if kind not in ("exclusiveGateway", "eventBasedGateway") and len(targets) > 1:
                yield [self.reach([target], without=id_) for target in targets]
            for boundary in self.boundaries.get(id_, ()):
                if self.nodes[boundary].get("cancelActivity") in ("false", "0"):
                    beside = self.reach(self.after.get(boundary, ()), without=id_)
                    yield [frozenset((id_,)) | self.reach(targets, without=id_), beside]


def _flows(scope: Node) -> list[Node]:
    """Give the flows of a scope, also those that a modeler wrote further out."""
    inside = {node.get("id") for node in scope if xml.is_flow_node(node)}
    return [flow for flow in xml.root_of(scope).iter(tag("sequenceFlow")) if flow.get("sourceRef") in inside]


def _links(scope: Node) -> list[tuple[str, str]]:
    caught: dict[str, str] = {}
    thrown: list[tuple[str, str]] = []
    for definition in scope.iterdescendants(tag("linkEventDefinition")):
        event = definition.getparent()
        if event is None or event.getparent() is not scope:
            continue
        if local(event) == "intermediateCatchEvent":
            caught[(definition.get("name") or "").strip()] = event.get("id") or ""
        else:
            thrown.append((event.get("id") or "", (definition.get("name") or "").strip()))
    return [(id_, caught[name]) for id_, name in thrown if name in caught]


def _frozen(edges: Mapping[str, list[str]]) -> Edges:
    return {id_: tuple(targets) for id_, targets in edges.items()}
