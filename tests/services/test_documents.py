"""Uploads: typed by their content, limited, hashed, named safely, and read by whom they concern."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from errors import Invalid, InvalidAnswers, NotFound, TooLarge, WrongMediaType
from services import cleaning, documents, dossiers, drafts, filetypes, room, tasks
from services.filetypes import DOCX, JPEG, PDF, PNG, XLSX
from services.permissions import SYSTEM
from tests.files import png
from tests.office import PAPER, PROCEDURE, Office, course
from tests.services.bundles import beside, one_task

READERS = ("nguoinop", "motcua", "chuyenvien", "truongphong", "lanhdao", "vanthu", "quanly", "vanhanh", "quantri")
STRANGERS = ("nguoinop2", "chuyenvienduoc", "truongphongduoc", "chuyenvientb", "thietke")


def zipped(*names: str, size: int = 10) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in names:
            archive.writestr(name, b"0" * size)
    return data.getvalue()


def test_what_a_file_is_says_its_content_and_not_its_name(office: Office) -> None:
    wanted = {
        PDF: PAPER,
        PNG: png(),
        JPEG: b"\xff\xd8\xff\xe0" + b"0" * 50,
        DOCX: zipped("[Content_Types].xml", "word/document.xml"),
        XLSX: zipped("[Content_Types].xml", "xl/workbook.xml"),
    }
    for media_type, content in wanted.items():
        document_id = office.paper("nguoinop", "floor_plan", content, name="bản vẽ số 12.2026")
        (staged,) = documents.staged(office.viewer("nguoinop"), [document_id])
        assert staged.media_type == media_type
        assert (staged.size, staged.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert office.parts.blobs.read(staged.sha256) == content
        assert documents.download_name(staged).startswith("bản vẽ số 12.2026.")


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script></html>",
        b"#!/bin/sh\nrm -rf /\n",
        b"plain words",
        b" %PDF-1.4 not at the start",
        zipped("a.txt"),
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        zipped("[Content_Types].xml", "word/document.xml")[:40],
        zipped("[Content_Types].xml", "word/document.xml", "word/media/1.png", size=120 << 20),
    ],
    ids=["exe", "html", "script", "text", "late", "zip", "macro", "cut", "bomb"],
)
def test_other_content_is_refused_whatever_it_is_called(content: bytes) -> None:
    assert filetypes.look(BytesIO(content), "a").reason


def test_a_refused_file_is_named(office: Office) -> None:
    with pytest.raises(WrongMediaType) as refused:
        office.paper("nguoinop", "floor_plan", b"MZ\x90\x00 a program", name="ban-ve.pdf")
    assert refused.value.details[0].field == "floor_plan"
    assert "ban-ve.pdf" in refused.value.details[0].message.vi


def test_empty_and_too_large_files_are_refused_and_leave_nothing(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        office.paper("nguoinop", "floor_plan", b"")
    assert refused.value.details[0].code == "empty"
    kept = list(office.parts.settings.documents.rglob("*"))
    with pytest.raises(TooLarge):
        office.paper("nguoinop", "floor_plan", PAPER + b"0" * office.parts.settings.upload_max_bytes)
    assert [path for path in office.parts.settings.documents.rglob("*") if path.is_file()] == [
        path for path in kept if path.is_file()
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\bản vẽ.pdf", "bản vẽ.pdf"),
        ("a\x00b\r\n<c>.pdf", "a_b___c_.pdf"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("...", "tep"),
        ("", "tep"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("Ho\u0302\u0300 so\u031b.pdf", "Hồ sơ.pdf"),
    ],
)
def test_names_are_made_safe_and_stay_readable(given: str, kept: str) -> None:
    assert documents.safe_name(given) == kept


def test_somebody_elses_upload_cannot_be_filed_read_or_dropped(office: Office) -> None:
    theirs = office.papers("nguoinop2")
    answers = course("granted_at_once")["answers"]
    with pytest.raises(InvalidAnswers):
        dossiers.file(office.viewer("nguoinop"), PROCEDURE, answers, now=office.now, document_ids=theirs)
    with pytest.raises(Invalid):
        dossiers.file(
            office.viewer("nguoinop"), PROCEDURE, answers, now=office.now, document_ids=[*office.papers(), theirs[0]]
        )
    with pytest.raises(NotFound):
        documents.download(office.viewer("nguoinop"), theirs[0], office.parts.blobs)
    documents.unstage(office.viewer("nguoinop"), theirs[0])
    assert len(documents.staged(office.viewer("nguoinop2"), theirs)) == len(theirs)
    assert office.file("nguoinop2").code.endswith("-0001")


def test_a_file_of_another_component_or_twice_is_no_component(office: Office) -> None:
    answers, ids = course("granted_at_once")["answers"], office.papers()
    stray = office.paper("nguoinop", "love_letter")
    with pytest.raises(InvalidAnswers) as refused:
        dossiers.file(office.viewer("nguoinop"), PROCEDURE, answers, now=office.now, document_ids=[*ids, stray])
    assert [detail.field for detail in refused.value.details] == ["documents"]
    dossier = dossiers.file(office.viewer("nguoinop"), PROCEDURE, answers, now=office.now, document_ids=[*ids, *ids])
    assert len(documents.of_dossier(office.viewer("nguoinop"), dossier)) == len(ids)


def test_a_documents_readers_are_those_of_its_dossier(office: Office) -> None:
    dossier = office.accepted()
    upload = next(d for d in documents.of_dossier(office.viewer("nguoinop"), dossier) if d.origin == "upload")
    for username in READERS:
        found, content = documents.download(office.viewer(username), upload.id, office.parts.blobs)
        assert content.read() == PAPER
        assert found.dossier_id == dossier.id
    for username in STRANGERS:
        with pytest.raises(NotFound):
            documents.download(office.viewer(username), upload.id, office.parts.blobs)
        with pytest.raises(NotFound):
            documents.of_dossier(office.viewer(username), dossier)
    with pytest.raises(NotFound):
        documents.download(SYSTEM, "no document", office.parts.blobs)


def test_files_sent_with_a_task_belong_to_its_dossier(office: Office) -> None:
    office.deploy(beside("beside", 1))
    dossier = office.file_in("beside")
    officer, task = office.viewer("chuyenvien"), office.open(dossier)["t1"]
    tasks.submit(officer, task.id, {}, now=office.now, document_ids=[office.paper("chuyenvien", "")])
    office.look()
    (document,) = documents.of_dossier(office.viewer("nguoinop"), dossier)
    assert (document.task_id, document.created_by) == (task.id, "chuyenvien")
    office.deploy(one_task())
    lonely = office.open(office.start("one"))["do"]
    with pytest.raises(Invalid):
        tasks.submit(office.viewer("motcua"), lonely.id, {}, now=office.now, document_ids=[office.paper("motcua", "")])


def test_uploads_that_were_never_sent_are_forgotten_and_limited(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_STAGED", 5)
    for number in range(5):
        office.paper("nguoinop", "floor_plan", PAPER + b"%d" % number)
    with pytest.raises(Invalid) as refused:
        office.paper("nguoinop", "floor_plan", PAPER)
    assert refused.value.details[0].code == "too_many"
    assert "5 tệp chưa gửi" in refused.value.details[0].message.vi
    assert "tự xoá sau hai ngày" in refused.value.details[0].message.vi
    filed = office.file("nguoinop2")
    before = len(documents.of_dossier(office.viewer("nguoinop2"), filed))
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(days=3))
    office.look()
    assert office.papers()
    assert len(documents.of_dossier(office.viewer("nguoinop2"), filed)) == before


def test_who_has_too_many_files_in_drafts_is_told_where_and_a_dropped_draft_makes_room(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "MOST_STAGED", 7)
    viewer = office.viewer("nguoinop")
    for many in (1, 4, 2):
        ids = [office.paper("nguoinop", "floor_plan", PAPER + b"%d %d" % (many, number)) for number in range(many)]
        draft = drafts.begin(viewer, PROCEDURE, {}, now=office.later(minutes=1), document_ids=ids)
    with pytest.raises(Invalid) as refused:
        office.paper("nguoinop", "floor_plan", PAPER)
    (detail,) = refused.value.details
    assert (detail.field, detail.code) == ("floor_plan", "too_many")
    assert "7 tệp nằm trong 3 bản nháp" in detail.message.vi
    assert "(4 tệp)" in detail.message.vi
    assert "“My drafts”" in detail.message.en
    assert "biosafety" in detail.message.en
    much = replace(office.parts.intake, most_bytes_together=len(PAPER))
    with pytest.raises(Invalid) as refused:
        documents.stage(
            viewer, documents.Upload(name="a.pdf", stream=BytesIO(PAPER), component=""), much, now=office.now
        )
    assert "3 drafts" in refused.value.details[0].message.en
    drafts.drop(viewer, draft.id, now=office.now)
    assert [office.paper("nguoinop", "floor_plan", PAPER + b"%d" % number) for number in range(2)]
    with pytest.raises(Invalid) as refused:
        office.paper("nguoinop", "floor_plan", PAPER)
    assert "5 tệp nằm trong 2 bản nháp" in refused.value.details[0].message.vi
