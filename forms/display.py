"""An answer as a reader sees it, in Vietnamese and English; and a value as its control holds it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forms import messages, model, moments, values
from forms.model import Field, Option, Subtype
from texts import Text

_LONGEST = 5000


def answer(field: Field, value: Any, options: Sequence[Option] = (), files: Mapping[str, str] | None = None) -> Text:
    """Write an answer for reading; an empty Text means that there is none. `files`: document id -> file name."""
    if value is None or value in ("", []):
        return model.NOTHING
    match field:
        case model.Checkbox():
            return Text("Có", "Yes") if value is True else Text("Không", "No")
        case model.NumberInput():
            return _adorned(field, messages.number(values.exact(value)))
        case model.TextInput():
            return _adorned(field, Text(value, value))
        case model.DateInput():
            return _moment(field, value)
        case model.Choice():
            return _joined([_label(one, options) for one in (value if field.multiple else [value])])
        case model.FileInput():
            names = [(files or {}).get(one, one) for one in value]
            return _joined([Text(name, name) for name in names])
        case _:
            return _other(value)


def control(field: Field, raw: Any, value: Any) -> Text:
    """Give what the control of a text, number or date shows: what was typed, where it was not taken."""
    if isinstance(raw, str) and (isinstance(raw, values.Unreadable) or value is None or value == ""):
        shown = raw[:_LONGEST]
        return Text(shown, shown)
    if value is None:
        return model.NOTHING
    if isinstance(field, model.NumberInput):
        return number(value)
    if isinstance(field, model.DateInput):
        shown = _without_offset(value, field.subtype)
        return Text(shown, shown)
    return Text(str(value), str(value))


def plain_number(number: Decimal) -> Text:
    """Write a number with the decimal sign of each language and no grouping."""
    english = f"{number:f}"
    return Text(english.replace(".", ","), english)


def number(value: Any) -> Text:
    """Write a number for typing on: no grouping, and never three decimals alone, which could be read as grouping."""
    english = f"{values.exact(value):f}"
    whole, point, decimals = english.partition(".")
    if len(decimals) == 3 and len(whole.lstrip("-")) <= 3 and whole.lstrip("-") != "0":
        decimals += "0"
    return Text(f"{whole},{decimals}" if point else whole, f"{whole}.{decimals}" if point else whole)


def key(value: Any) -> str:
    """Give the string that stands for an option's value in HTML."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _adorned(field: model.TextInput | model.NumberInput, text: Text) -> Text:
    if not field.suffix and not field.prefix:
        return text
    parts = ((field.prefix.in_(x), text.in_(x), field.suffix.in_(x)) for x in ("vi", "en"))
    return Text(*(" ".join(part for part in three if part) for three in parts))


def _label(value: Any, options: Sequence[Option]) -> Text:
    found = next((option.label for option in options if values.same(option.value, value)), None)
    return found or Text(key(value), "")


def _joined(texts: Sequence[Text]) -> Text:
    return Text(*(", ".join(text.in_(x) for text in texts) for x in ("vi", "en")))


def _other(value: Any) -> Text:
    if isinstance(value, bool):
        return Text("Có", "Yes") if value else Text("Không", "No")
    if isinstance(value, int | float):
        return messages.number(Decimal(str(value)))
    shown = key(value)[:_LONGEST]
    return Text(shown, shown)


def _moment(field: model.DateInput, value: str) -> Text:
    if field.subtype is Subtype.TIME:
        shown = _without_offset(value, Subtype.TIME)
        return Text(shown, shown)
    try:
        if field.subtype is Subtype.DATE:
            return messages.day(date.fromisoformat(value))
        local = moments.in_hanoi(datetime.fromisoformat(value))
    except ValueError:
        return Text(value, value)
    day, clock = messages.day(local.date()), f"{local:%H:%M}"
    return Text(f"{clock}, {day.vi}", f"{clock}, {day.en}")


def _without_offset(value: str, subtype: Subtype) -> str:
    """Give a stored time as <input type=time> and <input type=datetime-local> take it: local, without an offset."""
    if subtype is Subtype.DATE:
        return value
    try:
        local = moments.in_hanoi(datetime.fromisoformat(f"2000-01-01T{value}" if subtype is Subtype.TIME else value))
    except ValueError:
        return value
    return f"{local:%H:%M}" if subtype is Subtype.TIME else f"{local:%Y-%m-%dT%H:%M}"
