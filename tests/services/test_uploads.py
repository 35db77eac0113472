"""Uploads in pieces: gone on with after a break, by one at a time, never more than was said, finished once."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from errors import (
    Invalid,
    Malformed,
    MotcuaError,
    NotFound,
    NotScanned,
    TooLarge,
    WrongChecksum,
    WrongMediaType,
    WrongOffset,
    WrongState,
)
from jobs.tick import clean
from services import documents, room, uploads
from services.intake import Intake
from services.uploads import PIECE, Wanted
from storage.database import session
from storage.tables import Document, Upload
from tests.fakes import FakeScanner
from tests.files import pdf
from tests.office import Office

PAPER = pdf(3 * PIECE, seed=7)


def begun(office: Office, content: bytes = PAPER, *, who: str = "nguoinop", name: str = "a.pdf") -> Upload:
    wanted = Wanted(name=name, component="floor_plan", length=len(content))
    return uploads.begin(office.viewer(who), wanted, office.parts.intake, now=office.now)


def sent(
    office: Office, upload: Upload, content: bytes, offset: int = 0, *, who: str = "nguoinop", sum: str = ""
) -> int:
    stream = BytesIO(content)
    intake = office.parts.intake
    done = uploads.append(office.viewer(who), upload.id, offset, stream, intake, now=office.now, checksum=sum)
    return done.received


def finished(office: Office, upload: Upload, *, intake: Intake | None = None) -> Document:
    return uploads.finish(office.viewer("nguoinop"), upload.id, intake or office.parts.intake, now=office.now)


def pieces(office: Office) -> list[Path]:
    return [path for path in (office.parts.settings.documents / "pieces").rglob("*") if path.is_file()]


def test_a_file_that_comes_in_pieces_is_the_file_that_was_sent(office: Office) -> None:
    upload, at = begun(office), 0
    for size in (1, 1000, PIECE + 5, len(PAPER)):
        at = sent(office, upload, PAPER[at : at + size], at)
    assert at == len(PAPER)
    document = finished(office, upload)
    assert (document.sha256, document.size) == (hashlib.sha256(PAPER).hexdigest(), len(PAPER))
    assert (document.kind, document.file_name, document.media_type) == ("floor_plan", "a.pdf", "application/pdf")
    assert office.parts.blobs.read(document.sha256) == PAPER
    assert pieces(office) == []
    assert finished(office, upload).id == document.id
    assert documents.staged(office.viewer("nguoinop"), [document.id])


def test_what_came_before_a_break_is_kept(office: Office) -> None:
    class Breaking(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() >= 2 * PIECE + 100:
                raise ConnectionResetError
            return super().read(min(size or 0, 2 * PIECE + 100 - self.tell()))

    upload = begun(office)
    viewer = office.viewer("nguoinop")
    with pytest.raises(ConnectionResetError):
        uploads.append(viewer, upload.id, 0, Breaking(PAPER), office.parts.intake, now=office.now)
    at = uploads.look(viewer, upload.id, now=office.now).received
    assert at == 2 * PIECE
    assert sent(office, upload, PAPER[at:], at) == len(PAPER)
    assert finished(office, upload).sha256 == hashlib.sha256(PAPER).hexdigest()


def test_bytes_are_taken_only_where_the_upload_goes_on(office: Office) -> None:
    upload = begun(office)
    sent(office, upload, PAPER[:100])
    for offset in (0, 99, 101, len(PAPER)):
        with pytest.raises(WrongOffset):
            sent(office, upload, PAPER, offset)
    assert len(pieces(office)) == 1


def test_two_that_send_the_same_piece_at_once_are_not_both_first(office: Office, demo_app: Flask) -> None:
    upload = begun(office)
    intake, viewer, now = office.parts.intake, office.viewer("nguoinop"), office.now
    session().close()

    def send(_: int) -> object:
        with demo_app.app_context():
            try:
                return uploads.append(viewer, upload.id, 0, BytesIO(PAPER[:PIECE]), intake, now=now).received
            except WrongOffset:
                return "later"

    with ThreadPoolExecutor(4) as pool:
        outcomes = [run.result() for run in [pool.submit(copy_context().run, send, number) for number in range(4)]]
    assert sorted(map(str, outcomes)) == [str(PIECE), "later", "later", "later"]
    assert len(pieces(office)) == 1


def test_more_than_was_said_is_not_read(office: Office) -> None:
    upload = begun(office)
    stream = BytesIO(PAPER + b"more")
    uploads.append(office.viewer("nguoinop"), upload.id, 0, stream, office.parts.intake, now=office.now)
    assert stream.tell() == len(PAPER)


def test_a_piece_that_is_not_what_its_checksum_says_is_not_kept(office: Office) -> None:
    upload = begun(office)
    good = "sha1 " + b64encode(hashlib.sha1(PAPER[:100]).digest()).decode()
    with pytest.raises(WrongChecksum):
        sent(office, upload, PAPER[1:101], sum=good)
    assert sent(office, upload, PAPER[:100], sum=good) == 100
    for bad in ("md5 AAAA", "sha256 ***", "sha256"):
        with pytest.raises((Malformed, WrongChecksum)):
            sent(office, upload, PAPER[100:200], 100, sum=bad)
    assert uploads.look(office.viewer("nguoinop"), upload.id, now=office.now).received == 100


def test_an_upload_is_its_owners_alone(office: Office) -> None:
    upload = begun(office)
    for who in ("nguoinop2", "quantri"):
        with pytest.raises(NotFound):
            uploads.look(office.viewer(who), upload.id, now=office.now)
        with pytest.raises(NotFound):
            sent(office, upload, PAPER, who=who)
        with pytest.raises(NotFound):
            uploads.drop(office.viewer(who), upload.id, office.parts.blobs)
    assert sent(office, upload, PAPER) == len(PAPER)


def test_nothing_is_a_document_before_it_is_whole(office: Office) -> None:
    upload = begun(office)
    sent(office, upload, PAPER[:-1])
    with pytest.raises(WrongState):
        finished(office, upload)


@pytest.mark.parametrize(
    ("length", "name", "error"),
    [(0, "a.pdf", Invalid), (1 << 40, "a.pdf", TooLarge), (5, "x" * 2000, Invalid)],
)
def test_what_cannot_become_a_document_is_refused_at_once(
    office: Office, length: int, name: str, error: type[MotcuaError]
) -> None:
    wanted = Wanted(name=name, component="floor_plan", length=length)
    with pytest.raises(error) as refused:
        uploads.begin(office.viewer("nguoinop"), wanted, office.parts.intake, now=office.now)
    assert refused.value.details[0].message.vi


def test_what_is_refused_at_the_end_is_gone(office: Office) -> None:
    content = b"MZ\x90\0" * 100
    upload = begun(office, content)
    sent(office, upload, content)
    with pytest.raises(WrongMediaType) as refused:
        finished(office, upload)
    assert (refused.value.details[0].field, refused.value.details[0].code) == ("floor_plan", "media_type")
    assert pieces(office) == []
    with pytest.raises(NotFound):
        uploads.look(office.viewer("nguoinop"), upload.id, now=office.now)


def test_while_the_scanner_is_silent_an_upload_waits_and_is_finished_later(office: Office) -> None:
    scanner = FakeScanner(is_silent=True)
    intake = replace(office.parts.intake, scanner=scanner)
    upload = begun(office)
    sent(office, upload, PAPER)
    with pytest.raises(NotScanned):
        finished(office, upload, intake=intake)
    assert uploads.look(office.viewer("nguoinop"), upload.id, now=office.now).received == len(PAPER)
    scanner.is_silent = False
    assert finished(office, upload, intake=intake).size == len(PAPER)


def test_how_much_one_person_may_have_without_sending_it_is_limited(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_STAGED", 6)
    for number in range(3):
        begun(office, b"%d" % number)
        office.paper("nguoinop", "floor_plan", pdf(8, seed=number))
    with pytest.raises(Invalid) as many:
        begun(office)
    assert many.value.details[0].code == "too_many"
    with pytest.raises(Invalid):
        office.paper("nguoinop", "floor_plan", PAPER)
    viewer, intake = office.viewer("nguoinop2"), replace(office.parts.intake, most_bytes_together=len(PAPER))
    wanted = Wanted(name="a.pdf", component="", length=len(PAPER))
    uploads.begin(viewer, wanted, intake, now=office.now)
    with pytest.raises(Invalid) as much:
        uploads.begin(viewer, replace(wanted, length=1), intake, now=office.now)
    assert much.value.details[0].code == "too_much"


def test_an_upload_that_nobody_goes_on_with_is_forgotten(office: Office) -> None:
    left, went_on = begun(office), begun(office)
    left_id = left.id
    sent(office, left, PAPER[:100])
    sent(office, went_on, PAPER[:100])
    office.later(hours=40)
    sent(office, went_on, PAPER[100:200], 100)
    office.later(hours=20)
    clean(office.parts, now=office.now)
    with pytest.raises(NotFound):
        uploads.look(office.viewer("nguoinop"), left_id, now=office.now)
    assert uploads.look(office.viewer("nguoinop"), went_on.id, now=office.now).received == 200
    assert len(pieces(office)) == 2


def test_an_upload_whose_pieces_were_lost_begins_anew(office: Office) -> None:
    upload = begun(office)
    sent(office, upload, PAPER)
    pieces(office)[1].unlink()
    for _ in range(2):
        with pytest.raises(NotFound):
            finished(office, upload)
    assert pieces(office) == []


def test_an_upload_that_was_sent_or_dropped_since_is_over(office: Office) -> None:
    upload = begun(office)
    sent(office, upload, PAPER)
    document = finished(office, upload)
    documents.unstage(office.viewer("nguoinop"), document.id)
    with pytest.raises(NotFound):
        uploads.look(office.viewer("nguoinop"), upload.id, now=office.now)
