"""Errors of the diagram: who catches them, what they carry, and that an interruption is immediate."""

from __future__ import annotations

import pytest

from bpmn.bundle import read
from engine import runner
from tests.engine.diagrams import (
    boundary,
    call,
    duration,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    process,
    script,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    user,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row


def accepted(xml: bytes) -> bytes:
    """Check that an upload of the diagram is accepted."""
    assert [finding for finding in read({"p.bpmn": xml}).findings if finding.severity == "error"] == []
    return xml


def raising(source: str, *parts: str) -> bytes:
    return accepted(process("p", start("s"), script("x", source), end("e"), "s -> x -> e", *parts))


RAISE = 'before = 1\nif n > 5:\n    raise BpmnError("LARGE", f"{n} is too large")\nafter = 1'


@row("Script task", "a script raises a BPMN error, which the nearest event of its code catches; what it assigned stays",
     section="10.5.1", group="Activities")  # fmt: skip
def test_a_script_raises_an_error():
    diagram = raising(
        RAISE, boundary("b", "x", error("LARGE"), interrupting=True), boundary("o", "x", error("OTHER")),
        end("large"), end("other"), "b -> large", "o -> other",
    )  # fmt: skip
    play = Play(diagram, n=7)
    assert play.passed == ["s", "b", "large"]
    assert (play.status, play.vars) == ("completed", {"n": 7, "before": 1})
    assert ("cancelled", "x") in play.history
    assert Play(diagram, n=1).vars == {"n": 1, "before": 1, "after": 1}


@row("Error event", "an error that nothing catches ends the instance as failed, with its code and message",
     section="10.5.1", group="Events")  # fmt: skip
def test_an_uncaught_error_fails_the_instance():
    diagram = raising(RAISE, boundary("o", "x", error("OTHER")), end("other"), "o -> other")
    play = Play(diagram, n=7)
    assert (play.status, play.step.error_code, play.step.error_message) == ("failed", "LARGE", "7 is too large")
    assert (play.incidents, play.step.waits) == ([], ())
    assert ("failed", "x") in play.history
    beside = accepted(process(
        "p", start("s"), fork("f"), user("u"), end("x", error("E")), end("e"), "s -> f -> u -> e", "f -> x",
    ))  # fmt: skip
    play = Play(beside)
    assert (play.status, play.step.error_code, play.tasks) == ("failed", "E", [])


@row("Error event", "an event without a code catches every error; one that names the code comes before it",
     section="10.5.1", group="Events")  # fmt: skip
@pytest.mark.parametrize("order", [1, -1])
def test_the_event_that_names_the_code_catches_before_the_one_that_catches_all(order):
    catching = [boundary("all", "x", error()), boundary("this", "x", error("LARGE"))][::order]
    diagram = raising(RAISE, *catching, end("a"), end("t"), "all -> a", "this -> t")
    assert Play(diagram, n=7).passed == ["s", "this", "t"]
    only = raising(RAISE, boundary("all", "x", error()), end("a"), "all -> a")
    assert Play(only, n=7).passed == ["s", "all", "a"]


@row("Error event", "the innermost scope that catches is interrupted: event sub-process before boundary event",
     section="10.5.6", group="Events")  # fmt: skip
def test_the_innermost_scope_catches():
    caught = handler("h", start("hs", error("LARGE")), task("t"), "hs -> t")
    inside = [start("s2"), script("x", RAISE), end("e2"), "s2 -> x -> e2"]
    around = [boundary("b", "sub", error("LARGE")), end("late"), end("e"), "b -> late", "s -> sub -> e"]
    both = accepted(process("p", start("s"), sub("sub", *inside, caught), *around))
    assert Play(both, n=7).passed == ["s", "s2", "hs", "t", "h", "sub", "e"]
    outer = accepted(process("p", start("s"), sub("sub", *inside), *around))
    assert Play(outer, n=7).passed == ["s", "s2", "b", "late"]
    top = accepted(process("p", start("s"), sub("sub", *inside), end("e"), caught, "s -> sub -> e"))
    assert Play(top, n=7).passed == ["s", "s2", "hs", "t", "h"]


@row("Error event", "an error passes through called processes and loops to what catches it",
     section="10.5.6", group="Events")  # fmt: skip
def test_an_error_passes_through_calls_and_loops():
    called = process("q", start("s2"), script("x", RAISE), end("e2"), "s2 -> x -> e2")
    caller = process(
        "p", start("s"), call("c", "q", each(times="3")), boundary("b", "c", error("LARGE")), end("e"), end("late"),
        "s -> c -> e", "b -> late",
    )  # fmt: skip
    play = Play(caller, called, n=7)
    assert play.passed[-2:] == ["b", "late"]
    assert (play.status, play.step.waits) == ("completed", ())


@row("Error event", "its code and message become variables of what catches it", section="10.5.1", group="Events")
def test_a_caught_error_tells_its_code_and_message():
    told = {"motcua__codeVariable": "code", "motcua__messageVariable": "message"}
    names = " ".join(f'{name.replace("__", ":")}="{value}"' for name, value in told.items())
    catching = boundary("b", "x", error()).replace("<boundaryEvent", f"<boundaryEvent {names}")
    play = Play(raising(RAISE, catching, end("late"), "b -> late"), n=7)
    assert play.vars == {"n": 7, "before": 1, "code": "LARGE", "message": "7 is too large"}
    caught = handler("h", start("hs", error(), **told), script("t", "said = code + message"), "hs -> t")
    assert Play(raising(RAISE, caught), n=7).vars["said"] == "LARGE7 is too large"
    inside = sub("x", start("s2"), end("i", error("E")), "s2 -> i")
    silent = accepted(process("p", start("s"), inside, catching, end("late"), "s -> x", "b -> late"))
    assert Play(silent).vars == {"code": "E", "message": None}


@row("Escalation event", "its code becomes a variable of what catches it; one that names the code comes first",
     section="10.5.1", group="Events")  # fmt: skip
def test_a_caught_escalation_tells_its_code():
    both = [boundary(name, "x", escalation(c), interrupting=False) for name, c in (("all", ""), ("this", "ASK"))]
    both = [part.replace(" id=", ' motcua:codeVariable="code" id=', 1) for part in both]
    diagram = accepted(process(
        "p", start("s"), sub("x", start("s2"), throw("t", escalation("ASK")), user("u"), "s2 -> t -> u"), *both,
        end("e"), task("boss"), task("nobody"), "s -> x -> e", "this -> boss", "all -> nobody",
    ))  # fmt: skip
    play = Play(diagram)
    assert (play.passed, play.tasks) == (["s", "s2", "t", "this", "boss"], ["u"])
    assert play.vars == {"code": "ASK"}


@row("Task", "whoever works on it may end it with an error of a code and message", section="10.5.1", group="Activities")
def test_a_task_is_ended_with_an_error_from_outside():
    catching = boundary("b", "u", error("NO")).replace(" id=", ' motcua:messageVariable="why" id=', 1)
    diagram = accepted(process("p", start("s"), user("u"), catching, end("e"), end("no"), "s -> u -> e", "b -> no"))
    play = Play(diagram)
    play.take(runner.throw_error, play.id_of("u"), "NO", {"x": 1}, message="not today")
    assert (play.passed, play.vars) == (["s", "b", "no"], {"x": 1, "why": "not today"})


INTERRUPTING = {
    "error end": ([end("stop", error("E"))], [boundary("b", "in", error("E"))], ["stop", "b", "late"]),
    "raised error": ([script("stop", 'raise BpmnError("E")')], [boundary("b", "in", error("E"))], ["b", "late"]),
    "escalation": (
        [throw("stop", escalation("E")), script("y", "ran = 1"), "stop -> y"], [boundary("b", "in", escalation("E"))],
        ["stop", "b", "late"],
    ),
    "escalation end": ([end("stop", escalation("E"))], [boundary("b", "in", escalation("E"))], ["stop", "b", "late"]),
    "signal": (
        [throw("stop", signal("E")), script("y", "ran = 1"), "stop -> y"], [boundary("b", "in", signal("E"))],
        ["stop", "b", "late"],
    ),
    "terminate": ([end("stop", terminate)], [], ["stop", "in", "e"]),
    "event sub-process, error": (
        [end("stop", error("E")), handler("h", start("hs", error("E")), task("t"), "hs -> t")], [],
        ["stop", "hs", "t", "h", "in", "e"],
    ),
    "event sub-process, signal": (
        [
            throw("stop", signal("E")), script("y", "ran = 1"), "stop -> y",
            handler("h", start("hs", signal("E")), task("t"), "hs -> t"),
        ],
        [], ["stop", "hs", "t", "h", "in", "e"],
    ),
    "event sub-process, escalation": (
        [
            throw("stop", escalation("E")), script("y", "ran = 1"), "stop -> y",
            handler("h", start("hs", escalation("E")), task("t"), "hs -> t"),
        ],
        [], ["stop", "hs", "t", "h", "in", "e"],
    ),
}  # fmt: skip


@row("Interruption", "nothing of the interrupted scope runs after it, not even what was ready: error, escalation, "
     "signal, terminate, by boundary event and event sub-process", section="10.5.6", group="Events")  # fmt: skip
@pytest.mark.parametrize("kind", sorted(INTERRUPTING))
def test_an_interruption_is_immediate(kind):
    stop, around, after = INTERRUPTING[kind]
    before = [start("s2"), fork("f"), "s2 -> f -> stop"]
    ready = [part for i in range(3) for part in (script(f"r{i}", "ran = 1"), f"f -> r{i}")]
    sleeping = [user("u"), "f -> u", sub("deep", start("s3"), user("v"), "s3 -> v"), "f -> deep"]
    late = [end("late"), "b -> late"] if around else []
    inside = sub("in", *before, *stop, *ready, *sleeping)
    diagram = accepted(process("p", start("s"), inside, *around, *late, end("e"), "s -> in -> e"))
    play = Play(diagram)
    assert sorted(play.passed) == sorted(["s", "s2", "f", *after])
    assert (play.status, play.vars, play.step.waits, play.incidents) == ("completed", {}, (), [])


@row("Interruption", "nothing of the interrupted scope runs after a timer or a cancelled instance",
     section="10.5.6", group="Events")  # fmt: skip
def test_an_interruption_from_outside_is_immediate():
    inside = sub("in", start("s2"), fork("f"), user("u"), user("v"), "s2 -> f -> u", "f -> v")
    diagram = accepted(process(
        "p", start("s"), inside, boundary("b", "in", duration("PT1H")), end("late"), end("e"), "s -> in -> e",
        "b -> late",
    ))  # fmt: skip
    play = Play(diagram).later(hours=1)
    assert (play.passed, play.step.waits) == (["s", "s2", "f", "b", "late"], ())
    assert sorted(x for kind, x in play.history if kind == "cancelled") == ["in", "u", "v"]
    play = Play(diagram).take(runner.cancel)
    assert (play.status, play.step.waits) == ("cancelled", ())
