"""One answer as it was sent, made into the value its component stores, or refused with a reason."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any

from forms import messages, model, moments
from forms.model import Field, Subtype
from texts import Text

MAX_TEXT = 50_000
"""UTF-16 units in one text answer, whatever the schema allows."""
MAX_CHOSEN = 500
_MAX_ID = 200
_MAX_DIGITS = 30
_MAX_NUMBER = 10**15
"""JSON numbers are exact below 2^53 only; a longer one is asked for as a string (`serializeToString`)."""
_TRIMMED = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class Unreadable(str):
    """What a person typed for a number that cannot be read without guessing; shown again, never stored."""

    __slots__ = ()


class Posted(str):
    """What an HTML post said of a choice before its options were known: stands for the option of that HTML value."""

    __slots__ = ()


class Misfit(Exception):
    """This value does not fit its component. Only `coerce` raises it."""

    def __init__(self, code: str, text: Text) -> None:
        self.code, self.text = code, text
        super().__init__(text.en)


def trim(text: str) -> str:
    """Cut off what JavaScript's `trim` cuts off."""
    return text.strip(_TRIMMED)


def length(text: str) -> int:
    """Count UTF-16 units, as JavaScript's `length` does."""
    return len(text) if text.isascii() else len(text) + sum(1 for sign in text if sign > "\uffff")


def empty(field: Field) -> Any:
    """Give the value of a field that nobody answered (form-js' `emptyValue`)."""
    match field:
        case model.TextInput():
            return ""
        case model.Checkbox():
            return False
        case model.Choice(multiple=True) | model.FileInput():
            return []
        case _:
            return None


def is_missing(field: Field, value: object) -> bool:
    """Say whether a value counts as no answer where one is required; false does for a checkbox only."""
    return value is None or value in ("", []) or (value is False and isinstance(field, model.Checkbox))


def coerce(field: Field, raw: Any, label: Text, *, held: Any = None) -> Any:
    """Give the value to store for what was sent; `None` means that the answer was cleared.

    `held`: what the field began with; a time that was left alone stays, be it between the times on offer.

    Raises Misfit where the type is wrong; says nothing about required, limits, patterns or options.
    """
    if raw is None:
        return empty(field)
    match field:
        case model.TextInput():
            return _text(field, raw, label)
        case model.NumberInput():
            return _number(field, raw, label)
        case model.DateInput():
            return _moment(field, raw, label, held)
        case model.Checkbox():
            if not isinstance(raw, bool):
                raise Misfit("wrong_type", messages.wrong_type(field, label))
            return raw
        case model.Choice():
            return _choice(field, raw, label)
        case model.FileInput():
            return _files(field, raw, label)
        case _:
            return plain(raw)


def sanitise(field: Field, raw: Any, *, as_it_is: bool = False) -> Any:
    """Give the value of a variable or default for a field; one that does not fit counts as empty, as in form-js.

    `as_it_is`: a time keeps the offset it is written with, and a choice what is no option.
    """
    if isinstance(field, model.TextInput) and isinstance(raw, int | float):
        raw = written(raw)
    elif isinstance(raw, date | time | Decimal):
        raw = plain(raw)
    if as_it_is and isinstance(field, model.Choice):
        return plain(raw) if isinstance(raw, list) or not field.multiple else []
    try:
        fitting = coerce(field, raw, model.NOTHING, held=raw)
    except Misfit:
        return empty(field)
    return raw if as_it_is and fitting is not None and isinstance(field, model.DateInput) else fitting


def written(number: int | float) -> str:
    """Write a number as JavaScript's `String` does, near enough: `true`, `12`, `1.5`."""
    if isinstance(number, bool):
        return str(number).lower()
    if isinstance(number, int):
        return str(number) if abs(number) < 10**_MAX_DIGITS else ""
    return str(int(number)) if number.is_integer() and abs(number) < 1e21 else str(number)


def is_finite(number: int | float) -> bool:
    """Say whether JSON and the database can hold a number."""
    return math.isfinite(number) if isinstance(number, float) else -(2**63) <= number < 2**63


def plain(raw: Any, depth: int = 0) -> Any:
    """Make JSON data of a value (of reasonable depth, without characters that cannot be stored); else None."""
    if isinstance(raw, date | time):
        return raw.isoformat()
    if isinstance(raw, Decimal):
        raw = _as_json(raw) if raw.is_finite() else None
    if raw is None or isinstance(raw, bool | int | float):
        return raw if raw is None or is_finite(raw) else None
    if isinstance(raw, str):
        return raw if _storable(raw) else None
    if depth > 10:
        return None
    if isinstance(raw, Mapping):
        return {str(key): plain(value, depth + 1) for key, value in raw.items() if _storable(str(key))}
    return [plain(value, depth + 1) for value in raw] if isinstance(raw, list | tuple) else None


def same(one: Any, other: Any) -> bool:
    """Compare as JavaScript's deep equality does: true is not 1, but 1 is 1.0."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class Known:
    """Values of which it is asked often whether another is the `same` as one of them."""

    __slots__ = ("_plain", "_rest")

    def __init__(self, values: Iterable[Any] = ()) -> None:
        self._plain: set[tuple[bool, Any]] = set()
        self._rest: list[Any] = []
        for value in values:
            self.add(value)

    def add(self, value: Any) -> None:
        """Know one more."""
        if _is_plain(value):
            self._plain.add((isinstance(value, bool), value))
        else:
            self._rest.append(value)

    def __contains__(self, value: object) -> bool:
        if _is_plain(value):
            return (isinstance(value, bool), value) in self._plain
        return any(same(value, one) for one in self._rest)


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def exact(value: object) -> Decimal:
    """Give the exact decimal of a stored number (its shortest decimal notation, as big.js reads it)."""
    return Decimal(str(value))


def _storable(text: str) -> bool:
    """Say whether PostgreSQL and UTF-8 can hold a text: no NUL, no half of a surrogate pair."""
    if text.isascii():
        return "\0" not in text
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _string(field: Field, raw: Any, label: Text, most: int) -> str:
    if not isinstance(raw, str):
        raise Misfit("wrong_type", messages.wrong_type(field, label))
    if len(raw) > most:
        raise Misfit("too_long", messages.too_long(label, most, length(raw)))
    if not _storable(raw):
        raise Misfit("wrong_characters", messages.wrong_characters(label))
    return raw


def _text(field: model.TextInput, raw: Any, label: Text) -> str:
    text = unicodedata.normalize("NFC", _string(field, raw, label, MAX_TEXT))
    if field.kind is model.Kind.TEXTFIELD and not text.isprintable():
        return text.translate({9: " ", 10: " ", 13: " "})
    return text


def _number(field: model.NumberInput, raw: Any, label: Text) -> Any:
    if isinstance(raw, Unreadable):
        raise unreadable(field, raw, label)
    if isinstance(raw, str):
        text = trim(_string(field, raw, label, 100))
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise Misfit("wrong_type", messages.wrong_type(field, label))
        raw = _parsed(text)
    elif isinstance(raw, bool) or not isinstance(raw, int | float) or not is_finite(raw):
        raise Misfit("wrong_type", messages.wrong_type(field, label))
    number, most = exact(raw), Decimal(10**_MAX_DIGITS if field.as_text else _MAX_NUMBER)
    if abs(number) > most or (number and number.adjusted() < -_MAX_DIGITS):
        raise Misfit("too_large", messages.too_large(label, most))
    if field.as_text:
        return f"{number:f}"
    return _as_json(raw) if isinstance(raw, Decimal) else raw


def _parsed(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
        return Decimal(0)


def _as_json(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def unreadable(field: Field, typed: str, label: Text) -> Misfit:
    """Say why a number that a person typed was not taken."""
    if re.fullmatch(r"\s*[+-]?\d{1,3}[.,]\d{3}\s*", typed, re.ASCII):
        return Misfit("ambiguous_number", messages.ambiguous_number(label, typed))
    return Misfit("wrong_type", messages.wrong_type(field, label))


def _moment(field: model.DateInput, raw: Any, label: Text, held: Any) -> str | None:
    text = trim(_string(field, raw, label, 100))
    if not text:
        return None
    day, _, clock = text.partition("T") if field.subtype is Subtype.DATETIME else (text, "", text)
    wants_day, wants_clock = field.subtype is not Subtype.TIME, field.subtype is not Subtype.DATE
    if (wants_day and not _is_day(day)) or (wants_clock and not _is_clock(clock)):
        raise Misfit("wrong_date", messages.wrong_date(field, label))
    if not wants_clock:
        return text
    exact = moments.written(field, text)
    return exact if moments.is_same_clock(field, exact, held) else moments.on_offer(field, exact)


def _is_day(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_clock(text: str) -> bool:
    if not _TIME.fullmatch(text):
        return False
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def _choice(field: model.Choice, raw: Any, label: Text) -> Any:
    if field.multiple:
        if not isinstance(raw, list) or len(raw) > MAX_CHOSEN:
            raise Misfit("wrong_type", messages.wrong_type(field, label))
        chosen, known = [], Known()
        for value in raw:
            one = _one(field, value, label)
            if one not in known:
                known.add(one)
                chosen.append(one)
        return chosen
    return None if raw == "" else _one(field, raw, label)


def _one(field: model.Choice, raw: Any, label: Text) -> Any:
    if isinstance(raw, str):
        return _string(field, raw, label, MAX_TEXT)
    if isinstance(raw, bool | int | float) and is_finite(raw):
        return raw
    if any(same(raw, option.value) for option in field.options):
        return raw
    if field.values_key or field.values_expression:
        return plain(raw)
    raise Misfit("wrong_type", messages.wrong_type(field, label))


def _files(field: model.FileInput, raw: Any, label: Text) -> list[str]:
    ids = [raw] if isinstance(raw, str) and raw else raw
    if ids == "":
        return []
    if not isinstance(ids, list) or len(ids) > MAX_CHOSEN or not all(isinstance(x, str) and x for x in ids):
        raise Misfit("wrong_type", messages.wrong_type(field, label))
    return list(dict.fromkeys(_string(field, x, label, _MAX_ID) for x in ids))
