"""The options of a choice: from the schema, from a variable, or from an expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms import feel
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
