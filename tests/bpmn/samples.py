"""Small diagrams, written as modelers write them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from bpmn.bundle import Bundle, read
from findings import Finding, Severity

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:motcua="urn:motcua:bpmn" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0" xmlns:signavio="http://www.signavio.com" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
FORM = b'{"type": "default", "id": "application", "components": []}'
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="grade" name="Grade"><decisionTable id="t"/></decision></definitions>"""


WILD = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "wild").glob("*.bpmn"))}
"""Diagrams as other tools write them: Camunda Modeler 5 (platforms 7 and 8), SpiffArena, Signavio."""


def diagram(body: str, *, process: str = 'id="p" name="P" isExecutable="true"', around: str = "") -> bytes:
    """Wrap the content of a process into a file; `around` stands beside the process."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {NAMESPACES} id="d" targetNamespace="urn:x">\n{around}'
        f"<process {process}>\n{body}\n</process>\n</definitions>"
    ).encode()


def flow(source: str, target: str, condition: str = "", *, id: str = "") -> str:
    """Write a sequence flow."""
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    name = id or f"{source}_{target}"
    return f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def chain(*steps: str) -> str:
    """Write steps one behind the other, each given as XML with an id, between a start `s` and an end `e`."""
    parts = ['<startEvent id="s"/>', *steps, '<endEvent id="e"/>']
    ids = [part.split('id="', 1)[1].split('"', 1)[0] for part in parts]
    return "".join(parts) + "".join(flow(a, b) for a, b in pairwise(ids))


def upload(
    body: str, *, process: str = 'id="p" name="P" isExecutable="true"', around: str = "", **more: bytes
) -> Bundle:
    """Read a bundle of one diagram, a form application.form and a decision `grade`."""
    files = {"p.bpmn": diagram(body, process=process, around=around), "application.form": FORM, "grade.dmn": TABLE}
    return read({**files, **{name.replace("_", "."): data for name, data in more.items()}})


def rules(found: Bundle, severity: Severity = Severity.ERROR) -> set[str]:
    """Give the rules of a bundle's findings of one severity."""
    return {finding.rule for finding in found.findings if finding.severity is severity}


def of_rule(found: Bundle, rule: str) -> list[Finding]:
    """Give the findings of one rule."""
    return [finding for finding in found.findings if finding.rule == rule]


U = '<userTask id="u" motcua:candidateGroups="a"/>'
CONDITION = "<conditionalEventDefinition><condition>n &gt; 1</condition></conditionalEventDefinition>"


def task(inner: str = "", *, id: str = "u", attributes: str = "") -> str:
    return f'<userTask id="{id}" motcua:candidateGroups="a" {attributes}>{inner}</userTask>'


def event(kind: str, definition: str, *, id: str = "v", attributes: str = "") -> str:
    return f'<{kind} id="{id}" {attributes}>{definition}</{kind}>'
