"""Forms, tried out without a task: what the rules of a schema say of answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from errors import Invalid
from forms import schema
from forms.validate import TOO_HEAVY, Validated, validate
from services.permissions import Permission, Viewer, require_any


def try_out(viewer: Viewer, form: Mapping[str, Any], data: Mapping[str, Any], *, now: datetime) -> Validated:
    """Validate answers by a form-js schema as a submit would; nothing is stored.

    Raises Invalid, one detail for each point, where the schema is no form, or `form_too_heavy` where its expressions
    take too much computing.
    """
    require_any(viewer, Permission.DESIGN, Permission.RUN_INSTANCES)
    checked = validate(schema.read(form), data, now=now)
    if any(detail.code == TOO_HEAVY for detail in checked.errors):
        raise Invalid(details=checked.errors)
    return checked
