"""Built-in functions that compare points and ranges (DMN 1.4, 10.3.4.7), and range() itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from expressions.feel import moments, operators
from expressions.feel.numeric import CONTEXT
from expressions.feel.plain import lift
from expressions.feel.running import Run
from expressions.feel.values import Nothing, Range, kind_of

Test = Callable[[Range, Range], bool]


LOW: Final = object()
"""The start of a range without one: before everything."""
HIGH: Final = object()
"""The end of a range without one: after everything."""


def _compared(left: Any, right: Any) -> int:
    if left is right and (left is LOW or left is HIGH):
        return 0
    if left is LOW or right is HIGH:
        return -1
    if left is HIGH or right is LOW:
        return 1
    found = operators.order(left, right)
    if found is None:
        kinds = f"{kind_of(left)}, {kind_of(right)}"
        raise Nothing(f"không so sánh được {kinds}", f"these cannot be compared: {kinds}")
    return found


def _side(value: Any) -> Range:
    """Give a range with ends that can be compared; a point is a range of one."""
    if type(value) is not Range:
        return Range(value, value, True, True)
    start, end = LOW if value.start is None else value.start, HIGH if value.end is None else value.end
    return Range(start, end, value.start_included, value.end_included)


def _ends(left: Any, left_is_in: bool, right: Any, right_is_in: bool) -> tuple[int, bool]:
    return _compared(left, right), left_is_in and right_is_in


def _before(a: Range, b: Range) -> bool:
    order, both = _ends(a.end, a.end_included, b.start, b.start_included)
    return order < 0 or (order == 0 and not both)


def _meets(a: Range, b: Range) -> bool:
    order, both = _ends(a.end, a.end_included, b.start, b.start_included)
    return order == 0 and both


def _starts_no_later(a: Range, b: Range) -> bool:
    order = _compared(a.start, b.start)
    return order < 0 or (order == 0 and (a.start_included or not b.start_included))


def _ends_no_sooner(a: Range, b: Range) -> bool:
    order = _compared(a.end, b.end)
    return order > 0 or (order == 0 and (a.end_included or not b.end_included))


def _overlaps(a: Range, b: Range) -> bool:
    return not _before(a, b) and not _before(b, a)


def _overlaps_before(a: Range, b: Range) -> bool:
    starts = _compared(a.start, b.start)
    begins = starts < 0 or (starts == 0 and a.start_included and not b.start_included)
    ends = _compared(a.end, b.end)
    stops = ends < 0 or (ends == 0 and (not a.end_included or b.end_included))
    return begins and stops and not _before(a, b)


def _finishes(a: Range, b: Range) -> bool:
    return _compared(a.end, b.end) == 0 and a.end_included == b.end_included and _starts_no_later(b, a)


def _finishes_point(point: Range, b: Range) -> bool:
    return b.end_included and _compared(point.end, b.end) == 0


def _includes(a: Range, b: Range) -> bool:
    return _starts_no_later(a, b) and _ends_no_sooner(a, b)


def _starts(a: Range, b: Range) -> bool:
    return _compared(a.start, b.start) == 0 and a.start_included == b.start_included and _ends_no_sooner(b, a)


def _starts_point(point: Range, b: Range) -> bool:
    return b.start_included and _compared(point.start, b.start) == 0


def _coincides(a: Range, b: Range) -> bool:
    return (
        _compared(a.start, b.start) == 0
        and _compared(a.end, b.end) == 0
        and (a.start_included, a.end_included) == (b.start_included, b.end_included)
    )


def _swapped(test: Test) -> Test:
    return lambda a, b: test(b, a)


def _asked(test: Test, allowed: str, of_point: Test | None = None) -> Callable[..., bool]:
    """Ask a test of two arguments; `allowed` lists which of them may be points (p) and which ranges (r)."""

    def call(run: Run, first: Any, second: Any) -> bool:
        sides = "".join("r" if type(value) is Range else "p" for value in (first, second))
        if sides not in allowed.split() or first is None or second is None:
            raise Nothing("cần điểm và khoảng", "points and ranges are needed here")
        asked = of_point if of_point is not None and "p" in sides else test
        return asked(_side(first), _side(second))

    return call


_CALLED: Final = r'(?:date|time|date and time|duration)\("[^"]*"\)'
_END: Final = r'\s*(?P<{0}>"(?:[^"\\]|\\.)*"|@"[^"]*"|' + _CALLED + r"|-?[\d.]+(?:[eE][+-]?\d+)?|)\s*"
_RANGE: Final = re.compile(rf"\s*(?P<open>[\[\](]){_END.format('low')}\.\.{_END.format('high')}(?P<close>[\[\])])\s*")
LONGEST: Final = 300


def _range(run: Run, text: str) -> Range:
    """Read a range of literals."""
    match = _RANGE.fullmatch(text) if len(text) <= LONGEST else None
    if match is None or not (match["low"] or match["high"]):
        raise Nothing("chuỗi không phải là khoảng", "the text is no range")
    low, high = _literal(match["low"]), _literal(match["high"])
    included = match["open"] == "[", match["close"] == "]"
    if (included[0] and low is None) or (included[1] and high is None):
        raise Nothing("khoảng cần đầu mút", "a closed end of a range needs a value")
    if low is not None and high is not None and _compared(low, high) > 0:
        raise Nothing("khoảng ngược", "the start of a range is not after its end")
    return Range(low, high, *included)


def _literal(text: str) -> Any:
    if not text:
        return None
    found: Any
    if text.startswith('"'):
        found = text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    elif '"' in text:
        found = moments.moment_of(text[text.index('"') + 1 : text.rindex('"')])
    else:
        found = CONTEXT.create_decimal(text)
    if found is None:
        raise Nothing("đầu mút không đọc được", "an end of the range cannot be read")
    return lift(found)


NAMES: Final = (
    "point1: a, point2: a",
    "range1: a, range2: a",
    "point: a, range: a",
    "range: a, point: a",
)


def _ways(call: Callable[..., bool]) -> list[tuple[str, Callable[..., bool]]]:
    """A function of two whose parameters are named after what they are."""
    return [(names, call) for names in NAMES]


FUNCTIONS: Final = {
    "range": [("from: s", _range)],
    "before": _ways(_asked(_before, "pp pr rp rr")),
    "after": _ways(_asked(_swapped(_before), "pp pr rp rr")),
    "meets": _ways(_asked(_meets, "rr")),
    "met by": _ways(_asked(_swapped(_meets), "rr")),
    "overlaps": _ways(_asked(_overlaps, "rr")),
    "overlaps before": _ways(_asked(_overlaps_before, "rr")),
    "overlaps after": _ways(_asked(_swapped(_overlaps_before), "rr")),
    "finishes": _ways(_asked(_finishes, "pr rr", _finishes_point)),
    "finished by": _ways(_asked(_swapped(_finishes), "rp rr", _swapped(_finishes_point))),
    "includes": _ways(_asked(_includes, "rp rr")),
    "during": _ways(_asked(_swapped(_includes), "pr rr")),
    "starts": _ways(_asked(_starts, "pr rr", _starts_point)),
    "started by": _ways(_asked(_swapped(_starts), "rp rr", _swapped(_starts_point))),
    "coincides": _ways(_asked(_coincides, "pp rr")),
}
