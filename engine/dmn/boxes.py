"""Boxed expressions as drawn: everything that may stand where DMN allows an expression (DMN 1.4, 10.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HitPolicy(StrEnum):
    """What a table gives when rules match (DMN 1.4, 8.2.10)."""

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
    """A FEEL text and the id of the element that holds it: a literal expression, or a cell of a table."""

    id: str
    source: str
    type: str = ""
    """`typeRef`: what its value is made to be, or null."""
    is_valid: bool = True
    """Whether it is FEEL at all; if not, its value is null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputColumn:
    """One input column: what is asked."""

    label: str
    expression: Cell
    values: Cell | None = None
    """The values that may be asked about."""
    is_bound: bool = True
    """Whether other values make the table give null; if not, `values` is a hint."""
    variable: str = ""
    """Under what name cells see the value (Camunda 7's `inputVariable`), besides `?`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputColumn:
    """One output column: what is answered."""

    name: str
    type: str = ""
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
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]
    aggregator: Aggregator | None = None
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A name and a type: a formal parameter, or a column of a relation."""

    name: str
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of a context, or the value bound to a parameter of an invocation."""

    name: str
    """Empty: the result entry of a context."""
    value: Box | None
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Named values, each seeing those before; with a result entry, that one's value (DMN 1.4, 10.2.1.4)."""

    id: str
    entries: tuple[Entry, ...]
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A function called with named values (DMN 1.4, 10.2.1.3)."""

    id: str
    called: Box | None
    bindings: tuple[Entry, ...]
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function with FEEL logic (DMN 1.4, 10.2.1.7); it sees what is in scope where it stands."""

    id: str
    parameters: tuple[Parameter, ...]
    body: Box | None
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBox:
    """A list of values (DMN 1.4, 10.2.1.5)."""

    id: str
    items: tuple[Box | None, ...]
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A list of contexts of the same entries (DMN 1.4, 10.2.1.6)."""

    id: str
    columns: tuple[Parameter, ...]
    rows: tuple[tuple[Box | None, ...], ...]
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """if, then, else (DMN 1.4, 10.2.1.8)."""

    id: str
    condition: Box | None
    then: Box | None
    otherwise: Box | None
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The entries of a list that match (DMN 1.4, 10.2.1.9)."""

    id: str
    among: Box | None
    match: Box | None
    type: str = ""


class Loop(StrEnum):
    """What an iterator makes of what it does with each entry (DMN 1.4, 10.2.1.10)."""

    FOR = "for"
    """A list of the results."""
    SOME = "some"
    """Whether it is true of one."""
    EVERY = "every"
    """Whether it is true of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration:
    """for, some, every."""

    id: str
    loop: Loop
    variable: str
    among: Box | None
    body: Box | None
    type: str = ""


Box = Cell | Table | Context | Invocation | Function | ListBox | Relation | Conditional | Filter | Iteration
"""Any expression. Where one may be missing, None stands for null."""
