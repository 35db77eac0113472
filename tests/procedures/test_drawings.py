"""Every shipped diagram opens well laid out: all of it is drawn, nothing overlaps, lines are straight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest

from bpmn import reader, xml
from bpmn.xml import Node
from tests.procedures.shipped import SLUGS, files_of

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
CONTAINERS = ("participant", "lane")

every_bundle = pytest.mark.parametrize("slug", SLUGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of the drawing."""

    of: str
    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box, gap: float = 0) -> bool:
        """Tell whether two rectangles overlap, or come nearer than `gap`."""
        return (
            self.x < other.x + other.width + gap
            and other.x < self.x + self.width + gap
            and self.y < other.y + other.height + gap
            and other.y < self.y + self.height + gap
        )

    def holds(self, other: Box) -> bool:
        """Tell whether another rectangle lies inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


def root_of(slug: str) -> Node:
    """Parse a shipped diagram."""
    return reader.parse(files_of(slug)["process.bpmn"])


def box(of: str, node: Node | None) -> Box:
    """Read a shape's or label's rectangle."""
    bounds = node.find(BOUNDS) if node is not None else None
    assert bounds is not None, of
    sides = {side: float(bounds.get(side) or "nan") for side in ("x", "y", "width", "height")}
    return Box(of=of, **sides)


def elements(root: Node) -> dict[str, Node]:
    """Map the ids of everything in the diagram that can be drawn."""
    return {node.get("id") or "": node for node in root.iter() if xml.namespace(node.tag) == xml.namespace(root.tag)}


def shapes(root: Node) -> dict[str, Box]:
    """Map element ids to their shapes."""
    found = ((node.get("bpmnElement") or "", node) for node in root.iter(f"{DI}BPMNShape"))
    return {of: box(of, node) for of, node in found}


def nodes(root: Node) -> dict[str, Box]:
    """Give the shapes of flow nodes and notes, without pools and lanes."""
    known = elements(root)
    return {of: shape for of, shape in shapes(root).items() if xml.local(known[of]) not in CONTAINERS}


def edges(root: Node) -> dict[str, list[tuple[float, float]]]:
    """Map flow ids to their waypoints."""
    return {
        edge.get("bpmnElement") or "": [
            (float(point.get("x") or "nan"), float(point.get("y") or "nan")) for point in edge.iter(WAYPOINT)
        ]
        for edge in root.iter(f"{DI}BPMNEdge")
    }


def labels(root: Node) -> Iterator[Box]:
    """Give the rectangles of all labels."""
    for kind in ("BPMNShape", "BPMNEdge"):
        for node in root.iter(f"{DI}{kind}"):
            label = node.find(f"{DI}BPMNLabel")
            if label is not None:
                yield box(node.get("bpmnElement") or "", label)


def passes(segment: tuple[tuple[float, float], tuple[float, float]], through: Box) -> bool:
    """Tell whether a straight line runs through the inside of a rectangle."""
    (x0, y0), (x1, y1) = segment
    line = Box(of="", x=min(x0, x1), y=min(y0, y1), width=abs(x1 - x0), height=abs(y1 - y0))
    inside = Box(
        of="", x=through.x + 1, y=through.y + 1, width=max(through.width - 2, 0), height=max(through.height - 2, 0)
    )
    return line.meets(inside)


@every_bundle
def test_everything_is_drawn(slug: str) -> None:
    root = root_of(slug)
    process = root.find(xml.tag("process"))
    assert process is not None
    wanted = {node.get("id") for node in xml.flow_nodes(process)} | {x.get("id") for x in root.iter(xml.tag("lane"))}
    assert wanted <= set(shapes(root))
    assert {flow.get("id") for flow in root.iter(xml.tag("sequenceFlow"))} <= set(edges(root))
    named = {
        x.get("id") for x in xml.flow_nodes(process) if x.get("name") and xml.local(x).endswith(("Event", "Gateway"))
    }
    named |= {flow.get("id") for flow in root.iter(xml.tag("sequenceFlow")) if flow.get("name")}
    assert named <= {label.of for label in labels(root)}


@every_bundle
def test_no_two_shapes_touch(slug: str) -> None:
    root = root_of(slug)
    known, found = elements(root), nodes(root)
    for one, other in combinations(found.values(), 2):
        hosts = {known[one.of].get("attachedToRef"), known[other.of].get("attachedToRef")}
        if not hosts & {one.of, other.of}:
            assert not one.meets(other, gap=8), f"{one.of} and {other.of}"


@every_bundle
def test_each_step_lies_in_its_lane_and_each_lane_in_its_pool(slug: str) -> None:
    root = root_of(slug)
    found = shapes(root)
    pools = [found[pool.get("id") or ""] for pool in root.iter(xml.tag("participant"))]
    for lane in root.iter(xml.tag("lane")):
        here = found[lane.get("id") or ""]
        assert any(pool.holds(here) for pool in pools)
        for reference in lane.findall(xml.tag("flowNodeRef")):
            assert here.holds(found[xml.text_of(reference)]), f"{xml.text_of(reference)} in {lane.get('name')}"


@every_bundle
def test_lines_are_upright_or_level_and_end_on_what_they_join(slug: str) -> None:
    root = root_of(slug)
    found, drawn = shapes(root), edges(root)
    for flow in root.iter(xml.tag("sequenceFlow")):
        points = drawn[flow.get("id") or ""]
        assert all(x0 == x1 or y0 == y1 for (x0, y0), (x1, y1) in pairwise(points)), flow.get("id")
        for (x, y), end in ((points[0], flow.get("sourceRef")), (points[-1], flow.get("targetRef"))):
            shape = found[end or ""]
            on_side = x in (shape.x, shape.x + shape.width) and shape.y <= y <= shape.y + shape.height
            on_level = y in (shape.y, shape.y + shape.height) and shape.x <= x <= shape.x + shape.width
            assert on_side or on_level, f"{flow.get('id')} does not reach {end}"


@every_bundle
def test_no_line_runs_through_a_shape_or_a_label(slug: str) -> None:
    root = root_of(slug)
    flows = {flow.get("id") or "": flow for flow in root.iter(xml.tag("sequenceFlow"))}
    known = elements(root)
    for id_, points in edges(root).items():
        if id_ not in flows:
            continue
        ends = {flows[id_].get("sourceRef"), flows[id_].get("targetRef")}
        ends |= {known[end or ""].get("attachedToRef") for end in ends}
        for segment in pairwise(points):
            for shape in nodes(root).values():
                assert shape.of in ends or not passes(segment, shape), f"{id_} through {shape.of}"
            for label in labels(root):
                assert not passes(segment, label), f"{id_} through the label of {label.of}"


@every_bundle
def test_labels_hide_nothing(slug: str) -> None:
    root = root_of(slug)
    found = list(labels(root))
    for one, other in combinations(found, 2):
        assert not one.meets(other), f"labels of {one.of} and {other.of}"
    for label in found:
        for shape in nodes(root).values():
            assert not label.meets(shape), f"label of {label.of} on {shape.of}"
