"""/track: the state of a dossier for whoever has its code and its check code; no sign-in, no personal data."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, render_template, request

from errors import NotFound
from services import clocks, dossiers, journeys, legal
from texts import Text
from web.security import limiter

blueprint = Blueprint("applicant_tracking", __name__)
LIMIT = "30 per minute"
"""Tries from one address: a check code has 31 to the power of 8 forms."""
LONGEST = 100


@blueprint.get("/track")
@limiter.limit(LIMIT, exempt_when=lambda: not request.args.get("code"))
def shown() -> Response:
    """Show the form, and below it the dossier of the two codes; a wrong pair is a 404 that says not which was wrong."""
    code, check = (request.args.get(name, "").strip()[:LONGEST] for name in ("code", "check"))
    if not code and not check:
        return make_response(render_template("applicant/track.html", code="", check="", dossier=None))
    try:
        dossier = dossiers.tracked(code, check)
    except NotFound as error:
        page = render_template("applicant/track.html", code=code, check=check, dossier=None, problem=error.text)
        return make_response(page, 404)
    now = datetime.now(UTC)
    page = render_template(
        "applicant/track.html",
        code=code,
        check=check,
        dossier=dossier,
        name=Text(dossier.procedure_name, dossier.procedure_name_en),
        told=clocks.tell(dossier, asked_at=now),
        stages=journeys.journey(dossier),
        limit_words=legal.amount,
        now=now,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
