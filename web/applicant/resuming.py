"""/uploads: files of a page come in pieces (tus, see tus.py); a finished one is given back as the page would list it.

Errors are JSON in the words of the person's language: a script shows them beside the file. Without script nothing here
is asked for: the page posts its files whole (uploads.py).
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

import errors
import tus
from errors import MotcuaError
from forms.submission import PREFIX
from forms.views import ChoiceView, FieldView
from http_status import status_of
from services.uploads import Wanted
from services.wiring import Parts
from texts import Text
from web.account import signed_in
from web.applicant.uploads import COMPONENT, Kept
from web.i18n.formats import filesize, t

blueprint = Blueprint("applicant_resuming", __name__, url_prefix="/uploads")
blueprint.after_request(tus.resumable)
RETRY_AFTER = "5"
_OF_HTTP: dict[int, type[MotcuaError]] = {413: errors.TooLarge, 429: errors.TooMany, 503: errors.Unavailable}


def _parts() -> Parts:
    parts: Parts = current_app.extensions["motcua"]
    return parts


@blueprint.route("", methods=["OPTIONS"], provide_automatic_options=False)
@blueprint.route("/<upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
def options(upload_id: str = "") -> Response:
    """Say what is spoken here."""
    signed_in()
    return tus.options(_parts())


@blueprint.post("")
def create() -> Response:
    """Begin an upload for an input of the page: `field` is its name."""
    return tus.create(signed_in(), _parts(), _described, now=datetime.now(UTC))


@blueprint.get("/<upload_id>")
def state(upload_id: str) -> Response:
    """Say how much has come (HEAD), and what of (GET)."""
    upload = tus.state(signed_in(), upload_id, now=datetime.now(UTC))
    return tus.told(jsonify(tus.upload_out(upload)), upload)


@blueprint.route("/<upload_id>", methods=["PATCH", "DELETE", "POST"])
def send(upload_id: str) -> Response:
    """Take a piece, or end the upload; a POST says in a header which of the two it is."""
    viewer = signed_in()
    match tus.method():
        case "PATCH":
            return tus.patch(viewer, _parts(), upload_id, now=datetime.now(UTC))
        case "DELETE":
            return tus.terminate(viewer, _parts(), upload_id)
        case _:
            raise errors.Malformed()


@blueprint.post("/<upload_id>/finish")
def finish(upload_id: str) -> Response | str:
    """Make a whole upload a document: JSON, or for `Accept: text/html` the lines that list it on the page."""
    upload, document = tus.finish(signed_in(), _parts(), upload_id, now=datetime.now(UTC))
    if request.accept_mimetypes.best_match(["application/json", "text/html"]) != "text/html":
        return jsonify(tus.document_out(document))
    size = document.size or 0
    kept = Kept(
        id=document.id,
        kind=document.kind,
        name=document.file_name,
        size=size,
        sha256=document.sha256,
        media_type=document.media_type,
    )
    choice = ChoiceView(
        id=f"f-{document.kind.replace('.', '-')}-{document.id}",
        value=document.id,
        label=Text(document.file_name, document.file_name),
        help=Text(filesize(size), filesize(size)),
        url=kept.url,
        chosen=True,
    )
    field = FieldView(kind="filepicker", name=upload.field)
    is_paper = not upload.field.startswith(PREFIX)
    return render_template("applicant/uploaded.html", file=kept, field=field, choice=choice, is_paper=is_paper)


def _described(metadata: tus.Metadata) -> Wanted:
    """An input of a form keeps its path as the document's kind, one of the papers its component, as in uploads.py."""
    field = metadata.get("field", "")
    component = field.removeprefix(COMPONENT) if field.startswith(COMPONENT) else field.removeprefix(PREFIX)
    return Wanted(name=metadata["filename"], component=component, field=field, length=0)


@blueprint.errorhandler(MotcuaError)
def _refused(error: MotcuaError) -> Response:
    status = status_of(error)
    details = [{"field": each.field, "code": each.code, "message": t(each.message)} for each in error.details]
    response = jsonify({"error": {"code": error.code, "message": t(error.text), "details": details}})
    response.status_code = status
    if status in (429, 503):
        response.headers["Retry-After"] = RETRY_AFTER
    return response


@blueprint.errorhandler(CSRFError)
def _forged(_error: CSRFError) -> Response:
    return _refused(errors.Malformed(_STALE))


@blueprint.errorhandler(HTTPException)
def _of_http(error: HTTPException) -> Response:
    if error.code is None or error.code >= 500:
        raise error
    return _refused(_OF_HTTP.get(error.code, errors.Malformed)())


_STALE = Text(
    "Trang mở quá lâu nên mã an toàn đã hết hạn. Hãy tải lại trang rồi chọn lại tệp: phần đã tải vẫn còn.",
    "The page was open too long and its safety code expired. Reload it and choose the file again: what has come is "
    "kept.",
)
