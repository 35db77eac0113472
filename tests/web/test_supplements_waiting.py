"""Whoever handed in a supplement request sees in the inbox with whom it waits and since when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import supplements, tasks
from services.asking import Item
from services.supplements import Content
from storage.queries.supplements import pending
from storage.tables import Dossier
from tests.office import Office
from tests.services.test_statements import counted
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.test_supplements import CHECKED
from web.i18n.formats import ago

LETTER = Content(items=[Item(component="floor_plan", problem="unclear", basis="103/2016/NĐ-CP", todo="Vẽ vùng đệm.")])


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))


def proposed(office: Office, dossier: Dossier) -> str:
    """Let the officer hand in a request on this dossier; give its task."""
    office.step(dossier, "truongphong", "assign", "assign")
    task_id, officer = office.open(dossier)["appraise"].id, office.viewer("chuyenvien")
    tasks.claim(officer, task_id, now=office.now, reason="Việc của phép thử")
    supplements.send(
        officer, task_id, LETTER, answers={**CHECKED, "appraisal_comment": "Thiếu vùng đệm"}, now=office.now
    )
    return task_id


def test_an_officer_sees_with_whom_a_request_waits_and_since_when(app: Flask, office: Office) -> None:
    dossier = office.accepted()
    task_id, code = proposed(office, dossier), dossier.code.partition("-")[2]
    officer, head, other = (at_desk(app, name) for name in ("chuyenvien", "truongphong", "chuyenvienduoc"))
    page = words(officer.get("/inbox").text)
    assert "1 phiếu yêu cầu bổ sung bạn trình đang chờ duyệt" in page
    assert f"chờ Trưởng phòng Cục Phòng bệnh, trình {_ago(office)}" in page
    assert f"/tasks/{task_id}/supplement" in officer.get("/inbox?view=mine&lang=en").text
    assert "đang chờ duyệt" not in words(officer.get("/inbox?view=breached").text)
    (row,) = (row for row in rows(head.get("/inbox").text) if code in row)
    assert f"Phiếu bổ sung chờ duyệt Chuyên viên phòng bệnh (demo), {_ago(office)}" in row
    assert "bạn trình" not in words(head.get("/inbox").text)
    assert "chờ duyệt" not in words(other.get("/inbox").text)
    opened = words(officer.get(f"/tasks/{task_id}?lang=vi").text)
    assert "Chuyên viên phòng bệnh (demo) trình duyệt lúc" in opened
    assert "Chờ: Trưởng phòng Cục Phòng bệnh." in opened
    assert "Thiếu vùng đệm" in words(head.get(f"/tasks/{task_id}").text)  # what the form holds, for who approves it
    tasks.claim(office.viewer("truongphong"), task_id, now=office.now, reason="x")
    assert "chờ Trưởng phòng phòng bệnh (demo), trình" in words(officer.get("/inbox").text)
    supplements.return_(office.viewer("truongphong"), task_id, "Nêu tỉ lệ", now=office.now)
    page = officer.get("/inbox").text
    assert "đang chờ duyệt" not in words(page)
    (row,) = (row for row in rows(page) if code in row)
    assert "Phiếu bổ sung bị trả lại Trưởng phòng phòng bệnh (demo)" in row
    assert "Trưởng phòng phòng bệnh (demo) trả lại lúc" in words(officer.get(f"/tasks/{task_id}").text)


def _ago(office: Office) -> str:
    return ago(office.now, datetime.now(UTC))


def test_many_requests_cost_what_one_does(app: Flask, office: Office) -> None:
    dossiers = [office.accepted() for _ in range(4)]
    costs = []
    for some in (dossiers[:1], dossiers[1:]):
        for dossier in some:
            proposed(office, dossier)
            office.later(minutes=1)
        officer = at_desk(app, "chuyenvien")
        officer.get("/inbox")
        with counted() as sent:
            page = officer.get("/inbox").text
        costs.append(len(sent))
    assert costs[1] <= costs[0], costs
    assert "<details>" in page  # more than a few are closed
    found = pending("chuyenvien", [])
    assert [letter.code for letter in found.values()] == [dossier.code for dossier in dossiers]
    assert pending("truongphong", []) == {}
    assert set(pending("truongphong", list(found))) == set(found)
