"""The extension of a limit: once, before it is due, with a ground; the due date is computed and the applicant told."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from connectors.papers import html_of
from errors import Forbidden, InvalidAnswers, NotFound, WrongState
from services import clocks, dossiers, extensions, log, papers, tasks
from services.clocks import LOCAL
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import notices
from storage.rows import apologies
from storage.tables import Document, Dossier, OutboxMessage
from tests.engine.diagrams import boundary, duration, end, start, user
from tests.office import Office
from tests.services.bundles import one_limit, procedure

WORK = user("do", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
WAIT = user("wait", motcua__assignee="${applicant}", motcua__pause="supplement", motcua__nationalStatus="5")
GIVE = user("give", motcua__nationalStatus="9", motcua__candidateGroups="specialist_prevention")
END = end("e", motcua__nationalStatus="10")
HEAD, OFFICER, APPLICANT = "truongphong", "chuyenvien", "nguoinop"


def filed(office: Office, *, limit: str = "5 working_days", key: str = "longer") -> Dossier:
    remind = boundary("remind", "do", duration("80 % of the legal limit"), interrupting=False)
    office.deploy(
        procedure(
            key, start("s"), WORK, WAIT, remind, GIVE, END, end("x"),
            "s -> do -> wait -> give -> e", "remind -> x", limit=limit,
        )
    )  # fmt: skip
    return office.again(office.file_in(key))


def extend(office: Office, dossier: Dossier, amount: int = 3, who: str = HEAD) -> Dossier:
    extensions.extend(
        office.viewer(who), dossier.id, amount=amount, ground="Phải lấy ý kiến chuyên gia", now=office.now
    )
    return office.again(dossier)


def refused(office: Office, dossier: Dossier, amount: int = 3) -> str:
    with pytest.raises(WrongState) as error:
        extend(office, dossier, amount)
    assert not extensions.may_extend(office.viewer(HEAD), office.again(dossier), now=office.now)
    return error.value.text.vi


def at(day: int, hour: int = 17, *, month: int = 8) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


def test_a_head_extends_once_and_everything_follows(office: Office) -> None:
    dossier = filed(office)
    assert dossier.due_at == at(26)
    timer = office.instance(dossier).next_due_at
    head = office.viewer(HEAD)
    assert extensions.may_extend(head, dossier, now=office.now)
    seen = extensions.outlook(head, dossier, 3, now=office.now)
    assert (seen.due_before, seen.due_at) == (at(26), at(3, month=9))
    assert office.again(dossier).due_at == at(26)  # a look writes nothing

    dossier = extend(office, dossier)
    assert (dossier.due_at, dossier.clock_state) == (at(3, month=9), "running")
    assert clocks.read(dossier, clocks.limits_of(dossier), asked_at=office.now).reading.due_at == at(3, month=9)  # type: ignore[union-attr]
    moved = office.instance(dossier).next_due_at
    assert timer is not None
    assert moved is not None
    assert moved > timer
    said = [(row, data) for row, data in log.events_of(dossier.instance_id) if row.kind == "dossier.extended"]
    ((row, data),) = said
    assert (row.actor, data["reason"]) == (HEAD, "Phải lấy ý kiến chuyên gia")
    assert datetime.fromisoformat(data["due_at"]) == at(3, month=9)
    assert [event["type"] for event in data["clock"]] == ["extension"]
    told = clocks.tell(dossier, asked_at=office.now)
    assert told is not None
    assert "Gia hạn thêm 3 ngày làm việc" in [line.text.vi for line in told.why]

    assert "chỉ được gia hạn một lần" in refused(office, dossier).lower()
    assert "3 ngày làm việc" in refused(office, dossier)
    assert log.verify().breaks == ()


def test_the_applicant_gets_the_notice_with_both_dates(office: Office) -> None:
    dossier = extend(office, filed(office))
    (notice,) = [
        each
        for each in session().scalars(select(Document).where(Document.dossier_id == dossier.id))
        if each.kind == "extension_notice"
    ]
    assert notice.number.endswith("/2026/GHHS")
    _, content = papers.printed(notice.id, office.parts.blobs)
    with content:
        assert content.read(5) == b"%PDF-"
    assert notice.snapshot is not None
    html = html_of("extension_notice", notice.snapshot)
    for words in ("3 ngày làm việc", "26/08/2026", "03/09/2026", "Phải lấy ý kiến chuyên gia", "PHÒNG"):
        assert words in html
    mails = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "email")).all()
    assert [mail.payload["to"] for mail in mails if "gia hạn" in mail.payload["subject"]] == ["nguoinop@demo.invalid"]


def test_all_that_is_wrong_is_said_at_once(office: Office) -> None:
    dossier = filed(office)
    for amount in (0, 6, -1):
        with pytest.raises(InvalidAnswers) as error:
            extensions.extend(office.viewer(HEAD), dossier.id, amount=amount, ground=" ", now=office.now)
        assert [each.field for each in error.value.details] == ["amount", "reason"]
    assert "5 ngày làm việc" in error.value.details[0].message.vi
    assert office.again(dossier).due_at == at(26)


def test_only_heads_of_the_unit_and_leaders_extend(office: Office) -> None:
    dossier = filed(office)
    for name, error in ((OFFICER, Forbidden), (APPLICANT, Forbidden), ("truongphongduoc", NotFound)):
        with pytest.raises(error):
            extend(office, dossier, who=name)
    assert not extensions.may_extend(office.viewer(OFFICER), dossier, now=office.now)
    assert extend(office, dossier, who="lanhdao").due_at == at(3, month=9)


def test_what_is_due_or_over_is_not_extended(office: Office) -> None:
    dossier = filed(office)
    office.now = at(26)
    assert "quá hạn" in refused(office, dossier)
    office.step(dossier, OFFICER, "do", answers={})
    office.later(days=30)
    tasks.submit(office.viewer(APPLICANT), office.open(dossier)["wait"].id, {}, now=office.now)
    office.step(dossier, OFFICER, "give", answers={})
    assert "đang chạy" in refused(office, dossier)


def test_the_law_says_by_how_much(office: Office) -> None:
    none, two = one_limit("5 working_days").replace("/>", ' extension="0"/>'), ' extension="2"/>'
    dossier = filed(office, limit=none)
    assert "không được gia hạn" in refused(office, dossier)
    dossier = filed(office, limit=one_limit("5 working_days").replace("/>", two), key="two")
    with pytest.raises(InvalidAnswers):
        extend(office, dossier, 3)
    assert extend(office, dossier, 2).due_at == at(28)


def test_in_a_pause_the_days_count_when_the_clock_runs_again(office: Office) -> None:
    dossier = filed(office)
    office.step(dossier, OFFICER, "do", answers={})
    office.later(days=4)  # Monday 24 August: Thursday, Friday and the make-up Saturday did not count
    seen = extensions.outlook(office.viewer(HEAD), office.again(dossier), 2, now=office.now)
    assert (seen.due_before, seen.due_at) == (None, None)
    assert "còn 6 ngày" in seen.why[-1].text.vi
    extend(office, dossier, 2)
    tasks.submit(office.viewer(APPLICANT), office.open(dossier)["wait"].id, {}, now=office.now)
    # seven working days from Monday on, and National Day (31 August to 2 September) between
    assert office.again(dossier).due_at == at(4, month=9)


def test_what_was_at_risk_is_raised_again_for_the_new_due_date(office: Office) -> None:
    dossier = filed(office)
    assert dossier.due_soon_at is not None
    office.now = dossier.due_soon_at
    office.tick()
    assert office.again(dossier).at_risk_at is not None
    assert apologies.of(dossier.id) is not None
    dossier = extend(office, dossier)
    assert (dossier.at_risk_at, apologies.of(dossier.id)) == (None, None)
    assert dossier.next_deadline_at == dossier.due_soon_at
    assert dossier.due_soon_at is not None
    office.now = dossier.due_soon_at
    office.tick()
    kinds = [row.kind for row, _ in log.events_of(dossier.instance_id)]
    assert kinds.count("dossier.at_risk") == 2
    told = [row.text_vi for row in notices.listed(HEAD, limit=50)[0]]
    assert told.count(f"{dossier.code} sắp đến hạn") == 2


def test_a_withdrawal_is_answered_first(office: Office) -> None:
    dossier = filed(office)
    office.step(dossier, OFFICER, "do", answers={})
    dossiers.withdraw(office.viewer(APPLICANT), dossier.id, "Rút", now=office.now)
    assert "rút hồ sơ" in refused(office, dossier)
    dossiers.decline_withdrawal(SYSTEM, dossier.id, "Không", now=office.now)
    assert extend(office, dossier).clock_state == "paused"


def test_one_extension_for_all_limits_of_a_chain(office: Office) -> None:
    chain = one_limit("5 working_days").replace("<motcua:limit", '<motcua:limit id="a"') + one_limit(
        "4 working_days"
    ).replace("<motcua:limit", '<motcua:limit id="b" after="a"')
    office.deploy(
        procedure(
            "chained", start("s"), WORK, user("then", motcua__startsLimit="b", motcua__candidateGroups="leader"),
            GIVE, END, "s -> do -> then -> give -> e", limit=chain,
        )
    )  # fmt: skip
    dossier = office.again(office.file_in("chained"))
    office.step(dossier, OFFICER, "do", answers={})
    dossier = office.again(dossier)
    assert dossier.due_at == at(25)
    seen = extensions.outlook(office.viewer(HEAD), dossier, 4, now=office.now)
    assert seen.due_at == at(3, month=9)
    with pytest.raises(InvalidAnswers):
        extend(office, dossier, 5)
    assert extend(office, dossier, 4).due_at == seen.due_at
    assert "một lần" in refused(office, dossier)
