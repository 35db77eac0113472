"""The outbox: what is told to the outside is written with the act, sent afterwards, tried again, never lost."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from connectors.smtp import SmtpMailer
from errors import Forbidden, NotFound, WrongState
from services import dossiers, outbox
from services.permissions import SYSTEM
from storage.database import session, unit_of_work
from storage.tables import OutboxMessage
from tests.fakes import FakeMailer, SlowMailer
from tests.mail import Mailbox, mail_server
from tests.office import Office
from tests.server import free_port


def messages(kind: str = "email") -> list[OutboxMessage]:
    session().rollback()
    session().expire_all()
    query = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.created_at)
    return list(session().scalars(query))


def with_mail(office: Office, url: str) -> Office:
    return replace(office, parts=replace(office.parts, mailer=SmtpMailer(url=url, sender="một-cửa@bo.vn")))


def sent_away(office: Office, kind: str = "email") -> list[str]:
    """Send what is due now, of this kind only (papers take long to print)."""
    ids = [message.id for message in messages(kind) if message.state == "waiting" and message.due_at <= office.now]
    return [outbox.send(message_id, office.parts.handlers, now=office.now).state for message_id in ids]


def test_the_applicant_is_told_of_acceptance_once(office: Office) -> None:
    with mail_server() as mailbox:
        office = with_mail(office, mailbox.url)
        dossier = office.accepted()
        assert mailbox.received == []  # told when the act is kept, not before
        assert sent_away(office) == ["sent"]
        assert sent_away(office) == []
        (mail,) = mailbox.received
    assert mail["To"] == "nguoinop@demo.invalid"
    assert mail["Subject"] == f"Hồ sơ {dossier.code} đã được tiếp nhận"
    assert "Giấy tiếp nhận và hẹn trả kết quả" in mail.get_content()
    assert mail["Message-ID"].endswith("bo.vn>")
    (kept,) = messages()
    assert (kept.state, kept.tries, kept.sent_at) == ("sent", 1, office.now)


def test_a_message_sent_twice_after_a_crash_has_the_same_id(office: Office) -> None:
    """The server took it, but we were cut off before we noted it: the second copy can be recognised."""
    with mail_server() as mailbox:
        office = with_mail(office, mailbox.url)
        office.accepted()
        (message,) = messages()
        office.parts.handlers["email"](message.idempotency_key, message.payload, office.now)
        sent_away(office)
    assert len(mailbox.received) == 2
    assert len({mail["Message-ID"] for mail in mailbox.received}) == 1


def test_a_mail_server_that_is_down_is_tried_again_until_the_message_is_dead(office: Office) -> None:
    mailbox = Mailbox(port=free_port())
    office = with_mail(office, mailbox.url)
    office.accepted()
    states = []
    for pause in (*outbox.PAUSES, None):
        states += sent_away(office)
        (message,) = messages()
        assert "refused" in message.last_error.lower()
        if pause is not None:
            assert message.due_at - office.now == pause
            assert sent_away(office) == []  # not before its time
            office.later(seconds=pause.total_seconds())
    assert states == ["waiting"] * len(outbox.PAUSES) + ["dead"]
    assert sent_away(office) == []
    with pytest.raises(Forbidden):
        outbox.send_again(office.viewer("motcua"), message.id, now=office.now)
    outbox.send_again(office.viewer("vanhanh"), message.id, now=office.now)
    with mail_server(mailbox):
        assert sent_away(office) == ["sent"]
    assert len(mailbox.received) == 1
    with pytest.raises(WrongState):
        outbox.send_again(SYSTEM, message.id, now=office.now)
    with pytest.raises(NotFound):
        outbox.send_again(SYSTEM, "no message", now=office.now)


def test_a_server_that_says_not_now_gets_it_later(office: Office) -> None:
    with mail_server(Mailbox(port=free_port(), refusals=1)) as mailbox:
        office = with_mail(office, mailbox.url)
        office.accepted()
        assert sent_away(office) == ["waiting"]
        assert messages()[0].last_error.startswith("SMTPDataError")
        office.later(seconds=5)
        assert sent_away(office) == ["sent"]
    assert len(mailbox.received) == 1


def test_without_a_mail_server_messages_are_kept_for_reading_and_sent_when_there_is_one(office: Office) -> None:
    office.accepted()
    assert sent_away(office) == ["kept"]
    (message,) = messages()
    assert "tiếp nhận" in message.payload["body"]
    with mail_server() as mailbox:
        office = with_mail(office, mailbox.url)
        assert sent_away(office) == []
        outbox.send_again(SYSTEM, message.id, now=office.now)
        assert sent_away(office) == ["sent"]
    assert len(mailbox.received) == 1


def test_what_one_call_raises_does_not_stop_the_others(office: Office) -> None:
    made: list[str] = []

    def broken(_key: str, _payload: Mapping[str, Any], _now: datetime) -> None:
        raise RuntimeError("the outside is on fire")

    def working(key: str, _payload: Mapping[str, Any], _now: datetime) -> None:
        made.append(key)

    with unit_of_work():
        for number in range(4):
            outbox.add("email" if number % 2 else "paper", {}, key=f"k{number}", now=office.now)
    states = [
        outbox.send(id_, {"email": working, "paper": broken}, now=office.now).state for id_ in outbox.due(office.now)
    ]
    assert sorted(states) == ["sent", "sent", "waiting", "waiting"]
    assert sorted(made) == ["k1", "k3"]
    assert {message.last_error for message in messages("paper")} == {"RuntimeError: the outside is on fire"}


def test_an_act_that_is_undone_tells_nobody(office: Office) -> None:
    dossier = office.accepted()
    before = len(messages())
    with suppress(ZeroDivisionError), unit_of_work():
        dossiers.stop(office.viewer("truongphong"), dossier.id, "Dừng", now=office.now)
        _ = 1 / 0
    assert len(messages()) == before


def test_every_turn_of_a_dossier_is_told_to_its_applicant(office: Office) -> None:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Thiếu sơ đồ")
    dossiers.stop(office.viewer("truongphong"), dossier.id, "Cơ sở giải thể", now=office.later(minutes=1))
    refused = office.file("nguoinop2")
    office.step(refused, "motcua", "check", "refuse", reason="Thiếu giấy tờ")
    said = [(message.payload["to"].partition("@")[0], message.payload["subject"]) for message in messages()]
    assert sorted(said) == sorted(
        [
            ("nguoinop", f"Hồ sơ {dossier.code} đã được tiếp nhận"),
            ("nguoinop", f"Hồ sơ {dossier.code} cần bổ sung giấy tờ"),
            ("nguoinop", f"Hồ sơ {dossier.code} đã dừng xử lý"),
            ("nguoinop2", f"Hồ sơ {refused.code} không được tiếp nhận"),
        ]
    )


def test_a_message_is_sent_by_one_process_at_a_time(office: Office, demo_app: Flask) -> None:
    mailer = SlowMailer()
    office = replace(office, parts=replace(office.parts, mailer=mailer))
    office.accepted()
    (message,) = messages()

    def first() -> str:
        with demo_app.app_context():
            return outbox.send(message.id, office.parts.handlers, now=office.now).state

    with ThreadPoolExecutor() as pool:
        sending = pool.submit(first)
        assert mailer.called.wait(20)
        assert outbox.send(message.id, office.parts.handlers, now=office.now).state == "waiting"
        assert message.id not in outbox.due(office.now + outbox.LEASE / 2)
        mailer.release.set()
        assert sending.result() == "sent"
    assert len(mailer.letters) == 1


def test_a_message_whose_process_was_killed_is_sent_again_when_its_time_is_over(office: Office) -> None:
    mailer = FakeMailer()
    office = replace(office, parts=replace(office.parts, mailer=mailer))
    office.accepted()
    (message,) = messages()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        outbox.send(message.id, {"email": killed}, now=office.now)
    assert sent_away(office) == []
    office.later(seconds=outbox.LEASE.total_seconds())
    assert sent_away(office) == ["sent"]
    assert messages()[0].tries == 2


def test_a_message_that_ends_every_process_is_dead_after_the_last_try(office: Office) -> None:
    office.parts = replace(office.parts, mailer=FakeMailer())
    office.accepted()
    (message,) = messages()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(len(outbox.PAUSES) + 1):
        with suppress(KeyboardInterrupt):
            outbox.send(message.id, {"email": killed}, now=office.now)
        office.later(seconds=outbox.LEASE.total_seconds())
    assert sent_away(office) == ["dead"]
    assert "no process" in messages()[0].last_error


def test_what_stays_inside_is_done_and_noted_in_one_transaction(office: Office) -> None:
    with unit_of_work():
        outbox.add("inside", {}, key="k", now=office.now)

    def writes_and_fails(*_: object) -> None:
        outbox.add("email", {}, key="of it", now=office.now)
        raise ValueError("no")

    (message,) = messages("inside")
    assert outbox.send(message.id, {"inside": outbox.Inside(writes_and_fails)}, now=office.now).state == "waiting"
    assert messages("email") == []
    (message,) = messages("inside")
    assert (message.tries, message.last_error) == (1, "ValueError: no")
