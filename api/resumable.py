"""Uploads: files come in pieces by the protocol tus 1.0.0 (tus.py); a finished one can be filed or sent with a task."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, current_app

import tus
from api.answers import dumps, now, written
from api.auth import viewer
from api.blueprint import Blueprint, Decorator
from api.schemas.resumable import Document, Upload
from services.uploads import Wanted
from services.wiring import Parts

blueprint = Blueprint("uploads", "Files in pieces, by the resumable upload protocol tus 1.0.0.")
blueprint.after_request(tus.resumable)

VERSION = {
    "in": "header",
    "name": "Tus-Resumable",
    "required": True,
    "schema": {"type": "string", "enum": [tus.VERSION]},
}
LENGTH = {
    "in": "header",
    "name": "Upload-Length",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
    "description": "Bytes of the whole file.",
}
METADATA = {
    "in": "header",
    "name": "Upload-Metadata",
    "required": True,
    "schema": {"type": "string"},
    "description": "`filename` and, where the file is for a component or a field of a form, `component`; each with its "
    "value in base64, with commas between them.",
}
OFFSET = {
    "in": "header",
    "name": "Upload-Offset",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
    "description": "Where this piece begins: what HEAD says.",
}
CHECKSUM = {
    "in": "header",
    "name": "Upload-Checksum",
    "schema": {"type": "string"},
    "description": "`sha256` or `sha1`, and the digest of this piece in base64.",
}
BYTES = {"content": {tus.PIECES: {"schema": {"type": "string", "format": "binary"}}}}


def _noted(**notes: object) -> Decorator:
    return cast(Decorator, blueprint.doc(**notes))


def _parts() -> Parts:
    parts: Parts = current_app.extensions["motcua"]
    return parts


@blueprint.on("OPTIONS", "/uploads")
@blueprint.empty(204, "Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm.")
def options() -> Response:
    """Say what is spoken here."""
    return tus.options(_parts())


@blueprint.on("POST", "/uploads")
@blueprint.refuses(412, "Tus-Resumable is missing or of another version.")
@_noted(parameters=[VERSION, LENGTH, METADATA])
@blueprint.empty(201, "Location is the upload's address.")
def create() -> Response:
    """Begin an upload."""
    return tus.create(viewer(), _parts(), _described, now=now())


@blueprint.on("HEAD", "/uploads/<upload_id>")
@blueprint.refuses(412, "Tus-Resumable is missing or of another version.")
@_noted(parameters=[VERSION])
@blueprint.empty(200, "Upload-Offset is how much has come.")
def head(upload_id: str) -> Response:
    """Say how much has come."""
    return tus.told(Response(status=200), tus.state(viewer(), upload_id, now=now()))


@blueprint.on("PATCH", "/uploads/<upload_id>")
@blueprint.refuses(412, "Tus-Resumable is missing or of another version.")
@_noted(parameters=[VERSION, OFFSET, CHECKSUM])
@blueprint.refuses(460, "The piece is not what its checksum says.")
@blueprint.refuses(503, "It cannot be scanned for viruses or kept now; it stays as it is.")
@_noted(requestBody=BYTES)
@blueprint.empty(204, "Upload-Offset is where the next piece begins.")
def patch(upload_id: str) -> Response:
    """Send a piece. The last one has the file looked at and scanned, and its refusal is the answer then."""
    return tus.patch(viewer(), _parts(), upload_id, now=now())


@blueprint.on("DELETE", "/uploads/<upload_id>")
@blueprint.refuses(412, "Tus-Resumable is missing or of another version.")
@_noted(parameters=[VERSION])
@blueprint.empty(204, "It is gone.")
def terminate(upload_id: str) -> Response:
    """End an upload; the document that it became is dropped too, unless it was sent."""
    return tus.terminate(viewer(), _parts(), upload_id)


@blueprint.get("/uploads/<upload_id>")
@blueprint.answers(Upload)
def one(upload_id: str) -> dict[str, Any]:
    """Give what an upload is and how much of it has come."""
    return tus.upload_out(tus.state(viewer(), upload_id, now=now()))


@blueprint.on("POST", "/uploads/<upload_id>/finish")
@blueprint.refuses(503, "It cannot be scanned for viruses or kept now; it stays as it is.")
@blueprint.writes(Document)
def finish(upload_id: str) -> Response:
    """Make a whole upload a document, and give it; asked again, give the same."""
    _, document = tus.finish(viewer(), _parts(), upload_id, now=now())
    return written(dumps(tus.document_out(document)))


def _described(metadata: tus.Metadata) -> Wanted:
    return Wanted(name=metadata["filename"], component=metadata.get("component", ""), length=0)
