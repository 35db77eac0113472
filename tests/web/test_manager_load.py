"""/board/load and /board/rebalance: who has how much to do, and what if some of it went to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import tasks
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(hours=2))
        office.hire("binh", "officer", groups=["specialist_prevention"], unit="prevention")
        office.deploy(
            procedure(
                "plain", start("s", motcua__nationalStatus="1"), user("work", name="Việc", **SKILLED), end("e"),
                "s -> work -> e",
            )
        )  # fmt: skip
        yield office


@pytest.fixture
def filed(office: Office) -> list[Dossier]:
    return [office.file_in("plain") for _ in range(4)]


@pytest.fixture
def held(office: Office, filed: list[Dossier]) -> list[str]:
    office.look()
    ids = [next(iter(office.open(dossier).values())).id for dossier in filed]
    for task_id in ids:
        tasks.claim(office.viewer("chuyenvien"), task_id, now=office.now, reason="Cấp cứu")
    return ids


@pytest.fixture
def head(app: Flask) -> Visitor:
    return at_desk(app, "truongphong")


def test_a_head_sees_who_has_how_much_and_what_is_behind_it(head: Visitor, held: list[str]):
    assert 'href="/board/load"' in head.get("/board").text
    shown = rows(head.get("/board/load").text)
    assert "4" in next(line for line in shown if line.startswith("Chuyên viên"))
    assert shown[0].startswith("Chuyên viên")
    page = head.get("/board/load/chuyenvien").text
    assert "Đang giữ 4 việc, khối lượng 4." in words(page)
    assert f'href="/tasks/{held[0]}"' in page
    assert head.get("/board/load/nobody").status_code == 404
    assert head.get("/board/load/nguoinop").status_code in (403, 404)
    assert "Work of each person" in words(head.get("/board/load?lang=en").text)


def test_moves_are_looked_at_changed_and_begun(office: Office, head: Visitor, held: list[str]):
    page = words(head.get("/board/rebalance").text)
    assert "Chuyển 2 việc" in page
    hidden = head.hidden()
    ids = [value for name, value in hidden if name == "task"]
    looked = head.post("/board/rebalance", [*hidden, (f"to-{ids[0]}", "binh"), (f"to-{ids[1]}", ""), ("step", "look")])
    assert "Chuyển 1 việc" in words(looked.text)
    assert any(line.startswith("Binh 0 1 0 1") for line in rows(looked.text))
    sent = [*head.hidden(), (f"to-{ids[0]}", "binh"), ("step", "start")]
    refused = head.post("/board/rebalance", sent)
    assert refused.status_code == 422
    assert "Cần nêu lý do." in words(refused.text)
    begun = head.post("/board/rebalance", [*sent, ("reason", "Chia đều")])
    assert begun.status_code == 303
    office.look()
    office.now = datetime.now(UTC)
    office.tick(seconds=1)
    shown = words(head.get(begun.location).text)
    assert "Chia lại việc: 1 việc" in shown
    assert "Chuyên viên phòng bệnh (demo) → Binh" in shown
    office.look()
    assert tasks.open_task(office.viewer("binh"), ids[0], now=office.now).task.assignee == "binh"
    assert head.post("/board/rebalance", [("task", "x"), ("to-x", "y"), ("step", "start")]).status_code == 422


def test_who_reads_everything_chooses_the_unit_and_moves_nothing(app: Flask, office: Office, held: list[str]):
    manager = at_desk(app, "quanly")
    page = manager.get("/board/load?unit=prevention").text
    assert any(line.startswith("Chuyên viên") for line in rows(page))
    assert "/board/rebalance" not in page
    assert manager.get("/board/load?unit=<x>").status_code == 200
    admin = at_desk(app, "quantri")
    assert "Chuyển 2 việc" in words(admin.get("/board/rebalance?unit=prevention").text)
