"""Files to upload, honest ones and others."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

TYPES = b'<?xml version="1.0"?><Types/>'


def png(size: int = 1) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * size for _ in range(size)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """What begins and ends as a photograph does."""
    return b"\xff\xd8\xff\xe0" + b"0" * 200 + b"\xff\xd9"


def pdf(size: int = 0, seed: int = 0) -> bytes:
    """A paper of about so many bytes that cannot be packed."""
    words = struct.pack(">Q", seed) * (size // 8)
    return b"%PDF-1.4\n% a paper\n" + words + b"\n%%EOF\n"


def docx(more: Mapping[str, bytes] | None = None, *, types: bytes = TYPES, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A document of Word, and whatever else shall be in it."""
    return zipped({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **(more or {})}, method=method)


def xlsx(more: Mapping[str, bytes] | None = None) -> bytes:
    """A sheet of Excel, and whatever else shall be in it."""
    return zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<workbook/>", **(more or {})})


def zipped(entries: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these entries."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return data.getvalue()
