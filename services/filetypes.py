"""What an uploaded file really is: its content against an allow-list; its name and declared type prove nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import BinaryIO

HEAD = 4096
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALLOWED_TEXT = "PDF, JPG, PNG, DOCX, XLSX"
EXTENSIONS: Mapping[str, str] = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx"}

_MOST_ENTRIES = 5000
_LARGEST_OPENED = 300 * 1024 * 1024
_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_MACROS = ("vbaproject.bin", ".exe", ".js", ".vbs")


def detect(stream: BinaryIO, head: bytes) -> str | None:
    """Give the media type of an allowed content, or None. The stream is left anywhere."""
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"PK\x03\x04"):
        return _office(stream)
    return None


def _office(stream: BinaryIO) -> str | None:
    """Accept a zip only as an office document that really holds one, no macro, and does not unpack to a bomb."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            too_big = len(entries) > _MOST_ENTRIES or sum(entry.file_size for entry in entries) > _LARGEST_OPENED
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if too_big or "[content_types].xml" not in names or any(name.endswith(_MACROS) for name in names):
        return None
    return next((kind for entry, kind in _OFFICE.items() if entry in names), None)
