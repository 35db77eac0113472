"""What a DMN file says, read once: immutable and shared between threads. Words as in DMN 1.3."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class HitPolicy(StrEnum):
    """What a table gives when rules match (DMN 1.3, 8.2.10)."""

    UNIQUE = "UNIQUE"
    """At most one rule matches; more are an error."""
    FIRST = "FIRST"
    """The first rule that matches."""
    PRIORITY = "PRIORITY"
    """The matching rule whose outputs come first in the lists of output values."""
    ANY = "ANY"
    """Any matching rule: all must agree."""
    COLLECT = "COLLECT"
    """All of them, or their sum, least, greatest or number."""
    RULE_ORDER = "RULE ORDER"
    """All of them, in the order of the rules."""
    OUTPUT_ORDER = "OUTPUT ORDER"
    """All of them, in the order of the lists of output values."""

    @property
    def gives_a_list(self) -> bool:
        """Say whether several rules may match."""
        return self in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)

    @property
    def is_ordered_by_values(self) -> bool:
        """Say whether it needs lists of output values."""
        return self in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


class Aggregator(StrEnum):
    """What COLLECT makes of the outputs."""

    SUM = "SUM"
    """Their sum; null of none."""
    MIN = "MIN"
    """The least; null of none."""
    MAX = "MAX"
    """The greatest; null of none."""
    COUNT = "COUNT"
    """How many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A FEEL text and the id of the element that holds it."""

    id: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input column: what is asked."""

    label: str
    expression: Cell
    type: str = ""
    """`typeRef`; date and dateTime turn ISO 8601 texts into moments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output column: what is answered."""

    name: str
    values: Cell | None = None
    """The allowed values, best first: what PRIORITY and OUTPUT ORDER order by."""
    default: Cell | None = None
    """The answer where no rule matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row; `number` counts from 1, as the modeler shows it."""

    id: str
    number: int
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    annotation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A decision table; each rule has a cell for each column."""

    id: str
    policy: HitPolicy
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    aggregator: Aggregator | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision, and the decisions whose results it needs first."""

    key: str
    name: str
    result: str
    """The variable that its result has in decisions that need it."""
    requires: tuple[str, ...] = ()
    logic: Table | Cell | None = field(default=None)
    """A table or a literal expression; None: it has a finding that says why not."""
