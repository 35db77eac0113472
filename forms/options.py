"""The options of a choice: from the schema, from a variable, or from an expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import display, feel, values
from forms.allowance import Spent, within
from forms.components import option
from forms.feel import Scope
from forms.model import Choice, Option

MAX_OPTIONS = 1000


def of(field: Choice, variables: Mapping[str, Any], scope: Scope) -> tuple[Option, ...]:
    """Give the options on offer: `valuesKey` names a variable; usable entries only, at most 1000."""
    try:
        return within(lambda: _of(field, variables, scope))
    except Spent:
        return ()


def _of(field: Choice, variables: Mapping[str, Any], scope: Scope) -> tuple[Option, ...]:
    if field.values_key:
        source = variables.get(field.values_key)
    elif field.values_expression is not None:
        source = feel.value(field.values_expression, scope)
    else:
        return field.options
    if not isinstance(source, list | tuple):
        return ()
    read = (option(entry) for entry in source[:MAX_OPTIONS])
    return tuple(entry for entry in read if entry is not None)


def by_key(known: tuple[Option, ...]) -> dict[str, Any]:
    """Give HTML value -> value of the options; where two look the same in HTML, the text among them is meant."""
    found = {display.key(option.value): option.value for option in known}
    return found | {option.value: option.value for option in known if isinstance(option.value, str)}


def meant(field: Choice, value: Any, known: tuple[Option, ...]) -> Any:
    """Give a value with the options in the place of what was `Posted` for them."""
    found = by_key(known)
    if field.multiple:
        return [_one_meant(one, found) for one in value]
    return _one_meant(value, found)


def is_posted(value: Any) -> bool:
    """Say whether a value, or one of several, is what was `Posted` for an option that is not known yet."""
    return any(isinstance(one, values.Posted) for one in (value if isinstance(value, list) else [value]))


def _one_meant(value: Any, found: Mapping[str, Any]) -> Any:
    return found.get(value, str(value)) if isinstance(value, values.Posted) else value


def known_only(field: Choice, raw: Any, variables: Mapping[str, Any]) -> Any:
    """Give the variable that a choice begins with, without what is no option, as form-js does when it opens a form.

    Where an expression gives the options it is left alone: `offered_only` judges it once they are known.
    """
    if field.values_expression is not None:
        return raw
    known = values.Known(option.value for option in of(field, variables, Scope(variables)))
    if field.multiple:
        return [value for value in raw if value in known] if isinstance(raw, list) else []
    return raw if raw in known else None


def offered_only(field: Choice, value: Any, known: tuple[Option, ...]) -> Any:
    """Give a value that nobody chose, without what is not on offer; form-js leaves 0 and false alone."""
    offered = values.Known(option.value for option in known)
    if field.multiple:
        return [one for one in value if one in offered]
    return value if value in (0, False) or value in offered else None
