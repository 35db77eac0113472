"""/inbox/news: what is new since the list was shown, told cheaply and to nobody else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from services import tasks, views
from services.views import Content
from storage.database import session
from storage.tables import SignIn
from tests.office import Office
from tests.services.test_statements import counted
from tests.web.officers import at_desk, task_of
from tests.web.visitor import Visitor

PLACE = re.compile(r'data-news="([^"]+)" data-news-since="([^"]+)" data-news-tag="([^"]+)"')
ROW = re.compile(r'data-task="([^"]+)"')


@pytest.fixture
def office(demo_app: Flask, tries: None) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def desk(demo_app: Flask, office: Office) -> Visitor:
    return at_desk(demo_app, "motcua")


class Page:
    """A shown inbox whose script asks for news."""

    def __init__(self, desk: Visitor, url: str = "/inbox") -> None:
        self.desk = desk
        page = desk.get(url).text
        found = PLACE.search(page)
        assert found is not None
        self.url, self.since, self.tag = (html.unescape(part) for part in found.groups())
        self.rows = ROW.findall(page)

    def ask(self, rows: list[str] | None = None, **more: str) -> Any:
        asked = urlencode({"since": self.since, "rows": "*".join(self.rows if rows is None else rows), **more})
        url = f"{self.url}{'&' if '?' in self.url else '?'}{asked}"
        answer = self.desk.client.get(url, headers={"If-None-Match": f'"{self.tag}"'})
        if answer.status_code == 200:
            self.tag = answer.headers["ETag"].strip('"')
        return answer


def test_where_nothing_is_new_the_answer_is_empty_and_costs_two_statements(office: Office, desk: Visitor) -> None:
    for _ in range(4):
        office.file()
    office.look()
    page = Page(desk)
    assert len(page.rows) == 4
    with counted() as sent:
        answer = page.ask()
    assert (answer.status_code, answer.data) == (304, b"")
    assert len(sent) <= 2, sent
    assert len(page.ask(rows=[]).data) < 300  # a page whose list is empty
    saved = views.save(office.viewer("motcua"), Content(name="Của tôi"), now=office.now)
    narrowed = Page(desk, f"/inbox?view=v.{saved.id}&q=sao mai")
    with counted() as sent:
        assert narrowed.ask().status_code == 304
    assert len(sent) <= 3, sent


def test_new_and_taken_tasks_are_told_once(office: Office, desk: Visitor) -> None:
    office.hire("banthuhai", "officer", groups=["one_door"], unit="office")
    first, second = office.file(), office.file("nguoinop2")
    taken = task_of(office, first, "check").rpartition("/")[2]
    page = Page(desk)
    tasks.claim(office.viewer("banthuhai"), taken, now=office.now)
    office.now = datetime.now(UTC)
    office.file()
    told = page.ask()
    assert told.json["new"] == "1 việc mới"
    assert told.json["rows"][taken] == ["banthuhai", "Banthuhai đã nhận việc này."]
    assert told.json["rows"][task_of(office, second, "check").rpartition("/")[2]] == ["", ""]
    assert page.ask().status_code == 304
    office.step(second, "motcua", "check", "accept")
    gone = page.ask().json["rows"]
    assert [told for told in gone.values() if told[0] == "-"] == [
        ["-", "Không còn trong danh sách: đã xong hoặc đã chuyển."]
    ]
    assert page.ask(lang="en").status_code == 304


def test_what_one_is_given_is_new_and_another_view_says_nothing(demo_app: Flask, office: Office) -> None:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    appraisal = task_of(office, dossier, "appraise").rpartition("/")[2]
    mine, done = Page(at_desk(demo_app, "chuyenvien"), "/inbox?view=mine"), at_desk(demo_app, "chuyenvien")
    assert mine.rows == []
    tasks.assign(office.viewer("truongphong"), appraisal, "chuyenvien", now=datetime.now(UTC))
    assert mine.ask().json["new"] == "1 việc mới"
    assert 'data-news-tag=""' in done.get("/inbox?view=done").text


def test_nobody_learns_of_tasks_that_are_not_theirs(demo_app: Flask, office: Office, desk: Visitor) -> None:
    hidden = task_of(office, office.file(), "check").rpartition("/")[2]
    stranger = Page(at_desk(demo_app, "chuyenvienduoc"))
    office.file()
    told = stranger.ask(rows=[hidden, "x", "'"])
    assert told.json["new"] == ""
    assert {row[0] for row in told.json["rows"].values()} == {"-"}
    for broken in (
        {"since": "soon"},
        {"since": "9999-12-31T00:00:00+00:00"},
        {"rows": "a*" * 5000},
        {"view": "v.none"},
    ):
        assert stranger.ask(**broken).status_code in (200, 304)  # type: ignore[arg-type]
    assert Visitor(demo_app).get("/inbox/news").status_code == 302


def test_asking_by_itself_does_not_keep_a_browser_signed_in(office: Office, desk: Visitor) -> None:
    page = Page(desk)
    browser = session().query(SignIn).filter_by(username="motcua").one()
    browser.seen_at = before = datetime.now(UTC) - timedelta(hours=1)
    session().commit()
    page.ask()
    session().rollback()
    assert session().query(SignIn).filter_by(username="motcua").one().seen_at == before
    desk.get("/inbox")
    session().rollback()
    assert session().query(SignIn).filter_by(username="motcua").one().seen_at > before
