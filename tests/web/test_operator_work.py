"""The page of work for programs: what is to be done, who holds it, what failed; a lock taken away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import external_tasks
from services.permissions import SYSTEM
from tests.engine.diagrams import end, service, start
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.works import fetch, one_work, row
from tests.web.visitor import Visitor


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC))


@pytest.fixture
def visitor(demo_app: Flask) -> Visitor:
    visitor = Visitor(demo_app)
    visitor.sign_in("vanhanh")
    return visitor


def test_work_is_shown_by_topic_with_who_holds_it_and_taken_away(office: Office, visitor: Visitor) -> None:
    assert "Không có việc nào ở đây" in visitor.get("/operator/work").text
    office.deploy(one_work())
    office.deploy(bundle("post", start("s"), service("w", motcua__connector="mail"), end("e"), "s -> w -> e"))
    for key in ("work", "work", "post"):
        office.start(key)
    (held,) = fetch(office, SYSTEM, name="robot-7", most=1)
    page = visitor.get("/operator/work").text
    assert page.count("robot-7") == 1
    assert ">pay<" in page
    assert ">mail<" in page
    assert visitor.get("/operator/work?topic=pay").text.count("/operator/instances/") == 2
    assert visitor.get("/operator/work?connector=mail").text.count("/operator/instances/") == 1
    answer = visitor.post(f"/operator/work/{held.task.id}/unlock")
    assert answer.status_code == 303
    assert row(office, held.task.id).worker is None
    assert "robot-7" not in visitor.get("/operator/work").text


def test_what_has_no_tries_left_comes_first(office: Office, visitor: Visitor) -> None:
    office.deploy(one_work())
    office.start("work")
    office.start("work")
    first, second = fetch(office, SYSTEM)
    external_tasks.fail(SYSTEM, first.task.id, "w1", "no <money>", details="trace <b>", retries=0, now=office.now)
    external_tasks.fail(SYSTEM, second.task.id, "w1", "later", pause=timedelta(hours=1), now=office.now)
    page = visitor.get("/operator/work").text
    assert "no &lt;money&gt;" in page
    assert "trace &lt;b&gt;" in page
    assert "later" not in page
    assert "later" in visitor.get("/operator/work?state=open").text
    assert "again at" in visitor.get("/operator/work?state=open&lang=en").text
    assert visitor.post(f"/operator/work/{first.task.id}/unlock").status_code == 303


def test_only_operators_see_it(office: Office, demo_app: Flask) -> None:
    for username in ("nguoinop", "motcua", "thietke"):
        visitor = Visitor(demo_app)
        visitor.sign_in(username)
        assert visitor.get("/operator/work").status_code == 403
        assert visitor.post("/operator/work/x/unlock").status_code == 403
