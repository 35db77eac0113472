"""Which element of one version stands for which of another: by its id, unless a mapping says otherwise.

A mapping goes from ids of the source to ids of the target (elements, and flows that lead to a gateway), None for what
is to have no counterpart. An id of a called process may be written `process:id`; without that it is meant in the
process itself, else in all called ones that have it. Scopes follow what holds them: an element inside a sub-process
has its counterpart inside that sub-process's counterpart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bpmn.definition import Definition
from bpmn.renames import INSERTED_NODE, is_inserted
from bpmn.spiff.activities import EventSubProcess, SubProcess
from bpmn.spiff.calls import CallActivity
from bpmn.spiff.compensation import UNDO
from bpmn.spiff.compiler import Compiled
from bpmn.spiff.nodes import Node, ProcessSpec
from engine.compatibility import why_not
from texts import Text

EACH, GATHER = " [each]", " [gather]"
"""How the names of specs end that stand for a part of an element (loop_reader.py, quantities.py)."""
ENDINGS = ("", "_c", "_end", "_start")
"""What the normaliser puts behind an element's id in those of the nodes that it inserts around it."""

Given = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A scope of one of the two versions, with what its process was compiled with."""

    spec: ProcessSpec
    compiled: Compiled

    def inside(self, node: Any) -> Side | None:
        """Give the inside of a sub-process or of what a call always means; None: it is found when it is called."""
        if not isinstance(node, SubProcess) or (isinstance(node, CallActivity) and not node.is_static):
            return None
        return Side(spec=self.compiled.subprocess_specs[node.spec], compiled=self.compiled)

    @property
    def nodes(self) -> list[Any]:
        """Everything in it that a token can stand at, in the order of the file."""
        return [node for node in self.spec.task_specs.values() if isinstance(node, Node)]


def role_of(node: Any) -> str:
    """Tell which part of its element a node stands for; empty: the element itself."""
    if node.name == UNDO:
        return UNDO
    return next((ending for ending in (EACH, GATHER) if node.name.endswith(ending)), "")


class Pairing:
    """What a mapping means between two definitions."""

    def __init__(self, source: Definition, target: Definition, mapping: Given) -> None:
        self.source = Side(spec=source.compiled.spec, compiled=source.compiled)
        self.target = Side(spec=target.compiled.spec, compiled=target.compiled)
        self.mapping = dict(mapping)
        own = self.source.spec
        nodes = [node for scope in _scopes(self.source, own.process_key) for node in scope.nodes]
        self._own = {node.bpmn_id for node in nodes} | {flow for node in nodes for flow in node.incoming}
        self._found: dict[tuple[int, int, str], Any] = {}
        self._parts: dict[int, dict[tuple[str, str], Any]] = {}

    def wanted(self, process_key: str, id_: str) -> str | None:
        """Give the id that the mapping, or else the id itself, asks for in the target."""
        if (qualified := f"{process_key}:{id_}") in self.mapping:
            return bare(self.mapping[qualified])
        if id_ in self.mapping and (process_key == self.source.spec.process_key or id_ not in self._own):
            return bare(self.mapping[id_])
        return id_

    def counterpart(self, old: Side, new: Side, node: Any) -> Any:
        """Give the node of the target's scope that stands for one of the source's, or None."""
        place = (id(old.spec), id(new.spec), node.name)
        if place not in self._found:
            self._found[place] = self._look(old, new, node)
        return self._found[place]

    def part(self, side: Side, element_id: str, role: str) -> Any:
        """Give what stands in a scope for an element, or for a part of it, or None."""
        known = self._parts.get(id(side.spec))
        if known is None:
            known = self._parts[id(side.spec)] = {(node.bpmn_id, role_of(node)): node for node in side.nodes}
        return known.get((element_id, role))

    def _look(self, old: Side, new: Side, node: Any) -> Any:
        role = role_of(node)
        if role == UNDO:
            return new.spec.task_specs.get(UNDO)
        key = old.spec.process_key
        if node.bpmn_id.startswith(INSERTED_NODE):
            return self._inserted(old, new, node)
        wanted = self.wanted(key, node.bpmn_id)
        return self.part(new, wanted, role) if wanted else None

    def _inserted(self, old: Side, new: Side, node: Any) -> Any:
        """A gateway or an end that the normaliser wrote out goes with the element that it was written out for."""
        rest = node.bpmn_id.removeprefix(INSERTED_NODE)
        ids = {one.bpmn_id for one in old.nodes} | {old.spec.name.rpartition("/")[2]}
        for ending in ENDINGS:
            if rest.endswith(ending) and (around := rest.removesuffix(ending) if ending else rest) in ids:
                wanted = self.wanted(old.spec.process_key, around)
                return self.part(new, f"{INSERTED_NODE}{wanted}{ending}", "") if wanted else None
        return self.part(new, node.bpmn_id, "")

    def flow(self, old: Side, new: Side, gateway: Any, via: str) -> str | None:
        """Give the flow of the target by which a token came to a gateway, or None where there is none.

        By the mapping, else of the same id, else the only one from the counterpart of what it came from.
        """
        target = self.counterpart(old, new, gateway)
        asked = self.wanted(old.spec.process_key, via)
        if asked in target.incoming and (asked != via or not is_inserted(via)):
            return asked
        source = next((node for node in old.nodes if any(flow.id == via for flow in node.flows)), None)
        before = None if source is None or asked != via else self.counterpart(old, new, source)
        found = [] if before is None else [flow.id for flow in before.flows if flow.target == target.name]
        others = [] if source is None else [flow for flow in source.flows if flow.target == gateway.name]
        return found[0] if len(found) == len(others) == 1 else None

    def pairs(self) -> Iterator[tuple[Side, Side]]:
        """Give every scope of the source that has a counterpart, with it, the outer ones first."""
        seen: set[tuple[str, str]] = set()
        todo = [(self.source, self.target)]
        while todo:
            old, new = todo.pop(0)
            if (old.spec.name, new.spec.name) in seen:
                continue
            seen.add((old.spec.name, new.spec.name))
            yield old, new
            for node in old.nodes:
                other = self.counterpart(old, new, node)
                if other is None or why_not(node, other) is not None:
                    continue
                inner, its = old.inside(node), new.inside(other)
                if inner is not None and its is not None:
                    todo.append((inner, its))

    def problem(self, old: Side, new: Side, node: Any) -> Text | None:
        """Say why a token at a node cannot go over; None: it can."""
        other = self.counterpart(old, new, node)
        if other is not None:
            return why_not(node, other) or _ordered_otherwise(old, new, node, other)
        wanted = self.wanted(old.spec.process_key, node.bpmn_id)
        homes = [scope for scope in all_scopes(self.target) if any(part.bpmn_id == wanted for part in scope.nodes)]
        if wanted and homes:
            return LOOP_GONE if self.part(new, wanted, "") is not None else _elsewhere(wanted, homes[0])
        return SUB_PROCESS_GONE if old.inside(node) is not None else NO_TARGET


NO_TARGET = Text(
    "Phiên bản mới không có phần tử tương ứng: hãy chọn một phần tử trong bảng ánh xạ.",
    "The new version has no counterpart: choose one in the mapping.",
)
SUB_PROCESS_GONE = Text(
    "Phiên bản mới không có quy trình con này: hãy ánh xạ sang quy trình con khác, để nó chạy xong trước, hoặc "
    "chuyển bước đưa việc bên trong ra ngoài rồi mới chuyển phiên bản.",
    "The new version has not this sub-process: map another one, let it end first, or modify the instance: move what "
    "runs in it out of it, then migrate.",
)
LOOP_GONE = Text(
    "Chỉ một trong hai phần tử là hoạt động lặp, hoặc cần nhiều thẻ mới bắt đầu.",
    "Only one of the two is a loop, or needs several tokens to begin.",
)


def _elsewhere(wanted: str, home: Side) -> Text:
    """No token goes into a sub-process or out of one by a migration: what would its scope hold?"""
    around = home.spec.name.rpartition("/")[2] if home.spec.name != home.spec.process_key else ""
    where = Text(f"trong quy trình con “{around}”", f"in the sub-process “{around}”") if around else OUTSIDE
    return Text(
        f"“{wanted}” ở phiên bản mới nằm {where.vi}, là phạm vi khác: hãy chọn phần tử trong phạm vi tương ứng; hoặc "
        "chuyển bước về một phần tử có ở cả hai bên, chuyển phiên bản, rồi chuyển bước tới đó.",
        f"“{wanted}” stands {where.en} in the new version, which is another scope: choose an element in the "
        "corresponding one; or modify the instance: move to an element that both versions have, migrate, and move on.",
    )


OUTSIDE = Text("ngoài mọi quy trình con", "in no sub-process")


def bare(id_: str | None) -> str | None:
    """Give an id without the process in front of it; None for none."""
    return id_.rpartition(":")[2] if id_ else None


def all_scopes(side: Side) -> list[Side]:
    """Give every scope of a definition, those of called processes too."""
    specs = {id(spec): spec for spec in (side.spec, *side.compiled.subprocess_specs.values())}
    return [Side(spec=spec, compiled=side.compiled) for spec in specs.values()]


def _scopes(side: Side, process_key: str) -> list[Side]:
    return [scope for scope in all_scopes(side) if scope.spec.process_key == process_key]


def _ordered_otherwise(old: Side, new: Side, node: Any, other: Any) -> Text | None:
    """An ad-hoc sub-process keeps in its notes what comes next, or nothing of it."""
    inner, its = old.inside(node), new.inside(other)
    if inner is None or its is None or isinstance(node, EventSubProcess):
        return None
    one, another = inner.spec.ad_hoc, its.spec.ad_hoc
    if one is not None and another is not None and one.is_sequential != another.is_sequential:
        return Text(
            "Quy trình con tuỳ ý tuần tự và song song không thành nhau được.",
            "A sequential and a parallel ad-hoc sub-process cannot become each other.",
        )
    return None
