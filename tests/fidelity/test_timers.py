"""Timers: when they are due, where they stand, and what they do there (10.5.5, ISO 8601, cron)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import runner
from tests.engine.diagrams import (
    boundary,
    catch,
    cycle,
    date,
    duration,
    end,
    first,
    handler,
    message,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    user,
)
from tests.engine.play import MORNING, Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, refusals

GROUP = "Events"


def waiting(event: str, **variables) -> Play:
    return Play(accepted(process("p", start("s"), catch("t", event), end("e"), "s -> t -> e")), **variables)


def dues(play: Play, count: int) -> list[datetime]:
    """Let the next timers happen one by one; give their moments."""
    found: list[datetime] = []
    for _ in range(count):
        due = play.step.next_due
        if due is None:
            break
        found.append(due)
        play.now = due
        play.take(runner.fire_timers)
    return found


@row("Timer event", "a moment (timeDate): date, date-time, week date, day of the year", section="10.5.5.9", group=GROUP)
@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-03-05T10:00:00Z", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05T10:00:00.250+07:00", datetime(2026, 3, 5, 3, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-03-05T10:00:00", datetime(2026, 3, 5, 3, tzinfo=UTC)),
        ("20260305T100000Z", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-03-05", datetime(2026, 3, 4, 17, tzinfo=UTC)),
        ("2026-W10-4", datetime(2026, 3, 4, 17, tzinfo=UTC)),
        ("2026-W10-4T10:00:00Z", datetime(2026, 3, 5, 10, tzinfo=UTC)),
        ("2026-064", datetime(2026, 3, 4, 17, tzinfo=UTC)),
    ],
)
def test_a_date_is_due_at_its_moment(text: str, due: datetime):
    play = waiting(date(text))
    assert play.step.next_due == due
    play.now = due - timedelta(seconds=1)
    assert play.take(runner.fire_timers).status == "running"
    assert play.later(seconds=1).status == "completed"
    assert play.history == [("passed", "s"), ("entered", "t"), ("completed", "t"), ("passed", "e")]


@row("Timer event", "a duration, fractions included", section="10.5.5.9", group=GROUP)
@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("PT1H", timedelta(hours=1)), ("P2W", timedelta(days=14)), ("PT0.5H", timedelta(minutes=30)),
        ("PT1,5S", timedelta(seconds=1.5)), ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ('"PT1H"', timedelta(hours=1)),
    ],
)  # fmt: skip
def test_a_duration_counts_from_the_moment_of_waiting(text: str, after: timedelta):
    assert waiting(duration(text)).step.next_due == MORNING + after


@row("Timer event", "a month ends on the last day where it is shorter", section="10.5.5.9", group=GROUP)
def test_months_are_calendar_months():
    play = waiting(cycle("R/2026-01-31T00:00:00+07:00/P1M"))
    assert play.step.next_due == datetime(2026, 1, 30, 17, tzinfo=UTC)
    diagram = process(
        "p", start("s"), user("a"), boundary("t", "a", cycle("R4/2026-01-31T00:00:00+07:00/P1M"), interrupting=False),
        end("e"), "s -> a -> e", "t -> e",
    )  # fmt: skip
    found = [(due + timedelta(hours=7)).strftime("%m-%d") for due in dues(Play(accepted(diagram)), 9)]
    assert found == ["01-31", "02-28", "03-31", "04-30"]


@row("Timer event", "an expression gives the text, date, moment or duration", section="10.5.5.9", group=GROUP)
@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("wait", timedelta(hours=3)), ("${wait}", timedelta(hours=3)), ('=duration("PT3H")', timedelta(hours=3)),
        ("timedelta(hours=3)", timedelta(hours=3)), ("now() + timedelta(hours=3)", timedelta(hours=3)),
        ("moment", timedelta(hours=3)), ("text", timedelta(hours=3)),
    ],
)  # fmt: skip
def test_a_timer_may_be_computed(text: str, after: timedelta):
    moment = MORNING + timedelta(hours=3)
    variables = {"wait": "PT3H", "moment": moment, "text": moment.isoformat()}
    assert waiting(duration(text), **variables).step.next_due == MORNING + after


def reminding(text: str) -> str:
    return boundary("t", "a", cycle(text), interrupting=False)


def host(event: str) -> bytes:
    return process("p", start("s"), user("a"), event, script("n", "n = n + 1"), end("e"), "s -> a -> e", "t -> n -> e")


@row("Timer event", "a cycle: R3/PT10S, R/…, with its start, with its end, from start to end", section="10.5.5.9",
     group=GROUP)  # fmt: skip
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("R3/PT10S", [10, 20, 30]),
        ("R3/2026-03-02T01:00:05Z/PT10S", [5, 15, 25]),
        ("R/PT10S/2026-03-02T01:00:25Z", [10, 20]),
        ("R5/PT10S/2026-03-02T01:00:25Z", [10, 20]),
        ("R2/2026-03-02T01:01:00Z/2026-03-02T01:01:30Z", [60, 90]),
        ("=\"R2/PT\" + unit", [1, 2]),
    ],
)  # fmt: skip
def test_a_cycle_happens_at_each_of_its_moments(text: str, seconds: list[int]):
    play = Play(accepted(host(reminding(text))), n=0, unit="1S")
    assert dues(play, 9) == [MORNING + timedelta(seconds=second) for second in seconds]
    assert (play.vars["n"], play.tasks) == (len(seconds), ["a"])
    assert play.do("a").status == "completed"


@row("Timer event", "cron in a cycle: five fields, Quartz' and Spring's six and seven, in the time of Viet Nam",
     section="10.5.5.9", group=GROUP)  # fmt: skip
@pytest.mark.parametrize(
    ("text", "first_three"),
    [
        ("30 8 * * MON-FRI", ["03-02 08:30", "03-03 08:30", "03-04 08:30"]),
        ("0 0 9 ? * 2#1", ["03-02 09:00", "04-06 09:00", "05-04 09:00"]),
        ("0 0 0 L * ?", ["03-31 00:00", "04-30 00:00", "05-31 00:00"]),
        ("@hourly", ["03-02 09:00", "03-02 10:00", "03-02 11:00"]),
    ],
)
def test_a_cron_cycle_happens_when_its_text_says(text: str, first_three: list[str]):
    play = Play(accepted(host(reminding(text))), n=0)
    assert [(due + timedelta(hours=7)).strftime("%m-%d %H:%M") for due in dues(play, 3)] == first_three
    assert play.vars["n"] == 3


@row("Timer event", "every missed moment of a cycle is made up for, in order", section="10.5.5.9", group=GROUP)
def test_missed_moments_happen_when_the_server_is_back():
    play = Play(host(reminding("R/PT1H")), n=0).later(hours=50)
    assert play.vars["n"] == 50
    assert Play(host(reminding("0 * * * *")), n=0).later(hours=3).vars["n"] == 3


@row("Timer event", "a period under a second, R0, or a text that means no moment", section="10.5.5.9", group=GROUP,
     refused=True)  # fmt: skip
@pytest.mark.parametrize("event", [cycle("R/PT0.001S"), cycle("R0/PT1H"), cycle("0 0 25 * * ?"), date("2026-02-30")])
def test_a_timer_that_cannot_be_meant_is_refused(event: str):
    assert "timer-unreadable" in refusals(process("p", start("s"), catch("t", event), end("e"), "s -> t -> e"))


@row("Timer boundary event", "interrupting: the activity ends", section="10.5.4", group=GROUP)
def test_an_interrupting_boundary_timer_takes_the_task_away():
    play = Play(accepted(host(boundary("t", "a", duration("PT1H")))), n=0).later(hours=1)
    assert (play.status, play.vars["n"]) == ("completed", 1)
    assert play.history[1:] == [
        ("entered", "a"), ("cancelled", "a"), ("passed", "t"), ("passed", "n"), ("passed", "e"),
    ]  # fmt: skip
    assert Play(host(boundary("t", "a", duration("PT1H")))).do("a").step.next_due is None


@row("Timer boundary event", "an interrupting cycle happens once", section="10.5.4", group=GROUP)
def test_an_interrupting_cycle_happens_once():
    play = Play(accepted(host(boundary("t", "a", cycle("R5/PT1H")))), n=0).later(hours=9)
    assert (play.status, play.vars["n"]) == ("completed", 1)


@row("Timer boundary event", "non-interrupting: the activity goes on", section="10.5.4", group=GROUP)
def test_a_non_interrupting_boundary_timer_goes_on_beside_its_task():
    play = Play(accepted(host(boundary("t", "a", duration("PT1H"), interrupting=False))), n=0).later(hours=5)
    assert (play.tasks, play.vars["n"]) == (["a"], 1)
    assert play.do("a").status == "completed"


@row("Timer start event of an event sub-process", "interrupting", section="10.3.5.1", group=GROUP)
def test_an_interrupting_timer_of_an_event_sub_process_ends_its_scope():
    on = handler("on", start("s2", duration("PT1H")), user("late"), end("e2"), "s2 -> late -> e2")
    play = Play(accepted(process("p", start("s"), user("a"), end("e"), "s -> a -> e", on))).later(hours=1)
    assert play.tasks == ["late"]
    assert ("cancelled", "a") in play.history
    assert play.do("late").status == "completed"


@row("Timer start event of an event sub-process", "non-interrupting, each period of a cycle", section="10.3.5.1",
     group=GROUP)  # fmt: skip
def test_a_timer_of_an_event_sub_process_runs_beside_its_scope():
    on = handler(
        "on", start("s3", cycle("R2/PT1H"), isInterrupting="false"), script("n", "n = n + 1"), end("e3"),
        "s3 -> n -> e3",
    )  # fmt: skip
    inner = sub("in", start("s2"), user("a"), end("e2"), "s2 -> a -> e2", on)
    play = Play(accepted(process("p", start("s"), inner, end("e"), "s -> in -> e")), n=0).later(hours=9)
    assert (play.vars["n"], play.tasks) == (2, ["a"])
    assert play.do("a").status == "completed"


RACE = process(
    "p", start("s"), first("g"), catch("slow", duration("PT2H")), catch("fast", duration("PT1H")),
    catch("m", message("m")), catch("x", signal("x")), receive("r", messageRef="message_r"), end("e"), "s -> g",
    *[f"g -> {name} -> e" for name in ("slow", "fast", "m", "x", "r")],
)  # fmt: skip


@row("Event-based gateway", "several timers: the earliest only", section="10.6.6", group="Gateways")
def test_the_earliest_timer_behind_a_gateway_wins_even_late():
    assert Play(accepted(RACE)).later(hours=9).passed == ["s", "g", "fast", "e"]


@row("Event-based gateway", "exactly one branch: the first event takes the others away", section="10.6.6",
     group="Gateways")  # fmt: skip
@pytest.mark.parametrize("which", ["m", "r", "x"])
def test_the_first_event_behind_a_gateway_takes_the_others_away(which: str):
    play = Play(RACE)
    play = play.signal("x") if which == "x" else play.message(which)
    assert (play.status, play.passed) == ("completed", ["s", "g", which, "e"])
    assert play.step.next_due is None
