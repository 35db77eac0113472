"""Fidelity: one small diagram per row of the specification and direction, played through the engine.

Each test says with `@row` what it shows; docs/reference/bpmn-support.md is generated from these marks (dev/support.py),
so that the table can claim nothing that no test shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bpmn import bundle
from findings import errors_among

Test = TypeVar("Test", bound=Callable[..., object])

GROUPS = ("Structure", "Flows", "Gateways", "Activities", "Events", "Data", "Invalid models")
"""The sections of the table, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a generated table."""

    group: str
    element: str
    behaviour: str
    section: str
    is_refused: bool
    table: str


def row(
    element: str, behaviour: str, *, section: str, group: str, refused: bool = False, table: str = "bpmn"
) -> Callable[[Test], Test]:
    """Mark a test as what shows that `element` behaves so (or is refused so).

    `element` and `behaviour` are English words of the table; `section` is that of BPMN 2.0.2 or DMN 1.4, such as
    `10.3.8`, or the name of the vendor's documentation page; `group` one of GROUPS for the table `bpmn`. Tables: bpmn,
    dmn, camunda, zeebe, flowable, spiffworkflow. Several rows may be put on one test.
    """
    assert table != "bpmn" or group in GROUPS, group

    def mark(test: Test) -> Test:
        said = Row(group=group, element=element, behaviour=behaviour, section=section, is_refused=refused, table=table)
        test.__dict__.setdefault("rows", []).append(said)
        return test

    return mark


def accepted(*files: bytes, **known: object) -> bool:
    """Say whether an upload of these diagrams passes the checks; names what does not."""
    read = bundle.read({f"{n}.bpmn": xml for n, xml in enumerate(files)}, **known)  # type: ignore[arg-type]
    wrong = [(f.rule, f.element_id, f.message.en) for f in errors_among(read.findings)]
    assert not wrong, wrong
    return True


def refused(*files: bytes) -> set[str]:
    """Give the rules by which an upload of these diagrams is refused."""
    read = bundle.read({f"{n}.bpmn": xml for n, xml in enumerate(files)})
    return {finding.rule for finding in errors_among(read.findings)}
