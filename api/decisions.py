"""Decisions: those in force, and those of files that are only tried out (a conformance suite, a designer)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from api import strict_json, uploads, wording
from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.errors import finding_out
from api.language import language
from api.schemas.decisions import Asked, Evaluated, TriedOut
from errors import Invalid
from services import decisions
from services.decisions import BadMoment, Decided

LONGEST_VARIABLES = 400_000
"""Characters of JSON."""

blueprint = Blueprint("decisions", "Decisions: tables and other DMN logic, asked by themselves.")


@blueprint.post("/decisions/<key>/evaluate")
@blueprint.body(Asked)
@blueprint.answers(Evaluated)
def evaluate(sent: dict[str, Any], key: str) -> dict[str, Any]:
    """Evaluate the decision in force under a key, as a process does.

    Every variable is in scope under its name. An expression that fails, and rules that contradict each other, are
    refused with the element's id.
    """
    return _out(decisions.evaluate(viewer(), key, sent["variables"], now=now()))


@blueprint.post("/decisions/evaluate")
@blueprint.upload(
    decision={"type": "string", "maxLength": 255, "description": "Id or name of a decision, service or BKM."},
    model={"type": "string", "maxLength": 255, "description": "Name of the model or file, where several have it."},
    variables={
        "type": "string",
        "maxLength": LONGEST_VARIABLES,
        "description": 'A JSON object; a moment is {"date": …}, {"time": …}, {"dateTime": …} or {"duration": …}.',
    },
)
@blueprint.answers(TriedOut)
def try_out() -> dict[str, Any]:
    """Evaluate a decision of these files to the letter of DMN; nothing is stored.

    Only what a decision requires is in scope, beside variables that the model does not declare. A variable with the
    name of a required decision takes its place. What is in error is null, and `warnings` says why.
    """
    files = uploads.files("decision", "model", "variables")
    name, model = uploads.text("decision"), uploads.text("model")
    if not name:
        raise Invalid(details=[wording.detail("decision", "required")])
    variables = _variables(uploads.text("variables", longest=LONGEST_VARIABLES))
    tried = decisions.try_out(viewer(), files, name, variables, now=now(), model=model)
    return {**_out(tried.decided), "findings": [finding_out(finding) for finding in tried.findings]}


def _variables(text: str) -> dict[str, Any]:
    """Read the part `variables`: numbers exactly, moments as they are marked."""
    try:
        found = json.loads(text or "{}", parse_float=Decimal, parse_constant=_no_number)
        json.dumps(found, ensure_ascii=False, default=str).encode()  # no lone surrogates
    except (ValueError, RecursionError):
        raise Invalid(details=[wording.detail("variables", "object")]) from None
    if not isinstance(found, dict):
        raise Invalid(details=[wording.detail("variables", "object")])
    details = list(strict_json.walk(found, "variables"))
    if details:
        raise Invalid(details=details)
    try:
        return {key: decisions.marked(value) for key, value in found.items()}
    except BadMoment as bad:
        raise Invalid(details=[wording.detail("variables", "marked", str(bad))]) from None


def _no_number(name: str) -> None:
    raise ValueError(name)


def _out(decided: Decided) -> dict[str, Any]:
    return {
        "result": decided.outputs,
        "matched_rules": [
            {
                "decision": rule.decision,
                "table": rule.table,
                "rule_id": rule.rule_id,
                "number": rule.number,
                "inputs": dict(rule.inputs),
                "outputs": dict(rule.outputs),
                "annotation": rule.annotation,
            }
            for rule in decided.matched
        ],
        "warnings": [{"element_id": one.element_id, "message": one.text.in_(language())} for one in decided.warnings],
    }
