"""What every check is made of: the registry, and the words to make a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from bpmn import xml
from bpmn.model import Process
from bpmn.xml import Node
from findings import Finding, Severity
from texts import Text

Check = Callable[[Node, Process], Iterable[Finding]]

MAX_NODES = 500
"""Flow nodes of a process, its sub-processes included."""
MAX_FLOWS = 2000
MAX_FINDINGS = 300

CHECKS: list[Check] = []
"""Every check of one process, in the order of import."""


def check(function: Callable[[Node], Iterable[Finding]]) -> Callable[[Node], Iterable[Finding]]:
    """Register a check that looks at the XML of one process only: `(process_xml) -> findings`."""
    CHECKS.append(lambda node, _: function(node))
    return function


def check_read(function: Check) -> Check:
    """Register a check that needs what was read from a process, too: `(process_xml, process) -> findings`."""
    CHECKS.append(function)
    return function


def of_process(node: Node, process: Process, *, file: str = "") -> tuple[Finding, ...]:
    """Run every check on one process whose elements all have ids; at most 300 findings, errors first."""
    all_ = tuple(too_large(node)) or tuple(finding for function in CHECKS for finding in function(node, process))
    unique = dict.fromkeys(replace(finding, file=file) for finding in all_)
    return tuple(sorted(unique, key=_weight)[:MAX_FINDINGS])


def _weight(finding: Finding) -> tuple[bool, int, str, str]:
    return finding.severity is not Severity.ERROR, finding.line or 0, finding.rule, finding.element_id


def too_large(process_xml: Node) -> Iterator[Finding]:
    """Refuse a process too large to be read by people and checked in reasonable time."""
    for count, most, vi, en in (
        (sum(1 for _ in nodes(process_xml)), MAX_NODES, "bước", "steps"),
        (sum(1 for _ in flows(process_xml)), MAX_FLOWS, "luồng", "flows"),
    ):
        if count > most:
            yield found(
                "process-too-large",
                process_xml,
                f"Quy trình có {count} {vi}, tối đa {most}. Hãy tách thành các quy trình được gọi.",
                f"The process has {count} {en}, at most {most}. Split it into called processes.",
            )


def found(rule: str, node: Node, vi: str, en: str, severity: Severity = Severity.ERROR) -> Finding:
    """Make a finding about the flow node, flow or process that `node` is or lies in."""
    bearer = next((x for x in (node, *node.iterancestors()) if x.get("id") and _is_drawn(x)), node)
    return Finding(
        rule=rule,
        severity=severity,
        message=Text(vi=vi, en=en),
        element_id=bearer.get("id") or "",
        element_name=" ".join((bearer.get("name") or "").split())[:200],
        line=node.sourceline,
    )


def warned(rule: str, node: Node, vi: str, en: str) -> Finding:
    """Make a warning: it runs, but probably not as meant."""
    return found(rule, node, vi, en, Severity.WARNING)


def noted(rule: str, node: Node, vi: str, en: str) -> Finding:
    """Make a remark: nothing to mend."""
    return found(rule, node, vi, en, Severity.INFO)


def _is_drawn(node: Node) -> bool:
    return xml.is_flow_node(node) or xml.local(node) in (
        "sequenceFlow",
        "process",
        "participant",
        "lane",
        "dataObjectReference",
        "message",
        "signal",
        "error",
    )


def nodes(process: Node, *kinds: str) -> Iterator[Node]:
    """Walk the flow nodes of these kinds at any depth; of all kinds when none is named."""
    return (node for node in xml.flow_nodes(process) if not kinds or xml.local(node) in kinds)


def flows(process: Node) -> Iterator[Node]:
    """Walk the sequence flows at any depth."""
    return process.iterdescendants(xml.tag("sequenceFlow"))


def scopes(process: Node) -> Iterator[Node]:
    """Walk the process and its sub-processes, outermost first."""
    yield process
    yield from nodes(process, *xml.SUB_PROCESSES)


def is_true(node: Node, name: str, *, default: bool = False) -> bool:
    """Read a boolean attribute as XML Schema writes it."""
    value = (node.get(name) or "").strip()
    return value in ("true", "1") if value else default
