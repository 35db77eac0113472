"""/ and /procedures: the catalogue of procedures in force, by words without marks and by field."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from services import legal, loading
from services.folding import fold
from storage.queries import catalogue
from texts import Text

blueprint = Blueprint("applicant_catalogue", __name__)
PAGE = 20
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One procedure in the list."""

    key: str
    name: Text
    applicants: tuple[Text, ...]
    times: tuple[Text, ...]
    fees: tuple[Decimal, Decimal]
    level: str
    is_suspended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChoice:
    """One field to filter by."""

    code: str
    name: Text
    count: int
    chosen: bool


@blueprint.get("/", endpoint="start")
@blueprint.get("/procedures")
def listed() -> str:
    """Show the procedures that the words and fields of the address find."""
    text = request.args.get("q", "").strip()[:LONGEST_QUERY]
    fields = [code for code in request.args.getlist("field") if code]
    after = request.args.get("after")
    page = catalogue.search(text=fold(text), fields=fields, after=after, limit=PAGE)
    choices = [_choice(found, fields) for found in catalogue.fields(text=fold(text))]
    total = sum(choice.count for choice in choices if choice.chosen or not fields)
    return render_template(
        "applicant/catalogue.html",
        text=text,
        fields=choices,
        results=[_result(row) for row in page.rows],
        total=total,
        is_filtered=bool(text or fields),
        first_url=_url(text, fields) if after else "",
        next_url=_url(text, fields, page.next) if page.next else "",
    )


def _choice(found: catalogue.FieldCount, chosen: list[str]) -> FieldChoice:
    procedure = loading.load(found.example_id).procedure
    name = procedure.field_name if procedure else Text("", "")
    shown = name or Text(found.code, found.code)
    return FieldChoice(code=found.code, name=shown, count=found.count, chosen=found.code in chosen)


def _result(row: catalogue.ProcedureRow) -> Result:
    procedure = loading.load(row.id).procedure
    return Result(
        key=row.key,
        name=Text(row.name, row.name_en),
        applicants=legal.named(procedure.applicants, legal.APPLICANTS) if procedure else (),
        times=legal.times(procedure) if procedure else (),
        fees=legal.fees(procedure) if procedure else (Decimal(0), Decimal(0)),
        level=procedure.service_level if procedure else "",
        is_suspended=row.is_suspended,
    )


def _url(text: str, fields: list[str], after: str = "") -> str:
    pairs = [("q", text), *(("field", code) for code in fields), ("after", after)]
    return f"/procedures?{urlencode([(name, value) for name, value in pairs if value])}"
