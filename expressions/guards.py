"""What rewritten code asks before it reaches, builds, compares or walks data (policy.py writes these names into it).

Every guard takes the run's Budget first. Types are matched exactly: a value of any other type has no attributes, no
items and no methods. Raises Refusal, or the error Python itself would raise.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from expressions.budget import LONGEST_TEXT, MOST_BITS, Budget
from expressions.failures import BpmnError, Refusal
from expressions.plain import copied, in_order

CONTAINERS: Final = frozenset((list, tuple, dict, set, frozenset))
SEQUENCES: Final = frozenset((str, list, tuple))
NUMBERS: Final = frozenset((int, float, bool, Decimal))
MOMENTS: Final = frozenset((date, datetime, timedelta))
SCALARS: Final = NUMBERS | MOMENTS | {str, type(None)}
ITERABLE: Final = CONTAINERS | {str, range}

FIELDS: Final[dict[type, frozenset[str]]] = {
    date: frozenset(("year", "month", "day")),
    datetime: frozenset(("year", "month", "day", "hour", "minute", "second", "microsecond")),
    timedelta: frozenset(("days", "seconds", "microseconds")),
}
"""The attributes that can be read without a call."""

Guard = Callable[..., Any]


def not_offered(value: Any, name: str) -> Refusal:
    """Give the refusal of an attribute or method."""
    kind = "function" if callable(value) else type(value).__name__
    return Refusal(f"không dùng được .{name} của kiểu {kind}", f".{name} of type {kind} is not offered")


def field(budget: Budget, value: Any, name: str) -> Any:
    """Read an attribute of a date, datetime or timedelta."""
    if name not in FIELDS.get(type(value), ()):
        raise not_offered(value, name)
    return getattr(value, name)


def key(budget: Budget, value: Any) -> Any:
    """Let pass what may be a dict's or set's key: a scalar, or a flat tuple of scalars.

    A tuple of tuples can hold itself twice on each of 60 levels, and its hash walks all of it.
    """
    if type(value) in SCALARS or (type(value) is tuple and all(type(part) in SCALARS for part in value)):
        return value
    raise Refusal(
        "khoá phải là chuỗi, số, ngày hoặc bộ các giá trị đó", "a key must be a text, number, date or tuple of them"
    )


def item(budget: Budget, value: Any, index: Any) -> Any:
    """Read one item of a list, tuple, str, range or dict."""
    kind = type(value)
    if kind is dict:
        return value[index if type(index) is str else key(budget, index)]
    if kind in SEQUENCES or kind is range:
        return value[index]
    raise Refusal(f"kiểu {kind.__name__} không có phần tử", f"type {kind.__name__} has no items")


def part(budget: Budget, value: Any, start: Any, stop: Any, step: Any) -> Any:
    """Copy a slice of a list, tuple or str."""
    if type(value) not in SEQUENCES:
        raise Refusal("không cắt được kiểu này", "this type cannot be sliced")
    span = slice(start, stop, step)
    count = len(range(*span.indices(len(value))))
    budget.hold(count) if type(value) is str else budget.elements(count)
    return value[span]


def target(budget: Budget, value: Any) -> Any:
    """Let pass what an item may be written to: a list or dict."""
    if type(value) is dict or type(value) is list:
        return value
    raise Refusal("chỉ ghi được vào danh sách hoặc từ điển", "items can be written only to a list or dict")


def each(budget: Budget, values: Any, turn: int = 1) -> Iterator[Any]:
    """Iterate over a list, tuple, dict, set (in order), str or range, paying `turn` steps for each element."""
    kind = type(values)
    if kind not in ITERABLE:
        raise Refusal(f"không duyệt được kiểu {kind.__name__}", f"type {kind.__name__} cannot be looped over")
    if kind is set or kind is frozenset:
        budget.walk(values, 4)
        values = in_order(values)
    for value in values:
        budget.step(turn)
        yield value


def step(budget: Budget, turn: int) -> None:
    """Pay for one turn of a while loop."""
    budget.step(turn)


# Operators


def add(budget: Budget, left: Any, right: Any) -> Any:
    """`+`"""
    if type(left) is str and type(right) is str:
        budget.text(len(left) + len(right))
    elif type(left) in SEQUENCES and type(right) in SEQUENCES:
        budget.elements(len(left) + len(right))
    return left + right


def multiply(budget: Budget, left: Any, right: Any) -> Any:
    """`*`"""
    sequence, times = (left, right) if type(left) in SEQUENCES else (right, left)
    if type(sequence) is str and isinstance(times, int):
        budget.text(len(sequence) * max(times, 0))
    elif type(sequence) in SEQUENCES and isinstance(times, int):
        budget.elements(len(sequence) * max(times, 0))
    elif type(left) is int and type(right) is int:
        _few_bits(left.bit_length() + right.bit_length())
    return left * right


def remainder(budget: Budget, left: Any, right: Any) -> Any:
    """`%` of numbers; a text would be a format."""
    if type(left) is str:
        raise Refusal('không dùng được % với chuỗi, hãy dùng f"…"', '% of a text is not offered, use f"…"')
    return left % right


def power(budget: Budget, left: Any, right: Any) -> Any:
    """`**`"""
    if isinstance(left, int) and isinstance(right, int):
        _few_bits(left.bit_length() * abs(right))
    return left**right


def shift(budget: Budget, left: Any, right: Any) -> Any:
    """`<<`"""
    if isinstance(left, int) and isinstance(right, int):
        _few_bits(left.bit_length() + right)
    return left << right


def _few_bits(bits: int) -> None:
    if bits > MOST_BITS:
        raise Refusal("số nguyên quá lớn", "a whole number grows too large")


def _sized(apply: Callable[[Any, Any], Any]) -> Guard:
    def guard(budget: Budget, left: Any, right: Any) -> Any:
        if type(left) in CONTAINERS and type(right) in CONTAINERS:
            budget.elements(len(left) + len(right))
        return apply(left, right)

    return guard


subtract = _sized(operator.sub)
either = _sized(operator.or_)
both = _sized(operator.and_)
one_of = _sized(operator.xor)


def _contains(left: Any, right: Any) -> bool:
    return left in right


def _lacks(left: Any, right: Any) -> bool:
    return left not in right


COMPARISONS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "In": _contains,
    "NotIn": _lacks,
}


def compare(budget: Budget, left: Any, name: str, right: Any) -> Any:
    """`a < b`, given as a, "Lt", b."""
    if type(left) in CONTAINERS or type(right) in CONTAINERS or name == "In" or name == "NotIn":
        _pay_for_comparison(budget, left, name, right)
    return COMPARISONS[name](left, right)


def chain(budget: Budget, left: Any, name: str, right: Any, *rest: Any) -> Any:
    """`a < b < c`, given as a, "Lt", b, "Lt", and a function that gives c when it is needed."""
    result = compare(budget, left, name, right)
    for later, operand in zip(rest[::2], rest[1::2], strict=True):
        if not result:
            return result
        left, right = right, operand()
        result = compare(budget, left, later, right)
    return result


def _pay_for_comparison(budget: Budget, left: Any, name: str, right: Any) -> None:
    if name == "Is" or name == "IsNot":
        return
    if type(left) in CONTAINERS and type(right) in CONTAINERS:
        budget.walk(left)
        budget.walk(right)
    if name == "In" or name == "NotIn":
        if type(right) is dict or type(right) is set:
            key(budget, left)
        elif type(right) is str:
            budget.step(len(right) >> 6)
        elif type(right) in CONTAINERS:
            search(budget, right, left)


def search(budget: Budget, values: Any, wanted: Any) -> None:
    """Pay for comparing `wanted` with each of `values`."""
    if type(wanted) in CONTAINERS:
        budget.walk(wanted)
        budget.walk(values)
    length = len(wanted) if type(wanted) is str else 0
    budget.step(len(values) * (1 + (length >> 8)) >> 3)


# Augmented assignment


_OPERATIONS: Final[dict[str, Guard]] = {
    "Add": add,
    "Sub": subtract,
    "Mult": multiply,
    "Div": lambda budget, left, right: left / right,
    "FloorDiv": lambda budget, left, right: left // right,
    "Mod": remainder,
    "Pow": power,
    "LShift": shift,
    "RShift": lambda budget, left, right: left >> right,
    "BitOr": either,
    "BitAnd": both,
    "BitXor": one_of,
}


def inplace(budget: Budget, name: str, before: Any, value: Any) -> Any:
    """`a += b`: a list is lengthened in place, as in Python; anything else becomes a new value."""
    if name == "Add" and type(before) is list:
        before.extend(list(each(budget, value, 8)))
        budget.elements(len(before) >> 3)
        return before
    return _OPERATIONS[name](budget, before, value)


def inplace_item(budget: Budget, name: str, container: Any, index: Any, value: Any) -> None:
    """`a[b] += c`"""
    container = target(budget, container)
    container[index] = inplace(budget, name, item(budget, container, key(budget, index)), value)


# Texts


def text(budget: Budget, value: Any = "") -> str:
    """Give `str(value)` of plain data."""
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is int:
        _few_bits(value.bit_length())
    elif kind in CONTAINERS:
        budget.walk(value, 4)
        _only_plain(value)
    elif kind not in SCALARS and kind is not range:
        raise Refusal("không đổi được giá trị này thành chuỗi", "this value cannot be made a text")
    result = str(value)
    budget.text(len(result))
    return result


def _only_plain(value: Any) -> None:
    """Refuse functions inside containers: their text would hold addresses. Called after the value was weighed."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if type(inner) in CONTAINERS:
            waiting.extend(inner.values() if type(inner) is dict else inner)
        elif type(inner) not in SCALARS and type(inner) is not range:
            raise Refusal("không đổi được giá trị này thành chuỗi", "this value cannot be made a text")


def formatted(budget: Budget, value: Any, spec: str) -> str:
    """Give one part of an f-string; grammar.py has checked `spec`."""
    if not spec:
        return text(budget, value)
    if type(value) is Decimal and abs(value.adjusted()) > LONGEST_TEXT // 100:
        raise Refusal("số quá lớn để định dạng", "the number is too large to format")
    if type(value) is not str and type(value) not in NUMBERS:
        raise Refusal("chỉ định dạng được số và chuỗi", "only numbers and texts can be formatted")
    return format(value, spec)


def joined(budget: Budget, *parts: str) -> str:
    """Give an f-string of its parts."""
    budget.text(sum(map(len, parts)))
    return "".join(parts)


# Errors of the diagram


LONGEST_CODE = 200
LONGEST_ERROR = 2_000


def raised(budget: Budget, code: Any, message: Any = "") -> None:
    """`raise BpmnError(code, message)`: the code is a text that is not empty, the message may be any plain data."""
    if type(code) is not str or not code.strip() or len(code) > LONGEST_CODE:
        raise Refusal("mã lỗi của BpmnError phải là một chuỗi ngắn", "the code of a BpmnError must be a short text")
    raise BpmnError(copied(code), copied(text(budget, message)[:LONGEST_ERROR]))
