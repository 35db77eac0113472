"""How built-in functions are described: names of their parameters, kinds, and how arguments are made to fit.

A signature is a text such as `string: s, start position: i, length: i?`. Kinds: s text, n number, i whole number,
b boolean, l list, c context, r range, f function, d date, m date or date and time, k date or time of any sort,
a anything. A kind with `?` may be left out or null. A last `*`: and any number of those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from expressions.feel import numeric
from expressions.feel.plain import lift
from expressions.feel.values import (
    Date,
    DateTime,
    Function,
    Nothing,
    Range,
    Time,
    kind_of,
)

Chosen = Callable[[Any, Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    required: int
    is_open: bool
    call: Callable[..., Any]

    def takes(self, count: int) -> bool:
        """Say whether it can be called with `count` arguments."""
        return self.required <= count <= len(self.names) or (self.is_open and count >= self.required)

    def invoke(self, run: Any, values: Sequence[Any]) -> Any:
        """Call with positional arguments. Raises Nothing where one is of the wrong kind."""
        kinds = self.kinds
        if self.is_open and len(values) > len(kinds):
            kinds += (kinds[-1],) * (len(values) - len(kinds))
        return self.call(run, *[_FITTED[kind](value) for kind, value in zip(kinds, values, strict=False)])


@dataclass(slots=True, eq=False)
class Builtin:
    """A built-in function: its signatures, tried in order."""

    title: str
    signatures: list[Signature] = field(default_factory=list)

    def chosen(self, count: int, names: list[str] | None) -> Chosen | None:
        """Give how to call it with so many arguments, or with arguments of these names."""
        if names is None:
            fitting = [signature for signature in self.signatures if signature.takes(count)]
            return _first(fitting) if fitting else None
        for signature in sorted(self.signatures, key=lambda signature: list(signature.names) != names):
            if set(names) <= set(signature.names) and set(names) >= set(signature.names[: signature.required]):
                return _by_name(signature, names) if len(set(names)) == len(names) else None
        return None

    @property
    def function(self) -> Function:
        """The function as a value."""

        def call(run: Any, values: Sequence[Any]) -> Any:
            choose = self.chosen(len(values), None)
            if choose is None:
                raise Nothing(f"hàm {self.title} không có các tham số này", f"{self.title} has no such arguments")
            return choose(run, values)

        first = self.signatures[0]
        is_fixed = len(self.signatures) == 1 and first.required == len(first.names) and not first.is_open
        return Function(first.names if is_fixed else ("*",), call, self.title)


def _first(fitting: list[Signature]) -> Chosen:
    if len(fitting) == 1:
        return fitting[0].invoke

    def choose(run: Any, values: Sequence[Any]) -> Any:
        for signature in fitting[:-1]:
            kinds = signature.kinds
            if all(_IS[kind.rstrip("?")](value) for kind, value in zip(kinds, values, strict=False)):
                return signature.invoke(run, values)
        return fitting[-1].invoke(run, values)

    return choose


def _by_name(signature: Signature, names: list[str]) -> Chosen:
    def choose(run: Any, values: Sequence[Any]) -> Any:
        given = dict(zip(names, values, strict=True))
        ordered = [given.get(name) for name in signature.names]
        while len(ordered) > signature.required and signature.names[len(ordered) - 1] not in given:
            ordered.pop()
        return signature.invoke(run, ordered)

    return choose


def signature(text: str, call: Callable[..., Any]) -> Signature:
    """Read a signature."""
    parts = [part.strip() for part in text.split(",")] if text else []
    names, kinds = [], []
    for part in parts:
        name, _, kind = part.partition(": ")
        names.append(name)
        kinds.append(kind.rstrip("*"))
    required = sum(not kind.endswith("?") for kind in kinds)
    return Signature(tuple(names), tuple(kinds), required, text.endswith("*"), call)


# Kinds


def _one(value: Any) -> Any:
    """Take the item of a list of one."""
    return value[0] if type(value) is list and len(value) == 1 else value


def _of(*wanted: type) -> Callable[[Any], Any]:
    def fit(value: Any) -> Any:
        if type(value) in wanted:
            return value
        inner = _one(value)
        if inner is not value:
            return fit(lift(inner))
        raise Nothing(f"tham số không thể là {kind_of(value)}", f"an argument cannot be a {kind_of(value)}")

    return fit


def _list(value: Any) -> list[Any]:
    if type(value) is list:
        return value
    if value is None:
        raise Nothing("tham số không thể là null", "an argument cannot be null")
    return [value]


def _whole(value: Any) -> int:
    return numeric.whole(_FITTED["n"](value))


def _optional(fit: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else fit(value)


_FITTED: Final[dict[str, Callable[[Any], Any]]] = {
    "s": _of(str),
    "n": _of(Decimal),
    "i": _whole,
    "b": _of(bool),
    "l": _list,
    "c": _of(dict),
    "r": _of(Range),
    "f": _of(Function),
    "d": _of(Date),
    "m": _of(Date, DateTime),
    "k": _of(Date, Time, DateTime),
    "a": lambda value: value,
}
_FITTED.update({f"{kind}?": _optional(fit) for kind, fit in list(_FITTED.items())})
_IS: Final[dict[str, Callable[[Any], bool]]] = {
    "s": lambda value: type(value) is str,
    "n": lambda value: type(value) is Decimal,
    "i": lambda value: type(value) is Decimal,
    "b": lambda value: type(value) is bool,
    "l": lambda value: type(value) is list,
    "c": lambda value: type(value) is dict,
    "r": lambda value: type(value) is Range,
    "f": lambda value: type(value) is Function,
    "d": lambda value: type(value) is Date,
    "m": lambda value: type(value) in (Date, DateTime),
    "k": lambda value: type(value) in (Date, Time, DateTime),
    "a": lambda value: True,
}
