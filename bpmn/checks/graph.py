"""Where a token can go: the sequence flows of one scope as a graph of ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bpmn import xml
from bpmn.normalise import has_condition
from bpmn.xml import Node, local, tag

Edges = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """One scope: its flow nodes by id, what follows each, and which boundary events stand on it."""

    nodes: Mapping[str, Node]
    after: Edges
    before: Edges = field(default_factory=dict)
    boundaries: Edges = field(default_factory=dict)

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
        return cls(nodes=inside, after=_frozen(after), before=_frozen(before), boundaries=_frozen(boundaries))

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

    def in_loop(self, id_: str) -> bool:
        """Tell whether a token that leaves a node can come back to it."""
        return id_ in self.reach((*self.after.get(id_, ()), *self.boundaries.get(id_, ())))

    def branches(self) -> list[tuple[frozenset[str], ...]]:
        """Give, for each place where one token becomes several, what each of the branches can come to."""
        found: list[tuple[frozenset[str], ...]] = []
        for id_, node in self.nodes.items():
            targets, kind = self.after.get(id_, ()), local(node)
            if kind not in ("exclusiveGateway", "eventBasedGateway") and len(targets) > 1:
                found.append(tuple(self.reach([target], without=id_) for target in targets))
            stays = [b for b in self.boundaries.get(id_, ()) if self.nodes[b].get("cancelActivity") in ("false", "0")]
            found += [
                (frozenset((id_,)) | self.reach(targets, without=id_), self.reach(self.after.get(b, ()), without=id_))
                for b in stays
            ]
        return found

    def together(self) -> frozenset[tuple[str, str]]:
        """Give the pairs of nodes that can be active at once (both orders), as far as the drawing tells.

        What both branches of a split come to counts as lying behind their join.
        """
        pairs: set[tuple[str, str]] = set()
        for branches in self.branches():
            for one in branches:
                for other in branches:
                    if one is not other:
                        pairs |= {(a, b) for a in one - other for b in other - one}
        return frozenset(pairs)


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


__all__ = ["Graph", "has_condition"]
