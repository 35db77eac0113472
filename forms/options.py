"""The options of a choice: from the schema, from a variable, or from an expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import feel, values
from forms.components import option
from forms.feel import Scope
from forms.model import Choice, Option

MAX_OPTIONS = 1000


def of(field: Choice, variables: Mapping[str, Any], scope: Scope) -> tuple[Option, ...]:
    """Give the options on offer: `valuesKey` names a variable; usable entries only, at most 1000."""
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


def known_only(field: Choice, raw: Any, variables: Mapping[str, Any]) -> Any:
    """Give the variable that a choice begins with, without what is no option, as form-js does when it opens a form.

    Where an expression gives the options it is left alone: `offered_only` judges it once they are known.
    """
    if field.values_expression is not None:
        return raw
    known = of(field, variables, Scope(variables))
    if field.multiple:
        return [value for value in raw if _is_among(value, known)] if isinstance(raw, list) else []
    return raw if _is_among(raw, known) else None


def offered_only(field: Choice, value: Any, known: tuple[Option, ...]) -> Any:
    """Give a value that nobody chose, without what is not on offer; form-js leaves 0 and false alone."""
    if field.multiple:
        return [one for one in value if _is_among(one, known)]
    return value if value in (0, False) or _is_among(value, known) else None


def _is_among(value: Any, known: tuple[Option, ...]) -> bool:
    return any(values.same(value, option.value) for option in known)
