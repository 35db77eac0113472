"""/board/hand-over: what a colleague leaves is shared out after a look; the account is deactivated afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import tasks
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.web.officers import at_desk, quick_app, words

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(hours=2))


@pytest.fixture
def held(office: Office) -> list[str]:
    """Three tasks of somebody who leaves."""
    leaver = office.hire("di", "officer", groups=["specialist_prevention"], unit="prevention")
    office.hire("binh", "officer", groups=["specialist_prevention"], unit="prevention")
    office.deploy(
        procedure("plain", start("s", motcua__nationalStatus="1"), user("work", name="Việc", **SKILLED), end("e"),
                  "s -> work -> e")
    )  # fmt: skip
    ids = []
    for _ in range(3):
        office.later(minutes=1)
        ids.append(next(iter(office.open(office.file_in("plain")).values())).id)
        tasks.claim(leaver, ids[-1], now=office.now)
    return ids


def test_a_head_hands_over_and_the_account_is_deactivated(app: Flask, office: Office, held: list[str]):
    admin = at_desk(app, "quantri")
    assert "3 việc đang đứng tên người này." in words(admin.get("/admin/people/di/deactivate").text)
    kept = admin.post("/admin/people/di/deactivate")
    assert kept.location == "/admin/people/di/deactivate"
    head = at_desk(app, "truongphong")
    page = words(head.get("/board/hand-over/di").text)
    assert "Bàn giao việc của Di" in page
    assert "Bàn giao 3 việc" in page
    hidden = head.hidden()
    looked = head.post("/board/hand-over/di", [*hidden, ("choice", "binh"), ("step", "look")])
    assert "Binh: 3" in words(looked.text)
    refused = head.post("/board/hand-over/di", [*head.hidden(), ("choice", "binh"), ("step", "start")])
    assert refused.status_code == 422
    sent = [*head.hidden(), ("choice", "binh"), ("step", "start"), ("reason", "Nghỉ việc")]
    begun = head.post("/board/hand-over/di", sent)
    assert begun.status_code == 303
    office.look()
    office.now = datetime.now(UTC)
    office.tick(seconds=1)
    shown = words(head.get(begun.location).text)
    assert "Bàn giao: 3 việc" in shown
    assert "Di → Binh" in shown
    told = words(at_desk(app, "binh").get(f"/tasks/{held[0]}?tab=history").text)
    assert "Bàn giao từ Di sang Binh: Việc" in told
    assert "việc đang đứng tên" not in words(admin.get("/admin/people/di/deactivate").text)
    admin.post("/admin/people/di/deactivate")
    assert "Tài khoản này đang bị khoá." in words(admin.get("/admin/people/di").text)


def test_a_stolen_account_is_deactivated_at_once_and_strangers_hand_over_nothing(
    app: Flask, office: Office, held: list[str]
):
    admin = at_desk(app, "quantri")
    admin.post("/admin/people/di/deactivate", {"even_so": "yes"})
    assert "Tài khoản này đang bị khoá." in words(admin.get("/admin/people/di").text)
    assert "Bàn giao 3 việc" in words(admin.get("/board/hand-over/di").text)
    assert "Hand over 3 tasks" in words(admin.get("/board/hand-over/di?lang=en").text)
    head = at_desk(app, "truongphong")
    assert head.get("/board/hand-over/nobody").status_code == 404
    assert head.get("/board/hand-over/motcua").status_code == 404  # of another unit
    assert at_desk(app, "binh").get("/board/hand-over/di").status_code == 403
    odd = [("group", "x"), ("choice", "<y>"), ("to", "<z>"), ("batch", "?"), ("step", "look")]
    assert head.post("/board/hand-over/di", odd).status_code == 200
