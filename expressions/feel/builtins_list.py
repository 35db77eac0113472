"""Built-in functions of lists (DMN 1.4, 10.3.4.4 and 10.3.4.9). Positions count from 1, from the end where negative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Final

from expressions.failures import Refusal
from expressions.feel import operators
from expressions.feel.numeric import CONTEXT, ZERO, number, whole
from expressions.feel.plain import lifted
from expressions.feel.running import Run
from expressions.feel.values import DaysDuration, Function, MonthsDuration, Nothing, kind_of

DEEPEST: Final = 40


def _taken(run: Run, values: list[Any]) -> list[Any]:
    run.budget.elements(len(values))
    return lifted(values)


def _spread(call: Callable[[Run, list[Any]], Any]) -> Callable[..., Any]:
    """Let a function take one list, or its items as arguments."""

    def taking(run: Run, *values: Any) -> Any:
        if len(values) != 1:
            return call(run, _taken(run, list(values)))
        if values[0] is None:
            raise Nothing("tham số không thể là null", "an argument cannot be null")
        return call(run, _taken(run, values[0] if type(values[0]) is list else [values[0]]))

    return taking


# Figures


def _extreme(sign: int) -> Callable[[Run, list[Any]], Any]:
    def call(run: Run, values: list[Any]) -> Any:
        best = values[0] if values else None
        for value in values:
            found = operators.order(value, best)
            if found is None:
                raise Nothing("các giá trị không so sánh được", "the values cannot be compared")
            if found == sign:
                best = value
        return best

    return call


def _numbers(values: list[Any]) -> list[Decimal]:
    wrong = next((value for value in values if type(value) is not Decimal), ZERO)
    if wrong is not ZERO:
        raise Nothing("danh sách phải gồm các số", f"the list must hold numbers, not a {kind_of(wrong)}")
    return values


def _sum(run: Run, values: list[Any]) -> Any:
    if not values:
        return None
    total = values[0]
    if type(total) not in (Decimal, DaysDuration, MonthsDuration):
        raise Nothing("danh sách phải gồm các số", f"the list must hold numbers, not a {kind_of(total)}")
    for value in values[1:]:
        if type(value) is not type(total):
            raise Nothing("danh sách phải gồm các số", f"the list must hold numbers, not a {kind_of(value)}")
        total = operators.add(total, value, run.budget)
    return total


def _mean(run: Run, values: list[Any]) -> Any:
    total = _sum(run, values)
    return None if total is None else operators.divide(total, Decimal(len(values)), run.budget)


def _product(run: Run, values: list[Any]) -> Decimal | None:
    result = None
    for value in _numbers(values):
        result = value if result is None else CONTEXT.multiply(result, value)
    return result


def _median(run: Run, values: list[Any]) -> Decimal | None:
    ordered = sorted(_numbers(values))
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return CONTEXT.divide(CONTEXT.add(ordered[middle - 1], ordered[middle]), Decimal(2))


def _deviation(run: Run, values: list[Any]) -> Decimal | None:
    """The standard deviation of a sample."""
    if len(_numbers(values)) < 2:
        return None
    mean = CONTEXT.divide(_sum(run, values), Decimal(len(values)))
    squares = ZERO
    for value in values:
        distance = CONTEXT.subtract(value, mean)
        squares = CONTEXT.add(squares, CONTEXT.multiply(distance, distance))
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(values) - 1)))


def _mode(run: Run, values: list[Any]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for value in _numbers(values):
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


def _decided(decisive: bool) -> Callable[[Run, list[Any]], bool | None]:
    def call(run: Run, values: list[Any]) -> bool | None:
        if any(value is decisive for value in values):
            return decisive
        if any(type(value) is not bool for value in values):
            return None
        return not decisive

    return call


# Parts


def _contains(run: Run, values: list[Any], element: Any) -> bool:
    run.budget.step(len(values))
    return any(operators.same(value, element, run.budget) for value in values)


def _index_of(run: Run, values: list[Any], match: Any) -> list[Decimal]:
    run.budget.step(len(values))
    return [Decimal(place) for place, value in enumerate(values, 1) if operators.same(value, match, run.budget)]


def _place(values: Sequence[Any], position: int) -> int:
    """Turn a position into an index. Raises Nothing outside of the list."""
    if not 1 <= abs(position) <= len(values):
        raise Nothing("vị trí nằm ngoài danh sách", "the position is outside of the list")
    return position - 1 if position > 0 else len(values) + position


def _sublist(run: Run, values: list[Any], start: int, length: int | None = None) -> list[Any]:
    first = _place(values, start)
    if length is not None and not 1 <= length <= len(values) - first:
        raise Nothing("độ dài nằm ngoài danh sách", "the length is outside of the list")
    return _taken(run, values[first : None if length is None else first + length])


def _insert(run: Run, values: list[Any], position: int, item: Any) -> list[Any]:
    at = len(values) if position == len(values) + 1 else _place(values, position)
    return [*_taken(run, values[:at]), item, *_taken(run, values[at:])]


def _remove(run: Run, values: list[Any], position: int) -> list[Any]:
    at = _place(values, position)
    return _taken(run, values[:at] + values[at + 1 :])


def _replaced(run: Run, values: list[Any], where: Any, item: Any) -> list[Any]:
    items = _taken(run, values)
    if type(where) is Function:
        return [item if _says(run, where, value, item) else value for value in items]
    if type(where) is not Decimal:
        raise Nothing("cần vị trí hoặc hàm", "a position or function is needed")
    items[_place(items, whole(where))] = item
    return items


def _says(run: Run, match: Function, value: Any, item: Any) -> bool:
    answer = run.call(match, [value, item])
    if type(answer) is not bool:
        raise Nothing("hàm phải cho true hoặc false", "the function must give true or false")
    return answer


# New lists


def _append(run: Run, values: list[Any], *items: Any) -> list[Any]:
    return [*_taken(run, values), *items]


def _concatenated(run: Run, *lists: list[Any]) -> list[Any]:
    return [value for values in lists for value in _taken(run, values)]


def _union(run: Run, *lists: list[Any]) -> list[Any]:
    return _distinct(run, _concatenated(run, *lists))


def _distinct(run: Run, values: list[Any]) -> list[Any]:
    simple: set[Any] = set()
    found: list[Any] = []
    others: list[Any] = []
    for value in _taken(run, values):
        if type(value) in (Decimal, str, bool):
            if (type(value), value) not in simple:
                simple.add((type(value), value))
                found.append(value)
            continue
        run.budget.step(len(others))
        if not any((value is None and other is None) or operators.same(value, other, run.budget) for other in others):
            others.append(value)
            found.append(value)
    return found


def _repeated(run: Run, values: list[Any]) -> list[Any]:
    items = _taken(run, values)
    return _distinct(run, [value for value in items if len(_index_of(run, items, value)) > 1])


def _flattened(run: Run, values: list[Any], depth: int = 0) -> list[Any]:
    if depth > DEEPEST:
        raise Refusal("danh sách lồng quá sâu", "the lists are nested too deeply")
    found: list[Any] = []
    for value in _taken(run, values):
        if type(value) is list:
            found.extend(_flattened(run, value, depth + 1))
        else:
            found.append(value)
    return found


def _reversed(run: Run, values: list[Any]) -> list[Any]:
    return _taken(run, values)[::-1]


def _partition(run: Run, values: list[Any], size: int) -> list[list[Any]]:
    if size < 1:
        raise Nothing("độ dài phải từ 1", "the size must be 1 or more")
    items = _taken(run, values)
    return [items[at : at + size] for at in range(0, len(items), size)]


def _sorted(run: Run, values: list[Any], precedes: Function | None = None) -> list[Any]:
    items = _taken(run, values)
    run.budget.step(len(items) * 4)

    def compared(left: Any, right: Any) -> int:
        if precedes is None:
            found = operators.order(left, right)
            if found is None:
                raise Nothing("các giá trị không so sánh được", "the values cannot be compared")
            return found
        if run.call(precedes, [left, right]) is True:
            return -1
        return 1 if run.call(precedes, [right, left]) is True else 0

    return sorted(items, key=cmp_to_key(compared))


def _count(run: Run, values: list[Any]) -> Decimal:
    return number(len(values))


def _is_empty(run: Run, values: Any) -> bool:
    return len(values) == 0


def _sum_names(call: Callable[[Run, list[Any]], Any]) -> list[tuple[str, Callable[..., Any]]]:
    return [("list: a*", _spread(call))]


FUNCTIONS: Final = {
    "list contains": [("list: l, element: a", _contains)],
    "count": [("list: l", _count)],
    "min": _sum_names(_extreme(-1)),
    "max": _sum_names(_extreme(1)),
    "sum": _sum_names(_sum),
    "mean": _sum_names(_mean),
    "product": _sum_names(_product),
    "median": _sum_names(_median),
    "stddev": _sum_names(_deviation),
    "mode": _sum_names(_mode),
    "all": _sum_names(_decided(False)),
    "any": _sum_names(_decided(True)),
    "sublist": [("list: l, start position: i, length: i?", _sublist)],
    "append": [("list: l, item: a*", _append)],
    "concatenate": [("list: l*", _concatenated)],
    "insert before": [("list: l, position: i, newItem: a", _insert)],
    "remove": [("list: l, position: i", _remove)],
    "reverse": [("list: l", _reversed)],
    "index of": [("list: l, match: a", _index_of)],
    "union": [("list: l*", _union)],
    "distinct values": [("list: l", _distinct)],
    "flatten": [("list: l", _flattened)],
    "sort": [("list: l, precedes: f?", _sorted)],
    "list replace": [
        ("list: l, position: n, newItem: a", _replaced),
        ("list: l, match: a, newItem: a", _replaced),
    ],
    # Camunda's
    "is empty": [("list: l", _is_empty)],
    "duplicate values": [("list: l", _repeated)],
    "partition": [("list: l, size: i", _partition)],
}
