"""Papers: printed once from what was true at the act, in Vietnamese, and again to the letter."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from connectors import papers as printer
from connectors.papers.press import PRESS
from errors import NotFound
from services import clocks, documents, outbox, papers
from storage.database import session
from storage.tables import Document, Dossier, OutboxMessage
from tests.engine.diagrams import end, start, throw, user
from tests.office import Office
from tests.services.bundles import procedure


@pytest.fixture(autouse=True)
def press(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print all of them really."""
    monkeypatch.setattr(papers, "PRESS", PRESS)


def paper_of(office: Office, dossier: Dossier, kind: str) -> Document:
    office.look()
    return next(d for d in documents.of_dossier(office.viewer("motcua"), dossier) if d.kind == kind)


def text_of(pdf: bytes) -> str:
    """Give the words of a PDF, single-spaced: lines break where the page does."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_acceptance_slip_says_code_due_date_and_why_in_vietnamese(office: Office) -> None:
    dossier = office.accepted()
    slip = paper_of(office, dossier, "acceptance_slip")
    assert slip.sha256 == ""  # written with the act, printed afterwards
    (to_print,) = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "paper"))
    assert outbox.send(to_print.id, office.parts.handlers, now=office.now).state == "sent"
    printed, content = documents.download(office.viewer("nguoinop"), slip.id, office.parts.blobs)
    pdf = content.read()
    words = text_of(pdf)
    assert printed.media_type == "application/pdf"
    assert printed.size == len(pdf)
    assert pdf.startswith(b"%PDF-")
    told = clocks.tell(dossier, asked_at=office.now)
    assert told is not None
    for wanted in (
        dossier.code,
        dossier.check_code,
        slip.number,
        "Giấy tiếp nhận hồ sơ và hẹn trả kết quả".upper(),
        "17 giờ 00, thứ Tư, ngày 23/09/2026",  # when all limits that follow each other are over
        "an toàn sinh học cấp III",
        "floor_plan.pdf",
        *(line.text.vi for line in told.why),
    ):
        assert wanted.lower() in words.lower()


def test_a_paper_is_printed_once_and_says_what_was_true_then(office: Office) -> None:
    dossier = office.accepted()
    slip = paper_of(office, dossier, "acceptance_slip")
    first, content = documents.download(office.viewer("nguoinop"), slip.id, office.parts.blobs)
    dossier = office.again(dossier)
    dossier.applicant_name = "Somebody Else"
    session().commit()
    again, same = documents.download(office.viewer("motcua"), slip.id, office.parts.blobs)
    assert (again.sha256, same.read()) == (first.sha256, content.read())
    (to_print,) = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "paper"))
    outbox.send(to_print.id, office.parts.handlers, now=office.now)
    assert paper_of(office, dossier, "acceptance_slip").sha256 == first.sha256


def test_a_paper_can_be_printed_again_to_the_letter(office: Office) -> None:
    slip = paper_of(office, office.accepted(), "acceptance_slip")
    assert slip.snapshot is not None
    once = printer.html_of(slip.kind, slip.snapshot)
    assert once == printer.html_of(slip.kind, slip.snapshot)
    first, again = printer.to_pdf(once), printer.to_pdf(once)
    assert [page.extract_text() for page in PdfReader(BytesIO(first)).pages] == [
        page.extract_text() for page in PdfReader(BytesIO(again)).pages
    ]


def test_a_supplement_request_lists_each_point_and_a_refusal_its_reason(office: Office) -> None:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Sơ đồ chưa đủ nội dung")
    request = paper_of(office, dossier, "supplement_request")
    assert request.snapshot is not None
    html = printer.html_of(request.kind, request.snapshot)
    for wanted in ("Sơ đồ mặt bằng", "Thể hiện vùng đệm và hướng luồng khí.", dossier.code):
        assert wanted in html
    refused = office.file()
    office.step(refused, "motcua", "check", "refuse", reason="Không đúng thẩm quyền")
    slip = paper_of(office, refused, "refusal_slip")
    assert slip.snapshot is not None
    assert "Không đúng thẩm quyền" in printer.html_of(slip.kind, slip.snapshot)


def test_what_a_person_typed_stays_text_on_the_paper(office: Office) -> None:
    dossier = office.file()
    office.step(dossier, "motcua", "check", "refuse", reason="<img src=x onerror=alert(1)> & <b>đậm</b>")
    slip = paper_of(office, dossier, "refusal_slip")
    assert slip.snapshot is not None
    html = printer.html_of(slip.kind, slip.snapshot)
    assert "<img src=x" not in html
    assert "&lt;b&gt;đậm&lt;/b&gt;" in html


def test_a_paper_loads_nothing_from_anywhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><text y="50">secret</text></svg>')
    page = f"<html><body>vẫn in <img src='{secret.as_uri()}'><object data='{secret.as_uri()}'></object></body></html>"
    words = " ".join(page.extract_text() for page in PdfReader(BytesIO(printer.to_pdf(page))).pages)
    assert "vẫn in" in words
    assert "secret" not in words


def test_papers_are_numbered_by_kind_and_year_without_a_gap(office: Office) -> None:
    numbers = [paper_of(office, office.accepted(), "acceptance_slip").number for _ in range(3)]
    assert numbers == [f"{number}/2026/TNHS" for number in (1, 2, 3)]


def test_a_diagram_may_issue_the_same_kind_of_paper_twice_in_one_step(office: Office) -> None:
    files = procedure(
        "twice",
        start("s"),
        user("do", motcua__nationalStatus="2"),
        throw("first", motcua__document="result"),
        throw("second", motcua__document="result"),
        end("e"),
        "s -> do -> first -> second -> e",
        legal='<motcua:result id="r" nameVi="Kết quả" nameEn="Result"/>',
    )
    office.deploy(files)
    dossier = office.file_in("twice")
    office.step(dossier, "quantri", "do", answers={})
    office.look()
    found = sorted(d.number for d in documents.of_dossier(office.viewer("nguoinop"), dossier))
    assert found == ["1/2026/KQ", "2/2026/KQ"]
    told = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "email")).all()
    assert len(told) == 2


def test_a_paper_is_for_those_who_may_read_the_dossier(office: Office) -> None:
    slip = paper_of(office, office.accepted(), "acceptance_slip")
    for stranger in ("nguoinop2", "chuyenvienduoc", "thietke"):
        with pytest.raises(NotFound):
            documents.download(office.viewer(stranger), slip.id, office.parts.blobs)
