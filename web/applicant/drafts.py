"""/my/drafts: one's own filings that are not sent yet: go on, or throw one away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from services import drafts, legal, loading
from services.permissions import Permission
from storage.queries.drafts import DraftRow
from texts import Text
from web.account import signed_in

blueprint = Blueprint("applicant_drafts", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One draft of the list."""

    row: DraftRow

    @property
    def name(self) -> Text:
        """Give the procedure's name."""
        return Text(self.row.name, self.row.name_en)

    @property
    def case(self) -> Text:
        """Give the words of the case."""
        procedure = loading.load(self.row.definition_id).procedure if self.row.case_id else None
        return legal.case_name(procedure, self.row.case_id) if procedure else Text("", "")


@blueprint.get("/my/drafts")
def listed() -> str:
    """List one's own drafts, the one saved last first."""
    viewer = signed_in(Permission.FILE_DOSSIER)
    lines = [Line(row=row) for row in drafts.of(viewer)]
    return render_template("applicant/drafts.html", lines=lines, dropped=request.args.get("dropped", ""))


@blueprint.post("/my/drafts/<draft_id>/drop")
def drop(draft_id: str) -> Response:
    """Throw a draft away; the list then offers to take it back."""
    drafts.drop(signed_in(Permission.FILE_DOSSIER), draft_id, now=datetime.now(UTC))
    return redirect(f"/my/drafts?{urlencode({'dropped': draft_id})}", 303)


@blueprint.post("/my/drafts/<draft_id>/restore")
def restore(draft_id: str) -> Response:
    """Take back a draft that was thrown away."""
    drafts.restore(signed_in(Permission.FILE_DOSSIER), draft_id, now=datetime.now(UTC))
    flash(_("Đã lấy lại bản nháp."), "ok")
    return redirect("/my/drafts", 303)
