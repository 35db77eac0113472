"""Answers that somebody might give to a form: a designer looks at a form that is filled in, not at an empty one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from forms import model
from forms.model import Component, Container, Field, Form, Repeated, Subtype

WORDS = "Nội dung mẫu để xem thử biểu mẫu"
NAME = "Nguyễn Thị Ánh Tuyết"
TYPED = {"email": "anh.tuyet@example.vn", "phone": "+84912345678"}
NAMED = {"person_name": NAME, "vn_phone": "0912345678", "citizen_id": "001099012345", "tax_code": "0100109106"}
"""What passes the rules that a textfield may name (`validator`)."""
BY_AUTOCOMPLETE = {"name": NAME, "street-address": "12 phố Hàng Bài, Hà Nội", "organization": "Công ty Mẫu"}
MOST_TEXT = 2_000
MOST_ROWS = 3


def sample(form: Form, *, now: datetime) -> dict[str, Any]:
    """Give plausible answers to a form: what cannot be guessed (patterns, files, computed options) is left out."""
    data: dict[str, Any] = {}
    _fill(form.components, data, now)
    return data


def _fill(components: Iterable[Component], data: dict[str, Any], now: datetime) -> None:
    for component in components:
        match component:
            case Repeated():
                rows = []
                for _ in range(max(1, min(component.repetitions, MOST_ROWS))):
                    row: dict[str, Any] = {}
                    _fill(component.components, row, now)
                    rows.append(row)
                _put(data, component.path, rows)
            case Container():
                inner = data
                for step in component.path:
                    held = inner.setdefault(step, {})
                    inner = held if isinstance(held, dict) else {}
                _fill(component.components, inner, now)
            case Field():
                value = component.default if component.default is not None else _value(component, now)
                if value is not None:
                    _put(data, component.path, value)


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *above, last = path
    for step in above:
        held = data.setdefault(step, {})
        data = held if isinstance(held, dict) else {}
    data[last] = value


def _value(component: Field, now: datetime) -> Any:
    match component:
        case model.TextInput():
            return _text(component)
        case model.NumberInput():
            return _number(component)
        case model.DateInput():
            day = (now + timedelta(days=30)).date().isoformat()
            if component.offset is not model.Offset.NONE and component.subtype is not Subtype.DATE:
                return None  # a moment with its zone is typed, not guessed
            return {Subtype.DATE: day, Subtype.TIME: "09:00"}.get(component.subtype, f"{day}T09:00")
        case model.Checkbox():
            return True
        case model.Choice(options=(first, *_)):
            return [first.value] if component.multiple else first.value
        case _:
            return None


def _text(component: model.TextInput) -> str | None:
    if component.pattern:
        return None
    named = NAMED.get(str(getattr(component, "validator", "")))
    text = named or TYPED.get(component.validation) or BY_AUTOCOMPLETE.get(component.autocomplete) or WORDS
    least, most = (_whole(bound) for bound in (component.min_length, component.max_length))
    if least is not None and least > len(text):
        text = (text + " ") * (min(least, MOST_TEXT) // len(text) + 1)
    return text[: most if most is not None and most > 0 else MOST_TEXT].strip()


def _whole(bound: model.Bound) -> int | None:
    return int(bound) if isinstance(bound, Decimal) and abs(bound) < MOST_TEXT else None


def _number(component: model.NumberInput) -> Any:
    least, most = (x if isinstance(x, Decimal) else None for x in (component.minimum, component.maximum))
    value = least if least is not None else min(Decimal(1), most) if most is not None else Decimal(1)
    if component.increment is not None:
        value = (value / component.increment).to_integral_value(rounding="ROUND_CEILING") * component.increment
    if component.as_text:
        return format(value, "f")
    return int(value) if value == value.to_integral_value() else float(value)
