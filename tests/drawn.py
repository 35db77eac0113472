"""Diagrams of any size: people's tasks with limits and reminders, scripts, choices and parallel branches in turn."""

from __future__ import annotations

import re

from tests.engine.diagrams import boundary, cycle, end, fork, process, script, start, user, xor

STRETCH = 10
"""Flow nodes of one stretch."""
NODES = re.compile(r'<(?:\w+Event|\w+Task|\w+Gateway) id="(\w+)"')
FLOWS = re.compile(r'<sequenceFlow id="(\w+)"')
DRAWING = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)


def drawn(key: str, nodes: int) -> bytes:
    """Give a diagram of about so many flow nodes and a quarter more flows, with its drawing."""
    parts, last = [start("s"), end("e"), end("reminded")], "s"
    for number in range(max(1, (nodes - 3) // STRETCH)):
        do, bell, tell, note, which, more, both, a, b, met = (
            f"{name}{number}" for name in ("do", "bell", "tell", "note", "which", "more", "both", "a", "b", "met")
        )
        parts += [
            user(do, name=f"Thẩm định {number}", motcua__candidateGroups="specialist", motcua__limit="5 working_days"),
            boundary(bell, do, cycle("R3/P1D"), interrupting=False),
            script(tell, f"told{number} = {number}"),
            script(note, f"n{number} = amount * {number} + 1"),
            xor(which),
            user(more, name=f"Bổ sung {number}", motcua__assignee="${applicant}"),
            fork(both),
            user(a, name=f"Ý kiến A {number}", motcua__candidateGroups="a"),
            user(b, name=f"Ý kiến B {number}", motcua__candidateGroups="b"),
            fork(met),
            f"{last} -> {do} -> {note} -> {which}",
            f"{which} -> {both} if n{number} > 100",
            f"{which} -> {more} else",
            f"{more} -> {do}",
            f"{bell} -> {tell} -> reminded",
            f"{both} -> {a} -> {met}",
            f"{both} -> {b} -> {met}",
        ]
        last = met
    return _with_drawing(process(key, *parts, f"{last} -> e").decode(), key)


def _with_drawing(xml: str, key: str) -> bytes:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{node}_di" bpmnElement="{node}"><dc:Bounds x="{place * 150}" y="100" width="100" '
        'height="80"/></bpmndi:BPMNShape>'
        for place, node in enumerate(NODES.findall(xml))
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}"><di:waypoint x="{place * 150}" y="140"/>'
        f'<di:waypoint x="{place * 150 + 50}" y="140"/></bpmndi:BPMNEdge>'
        for place, flow in enumerate(FLOWS.findall(xml))
    )
    plane = f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="plane" bpmnElement="{key}">{shapes}{edges}'
    plane += "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    return xml.replace("<definitions ", f"<definitions {DRAWING} ", 1).replace("</definitions>", plane).encode()
