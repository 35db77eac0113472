"""Hostile files: bombs, archives in archives, names that lead elsewhere, macros, files that are two things at once."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from services import archives, filetypes
from services.filetypes import DOCX, JPEG, PDF, PNG, XLSX
from tests.files import TYPES, docx, jpeg, pdf, png, xlsx, zipped

MEGA = 1 << 20


def reason(content: bytes, name: str = "tep") -> str:
    """Give the code that a file is refused with, or an empty text."""
    kind = filetypes.look(io.BytesIO(content), name)
    if kind.reason:
        assert kind.words.vi
        assert kind.words.en
        assert not kind.media_type
    return kind.reason


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (pdf(), "a.pdf", PDF),
        (pdf(), "a.PDF", PDF),
        (pdf(), "quyết định 12.2026", PDF),
        (pdf(), "không đuôi", PDF),
        (png(), "a.png", PNG),
        (png() + b"\r\n\0", "a.png", PNG),
        (jpeg(), "a.jpg", JPEG),
        (jpeg(), "a.JPEG", JPEG),
        (docx(), "a.docx", DOCX),
        (docx(method=zipfile.ZIP_STORED), "a.docx", DOCX),
        (xlsx(), "a.xlsx", XLSX),
        (docx({"word/embeddings/Microsoft_Excel_Sheet.xlsx": xlsx()}), "có biểu đồ.docx", DOCX),
        (docx({"word/media/image1.png": png()}), "có ảnh.docx", DOCX),
        (xlsx({"xl/worksheets/sheet1.xml": b"<c><v>0</v></c>" * 200_000}), "bảng dài.xlsx", XLSX),
    ],
)
def test_honest_files_are_taken(content: bytes, name: str, media_type: str) -> None:
    assert filetypes.look(io.BytesIO(content), name).media_type == media_type


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (png(), "a.pdf", "wrong_extension"),
        (pdf(), "a.exe", "wrong_extension"),
        (pdf(), "a.html", "wrong_extension"),
        (docx(), "a.xlsx", "wrong_extension"),
        (docx(), "a.docm", "wrong_extension"),
        (b"MZ\x90\0", "a.pdf", "media_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "media_type"),
        (b"GIF89a", "a.jpg", "media_type"),
        (b"", "a.pdf", "media_type"),
        (zipped({"a.txt": b"words"}), "a.zip", "archive"),
        (b"Rar!\x1a\x07\x01\x00", "a.rar", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "a.7z", "archive"),
        (b"\x1f\x8b\x08\x00", "a.gz", "archive"),
        (png()[:-12], "a.png", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "a.png", "broken"),
        (docx()[:-30], "a.docx", "broken"),
        (docx()[:80], "a.docx", "broken"),
    ],
)
def test_what_is_no_accepted_kind_or_named_as_another_is_refused(content: bytes, name: str, code: str) -> None:
    assert reason(content, name) == code


@pytest.mark.parametrize(
    "content",
    [
        png() + zipped({"a.exe": b"MZ"}),
        jpeg() + zipped({"a.exe": b"MZ"}),
        pdf() + zipped({"a.exe": b"MZ"}),
        png() + b"<script>alert(1)</script>",
        png() + pdf(),
        b"\xff\xd8\xff\xfe<script>alert(1)</script>" + b"0" * 100,
        b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>",
        b"%PDF-1.4\n<html><script>alert(1)</script></html>",
    ],
    ids=["png+zip", "jpeg+zip", "pdf+zip", "png+script", "png+pdf", "jpeg/script", "jpeg/php", "pdf/html"],
)
def test_a_file_that_is_two_things_at_once_is_refused(content: bytes) -> None:
    assert reason(content) == "polyglot"


def with_comment() -> bytes:
    data = io.BytesIO(docx())
    with zipfile.ZipFile(data, "a") as archive:
        archive.comment = b"#!/bin/sh"
    return data.getvalue()


@pytest.mark.parametrize(
    "make",
    [lambda: zipped({"a.exe": b"MZ"}) + docx(), with_comment, lambda: docx() + b"%PDF-1.4"],
    ids=["before", "comment", "after"],
)
def test_an_office_file_with_something_around_it_is_refused(make: Callable[[], bytes]) -> None:
    assert reason(make()) in ("polyglot", "broken")


def test_a_bomb_is_refused_by_what_it_says_it_unpacks_to() -> None:
    large = b"0" * (archives.LARGEST_OPENED // 4 + 1)
    assert reason(docx({f"word/media/{number}.png": large for number in range(4)})) == "bomb"


def test_an_entry_that_is_packed_beyond_reason_is_a_bomb() -> None:
    assert reason(docx({"word/media/1.png": b"\0" * (archives.LARGE + 1)})) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    content = docx({"word/media/1.png": b"\0" * (2 * archives.LARGE)})
    said = struct.pack("<I", 2 * archives.LARGE)
    assert content.count(said) == 2  # in the entry's own header and in the directory
    assert reason(content.replace(said, struct.pack("<I", 100))) in ("broken", "bomb")


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    """A small kernel that thousands of entries name unpacks to terabytes (Fifield, 2019)."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", b"<w:document/>" * 1000)
        kernel = archive.filelist[-1]
        for number in range(50):
            other = zipfile.ZipInfo("word/document.xml")
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset", "flag_bits"):
                setattr(other, name, getattr(kernel, name))
            other.filename = other.orig_filename = f"word/{number:04}.xml"
            archive.filelist.append(other)
        archive._didModify = True  # type: ignore[attr-defined]
    assert reason(data.getvalue()) in ("bomb", "broken")


def test_too_many_entries_are_refused() -> None:
    many = {f"word/{number}.xml": b"" for number in range(archives.MOST_ENTRIES)}
    assert reason(docx(many)) == "too_many_entries"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "word/../../x.xml", "..\\..\\x.xml", "C:\\x.xml", "\\\\host\\x", "word/.."],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert reason(docx({name: b"x"})) == "path"


def test_a_symbolic_link_is_refused() -> None:
    data = io.BytesIO(docx())
    with zipfile.ZipFile(data, "a") as archive:
        link = zipfile.ZipInfo("word/media/a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert reason(data.getvalue()) == "link"


@pytest.mark.parametrize(
    "entries",
    [
        {"word/media/a.zip": zipped({"b.txt": b"x"})},
        {"word/media/a.png": zipped({"b.txt": b"x"})},
        {"word/embeddings/a.zip": zipped({"b.txt": b"x"})},
        {"word/media/a.gz": b"\x1f\x8b\x08\x00" + b"x" * 20},
        {"word/embeddings/a.docx": docx({"word/embeddings/b.docx": docx()})},
    ],
    ids=["zip", "zip named png", "embedded zip", "gz", "two deep"],
)
def test_an_archive_in_an_archive_is_refused(entries: dict[str, bytes]) -> None:
    assert reason(docx(entries)) == "nested"


def test_what_is_embedded_is_looked_at_as_well() -> None:
    assert reason(docx({"word/embeddings/a.xlsx": xlsx({"xl/vbaProject.bin": b"x"})})) == "macro"
    assert reason(docx({"word/embeddings/a.xlsx": zipped({"b.txt": b"x"})})) == "archive"


@pytest.mark.parametrize(
    "content",
    [
        docx({"word/vbaProject.bin": b"x"}),
        xlsx({"xl/VBAPROJECT.BIN": b"x"}),
        docx({"word/media/setup.exe": b"MZ"}),
        docx({"word/activeX/activeX1.bin": b"x"}),
        xlsx({"xl/macrosheets/sheet1.xml": b"x"}),
        docx(types=b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'),
    ],
    ids=["vba", "vba in capitals", "program", "activex", "excel 4", "by its type"],
)
def test_macros_and_programs_are_refused(content: bytes) -> None:
    assert reason(content) == "macro"


def test_a_password_is_refused() -> None:
    content = bytearray(docx())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 1)
    assert reason(bytes(content)) == "encrypted"


def test_a_picture_of_a_million_empty_chunks_is_given_up() -> None:
    empty = b"\0\0\0\0tEXt\0\0\0\0"
    assert reason(png()[:33] + empty * 200_000) == "broken"
