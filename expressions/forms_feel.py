"""FEEL for forms, by the evaluator that bpmn.io's form-js uses in the browser (feelin.py): expressions and unary tests.

FEEL forgives: a name without a value and a comparison of different types give null, not an error. Numbers are
JavaScript's (whole numbers up to 2^53; 0.1 + 0.2 is not 0.3): keep money in whole đồng. Moments without an offset are
Vietnam's time; time zones by name are unknown (null). `now()` and `today()` give the moment handed in, and fail
without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

from errors import ExpressionFailed
from expressions import feelin
from expressions.failures import Refusal, failed
from expressions.zone import OFFICE
from texts import Text

LONGEST = 4_000
"""Characters of one source."""
_MARK = "\0"
_WORD = re.compile(r"\w+")


def evaluate(source: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
    """Evaluate one FEEL expression; give JSON data, date and datetime (times and durations as ISO 8601 texts).

    Raises ExpressionFailed; errors.Unavailable where the bundle is not built.
    """
    return _run("value", source, variables, now)


def unary_test(source: str, value: Any, variables: Mapping[str, Any], *, now: datetime | None = None) -> bool:
    """Ask a unary test as form-js asks `conditional.hide`, with `value` as `?`; None: without any input.

    Without input a test whose comparison has no value is true: `age >= 18` hides while age is empty. Raises
    ExpressionFailed.
    """
    given = variables if value is None else {**variables, "?": value}
    return bool(_run("test", source, given, now))


def refusal(source: str, *, unary: bool = False, names: Iterable[str] = ()) -> Text | None:
    """Give the reason why a source is no FEEL, in both languages, or None; `names`: known names with signs in them."""
    try:
        _run("test syntax" if unary else "syntax", source, dict.fromkeys(names), None)
    except ExpressionFailed as error:
        return Text(vi=error.reason, en=error.reason)
    return None


def check(source: str, *, unary: bool = False, names: Iterable[str] = ()) -> str | None:
    """Give the English reason why a source is refused at upload, or None."""
    reason = refusal(source, unary=unary, names=names)
    return reason.en if reason else None


def _run(kind: str, source: str, variables: Mapping[str, Any], now: datetime | None) -> Any:
    try:
        if len(source) > LONGEST:
            raise Refusal(f"dài quá {LONGEST} ký tự", f"it is longer than {LONGEST} characters")
        context = {name: value for name, value in variables.items() if _is_mentioned(name, source)}
        answer = feelin.call(kind, source, _written(context), _shape(context), _moment(now) if now else "")
        return answer if answer is None or isinstance(answer, bool) else _read(answer)
    except Refusal as error:
        raise failed(error.text) from None
    except ValueError:  # a moment that Python has no year for
        raise failed(Text(vi="ngày quá xa", en="the date is too far away")) from None


def _is_mentioned(name: str, source: str) -> bool:
    """Say whether a source can mean the variable: FEEL names may have blanks, so one word of it is looked for."""
    word = _WORD.search(name)
    return name == "?" or (word is not None and word[0] in source)


def _written(context: dict[str, Any]) -> bytes:
    marks = 0

    def other(value: Any) -> Any:
        nonlocal marks
        if isinstance(value, Decimal):
            return int(value) if value == value.to_integral_value() else _finite(float(value))
        if isinstance(value, datetime):
            marks += 1
            return {_MARK: "date time", "value": _moment(value)}
        if isinstance(value, date):
            marks += 1
            return {_MARK: "date", "value": value.isoformat()}
        if isinstance(value, tuple):
            return list(value)
        raise TypeError(type(value).__name__)

    try:
        json = orjson.dumps(context, other, orjson.OPT_STRICT_INTEGER | orjson.OPT_PASSTHROUGH_DATETIME)
    except (TypeError, ValueError, RecursionError, ArithmeticError) as error:
        reason = str(error.__cause__ or error)[:100]
        raise Refusal(f"FEEL không nhận dữ liệu này: {reason}", f"FEEL cannot take this data: {reason}") from None
    if json.count(b'"\\u0000"') != marks:
        raise Refusal("dữ liệu có tên bị cấm", "the data has a name that is reserved")
    return json


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError("a number that is not finite")
    return value


def _moment(value: datetime) -> str:
    return (value.astimezone(OFFICE) if value.tzinfo else value.replace(tzinfo=OFFICE)).isoformat()


def _shape(context: Mapping[str, Any]) -> str:
    """Give what of the names decides how a source is read: nothing while all are plain words."""
    return repr(_names(context)) if _has_signs(context) else ""


def _has_signs(value: Any) -> bool:
    if isinstance(value, dict):
        return any(not (name.isidentifier() or name == "?") or _has_signs(part) for name, part in value.items())
    return isinstance(value, list | tuple) and any(map(_has_signs, value))


def _names(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((name, _names(part)) for name, part in value.items())
    return [_names(part) for part in value] if isinstance(value, list | tuple) else []


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(part) for part in value]
    if not isinstance(value, dict):
        return value
    match value.get(_MARK):
        case "date":
            return date.fromisoformat(value["value"])
        case "date time":
            return datetime.fromisoformat(value["value"])
        case "text":
            return value["value"]
    return {name: _read(part) for name, part in value.items()}
