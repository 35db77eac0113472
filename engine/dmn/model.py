"""What DMN files say, read once: immutable and shared between threads. Words as in DMN 1.4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.dmn.boxes import Box, Function
from texts import Text

__all__ = ["Decision", "Import", "Input", "Item", "Kind", "Knowledge", "Model", "Node", "Reference", "Service"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Which element of which model: an `href` (DMN 1.4, 6.3.16). `namespace` is empty for the own model."""

    namespace: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """Input data: what is given from outside."""

    id: str
    name: str
    """Of its variable."""
    label: str = ""
    """Of the element, where that differs."""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision, and what its logic sees."""

    id: str
    name: str
    result: str
    """The variable that its result has in decisions that need it."""
    type: str = ""
    needs: tuple[Reference, ...] = ()
    """Input data and decisions (information requirements)."""
    calls: tuple[Reference, ...] = ()
    """Business knowledge models and decision services (knowledge requirements)."""
    logic: Box | None = None
    """None: it has none; its result is null unless it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """A business knowledge model: a function by its name."""

    id: str
    name: str
    type: str = ""
    calls: tuple[Reference, ...] = ()
    logic: Function | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A decision service: some decisions as a function of others and of input data (DMN 1.4, 10.4)."""

    id: str
    name: str
    type: str = ""
    outputs: tuple[Reference, ...] = ()
    inputs: tuple[Reference, ...] = ()
    """Input data, then input decisions: the order of its parameters."""
    inside: tuple[Reference, ...] = ()
    """Encapsulated decisions."""


Node = Input | Decision | Knowledge | Service


class Kind(StrEnum):
    """What an item definition describes besides a simple type."""

    SIMPLE = "simple"
    """Another type, perhaps with fewer values."""
    STRUCTURE = "structure"
    """A context with components."""
    FUNCTION = "function"
    """A function; `base` is the type of its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item definition (DMN 1.4, 7.3.2)."""

    name: str
    base: str = ""
    kind: Kind = Kind.SIMPLE
    is_collection: bool = False
    allowed: str = ""
    """Unary tests of each value (of each entry of a collection)."""
    constraint: str = ""
    """Unary tests of the value as a whole (`typeConstraint`, DMN 1.4)."""
    components: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Another model's elements under a name; without a name they stand beside the own ones (DMN 1.4, 6.3.3)."""

    name: str
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One file."""

    namespace: str
    name: str
    file: str = ""
    nodes: Mapping[str, Node] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    imports: tuple[Import, ...] = ()
    merged: frozenset[str] = frozenset()
    """Namespaces of the models that it is made of, where it imports some without a name."""
    faults: Mapping[str, Text] = field(default_factory=dict)
    """Elements that are not evaluated as drawn, and why; "" stands for all of them."""
