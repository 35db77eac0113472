"""Correlation: which message is for which waiting event, and by what both can be found in an index.

A message fits a waiting event of its name when all that is said on either side agrees:

* the event asks for a key (`motcua:correlationKey`, `zeebe:subscription`): the message's `correlation` brings `key`, or
  the message has a business key and no correlation, and the two are equal;
* keys of the conversation (BPMN 8.4.2) hold: those of a correlationSubscription are computed from the variables, the
  others were fixed by the first message sent or received; for one of those that are known all values agree;
* whatever else the message's `correlation` names are variables with the values that they have where the event waits.

The more is agreed on the better the fit: a key that agrees, then variables, then the name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson

from bpmn.definition import Definition
from bpmn.spiff.correlation import NOTHING, Correlation, Key, Property
from bpmn.spiff.events import Subscription
from errors import ExpressionFailed
from expressions import dialect

if TYPE_CHECKING:
    from engine.spiff.instance import Instance

Fixed = dict[str, dict[str, Any]]
"""Of each correlation key the values of its properties, once they are known."""

PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
BY_NAME, BY_VARIABLES, BY_KEY = 0, 1, 2
MAX_LABELS = 64
"""Variables of a waiting event by which it stands in the index; one with more is found by its message's name."""
LONGEST = 1_000
"""Signs of a value that stands in the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message on its way: what its sender said to find who is meant."""

    name: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    correlation: Mapping[str, Any] = field(default_factory=dict)
    """`key`, variables of who waits, or properties of its correlation keys, with their values."""
    carried: Mapping[str, Any] = field(default_factory=dict)
    """Correlation properties of the instance that threw it, with their values."""
    business_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What created an instance: the event `index` of the element it begins at, and the message, if it was one."""

    index: int = 0
    payload: Mapping[str, Any] = field(default_factory=dict)
    message: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """By what a waiting event is found: it can be meant by a message without any label, or by one with one of these."""

    is_open: bool
    labels: tuple[str, ...]
    is_partial: bool = False
    """It has more variables than stand in `labels`."""


def plain(value: Any) -> Any:
    """Give a value in one form, so that equal values are equal as text too: 1, 1.0 and Decimal(1) are the same."""
    match value:
        case bool() | None | str():
            return value
        case int() | float() | Decimal():
            number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
            return {"n": format(number.normalize() if number.is_finite() else number, "f")}
        case datetime() | date() | time():
            return {"t": value.isoformat()}
        case timedelta():
            return {"s": value.total_seconds()}
        case Mapping():
            return {"o": {str(name): plain(value[name]) for name in sorted(value, key=str)}}
        case list() | tuple():
            return [plain(item) for item in value]
    return repr(value)


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal as values of keys."""
    return bool(one == other) if type(one) is type(other) else plain(one) == plain(other)


def label(message: str, of: str, value: Any) -> str:
    """Give the text under which a value of a key or variable stands in the index."""
    return blake2b(orjson.dumps([message, of, plain(value)]), digest_size=12).hexdigest()


def stands_in_index(value: Any) -> bool:
    """Tell whether an event is found by a variable of this value."""
    return value is not None and isinstance(value, str | int | float | Decimal | date) and len(str(value)) <= LONGEST


# -- what a message says


def values_of(known: Correlation, message: Message) -> Fixed:
    """Give the values that a message holds of the correlation keys that whoever receives it knows."""
    found: Fixed = {}
    for key in known.keys_of(message.name):
        values = {one.id: _value(one, message) for one in key.properties}
        if all(value is not None for value in values.values()):
            found[key.id] = values
    return found


def _value(one: Property, message: Message) -> Any:
    for said in (one.id, one.name):
        if said and said in message.correlation:
            return message.correlation[said]
    value = _at(message.payload, one.paths[message.name])
    return message.carried.get(one.id) if value is None else value


def _at(payload: Mapping[str, Any], path: str) -> Any:
    """Give what a path (`order.number`) or expression means in a payload; None where it does not hold it."""
    if PATH.fullmatch(path):
        value: Any = payload
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value
    try:
        return dialect.evaluate(path, payload)
    except ExpressionFailed:
        return None


def labels_of(definition: Definition, message: Message) -> tuple[str, ...]:
    """Give the labels that a message's correlation keys have among those who run this definition."""
    return tuple(
        _key_label(message.name, key, values[key.id])
        for known in definition.compiled.correlations.values()
        for values in [values_of(known, message)]
        for key in known.keys_of(message.name)
        if key.id in values
    )


def properties_of(definition: Definition) -> frozenset[str]:
    """Give the names of all correlation properties that a definition knows."""
    held = [keys for known in definition.compiled.correlations.values() for keys in known.by_message.values()]
    properties = (one for keys in held for key in keys for one in key.properties)
    return frozenset(name for one in properties for name in (one.id, one.name) if name)


def _key_label(message: str, key: Key, values: Mapping[str, Any]) -> str:
    return label(message, f"@{key.id}", [values[one.id] for one in key.properties])


# -- who waits


def fits(instance: Instance, waiting: Subscription, message: Message) -> int | None:
    """Say how well a message fits a waiting event of its name; None: it is not for it."""
    asked, rank = dict(message.correlation), BY_NAME
    if "key" in waiting.token.internal_data:
        given = asked.pop("key", message.business_key if not asked else None)
        if given is not None:
            if not same(given, waiting.token.internal_data["key"]):
                return None
            rank = BY_KEY
        elif not asked:
            return None
    known = _known(instance, waiting)
    keys = known.keys_of(message.name)
    if keys:
        for key in keys:
            for one in key.properties:
                asked.pop(one.id, None)
                asked.pop(one.name, None)
        held, there = values_of(known, message), _there(instance, waiting, keys)
        if any(key_id in held and same(held[key_id], values) for key_id, values in there.items()):
            rank = BY_KEY
        elif there:
            return None
    if asked:
        visible = waiting.token.data
        if not all(name in visible and same(visible[name], value) for name, value in asked.items()):
            return None
        rank = max(rank, BY_VARIABLES)
    return rank


def labels_waiting(instance: Instance, waiting: Subscription) -> Labels:
    """Say by what a waiting event can be found."""
    keys = _known(instance, waiting).keys_of(waiting.name)
    there = _there(instance, waiting, keys) if keys else {}
    found = {_key_label(waiting.name, key, there[key.id]) for key in keys if key.id in there}
    notes, variables = waiting.token.internal_data, waiting.token.data
    if "key" in notes:
        variables = {**variables, "key": notes["key"]}
    scalars = [name for name in variables if stands_in_index(variables[name])]
    if "key" in notes:
        scalars.sort(key=lambda name: name != "key")
    found |= {label(waiting.name, name, variables[name]) for name in scalars[:MAX_LABELS]}
    return Labels(
        is_open="key" not in notes and not there, labels=tuple(sorted(found)), is_partial=len(scalars) > MAX_LABELS
    )


def taken(instance: Instance, waiting: Subscription, message: Message) -> None:
    """Note that a waiting event takes a message: keys that it holds and that were not known yet are fixed."""
    known = _known(instance, waiting)
    if known is not NOTHING:
        _fix(instance, known, values_of(known, message))


def begun(instance: Instance, trigger: Trigger) -> None:
    """Note the keys of the message that created an instance."""
    known = instance.compiled.correlations.get(instance.spec.process_key, NOTHING)
    if trigger.message is not None and known is not NOTHING:
        _fix(instance, known, values_of(known, trigger.message))


def thrown(instance: Instance, process_key: str, message: Message) -> dict[str, Any]:
    """Note that a message is thrown, and give the values of correlation properties that it carries."""
    known = instance.compiled.correlations.get(process_key, NOTHING)
    if known is NOTHING:
        return {}
    held = values_of(known, message)
    _fix(instance, known, held)
    carried = {name: value for values in instance.fixed.values() for name, value in values.items()}
    return carried | {name: value for values in held.values() for name, value in values.items()}


def _fix(instance: Instance, known: Correlation, held: Fixed) -> None:
    for key_id, values in held.items():
        if key_id not in known.bindings:
            instance.fixed.setdefault(key_id, values)


def _known(instance: Instance, waiting: Subscription) -> Correlation:
    scope = waiting.token.workflow
    known: Correlation = scope.compiled.correlations.get(scope.spec.process_key, NOTHING)
    return known


def _there(instance: Instance, waiting: Subscription, keys: tuple[Key, ...]) -> Fixed:
    """Give the values of those keys that an instance knows: fixed ones, and those computed from its variables."""
    return dict(_each_there(instance, waiting, keys))


def _each_there(
    instance: Instance, waiting: Subscription, keys: tuple[Key, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    bindings = _known(instance, waiting).bindings
    for key in keys:
        if key.id in bindings:
            paths = bindings[key.id]
            yield key.id, {one.id: _computed(waiting, paths.get(one.id, "")) for one in key.properties}
        elif key.id in instance.fixed:
            yield key.id, instance.fixed[key.id]


def _computed(waiting: Subscription, path: str) -> Any:
    try:
        return waiting.token.evaluate(path) if path else None
    except ExpressionFailed:  # its variables are not there yet
        return None
