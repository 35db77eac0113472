"""How processes begin: start events of all kinds, receive tasks and gateways that create instances (10.5.2, 10.6.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine import runner
from engine.events import Ports
from errors import NotAwaited
from tests.engine.diagrams import (
    catch,
    condition,
    cycle,
    date,
    duration,
    end,
    first,
    message,
    process,
    receive,
    signal,
    start,
    user,
)  # fmt: skip
from tests.engine.play import MORNING, Play, definition
from tests.fidelity import row
from tests.fidelity.uploads import accepted, findings, refusals

GROUP = "Events"
SEVERAL = process(
    "p", start("plain"), start("told", message("go")), start("heard", signal("all")), start("clock", cycle("R3/PT1H")),
    user("a"), user("b"), user("c"), user("d"), end("e"), "plain -> a -> e", "told -> b -> e", "heard -> c -> e",
    "clock -> d -> e",
)  # fmt: skip


def begins(xml: bytes) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.element_id) for one in runner.starts(definition(xml))]


@row("Start event", "several of different kinds: each begins an instance of its own", section="10.5.2", group=GROUP)
def test_each_of_several_starts_begins_its_own_path():
    accepted(SEVERAL)
    assert begins(SEVERAL) == [("message", "go", "told"), ("signal", "all", "heard")]
    assert Play(SEVERAL).tasks == ["a"]
    assert Play.begun(SEVERAL, "message", "go", n=1).tasks == ["b"]
    assert Play.begun(SEVERAL, "signal", "all").history == [("passed", "heard"), ("entered", "c")]
    assert Play(SEVERAL, at="clock").tasks == ["d"]


@row("Message start event", "creates an instance, whose first variables are the payload", section="10.5.2", group=GROUP)
def test_a_message_start_brings_its_payload():
    plain = process("p", start("s", message("go")), user("a"), end("e"), "s -> a -> e")
    play = Play.begun(accepted(plain), "message", "go", n=1)
    assert (play.history, play.vars) == ([("passed", "s"), ("entered", "a")], {"n": 1})
    kept = process("p", start("s", message("go"), motcua__payloadVariable="bill"), user("a"), end("e"), "s -> a -> e")
    assert Play.begun(accepted(kept), "message", "go", n=1).vars == {"bill": {"n": 1}}


@row("Signal start event", "creates an instance with the signal's payload", section="10.5.2", group=GROUP)
def test_a_signal_start_brings_its_payload():
    xml = process("p", start("s", signal("x")), user("a"), end("e"), "s -> a -> e")
    assert Play.begun(accepted(xml), "signal", "x", n=1).vars == {"n": 1}


@row("Timer start event", "is planned from the moment of publication: date, duration, cycle, cron", section="10.5.2",
     group=GROUP)  # fmt: skip
@pytest.mark.parametrize(
    ("event", "after"),
    [
        (date("2026-03-02T02:00:00Z"), [60]), (duration("PT1H"), [60]), (cycle("R3/PT1H"), [60, 120, 180]),
        (cycle("30 8,9 * * *"), [30, 90, 1470]),
    ],
)  # fmt: skip
def test_a_timer_start_is_planned(event: str, after: list[int]):
    known = definition(accepted(process("p", start("s", event), user("a"), end("e"), "s -> a -> e")))
    (timer,) = runner.start_timers(known, now=MORNING, ports=Ports())
    found: list[datetime] = []
    following: runner.StartTimer | None = timer
    while following is not None and len(found) < 3:
        found.append(following.due_at)
        following = runner.following(following)
    assert found == [MORNING + timedelta(minutes=minutes) for minutes in after]


@row("Multiple start event", "any one of its events creates an instance", section="10.5.2", group=GROUP)
def test_any_event_of_a_multiple_start_begins():
    several = start("s", message("go") + signal("all") + duration("PT1H"))
    xml = accepted(process("p", several, user("a"), end("e"), "s -> a -> e"))
    assert begins(xml) == [("message", "go", "s"), ("signal", "all", "s")]
    for kind, name in (("message", "go"), ("signal", "all")):
        play = Play.begun(xml, kind, name, n=1)
        assert (play.tasks, play.history[0], play.vars) == (["a"], ("passed", "s"), {"n": 1})
    (timer,) = runner.start_timers(definition(xml), now=MORNING, ports=Ports())
    assert (timer.element, timer.index) == ("s", 2)


@row("Parallel multiple start event", "the first event creates the instance, which goes on when it has had all",
     section="10.5.2", group=GROUP)  # fmt: skip
def test_a_parallel_multiple_start_needs_all_its_events():
    all_of = start("s", message("m1") + message("m2") + signal("x"), parallelMultiple="true")
    xml = accepted(process("p", all_of, user("a"), end("e"), "s -> a -> e"))
    play = Play.begun(xml, "message", "m2", two=2)
    assert (play.tasks, play.history) == ([], [("entered", "s")])
    with pytest.raises(NotAwaited):
        play.message("m2")
    play.signal("x")
    assert play.tasks == []
    play.message("m1", one=1)
    assert (play.tasks, play.vars) == (["a"], {"one": 1, "two": 2})
    assert play.history == [("entered", "s"), ("completed", "s"), ("entered", "a")]


@row("Parallel multiple start event", "with a timer or condition among its events", section="10.5.2", group=GROUP,
     refused=True)  # fmt: skip
def test_a_timer_among_all_is_refused():
    all_of = start("s", message("m") + duration("PT1H"), parallelMultiple="true")
    assert refusals(process("p", all_of, user("a"), end("e"), "s -> a -> e")) == {"parallel-start"}


@row("Multiple catch event", "waits for one of its events, parallel multiple for all", section="10.5.6", group=GROUP)
def test_multiple_catch_events():
    for parallel, after in (("false", "completed"), ("true", "running")):
        event = catch("c", message("m") + signal("x") + duration("PT1H"), parallelMultiple=parallel)
        play = Play(accepted(process("p", start("s"), event, end("e"), "s -> c -> e"))).message("m", n=1)
        assert (play.status, play.vars) == (after, {"n": 1})
        if parallel == "true":
            assert play.signal("x").status == "running"
            assert play.later(hours=1).status == "completed"


@row("Receive task", "with instantiate creates an instance", section="10.3.3.1", group="Activities")
def test_a_receive_task_creates_an_instance():
    xml = process("p", receive("r", messageRef="message_m", instantiate="true"), user("a"), end("e"), "r -> a -> e")
    assert begins(accepted(xml)) == [("message", "m", "r")]
    play = Play.begun(xml, "message", "m", n=1)
    assert (play.history, play.vars) == ([("entered", "r"), ("completed", "r"), ("entered", "a")], {"n": 1}) or (
        play.history, play.vars
    ) == ([("passed", "r"), ("entered", "a")], {"n": 1})  # fmt: skip


@row("Receive task", "with instantiate in the middle of a flow", section="10.3.3.1", group="Activities", refused=True)
def test_only_what_nothing_leads_to_creates_an_instance():
    middle = receive("r", messageRef="message_m", instantiate="true")
    assert "instantiating" in refusals(process("p", start("s"), middle, end("e"), "s -> r -> e"))


GATEWAY = (catch("x", message("x")), catch("y", message("y")), user("a"), user("b"), end("e"), "g -> x -> a -> e",
           "g -> y -> b -> e")  # fmt: skip


@row("Event-based gateway", "instantiating, exclusive: the first event creates the instance, the others are forgotten",
     section="10.6.6", group="Gateways")  # fmt: skip
def test_an_exclusive_gateway_creates_an_instance():
    xml = accepted(process("p", first("g", instantiate="true"), *GATEWAY))
    assert begins(xml) == [("message", "x", "x"), ("message", "y", "y")]
    play = Play.begun(xml, "message", "y", n=1)
    assert (play.tasks, play.passed, play.vars) == (["b"], ["g", "y"], {"n": 1})
    with pytest.raises(NotAwaited):
        play.message("x")
    assert play.do("b").status == "completed"


@row("Event-based gateway", "instantiating, parallel: the first event creates the instance, which awaits the others",
     section="10.6.6", group="Gateways")  # fmt: skip
def test_a_parallel_gateway_creates_an_instance_that_awaits_the_others():
    xml = accepted(process("p", first("g", instantiate="true", eventGatewayType="Parallel"), *GATEWAY))
    play = Play.begun(xml, "message", "y", n=1)
    assert (play.tasks, play.passed) == (["b"], ["g", "y"])
    assert play.do("b").status == "running"
    play.message("x", m=2)
    assert (play.tasks, play.vars) == (["a"], {"n": 1, "m": 2})
    assert play.do("a").status == "completed"


@row("Event-based gateway", "parallel where it does not begin a process", section="10.6.6", group="Gateways",
     refused=True)  # fmt: skip
def test_a_parallel_gateway_only_begins():
    xml = process("p", start("s"), first("g", eventGatewayType="Parallel"), *GATEWAY, "s -> g")
    assert "event-gateway-parallel" in refusals(xml)


@row("Process", "without a start event begins at all that no flow leads to", section="13.2", group="Structure")
def test_a_process_without_a_start_event_begins_everywhere():
    play = Play(accepted(process("p", user("a"), user("b"))))
    assert play.tasks == ["a", "b"]
    assert play.do("a").do("b").status == "completed"


@row("Conditional start event", "creates an instance when a program asks (POST /conditions) and it holds",
     section="10.5.2", group=GROUP)  # fmt: skip
def test_a_conditional_start_is_looked_at_when_asked():
    xml = accepted(process("p", start("s", condition("n > 3")), user("a"), end("e"), "s -> a -> e"))
    assert "starts-by-condition" in {finding.rule for finding in findings(xml)}
    assert begins(xml) == [("condition", "n > 3", "s")]
    play = Play.begun(xml, "condition", "n > 3", n=4)
    assert (play.tasks, play.vars) == (["a"], {"n": 4})


@row("Message start event", "two of one process for the same message", section="10.5.2", group=GROUP, refused=True)
def test_two_starts_by_one_message_are_refused():
    xml = process("p", start("s", message("m")), start("t", message("m")), end("e"), "s -> e", "t -> e")
    assert refusals(xml) == {"message-starts-twice"}
