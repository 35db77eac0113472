"""What a schema asks of an answer of the right type: the rules of form-js' Validator, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any, TypeAlias

from errors import Detail
from forms import feel, messages, model, moments, options, patterns, reading, validators, values
from forms.model import Bound, Feel
from forms.nodes import Node
from texts import Text

_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
_EXACT = Context(prec=200)
_WRONG_LIMIT = Decimal("NaN")


def broken(node: Node, variables: Mapping[str, Any], now: datetime) -> Iterator[Detail]:
    """Give a detail for each rule that the answer at a node breaks; `now` is an aware moment."""
    component, label = node.component, node.label
    assert isinstance(component, model.Field)
    if node.misfit is not None:
        yield _misfit(node, component, label)
        return
    for code, message in _own_rules(node, component, label, variables, now):
        yield Detail(code=code, field=node.name, message=message)


def _misfit(node: Node, component: model.Field, label: Text) -> Detail:
    """Say why the value was not taken, now that the templates in its label can be filled."""
    try:
        values.coerce(component, node.raw, label)
    except values.Misfit as misfit:
        return Detail(code=misfit.code, field=node.name, message=misfit.text)
    raise AssertionError("coerce depends on its arguments only")


Broken: TypeAlias = Iterator[tuple[str, Text]]


def _own_rules(node: Node, component: model.Field, label: Text, variables: Mapping[str, Any], now: datetime) -> Broken:
    value = node.value
    if isinstance(component, model.NumberInput) and value is not None:
        yield from _number(component, values.exact(value), label)
    if (
        isinstance(component, model.TextInput)
        and component.pattern
        and value
        and not patterns.matches(component.pattern, value)
    ):
        yield "pattern", component.pattern_message or messages.pattern(label, component.pattern)
    if component.required and values.is_missing(component, value):
        yield "required", messages.required(component, label)
    match component:
        case model.NumberInput() if value is not None:
            yield from _bounds(component, node, values.exact(value), label)
        case model.TextInput() if value:
            yield from _lengths(component, node, value, label)
            yield from _types(component, value, label)
            if component.validator and (said := validators.wrong(component.validator, value, label, now)):
                yield component.validator, said
        case model.Choice() if node.is_answered and value not in (None, []):
            yield from _options(component, node, value, label, variables)
        case model.DateInput() if value and component.not_past:
            yield from _not_past(component, value, label, now)
        case model.FileInput() if len(value) > 1 and not feel.is_true(component.multiple, node.scope):
            yield "too_many_files", messages.one_file(label)


def _number(component: model.NumberInput, number: Decimal, label: Text) -> Broken:
    if not number:
        return
    digits, step = component.decimal_digits, component.increment
    if digits is not None and decimals(number) > digits:
        yield "decimal_digits", messages.not_whole(label, digits)
    if step is not None and (beyond := _EXACT.remainder(number, step)) != 0:
        below = _EXACT.subtract(number, beyond)
        yield "increment", messages.off_step(label, below, _EXACT.add(below, step))


def decimals(number: Decimal) -> int:
    """Count the digits after the decimal point, trailing zeros aside."""
    exponent = _EXACT.normalize(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def limit(bound: Bound, node: Node, *, lenient: bool = False) -> Decimal | None:
    """Give a limit as an exact number; NaN where its expression gives neither a number (or its digits) nor null.

    `lenient`: true counts as 1, false and a blank text as 0, as where JavaScript compares a length with it.
    """
    if not isinstance(bound, Feel):
        return bound
    found = feel.value(bound, node.scope)
    if lenient and (isinstance(found, bool) or (isinstance(found, str) and not values.trim(found))):
        return Decimal(found is True)
    if found is None:
        return None
    number = reading.decimal(found)
    return _WRONG_LIMIT if number is None else number


def _bounds(component: model.NumberInput, node: Node, number: Decimal, label: Text) -> Broken:
    least, most = limit(component.minimum, node), limit(component.maximum, node)
    if least is not None and least.is_nan():
        yield "min", messages.bad_limit(label)
    elif least is not None and number < least:
        yield "min", messages.too_small(label, least)
    if most is not None and most.is_nan():
        yield "max", messages.bad_limit(label)
    elif most is not None and number > most:
        yield "max", messages.too_large(label, most)


def _lengths(component: model.TextInput, node: Node, text: str, label: Text) -> Broken:
    if component.min_length is None and component.max_length is None:
        return
    least, most = (limit(x, node, lenient=True) for x in (component.min_length, component.max_length))
    length = values.length(values.trim(text))
    if least is not None and not least.is_nan() and length < least:
        yield "min_length", messages.too_short(label, int(least), length)
    if most is not None and not most.is_nan() and length > most:
        yield "max_length", messages.too_long(label, int(most), length)


def _types(component: model.TextInput, text: str, label: Text) -> Broken:
    if component.validation == "phone" and not patterns.matches(patterns.PHONE, text):
        yield "phone", messages.phone(label)
    if component.validation == "email" and (len(text) > 320 or not _EMAIL.fullmatch(text)):
        yield "email", messages.email(label)


def _options(component: model.Choice, node: Node, value: Any, label: Text, variables: Mapping[str, Any]) -> Broken:
    known = values.Known(option.value for option in options.of(component, variables, node.scope))
    chosen = value if component.multiple else [value]
    if not all(one in known for one in chosen):
        yield "not_an_option", messages.not_an_option(label)


def _not_past(component: model.DateInput, text: str, label: Text, now: datetime) -> Broken:
    if component.subtype is model.Subtype.TIME:
        return
    today, day = now.astimezone(messages.HANOI).date(), _day(text)
    if day < today:
        yield "past", messages.past(label, messages.day(today))


def _day(text: str) -> date:
    """Give the day of a stored date, or of a stored moment as it is in Vietnam."""
    if len(text) == 10:
        return date.fromisoformat(text)
    return moments.in_hanoi(datetime.fromisoformat(text)).date()
