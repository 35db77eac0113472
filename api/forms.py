"""Forms: answers validated by a schema, without a task."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.language import said
from api.schemas.forms import Validate, Validated
from services import forms

blueprint = Blueprint("forms", "Forms: what their rules say of answers.")


@blueprint.post("/forms/validate")
@blueprint.body(Validate)
@blueprint.answers(Validated)
def validate(sent: dict[str, Any]) -> dict[str, Any]:
    """Validate answers by a form-js schema as a submit would; nothing is stored."""
    found = forms.try_out(viewer(), sent["schema"], sent["data"], now=now())
    errors: dict[str, list[str]] = {}
    for detail in found.errors:
        errors.setdefault(detail.field, []).append(said(detail.message))
    return {"errors": errors, "visible": found.visible, "data": found.data}
