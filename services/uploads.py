"""Uploads that come in pieces: begun, gone on with after any break, finished as a document (documents.stage).

Each piece is kept in the store of contents before its row is committed, and the offset moves by compare-and-set: two
that send the same bytes at once cannot both be first, and what is committed is there after a crash or on another
process. Pieces lie under `pieces/`, beside the contents and never among them.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO, cast

from errors import Detail, Invalid, Malformed, NotFound, Refused, Unavailable, WrongChecksum, WrongOffset, WrongState
from services import documents, ids
from services.intake import Intake, accept, too_large
from services.permissions import Viewer
from services.room import require_room
from storage.blobs import Blobs
from storage.database import session, verb
from storage.rows import dossiers
from storage.rows import uploads as rows
from storage.tables import Document, Upload, UploadPiece
from texts import Text

PIECE = 4 * 1024 * 1024
"""Bytes after which what has come is kept, so that a break costs no more than this."""
LONGEST_NAME = 1000
LONGEST_COMPONENT = 300
ALGORITHMS = ("sha1", "sha256")
EXPIRED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a client says of the file it is about to send; nothing of it is believed but its length."""

    name: str
    component: str
    length: int
    field: str = ""
    """The name of the page's input."""


@verb
def begin(viewer: Viewer, wanted: Wanted, intake: Intake, *, now: datetime) -> Upload:
    """Begin an upload; raise TooLarge, or Invalid where it is empty, badly named or more than one may have."""
    if len(wanted.name) > LONGEST_NAME or len(wanted.component) > LONGEST_COMPONENT or "\0" in wanted.component:
        raise Invalid(details=[_detail("component", "length", "Tên tệp hoặc tên ô quá dài.", "A name is too long.")])
    name = documents.safe_name(wanted.name)
    if wanted.length < 1:
        raise Invalid(details=[_detail(wanted.component, "empty", f"Tệp “{name}” rỗng.", f"“{name}” is empty.")])
    if wanted.length > intake.most_bytes:
        raise too_large(name, wanted.component, intake.most_bytes)
    require_room(viewer, wanted.component, wanted.length, intake)
    upload = Upload(
        id=ids.new(now),
        owner=viewer.username,
        component=wanted.component,
        field=wanted.field,
        file_name=name,
        length=wanted.length,
        received=0,
        document_id=None,
        created_at=now,
        expires_at=now + intake.kept,
    )
    session().add(upload)
    session().flush()
    return upload


def look(viewer: Viewer, upload_id: str, *, now: datetime) -> Upload:
    """Give one's own upload; raise NotFound where it is over, or its document was sent or dropped since."""
    upload = rows.load(upload_id, viewer.username)
    if upload is None or upload.expires_at < now:
        raise NotFound()
    if upload.document_id and not dossiers.staged([upload.document_id], viewer.username):
        raise NotFound()
    return upload


def append(
    viewer: Viewer, upload_id: str, offset: int, stream: BinaryIO, intake: Intake, *, now: datetime, checksum: str = ""
) -> Upload:
    """Keep what comes from `offset` on, until the stream or the file ends; give the upload as it is then.

    `checksum` is "algorithm base64" of all that comes, as tus writes it; nothing is kept where it differs.
    Raises WrongOffset where the upload goes on elsewhere, WrongChecksum, Malformed (an unknown algorithm).
    """
    upload = look(viewer, upload_id, now=now)
    if upload.received != offset:
        raise WrongOffset()
    length, at = upload.length, offset  # the row is read anew after a rollback: it may be further on by then
    reader = _Reader(stream, checksum)
    while at < length:
        session().rollback()  # a piece may come slowly; no transaction may be open meanwhile
        reader.left = length - at if checksum else min(PIECE, length - at)
        with intake.blobs.spooled(cast(BinaryIO, reader), limit=length - at) as came:
            if not came.size:
                break
            if not reader.is_as_promised():
                raise WrongChecksum()
            key = f"pieces/{upload_id}/{at}-{secrets.token_hex(4)}"
            intake.blobs.store.keep(came.path, key)
            try:
                _advanced(viewer, upload_id, UploadPiece(start=at, size=came.size, key=key), intake, now=now)
            except BaseException:
                intake.blobs.store.drop([key])
                raise
            at += came.size
    return look(viewer, upload_id, now=now)


@verb
def _advanced(viewer: Viewer, upload_id: str, piece: UploadPiece, intake: Intake, *, now: datetime) -> None:
    _own(viewer, upload_id)
    if not rows.advance(upload_id, piece.start, piece.size, now + intake.kept):
        raise WrongOffset()
    session().add(UploadPiece(upload_id=upload_id, start=piece.start, size=piece.size, key=piece.key))


def finish(viewer: Viewer, upload_id: str, intake: Intake, *, now: datetime) -> Document:
    """Make a whole upload a document that waits to be sent; called again, give the same one.

    Raises WrongState while bytes are missing. What is refused (see documents.stage) is dropped, so that it is not sent
    again in vain; where nothing could be said (NotScanned, Unavailable) it stays, to be finished later.
    """
    upload = look(viewer, upload_id, now=now)
    if upload.document_id:
        return _document(viewer, upload.document_id)
    if upload.received < upload.length:
        raise WrongState(Text("Tệp chưa tải lên xong.", "The file is not whole yet."))
    name, component = upload.file_name, upload.component
    pieces = [piece.key for piece in rows.pieces(upload.id)]
    session().rollback()  # looking at a file takes long; no transaction may be open
    try:
        with closing(_joined(intake.blobs, pieces)) as stream:
            accepted = accept(stream, name, component, intake)
    except NotFound:  # somebody else has finished it meanwhile, or its pieces were lost with a disk
        upload = look(viewer, upload_id, now=now)
        if upload.document_id is None:
            drop(viewer, upload_id, intake.blobs)
            raise
        return _document(viewer, upload.document_id)
    except Unavailable:
        raise
    except Refused:
        drop(viewer, upload_id, intake.blobs)
        raise
    document_id = _finished(viewer, upload_id, accepted, now=now)
    intake.blobs.store.drop(pieces)
    return _document(viewer, document_id)


@verb
def _finished(viewer: Viewer, upload_id: str, accepted: Any, *, now: datetime) -> str:
    """One of two that finish at once makes the document; the other gives the same."""
    upload = _own(viewer, upload_id, lock=True)
    if upload.document_id is None:
        upload.document_id = documents.staged_row(viewer, accepted, now=now).id
        rows.drop_pieces(upload_id)
    return upload.document_id


def drop(viewer: Viewer, upload_id: str, blobs: Blobs) -> None:
    """End an upload and delete what has come; a document made of it stays. Raises NotFound."""
    blobs.store.drop(_dropped(viewer, upload_id))


@verb
def _dropped(viewer: Viewer, upload_id: str) -> list[str]:
    upload = _own(viewer, upload_id, lock=True)
    keys = [piece.key for piece in rows.pieces(upload.id)]
    rows.drop(upload.id)
    return keys


def expire(blobs: Blobs, *, now: datetime) -> int:
    """Drop uploads that nobody went on with; give how many."""
    dropped = 0
    while found := rows.expired(now, EXPIRED_AT_ONCE):
        for upload_id, owner in found:
            keys = _expired(upload_id, owner, now=now)
            blobs.store.drop(keys)
            dropped += 1
    return dropped


@verb
def _expired(upload_id: str, owner: str, *, now: datetime) -> list[str]:
    upload = rows.load(upload_id, owner, lock=True)
    if upload is None or upload.expires_at >= now:
        return []
    keys = [piece.key for piece in rows.pieces(upload_id)]
    rows.drop(upload_id)
    return keys


def _own(viewer: Viewer, upload_id: str, *, lock: bool = False) -> Upload:
    upload = rows.load(upload_id, viewer.username, lock=lock)
    if upload is None:
        raise NotFound()
    return upload


def _document(viewer: Viewer, document_id: str) -> Document:
    found = dossiers.staged([document_id], viewer.username)
    if not found:
        raise NotFound()
    return found[0]


def _detail(field: str, code: str, vi: str, en: str) -> Detail:
    return Detail(field=field, code=code, message=Text(vi, en))


class _Reader:
    """Reads at most `left` bytes, and keeps the sum of all it has read."""

    def __init__(self, stream: BinaryIO, checksum: str) -> None:
        algorithm, _, promised = checksum.partition(" ")
        if checksum and algorithm not in ALGORITHMS:
            words = Text("Upload-Checksum chỉ nhận sha1 hoặc sha256.", "Upload-Checksum is of sha1 or sha256.")
            raise Malformed(words)
        try:
            self._promised = b64decode(promised, validate=True)
        except NotBase64:
            raise Malformed(Text("Upload-Checksum không phải base64.", "Upload-Checksum is not base64.")) from None
        self._digest = hashlib.new(algorithm, usedforsecurity=False) if checksum else None
        self._stream, self.left = stream, 0

    def read(self, size: int) -> bytes:
        chunk = self._stream.read(min(size, self.left))
        self.left -= len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)
        return chunk

    def is_as_promised(self) -> bool:
        return self._digest is None or self._digest.digest() == self._promised


class _Joined(RawIOBase):
    """Pieces one after the other, each opened when its turn comes."""

    def __init__(self, streams: Iterator[BinaryIO]) -> None:
        self._streams = streams
        self._open: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._open is None:
                self._open = next(self._streams, None)
                if self._open is None:
                    return 0
            if chunk := self._open.read(len(buffer)):
                buffer[: len(chunk)] = chunk
                return len(chunk)
            self._open.close()
            self._open = None

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
        super().close()


def _joined(blobs: Blobs, keys: list[str]) -> BinaryIO:
    return cast(BinaryIO, BufferedReader(_Joined(blobs.store.open(key) for key in keys), 1 << 18))
