"""Notices: told as each person has set it; the morning's digest comes once a working day, and never empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from connectors.smtp import SmtpMailer
from errors import Forbidden, InvalidAnswers, NotFound
from jobs.tick import clean, tick
from services import cleaning, digests, log, notice_settings, notices
from services.clocks import LOCAL
from services.notice_settings import KINDS, Way
from services.notices import News
from storage.database import session, unit_of_work
from storage.queries import notices as lists
from storage.rows import people
from storage.tables import Notice, OutboxMessage
from tests.mail import mail_server
from tests.office import Office
from tests.services.test_statements import counted
from texts import Text

WHO, OTHER = "chuyenvien", "truongphong"


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """A moment of August 2026: the 20th is a Thursday."""
    return datetime(2026, 8, day, hour, minute, tzinfo=LOCAL).astimezone(UTC)


def tell(office: Office, kind: str, key: str, *usernames: str, now: datetime | None = None) -> int:
    with unit_of_work():
        found = [person for name in usernames or (WHO,) if (person := people.load(name)) is not None]
        news = News(key=key, kind=kind, text=Text(f"Tin {key}", f"News {key}"), url=f"/tasks/{key}")
        return notices.tell(found, news, now=now or office.now)


def choose(office: Office, morning: str = "07:30", username: str = WHO, **ways: str) -> None:
    notice_settings.change(office.viewer(username), ways, morning, now=office.now)


def letters() -> list[OutboxMessage]:
    session().rollback()
    query = select(OutboxMessage).where(OutboxMessage.kind == "email").order_by(OutboxMessage.created_at)
    return list(session().scalars(query))


def test_each_kind_goes_the_way_that_was_set(office: Office) -> None:
    choose(office, at_risk="page", breached="now", mention="nothing", transfer="digest")
    assert tell(office, "at_risk", "a") == 1
    assert tell(office, "breached", "b") == 1
    assert tell(office, "mention", "c") == 0
    assert tell(office, "transfer", "d") == 1
    assert tell(office, "something new", "e") == 1  # at once, as anything else
    assert tell(office, "breached", "b") == 0
    assert {row.key: row.mail for row in session().scalars(select(Notice))} == {
        "a": "",
        "b": "",
        "d": "digest",
        "e": "",
    }
    assert [letter.payload["subject"] for letter in letters()] == ["Tin b", "Tin e"]
    assert lists.unread(WHO) == 4


def test_who_has_set_nothing_is_told_of_limits_in_the_morning_and_of_colleagues_at_once(office: Office) -> None:
    for kind in KINDS:
        tell(office, kind, kind)
    in_the_morning = {row.key for row in session().scalars(select(Notice)) if row.mail == "digest"}
    limits = {"likely_late", "at_risk", "breached"}
    assert in_the_morning == limits | {"acceptance_at_risk", "acceptance_breached"}
    assert {letter.payload["subject"].removeprefix("Tin ") for letter in letters()} == set(KINDS) - in_the_morning


def test_settings_are_ones_own_and_checked_all_at_once(office: Office) -> None:
    with pytest.raises(Forbidden):
        choose(office, username="nguoinop", mention="page")
    with pytest.raises(InvalidAnswers) as refused:
        choose(office, "25:00", mention="loudly", unknown="page")
    assert sorted(detail.field for detail in refused.value.details) == ["morning", "way.mention", "way.unknown"]
    for wrong in ("", "4:59", "12:01", "7h", "07:3"):
        with pytest.raises(InvalidAnswers):
            choose(office, wrong)
    choose(office, "6h15", mention="page")
    choose(office, "6h15", mention="page")  # the same again is no news
    chosen = notice_settings.own(office.viewer(WHO))
    assert (chosen.way("mention"), chosen.way("breached"), chosen.morning.hour) == (Way.PAGE, Way.DIGEST, 6)
    assert [row.kind for row, _ in log.events_of("people")].count("notices.set") == 1
    assert notice_settings.own(office.viewer(OTHER)).way("mention") is Way.NOW


def test_the_digest_comes_in_the_morning_of_the_next_working_day_once(office: Office) -> None:
    tell(office, "at_risk", "a", now=at(15))
    tell(office, "breached", "b", WHO, OTHER, now=at(16))
    assert digests.advance(now=at(7, 29, day=21)) == 0
    assert digests.advance(now=at(7, 30, day=21)) == 2
    tell(office, "at_risk", "c", now=at(9, day=21))
    assert digests.advance(now=at(11, day=21)) == 0  # once a day
    assert digests.advance(now=at(7, 31, day=22)) == 1  # a Saturday that is worked
    tell(office, "at_risk", "d", now=at(9, day=22))
    assert digests.advance(now=at(9, day=23)) == 0  # Sunday
    assert digests.advance(now=at(7, 31, day=24)) == 1
    assert digests.advance(now=at(7, 31, day=25)) == 0  # nothing is left
    found = [(letter.payload["to"].partition("@")[0], letter.payload["subject"]) for letter in letters()]
    one, two = "Bản tin sáng: 1 việc cần biết", "Bản tin sáng: 2 việc cần biết"
    assert found == [(WHO, two), (OTHER, one), (WHO, one), (WHO, one)]
    body = letters()[0].payload["body"]
    assert "Quá hạn (1)\n- Tin b (16:00 20/08)" in body
    assert "Due soon (1)\n- News a (15:00 20/08)" in body


def test_what_was_read_is_in_no_digest_and_an_empty_one_is_not_sent(office: Office) -> None:
    tell(office, "at_risk", "a")
    notices.read(office.viewer(WHO), None, now=office.now)
    assert digests.advance(now=at(9, day=21)) == 0
    assert letters() == []


def test_each_has_their_own_morning_and_who_has_left_none(office: Office) -> None:
    choose(office, "10:00")
    tell(office, "at_risk", "a", WHO, OTHER)
    with unit_of_work():
        person = people.load(OTHER)
        assert person is not None
        person.is_active = False
    assert digests.advance(now=at(9, 59, day=21)) == 0
    assert digests.advance(now=at(10, day=21)) == 1


def test_a_long_digest_says_how_many_more_there_are(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "MOST", 2)
    for number in range(5):
        tell(office, "at_risk", str(number))
    digests.advance(now=at(9, day=21))
    body = letters()[0].payload["body"]
    assert (body.count("- Tin"), "Và 3 việc nữa" in body, "Sắp đến hạn (5)" in body) == (2, True, True)


def test_the_digest_counts_the_tasks_that_wait(office: Office) -> None:
    office.accepted()
    office.now += timedelta(days=90)
    office.tick()
    digests.advance(now=at(9, day=19).replace(month=11, day=19))
    (letter,) = [
        each for each in letters() if each.payload["to"].startswith(OTHER) and "digest" in each.idempotency_key
    ]
    assert "Tasks of yours and your groups: 1 overdue" in letter.payload["body"]


def test_letters_really_go_out_and_lead_to_the_place(office: Office) -> None:
    tell(office, "mention", "a")
    tell(office, "at_risk", "b")
    with mail_server() as mailbox:
        settings = replace(office.parts.settings, public_url="https://motcua.example/")
        mailer = SmtpMailer(url=mailbox.url, sender="motcua@bo.vn")
        office.parts = replace(office.parts, settings=settings, mailer=mailer)
        clean(office.parts, now=at(9, day=21))
        tick(office.parts, now=at(9, day=21))
        clean(office.parts, now=at(9, 10, day=21))
        tick(office.parts, now=at(9, 10, day=21))
    texts = sorted(str(message.get_content()) for message in mailbox.received)
    assert len(texts) == 2
    assert "https://motcua.example/notices\n" in texts[0].replace("\r\n", "\n")
    link = texts[1].strip().splitlines()[-1]
    notice_id = link.removeprefix("https://motcua.example/notices/")
    with pytest.raises(NotFound):
        notices.open_one(office.viewer(OTHER), notice_id, now=office.now)
    assert notices.open_one(office.viewer(WHO), notice_id, now=office.now) == "/tasks/a"
    assert lists.unread(WHO) == 1


def test_the_bell_and_an_idle_morning_cost_one_statement(office: Office) -> None:
    for number in range(30):
        tell(office, "at_risk", str(number), OTHER)
    with counted() as sent:
        lists.unread(OTHER)
    assert len(sent) == 1
    digests.advance(now=at(9, day=21))
    with counted() as sent:
        digests.advance(now=at(10, day=21))
    assert len(sent) <= 2, sent


def test_read_notices_are_forgotten_after_ninety_days_and_unread_ones_never(office: Office) -> None:
    tell(office, "at_risk", "a")
    notices.read(office.viewer(WHO), None, now=office.now)
    tell(office, "at_risk", "b")
    for days, left in ((89, {"a", "b"}), (91, {"b"})):
        cleaning.clean(idle_hours=1, draft_days=90, now=office.now + timedelta(days=days))
        assert {row.key for row in session().scalars(select(Notice))} == left
