"""The resumable upload protocol tus 1.0.0 over services/uploads.py, for both edges that speak HTTP.

Core, creation, termination, expiration and checksum. Beyond the protocol: `GET` of an upload says in JSON what it is,
and `POST …/finish` makes a whole one a document; the last PATCH does so too, so that any client of tus will do.
web/ and api/ own the addresses, know who asks, and write errors in their own shape.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, BinaryIO, cast

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected

from errors import Detail, Invalid, Malformed, TooLarge, WrongMediaType, WrongProtocol
from services import documents, uploads
from services.permissions import Viewer
from services.uploads import Wanted
from services.wiring import Parts
from storage.tables import Document, Upload
from texts import Text

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,expiration,checksum"
PIECES = "application/offset+octet-stream"
LONGEST_NUMBER = 15
MOST_METADATA = 8000

Metadata = dict[str, str]


def options(parts: Parts) -> Response:
    """Say what is spoken here."""
    response = Response(status=204)
    response.headers |= {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(parts.settings.upload_max_bytes),
        "Tus-Checksum-Algorithm": ",".join(uploads.ALGORITHMS),
    }
    return response


def create(viewer: Viewer, parts: Parts, described: Callable[[Metadata], Wanted], *, now: datetime) -> Response:
    """Begin an upload; `described` reads the metadata of this edge (its length is filled in here)."""
    _speaks_tus()
    if "Upload-Defer-Length" in request.headers:
        raise Malformed(Text("Cần Upload-Length ngay từ đầu.", "Upload-Length is needed at once."))
    wanted = described(_metadata())
    length = _number("Upload-Length")
    wanted = Wanted(name=wanted.name, component=wanted.component, length=length, field=wanted.field)
    upload = uploads.begin(viewer, wanted, parts.intake, now=now)
    response = Response(status=201)
    response.headers["Location"] = f"{request.path.rstrip('/')}/{upload.id}"
    return _said(response, upload)


def state(viewer: Viewer, upload_id: str, *, now: datetime) -> Upload:
    """Give an upload to be told of (HEAD needs the protocol's version, GET does not)."""
    if request.method == "HEAD":
        _speaks_tus()
    return uploads.look(viewer, upload_id, now=now)


def told(response: Response, upload: Upload) -> Response:
    """Write what HEAD says into an answer."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Upload-Length"] = str(upload.length)
    return _said(response, upload)


def patch(viewer: Viewer, parts: Parts, upload_id: str, *, now: datetime) -> Response:
    """Keep a piece; the last one finishes the upload, and its refusal is the answer then."""
    _speaks_tus()
    if request.mimetype != PIECES:
        raise WrongMediaType(Text(f"Cần Content-Type: {PIECES}.", f"Send it with Content-Type: {PIECES}."))
    offset = _number("Upload-Offset")
    upload = uploads.look(viewer, upload_id, now=now)
    if offset + (request.content_length or 0) > upload.length and offset == upload.received:
        raise TooLarge(
            Text("Gửi nhiều hơn Upload-Length đã báo.", "This is more than the Upload-Length that was said.")
        )
    stream = cast(BinaryIO, _Patient(request.stream))
    checksum = request.headers.get("Upload-Checksum", "")
    upload = uploads.append(viewer, upload_id, offset, stream, parts.intake, now=now, checksum=checksum)
    if upload.received == upload.length:
        uploads.finish(viewer, upload_id, parts.intake, now=now)
    return _said(Response(status=204), upload)


def finish(viewer: Viewer, parts: Parts, upload_id: str, *, now: datetime) -> tuple[Upload, Document]:
    """Make a whole upload a document."""
    upload = uploads.look(viewer, upload_id, now=now)
    return upload, uploads.finish(viewer, upload_id, parts.intake, now=now)


def terminate(viewer: Viewer, parts: Parts, upload_id: str) -> Response:
    """End an upload; the file that it became is dropped too, unless it was sent."""
    _speaks_tus()
    upload = uploads.look(viewer, upload_id, now=datetime.now(UTC))
    document_id = upload.document_id
    uploads.drop(viewer, upload_id, parts.blobs)
    if document_id:
        documents.unstage(viewer, document_id)
    return Response(status=204)


def resumable(response: Response) -> Response:
    """Say the protocol's version on every answer."""
    response.headers["Tus-Resumable"] = VERSION
    if response.status_code == 412:
        response.headers["Tus-Version"] = VERSION
    return response


def method() -> str:
    """Give the method that is meant: behind a proxy that knows no PATCH a client may say so in a header of a POST."""
    return request.headers.get("X-HTTP-Method-Override", request.method).upper()


def document_out(document: Document) -> dict[str, Any]:
    """Write the document that an upload became."""
    return {
        "id": document.id,
        "component": document.kind,
        "name": document.file_name,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
    }


def upload_out(upload: Upload) -> dict[str, Any]:
    """Write where an upload stands."""
    return {
        "id": upload.id,
        "component": upload.component,
        "name": upload.file_name,
        "length": upload.length,
        "offset": upload.received,
        "expires_at": upload.expires_at,
        "document_id": upload.document_id,
    }


def _said(response: Response, upload: Upload) -> Response:
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at.astimezone(UTC), usegmt=True)
    return response


def _speaks_tus() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise WrongProtocol()


def _number(header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
        message = Text(f"{header} phải là một số byte, không âm.", f"{header} must be a number of bytes, 0 or more.")
        raise Malformed(details=[Detail(field=header, code="number", message=message)])
    return int(value)


def _metadata() -> Metadata:
    """Read Upload-Metadata: `key base64, key base64`."""
    header = request.headers.get("Upload-Metadata", "")
    found: Metadata = {}
    try:
        if len(header) > MOST_METADATA:
            raise ValueError
        for pair in filter(None, (part.strip() for part in header.split(","))):
            key, _, value = pair.partition(" ")
            if key in found:
                raise ValueError
            found[key] = b64decode(value.strip(), validate=True).decode()
    except (NotBase64, ValueError) as error:  # UnicodeDecodeError is one
        message = Text("Upload-Metadata không đọc được: khoá và base64, cách nhau bởi dấu phẩy.", _UNREADABLE)
        raise Malformed(details=[Detail(field="Upload-Metadata", code="format", message=message)]) from error
    missing = [name for name in ("filename",) if not found.get(name)]
    if missing:
        message = Text("Upload-Metadata thiếu filename.", "Upload-Metadata lacks filename.")
        raise Invalid(details=[Detail(field="Upload-Metadata", code="required", message=message)])
    return found


_UNREADABLE = "Upload-Metadata cannot be read: keys, each with base64, and commas between them."


class _Patient:
    """A body whose sender may vanish: what has come until then is what has come."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._is_over = stream, False

    def read(self, size: int) -> bytes:
        if self._is_over:
            return b""
        try:
            chunk = bytes(self._stream.read(size))
        except (ClientDisconnected, OSError):
            chunk, self._is_over = b"", True
        return chunk
