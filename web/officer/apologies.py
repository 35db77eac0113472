"""/dossiers/<id>/apology: the drafted apology with the new appointment; /dossiers/apologies: those that wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Invalid, InvalidAnswers, NotFound
from services import apologies, documents, loading, measures
from services.clocks import LOCAL
from services.permissions import Permission, Viewer, has_any, require
from storage.queries import apologies as queries
from storage.queries import people
from texts import Text
from web import asked, cursors
from web.account import signed_in
from web.i18n.formats import t
from web.officer import dues, parts
from web.officer.dossiers import reader

blueprint = Blueprint("officer_apologies", __name__)
PAGE = 50
LONGEST = 4
WHY: Mapping[str, Text] = {
    "likely_late": Text("có khả năng trễ hạn", "likely to be late"),
    "at_risk": Text("sắp đến hạn", "due soon"),
    "breached": Text("đã quá hạn", "overdue"),
}
ACTS = ("look", "save", "send", "back", "drop", "edit")
"""The buttons: look at the slip, keep the draft, send it, have it written again, drop it, go on typing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the form."""

    days: str
    reason: str
    note: str = ""

    @property
    def number(self) -> int:
        """Give the days as a number; 0 where it is none."""
        written = self.days.strip()
        return int(written) if written.isascii() and written.isdecimal() and len(written) < LONGEST else 0


@blueprint.get("/dossiers/apologies")
def listed() -> str:
    """Show the drafts that wait for somebody to decide, the earliest due first."""
    viewer = signed_in()
    if not has_any(viewer, Permission.SUPERVISE_UNIT, Permission.SEE_ALL):
        require(viewer, Permission.SUPERVISE_UNIT)
    units, now = apologies.units_of(viewer), datetime.now(UTC)
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    rows, following = queries.drafted(units, after=place, limit=PAGE)
    before, next_ = asked.number("before") if place else 0, cursors.written(following)
    return render_template(
        "officer/apologies.html",
        lines=[
            (row, dues.of_moment(row.due_at, now=now, measure=measures.of_limit(row), of="dossier")) for row in rows
        ],
        count=queries.count_drafted(units),
        most=queries.MOST_COUNTED,
        why=WHY,
        before=before,
        next_url=asked.address("/dossiers/apologies", after=next_, before=before + len(rows)) if next_ else "",
        is_first=place is None,
        now=now,
    )


@blueprint.get("/dossiers/<dossier_id>/apology")
def shown(dossier_id: str) -> str | Response:
    """Show the draft, or the apology that was sent."""
    viewer, (dossier, apology) = _found(dossier_id)
    typed = Typed(days=str(apology.days), reason=apology.reason if apology.state == "drafted" else "")
    return _page(viewer, dossier, apology, typed)


@blueprint.post("/dossiers/<dossier_id>/apology")
def act(dossier_id: str) -> Response | str | tuple[str, int]:
    """Do what the pressed button says; what is wrong stays on the page."""
    viewer, (dossier, apology) = _found(dossier_id)
    do = request.form.get("do", "")
    typed = Typed(
        days=asked.typed("days")[:LONGEST], reason=request.form.get("reason", ""), note=request.form.get("note", "")
    )
    if do not in ACTS:
        raise Invalid()
    now = datetime.now(UTC)
    try:
        if do == "edit":
            return _page(viewer, dossier, apology, typed)
        if do == "look":
            apologies.given(dossier, typed.number, typed.reason, now=now)
            return _page(viewer, dossier, apology, typed, is_sure=True)
        done = _do(do)(viewer, dossier_id, typed, now)
    except InvalidAnswers as refused:
        field = "note" if do in ("back", "drop") else ""
        errors = [Detail(field=field or each.field, code=each.code, message=each.message) for each in refused.details]
        return _page(viewer, dossier, apology, typed, errors), 422
    except Conflict as refused:
        flash(t(refused.text), "soon")
    else:
        flash(t(done), "ok")
    return redirect(f"/dossiers/{dossier_id}/apology", 303)


def _do(name: str) -> Callable[[Viewer, str, Typed, datetime], Text]:
    def save(viewer: Viewer, dossier_id: str, typed: Typed, now: datetime) -> Text:
        apologies.edit(viewer, dossier_id, days=typed.number, reason=typed.reason, now=now)
        return Text("Đã lưu dự thảo.", "The draft is kept.")

    def send(viewer: Viewer, dossier_id: str, typed: Typed, now: datetime) -> Text:
        apologies.approve(viewer, dossier_id, days=typed.number, reason=typed.reason, now=now)
        return Text("Đã gửi phiếu xin lỗi và ngày hẹn mới.", "The apology and its new appointment are sent.")

    def back(viewer: Viewer, dossier_id: str, typed: Typed, now: datetime) -> Text:
        apologies.send_back(viewer, dossier_id, typed.note, now=now)
        return Text("Đã nhờ người giữ hồ sơ soạn lại.", "Who holds the dossier is asked to write it again.")

    def drop(viewer: Viewer, dossier_id: str, typed: Typed, now: datetime) -> Text:
        apologies.drop(viewer, dossier_id, typed.note, now=now)
        return Text("Đã ghi: không cần phiếu xin lỗi.", "Noted: no apology is needed.")

    return {"save": save, "send": send, "back": back, "drop": drop}[name]


def _found(dossier_id: str) -> tuple[Viewer, tuple[Any, Any]]:
    viewer = reader()
    found = apologies.of_dossier(viewer, dossier_id)
    if found[0].applicant == viewer.username:
        raise NotFound()
    return viewer, found


def _page(
    viewer: Viewer, dossier: Any, apology: Any, typed: Typed, errors: Sequence[Detail] = (), *, is_sure: bool = False
) -> str:
    now = datetime.now(UTC)
    over = apologies.is_over(dossier) or apology.state == "approved"
    procedure = loading.load(dossier.definition_id).procedure
    unit = people.unit_names([dossier.unit_code]).get(dossier.unit_code) if dossier.unit_code else None
    decided = people.names_of([apology.decided_by]) if apology.decided_by else {}
    document = apology.document_id and next(
        (each for each in documents.of_dossier(viewer, dossier) if each.id == apology.document_id), None
    )
    return render_template(
        "officer/apology.html",
        view=parts.of_dossier(viewer, dossier, now=now),
        apology=apology,
        typed=typed,
        why=WHY.get(apology.why, Text("", "")),
        promised=apologies.promised(dossier, now=now) or apology.due_at,
        appointment=apology.appointment_at or _appointment(dossier, typed, now, over=over),
        is_sure=is_sure,
        is_over=over,
        may_edit=not over and apologies.may_edit(viewer, dossier),
        may_decide=not over and apologies.may_decide(viewer, dossier),
        most=apologies.MOST_DAYS,
        agency=procedure.agency_name.vi if procedure else "",
        unit_name=unit.vi if unit else "",
        signer=decided.get(apology.decided_by, viewer.name) if apology.state == "approved" else viewer.name,
        decided_by=decided.get(apology.decided_by, apology.decided_by or ""),
        document=document,
        errors=errors,
        wrong={detail.field: detail.message for detail in reversed(errors)},
        has_errors=bool(errors),
        sentence=_("Hồ sơ chỉ được hẹn lại một lần. Việc hẹn lại không làm thay đổi thời hạn theo quy định."),
        zone=LOCAL,
        now=now,
    )


def _appointment(dossier: Any, typed: Typed, now: datetime, *, over: bool) -> datetime | None:
    if over:
        return None
    try:
        return apologies.appointment(dossier, typed.number, now=now)
    except (Invalid, Conflict):
        return None
