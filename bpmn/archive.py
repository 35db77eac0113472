"""A bundle sent as one zip, opened with suspicion: sizes, counts, names."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from errors import Malformed, TooLarge
from texts import Text

MAX_ARCHIVE = 10_000_000
MAX_FILES = 100
MAX_FILE = 2_000_000
MAX_TOTAL = 20_000_000
"""Bytes of all files unpacked."""
ENCRYPTED = 0x1


def open_zip(name: str, data: bytes) -> dict[str, bytes]:
    """Unpack a zip into file name -> content; folders, hidden files and those of macOS are left out.

    Names lose their folders: the files of a bundle name each other without any. Raises Malformed (no zip, encrypted,
    damaged, a path that leaves the archive, two files of one name) and TooLarge (bytes, number of files).
    """
    if len(data) > MAX_ARCHIVE:
        raise _too_large(name)
    files: dict[str, bytes] = {}
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in _wanted(name, archive.infolist()):
                with archive.open(entry) as stream:
                    content = stream.read(MAX_FILE + 1)  # what the header says of the size is not believed
                total += len(content)
                if len(content) > MAX_FILE or total > MAX_TOTAL:
                    raise _too_large(name)
                base = PurePosixPath(entry.filename).name
                if base in files:
                    raise _malformed(name, f"có hai tệp tên {base}", f"two files are named {base}")
                files[base] = content
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise _malformed(name, "không phải zip hợp lệ hoặc bị hỏng", "it is not a sound zip") from None
    return files


def _wanted(name: str, entries: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    if len(entries) > MAX_FILES:
        raise _too_large(name)
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\\" in entry.filename:
            raise _malformed(name, f"đường dẫn không được phép: {path}", f"a path is not allowed: {path}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _malformed(name, f"liên kết không được phép: {path}", f"a link is not allowed: {path}")
        if entry.flag_bits & ENCRYPTED:
            raise _malformed(name, "có mật khẩu", "it is encrypted")
        aside = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
        if entry.filename and not entry.is_dir() and not aside:
            yield entry


def _too_large(name: str) -> TooLarge:
    return TooLarge(
        Text(
            vi=f"{name}: quá {MAX_FILES} tệp, một tệp quá {MAX_FILE // 10**6} MB hay tổng quá {MAX_TOTAL // 10**6} MB.",
            en=f"{name}: more than {MAX_FILES} files, {MAX_FILE // 10**6} MB in one or {MAX_TOTAL // 10**6} MB in all.",
        )
    )


def _malformed(name: str, vi: str, en: str) -> Malformed:
    return Malformed(Text(vi=f"{name}: {vi}. Hãy nén lại.", en=f"{name}: {en}. Pack it again."))
