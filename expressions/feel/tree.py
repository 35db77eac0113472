"""What the parser makes of a source. Each node knows how high and how large it is: limits are kept while parsing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from expressions.feel.types import ANY, Type
from expressions.feel.values import kind_of


@dataclass(slots=True, eq=False)
class Node:
    """A part of an expression."""

    height: int = field(default=1, init=False)
    size: int = field(default=1, init=False)
    place: int = field(default=0, init=False)


@dataclass(slots=True, eq=False)
class Const(Node):
    """A literal."""

    value: Any


@dataclass(slots=True, eq=False)
class Name(Node):
    """A name in scope."""

    name: str


@dataclass(slots=True, eq=False)
class Negation(Node):
    """`-a`"""

    value: Node


@dataclass(slots=True, eq=False)
class Arithmetic(Node):
    """`a + b - c`: operators of one level, from the left."""

    first: Node
    rest: list[tuple[str, Node]]


@dataclass(slots=True, eq=False)
class Logic(Node):
    """`a and b and c`, or the same with or."""

    word: str
    parts: list[Node]


@dataclass(slots=True, eq=False)
class Comparison(Node):
    """`a < b`"""

    sign: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class Between(Node):
    """`a between b and c`"""

    value: Node
    low: Node
    high: Node


@dataclass(slots=True, eq=False)
class Test(Node):
    """`< a` as a unary test, or as a range where a value is wanted."""

    sign: str
    value: Node


@dataclass(slots=True, eq=False)
class In(Node):
    """`a in b`, `a in (b, c)`"""

    value: Node
    tests: list[Node]


@dataclass(slots=True, eq=False)
class InstanceOf(Node):
    """`a instance of b`"""

    value: Node
    type: Type


@dataclass(slots=True, eq=False)
class Path(Node):
    """`a.b`"""

    value: Node
    name: str


@dataclass(slots=True, eq=False)
class Filter(Node):
    """`a[b]`"""

    value: Node
    condition: Node


@dataclass(slots=True, eq=False)
class Call(Node):
    """`a(b, c)` or `a(x: b, y: c)`"""

    function: Node
    arguments: list[Node]
    names: list[str] | None


@dataclass(slots=True, eq=False)
class If(Node):
    """`if a then b else if c then d else e`"""

    branches: list[tuple[Node, Node]]
    other: Node


@dataclass(slots=True, eq=False)
class Loop(Node):
    """`for a in b, c in d..e return f`, and some and every; a domain of two nodes is from and to."""

    word: str
    domains: list[tuple[str, Node, Node | None]]
    body: Node


@dataclass(slots=True, eq=False)
class Definition(Node):
    """`function(a, b: number) c`"""

    names: tuple[str, ...]
    types: tuple[Type, ...]
    body: Node


@dataclass(slots=True, eq=False)
class Entries(Node):
    """`{a: b, c: d}`"""

    entries: list[tuple[str, Node]]


@dataclass(slots=True, eq=False)
class Items(Node):
    """`[a, b]`"""

    items: list[Node]


@dataclass(slots=True, eq=False)
class Interval(Node):
    """`[a..b]` with any brackets."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(slots=True, eq=False)
class Tests(Node):
    """Unary tests: any of `parts` takes the input, or none where `negated`; no parts: `-`."""

    parts: list[Node]
    negated: bool


def type_of(node: Node) -> Type | None:
    """Give the type that a node's value certainly has, as far as literals and operators tell; None: any."""
    match node:
        case Const(value=value) if value is not None:
            return Type(kind_of(value))
        case Entries(entries=entries):
            names, parts = zip(*entries, strict=True) if entries else ((), ())
            return Type("context", tuple(type_of(part) or ANY for part in parts), tuple(names))
        case Items(items=[first, *rest]):
            inner = type_of(first)
            return Type("list", (inner if inner and all(type_of(part) == inner for part in rest) else ANY,))
        case Comparison() | Logic() | Between() | In() | InstanceOf():
            return Type("boolean")
    return None


def walk(node: Node) -> Iterator[Node]:
    """Give a node and all nodes in it."""
    waiting: list[Any] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node):
            yield part
            waiting.extend(getattr(part, field.name) for field in fields(part))
        elif isinstance(part, list | tuple):
            waiting.extend(part)
