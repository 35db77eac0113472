"""Say what is wrong with answers, and what of them is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from errors import Detail
from forms import messages, rules
from forms.allowance import is_spent, measured
from forms.fill import fill, is_disabled
from forms.model import Field, Form

MAX_DETAILS = 300
"""Details reported at once; enough for any real form, and a bound for a hostile one."""

TOO_HEAVY = "form_too_heavy"
"""The code of the one detail where the allowance of the form is spent; it names no field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The outcome: `data` is to be stored only where `errors` is empty; `visible` names the fields in sight."""

    data: dict[str, Any]
    errors: tuple[Detail, ...]
    visible: tuple[str, ...]


def validate(
    form: Form, submitted: Mapping[str, Any], *, variables: Mapping[str, Any] | None = None, now: datetime
) -> Validated:
    """Check what was sent for a form, all of it at once; never raises, whatever was sent.

    `submitted`: JSON data (from a program, or from `submission.from_post`). `variables`: what the process knows; it
    gives the value of fields that were not sent, of readonly and of disabled ones, and what expressions can see.
    `now`: an aware moment. Each error names its field by a dotted path with 0-based row numbers (`people.0.name`).
    Hidden and disabled fields are neither validated nor stored; expression fields are computed here, whatever was sent.
    Where the allowance of the form (forms/allowance.py) does not suffice, that is the one error.
    """
    with measured():
        checked = _validated(form, submitted, variables or {}, now)
        if is_spent():  # conditions and options are not known: nothing of this may be stored
            return Validated(data={}, errors=(Detail(code=TOO_HEAVY, message=messages.too_heavy()),), visible=())
    return checked


def _validated(form: Form, submitted: Mapping[str, Any], known: Mapping[str, Any], now: datetime) -> Validated:
    filling = fill(form, submitted, known, now=now)
    errors, visible = list(filling.faults), []
    for node in filling.visible():
        if not isinstance(node.component, Field):
            continue
        visible.append(node.name)
        if is_spent():
            break
        if not is_disabled(node) and len(errors) < MAX_DETAILS:
            errors.extend(rules.broken(node, known, now))
    return Validated(data=filling.stored(), errors=tuple(errors), visible=tuple(visible))
