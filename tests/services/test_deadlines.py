"""Deadlines: at risk and breached are raised once each, also after the server was down, and never after the end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from errors import WrongState
from services import calendar_changes, calendar_edits, dossiers, legal, loading, log, outbox, tasks
from services.permissions import SYSTEM, scope_of
from storage.database import session
from storage.queries import jobs, notices
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import bundle, procedure

A_SECOND = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)
STEP = user(
    "do",
    name="Thẩm định",
    motcua__publicNameEn="Appraisal",
    motcua__nationalStatus="2",
    motcua__candidateGroups="specialist_prevention",
    motcua__limit="2 working_days",
)
ASK = user("ask", motcua__assignee="${applicant}", motcua__pause="supplement", motcua__nationalStatus="5")
AFTER = user("after", motcua__candidateGroups="specialist_prevention")


def filed(office: Office, *more: str) -> Dossier:
    office.deploy(
        procedure(
            "timed", start("s"), STEP, *more, end("e"), "s -> do -> ask -> after -> e" if more else "s -> do -> e"
        )
    )
    return office.file_in("timed")


def raised(dossier: Dossier) -> dict[str, int]:
    """Count what was raised, as the log has it."""
    kinds = [row.kind for row, _ in log.events_of(dossier.instance_id)]
    return dict(Counter(kind for kind in kinds if kind.endswith(("at_risk", "breached"))))


def test_each_limit_is_raised_once_at_its_moment(office: Office) -> None:
    dossier = filed(office)
    task = office.open(dossier)["do"]
    moments = {
        "task.at_risk": task.next_deadline_at,
        "dossier.at_risk": dossier.due_soon_at,
        "task.breached": task.due_at and task.due_at + A_MINUTE,
        "dossier.breached": dossier.due_at and dossier.due_at + A_MINUTE,
    }
    seen: dict[str, int] = {}
    for kind, moment in sorted(moments.items(), key=lambda item: str(item[1])):
        assert moment is not None
        office.now = moment - A_SECOND
        office.tick()
        assert raised(dossier) == seen  # not a moment too early, and nothing again
        assert office.tick(seconds=1).deadlines >= 1
        seen[kind] = 1
        assert raised(dossier) == seen
    assert office.tick(days=30).deadlines == 0
    assert raised(dossier) == dict.fromkeys(moments, 1)
    dossier = office.again(dossier)
    assert (dossier.clock_state, dossier.next_deadline_at) == ("overdue", None)
    assert office.open(dossier)["do"].next_deadline_at is None


def test_what_came_due_while_the_server_was_down_is_raised_once_when_it_is_back(office: Office) -> None:
    dossier = filed(office)
    office.tick(days=60)
    everything = {"task.at_risk": 1, "task.breached": 1, "dossier.at_risk": 1, "dossier.breached": 1}
    assert raised(dossier) == everything
    office.tick()
    office.tick(days=1)
    assert raised(dossier) == everything


def test_heads_of_the_unit_are_told_and_see_it_in_their_list(office: Office) -> None:
    dossier = filed(office)
    heads = {name: scope_of(office.viewer(name)) for name in ("truongphong", "truongphongduoc")}

    def escalated(name: str) -> list[str]:
        return [row.id for row in lists.inbox(heads[name], Filter(view="escalated"), now=office.now).rows]

    assert escalated("truongphong") == []
    task = office.open(dossier)["do"]
    assert task.next_deadline_at is not None
    office.now = task.next_deadline_at
    office.tick()
    assert (escalated("truongphong"), escalated("truongphongduoc")) == ([task.id], [])
    assert lists.counts(heads["truongphong"], now=office.now)["escalated"] == 1
    assert told("truongphong") == [f"{dossier.code}, Thẩm định sắp đến hạn"]
    assert [row.text_en for row in notices.listed("truongphong", limit=9)[0]] == [
        f"{dossier.code}, Appraisal is due soon"
    ]
    assert told("truongphongduoc") == []
    office.step(dossier, "chuyenvien", "do", answers={})
    assert escalated("truongphong") == []


def test_nothing_is_raised_after_the_end(office: Office) -> None:
    done, stopped = filed(office), office.file_in("timed")
    office.step(done, "chuyenvien", "do", answers={})
    dossiers.stop(office.viewer("truongphong"), stopped.id, "Dừng", now=office.now)
    running = office.file_in("timed", username="nguoinop2")
    office.tick(days=60)
    assert raised(stopped) == {}
    assert raised(done) == {}
    assert len(raised(running)) == 4


def test_a_paused_clock_raises_nothing_until_it_runs_again(office: Office) -> None:
    dossier = filed(office, ASK, AFTER)
    before = dossier.due_at
    office.step(dossier, "chuyenvien", "do", answers={})
    dossier = office.again(dossier)
    assert (dossier.clock_state, dossier.due_at, dossier.next_deadline_at) == ("paused", None, None)
    office.tick(days=60)
    assert raised(dossier) == {}
    office.step(dossier, "nguoinop", "ask", answers={})
    dossier = office.again(dossier)
    assert before is not None
    assert dossier.due_at is not None
    assert dossier.due_at > before + timedelta(days=50)
    assert dossier.next_deadline_at == dossier.due_soon_at
    office.tick(days=60)
    assert raised(dossier) == {"dossier.at_risk": 1, "dossier.breached": 1}


def test_what_is_raised_once_stays_raised_when_the_due_day_moves(office: Office) -> None:
    dossier = filed(office, ASK, AFTER)
    assert dossier.due_soon_at is not None
    office.now = dossier.due_soon_at
    office.tick()
    office.step(dossier, "chuyenvien", "do", answers={})
    office.later(days=10)
    office.step(dossier, "nguoinop", "ask", answers={})
    office.tick(days=60)
    kinds = raised(dossier)
    assert (kinds["dossier.at_risk"], kinds["dossier.breached"]) == (1, 1)


def test_a_task_with_a_due_day_of_its_own_is_breached_once(office: Office) -> None:
    office.deploy(bundle("plain", start("s"), user("do", motcua__dueDate="P1D"), end("e"), "s -> do -> e"))
    instance = office.start("plain")
    task = office.open(instance)["do"]
    assert task.due_at == office.now + timedelta(days=1)
    office.tick(days=1)
    office.tick(minutes=1)
    office.tick(days=3)
    assert [row.kind for row, _ in log.events_of(instance.id)] == ["instance.started", "task.breached"]
    assert jobs.oldest_due() is None
    assert outbox.due(office.now) == []


def test_limits_at_the_end_of_the_calendar_do_not_stop_the_office(office: Office) -> None:
    office.now = datetime(2031, 12, 30, 2, tzinfo=UTC)
    dossier = filed(office)
    assert dossier.due_at is None
    assert office.open(dossier)["do"].due_at is None
    office.step(dossier, "chuyenvien", "do", answers={})
    assert office.instance(dossier).status == "completed"


SILENT = (
    '<motcua:limit amount="5" unit="working_days"><motcua:pause ground="supplement" reply="2 working_days"/>'
    "</motcua:limit>"
)


def test_a_dossier_whose_applicant_is_silent_lapses_and_is_closed(office: Office) -> None:
    parts = (start("s"), STEP, ASK, AFTER, end("e"), "s -> do -> ask -> after -> e")
    office.deploy(procedure("silent", *parts, limit=SILENT))
    dossier = office.file_in("silent")
    office.step(dossier, "chuyenvien", "do", answers={})
    dossier = office.again(dossier)
    assert dossier.next_deadline_at == datetime(2026, 8, 22, 10, 1, tzinfo=UTC)  # Friday and the make-up Saturday
    office.now = dossier.next_deadline_at - A_SECOND
    office.tick()
    assert office.again(dossier).ended_at is None
    office.tick(seconds=1)
    dossier = office.again(dossier)
    assert (dossier.clock_state, dossier.status, dossier.ended_at) == ("lapsed", 8, office.now)
    assert office.instance(dossier).status == "cancelled"
    assert office.open(dossier) == {}
    kinds = [row.kind for row, _ in log.events_of(dossier.instance_id)]
    assert kinds.count("dossier.lapsed") == 1
    office.tick(days=30)
    assert raised(dossier) == {}


def test_an_answer_between_the_lapse_and_the_tick_comes_too_late(office: Office) -> None:
    parts = (start("s"), STEP, ASK, AFTER, end("e"), "s -> do -> ask -> after -> e")
    office.deploy(procedure("silent", *parts, limit=SILENT))
    in_time, late = office.file_in("silent"), office.file_in("silent")
    for dossier in (in_time, late):
        office.step(dossier, "chuyenvien", "do", answers={})
    closes = office.again(late).next_deadline_at
    assert closes is not None
    office.now = closes - A_SECOND  # the minute of the limit itself
    tasks.submit(office.viewer("nguoinop"), office.open(in_time)["ask"].id, {}, now=office.now)
    assert office.again(in_time).clock_state == "running"
    office.now = closes
    for _ in range(2):
        with pytest.raises(WrongState) as refused:
            tasks.submit(office.viewer("nguoinop"), office.open(late)["ask"].id, {}, now=office.now)
    assert "17:00 Thứ Bảy 22/08/2026" in refused.value.text.vi
    office.tick()
    ended = office.again(late)
    assert (ended.status, ended.clock_state, ended.ended_at) == (8, "lapsed", office.now)
    assert [event["type"] for event in ended.clock] == ["pause_started", "pause_ended", "stopped"]


def test_a_filing_that_nobody_accepts_is_raised_once(office: Office) -> None:
    desk = user("look", name="Xem", motcua__candidateGroups="one_door")
    office.deploy(procedure("slow", start("s"), desk, STEP, end("e"), "s -> look -> do -> e"))
    dossier = office.file_in("slow")  # Thursday 08:55
    assert dossier.acceptance_due_at == datetime(2026, 8, 21, 1, 55, tzinfo=UTC)
    assert dossier.next_deadline_at == datetime(2026, 8, 20, 9, 19, tzinfo=UTC)  # 384 minutes
    office.now = dossier.next_deadline_at - A_SECOND
    office.tick()
    assert raised(dossier) == {}
    office.tick(seconds=1)
    assert raised(dossier) == {"dossier.acceptance_at_risk": 1}
    assert told("motcua") == [f"{dossier.code} sắp hết hạn trả lời tiếp nhận"]
    assert told("truongphong") == []
    office.now = dossier.acceptance_due_at + A_MINUTE - A_SECOND
    office.tick()
    assert raised(dossier) == {"dossier.acceptance_at_risk": 1}
    office.tick(seconds=1)
    both = {"dossier.acceptance_at_risk": 1, "dossier.acceptance_breached": 1}
    assert raised(dossier) == both
    assert len(told("motcua")) == 2
    assert told("truongphong") == [f"{dossier.code} đã quá hạn trả lời tiếp nhận"]
    office.tick(days=30)
    assert raised(dossier) == both
    office.step(dossier, "motcua", "look", answers={})
    accepted = office.again(dossier)
    assert accepted.next_deadline_at == accepted.due_soon_at


def told(username: str) -> list[str]:
    session().rollback()
    return [row.text_vi for row in reversed(notices.listed(username, limit=50)[0])]


def test_a_filing_that_was_answered_in_time_raises_nothing(office: Office) -> None:
    dossier = office.file()
    office.step(dossier, "motcua", "check", "accept")
    office.tick(days=1)
    assert not [kind for kind in raised(dossier) if "acceptance" in kind]


def test_a_changed_calendar_moves_the_acceptance_and_raises_nothing_again(office: Office) -> None:
    desk = user("look", name="Xem", motcua__candidateGroups="one_door")
    office.deploy(procedure("slow", start("s"), desk, STEP, end("e"), "s -> look -> do -> e"))
    early, late = office.file_in("slow"), office.file_in("slow")
    assert late.next_deadline_at is not None
    office.now = late.next_deadline_at
    office.tick()
    later = office.file_in("slow")
    edit = [calendar_edits.Typed(day="2026-08-21", kind="off", note="Nghỉ")]
    change = calendar_changes.plan(SYSTEM, edit, reason="Công điện", now=office.now)
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    assert office.again(later).next_deadline_at == datetime(2026, 8, 22, 7, 43, tzinfo=UTC)
    for dossier in (early, late):
        moved = office.again(dossier)
        assert moved.acceptance_due_at == datetime(2026, 8, 22, 1, 55, tzinfo=UTC)
        assert moved.next_deadline_at == datetime(2026, 8, 22, 1, 56, tzinfo=UTC)
    office.tick(days=10)
    assert raised(late) == {"dossier.acceptance_at_risk": 1, "dossier.acceptance_breached": 1}


def test_the_limit_of_online_filings_may_be_another(office: Office) -> None:
    limits = (
        '<motcua:limit amount="5" unit="working_days"/><motcua:limit amount="3" unit="working_days" channel="online"/>'
    )
    office.deploy(procedure("twice", start("s"), STEP, end("e"), "s -> do -> e", limit=limits))
    online = office.file_in("twice")
    assert online.due_at == datetime(2026, 8, 24, 10, tzinfo=UTC)
    counter = dossiers.file(office.viewer("nguoinop"), "twice", {}, now=office.now, channel="counter")
    assert counter.due_at == datetime(2026, 8, 26, 10, tzinfo=UTC)
    (terms,) = legal.terms(loading.load(dossiers.definition_in_force("twice").id).procedure, now=office.now)  # type: ignore[arg-type]
    assert terms.time.en == "3 working days"  # it is filed online only
    assert terms.due_at == online.due_at
