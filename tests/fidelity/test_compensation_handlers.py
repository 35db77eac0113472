"""Handlers of compensation: what may be one, what it sees, what happens when it fails (13.5.5)."""

from __future__ import annotations

from functools import partial

import pytest

from engine import runner
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    compensate,
    each,
    end,
    error,
    handler,
    message,
    process,
    script,
    start,
    sub,
    task,
    throw,
    undone_by,
    user,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.test_compensation import played, step
from tests.fidelity.uploads import accepted

undoing = partial(row, "Compensation handler", section="13.5.5", group="Activities")


@undoing("handlers run one after the other, each when the one before has completed")
def test_handlers_run_one_after_the_other():
    play = played(
        start("s"), step("a"), user("b"), undone_by("b", user("undo_b")), step("c"), throw("t", compensate()), end("e"),
        "s -> a -> b -> c -> t -> e",
    ).do("b")  # fmt: skip
    assert play.vars["log"] == ["a", "c", "undo_c"]
    assert play.do("undo_b").vars["log"] == ["a", "c", "undo_c", "undo_a"]
    assert play.status == "completed"


@undoing("of a boundary event sees and writes the variables of the process")
def test_a_handler_sees_the_variables_of_now():
    play = played(
        start("s"), script("a", "n = 1"), undone_by("a", script("undo", "seen = n")), script("b", "n = 2"),
        end("e", compensate()), "s -> a -> b -> e",
    )  # fmt: skip
    assert play.vars["seen"] == 2


@undoing("may be a sub-process, a call, a loop")
@pytest.mark.parametrize("kind", ["sub-process", "call", "loop", "multi-instance", "user task"])
def test_kinds_of_handlers(kind):
    called = process("q", start("qs"), user("u"), end("qe"), "qs -> u -> qe")
    undo = {
        "sub-process": sub("undo", start("us"), user("u"), end("ue"), "us -> u -> ue"),
        "call": call("undo", "q"),
        "loop": user("u", again(at_most="2")),
        "multi-instance": user("u", each(times="2")),
        "user task": user("u"),
    }[kind]
    xml = process("p", start("s"), task("a"), undone_by("a", undo), end("e", compensate()), "s -> a -> e")
    play = Play(accepted(xml, called__bpmn=called), called)
    while play.tasks:
        assert set(play.tasks) == {"u"}
        play.do("u")
    assert play.status == "completed"
    assert play.passed.count("u") == (2 if kind in ("loop", "multi-instance") else 1)


@undoing("that throws an error is left by what catches it around; the rest is not undone")
def test_an_error_of_a_handler_goes_to_the_scope_around():
    bad = sub("undo_b", start("us"), end("ue", error("E")), "us -> ue")
    inside = sub("in", start("s2"), step("a"), task("b"), undone_by("b", bad), throw("t", compensate()), end("e2"),
                 "s2 -> a -> b -> t -> e2")  # fmt: skip
    play = played(start("s"), inside, boundary("x", "in", error("E")), end("e"), user("mend"), "s -> in -> e",
                  "x -> mend -> e")  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["mend"], ["a"])
    alone = played(start("s"), step("a"), task("b"), undone_by("b", bad), end("e", compensate()), "s -> a -> b -> e")
    assert (alone.status, alone.step.error_code) == ("failed", "E")


@undoing("of a completed sub-process: the event sub-processes and borders of that one do not catch")
def test_an_error_of_a_handler_is_not_caught_by_the_completed_sub_process():
    bad = sub("undo_b", start("us"), end("ue", error("E")), "us -> ue")
    own = handler("on", start("s3", error("E")), task("never"), end("e3"), "s3 -> never -> e3")
    inside = sub("in", start("s2"), task("b"), undone_by("b", bad), end("e2"), own, "s2 -> b -> e2")
    play = played(start("s"), inside, boundary("x", "in", error("E")), end("e", compensate()), end("never2"),
                  "s -> in -> e", "x -> never2")  # fmt: skip
    assert (play.status, play.step.error_code) == ("failed", "E")
    assert not {"never", "never2"} & set(play.passed)


@undoing("with a boundary event of its own: when that takes over, the rest is undone all the same")
def test_a_handler_may_have_boundary_events():
    play = played(
        start("s"), step("a"), task("b"), undone_by("b", user("undo_b")), boundary("late", "undo_b", message("skip")),
        task("note"), end("e"), end("e2", compensate()), "s -> a -> b -> e2", "late -> note -> e",
    )  # fmt: skip
    assert play.tasks == ["undo_b"]
    play.message("skip")
    assert (play.status, play.vars["log"]) == ("completed", ["a", "undo_a"])
    assert "note" in play.passed


@undoing("that fails is an incident; tried again, the undoing goes on")
def test_a_handler_that_fails_is_tried_again():
    play = played(
        start("s"), step("a"), task("b"), undone_by("b", script("undo_b", "log = log + [missing]")), user("u"),
        end("e", compensate()), "s -> a -> b -> u -> e",
    ).do("u")  # fmt: skip
    assert [(i.element_id, play.status) for i in play.step.incidents] == [("undo_b", "running")]
    play.take(runner.set_variables, {"missing": "mended"})
    play.take(runner.retry, play.step.incidents[0].id)
    assert (play.status, play.vars["log"]) == ("completed", ["a", "mended", "undo_a"])


@undoing("of a script that raises a BpmnError is left by its boundary event, the rest is undone")
def test_a_handler_that_raises():
    play = played(
        start("s"), step("a"), task("b"), undone_by("b", script("undo_b", "raise BpmnError('E', 'no')")),
        boundary("x", "undo_b", error("E")), task("note"), end("e"), end("e2", compensate()), "s -> a -> b -> e2",
        "x -> note -> e",
    )  # fmt: skip
    assert (play.status, play.vars["log"]) == ("completed", ["a", "undo_a"])
    assert "note" in play.passed


@undoing("sees the variables of its activity (inputs) as they were")
def test_a_handler_sees_the_inputs_of_its_activity():
    inputs = '<extensionElements><motcua:input target="seat" source="row + 1"/></extensionElements>'
    play = played(
        start("s"), script("a", "x = seat", inputs), undone_by("a", script("undo", "log = log + [seat]")),
        script("b", "row = 9"), end("e", compensate()), "s -> a -> b -> e", row=4,
    )  # fmt: skip
    assert play.vars["log"] == [5]
