"""Forms that follow their answers: what a button of the form, or the script that presses it, shows anew.

web/frontend/site/live.js posts what the button posts, says so by a header, and gets the part of the page that holds the
form. Nothing is saved: drafts save themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import render_template, request

from errors import Detail
from forms.model import Form
from forms.submission import steps_of, wants_refresh
from forms.validate import validate
from forms.views import FieldView

SHOWN = "answers-wrong"
"""The name under which a page posts the fields that it says are wrong."""
MOST = 300


def is_asked() -> bool:
    """Say whether a script asks for the form alone, as its answers are now."""
    return request.headers.get("HX-Request") == "true" and wants_refresh(request.form.items(multi=True))


def still_wrong(
    form: Form | None, data: Mapping[str, Any], *, variables: Mapping[str, Any], now: datetime
) -> list[Detail]:
    """Give what is still wrong with the fields that the page had said are wrong; of others nothing is said yet."""
    shown = {
        ".".join(map(str, steps))
        for name in request.form.getlist(SHOWN)[:MOST]
        if (steps := steps_of(name)) is not None
    }
    if form is None or not shown:
        return []
    return [error for error in validate(form, data, variables=variables, now=now).errors if error.field in shown]


def answer(fields: Sequence[FieldView], errors: Sequence[Detail] | None = None) -> str:
    """Render the form, and the list of what is wrong with it; `errors` None: that list is left as it is."""
    return render_template("forms/live.html", fields=fields, errors=errors)
