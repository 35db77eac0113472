"""The XML Schema of BPMN 2.0 (the one SpiffWorkflow ships), with vendor extensions allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from bpmn import xml
from bpmn.bindings import is_computed
from bpmn.xml import Node, tag
from findings import Finding, Severity
from texts import Text

MAX_FINDINGS = 20
NAMESPACE = re.compile(r"\{[^}]*\}")
_lock = Lock()
"""An XMLSchema keeps the log of its last validation: one at a time."""


@cache
def _schema() -> Any:
    spec = find_spec("SpiffWorkflow")  # locates the package without importing it
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(next(iter(spec.submodule_search_locations))) / "bpmn" / "parser" / "schema"
    return etree.XMLSchema(etree.parse(str(folder / "BPMN20.xsd")))


def findings(root: Node, *, file: str = "") -> Iterator[Finding]:
    """Hold a parsed file against the schema; at most 20 errors, in the order of the document."""
    root = _mended(root)
    with _lock:
        schema = _schema()
        if schema.validate(root):
            return
        errors = [(entry.line, NAMESPACE.sub("", entry.message)) for entry in schema.error_log]
    by_line = {node.sourceline: node for node in root.iter("*") if node.get("id")}
    for line, message in errors[:MAX_FINDINGS]:
        node = by_line.get(line)
        yield Finding(
            rule="schema",
            severity=Severity.ERROR,
            message=Text(vi=f"Không đúng lược đồ BPMN 2.0: {message}", en=f"Not valid BPMN 2.0: {message}"),
            file=file,
            element_id=(node.get("id") or "") if node is not None else "",
            element_name=(node.get("name") or "") if node is not None else "",
            line=line,
        )


def _mended(root: Node) -> Node:
    """Write what modelers write wrongly as it should be.

    A formalExpression where the schema wants a messagePath (bpmn-js); an expression as the name of a called process.
    """
    path = f"{tag('correlationPropertyRetrievalExpression')}/{tag('formalExpression')}"
    if root.find(f".//{path}") is None and not _computed(root):
        return root
    copy = deepcopy(root)
    for expression in copy.findall(f".//{path}"):
        expression.tag = xml.tag("messagePath")
    for call in _computed(copy):
        call.set("calledElement", "computed")
    return copy


def _computed(root: Node) -> list[Node]:
    return [call for call in root.iter(tag("callActivity")) if is_computed((call.get("calledElement") or "").strip())]
