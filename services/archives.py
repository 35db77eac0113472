"""Office documents are zip archives: opened here as something hostile, without unpacking anything to a disk.

Refused by name: bombs (what they unpack to, how far they are packed, entries that overlap), too many entries, names
that lead elsewhere (`../`, absolute, drive letters), symbolic links, encryption, archives within the archive, macros
and programs, and archives with something before or after them.
"""

from __future__ import annotations

import re
import stat
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from texts import Text

MOST_ENTRIES = 5000
LARGEST_OPENED = 300 * 1024 * 1024
MOST_TIMES = 200
"""What an entry may be larger unpacked than packed, once it is large: the XML of a long sheet of zeros reaches 100."""
LARGE = 5 * 1024 * 1024
LARGEST_TYPES = 1024 * 1024
DEEPEST = 2
"""An embedded sheet behind a chart is an archive in an archive; one more level has no honest use."""

_MAIN = {"word/document.xml": "word", "xl/workbook.xml": "xl"}
_TYPES = "[content_types].xml"
_MACROS = re.compile(r"vbaproject\.bin$|vbadata\.xml$|/activex/|/macrosheets/")
_PROGRAMS = re.compile(r"\.(?:exe|dll|com|scr|msi|bat|cmd|js|jse|vbs|vbe|wsf|hta|ps1|jar|lnk|sh|py|php)$")
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_LEADS_ELSEWHERE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0")
_EMBEDDED = re.compile(r"^(?:word|xl)/embeddings/[^/]+\.(?:docx|xlsx)$")

_WORDS: dict[str, Text] = {
    "broken": Text("tệp bị hỏng hoặc bị cắt; hãy lưu lại rồi tải lên", "the file is broken or cut off; save it anew"),
    "archive": Text(
        "tệp nén không được nhận; hãy giải nén rồi tải từng tệp",
        "archives are not accepted; unpack it and upload each file",
    ),
    "too_many_entries": Text(
        "bên trong có quá nhiều tệp con; hãy lưu lại thành PDF", "it holds too many files inside; save it as PDF"
    ),
    "bomb": Text("khi mở ra tệp lớn bất thường; hãy lưu lại thành PDF", "it unpacks to far too much; save it as PDF"),
    "path": Text(
        "bên trong có đường dẫn trỏ ra ngoài; tệp không an toàn",
        "names inside lead out of it; the file is not safe",
    ),
    "link": Text("bên trong có liên kết tới tệp khác; tệp không an toàn", "it holds a link; the file is not safe"),
    "encrypted": Text("tệp đặt mật khẩu; hãy bỏ mật khẩu rồi tải lên", "it has a password; remove that first"),
    "nested": Text("bên trong lại có tệp nén; hãy lưu lại thành PDF", "it holds another archive; save it as PDF"),
    "macro": Text(
        "tệp có macro hoặc chương trình; hãy lưu thành DOCX, XLSX không có macro, hoặc PDF",
        "it holds macros or programs; save it as DOCX or XLSX without them, or as PDF",
    ),
    "polyglot": Text(
        "tệp chứa thêm nội dung loại khác ở bên trong; hãy lưu lại rồi tải lên",
        "it is another kind of file at the same time; save it anew and upload that",
    ),
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found: the office document's `main` part (word, xl), or the reason (a code) why it is none."""

    main: str = ""
    reason: str = ""

    @property
    def words(self) -> Text:
        """Give the reason in words, as the end of a sentence about the file."""
        return _WORDS[self.reason]


class _Refused(Exception):
    """Found wanting; the code says what for."""


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked and how many entries there may still be, over all archives within each other."""

    left: int = LARGEST_OPENED
    entries: int = MOST_ENTRIES
    depth: int = 0


def look(stream: BinaryIO) -> Looked:
    """Look at an archive whose content is wanted to be an office document. The stream is left anywhere."""
    try:
        return Looked(main=_looked(stream, _Budget()))
    except _Refused as refused:
        return Looked(reason=str(refused))
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        ValueError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ):
        return Looked(reason="broken")


def _looked(stream: BinaryIO, budget: _Budget) -> str:
    budget.depth += 1
    with zipfile.ZipFile(stream) as archive:
        entries = archive.infolist()
        _bounded(entries, budget)
        for entry in entries:
            _harmless(entry)
        _alone(archive, stream, entries)
        _honest(archive, entries, budget)
        names = {entry.filename.lower() for entry in entries}
        main = next((kind for name, kind in _MAIN.items() if name in names), "")
        if _TYPES not in names or not main:
            raise _Refused("archive")
        _without_macros(archive, next(entry for entry in entries if entry.filename.lower() == _TYPES))
    budget.depth -= 1
    return main


def _bounded(entries: list[zipfile.ZipInfo], budget: _Budget) -> None:
    budget.entries -= len(entries)
    budget.left -= sum(entry.file_size for entry in entries)
    if budget.entries < 0:
        raise _Refused("too_many_entries")
    if budget.left < 0:
        raise _Refused("bomb")
    for entry in entries:
        if entry.file_size > LARGE and entry.file_size > MOST_TIMES * max(entry.compress_size, 1):
            raise _Refused("bomb")


def _harmless(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename or entry.filename
    if _LEADS_ELSEWHERE.search(name):
        raise _Refused("path")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _Refused("link")
    if entry.flag_bits & 0x1:
        raise _Refused("encrypted")
    if _MACROS.search(name.lower()) or _PROGRAMS.search(name.lower()):
        raise _Refused("macro")


def _alone(archive: zipfile.ZipFile, stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    """The first entry begins the file, entries do not overlap, and nothing follows the directory."""
    if archive.comment or min((entry.header_offset for entry in entries), default=0) != 0:
        raise _Refused("polyglot")
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 22))
    if not stream.read().startswith(b"PK\x05\x06"):
        raise _Refused("polyglot")
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise _Refused("bomb")
        end = entry.header_offset + 30 + entry.compress_size
    if end > archive.start_dir:
        raise _Refused("bomb")


def _honest(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], budget: _Budget) -> None:
    """Unpack every entry once, to nowhere: it must be as large as it says, whole, and no archive itself."""
    for entry in entries:
        if entry.is_dir():
            continue
        with archive.open(entry) as content:
            head = content.read(8)
            is_packed = head.startswith(_PACKED)
            if is_packed and (budget.depth >= DEEPEST or not _EMBEDDED.match(entry.filename)):
                raise _Refused("nested")
            with tempfile.SpooledTemporaryFile(max_size=LARGE) as kept:
                size = len(head)
                kept.write(head)
                while chunk := content.read(1 << 18):
                    size += len(chunk)
                    if is_packed:
                        kept.write(chunk)
                if size != entry.file_size:
                    raise _Refused("broken")
                if is_packed:
                    _looked(kept, budget)  # type: ignore[arg-type]  # a binary file like any other


def _without_macros(archive: zipfile.ZipFile, types: zipfile.ZipInfo) -> None:
    """A document with macros says so among its types, whatever its parts are called."""
    if types.file_size > LARGEST_TYPES:
        raise _Refused("bomb")
    if re.search(rb"macroEnabled|vbaProject|activeX", archive.read(types), re.I):
        raise _Refused("macro")
