"""/dossiers/<id>/extend: the new due date is seen first; once, by a head, with a ground."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import clocks, extensions
from storage.tables import Dossier
from tests.office import Office
from tests.web.officers import at_desk, quick_app, words
from tests.web.visitor import Visitor
from web.i18n.formats import day


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(hours=3))


@pytest.fixture
def dossier(office: Office) -> Dossier:
    found = office.accepted()
    office.later(hours=1)
    return office.again(found)


@pytest.fixture
def head(app: Flask) -> Visitor:
    return at_desk(app, "truongphong")


def test_a_head_sees_the_new_due_date_and_extends_once(office: Office, head: Visitor, dossier: Dossier):
    here = f"/dossiers/{dossier.id}"
    assert f'href="{here}/extend"' in head.get(here).text
    assert "Gia hạn thêm bao nhiêu ngày?" in words(head.get(f"{here}/extend").text)
    seen = extensions.outlook(office.viewer("truongphong"), dossier, 2, now=datetime.now(UTC))
    assert seen.due_at is not None

    looked = head.post(f"{here}/extend", {"amount": "2", "reason": "Cần hỏi <ý kiến>", "look": "yes"})
    shown = words(looked.text)
    assert looked.status_code == 200
    assert day(seen.due_at) in shown
    assert "Gia hạn thêm 2 ngày" in shown
    assert "Cần hỏi &lt;ý kiến&gt;" in looked.text
    assert office.again(dossier).due_at == dossier.due_at

    done = head.post(f"{here}/extend", {"amount": "2", "reason": "Cần hỏi <ý kiến>"})
    assert (done.status_code, done.location) == (303, here)
    page = words(head.get(here).text)
    assert f"Đã gia hạn đến {day(seen.due_at)}" in page
    assert "Gia hạn…" not in page
    assert "Thông báo gia hạn thời gian giải quyết" in page
    history = words(head.get(f"{here}?tab=history").text)
    assert "Gia hạn thời gian giải quyết" in history
    assert "Lý do: Cần hỏi <ý kiến>" in history
    again = head.post(f"{here}/extend", {"amount": "1", "reason": "Nữa"})
    assert again.location == here
    assert "Chỉ được gia hạn một lần" in words(head.get(here).text)
    told = clocks.tell(office.again(dossier), asked_at=datetime.now(UTC))
    assert told is not None
    assert told.reading.due_at == seen.due_at


def test_what_is_wrong_is_said_at_its_field(head: Visitor, dossier: Dossier):
    refused = head.post(f"/dossiers/{dossier.id}/extend", {"amount": "x", "reason": " "})
    assert refused.status_code == 422
    shown = words(refused.text)
    assert "Còn 2 chỗ cần sửa" in shown
    assert "Cần nêu lý do." in shown
    assert 'href="#amount"' in refused.text


def test_an_officer_has_no_such_button(app: Flask, dossier: Dossier):
    desk = at_desk(app, "chuyenvien")
    assert "/extend" not in desk.get(f"/dossiers/{dossier.id}").text
    assert desk.get(f"/dossiers/{dossier.id}/extend").status_code == 403
    assert desk.post(f"/dossiers/{dossier.id}/extend", {"amount": "1", "reason": "x"}).status_code == 403
    assert at_desk(app, "truongphongduoc").get(f"/dossiers/{dossier.id}/extend").status_code == 404


def test_the_applicant_reads_of_it(app: Flask, office: Office, dossier: Dossier):
    extensions.extend(office.viewer("truongphong"), dossier.id, amount=1, ground="Lý do", now=datetime.now(UTC))
    page = words(at_desk(app, "nguoinop").get(f"/my/dossiers/{dossier.code}").text)
    assert "Gia hạn thêm 1 ngày" in page
    assert "Thông báo gia hạn thời gian giải quyết" in page
