"""Events of several definitions: any of them, or all; thrown in their order (10.5.1, 10.5.4, 10.5.6)."""

from __future__ import annotations

import pytest

from errors import NotAwaited
from tests.engine.diagrams import (
    boundary,
    catch,
    condition,
    duration,
    end,
    escalation,
    handler,
    message,
    process,
    signal,
    start,
    sub,
    throw,
    user,
)
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted

GROUP = "Events"


@row("Multiple throw event", "throws all its events, in their order", section="10.5.6", group=GROUP)
@row("Multiple end event", "throws all its events, in their order", section="10.5.3", group=GROUP)
@pytest.mark.parametrize("ends", [True, False])
def test_several_events_are_thrown_in_order(ends: bool):
    events = message("m") + signal("x") + message("n")
    made = (end("t", events),) if ends else (throw("t", events), end("e"), "t -> e")
    play = Play(accepted(process("p", start("s"), *made, "s -> t")))
    assert [(one.kind, one.name) for one in play.step.thrown] == [("message", "m"), ("signal", "x"), ("message", "n")]
    assert (play.status, play.passed[:2]) == ("completed", ["s", "t"])


@row("Multiple boundary event", "any of its events happens to the activity", section="10.5.4", group=GROUP)
@pytest.mark.parametrize("which", ["message", "signal", "timer", "escalation"])
def test_any_event_of_a_multiple_boundary_event(which: str):
    inner = sub("in", start("s2"), user("a"), throw("up", escalation("U")), user("b"), end("e2"),
                "s2 -> a -> up -> b -> e2")  # fmt: skip
    events = message("m") + signal("x") + duration("PT1H") + escalation("U")
    diagram = process(
        "p", start("s"), inner, boundary("any", "in", events), user("c"), end("e"), "s -> in -> e", "any -> c -> e"
    )
    play = Play(accepted(diagram))
    match which:
        case "message":
            play.message("m")
        case "signal":
            play.signal("x")
        case "timer":
            play.later(hours=1)
        case _:
            play.do("a")
    assert play.tasks == ["c"]
    assert ("cancelled", "in") in play.history
    assert play.do("c").status == "completed"


@row("Parallel multiple boundary event", "happens when all its events have, each once", section="10.5.4", group=GROUP)
@pytest.mark.parametrize("interrupts", [True, False])
def test_a_parallel_multiple_boundary_event_needs_all(interrupts: bool):
    event = boundary("all", "a", message("m") + signal("x"), interrupting=interrupts)
    event = event.replace('id="all"', 'id="all" parallelMultiple="true"')
    diagram = process("p", start("s"), user("a"), event, user("c"), end("e"), "s -> a -> e", "all -> c -> e")
    play = Play(accepted(diagram)).message("m", n=1)
    assert play.tasks == ["a"]
    with pytest.raises(NotAwaited):
        play.message("m")
    play.signal("x")
    assert play.tasks == (["c"] if interrupts else ["a", "c"])


@row("Event sub-process", "starts by any of several events", section="10.3.5.1", group=GROUP)
def test_an_event_sub_process_starts_by_any_of_its_events():
    on = handler("on", start("s2", message("m") + condition("n > 3")), user("h"), end("e2"), "s2 -> h -> e2")
    diagram = accepted(process("p", start("s"), user("a"), end("e"), "s -> a -> e", on))
    assert Play(diagram, n=1).message("m").tasks == ["h"]
    assert Play(diagram, n=5).tasks == ["h"]


@row("Parallel multiple catch event", "waits for all, in any order", section="10.5.6", group=GROUP)
def test_all_events_in_any_order():
    event = catch("c", message("m") + message("n") + signal("x"), parallelMultiple="true")
    diagram = accepted(process("p", start("s"), event, end("e"), "s -> c -> e"))
    for order in ("mnx", "xmn", "nxm"):
        play = Play(diagram)
        for name in order:
            assert play.status == "running"
            play = play.signal("x") if name == "x" else play.message(name)
        assert play.history[1:] == [("entered", "c"), ("completed", "c"), ("passed", "e")]
