"""Event sub-processes: every trigger, interrupting and not, in every kind of scope (10.3.5, 10.5.2, 13.5.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from engine import runner
from errors import NotAwaited
from tests.engine.diagrams import (
    boundary,
    call,
    condition,
    cycle,
    date,
    duration,
    each,
    end,
    error,
    escalation,
    fork,
    handler,
    message,
    process,
    script,
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
from tests.fidelity.uploads import accepted

event_row = partial(row, "Event sub-process", section="10.5.2", group="Events")
Fire = Callable[[Play], Play]

TRIGGERS: dict[str, tuple[str, Fire]] = {
    "message": (message("x"), lambda play: play.message("x")),
    "signal": (signal("x"), lambda play: play.signal("x")),
    "timer (duration)": (duration("PT1H"), lambda play: play.later(hours=1)),
    "timer (date)": (date("2026-03-02T03:00:00Z"), lambda play: play.later(hours=2)),
    "timer (cycle)": (cycle("R3/PT1H"), lambda play: play.later(hours=1)),
    "condition": (condition("n > 2"), lambda play: play.do("v", n=3)),
    "escalation": (escalation("H"), lambda play: play.do("a", how="escalate")),
    "error": (error("E"), lambda play: play.do("a", how="fail")),
    "multiple": (message("x") + signal("y"), lambda play: play.signal("y")),
    "parallel multiple": (message("x") + signal("y"), lambda play: play.signal("y").message("x")),
}
SCOPES = ("process", "sub-process", "transaction", "called process", "multi-instance body", "event sub-process")


def on(definition: str, *, interrupting: bool = True, parallel: bool = False, id_: str = "on", work: str = "h") -> str:
    """An event sub-process in which a person works."""
    flags = {"isInterrupting": str(interrupting).lower(), "parallelMultiple": str(parallel).lower()}
    return handler(
        id_, start(f"{id_}_s", definition, **flags), user(work), end(f"{id_}_e"), f"{id_}_s -> {work} -> {id_}_e"
    )


def content(*handlers: str) -> tuple[str, ...]:
    """A scope in which two people work at once; the first may fail or escalate."""
    return (
        start("s2"), fork("k"), user("a"), xor("g"), user("v"), end("e2"), end("bad", error("E")),
        throw("up", escalation("H")), user("c"), "s2 -> k -> a -> g", "g -> bad if how == 'fail'",
        "g -> up if how == 'escalate'", "g -> e2 else", "up -> c -> e2", "k -> v -> e2", *handlers,
    )  # fmt: skip


def placed(scope: str, *parts: str, checked: bool = True) -> Play:
    """Play a scope in its place; a task `after` follows it where something can."""
    path = ("s -> in -> after -> e",)
    called: tuple[bytes, ...] = ()
    around = (start("s"), user("after"), end("e"))
    if scope == "process":
        xml = process("p", *parts)
    elif scope == "called process":
        called = (process("q", *parts),)
        xml = process("p", *around, call("in", "q"), *path)
    elif scope == "event sub-process":
        begin, *rest = parts
        begun = begin.replace("</startEvent>", f"{message('begin')}</startEvent>")
        xml = process("p", *around, user("in"), handler("outer", begun, *rest), *path)
    else:
        kind = "transaction" if scope == "transaction" else "subProcess"
        body = (each(times="1"),) if scope == "multi-instance body" else ()
        xml = process("p", *around, sub("in", *body, *parts, kind=kind), *path)
    if checked:
        accepted(xml, **{f"called{n}__bpmn": file for n, file in enumerate(called)})
    play = Play(xml, *called, n=0)
    return play.message("begin") if scope == "event sub-process" else play


def finished(play: Play, scope: str) -> None:
    """Show that the scope has ended, and what follows it."""
    if scope in ("process", "event sub-process"):
        assert play.status == "completed"
    else:
        assert play.tasks == ["after"]
        assert play.do("after").status == "completed"


@event_row("started by any trigger, in any scope: interrupting, it takes the place of everything in the scope")
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_interrupting_one_takes_the_place_of_its_scope(trigger, scope):
    definition, fire = TRIGGERS[trigger]
    play = placed(scope, *content(on(definition, parallel=trigger == "parallel multiple")))
    assert play.tasks == ["a", "v"]
    fire(play)
    assert play.tasks == ["h"]
    assert {"a", "v", "c", "up", "bad"} >= {x for kind, x in play.history if kind == "cancelled" and x != "in"}
    assert not [wait for wait in play.step.waits if wait.kind != "task"]
    assert play.history[-3:] == [("entered", "on"), ("passed", "on_s"), ("entered", "h")]
    finished(play.do("h"), scope)


@event_row("started by any trigger, in any scope: not interrupting, it runs beside, and the scope waits for it")
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("trigger", [trigger for trigger in TRIGGERS if trigger != "error"])
def test_a_non_interrupting_one_runs_beside(trigger, scope):
    definition, fire = TRIGGERS[trigger]
    one = on(definition, interrupting=False, parallel=trigger == "parallel multiple")
    play = placed(scope, *content(one), checked=scope == "sub-process")
    fire(play)
    assert "h" in play.tasks
    assert not [x for kind, x in play.history if kind == "cancelled" and x not in ("in",)]
    for name in [name for name in play.tasks if name != "h"]:
        play.do(name, how="")
    assert play.tasks == ["h"]
    finished(play.do("h"), scope)


@event_row("idle, it does not keep its scope open")
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("trigger", ["message", "timer (cycle)", "condition", "escalation", "parallel multiple"])
def test_an_idle_one_does_not_keep_the_scope_open(trigger, interrupting, scope):
    definition, _ = TRIGGERS[trigger]
    one = on(definition, interrupting=interrupting, parallel=trigger == "parallel multiple")
    play = placed(scope, *content(one), checked=False).do("a", how="").do("v")
    finished(play, scope)
    assert not play.step.waits
    assert "on" not in [x for _, x in play.history]


@event_row("not interrupting, it starts as often as its event happens")
@pytest.mark.parametrize("trigger", ["message", "signal", "multiple", "parallel multiple", "timer (cycle)"])
def test_a_non_interrupting_one_starts_again(trigger):
    definition, fire = TRIGGERS[trigger]
    play = placed("sub-process", *content(on(definition, interrupting=False, parallel=trigger.startswith("parallel"))))
    for times in (1, 2, 3):
        fire(play)
        assert play.tasks.count("h") == times
    assert play.history.count(("entered", "on")) == 3


@event_row("not interrupting, by a condition: again each time that it becomes true")
def test_a_condition_becomes_true_again():
    parts = (
        start("s2"),
        xor("m"),
        user("v"),
        xor("g"),
        end("e2"),
        "s2 -> m -> v -> g",
        "g -> m if n >= 0",
        "g -> e2 else",
    )
    play = placed("sub-process", *parts, on(condition("n > 2"), interrupting=False))
    play.do("v", n=3).do("v", n=4)
    assert play.tasks == ["h", "v"]
    assert play.do("v", n=0).do("v", n=5).tasks == ["h", "h", "v"]


@event_row("a cycle that has run out, or a date, starts no more; the timer of an interrupting one is over")
def test_timers_run_out():
    play = placed("sub-process", *content(on(cycle("R2/PT1H"), interrupting=False))).later(hours=5)
    assert play.tasks.count("h") == 2
    assert play.step.next_due is None
    play = placed("sub-process", *content(on(cycle("R2/PT1H")))).later(hours=5)
    assert (play.tasks, play.step.next_due) == (["h"], None)


@event_row("several in one scope: an interrupting one ends the others, running or idle")
def test_an_interrupting_one_ends_the_others():
    several = (
        on(message("x"), interrupting=False, id_="one", work="h1"), on(signal("y"), id_="two", work="h2"),
        on(duration("PT1H"), id_="three", work="h3"), on(error("E"), id_="four", work="h4"),
    )  # fmt: skip
    play = placed("sub-process", *content(*several)).message("x").message("x")
    assert play.tasks == ["a", "h1", "h1", "v"]
    play.signal("y")
    assert play.tasks == ["h2"]
    assert play.step.next_due is None
    with pytest.raises(NotAwaited):
        play.message("x")
    finished(play.do("h2"), "sub-process")


@event_row("while an interrupting one runs, the others of its scope catch no error of it; what is around catches it")
def test_errors_of_an_interrupting_one_leave_the_scope():
    first = handler("one", start("s3", message("x")), user("h"), end("e3", error("E")), "s3 -> h -> e3")
    parts = content(first, on(error("E"), id_="two", work="never"))
    xml = process("p", start("s"), sub("in", *parts), boundary("b", "in", error("E")), end("e"), user("mend"), end("f"),
                  "s -> in -> e", "b -> mend -> f")  # fmt: skip
    play = Play(accepted(xml), n=0).message("x").do("h")
    assert play.tasks == ["mend"]


@event_row("an error thrown in one that does not interrupt is caught by another of its scope")
def test_errors_of_a_non_interrupting_one():
    first = handler("one", start("s3", message("x"), isInterrupting="false"), user("w"), end("e3", error("E")),
                    "s3 -> w -> e3")  # fmt: skip
    play = placed("sub-process", *content(first, on(error("E"), id_="two"))).message("x").do("w")
    assert play.tasks == ["h"]
    finished(play.do("h"), "sub-process")


@event_row("the boundary events of its sub-process stay while it runs")
@pytest.mark.parametrize("interrupting", [True, False])
def test_boundary_events_stay(interrupting):
    xml = process(
        "p", start("s"), sub("in", *content(on(message("x"), interrupting=interrupting))),
        boundary("stop", "in", signal("stop")), boundary("late", "in", duration("PT3H"), interrupting=False), end("e"),
        end("stopped"), user("hurry"), end("f"), "s -> in -> e", "stop -> stopped", "late -> hurry -> f",
    )  # fmt: skip
    play = Play(accepted(xml), n=0).message("x").later(hours=3)
    assert {"h", "hurry"} <= set(play.tasks)
    play.signal("stop").do("hurry")
    assert (play.status, "stopped" in play.passed) == ("completed", True)


@event_row("nested in another: listens only while that one runs")
def test_one_inside_another():
    inner = on(message("y"), id_="inner", work="deep")
    outer = handler(
        "outer", start("s3", message("x"), isInterrupting="false"), user("w"), end("e3"), inner, "s3 -> w -> e3"
    )
    play = placed("sub-process", *content(outer))
    with pytest.raises(NotAwaited):
        play.message("y")
    play.message("x").message("x").message("y")
    assert play.tasks == ["a", "deep", "v", "w"]
    play.do("deep").do("w")
    with pytest.raises(NotAwaited):
        play.message("y")
    assert play.tasks == ["a", "v"]


@event_row("a timer of a multi-instance body belongs to each instance")
def test_each_instance_has_its_own():
    one = handler("on", start("s3", duration("PT1H")), user("h"), end("e3"), "s3 -> h -> e3")
    xml = process("p", start("s"), sub("in", each(times="3"), *content(one)), end("e"), "s -> in -> e")
    play = Play(accepted(xml), n=0).do("a", 0, how="").do("v", 0).later(hours=1)
    assert play.tasks == ["h", "h"]
    assert play.do("h").do("h").status == "completed"


@event_row("a message that it brings is written where its scope lives")
def test_the_payload_is_written():
    play = placed("sub-process", *content(on(message("x")))).message("x", why="late")
    assert play.sees("h")["why"] == "late"
    assert play.vars["why"] == "late"


@event_row("an escalation that interrupts takes away what threw it; one that does not lets it go on")
def test_escalations():
    play = placed("sub-process", *content(on(escalation("H")))).do("a", how="escalate")
    assert "c" not in [x for _, x in play.history]
    play = placed("sub-process", *content(on(escalation("H"), interrupting=False))).do("a", how="escalate")
    assert play.tasks == ["c", "h", "v"]


@event_row("an error or escalation without code is caught whatever its code; by code only that one")
@pytest.mark.parametrize(("kind", "how"), [(error, "fail"), (escalation, "escalate")])
def test_codes(kind, how):
    assert placed("sub-process", *content(on(kind()))).do("a", how=how).tasks == ["h"]
    other = placed("sub-process", *content(on(kind("OTHER")))).do("a", how=how)
    assert "h" not in other.tasks


@event_row("with script tasks only, runs to its end at once, in an order that history shows")
def test_history_of_a_short_one():
    one = handler("on", start("s3", message("x"), isInterrupting="false"), script("t", "done = True"), end("e3"),
                  "s3 -> t -> e3")  # fmt: skip
    play = placed("process", *content(one)).message("x")
    assert play.history[-5:] == [
        ("entered", "on"), ("passed", "s3"), ("passed", "t"), ("passed", "e3"), ("completed", "on"),
    ]  # fmt: skip


@event_row("inputs of its own see what its message brings")
@pytest.mark.parametrize("interrupting", [True, False])
def test_inputs_see_the_message(interrupting):
    inputs = '<extensionElements><motcua:input target="x" source="why + 1"/></extensionElements>'
    flag = str(interrupting).lower()
    one = handler("on", inputs, start("s3", message("x"), isInterrupting=flag), user("h"), end("e3"), "s3 -> h -> e3")
    play = placed("sub-process", *content(one)).message("x", why=6)
    assert (play.sees("h")["x"], play.vars["why"], "x" in play.vars) == (7, 6, False)


@event_row("inputs of its own that fail are an incident; tried again, it goes on")
@pytest.mark.parametrize("interrupting", [True, False])
def test_inputs_that_fail(interrupting):
    inputs = '<extensionElements><motcua:input target="x" source="missing + 1"/></extensionElements>'
    flag = str(interrupting).lower()
    one = handler("on", inputs, start("s3", message("x"), isInterrupting=flag), user("h"), end("e3"), "s3 -> h -> e3")
    play = placed("sub-process", *content(one)).message("x")
    (incident,) = play.step.incidents
    assert (incident.element_id, "h" in play.tasks) == ("on", False)
    play.take(runner.set_variables, {"missing": 1}).take(runner.retry, incident.id)
    assert play.sees("h")["x"] == 2


terminate_row = partial(row, "Terminate end event", section="10.5.3", group="Events")


def ending(*more: str) -> tuple[str, ...]:
    """A scope in which somebody works when another branch terminates it."""
    return (
        start("s2"),
        fork("k"),
        user("a"),
        user("b"),
        end("e2"),
        end("t", terminate),
        "s2 -> k -> a -> e2",
        "k -> b -> t",
        *more,
    )


@terminate_row("ends its own scope at once, event sub-processes too, and nothing around it")
@pytest.mark.parametrize("scope", SCOPES)
def test_terminate_ends_its_scope(scope):
    play = placed(scope, *ending(on(message("x"), interrupting=False))).message("x").do("b")
    assert {x for kind, x in play.history if kind == "cancelled"} - {"in"} == {"a", "h", "on"}
    finished(play, scope)


@terminate_row("in a multi-instance body ends that instance only")
def test_terminate_in_an_instance():
    xml = process(
        "p", start("s"), sub("in", each(times="3"), *ending()), user("after"), end("e"), "s -> in -> after -> e"
    )
    play = Play(accepted(xml)).do("b")
    assert play.tasks == ["a", "a", "b", "b"]
    assert play.do("b").do("b").tasks == ["after"]


@terminate_row("in an event sub-process ends only that; its scope goes on")
@pytest.mark.parametrize("interrupting", [True, False])
def test_terminate_in_an_event_sub_process(interrupting):
    begin, *rest = ending()
    flag = f' isInterrupting="{str(interrupting).lower()}"'
    begun = begin.replace("<startEvent", f"<startEvent{flag}").replace("</startEvent>", f"{message('x')}</startEvent>")
    scope = sub("in", start("s1"), user("w"), end("e1"), handler("on", begun, *rest), "s1 -> w -> e1")
    xml = process("p", start("s"), scope, user("after"), end("e"), "s -> in -> after -> e")
    play = Play(accepted(xml)).message("x").do("b")
    assert play.tasks == (["after"] if interrupting else ["w"])


@terminate_row("in a nested sub-process leaves the scopes around going")
def test_terminate_in_a_nested_scope():
    inner = sub("deep", *ending())
    outer = sub("in", start("s1"), fork("f"), inner, user("w"), end("e1"), "s1 -> f -> deep -> e1", "f -> w -> e1")
    xml = process("p", start("s"), outer, end("e"), "s -> in -> e")
    play = Play(accepted(xml)).do("b")
    assert play.tasks == ["w"]
    assert play.do("w").status == "completed"


@terminate_row("nothing that was about to run in the scope runs after it")
def test_nothing_runs_after_terminate():
    parts = (
        start("s2"),
        fork("k"),
        end("t", terminate),
        task("x"),
        task("y"),
        end("e2"),
        "s2 -> k -> t",
        "k -> x -> y -> e2",
    )
    play = placed("sub-process", *parts)
    assert "y" not in play.passed
    assert play.tasks == ["after"]
