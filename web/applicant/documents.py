"""/documents/<id>: download a document, for whoever may read its dossier; issued ones are printed when asked for."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, send_file

from services import documents
from services.wiring import Parts
from web.account import signed_in

blueprint = Blueprint("applicant_documents", __name__)


VIEWED = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a page of ours may show inside itself, by content; the rest is for saving only."""


@blueprint.get("/documents/<document_id>/view")
def view(document_id: str) -> Response:
    """Send a picture or PDF to be seen inside a page of ours; anything else to save."""
    response = download(document_id)
    if response.mimetype in VIEWED:
        disposition = response.headers["Content-Disposition"]
        response.headers["Content-Disposition"] = disposition.replace("attachment", "inline", 1)
        # A sandbox would keep browsers from showing a PDF; what is shown is neither markup nor script.
        response.headers["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@blueprint.get("/documents/<document_id>")
def download(document_id: str) -> Response:
    """Send a document to save: never shown in the page, always as what its content is."""
    viewer = signed_in()
    parts: Parts = current_app.extensions["motcua"]
    document, content = documents.download(viewer, document_id, parts.blobs, address=parts.settings.public_url)
    name, media_type, digest = documents.download_name(document), document.media_type, document.sha256
    response = send_file(content, mimetype=media_type, as_attachment=True, download_name=name, etag=digest, max_age=0)
    if response.status_code == 200:
        response.content_length = document.size or 0
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
