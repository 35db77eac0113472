"""What the tests of DMN's rows share: files that the check takes, and what their decisions are worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpmn import bundle
from engine import decisions
from findings import Severity
from tests.engine.tables import definitions
from tests.fidelity import row

TABLES, BOXES, REQUIREMENTS = "Decision tables", "Boxed expressions", "Requirements"
TYPES, CALLS = "Types", "Calls"
BANDS = ([">= 50", '"a"'], [">= 30", '"b"'], [">= 10", '"c"'])
ORDERED = ['"b", "a", "c"']


def accepted(*parts: str, others: Mapping[str, bytes] | None = None) -> decisions.Decisions:
    """Read a file that the upload check takes."""
    data, rest = definitions(*parts), dict(others or {})
    read = bundle.read({"x.dmn": data, **rest})
    found = decisions.read(data, others=tuple(rest.items()))
    assert [one for one in (*read.findings, *found.findings) if one.severity is Severity.ERROR] == []
    return found


def worth(*parts: str, ask: str = "d", others: Mapping[str, bytes] | None = None, **variables: Any) -> Any:
    """Give what a decision of a file is, as DMN says to the letter."""
    return decisions.try_out(accepted(*parts, others=others), ask, variables).outputs


def refused(*parts: str) -> list[tuple[str, str]]:
    """Give the rule and element of each error that the upload check finds."""
    found = decisions.read(definitions(*parts)).findings
    return [(one.rule, one.element_id) for one in found if one.severity is Severity.ERROR]


def dmn(element: str, behaviour: str, section: str, group: str, *, refused: bool = False) -> Any:
    return row(element, behaviour, section=section, group=group, table="dmn", refused=refused)
