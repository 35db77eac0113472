"""Events: messages, signals, errors, escalations, conditions, terminate, cancel; interrupting and not."""

from __future__ import annotations

import pytest

from engine import runner
from errors import NotAwaited, TaskNotOpen
from tests.engine.diagrams import (
    boundary,
    cancel,
    catch,
    condition,
    end,
    error,
    escalation,
    fork,
    handler,
    message,
    node,
    process,
    receive,
    script,
    send,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row


def test_a_message_is_awaited_by_name_and_brings_variables():
    play = Play(process("p", start("s"), catch("paid", message("paid")), end("e"), "s -> paid -> e"))
    (wait,) = play.step.waits
    assert (wait.kind, wait.name) == ("message", "paid")
    with pytest.raises(NotAwaited):
        play.message("other")
    play.message("paid", amount=7)
    assert (play.status, play.vars) == ("completed", {"amount": 7})
    with pytest.raises(NotAwaited):
        play.message("paid")


@row("Signal event", "reaches everything that waits; a message reaches one", section="10.5.1", group="Events")
def test_a_message_goes_to_one_token_a_signal_to_all():
    diagram = process(
        "p", start("s"), fork("f"), catch("m1", message("m")), catch("m2", message("m")), catch("x1", signal("x")),
        catch("x2", signal("x")), end("e"), "s -> f -> m1 -> e", "f -> m2 -> e", "f -> x1 -> e", "f -> x2 -> e",
    )  # fmt: skip
    play = Play(diagram).message("m")
    assert play.passed[-2:] == ["m1", "e"]
    play.signal("x", told=1)
    assert {"x1", "x2"} <= set(play.passed)
    assert play.message("m").status == "completed"
    with pytest.raises(NotAwaited):
        play.signal("x")


def test_a_correlation_finds_the_token_whose_variables_agree():
    diagram = process(
        "p", start("s"), sub("each", start("s2"), receive("r", messageRef="message_m"), end("e2"), _each(),
        "s2 -> r -> e2"),
        end("e"), "s -> each -> e",
    )  # fmt: skip
    play = Play(diagram, orders=["x", "y"])
    with pytest.raises(NotAwaited):
        play.message("m", {"order": "z"})
    play.message("m", {"order": "y"})
    with pytest.raises(NotAwaited):
        play.message("m", {"order": "y"})
    assert play.message("m", {"order": "x"}).status == "completed"


def _each() -> str:
    return (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>orders</loopDataInputRef>"
        '<inputDataItem id="order"/></multiInstanceLoopCharacteristics>'
    )


@row("Message event", "boundary, interrupting", section="10.5.4", group="Events")
def test_an_interrupting_boundary_message_takes_the_task_away():
    diagram = process(
        "p", start("s"), user("a"), boundary("stop", "a", message("stop")), user("b"), end("e"), "s -> a -> e",
        "stop -> b -> e",
    )  # fmt: skip
    play = Play(diagram)
    task_id = play.id_of("a")
    play.message("stop", why="late")
    assert play.history == [("passed", "s"), ("entered", "a"), ("cancelled", "a"), ("passed", "stop"), ("entered", "b")]
    assert play.tasks == ["b"]
    assert play.vars == {"why": "late"}
    with pytest.raises(TaskNotOpen):
        play.take(runner.complete_task, task_id, {})
    assert Play(diagram).do("a").status == "completed"


@row("Message event", "boundary, non-interrupting: each time it comes", section="10.5.4", group="Events")
def test_a_non_interrupting_boundary_message_goes_on_beside_the_task_each_time():
    diagram = process(
        "p", start("s"), user("a"), boundary("hint", "a", message("hint"), interrupting=False), user("b"), end("e"),
        "s -> a -> e", "hint -> b -> e",
    )  # fmt: skip
    play = Play(diagram).message("hint", n=1).message("hint", n=2)
    assert play.tasks == ["a", "b", "b"]
    play.do("a")
    with pytest.raises(NotAwaited):
        play.message("hint")
    assert play.do("b").do("b").status == "completed"


@row("Boundary event", "an interruption is immediate, whatever runs inside", section="13.5.3", group="Events")
def test_an_interruption_reaches_everything_inside_at_once():
    inside = sub(
        "in", start("s2"), fork("f"), user("a"), sub("deep", start("s3"), user("b"), end("e3"), "s3 -> b -> e3"),
        end("e2"),
        "s2 -> f -> a -> e2", "f -> deep -> e2",
    )  # fmt: skip
    diagram = process(
        "p", start("s"), inside, boundary("stop", "in", signal("stop")), end("e"), end("stopped"), "s -> in -> e",
        "stop -> stopped",
    )  # fmt: skip
    play = Play(diagram)
    assert play.tasks == ["a", "b"]
    play.signal("stop")
    assert play.status == "completed"
    assert [x for kind, x in play.history if kind == "cancelled"] == ["a", "b", "deep", "in"]
    assert play.passed[-2:] == ["stop", "stopped"]


def test_what_nobody_here_awaits_is_thrown_out():
    diagram = process(
        "p", start("s"), throw("t", message("ready")), send("m", messageRef="message_mail"), throw("x", signal("all")),
        end("e", message("done")), "s -> t -> m -> x -> e",
    )  # fmt: skip
    play = Play(diagram, n=1)
    assert [(t.kind, t.name, t.element_id, dict(t.payload)) for t in play.step.thrown] == [
        ("message", "ready", "t", {"n": 1}), ("message", "mail", "m", {"n": 1}), ("signal", "all", "x", {"n": 1}),
        ("message", "done", "e", {"n": 1}),
    ]  # fmt: skip


@row("Signal event", "end event", section="10.5.3", group="Events")
def test_a_signal_end_event_is_heard_in_its_own_instance_too():
    diagram = process(
        "p", start("s"), fork("f"), catch("c", signal("x")), end("e"), end("says", signal("x")), "s -> f -> c -> e",
        "f -> says",
    )  # fmt: skip
    play = Play(diagram)
    assert play.status == "completed"
    assert [t.name for t in play.step.thrown] == ["x"]


def failing(code: str, *more: str, ends: str = error("E1")) -> bytes:
    return process(
        "p", start("s"), sub("in", start("s2"), xor("g"), end("bad", ends), end("good"), "s2 -> g", "g -> bad if bad",
        "g -> good else"),
        boundary("caught", "in", error(code)), end("e"), user("mend"), "s -> in -> e", "caught -> mend -> e", *more,
    )  # fmt: skip


@row("Error event", "boundary, with and without a code", section="10.5.6", group="Events")
def test_an_error_is_caught_at_the_border_by_its_code_or_by_one_without():
    for code in ("E1", ""):
        play = Play(failing(code), bad=True)
        assert play.tasks == ["mend"]
        assert ("cancelled", "in") in play.history
        assert play.passed[-2:] == ["bad", "caught"]
    assert Play(failing("E1"), bad=False).status == "completed"


@row("Error event", "uncaught: the instance fails with its code", section="10.5.6", group="Events")
def test_an_error_that_nothing_catches_fails_the_instance_with_its_code():
    play = Play(failing("E2"), bad=True)
    assert (play.status, play.step.error_code) == ("failed", "E1")
    assert ("failed", "bad") in play.history
    assert not play.step.waits
    assert not play.step.next_due
    top = Play(
        process("p", start("s"), fork("f"), user("a"), end("bad", error("X")), end("e"), "s -> f -> a -> e", "f -> bad")
    )
    assert (top.status, top.step.error_code) == ("failed", "X")
    assert top.history[-2:] == [("failed", "bad"), ("cancelled", "a")]


@row("Error event", "crosses the border of called processes", section="10.5.6", group="Events")
def test_an_error_crosses_called_processes():
    called = process("q", start("s2"), end("bad", error("E1")), "s2 -> bad")
    caller = process(
        "p", start("s"), node("callActivity", "c", calledElement="q"), boundary("b", "c", error("E1")), end("e"),
        end("f"),
        "s -> c -> e", "b -> f",
    )  # fmt: skip
    play = Play(caller, called)
    assert play.passed == ["s", "s2", "bad", "b", "f"]


@row("Escalation event", "boundary, interrupting or not; unheard it goes on", section="10.5.6", group="Events")
def test_an_escalation_is_caught_without_interrupting_or_goes_unheard():
    inside = sub("in", start("s2"), throw("up", escalation("H")), user("a"), end("e2"), "s2 -> up -> a -> e2")
    diagram = process(
        "p", start("s"), inside, boundary("told", "in", escalation("H"), interrupting=False), user("boss"), end("e"),
        "s -> in -> e", "told -> boss -> e",
    )  # fmt: skip
    assert Play(diagram).tasks == ["a", "boss"]
    unheard = process("p", start("s"), inside, end("e"), "s -> in -> e")
    assert Play(unheard).tasks == ["a"]
    interrupting = process(
        "p", start("s"), inside, boundary("told", "in", escalation("H")), user("boss"), end("e"), "s -> in -> e",
        "told -> boss -> e",
    )  # fmt: skip
    play = Play(interrupting)
    assert play.tasks == ["boss"]
    assert "a" not in [x for _, x in play.history]


@row("Terminate event", "ends its scope and nothing around it", section="10.5.3", group="Events")
def test_terminate_ends_its_scope_and_nothing_around():
    inside = sub("in", start("s2"), fork("f"), user("a"), end("stop", terminate), "s2 -> f -> a -> stop", "f -> stop")
    diagram = process("p", start("s"), fork("g"), inside, user("b"), end("e"), "s -> g -> in -> e", "g -> b -> e")
    play = Play(diagram)
    assert play.tasks == ["b"]
    assert play.passed == ["s", "g", "s2", "f", "stop", "in", "e"]
    assert play.do("b").status == "completed"


def test_cancelling_a_transaction_leaves_it_by_its_cancel_boundary():
    inside = sub(
        "tx", start("s2"), fork("f"), user("a"), user("b"), end("ok"), end("undo", cancel),
        "s2 -> f -> a -> ok", "f -> b -> undo", kind="transaction",
    )  # fmt: skip
    diagram = process(
        "p", start("s"), inside, boundary("undone", "tx", cancel), end("e"), end("back"), "s -> tx -> e",
        "undone -> back",
    )  # fmt: skip
    play = Play(diagram).do("b")
    assert play.passed[-3:] == ["undo", "undone", "back"]
    assert ("cancelled", "a") in play.history
    assert play.status == "completed"
    assert Play(diagram).do("a").tasks == ["b"]


@row("Conditional event", "catching: looked at whoever changes the variables", section="10.5.5", group="Events")
def test_a_condition_is_met_whoever_changes_the_variables():
    diagram = process(
        "p", start("s"), fork("f"), catch("c", condition("n > 2")), user("a"), script("set", "n = 5"), end("e"),
        "s -> f -> c -> e", "f -> a -> set -> e",
    )  # fmt: skip
    play = Play(diagram)
    assert {wait.kind.value for wait in play.step.waits} == {"condition", "task"}
    assert play.do("a").status == "completed"
    assert "c" in Play(diagram, n=3).passed


@row("Conditional event", "boundary: fires when its condition becomes true", section="10.5.5", group="Events")
def test_a_conditional_boundary_fires_when_its_condition_becomes_true():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), xor("m"), boundary("c", "a", condition("n > 2"),
        interrupting=False),
        task("seen"), end("e"), "s -> f -> a -> e", "f -> m -> b", "b -> m", "c -> seen -> e",
    )  # fmt: skip
    play = Play(diagram, n=0).do("b", n=3).do("b", n=4)
    assert play.passed.count("seen") == 1
    assert play.do("b", n=0).do("b", n=9).passed.count("seen") == 2


def with_handler(definition: str, *, interrupting: bool = True) -> bytes:
    flag = str(interrupting).lower()
    return process(
        "p", start("s"), user("a"), xor("g"), end("e"), end("bad", error("E1")), "s -> a -> g", "g -> bad if bad",
        "g -> e else",
        handler("on", start("s2", definition, isInterrupting=flag), user("h"), end("e2"), "s2 -> h -> e2"),
    )  # fmt: skip


def test_an_interrupting_event_sub_process_takes_the_place_of_its_scope():
    play = Play(with_handler(message("stop"))).message("stop", why="x")
    assert play.tasks == ["h"]
    assert play.history[2:] == [("cancelled", "a"), ("entered", "on"), ("passed", "s2"), ("entered", "h")]
    assert play.vars == {"why": "x"}
    assert play.do("h").status == "completed"


def test_a_non_interrupting_event_sub_process_runs_beside_and_again():
    play = Play(with_handler(signal("hint"), interrupting=False)).signal("hint").signal("hint")
    assert play.tasks == ["a", "h", "h"]
    play.do("a", bad=False).do("h")
    assert play.status == "running"
    assert play.do("h").status == "completed"


def test_an_idle_event_sub_process_does_not_keep_the_instance_open():
    play = Play(with_handler(message("stop")))
    assert play.do("a", bad=False).status == "completed"
    assert not play.step.waits


def test_an_event_sub_process_catches_the_errors_of_its_scope():
    play = Play(with_handler(error("E1"))).do("a", bad=True)
    assert play.tasks == ["h"]
    assert play.do("h").status == "completed"


@row("Parallel multiple event", "waits for all of its events", section="10.5.5", group="Events")
def test_parallel_multiple_waits_for_all_of_its_events():
    both = node("intermediateCatchEvent", "both", message("x") + message("y"), parallelMultiple="true")
    play = Play(process("p", start("s"), both, end("e"), "s -> both -> e")).message("y", a=1)
    assert play.status == "running"
    with pytest.raises(NotAwaited):
        play.message("y")
    assert play.message("x").status == "completed"
    either = catch("either", message("x") + signal("y"))
    assert Play(process("p", start("s"), either, end("e"), "s -> either -> e")).signal("y").status == "completed"


def test_an_instance_starts_at_the_event_that_happened():
    diagram = process(
        "p", start("s"), start("m", message("go")), user("a"), user("b"), end("e"), "s -> a -> e", "m -> b -> e",
    )  # fmt: skip
    assert Play(diagram).tasks == ["a"]
    assert Play(diagram, at="m").tasks == ["b"]


@row(
    "Throwing event", "has passed even where what it throws interrupts its own scope", section="13.5.2", group="Events"
)
def test_what_throws_has_passed_even_if_it_interrupts_its_own_scope():
    inside = sub("in", start("s2"), fork("f"), user("a"), throw("t", signal("x")), user("b"), end("e2"),
                 "s2 -> f -> a -> e2", "f -> t -> b -> e2")  # fmt: skip
    diagram = process(
        "p", start("s"), inside, boundary("stop", "in", signal("x")), end("e"), end("f2"), "s -> in -> e", "stop -> f2",
    )  # fmt: skip
    play = Play(diagram)
    assert play.passed == ["s", "s2", "f", "t", "stop", "f2"]
    assert [x for kind, x in play.history if kind == "cancelled"] == ["a", "in"]
    assert play.status == "completed"


def test_an_event_sub_process_may_start_by_a_condition():
    play = Play(with_handler(condition("n > 2")), n=0)
    assert play.take(runner.set_variables, {"n": 3}).tasks == ["h"]
    beside = Play(with_handler(condition("n > 2"), interrupting=False), n=3)
    assert beside.tasks == ["a", "h"]


def test_an_event_sub_process_does_not_catch_its_own_error():
    inner = handler("on", start("s2", error("E1")), end("again", error("E1")), "s2 -> again")
    inside = sub("in", start("s1"), end("bad", error("E1")), "s1 -> bad", inner)
    diagram = process(
        "p", start("s"), inside, boundary("b", "in", error("E1")), end("e"), user("mend"), "s -> in -> e", "b -> mend",
    )  # fmt: skip
    assert Play(diagram).tasks == ["mend"]
    alone = process("p", start("s"), end("bad", error("E1")), "s -> bad", inner)
    play = Play(alone)
    assert (play.status, play.step.error_code) == ("failed", "E1")
    assert play.passed[:2] == ["s", "bad"]


def test_a_boundary_event_on_a_called_process_and_on_one_instance_of_many():
    called = process("q", start("s2"), user("u"), end("bad", error("E1")), end("good"), xor("g"), "s2 -> u -> g",
                     "g -> bad if bad", "g -> good else")  # fmt: skip
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    caller = process(
        "p", start("s"), node("callActivity", "c", loop, calledElement="q"), boundary("b", "c", error("E1")), end("e"),
        user("mend"), "s -> c -> e", "b -> mend",
    )  # fmt: skip
    play = Play(caller, called).do("u", bad=False)
    assert play.tasks == ["u", "u"]
    assert play.do("u", bad=True).tasks == ["mend"]
    assert [x for kind, x in play.history if kind == "cancelled"] == ["c", "u", "c"]
