"""Risk: likely late, at risk and breached are told once to whom it concerns; the apology is ready in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from clock.limits import working_minutes_between
from errors import Forbidden, Invalid, InvalidAnswers, NotFound, WrongState
from jobs.tick import foresee
from services import apologies, clocks, forecasts, log, notices, pace, papers, tasks
from storage.database import session
from storage.queries import apologies as drafts
from storage.queries import notices as lists
from storage.rows import apologies as rows
from storage.rows import pace as pace_rows
from storage.tables import Document, Dossier, OutboxMessage, Task
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.services.test_statements import counted

WORK = user("do", name="Thẩm định", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
WAIT = user("wait", motcua__assignee="${applicant}", motcua__pause="supplement", motcua__nationalStatus="5")
GIVE = user("give", motcua__nationalStatus="9", motcua__candidateGroups="specialist_prevention")
END = end("e", motcua__nationalStatus="10")
KEY = "paced"
HEAD, OFFICER, LEADER = "truongphong", "chuyenvien", "lanhdao"


def deployed(office: Office, *, limit: str = "5 working_days", to: dict[str, str] | None = None) -> None:
    files = procedure(KEY, start("s"), WORK, GIVE, END, "s -> do -> give -> e", limit=limit)
    more = " ".join(f'{name}="{value}"' for name, value in (to or {}).items())
    office.deploy(
        {
            name: data.replace(b"<motcua:procedure ", f"<motcua:procedure {more} ".encode())
            for name, data in files.items()
        }
    )


def filed(office: Office) -> Dossier:
    return office.again(office.file_in(KEY))


def claimed(office: Office, dossier: Dossier) -> Task:
    task = office.open(dossier)["do"]
    tasks.claim(office.viewer(OFFICER), task.id, now=office.now)
    return task


def history(office: Office, count: int, *, days: int) -> None:
    """Let dossiers be done, each after so many days."""
    start_, dossiers = office.now, [office.file_in(KEY) for _ in range(count)]
    for dossier in dossiers:
        office.now = start_ + timedelta(days=days)
        office.step(dossier, OFFICER, "do", answers={}, turn_reason="Thử")
        office.step(dossier, OFFICER, "give", answers={}, turn_reason="Thử")
    office.now = start_ + timedelta(days=days)


def kinds(dossier: Dossier) -> list[str]:
    return [row.kind for row, _ in log.events_of(dossier.instance_id)]


def told(username: str) -> list[str]:
    session().rollback()
    return sorted(row.kind for row in lists.listed(username, limit=50)[0])


def at(office: Office, moment: datetime | None) -> None:
    assert moment is not None
    office.now = moment
    office.tick()


def test_the_assignee_then_the_head_then_the_leader_are_told_once_each(office: Office) -> None:
    deployed(office)
    dossier = filed(office)
    claimed(office, dossier)
    at(office, dossier.due_soon_at)
    assert (told(OFFICER), told(HEAD), told(LEADER)) == (["at_risk"], ["apology", "at_risk"], [])
    assert dossier.due_at is not None
    at(office, dossier.due_at + timedelta(minutes=1))
    assert (told(OFFICER), told(HEAD), told(LEADER)) == (
        ["at_risk", "breached"], ["apology", "at_risk", "breached"], ["breached"],
    )  # fmt: skip
    office.tick(days=30)
    assert len(told(HEAD)) == 3
    assert told("nguoinop") == []
    mails = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "email")).all()
    assert [mail.payload["to"] for mail in mails] == [f"{HEAD}@demo.invalid"]  # the apology; the others in the morning


def test_the_diagram_says_who_is_told(office: Office) -> None:
    deployed(office, to={"atRiskTo": "leader", "breachedTo": ""})
    dossier = filed(office)
    claimed(office, dossier)
    office.tick(days=60)
    assert (told(OFFICER), told(HEAD), told(LEADER)) == ([], ["apology"], ["at_risk"])


def test_what_is_read_is_no_longer_counted(office: Office) -> None:
    deployed(office)
    filed(office)
    office.tick(days=60)
    assert lists.unread(HEAD) == 3
    some = [row.id for row in lists.listed(HEAD, limit=1)[0]]
    assert notices.read(office.viewer(OFFICER), some, now=office.now) == 0  # somebody else's
    assert notices.read(office.viewer(HEAD), some, now=office.now) == 1
    assert lists.unread(HEAD) == 2
    assert notices.read(office.viewer(HEAD), None, now=office.now) == 2
    assert lists.unread(HEAD) == 0


def test_a_dossier_is_likely_late_when_half_of_those_before_it_took_longer(office: Office) -> None:
    deployed(office, limit="30 working_days")
    history(office, 5, days=20)
    deployed(office, limit="10 working_days")
    dossier = filed(office)
    claimed(office, dossier)
    foresee(now=office.now)
    dossier = office.again(dossier)
    assert dossier.likely_late_at == office.now
    assert kinds(dossier).count("dossier.likely_late") == 1
    assert (told(OFFICER), told(HEAD)) == (["likely_late"], ["apology"])
    apology = rows.of(dossier.id)
    assert apology is not None
    assert (apology.state, apology.why, apology.appointment_at) == ("drafted", "likely_late", None)
    assert 1 <= apology.days <= 10
    office.later(days=1)
    foresee(now=office.now)
    assert kinds(dossier).count("dossier.likely_late") == 1
    office.tick(days=60)
    assert kinds(dossier).count("dossier.at_risk") == 1


def test_a_quick_history_or_none_says_nothing(office: Office) -> None:
    deployed(office, limit="10 working_days")
    first = filed(office)
    foresee(now=office.now)
    history(office, 4, days=20)
    office.later(days=1)
    foresee(now=office.now)
    assert "dossier.likely_late" not in kinds(first)  # four are too few to say anything
    history(office, 12, days=2)
    office.later(days=1)
    second = filed(office)
    foresee(now=office.now)
    assert "dossier.likely_late" not in kinds(second)


def test_the_pace_leaves_pauses_out_and_is_of_the_latest(office: Office) -> None:
    office.deploy(
        procedure(KEY, start("s"), WORK, WAIT, GIVE, END, "s -> do -> wait -> give -> e", limit="60 working_days")
    )
    for _ in range(5):
        dossier = office.file_in(KEY)
        office.later(days=7)
        office.step(dossier, OFFICER, "do", answers={})
        office.later(days=28)
        office.step(dossier, "nguoinop", "wait", answers={})
        office.step(dossier, OFFICER, "give", answers={})
    office.file_in(KEY)
    assert pace.daily(now=office.now) == 1
    found = pace.of([(KEY, "do")])[(KEY, "do")]
    assert found.steps == found.rests == 5
    assert found.step_median is not None
    assert found.rest_median is not None
    assert 4 * 480 <= found.step_median <= 6 * 480
    assert abs(found.rest_median - found.step_median) <= 480
    assert pace.daily(now=office.now) == 0  # once a day


def test_the_forecast_costs_the_same_however_much_was_done(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_rows, "LOOKED_AT", 10)
    deployed(office, limit="30 working_days")
    history(office, 5, days=3)
    dossier = filed(office)
    costs = []
    for more in (0, 8):
        history(office, more, days=3) if more else None
        office.later(days=1)
        office.look()
        with counted() as sent:
            foresee(now=office.now)
        costs.append(len(sent))
    assert costs[1] <= costs[0], sent
    assert len(pace_rows.latest((KEY, "do"))) == 10
    assert forecasts.expected_end(dossier, list(office.open(dossier).values()), now=office.now) is not None


def test_the_apology_is_sent_by_the_head_with_a_computed_appointment_once(office: Office) -> None:
    deployed(office)
    dossier = filed(office)
    claimed(office, dossier)
    head = office.viewer(HEAD)
    with pytest.raises(NotFound):  # nothing is drafted yet
        apologies.approve(head, dossier.id, days=2, reason="Chờ ý kiến", now=office.now)
    at(office, dossier.due_soon_at)
    assert [row.code for row in drafts.drafted(["prevention"], limit=10)[0]] == [dossier.code]
    assert drafts.drafted(["drug"], limit=10)[0] == []
    assert dossier.due_at is not None
    assert office.now < dossier.due_at  # drafted before the deadline passes
    for username in (OFFICER, "truongphongduoc", "nguoinop"):
        with pytest.raises((Forbidden, NotFound)):
            apologies.approve(office.viewer(username), dossier.id, days=2, reason="Chờ ý kiến", now=office.now)
    for days in (0, -1, 61):
        with pytest.raises(Invalid):
            apologies.approve(head, dossier.id, days=days, reason="Chờ ý kiến", now=office.now)
    with pytest.raises(InvalidAnswers):
        apologies.approve(head, dossier.id, days=2, reason=" ", now=office.now)
    sent = apologies.approve(head, dossier.id, days=2, reason="Chờ ý kiến", now=office.now)
    assert sent.appointment_at is not None
    assert clocks.left(sent.appointment_at, asked_at=dossier.due_at) == 2
    again = office.again(dossier)
    assert (again.appointment_at, again.due_at) == (sent.appointment_at, dossier.due_at)  # the limit stays
    document = session().get(Document, sent.document_id)
    assert document is not None
    assert (document.kind, document.snapshot["reason"]) == ("apology_slip", "Chờ ý kiến")  # type: ignore[index]
    assert datetime.fromisoformat(document.snapshot["values"]["appointment_at"]) == sent.appointment_at  # type: ignore[index]
    assert kinds(dossier).count("dossier.reappointed") == 1
    with pytest.raises(WrongState):
        apologies.approve(head, dossier.id, days=2, reason="Chờ nữa", now=office.now)
    office.tick(days=30)
    assert office.again(dossier).breached_at is not None  # sorry does not make it in time
    assert log.verify().breaks == ()
    _, content = papers.printed(document.id, office.parts.blobs)
    with content:
        assert content.read(4) == b"%PDF"


def test_a_dossier_that_was_done_in_time_needs_no_apology(office: Office) -> None:
    deployed(office)
    dossier = filed(office)
    at(office, dossier.due_soon_at)
    office.step(dossier, OFFICER, "do", answers={})
    office.step(dossier, OFFICER, "give", answers={})
    assert drafts.count_drafted(["prevention"]) == 0
    with pytest.raises(WrongState):
        apologies.approve(office.viewer(HEAD), dossier.id, days=2, reason="Chờ ý kiến", now=office.now)


def test_the_head_can_decide_that_no_apology_is_needed(office: Office) -> None:
    deployed(office)
    dossier = filed(office)
    at(office, dossier.due_soon_at)
    apologies.drop(office.viewer(HEAD), dossier.id, "Xong trong hôm nay", now=office.now)
    assert drafts.count_drafted(["prevention"]) == 0
    assert kinds(dossier)[-1] == "dossier.apology_dropped"
    with pytest.raises(WrongState):
        apologies.drop(office.viewer(HEAD), dossier.id, "Xong trong hôm nay", now=office.now)


def test_an_expected_end_is_a_moment_of_the_calendar(office: Office) -> None:
    deployed(office, limit="30 working_days")
    history(office, 5, days=8)
    dossier = filed(office)
    pace.refresh((KEY, "do"), now=office.now)
    end_ = forecasts.expected_end(dossier, list(office.open(dossier).values()), now=office.now)
    assert end_ is not None
    found = pace.of([(KEY, "do")])[(KEY, "do")]
    assert working_minutes_between(clocks.calendar(), dossier.filed_at, end_) == found.rest_median
    late = dossier.filed_at + timedelta(days=300)
    assert forecasts.expected_end(dossier, list(office.open(dossier).values()), now=late) == late


def test_the_forecast_says_what_it_is_based_on_and_how_sure_it_is(office: Office) -> None:
    deployed(office, limit="30 working_days")
    history(office, 4, days=8)
    dossier = filed(office)
    pace.refresh((KEY, "do"), now=office.now)
    assert forecasts.outlook(dossier, now=office.now) is None  # four are too few
    history(office, 6, days=8)
    pace.refresh((KEY, "do"), now=office.now)
    dossier = filed(office)
    found = forecasts.outlook(dossier, now=office.now)
    assert found is not None
    assert (found.step.vi, found.dossiers, found.is_late, found.is_beyond) == ("Thẩm định", 10, False, False)
    assert found.half_at <= found.most_at
    assert 2 <= found.half_days <= found.most_days <= 8
    late = forecasts.outlook(dossier, now=found.most_at + timedelta(days=1))
    assert late is not None
    assert (late.is_beyond, late.is_beyond_half) == (True, True)
    with counted() as sent:
        forecasts.outlook(dossier, now=office.now)
    assert len(sent) <= 3, sent
    office.step(dossier, OFFICER, "do", answers={}, turn_reason="Thử")
    office.step(dossier, OFFICER, "give", answers={}, turn_reason="Thử")
    assert forecasts.outlook(office.again(dossier), now=office.now) is None


def test_a_chain_of_limits_is_late_by_its_last_promise_only(office: Office) -> None:
    """The limit in force is the first of four: a history that fits all four together says nothing."""
    dossier = office.accepted()
    promised = apologies.promised(dossier, now=office.now)
    assert promised is not None
    assert dossier.due_at is not None
    assert promised > dossier.due_at
    between = dossier.due_at + (promised - dossier.due_at) / 2
    office.step(dossier, HEAD, "assign", "assign")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forecasts, "expected_end", lambda *_, **__: between)
        assert not forecasts.raise_dossier(dossier.id, dossier.instance_id, now=office.now)
        patch.setattr(forecasts, "expected_end", lambda *_, **__: promised + timedelta(days=1))
        assert forecasts.raise_dossier(dossier.id, dossier.instance_id, now=office.now)
