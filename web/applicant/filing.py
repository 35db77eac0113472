"""/procedures/<key>/file: choose the case, fill in the form and bring the papers, check, send.

One address and no script: every step is a post of the whole form, and what was typed travels in the page itself, so
that nothing is lost on an error, in another window or after a restart of the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from errors import DefinitionSuspended, Detail, InvalidAnswers, WrongState
from forms.model import Form
from forms.submission import from_post, presses
from forms.views import FieldView, fields
from services import dossiers, legal, loading
from services.permissions import Permission, Viewer
from services.wiring import Parts
from texts import Text
from web.account import signed_in
from web.applicant import uploads
from web.applicant.uploads import COMPONENT, NOTHING, Received

blueprint = Blueprint("applicant_filing", __name__)
STEPS = (Text("Biểu mẫu và giấy tờ", "Form and papers"), Text("Kiểm tra và gửi", "Check and send"))
CHOICE = Text("Trường hợp", "Case")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is being filed: the procedure in force, the chosen case and its form."""

    key: str
    name: Text
    procedure: Any
    """bpmn.model.Procedure."""
    case: str
    form: Form | None

    @property
    def url(self) -> str:
        """Give the address of this page."""
        return request.path

    @property
    def case_name(self) -> Text:
        """Give the words of the chosen case."""
        return legal.case_name(self.procedure, self.case)

    @property
    def components(self) -> Sequence[Any]:
        """Give the papers that the case needs, one id once."""
        return tuple({part.id: part for part in self.procedure.components_of(self.case)}.values())

    @property
    def steps(self) -> list[dict[str, object]]:
        """Give the steps of the wizard."""
        return [{"label": label} for label in ((CHOICE, *STEPS) if self.procedure.cases else STEPS)]

    def views(
        self, data: dict[str, Any], received: Received, *, errors: Sequence[Detail] = (), readonly: bool = False
    ) -> tuple[FieldView, ...]:
        """Give what the page shows of the form."""
        if self.form is None:
            return ()
        return fields(
            self.form,
            data,
            errors=errors,
            readonly=readonly,
            variables={"case": self.case},
            files=received.links,
            refreshable=True,
            now=datetime.now(UTC),
        )


@blueprint.get("/procedures/<key>/file")
def begin(key: str) -> str | Response | tuple[str, int]:
    """Ask for the case where there are several, then show the form; out of service, the procedure's page says so."""
    signed_in(Permission.FILE_DOSSIER)
    if dossiers.definition_in_force(key).suspended_at is not None:
        return redirect(f"/procedures/{key}", 303)
    filing, is_chosen = _filing(key, request.args.get("case", ""))
    if not is_chosen:
        return _choose(filing)
    return _form(filing, {}, NOTHING)


@blueprint.post("/procedures/<key>/file")
def post(key: str) -> str | Response | tuple[str, int]:
    """Take what the present step sent: keep its files, then show the form, the check page, or file it."""
    viewer = signed_in(Permission.FILE_DOSSIER)
    filing, is_chosen = _filing(key, request.form.get("case", ""))
    if not is_chosen:
        return _choose(filing)
    parts: Parts = current_app.extensions["motcua"]
    now = datetime.now(UTC)
    received = uploads.receive(viewer, parts, components=[part.id for part in filing.components], now=now)
    data = from_post(filing.form, received.pairs, variables={"case": filing.case}) if filing.form else {}
    step = "check" if presses(received.pairs, "submit") else request.form.get("step", "")
    if step not in ("check", "send"):  # a button that only changes the form, or uploads what was chosen
        return _form(filing, data, received, received.errors)
    return _send(viewer, filing, data, received) if step == "send" else _check(viewer, filing, data, received, now)


def _filing(key: str, case: str) -> tuple[Filing, bool]:
    """Give what is filed, and whether the case is settled."""
    row = dossiers.definition_in_force(key)
    loaded = loading.load(row.id)
    procedure = loaded.procedure
    if procedure is None or not legal.can_file_online(procedure):
        raise WrongState(
            Text("Thủ tục này không nộp trực tuyến được.", "This procedure takes no dossiers over the network.")
        )
    known = [item.id for item in procedure.cases]
    is_chosen = case in known if known else True
    case = case if case in known else ""
    form_id = dossiers.form_of(loaded, case)
    form = loading.form(form_id) if form_id else None
    name = Text(row.name, row.name_en)
    return Filing(key=row.key, name=name, procedure=procedure, case=case, form=form), is_chosen


def _choose(filing: Filing) -> str | tuple[str, int]:
    """Show the cases; once an answer was sent that is none of them, say so."""
    was_sent = not {"case", "asked"}.isdisjoint(request.values)
    errors = (Detail(field="case", code="required", message=Text("Chọn trường hợp của bạn.", "Choose your case.")),)
    page = render_template(
        "applicant/filing_case.html",
        filing=filing,
        terms=legal.terms(filing.procedure, now=datetime.now(UTC)),
        errors=errors if was_sent else (),
    )
    return (page, 422) if was_sent else page


def _form(
    filing: Filing, data: dict[str, Any], received: Received, errors: Sequence[Detail] = ()
) -> str | tuple[str, int]:
    """Show the form with what was typed and the files that are kept."""
    parts: Parts = current_app.extensions["motcua"]
    page = render_template(
        "applicant/filing_form.html",
        filing=filing,
        fields=filing.views(data, received, errors=errors),
        received=received,
        errors=errors,
        ids={f"{COMPONENT}{part.id}": f"component-{part.id}" for part in filing.components},
        said={part.id: [e for e in errors if e.field == f"{COMPONENT}{part.id}"] for part in filing.components},
        most=parts.settings.upload_max_bytes // (1024 * 1024),
    )
    return (page, 422) if errors else page


def _check(
    viewer: Viewer, filing: Filing, data: dict[str, Any], received: Received, now: datetime
) -> str | tuple[str, int]:
    """Show the answers and files as the server holds them, with the button that sends."""
    try:
        stored = dossiers.check(viewer, filing.key, data, now=now, case=filing.case, document_ids=received.ids)
    except InvalidAnswers as refused:
        return _form(filing, data, received, _together(refused.details, received.errors))
    except DefinitionSuspended as suspended:
        return _out_of_service(filing, data, received, suspended)
    if received.errors:
        return _form(filing, data, received, received.errors)
    return render_template(
        "applicant/filing_check.html",
        filing=filing,
        fields=filing.views(stored, received, readonly=True),
        received=received,
        terms=next(term for term in legal.terms(filing.procedure, now=now) if term.id == filing.case),
        filing_id=uuid4().hex,
    )


def _send(viewer: Viewer, filing: Filing, data: dict[str, Any], received: Received) -> Response | str | tuple[str, int]:
    """File the dossier; sent twice, the second one shows the receipt of the first."""
    now = datetime.now(UTC)
    try:
        dossier = dossiers.file(
            viewer,
            filing.key,
            data,
            now=now,
            case=filing.case,
            document_ids=received.ids,
            filing_id=request.form.get("filing", ""),
        )
    except InvalidAnswers as refused:
        return _form(filing, data, received, _together(refused.details, received.errors))
    except DefinitionSuspended as suspended:
        return _out_of_service(filing, data, received, suspended)
    return redirect(f"/my/dossiers/{dossier.code}/receipt", 303)


def _out_of_service(
    filing: Filing, data: dict[str, Any], received: Received, suspended: DefinitionSuspended
) -> str | tuple[str, int]:
    """Say so and keep what was typed: it can be sent later from the same page."""
    return _form(filing, data, received, [Detail(code=suspended.code, message=suspended.text)])


def _together(refused: Sequence[Detail], files: Sequence[Detail]) -> tuple[Detail, ...]:
    """Join what is wrong in the order of the page; a file that was refused need not be called missing as well."""
    wrong = {detail.field for detail in files}
    answers = [detail for detail in refused if not detail.field.startswith(COMPONENT)]
    missing = [detail for detail in refused if detail.field.startswith(COMPONENT) and detail.field not in wrong]
    return (*answers, *files, *missing)
