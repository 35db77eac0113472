"""/my/dossiers: one's own dossiers; each with its appointment, its clock, its journey, its papers and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from errors import Detail, InvalidAnswers
from forms.views import FieldView, FileLink, fields
from services import clocks, documents, dossiers, drafts, history, journeys, legal, loading, papers, rounds
from services.journeys import Stage
from services.permissions import Viewer, scope_of
from services.rounds import Round
from services.statuses import NEXT, Status
from services.wiring import Parts
from storage.queries import dossiers as queries
from storage.queries import steps as step_queries
from storage.queries import tasks as task_queries
from texts import Text
from web import asked
from web.account import signed_in
from web.i18n.formats import filesize, local, moment

blueprint = Blueprint("applicant_dossiers", __name__)
PAGE = 20
TAKEN_BACK = "Người nộp rút lại yêu cầu rút hồ sơ. / The applicant took the withdrawal back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document as the page lists it."""

    id: str
    title: Text
    file_name: str
    size: int | None
    sha256: str
    media_type: str
    created_at: datetime

    @property
    def url(self) -> str:
        """Give where it is downloaded."""
        return f"/documents/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """An open task of the applicant."""

    id: str
    name: Text
    due_at: datetime | None
    asked: Round | None = None
    """The supplement request that it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dossier of the list, and its clock where it runs."""

    row: queries.DossierRow
    name: Text
    told: clocks.Told | None


@blueprint.get("/my/dossiers")
def listed() -> str:
    """List one's own dossiers, the latest first."""
    viewer = signed_in()
    page = queries.of_applicant(viewer.username, after=_cursor(request.args.get("after", "")), limit=PAGE)
    now = datetime.now(UTC)
    lines = [
        Line(row=row, name=Text(row.procedure_name, row.procedure_name_en), told=_told(viewer, row, now))
        for row in page.rows
    ]
    return render_template(
        "applicant/dossiers.html",
        lines=lines,
        drafts=drafts.count_of(viewer),
        is_first="after" not in request.args,
        next_url=f"/my/dossiers?{urlencode({'after': '_'.join(page.next)})}" if page.next else "",
    )


@blueprint.get("/my/dossiers/<code>")
def shown(code: str) -> str:
    """Show where a dossier stands, when it is due and why, and what its applicant must do."""
    viewer = signed_in()
    now = datetime.now(UTC)
    dossier = dossiers.own(viewer, code)
    status = Status(dossier.status)
    found = _papers(viewer, dossier)
    stages = journeys.journey(dossier)
    return render_template(
        "applicant/dossier.html",
        dossier=dossier,
        name=Text(dossier.procedure_name, dossier.procedure_name_en),
        told=clocks.tell(dossier, asked_at=now),
        now=now,
        stages=stages,
        limit_words=legal.amount,
        stage_papers={item.kind: item.paper for item in found if item.is_issued},
        issued=[item.paper for item in found if item.is_issued],
        uploaded=[item.paper for item in found if not item.is_issued],
        to_do=_to_do(viewer, dossier, stages),
        answers=_answers(dossier, found),
        can_withdraw=Status.WITHDRAWAL_REQUESTED in NEXT[status],
        can_keep=status is Status.WITHDRAWAL_REQUESTED,
        said=history.last_said(dossier.instance_id),
        basis=_basis(dossier.definition_id),
    )


@blueprint.get("/my/dossiers/<code>/withdraw")
def ask_withdraw(code: str) -> str | Response:
    """Ask for the reason before a dossier is taken back."""
    viewer = signed_in()
    dossier = dossiers.own(viewer, code)
    if Status.WITHDRAWAL_REQUESTED not in NEXT[Status(dossier.status)]:
        return redirect(f"/my/dossiers/{code}")
    return _withdrawal(dossier)


@blueprint.post("/my/dossiers/<code>/withdraw")
def withdraw(code: str) -> Response | tuple[str, int]:
    """Ask for the dossier back (status 7); a reason is needed."""
    viewer = signed_in()
    dossier = dossiers.own(viewer, code)
    reason = request.form.get("reason", "")
    try:
        dossiers.withdraw(viewer, dossier.id, reason, now=datetime.now(UTC))
    except InvalidAnswers as refused:
        return _withdrawal(dossiers.own(viewer, code), refused.details, reason), 422
    flash(_("Đã gửi yêu cầu rút hồ sơ. Cơ quan sẽ xác nhận."), "ok")
    return redirect(f"/my/dossiers/{code}", 303)


@blueprint.post("/my/dossiers/<code>/keep")
def keep(code: str) -> Response:
    """Take the withdrawal back: the dossier goes on where it was."""
    viewer = signed_in()
    dossier = dossiers.own(viewer, code)
    dossiers.decline_withdrawal(viewer, dossier.id, TAKEN_BACK, now=datetime.now(UTC))
    flash(_("Hồ sơ của bạn được xử lý tiếp."), "ok")
    return redirect(f"/my/dossiers/{code}", 303)


@blueprint.get("/my/dossiers/<code>/receipt")
def receipt(code: str) -> str:
    """Show the proof of filing: codes, QR, every file with its size and hash, and when acceptance is due."""
    viewer = signed_in()
    dossier = dossiers.own(viewer, code)
    uploaded = [paper for paper in _papers(viewer, dossier) if paper.kind == "filed"]
    procedure = loading.load(dossier.definition_id).procedure
    address = tracking_address(dossier.code, dossier.check_code)
    with force_locale("vi"):  # the slip is a document: Vietnamese in both languages of the page
        words = {
            "day": local(dossier.filed_at),
            "filed": moment(dossier.filed_at),
            "due": moment(dossier.acceptance_due_at),
            "sizes": [filesize(item.paper.size) for item in uploaded],
        }
    return render_template(
        "applicant/receipt.html",
        dossier=dossier,
        slip_words=words,
        name=Text(dossier.procedure_name, dossier.procedure_name_en),
        case=legal.case_name(procedure, dossier.case_id) if procedure else Text("", ""),
        agency=procedure.agency_name if procedure else Text("", ""),
        files=[item.paper for item in uploaded],
        steps=journeys.steps_of(dossier.definition_id),
        address=address,
        qr=qr(address),
    )


def tracking_address(code: str, check_code: str) -> str:
    """Give the whole address of the public page of a dossier, for its QR code."""
    parts: Parts = current_app.extensions["motcua"]
    base = parts.settings.public_url or request.url_root
    return f"{base.rstrip('/')}/track?code={code}&check={check_code}"


def qr(address: str) -> Markup:
    """Draw a QR code as SVG; words beside it say what it is."""
    drawn = segno.make(address, error="m", micro=False)
    return Markup(drawn.svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None))  # noqa: S704  # segno's


def _withdrawal(dossier: Any, errors: Sequence[Detail] = (), reason: str = "") -> str:
    return render_template(
        "applicant/withdraw.html",
        dossier=dossier,
        name=Text(dossier.procedure_name, dossier.procedure_name_en),
        errors=errors,
        reason=reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    kind: str
    """The kind of an issued paper; of an upload `filed` (with the dossier) or `task` (later)."""
    is_issued: bool
    paper: Paper


def _papers(viewer: Viewer, dossier: Any) -> list[_Found]:
    procedure = loading.load(dossier.definition_id).procedure
    names = {part.id: part.name for part in procedure.components} if procedure else {}
    return [
        _Found(
            kind=d.kind if d.origin == "issued" else "task" if d.task_id else "filed",
            is_issued=d.origin == "issued",
            paper=Paper(
                id=d.id,
                title=papers.KINDS.get(d.kind, names.get(d.kind, Text("", ""))),
                file_name=d.file_name,
                size=d.size,
                sha256=d.sha256,
                media_type=d.media_type,
                created_at=d.created_at,
            ),
        )
        for d in documents.of_dossier(viewer, dossier)
    ]


def _to_do(viewer: Viewer, dossier: Any, stages: Sequence[Stage]) -> list[ToDo]:
    """Give the applicant's own open tasks, by their public names, and what a supplement request asks for."""
    known = {stage.task_id: stage for stage in stages if stage.task_id}
    rows = [row for row in task_queries.of_dossier(scope_of(viewer), dossier.id) if row.assignee == viewer.username]
    waits = {row.id for row in rows if row.id in known and known[row.id].pause == "supplement"}
    asked = rounds.rounds(step_queries.done_steps(dossier.instance_id)) if waits else ()
    return [
        ToDo(
            id=row.id,
            name=known[row.id].name if row.id in known else Text(row.name, row.name),
            due_at=row.due_at,
            asked=asked[-1] if row.id in waits and asked and asked[-1].answered_at is None else None,
        )
        for row in rows
    ]


def _answers(dossier: Any, found: Sequence[_Found]) -> tuple[FieldView, ...]:
    if not dossier.form_id:
        return ()
    links = {
        item.paper.id: FileLink(
            name=item.paper.file_name,
            url=item.paper.url,
            note=_size(item.paper),
            media_type=item.paper.media_type,
        )
        for item in found
    }
    form = loading.form(dossier.form_id)
    return fields(form, dossier.answers, readonly=True, variables={"case": dossier.case_id}, files=links)


def _size(paper: Paper) -> Text:
    return Text(filesize(paper.size), filesize(paper.size))


def _basis(definition_id: str) -> str:
    """Give the number of the first legal text, named under the sum behind a date."""
    procedure = loading.load(definition_id).procedure
    return procedure.legal_basis[0].number if procedure and procedure.legal_basis else ""


def _told(viewer: Viewer, row: queries.DossierRow, now: datetime) -> clocks.Told | None:
    if row.accepted_at is None:
        return None
    return clocks.tell(dossiers.readable(viewer, row.id), asked_at=now)


def _cursor(text: str) -> tuple[str, str] | None:
    """Read the cursor of a list; a broken one starts at the beginning."""
    written, sign, last = text.partition("_")
    return (written, last) if sign and asked.moment(written) else None
