"""Timers, with a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bpmn.timing import Due
from engine import runner
from engine.events import Ports
from tests.engine.diagrams import (
    boundary,
    catch,
    cycle,
    date,
    duration,
    end,
    first,
    handler,
    process,
    script,
    start,
    task,
    user,
)  # fmt: skip
from tests.engine.play import MORNING, Play, definition


def waiting(event: str, **variables) -> Play:
    return Play(process("p", start("s"), catch("t", event), end("e"), "s -> t -> e"), **variables)


@pytest.mark.parametrize(
    ("event", "due"),
    [
        (duration("PT1H"), MORNING + timedelta(hours=1)),
        (duration('"PT1H"'), MORNING + timedelta(hours=1)),
        (duration("'P1DT30M'"), MORNING + timedelta(days=1, minutes=30)),
        (duration("P2W"), MORNING + timedelta(days=14)),
        (duration("PT0.5H"), MORNING + timedelta(minutes=30)),
        (duration("P1M"), datetime(2026, 4, 2, 1, tzinfo=UTC)),
        (duration("wait"), MORNING + timedelta(hours=3)),
        (date("2026-03-05T10:00:00Z"), datetime(2026, 3, 5, 10, tzinfo=UTC)),
        (date("2026-03-05T10:00:00+07:00"), datetime(2026, 3, 5, 3, tzinfo=UTC)),
        (date("2026-03-05T10:00:00"), datetime(2026, 3, 5, 3, tzinfo=UTC)),
        (date("2026-03-05"), datetime(2026, 3, 4, 17, tzinfo=UTC)),
        (date("2026-W10-4"), datetime(2026, 3, 4, 17, tzinfo=UTC)),
        (date("PT2H"), MORNING + timedelta(hours=2)),
        (cycle("R3/PT10S"), MORNING + timedelta(seconds=10)),
        (cycle("R/2026-03-03T00:00:00Z/P1D"), datetime(2026, 3, 3, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_timer_is_due_when_its_text_says(event, due):
    play = waiting(event, wait="PT3H")
    (wait,) = play.step.waits
    assert wait.due_at == play.step.next_due == due
    play.now = due - timedelta(seconds=1)
    assert play.take(runner.fire_timers).status == "running"
    assert play.later(seconds=1).status == "completed"


def test_a_month_ends_on_the_last_day_where_it_is_shorter():
    diagram = process("p", start("s"), catch("t", duration("P1M")), end("e"), "s -> t -> e")
    step = runner.start(definition(diagram), {}, now=datetime(2026, 1, 31, 5, tzinfo=UTC), ports=Ports())
    assert step.next_due == datetime(2026, 2, 28, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["PT", "5 days", "2026-13-01", "R3", "R3/PT0S", "P1X", "", "P99999999Y", "9999-12-31"])
def test_a_text_that_is_no_time_is_a_fault_of_its_element(text):
    assert waiting(duration(text)).incidents == [("t", "expression_failed")]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ('=duration("PT1H")', timedelta(hours=1)),
        ("${wait}", timedelta(hours=3)),
        ("timedelta(hours=2)", timedelta(hours=2)),
        ("now() + timedelta(days=1)", timedelta(days=1)),
        ("=now() + duration(wait)", timedelta(hours=3)),
    ],
)
def test_a_timer_may_be_an_expression_in_any_language(text, after):
    assert waiting(duration(text), wait="PT3H").step.next_due == MORNING + after


def test_a_moment_in_the_past_is_due_at_once():
    play = waiting(date("2020-01-01T00:00:00Z"))
    assert play.status == "running"  # who starts an instance asks for what is due
    assert play.later().status == "completed"


def test_working_time_is_resolved_outside():
    asked = []

    def resolve(timing, now):
        asked.append((timing.text, timing.element_id, now))
        return Due(at=now + timedelta(days=14)) if timing.text.endswith("working_days") else None

    diagram = process("p", start("s"), catch("t", duration("10 working_days")), catch("u", duration("PT1H")), end("e"),
                      "s -> t -> u -> e")  # fmt: skip
    known = definition(diagram)
    ports = Ports(resolve_timer=resolve)
    step = runner.start(known, {}, now=MORNING, ports=ports)
    assert step.next_due == MORNING + timedelta(days=14)
    step = runner.fire_timers(known, step.state, now=MORNING + timedelta(days=15), ports=ports)
    assert step.next_due == MORNING + timedelta(days=15, hours=1)
    assert asked[0] == ("10 working_days", "t", MORNING)


def late(event: str, *, interrupting: bool = True) -> bytes:
    return process(
        "p", start("s"), user("a"), boundary("t", "a", event, interrupting=interrupting),
        script("count", "n = n + 1"), end("e"), "s -> a -> e", "t -> count -> e",
    )  # fmt: skip


def test_an_interrupting_boundary_timer_takes_the_task_away():
    play = Play(late(duration("PT1H")), n=0)
    assert play.later(minutes=59).tasks == ["a"]
    play.later(minutes=1)
    assert (play.status, play.vars) == ("completed", {"n": 1})
    assert play.history[1:4] == [("entered", "a"), ("cancelled", "a"), ("passed", "t")]


def test_a_boundary_timer_is_forgotten_with_its_task():
    play = Play(late(duration("PT1H")), n=0).do("a")
    assert play.status == "completed"
    assert play.step.next_due is None


def test_a_non_interrupting_boundary_timer_fires_once():
    play = Play(late(duration("PT1H"), interrupting=False), n=0).later(hours=5)
    assert (play.tasks, play.vars["n"], play.step.next_due) == (["a"], 1, None)
    assert play.later(hours=5).vars["n"] == 1


def test_a_cycle_makes_up_for_the_periods_it_missed():
    play = Play(late(cycle("R3/PT10S"), interrupting=False), n=0)
    assert play.later(seconds=25).vars["n"] == 2
    assert play.step.next_due == MORNING + timedelta(seconds=30)
    assert play.later(days=1).vars["n"] == 3
    assert play.step.next_due is None
    assert play.do("a").status == "completed"


def test_an_endless_cycle_does_not_drift_and_ends_with_its_task():
    play = Play(late(cycle("R/P1M"), interrupting=False), n=0)
    play.now = datetime(2026, 6, 10, tzinfo=UTC)
    play.take(runner.fire_timers)
    assert (play.vars["n"], play.step.next_due) == (3, datetime(2026, 7, 2, 1, tzinfo=UTC))
    assert play.do("a").status == "completed"


def test_a_cycle_ends_where_the_calendar_does():
    assert waiting(cycle("R5/0900-01-01T00:00:00Z/P3000Y")).later(seconds=1).status == "completed"


def test_a_cycle_counted_from_the_end_of_a_month_keeps_its_day():
    diagram = late(cycle("R/2026-01-31T00:00:00+07:00/P1M"), interrupting=False)
    play = Play(diagram, n=0)
    dues: list[datetime] = []
    for _ in range(3):
        due = play.step.next_due
        assert due is not None
        dues.append(due + timedelta(hours=7))
        play.now = due
        play.take(runner.fire_timers)
    assert [due.strftime("%m-%d") for due in dues] == ["01-31", "02-28", "03-31"]


def test_a_long_absence_is_made_up_for_in_several_calls():
    play = Play(late(cycle("R/PT1S"), interrupting=False), n=0).later(seconds=1500)
    assert play.vars["n"] == 1000
    assert play.step.next_due is not None
    assert play.step.next_due <= play.now
    assert play.later().vars["n"] == 1500


def test_timers_that_are_due_fire_in_the_order_of_their_moments():
    diagram = process(
        "p", start("s"), user("a"), boundary("t1", "a", duration("PT2H"), interrupting=False),
        boundary("t2", "a", duration("PT1H"), interrupting=False), task("x"), task("y"), end("e"),
        "s -> a -> e", "t1 -> x -> e", "t2 -> y -> e",
    )  # fmt: skip
    assert Play(diagram).later(hours=3).passed[1:] == ["t2", "y", "e", "t1", "x", "e"]


def test_an_event_sub_process_may_start_by_the_clock():
    diagram = process(
        "p", start("s"), user("a"), end("e"), "s -> a -> e",
        handler("on", start("s2", cycle("R2/PT1H"), isInterrupting="false"), script("n", "n = n + 1"), end("e2"),
            "s2 -> n -> e2"),
    )  # fmt: skip
    play = Play(diagram, n=0).later(hours=10)
    assert (play.vars["n"], play.tasks) == (2, ["a"])
    assert play.do("a").status == "completed"


def test_two_timers_behind_a_gateway_keep_their_own_moments():
    diagram = process(
        "p", start("s"), first("g"), catch("slow", duration("PT1H")), catch("fast", duration("PT1M")), end("e"),
        "s -> g -> slow -> e", "g -> fast -> e",
    )  # fmt: skip
    assert Play(diagram).later(minutes=1).passed == ["s", "g", "fast", "e"]
