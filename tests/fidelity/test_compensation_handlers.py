"""Handlers of compensation: what may be one, what it sees, what happens when it fails (13.5.5)."""

from __future__ import annotations

from functools import partial

import pytest

from engine import runner
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    cancel,
    compensate,
    each,
    end,
    error,
    fork,
    handler,
    message,
    node,
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


@undoing("may be work for a program outside")
def test_a_program_undoes():
    undo = node("serviceTask", "undo", motcua__topic="refund")
    play = played(start("s"), task("a"), undone_by("a", undo), end("e", compensate()), "s -> a -> e")
    (wait,) = play.step.waits
    assert (wait.kind, wait.element_id, wait.name) == ("external_task", "undo", "refund")
    play.take(runner.complete_task, wait.id, {"refunded": True})
    assert (play.status, play.vars["refunded"]) == ("completed", True)


@undoing("of a multi-instance sub-process: what completed in each instance is undone, the latest instance first")
def test_the_inside_of_instances_is_undone():
    inside = sub(
        "in", each("items", item="item"), start("s2"), script("a", "log = log + [item]"),
        undone_by("a", script("undo_a", "log = log + ['-' + item]")), step("b"), end("e2"), "s2 -> a -> b -> e2",
    )  # fmt: skip
    play = played(start("s"), inside, end("e", compensate("in")), "s -> in -> e", items=["x", "y"])
    assert play.vars["log"] == ["x", "y", "b", "b", "undo_b", "-y", "undo_b", "-x"]


@undoing("in a sub-process with data objects of its own sees their values at its completion")
def test_data_objects_are_kept_for_the_handler():
    inside = sub(
        "in", '<dataObject id="seat"/>', start("s2"), script("a", "seat = row"),
        undone_by("a", script("undo_a", "log = log + [seat]")), end("e2"), "s2 -> a -> e2",
    )  # fmt: skip
    play = played(start("s"), inside, script("b", "row = 9"), end("e", compensate()), "s -> in -> b -> e", row=4)
    assert (play.vars["log"], "seat" in play.vars) == ([4], False)


@undoing("thrown from an event sub-process that does not wait and ends at once: all is undone all the same")
def test_an_event_sub_process_that_does_not_wait():
    begin = start("s3", message("x"), isInterrupting="false")
    own = handler("on", begin, end("e3", compensate(waits=False)), "s3 -> e3")
    inside = sub("in", start("s2"), step("a"), user("b"), undone_by("b", user("undo_b")), user("u"), end("e2"), own,
                 "s2 -> a -> b -> u -> e2")  # fmt: skip
    play = played(start("s"), inside, end("e"), "s -> in -> e").do("b").message("x")
    assert play.tasks == ["u", "undo_b"]
    assert ("completed", "on") in play.history
    play.do("u")
    assert (play.status, play.vars["log"]) == ("running", ["a"])
    assert play.do("undo_b").vars["log"] == ["a", "undo_a"]
    assert play.status == "completed"


@undoing("running when its transaction is cancelled: interrupted; what was still to be undone is undone")
def test_a_transaction_cancelled_while_it_undoes():
    inside = sub(
        "tx", start("s2"), step("a"), user("b"), undone_by("b", user("undo_b")), fork("f"), throw("t", compensate()),
        user("no"), end("x", cancel), end("e2"), "s2 -> a -> b -> f -> t -> e2", "f -> no -> x", kind="transaction",
    )  # fmt: skip
    play = played(start("s"), inside, boundary("c", "tx", cancel), end("e"), end("z"), "s -> tx -> e", "c -> z").do("b")
    assert play.tasks == ["no", "undo_b"]
    play.do("no")
    assert (play.status, play.vars["log"]) == ("completed", ["a", "undo_a"])
    assert ("cancelled", "undo_b") in play.history


@undoing("of a process's own compensation event sub-process: runs when the call is undone")
def test_a_called_process_with_a_handler_of_its_own():
    own = handler("undo", start("s3", compensate()), script("back", "told = mine"), user("look"), end("e3"),
                  "s3 -> back -> look -> e3")  # fmt: skip
    called = process("q", start("s2"), script("a", "mine = 7"), end("e2"), "s2 -> a -> e2", own)
    xml = process("p", start("s"), call("c", "q"), end("e", compensate()), "s -> c -> e")
    play = Play(accepted(xml, called__bpmn=called), called)
    assert play.sees("look")["told"] == 7
    assert play.do("look").status == "completed"
