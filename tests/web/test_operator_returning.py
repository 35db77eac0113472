"""Returning on the operator's pages, and what the officers of both tasks see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from services import tasks
from services.permissions import SYSTEM
from storage.tables import Dossier
from tests.office import Office
from tests.services.test_returning import do, held_up
from tests.web.visitor import Visitor

WHY = "Ghi nhầm <số> hồ sơ"


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC))


def visitor_of(app: Flask, username: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(username)
    return visitor


@pytest.fixture
def visitor(demo_app: Flask) -> Visitor:
    return visitor_of(demo_app, "vanhanh")


def page_of(dossier: Dossier) -> str:
    return f"/operator/instances/{dossier.instance_id}/return"


def test_an_operator_chooses_a_task_sees_what_happens_and_returns(
    office: Office, visitor: Visitor, demo_app: Flask
) -> None:
    dossier = office.file()
    check = office.open(dossier)["check"].id
    office.step(dossier, "motcua", "check", "accept")
    following = office.open(dossier)
    assert f"{page_of(dossier)}" in visitor.get(f"/operator/instances/{dossier.instance_id}").text
    listed = visitor.get(page_of(dossier))
    assert listed.status_code == 200
    assert f"?task={check}" in listed.text
    seen = visitor.get(f"{page_of(dossier)}?task={check}")
    assert all(task.name in seen.text for task in following.values())
    assert "Mới đăng ký" in seen.text
    refused = visitor.post(page_of(dossier), {"task": check, "reason": ""})
    assert refused.status_code == 422
    assert "Cần nêu lý do." in refused.text
    done = visitor.post(page_of(dossier), {"task": check, "reason": WHY})
    assert done.headers["Location"].endswith(dossier.instance_id)
    office.look()
    assert list(office.open(dossier)) == ["check"]
    again = office.open(dossier)["check"].id
    officer = visitor_of(demo_app, "motcua")
    page = officer.get(f"/tasks/{again}").text
    assert "Việc này được mở lại để làm lại." in page
    assert "Ghi nhầm &lt;số&gt; hồ sơ" in page
    assert "Quay lại bước đã làm" in officer.get(f"/tasks/{again}?tab=history").text
    assert "Quay lại bước đã làm" in visitor.get(f"/operator/instances/{dossier.instance_id}?tab=log").text


def test_the_officer_whose_task_was_taken_away_is_told_why_and_keeps_what_was_typed(
    office: Office, visitor: Visitor, demo_app: Flask
) -> None:
    dossier = office.file()
    check = office.open(dossier)["check"].id
    office.step(dossier, "motcua", "check", "accept")
    task = next(iter(office.open(dossier).values()))
    officer = visitor_of(demo_app, "quantri")
    assert officer.get(f"/tasks/{task.id}").status_code == 200
    hidden = officer.hidden()
    visitor.get(f"{page_of(dossier)}?task={check}")
    visitor.post(page_of(dossier), {"task": check, "reason": WHY})
    answer = officer.post(f"/tasks/{task.id}/submit", hidden)
    assert answer.status_code == 409
    assert "Việc này không còn mở" in answer.text
    assert "Quay lại bước đã làm" in answer.text


def test_the_whole_instance_with_its_data_of_then(office: Office, visitor: Visitor) -> None:
    dossier = office.file()
    check = office.open(dossier)["check"].id
    office.step(dossier, "motcua", "check", "accept")
    page = visitor.get(f"{page_of(dossier)}?task={check}&data=then")
    assert ("data", "then") in visitor.hidden()
    assert "điều đã nhập sau đó bị bỏ" in page.text
    assert visitor.get(f"{page_of(dossier)}?task={check}&data=then&lang=en").status_code == 200
    visitor.post(page_of(dossier), {"task": check, "reason": WHY, "data": "then"})
    office.look()
    assert "act" not in tasks.open_task(SYSTEM, office.open(dossier)["check"].id, now=office.now).variables


def test_what_is_not_possible_any_more_is_said_on_the_list(office: Office, visitor: Visitor) -> None:
    dossier = office.file()
    open_now = office.open(dossier)["check"].id
    assert "Chưa có việc nào để quay lại." in visitor.get(page_of(dossier)).text
    away = visitor.get(f"{page_of(dossier)}?task={open_now}")
    assert away.headers["Location"].endswith("/return")
    assert "Việc này đang mở" in visitor.get(page_of(dossier)).text
    assert visitor.get(f"{page_of(dossier)}?task=nothing").status_code == 404
    assert visitor.get("/operator/instances/nothing/return").status_code == 404


def test_the_page_names_an_incident_that_ends(office: Office, visitor: Visitor) -> None:
    office.deploy(held_up())
    instance = office.start("held", {"n": 0})
    page = visitor.get(f"/operator/instances/{instance.id}/return?task={do(office, instance, 'a')}").text
    ends = page[page.index("Bị huỷ") : page.index("Mở lại")]
    assert "Sự cố: Biểu thức hoặc đoạn mã lỗi" in ends
    assert "Chương trình bên ngoài: pay" in ends
    assert "Đến giờ hẹn, " in ends
