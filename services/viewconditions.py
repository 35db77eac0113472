"""Conditions of saved views as they are typed: checked before they are kept, read when a view is opened.

{"field": "due", "comparison": "before", "values": ["+3d"]}          three days from the moment of looking
{"field": "filed", "comparison": "after", "values": ["2026-11-02"]}  from the beginning of that day
{"field": "assignee", "comparison": "is", "values": ["@me", "@nobody"]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from errors import Detail
from services.clocks import LOCAL
from services.searching import MOST_WORDS, words
from storage.queries.conditions import COMPARISONS, FIELDS, WITH_MANY, WITHOUT_VALUE, Comparison, Condition, Kind
from texts import Text

MOST_CONDITIONS = 20
MOST_VALUES = 50
LONGEST_VALUE = 200
DAYS = re.compile(r"([+-]?)([0-9]{1,4})d")
DATE = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"-?[0-9]{1,9}")

UNKNOWN_FIELD = Text(f"Chọn một trường: {', '.join(FIELDS)}.", f"Choose a field: {', '.join(FIELDS)}.")
TOO_MANY = Text(f"Tối đa {MOST_CONDITIONS} điều kiện.", f"At most {MOST_CONDITIONS} conditions.")
VALUES: Mapping[Kind, Text] = {
    Kind.CHOICE: Text("Nêu giá trị.", "Give a value."),
    Kind.NUMBER: Text("Nêu số nguyên.", "Give a whole number."),
    Kind.MOMENT: Text(
        "Nêu ngày (2026-11-30) hoặc số ngày kể từ nay (+3d, -7d).",
        "Give a day (2026-11-30) or a number of days from now (+3d, -7d).",
    ),
    Kind.FLAG: Text("Không nêu giá trị.", "Give no value."),
    Kind.WORDS: Text("Nêu từ cần tìm.", "Give words to look for."),
}


def check(given: object) -> tuple[list[dict[str, Any]], list[Detail]]:
    """Give conditions as they are kept, and all that is wrong with them; whatever was sent, nothing of it is run."""
    if not isinstance(given, list | tuple) or len(given) > MOST_CONDITIONS:
        return [], [Detail(field="conditions", code="length", message=TOO_MANY)]
    kept, problems = [], []
    for number, condition in enumerate(given):
        if wrong := _wrong(condition, f"conditions.{number}"):
            problems.append(wrong)
        else:
            names = ("field", "comparison")
            kept.append({**{name: condition[name] for name in names}, "values": list(condition.get("values") or ())})
    return kept, problems


def read(condition: Mapping[str, Any], now: datetime) -> Condition:
    """Read a condition that `check` has kept, as of this moment."""
    kind = FIELDS[condition["field"]]
    values = tuple(_value(kind, value, now) for value in condition["values"])
    return Condition(field=condition["field"], comparison=Comparison(condition["comparison"]), values=values)


def _wrong(condition: object, place: str) -> Detail | None:
    field = condition.get("field") if isinstance(condition, Mapping) else None
    if not isinstance(condition, Mapping) or not isinstance(field, str) or field not in FIELDS:
        return Detail(field=f"{place}.field", code="unknown", message=UNKNOWN_FIELD)
    kind, comparison = FIELDS[field], condition.get("comparison")
    if not isinstance(comparison, str) or comparison not in COMPARISONS[kind]:
        known = ", ".join(COMPARISONS[kind])
        message = Text(f"Chọn một phép so: {known}.", f"Choose a comparison: {known}.")
        return Detail(field=f"{place}.comparison", code="unknown", message=message)
    values = condition.get("values") or ()
    if not isinstance(values, list | tuple) or not _fits(kind, Comparison(comparison), values):
        return Detail(field=f"{place}.values", code="value", message=VALUES[kind])
    return None


def _fits(kind: Kind, comparison: Comparison, values: Sequence[object]) -> bool:
    if comparison in WITHOUT_VALUE:
        return not values
    most = MOST_VALUES if comparison in WITH_MANY else 1
    return 0 < len(values) <= most and all(isinstance(value, str) and _is_value(kind, value) for value in values)


def _is_value(kind: Kind, value: str) -> bool:
    if not 0 < len(value) <= LONGEST_VALUE or not value.isprintable():
        return False
    match kind:
        case Kind.NUMBER:
            return NUMBER.fullmatch(value) is not None
        case Kind.MOMENT:
            return DAYS.fullmatch(value) is not None or _day(value) is not None
        case Kind.WORDS:
            return bool(words(value))
        case _:
            return True


def _value(kind: Kind, value: str, now: datetime) -> str | int | datetime:
    match kind:
        case Kind.NUMBER:
            return int(value)
        case Kind.WORDS:
            return " ".join(words(value)[:MOST_WORDS])
        case Kind.MOMENT:
            return _moment(value, now)
        case _:
            return value


def _moment(value: str, now: datetime) -> datetime:
    days = DAYS.fullmatch(value)
    if days:
        return now + timedelta(days=int(days[2])) * (-1 if days[1] == "-" else 1)
    day = _day(value)
    assert day is not None, value
    return datetime.combine(day, time(), LOCAL)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if DATE.fullmatch(value) else None
    except ValueError:
        return None
