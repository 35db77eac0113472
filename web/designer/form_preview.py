"""/designer/drafts/<id>/forms/<name>/preview: the form as people will see it, a page of its own with its own policy.

It stands in a frame of the form page. Nothing in it runs: no script may, whatever the schema holds.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, get_template_attribute, make_response, render_template, request
from flask_babel import force_locale

from forms import views
from forms.submission import BUTTON, PREFIX
from forms.views import FieldView
from services import form_previews
from services.form_previews import Preview
from services.permissions import Permission
from storage.queries import bundle_drafts as queries
from web.account import signed_in
from web.designer.drafts import at, existing, file_of
from web.designer.upload import sorted_findings
from web.i18n import LANGUAGES, lang

blueprint = Blueprint("designer_form_preview", __name__)
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
    "sandbox": "allow-forms allow-same-origin",
}
"""Tighter than any page of ours, and it may stand in one; its forms go to this address only."""
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "X-Frame-Options": "SAMEORIGIN",
}


@blueprint.route("/designer/drafts/<draft_id>/forms/<name>/preview", methods=["GET", "POST"])
def shown(draft_id: str, name: str) -> Response:
    """Show what is stored, or what was just sent: a schema, a sample, and what somebody typed into the preview."""
    viewer = signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    file = file_of(draft, name)
    data, kept = queries.content(draft.id, file.name) or (b"", "")
    sent = request.form
    source = sent["source"] if "source" in sent else data.decode("utf-8-sig", "replace")
    sample = sent.get("sample", kept)
    pairs = [(key, text) for key, text in sent.items(multi=True) if key.startswith(PREFIX) or key == BUTTON]
    now = datetime.now(UTC)
    tried = form_previews.preview(
        viewer, source, file=file.name, sample=sample,
        pairs=pairs if pairs or "typed" in sent else None, validates="validate" in sent, now=now,
    )  # fmt: skip
    html = _html(tried, now, url=at(draft.id, "forms", file.name, "preview"), file=file, source=source, sample=sample)
    response = make_response(html)
    response.headers.update(HEADERS)
    return response


def _html(tried: Preview, now: datetime, **more: object) -> str:
    """Render the form in the language that is asked for, and the findings in that of the page around it."""
    findings = sorted_findings(tried.findings)
    said = get_template_attribute("designer/parts.html", "findings_list")(findings)
    asked = request.args.get("in") or request.form.get("in", "")
    language = asked if asked in LANGUAGES else lang()
    with force_locale(language):
        fields: tuple[FieldView, ...] = ()
        if tried.form is not None:
            fields = views.fields(
                tried.form, tried.data, errors=tried.errors, variables=tried.sample, refreshable=True, now=now
            )
        return render_template(
            "designer/form_preview.html",
            language=language,
            tried=tried,
            fields=fields,
            findings=findings,
            findings_html=said,
            answers=form_previews.written(tried.data),
            stored=form_previews.written(tried.stored) if tried.stored is not None else "",
            validates="validate" in request.form,
            **more,
        )
