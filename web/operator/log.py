"""/operator/log: prove that the event log is whole; each proof is itself an event, so its result stays readable."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from services import checkpoints, log
from storage.queries import people
from web.operator.places import operator, places

blueprint = Blueprint("operator_log", __name__)


@blueprint.get("/operator/log")
def shown() -> str:
    """Show the latest proofs."""
    operator()
    proofs = log.proofs()
    return render_template(
        "operator/log.html",
        places=places(),
        proofs=proofs,
        checkpoint=checkpoints.latest(),
        who=people.names_of(proof.actor for proof in proofs),
        now=datetime.now(UTC),
    )


@blueprint.post("/operator/log/verify")
def verify() -> Response:
    """Recompute every chain and write down what was found."""
    log.prove(operator(), now=datetime.now(UTC))
    return redirect("/operator/log", 303)
