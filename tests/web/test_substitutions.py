"""Somebody is away: a colleague is appointed on a page, has a view of what is to be done, and it ends with its date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services.clocks import LOCAL
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.web.officers import at_desk, quick_app, rows, task_of, words
from tests.web.visitor import Visitor

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(hours=2))
        for key in ("plain", "other"):
            step = user("a", name="Soạn", **SKILLED)
            flow = procedure(key, start("s", motcua__nationalStatus="1"), step, end("e"), "s -> a -> e")
            office.deploy(flow)
        yield office


@pytest.fixture
def dossier(office: Office) -> Dossier:
    return office.file_in("plain")


def day(days: int = 0) -> str:
    return (datetime.now(LOCAL) + timedelta(days=days)).date().isoformat()


def appoint(desk: Visitor, **fields: str) -> str:
    desk.get("/substitutions/new")
    given = {"substitute": "chuyenvientb", "first": day(), "last": day(3), "scope": "all", **fields}
    return words(desk.post("/substitutions/new", list(given.items()), follow_redirects=True).text)


def test_one_appoints_a_colleague_who_then_works_in_ones_name(app: Flask, office: Office, dossier: Dossier) -> None:
    url = task_of(office, dossier, "a")
    colleague = at_desk(app, "chuyenvientb")
    assert "Làm thay người vắng" not in words(colleague.get("/inbox").text)
    assert colleague.get(url).status_code == 404
    page = appoint(at_desk(app, "chuyenvien"), reason="Nghỉ phép")
    assert "Đang làm thay" in page
    assert "Nghỉ phép" in page
    listed = rows(colleague.get("/inbox?view=standing").text)
    assert len(listed) == 1
    assert "Nhận việc" in listed[0]
    assert "Bạn làm thay" in words(colleague.get(url).text)
    office.look()
    colleague.post(f"{url}/claim")
    colleague.get(url)
    colleague.post(f"{url}/submit", [("act", "")])
    history = words(colleague.get(f"/dossiers/{dossier.id}?tab=history&lang=en").text)
    assert history.count("(for ") == 2


def test_narrowed_to_a_procedure_nothing_else_is_seen_and_ended_nothing_at_all(
    app: Flask, office: Office, dossier: Dossier
) -> None:
    other = office.file_in("other")
    colleague = at_desk(app, "chuyenvientb")
    appoint(at_desk(app, "truongphong"), absent="chuyenvien", scope="some", keys="other")
    assert len(rows(colleague.get("/inbox?view=standing").text)) == 1
    assert colleague.get(task_of(office, dossier, "a")).status_code == 404
    assert colleague.get(task_of(office, other, "a")).status_code == 200
    page = colleague.get("/substitutions").text
    number = page.split("/substitutions/")[2 if "/substitutions/new" in page else 1].split("/")[0]
    assert "Đã kết thúc" in words(colleague.post(f"/substitutions/{number}/end", follow_redirects=True).text)
    assert colleague.get(task_of(office, other, "a")).status_code == 404
    assert "Đã qua" in words(colleague.get("/substitutions").text)


def test_what_is_wrong_is_said_beside_its_field_and_who_may_not_is_refused(app: Flask, office: Office) -> None:
    desk = at_desk(app, "chuyenvien")
    page = appoint(desk, substitute="", first="hôm nay", last="", scope="some")
    for said in ("Chọn người làm thay.", "Chọn một ngày.", "Chọn ít nhất một thủ tục."):
        assert said in page
    assert "Ngày kết thúc phải sau" in appoint(desk, first=day(3), last=day(1))
    desk.get("/substitutions/new")
    refused = desk.post(
        "/substitutions/new",
        [
            ("absent", "truongphong"),
            ("substitute", "chuyenvientb"),
            ("first", day()),
            ("last", day()),
            ("scope", "all"),
        ],
    )
    assert refused.status_code == 403
    assert at_desk(app, "nguoinop").get("/substitutions").status_code == 403


def test_a_colleague_is_asked_on_a_page_and_gives_it_back(app: Flask, office: Office, dossier: Dossier) -> None:
    office.hire("giup", "officer", groups=["specialist_prevention"])
    url = task_of(office, dossier, "a")
    desk, colleague = at_desk(app, "chuyenvien"), at_desk(app, "giup")
    desk.get(url)
    desk.post(f"{url}/claim")
    desk.get(f"{url}/do/delegate")
    assert "Chọn đồng nghiệp." in words(desk.post(f"{url}/do/delegate", [("assignee", "")]).text)
    asked = [("assignee", "giup"), ("reason", "Tính giúp phí")]
    page = words(desk.post(f"{url}/do/delegate", asked, follow_redirects=True).text)
    assert "Bạn đã nhờ Giup làm việc này." in page
    page = words(colleague.get(url).text)
    assert "nhờ bạn làm việc này." in page
    assert "Tính giúp phí" in page
    assert "Lưu và trả lại người nhờ…" in page or "Trả lại người nhờ…" in page
    assert "Hoàn thành bước này" not in page
    refused = words(colleague.post(f"{url}/submit", follow_redirects=True).text)
    assert "rồi mới hoàn thành được" in refused
    assert "Lấy lại việc đã nhờ" in words(desk.get(f"{url}/do/resolve").text)
    colleague.get(f"{url}/do/resolve")
    colleague.post(f"{url}/do/resolve", [("reason", "Không có phí")])
    page = words(desk.get(f"{url}?lang=en").text)
    assert "Your colleague has done what you asked for." in page
    assert "Không có phí" in page
