"""Internal files and declared interests on the pages of a task and of a dossier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask

from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import PAPER, Office
from tests.services.bundles import procedure
from tests.web.officers import at_desk, quick_app, task_of, words

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(hours=2))
        step = user("a", name="Soạn", **SKILLED)
        office.deploy(procedure("plain", start("s", motcua__nationalStatus="1"), step, end("e"), "s -> a -> e"))
        yield office


@pytest.fixture
def dossier(office: Office) -> Dossier:
    return office.file_in("plain")


def test_files_are_added_on_the_documents_tab_and_removed_there(app: Flask, office: Office, dossier: Dossier) -> None:
    url = task_of(office, dossier, "a")
    desk = at_desk(app, "chuyenvien")
    assert "Thêm tệp nội bộ" in desk.get(f"{url}?tab=documents").text
    refused = desk.post(f"{url}/attachments", [("files", (BytesIO(b"MZ\x90\0" * 30), "a.exe"))])
    assert refused.status_code == 422
    assert "mc-error" in refused.text
    files = [("files", (BytesIO(PAPER), "ghi chú.pdf")), ("files", (BytesIO(PAPER + b"2"), "hai.pdf"))]
    page = desk.post(f"{url}/attachments", files, follow_redirects=True).text
    assert "Đã thêm tệp nội bộ." in words(page)
    head = at_desk(app, "truongphong").get(f"/dossiers/{dossier.id}?tab=documents").text
    assert "ghi chú.pdf" in head
    assert "/remove" not in head
    applicant = at_desk(app, "nguoinop").get(f"/my/dossiers/{dossier.code}").text
    assert "hai.pdf" not in applicant
    number = page.split("/attachments/")[1].split("/")[0]
    assert at_desk(app, "nguoinop").get(f"/documents/{number}").status_code == 404
    assert "Đã bỏ tệp nội bộ." in words(desk.post(f"{url}/attachments/{number}/remove", follow_redirects=True).text)
    history = words(desk.get(f"{url}?tab=history&lang=en").text)
    assert "Added internal files" in history
    assert "Removed an internal file" in history


def test_an_interest_is_shown_in_words_and_lifted_by_a_head(app: Flask, office: Office, dossier: Dossier) -> None:
    url = task_of(office, dossier, "a")
    desk, head = at_desk(app, "chuyenvien"), at_desk(app, "truongphong")
    page = f"/dossiers/{dossier.id}/interests"
    assert "Không ai khai" in words(head.get(page).text)
    desk.get(f"{url}/do/interest")
    desk.post(f"{url}/do/interest", [("reason", "Người nhà")])
    assert "Đã khai có xung đột lợi ích" in words(desk.get(url).text)
    assert "Bạn không tự gỡ được" in words(desk.get(page).text)
    assert "Không giao được: Đã khai có xung đột lợi ích" in words(head.get(f"{url}/assign").text)
    assert page in head.get(f"/dossiers/{dossier.id}").text
    shown = words(head.get(f"{page}?lang=en").text)
    assert "Người nhà" in shown
    assert "Keeps away" in shown
    assert head.post(page, [("username", "chuyenvien"), ("reason", " ")]).status_code == 422
    head.get(page)
    lifted = head.post(page, [("username", "chuyenvien"), ("reason", "Nhầm người")], follow_redirects=True)
    assert "Lifted" in words(lifted.text)
    assert "Đã khai có" not in words(desk.get(f"{url}?lang=vi").text)
