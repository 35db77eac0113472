"""What else one does with a task on its page: talk, take back, take before its turn, pass on, send back, plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import tasks
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import form, procedure, text
from tests.web.officers import at_desk, quick_app, task_of, words
from tests.web.visitor import Visitor

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))
        office.deploy(
            procedure(
                "plain",
                start("s", motcua__nationalStatus="1"),
                user("a", name="Soạn", motcua__form="a.form", **SKILLED),
                user("b", name="Ký", motcua__notBy="a", **SKILLED),
                end("e"),
                "s -> a -> b -> e",
                a__form=form("a", text("note")),
            )
        )
        yield office


@pytest.fixture
def dossier(office: Office) -> Dossier:
    return office.file_in("plain")


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(app, "chuyenvien")


def sent(desk: Visitor, url: str, **fields: str) -> str:
    """Send a form of ours and give what the page after it says."""
    return words(desk.post(url, list(fields.items()), follow_redirects=True).text)


def test_a_comment_and_a_private_note_are_written_on_their_tab(
    app: Flask, office: Office, dossier: Dossier, desk: Visitor
) -> None:
    url = task_of(office, dossier, "a")
    assert "Chưa có ý kiến nào." in words(desk.get(f"{url}?tab=talk").text)
    assert "Không có tài khoản “@ai”" in sent(desk, f"{url}/comments", text="@ai <b>xem</b>")
    page = sent(desk, f"{url}/comments", text="@truongphong <b>xem</b>", comment_id="0" * 32)
    assert "@truongphong <b>xem</b>" in page
    assert "Đã lưu ghi chú riêng." in sent(desk, f"{url}/note", note="Gọi lại thứ Hai")
    assert "Gọi lại thứ Hai" in desk.get(f"{url}?tab=talk").text
    head = at_desk(app, "truongphong").get(f"{url}?tab=talk&lang=en").text
    assert "@truongphong" in head
    assert "Gọi lại thứ Hai" not in head
    assert "Wrote a comment" in words(desk.get(f"{url}?tab=history&lang=en").text)


def test_what_was_sent_by_mistake_is_undone_and_stands_in_the_form_again(
    office: Office, dossier: Dossier, desk: Visitor
) -> None:
    url = task_of(office, dossier, "a")
    desk.get(url)
    hidden = [(name, value) for name, value in desk.hidden() if not name.startswith("answers.")]
    page = desk.post(f"{url}/submit", [*hidden, ("answers.note", "Nhầm")], follow_redirects=True)
    assert "Hoàn tác" in words(page.text)
    again = desk.post(f"{url}/undo", [], follow_redirects=True)
    assert "Đã hoàn tác." in words(again.text)
    assert 'value="Nhầm"' in again.text
    assert "Hoàn tác: Soạn" in words(desk.get(f"{task_of(office, dossier, 'a')}?tab=history").text)


def test_who_did_a_step_is_told_that_another_is_not_theirs(office: Office, dossier: Dossier, desk: Visitor) -> None:
    tasks.submit(office.viewer("chuyenvien"), office.open(dossier)["a"].id, {}, now=office.now)
    office.look()
    url = task_of(office, dossier, "b")
    page = words(desk.get(url).text)
    assert "Bạn không làm được việc này." in page
    assert "Người đã làm bước “Soạn” không được làm bước này." in page
    assert "Nhận việc" not in page
    assert "Không phải việc bạn được làm" in words(desk.get("/inbox").text)
    assert "không được làm bước này" in sent(desk, f"{url}/claim")


def test_taking_a_later_dossier_asks_for_the_reason(office: Office, dossier: Dossier, desk: Visitor) -> None:
    office.later(minutes=1)
    url = task_of(office, office.file_in("plain"), "a")
    page = sent(desk, f"{url}/claim")
    assert "Nhận trước lượt: Soạn" in page
    refused = desk.post(f"{url}/do/claim", [("reason", "")])
    assert refused.status_code == 422
    assert dossier.code in words(refused.text)
    assert "Đã nhận việc." in sent(desk, f"{url}/do/claim", reason="Cùng cơ sở")
    assert "Lý do: Cùng cơ sở" in words(desk.get(f"{url}?tab=history").text)


def test_a_head_sets_the_priority_and_transfers_and_an_officer_plans(
    app: Flask, office: Office, dossier: Dossier, desk: Visitor
) -> None:
    url, head = task_of(office, dossier, "a"), at_desk(app, "truongphong")
    assert "Đặt mức ưu tiên…" not in words(desk.get(url).text)
    assert "Đặt ngày xem lại…" in words(desk.get(url).text)
    assert "Ngày xem lại" in words(desk.get(f"{url}/do/follow-up").text)
    tomorrow = (datetime.now(UTC) + timedelta(days=3)).date()
    assert "Đã ghi ngày xem lại." in sent(desk, f"{url}/do/follow-up", at=tomorrow.isoformat())
    assert f"Xem lại ngày {tomorrow:%d/%m/%Y}" in words(desk.get(url).text)
    assert desk.post(f"{url}/do/follow-up", [("at", "mai")]).status_code == 422
    assert "Mức ưu tiên 80" in sent(head, f"{url}/do/priority", priority="80")
    assert head.post(f"{url}/do/priority", [("priority", "9999")]).status_code == 422
    assert desk.post(f"{url}/do/transfer", [("unit", "drug"), ("reason", "Nhầm")]).status_code == 303
    assert "Cục Quản lý Dược" in words(head.get(f"{url}/do/transfer").text)
    assert head.post(f"{url}/do/transfer", [("unit", ""), ("reason", "")]).status_code == 422
    assert "Đã chuyển sang đơn vị khác." in sent(head, f"{url}/do/transfer", unit="drug", reason="Thuốc")
    other = at_desk(app, "truongphongduoc")
    assert "Chuyên viên dược" in words(other.get(f"{url}/assign").text)


def test_a_step_is_sent_back_and_an_interest_declared(office: Office, dossier: Dossier, app: Flask) -> None:
    tasks.submit(office.viewer("chuyenvien"), office.open(dossier)["a"].id, {}, now=office.now)
    office.hire("ky", "officer", groups=["specialist_prevention"])
    office.look()
    url, signer = task_of(office, dossier, "b"), at_desk(app, "ky")
    assert "Trả lại bước trước…" in words(signer.get(url).text)
    assert signer.post(f"{url}/do/send-back", [("reason", "Thiếu")]).status_code == 422
    step = next(task.id for task in office.every_task(dossier) if task.element_id == "a")
    assert "Đã trả lại bước trước." in sent(signer, f"{url}/do/send-back", step=step, reason="Thiếu")
    office.look()
    url = task_of(office, dossier, "a")
    assert "Đã ghi nhận khai báo." in sent(at_desk(app, "chuyenvien"), f"{url}/do/interest", reason="Người nhà")
    office.look()
    assert office.open(dossier)["a"].assignee is None
