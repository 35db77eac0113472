"""/procedures/<key>: everything the law wants published about a procedure, and the door to filing it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Blueprint, render_template

from errors import NotFound
from services import journeys, legal, loading
from storage.queries import catalogue
from texts import Text

blueprint = Blueprint("applicant_procedures", __name__)


@blueprint.get("/procedures/<key>")
def shown(key: str) -> str:
    """Show a procedure; one that was retired, or is out of service, says so and takes no filing."""
    row = catalogue.find(key)
    procedure = loading.load(row.id).procedure if row else None
    if row is None or procedure is None:
        raise NotFound()
    return render_template(
        "applicant/procedure.html",
        key=row.key,
        version=row.version,
        is_retired=row.state == "retired",
        is_suspended=row.state != "retired" and row.is_suspended,
        can_file=row.state != "retired" and not row.is_suspended and legal.can_file_online(procedure),
        name=Text(row.name, row.name_en),
        procedure=procedure,
        times=legal.times(procedure),
        fees=legal.fees(procedure),
        terms=legal.terms(procedure, now=datetime.now(UTC)),
        charges=legal.charges(procedure),
        needed=legal.needed(procedure),
        steps=journeys.steps_of(row.id),
        limit_words=legal.amount,
        has_supplement=journeys.has_supplement(row.id),
        channels=legal.named(procedure.channels, legal.CHANNELS),
        applicants=legal.named(procedure.applicants, legal.APPLICANTS),
        authority=legal.named([procedure.authority_level], legal.AUTHORITIES)[0],
        iso_day=iso_day,
    )


def iso_day(text: str) -> date | str:
    """Read a date of the legal parts for writing; what is none is shown as it stands."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
