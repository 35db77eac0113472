"""A zip from a stranger: its files, or a clear refusal."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from bpmn.archive import MAX_ARCHIVE, MAX_FILE, MAX_FILES
from bpmn.bundle import open_zip
from errors import Malformed, TooLarge


def packed(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("link.bpmn")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def lying() -> bytes:
    """Say in the headers that a large file is small."""
    data = bytearray(packed(("a.bpmn", b"0" * (MAX_FILE + 10))))
    size = struct.pack("<L", MAX_FILE + 10)
    return bytes(data).replace(size, struct.pack("<L", 10))


def encrypted() -> bytes:
    data = bytearray(packed(("a.bpmn", b"x"), method=zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def test_files_come_out_without_their_folders_hidden_ones_and_folders_are_left_out():
    data = packed(
        ("biosafety/process.bpmn", b"1"),
        ("biosafety/forms/", b""),
        ("biosafety/forms/a.form", b"2"),
        ("__MACOSX/biosafety/._process.bpmn", b"x"),
        (".DS_Store", b"x"),
    )
    assert open_zip("b.zip", data) == {"process.bpmn": b"1", "a.form": b"2"}


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Malformed),
        (b"no zip", Malformed),
        (packed(("a.bpmn", b"1" * 1000))[:-30], Malformed),
        (packed(("a.bpmn", b"1" * 1000), method=zipfile.ZIP_STORED).replace(b"111", b"211"), Malformed),
        (packed(("../a.bpmn", b"1")), Malformed),
        (packed(("x/../../a.bpmn", b"1")), Malformed),
        (packed(("/etc/a.bpmn", b"1")), Malformed),
        (packed(("C:\\a.bpmn", b"1")), Malformed),
        (packed(("a\\b.bpmn", b"1")), Malformed),
        (packed(("x/a.bpmn", b"1"), ("y/a.bpmn", b"2")), Malformed),
        (linked(), Malformed),
        (encrypted(), Malformed),
        (lying(), Malformed),
        (packed(("bomb.bpmn", b"0" * 50_000_000)), TooLarge),
        (packed(*((f"{n}.txt", b"0" * MAX_FILE) for n in range(11))), TooLarge),
        (packed(*((f"{n}.txt", b"") for n in range(MAX_FILES + 1))), TooLarge),
        (b"0" * (MAX_ARCHIVE + 1), TooLarge),
    ],
    ids=range(17),
)
def test_a_hostile_zip_is_refused_with_its_name(data, error):
    with pytest.raises(error) as refused:
        open_zip("b.zip", data)
    assert "b.zip" in refused.value.text.vi
