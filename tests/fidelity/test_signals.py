"""Signal, link and none events (10.5.3, 10.5.4, 10.5.5)."""

from __future__ import annotations

import pytest

from errors import NotAwaited
from tests.engine.diagrams import (
    boundary,
    catch,
    end,
    fork,
    handler,
    process,
    script,
    signal,
    start,
    sub,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, refusals

GROUP = "Events"


def link(name: str) -> str:
    return f'<linkEventDefinition name="{name}"/>'


@row("Signal catch event", "waits for its signal, whose payload becomes variables", section="10.5.5", group=GROUP)
def test_a_catch_event_waits_for_its_signal():
    play = Play(accepted(process("p", start("s"), catch("c", signal("x")), end("e"), "s -> c -> e")))
    assert [(wait.kind, wait.name) for wait in play.step.waits] == [("signal", "x")]
    with pytest.raises(NotAwaited):
        play.signal("y")
    assert play.signal("x", told=1).vars == {"told": 1}
    assert play.history == [("passed", "s"), ("entered", "c"), ("completed", "c"), ("passed", "e")]


@row("Signal event", "reaches every waiting event once, in every scope", section="10.5.5", group=GROUP)
def test_a_signal_reaches_everybody_once():
    deep = sub("deep", start("s2"), catch("c3", signal("x")), end("e2"), "s2 -> c3 -> e2")
    diagram = process(
        "p", start("s"), fork("f"), catch("c1", signal("x")), catch("c2", signal("x")), deep, user("a"), end("e"),
        "s -> f -> c1 -> e", "f -> c2 -> e", "f -> deep -> e", "f -> a -> e",
    )  # fmt: skip
    play = Play(accepted(diagram)).signal("x")
    assert [play.passed.count(name) for name in ("c1", "c2", "c3")] == [1, 1, 1]
    with pytest.raises(NotAwaited):
        play.signal("x")


@row("Signal throw event", "reaches its own instance at once, and all the others", section="10.5.5", group=GROUP)
@row("Signal end event", "reaches its own instance at once, and all the others", section="10.5.3", group=GROUP)
@pytest.mark.parametrize("ends", [True, False])
def test_a_signal_is_thrown(ends: bool):
    thrower = (end("t", signal("x")),) if ends else (throw("t", signal("x")), end("e2"), "t -> e2")
    diagram = process(
        "p", start("s"), fork("f"), catch("c", signal("x")), end("e"), *thrower, "s -> f -> c -> e", "f -> t",
    )  # fmt: skip
    play = Play(accepted(diagram), n=1)
    assert play.status == "completed"
    assert [(one.kind, one.name, dict(one.payload)) for one in play.step.thrown] == [("signal", "x", {"n": 1})]
    assert play.passed.index("t") < play.passed.index("c")


@row("Signal throw event", "is not kept for who waits later", section="10.5.5", group=GROUP)
def test_a_signal_is_not_kept():
    diagram = process("p", start("s"), throw("t", signal("x")), catch("c", signal("x")), end("e"), "s -> t -> c -> e")
    play = Play(accepted(diagram))
    assert play.status == "running"
    assert play.signal("x").status == "completed"


@row("Signal boundary event", "interrupting: the activity ends, with all in it", section="10.5.4", group=GROUP)
def test_an_interrupting_boundary_signal():
    inner = sub("in", start("s2"), fork("f"), user("a"), user("b"), end("e2"), "s2 -> f -> a -> e2", "f -> b -> e2")
    diagram = process("p", start("s"), inner, boundary("x", "in", signal("x")), user("c"), end("e"), "s -> in -> e",
                      "x -> c -> e")  # fmt: skip
    play = Play(accepted(diagram)).signal("x")
    assert play.tasks == ["c"]
    assert [name for kind, name in play.history if kind == "cancelled"] == ["a", "b", "in"]


@row("Signal boundary event", "non-interrupting: the activity goes on, each time", section="10.5.4", group=GROUP)
def test_a_non_interrupting_boundary_signal():
    diagram = process(
        "p", start("s"), user("a"), boundary("x", "a", signal("x"), interrupting=False), script("n", "n = n + 1"),
        end("e"), "s -> a -> e", "x -> n -> e",
    )  # fmt: skip
    play = Play(accepted(diagram), n=0).signal("x").signal("x")
    assert (play.tasks, play.vars["n"]) == (["a"], 2)
    assert play.do("a").status == "completed"


@row("Signal start event of an event sub-process", "interrupting and not, at any depth", section="10.3.5.1",
     group=GROUP)  # fmt: skip
@pytest.mark.parametrize("interrupts", [True, False])
def test_a_signal_starts_event_sub_processes_at_every_depth(interrupts: bool):
    def on(number: int) -> str:
        begin = start(f"s{number}", signal("x"), isInterrupting=str(interrupts).lower())
        return handler(
            f"on{number}", begin, user(f"h{number}"), end(f"e{number}"), f"s{number} -> h{number} -> e{number}"
        )

    deep = sub("deep", start("ds"), user("a"), end("de"), "ds -> a -> de", on(1))
    diagram = process("p", start("s"), deep, end("e"), "s -> deep -> e", on(2))
    play = Play(accepted(diagram)).signal("x")
    assert play.tasks == (["h2"] if interrupts else ["a", "h1", "h2"])


@row("Signal end event", "of an event sub-process does not start it again by itself", section="10.3.5.1", group=GROUP)
def test_a_signal_from_within_its_own_handler():
    on = handler("on", start("s2", signal("x")), user("h"), end("e2", signal("x")), "s2 -> h -> e2")
    play = Play(accepted(process("p", start("s"), user("a"), end("e"), "s -> a -> e", on))).signal("x")
    assert play.do("h").status == "completed"


@row("Signal event", "without a signal", section="10.5.5", group=GROUP, refused=True)
def test_a_signal_event_needs_a_signal():
    assert refusals(
        process("p", start("s"), catch("c", "<signalEventDefinition/>"), end("e"), "s -> c -> e")
    ) == {"signal-missing"}  # fmt: skip


@row(
    "Link event", "a throw goes on at the catch of the same name, from several places", section="10.5.5.5", group=GROUP
)
def test_links_join_what_is_drawn_apart():
    diagram = process(
        "p", start("s"), xor("g"), throw("t1", link("A")), throw("t2", link("A")), catch("c", link("A")),
        script("n", "n = n + 1"), end("e"), "s -> g", "g -> t1 if n > 5", "g -> t2 else", "c -> n -> e",
    )  # fmt: skip
    assert Play(accepted(diagram), n=1).passed == ["s", "g", "t2", "c", "n", "e"]
    assert Play(diagram, n=9).passed == ["s", "g", "t1", "c", "n", "e"]


@row("Link event", "loops back, and stays within its sub-process", section="10.5.5.5", group=GROUP)
def test_a_link_may_lead_back():
    inner = sub(
        "in", start("s2"), catch("c", link("again")), script("n", "n = n + 1"), xor("g"), throw("t", link("again")),
        end("e2"), "s2 -> n -> g", "c -> n", "g -> t if n < 4", "g -> e2 else",
    )  # fmt: skip
    play = Play(accepted(process("p", start("s"), inner, end("e"), "s -> in -> e")), n=0)
    assert (play.status, play.vars["n"], play.passed.count("t")) == ("completed", 4, 3)


@row("Link event", "a throw without its catch, two catches of one name, or a link out of its scope", section="10.5.5.5",
     group=GROUP, refused=True)  # fmt: skip
def test_a_link_needs_one_target_in_its_scope():
    alone = process("p", start("s"), throw("t", link("A")), "s -> t")
    assert "link-without-target" in refusals(alone)
    twice = process("p", start("s"), throw("t", link("A")), catch("c", link("A")), catch("d", link("A")), end("e"),
                    "s -> t", "c -> e", "d -> e")  # fmt: skip
    assert "link-with-two-targets" in refusals(twice)
    inner = sub("in", start("s2"), throw("t", link("A")), "s2 -> t")
    outside = process("p", start("s"), inner, catch("c", link("A")), end("e"), "s -> in -> e", "c -> e")
    assert "link-without-target" in refusals(outside)


@row("None event", "start, intermediate throw and end events pass at once", section="10.5", group=GROUP)
def test_none_events_pass():
    play = Play(accepted(process("p", start("s"), throw("t"), end("e"), "s -> t -> e")))
    assert play.history == [("passed", "s"), ("passed", "t"), ("passed", "e")]
    assert play.status == "completed"


@row("None end event", "ends its own path only", section="10.5.3", group=GROUP)
def test_a_none_end_ends_its_path():
    diagram = process("p", start("s"), fork("f"), user("a"), end("e1"), end("e2"), "s -> f -> a -> e1", "f -> e2")
    play = Play(accepted(diagram))
    assert play.status == "running"
    assert play.do("a").status == "completed"


@row("None event", "an intermediate catch event that says not what it waits for", section="10.5", group=GROUP,
     refused=True)  # fmt: skip
def test_a_none_catch_event_is_refused():
    assert "event-without-definition" in refusals(process("p", start("s"), catch("c"), end("e"), "s -> c -> e"))
