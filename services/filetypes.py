"""What an uploaded file really is: its content against an allow-list; its name and declared type prove nothing.

A file that is two things at once (a picture that is also an archive or a page with a script) is none of them.
"""

from __future__ import annotations

import mimetypes
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from services import archives
from texts import Text

HEAD = 4096
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALLOWED_TEXT = "PDF, JPG, PNG, DOCX, XLSX"
EXTENSIONS: Mapping[str, str] = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx"}
_ALSO = {JPEG: (".jpg", ".jpeg", ".jpe", ".jfif")}
_KNOWN = frozenset(mimetypes.MimeTypes().types_map[True]) | {
    ".docm", ".docx", ".htm", ".jfif", ".jpe", ".lnk", ".msi", ".phar", ".php", ".pptx", ".ps1", ".rar", ".scr",
    ".vbs", ".xlsm", ".xlsx", ".zip", ".7z", ".gz", ".cmd", ".com", ".hta", ".jar",
}  # fmt: skip
"""Ends of names that say what a file is; `.2026` of “quyết định 12.2026” does not."""

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_MARKUP = re.compile(rb"<\s*(?:script|html|!doctype|svg|iframe|\?php)|<\?php", re.I)
_MOST_CHUNKS = 100_000
_END_OF_ZIP = 22 + 0xFFFF
"""An archive's directory is named within so many bytes of its end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file was found to be: `media_type`, or `reason` (a code) and `words` why it is not taken."""

    media_type: str = ""
    reason: str = ""
    words: Text = Text("", "")


def look(stream: BinaryIO, name: str) -> Kind:
    """Say what a file is, from its content; `name` is its name as it came, already without its path.

    The stream can be sought in; it is left anywhere.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    kind = _of(stream, head)
    if not kind.media_type or _named_rightly(name, kind.media_type):
        return kind
    really = EXTENSIONS[kind.media_type].removeprefix(".").upper()
    words = Text(
        f"tên có đuôi “{_extension(name)}” nhưng nội dung là {really}; hãy đặt đúng đuôi",
        f"its name ends in “{_extension(name)}” but it is {really}; give it the right ending",
    )
    return Kind(reason="wrong_extension", words=words)


def _of(stream: BinaryIO, head: bytes) -> Kind:
    if head.startswith(b"PK\x03\x04"):
        return _office(stream)
    if head.startswith(b"%PDF-"):
        kind = Kind(PDF)
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = _png(stream)
    elif head.startswith(b"\xff\xd8\xff"):
        kind = Kind(JPEG)
    elif head.startswith(_ARCHIVES):
        words = Text(
            "tệp nén không được nhận; hãy giải nén rồi tải từng tệp",
            "archives are not accepted; unpack it and upload each file",
        )
        return Kind(reason="archive", words=words)
    else:
        words = Text(f"không thuộc loại được nhận: {ALLOWED_TEXT}", f"it is of no accepted kind: {ALLOWED_TEXT}")
        return Kind(reason="media_type", words=words)
    if kind.media_type and (_is_markup(head, kind.media_type) or _is_also_an_archive(stream)):
        return _two_at_once()
    return kind


def _two_at_once() -> Kind:
    words = Text(
        "tệp chứa thêm nội dung loại khác ở bên trong; hãy lưu lại bằng chương trình xem tệp rồi tải lên",
        "it is another kind of file at the same time; save it anew with a viewer and upload that",
    )
    return Kind(reason="polyglot", words=words)


def _is_markup(head: bytes, media_type: str) -> bool:
    """A PDF begins with plain text that may hold markup of its own, so only scripts at its very start count."""
    return _MARKUP.search(head[: 1024 if media_type != PDF else 256]) is not None


def _is_also_an_archive(stream: BinaryIO) -> bool:
    """Say whether programs that open archives would open this as one: they look at a file's end."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_OF_ZIP))
    if b"PK\x05\x06" not in stream.read():
        return False
    try:
        with zipfile.ZipFile(stream) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        return False


def _png(stream: BinaryIO) -> Kind:
    """Walk from chunk to chunk: a picture ends with its last one, whatever comes after it is something else."""
    stream.seek(8)
    for number in range(_MOST_CHUNKS):
        header = stream.read(8)
        if len(header) < 8 or (number == 0 and header[4:] != b"IHDR"):
            break
        stream.seek(int.from_bytes(header[:4], "big") + 4, 1)
        if header[4:] == b"IEND":
            here, size = stream.tell(), stream.seek(0, 2)
            stream.seek(min(here, size))
            return Kind(PNG) if not stream.read(HEAD).strip(b"\0\r\n") else _two_at_once()
    words = Text("ảnh PNG bị hỏng hoặc bị cắt; hãy lưu lại rồi tải lên", "the PNG is broken or cut off; save it anew")
    return Kind(reason="broken", words=words)


def _office(stream: BinaryIO) -> Kind:
    """Accept a zip only as an office document that really holds one, no macro, and does not unpack to a bomb."""
    looked = archives.look(stream)
    if looked.reason:
        return Kind(reason=looked.reason, words=looked.words)
    return Kind(DOCX if looked.main == "word" else XLSX)


def _extension(name: str) -> str:
    stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and stem else ""


def _named_rightly(name: str, media_type: str) -> bool:
    ends = _extension(name)
    return ends in _ALSO.get(media_type, (EXTENSIONS[media_type],)) or ends not in _KNOWN
