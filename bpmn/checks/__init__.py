"""The upload check: what would be silently ignored, misread or crash is refused by name, with what to do instead.

One file per family; each rule is one small function `(process_xml, process) -> findings` under `@check`, or one row of
a table, so that a rule is deleted in one place when the engine learns the element. references.py looks across files.
May import bpmn, expressions, findings, texts. Must never raise for bad content, and never change the tree.
"""

from __future__ import annotations

from bpmn.checks import (
    acts,
    adhoc,
    cardinalities,
    compensation,
    data,
    dialects,
    duties,
    events,
    expressions,
    foreign,
    gateways,
    java,
    legal,
    limits,
    refused,
    structure,
    tasks,
    vocabulary,
)
from bpmn.checks.base import CHECKS, of_process

__all__ = [
    "CHECKS",
    "acts",
    "adhoc",
    "cardinalities",
    "compensation",
    "data",
    "dialects",
    "duties",
    "events",
    "expressions",
    "foreign",
    "gateways",
    "java",
    "legal",
    "limits",
    "of_process",
    "refused",
    "structure",
    "tasks",
    "vocabulary",
]
