"""Compensation: what has completed is undone, the latest first, once (10.5.6, 13.5.5)."""

from __future__ import annotations

from functools import partial

import pytest

from bpmn.definition import load
from findings import errors_among
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
    terminate,
    throw,
    undone_by,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, findings

event = partial(row, section="10.5.6", group="Events")
undoing = partial(row, section="13.5.5", group="Activities")
LOG = "log = log + [{!r}]"


def step(name: str) -> str:
    """A script that says that it ran, and what undoes it."""
    return script(name, LOG.format(name)) + undone_by(name, script(f"undo_{name}", LOG.format(f"undo_{name}")))


def refusals(xml: bytes) -> set[tuple[str, str]]:
    """Give the rule and the element of each finding that refuses a diagram."""
    return {(finding.rule, finding.element_id) for finding in errors_among(findings(xml))}


def played(*parts: str, **variables) -> Play:
    return Play(accepted(process("p", *parts)), log=[], **variables)


@event("Compensation throw event", "undoes all that has completed in the scope, in reverse order, once")
def test_a_throw_event_undoes_its_scope_in_reverse_order():
    play = played(
        start("s"), step("a"), step("b"), task("plain"), throw("t", compensate()), throw("t2", compensate()), end("e"),
        "s -> a -> b -> plain -> t -> t2 -> e",
    )  # fmt: skip
    assert play.vars["log"] == ["a", "b", "undo_b", "undo_a"]
    assert play.passed == ["s", "a", "b", "plain", "undo_b", "undo_a", "t", "t2", "e"]
    assert play.status == "completed"


@event("Compensation throw event", "with activityRef undoes that activity only")
def test_a_throw_event_undoes_the_activity_that_it_names():
    play = played(
        start("s"), step("a"), step("b"), throw("t", compensate("a")), end("e", compensate()), "s -> a -> b -> t -> e"
    )
    assert play.vars["log"] == ["a", "b", "undo_a", "undo_b"]


@event("Compensation throw event", "does nothing for an activity that has not completed")
def test_what_never_completed_is_not_undone():
    play = played(
        start("s"), fork("f"), user("u"), undone_by("u", script("undo_u", "x = 1")), xor("g"), step("a"),
        throw("t", compensate()), throw("t2", compensate("u")), end("e"), "s -> f -> u -> e", "f -> g", "g -> t else",
        "g -> a if False", "a -> t -> t2 -> e",
    )  # fmt: skip
    assert play.passed == ["s", "f", "g", "t", "t2", "e"]
    assert play.do("u").status == "completed"
    assert play.vars == {"log": []}


@event("Compensation end event", "undoes the scope before its token is consumed")
def test_an_end_event_undoes_and_then_ends():
    play = played(start("s"), step("a"), end("e", compensate()), "s -> a -> e")
    assert (play.vars["log"], play.status) == (["a", "undo_a"], "completed")
    assert play.passed == ["s", "a", "undo_a", "e"]


@event("Compensation throw event", "waitForCompletion: the flow goes on after the handlers, or at once")
@pytest.mark.parametrize("waits", [True, False])
def test_waiting_for_completion(waits):
    play = played(
        start("s"), user("a"), undone_by("a", user("undo_a")), throw("t", compensate(waits=waits)), user("b"), end("e"),
        "s -> a -> t -> b -> e",
    )  # fmt: skip
    play.do("a")
    assert play.tasks == (["undo_a"] if waits else ["b", "undo_a"])
    if waits:
        assert play.history[-2:] == [("entered", "t"), ("entered", "undo_a")]
        assert play.do("undo_a").history[-2:] == [("completed", "t"), ("entered", "b")]
        assert play.do("b").status == "completed"
    else:
        assert play.do("b").status == "running"
        assert play.do("undo_a").status == "completed"


@event("Compensation throw event", "waitForCompletion false in an end event: the scope stays open until all is undone")
def test_an_end_event_that_does_not_wait():
    inside = sub("in", start("s2"), user("a"), undone_by("a", user("undo_a")), end("e2", compensate(waits=False)),
                 "s2 -> a -> e2")  # fmt: skip
    play = played(start("s"), inside, user("b"), end("e"), "s -> in -> b -> e").do("a")
    assert play.tasks == ["undo_a"]
    assert ("passed", "e2") in play.history
    assert play.do("undo_a").tasks == ["b"]


@undoing("Compensation handler", "handlers run one after the other, each when the one before has completed")
def test_handlers_run_one_after_the_other():
    play = played(
        start("s"), step("a"), user("b"), undone_by("b", user("undo_b")), step("c"), throw("t", compensate()), end("e"),
        "s -> a -> b -> c -> t -> e",
    ).do("b")  # fmt: skip
    assert play.vars["log"] == ["a", "c", "undo_c"]
    assert play.do("undo_b").vars["log"] == ["a", "c", "undo_c", "undo_a"]
    assert play.status == "completed"


@undoing("Compensation handler", "of a boundary event sees and writes the variables of the process")
def test_a_handler_sees_the_variables_of_now():
    play = played(
        start("s"), script("a", "n = 1"), undone_by("a", script("undo", "seen = n")), script("b", "n = 2"),
        end("e", compensate()), "s -> a -> b -> e",
    )  # fmt: skip
    assert play.vars["seen"] == 2


@undoing("Compensation handler", "may be a sub-process, a call, a loop")
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


@undoing("Compensation", "an activity that ran several times in a loop of flows is undone as often, the latest first")
def test_a_loop_of_flows_is_undone_round_by_round():
    play = played(
        start("s"), xor("m"), script("a", "n = n + 1; log = log + [n]"),
        undone_by("a", script("undo", "log = log + [-n]; n = n - 1")), xor("g"), end("e", compensate()),
        "s -> m -> a -> g", "g -> m if n < 3", "g -> e else", n=0,
    )  # fmt: skip
    assert play.vars["log"] == [1, 2, 3, -3, -2, -1]


@undoing("Compensation", "of a multi-instance activity runs the handler once per completed instance, with its item")
@pytest.mark.parametrize("sequential", [True, False])
def test_a_multi_instance_activity_is_undone_instance_by_instance(sequential):
    body = each("items", item="item", sequential=sequential)
    play = played(
        start("s"), script("a", "log = log + [item]", body), undone_by("a", script("undo", "log = log + ['-' + item]")),
        end("e", compensate("a")), "s -> a -> e", items=["x", "y", "z"],
    )  # fmt: skip
    assert play.vars["log"] == ["x", "y", "z", "-z", "-y", "-x"]


@undoing("Compensation", "of a standard loop runs the handler once per round")
def test_a_standard_loop_is_undone_round_by_round():
    play = played(
        start("s"), script("a", "log = log + [loopCounter]", again(at_most="3")),
        undone_by("a", script("undo", "log = log + [-loopCounter]")), end("e", compensate()), "s -> a -> e",
    )  # fmt: skip
    assert play.vars["log"] == [0, 1, 2, -2, -1, 0]


def nested(*own: str, **loop) -> str:
    return sub("in", start("s2"), step("a"), step("b"), end("e2"), "s2 -> a -> b -> e2", *own, **loop)


@undoing("Compensation", "of a completed sub-process undoes what completed in it, at any depth, in reverse order")
def test_a_sub_process_is_undone_by_default_inside_out():
    deep = sub("out", start("s1"), step("x"), nested(), step("y"), end("e1"), "s1 -> x -> in -> y -> e1")
    play = played(start("s"), deep, step("z"), end("e", compensate("out")), "s -> out -> z -> e")
    assert play.vars["log"] == ["x", "a", "b", "y", "z", "undo_y", "undo_b", "undo_a", "undo_x"]
    assert [x for kind, x in play.history if kind == "cancelled"] == []
    assert play.status == "completed"


@event(
    "Compensation event sub-process", "undoes its completed sub-process in place of the default; it may throw for it"
)
def test_a_compensation_event_sub_process_takes_the_place_of_the_default():
    own = handler("undo", start("s3", compensate()), user("look"), xor("g"), end("e3"), throw("rest", compensate("a")),
                  "s3 -> look -> g", "g -> e3 else", "g -> rest if also", "rest -> e3")  # fmt: skip
    play = played(start("s"), nested(own), end("e", compensate()), "s -> in -> e")
    assert play.tasks == ["look"]
    assert play.do("look", also=False).vars["log"] == ["a", "b"]
    assert play.status == "completed"
    play = played(start("s"), nested(own), end("e", compensate()), "s -> in -> e").do("look", also=True)
    assert play.vars["log"] == ["a", "b", "undo_a"]
    assert play.history[-7:] == [
        ("completed", "look"), ("passed", "g"), ("passed", "undo_a"), ("passed", "rest"), ("passed", "e3"),
        ("completed", "undo"), ("completed", "e"),
    ]  # fmt: skip


@event("Compensation event sub-process", "never runs while its sub-process is active, and keeps it not open")
def test_a_compensation_event_sub_process_waits_for_nothing():
    own = handler("undo", start("s3", compensate()), task("never"), end("e3"), "s3 -> never -> e3")
    inside = sub("in", start("s2"), step("a"), throw("t", compensate()), end("e2"), own, "s2 -> a -> t -> e2")
    play = played(start("s"), inside, end("e"), "s -> in -> e")
    assert play.vars["log"] == ["a", "undo_a"]
    assert (play.status, "never" in play.passed) == ("completed", False)


@event("Compensation event sub-process", "sees the variables of its sub-process as they were at its completion")
def test_a_compensation_event_sub_process_sees_a_snapshot():
    own = handler(
        "undo", start("s3", compensate()), script("back", "log = log + [item]"), end("e3"), "s3 -> back -> e3"
    )
    inside = sub("in", each("items", item="item"), start("s2"), task("a"), end("e2"), own, "s2 -> a -> e2")
    play = played(start("s"), inside, end("e", compensate()), "s -> in -> e", items=["x", "y"])
    assert play.vars["log"] == ["y", "x"]


@undoing("Compensation", "a boundary handler of a sub-process takes the place of the default inside it")
def test_a_handler_at_the_border_of_a_sub_process_does_all():
    play = played(
        start("s"), nested(), undone_by("in", script("all", LOG.format("all"))), end("e", compensate()), "s -> in -> e"
    )
    assert play.vars["log"] == ["a", "b", "all"]


@undoing("Compensation", "of a called process undoes what completed in it, with its own variables")
def test_a_called_process_is_undone():
    called = process(
        "q", start("s2"), script("a", "mine = 7"), undone_by("a", script("undo", "told = mine")), user("w"),
        undone_by("w", user("undo_w")), end("e2"), "s2 -> a -> w -> e2",
    )  # fmt: skip
    xml = process(
        "p", start("s"), call("c", "q"), script("b", "mine = 8"), end("e", compensate("c")), "s -> c -> b -> e"
    )
    play = Play(accepted(xml, called__bpmn=called), called).do("w")
    assert play.sees("undo_w")["mine"] == 7
    play.do("undo_w")
    assert play.passed[-4:] == ["b", "undo_w", "undo", "e"]
    assert (play.status, play.vars["mine"]) == ("completed", 8)


@event("Compensation throw event", "in an event sub-process undoes the scope around it, too")
@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_sub_process_undoes_its_scope(interrupting):
    flag = str(interrupting).lower()
    own = handler("on", start("s3", message("stop"), isInterrupting=flag), step("x"), throw("t", compensate()),
                  task("after"), end("e3"), "s3 -> x -> t -> after -> e3")  # fmt: skip
    inside = sub("in", start("s2"), step("a"), step("b"), user("u"), end("e2"), own, "s2 -> a -> b -> u -> e2")
    play = played(start("s"), inside, end("e"), "s -> in -> e").message("stop")
    assert play.vars["log"] == ["a", "b", "x", "undo_x", "undo_b", "undo_a"]
    assert play.tasks == ([] if interrupting else ["u"])
    assert "after" in play.passed


@event("Compensation throw event", "by activityRef from an event sub-process names an activity of the scope around it")
def test_an_event_sub_process_names_what_it_undoes():
    own = handler("on", start("s3", error("E")), end("e3", compensate("a")), "s3 -> e3")
    inside = sub("in", start("s2"), step("a"), step("b"), end("bad", error("E")), own, "s2 -> a -> b -> bad")
    play = played(start("s"), inside, end("e"), "s -> in -> e")
    assert (play.vars["log"], play.status) == (["a", "b", "undo_a"], "completed")


@undoing("Compensation", "an interrupted sub-process has not completed: it is not undone")
def test_an_interrupted_sub_process_is_not_undone():
    inside = sub("in", start("s2"), step("a"), user("u"), end("e2"), "s2 -> a -> u -> e2")
    play = played(
        start("s"), step("z"), inside, boundary("stop", "in", message("stop")), end("e"), end("f", compensate()),
        "s -> z -> in -> e", "stop -> f",
    ).message("stop")  # fmt: skip
    assert play.vars["log"] == ["z", "a", "undo_z"]


@undoing("Compensation", "an activity completed again after it was undone is undone again")
def test_done_again_undone_again():
    play = played(
        start("s"), xor("m"), step("a"), throw("t", compensate()), xor("g"), end("e"), "s -> m -> a -> t -> g",
        "g -> m if len(log) < 4", "g -> e else",
    )  # fmt: skip
    assert play.vars["log"] == ["a", "undo_a", "a", "undo_a"]


@undoing("Compensation handler", "that throws an error is left by what catches it around; the rest is not undone")
def test_an_error_of_a_handler_goes_to_the_scope_around():
    bad = sub("undo_b", start("us"), end("ue", error("E")), "us -> ue")
    inside = sub("in", start("s2"), step("a"), task("b"), undone_by("b", bad), throw("t", compensate()), end("e2"),
                 "s2 -> a -> b -> t -> e2")  # fmt: skip
    play = played(start("s"), inside, boundary("x", "in", error("E")), end("e"), user("mend"), "s -> in -> e",
                  "x -> mend -> e")  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["mend"], ["a"])
    alone = played(start("s"), step("a"), task("b"), undone_by("b", bad), end("e", compensate()), "s -> a -> b -> e")
    assert (alone.status, alone.step.error_code) == ("failed", "E")


@undoing(
    "Compensation handler", "of a completed sub-process: the event sub-processes and borders of that one do not catch"
)
def test_an_error_of_a_handler_is_not_caught_by_the_completed_sub_process():
    bad = sub("undo_b", start("us"), end("ue", error("E")), "us -> ue")
    own = handler("on", start("s3", error("E")), task("never"), end("e3"), "s3 -> never -> e3")
    inside = sub("in", start("s2"), task("b"), undone_by("b", bad), end("e2"), own, "s2 -> b -> e2")
    play = played(start("s"), inside, boundary("x", "in", error("E")), end("e", compensate()), end("never2"),
                  "s -> in -> e", "x -> never2")  # fmt: skip
    assert (play.status, play.step.error_code) == ("failed", "E")
    assert not {"never", "never2"} & set(play.passed)


@undoing(
    "Compensation handler", "with a boundary event of its own: when that takes over, the rest is undone all the same"
)
def test_a_handler_may_have_boundary_events():
    play = played(
        start("s"), step("a"), task("b"), undone_by("b", user("undo_b")), boundary("late", "undo_b", message("skip")),
        task("note"), end("e"), end("e2", compensate()), "s -> a -> b -> e2", "late -> note -> e",
    )  # fmt: skip
    assert play.tasks == ["undo_b"]
    play.message("skip")
    assert (play.status, play.vars["log"]) == ("completed", ["a", "undo_a"])
    assert "note" in play.passed


@undoing("Compensation", "an interruption of the scope that undoes ends the undoing")
def test_undoing_can_be_interrupted():
    inside = sub("in", start("s2"), step("a"), user("b"), undone_by("b", user("undo_b")), end("e2", compensate()),
                 "s2 -> a -> b -> e2")  # fmt: skip
    play = played(start("s"), inside, boundary("stop", "in", message("stop")), end("e"), end("f"), "s -> in -> e",
                  "stop -> f").do("b").message("stop")  # fmt: skip
    assert (play.status, play.vars["log"]) == ("completed", ["a"])
    assert play.passed[-2:] == ["stop", "f"]


@undoing("Compensation", "a sub-process that a terminate end event ended has completed and can be undone")
def test_a_terminated_sub_process_can_be_undone():
    inside = sub("in", start("s2"), step("a"), end("e2", terminate), "s2 -> a -> e2")
    assert played(start("s"), inside, end("e", compensate()), "s -> in -> e").vars["log"] == ["a", "undo_a"]


@undoing("Compensation", "several throw events at once: each activity is undone by the first that asks")
def test_two_throw_events_at_once():
    play = played(
        start("s"), user("a"), undone_by("a", user("undo_a")), fork("f"), throw("t", compensate()),
        throw("t2", compensate()), end("e"), "s -> a -> f -> t -> e", "f -> t2 -> e",
    ).do("a")  # fmt: skip
    assert play.tasks == ["undo_a"]
    assert play.do("undo_a").status == "completed"
    assert play.passed.count("undo_a") == 1


@event("Compensation throw event", "with several definitions waits for all")
def test_a_throw_event_of_several_definitions():
    play = played(
        start("s"), step("a"), user("b"), undone_by("b", user("undo_b")), end("e", compensate("b") + compensate("a")),
        "s -> a -> b -> e",
    ).do("b")  # fmt: skip
    assert play.vars["log"] == ["a", "undo_a"]
    assert play.status == "running"
    assert play.do("undo_b").status == "completed"


def test_a_diagram_that_triggers_no_compensation_keeps_no_log():
    xml = process("p", start("s"), step("a"), user("u"), end("e"), "s -> a -> u -> e")
    play = Play(xml, log=[])
    assert b'"l":' not in play.step.state
    with_trigger = process("p", start("s"), step("a"), user("u"), end("e", compensate()), "s -> a -> u -> e")
    assert b'"l":[["a",null,null,false]]' in Play(with_trigger, log=[]).step.state
    assert load("p", [xml], id="d", version=1).compiled.spec.task_specs["a"].is_compensable is False


@event("Compensation boundary event", "without a handler, or with two, is refused", refused=True)
def test_a_boundary_event_needs_one_handler():
    alone = process("p", start("s"), task("a"), node("boundaryEvent", "b", compensate(), attachedToRef="a"), "s -> a")
    assert refusals(alone) == {("compensation-without-handler", "b")}
    second = task("other", isForCompensation="true") + '<association id="x" sourceRef="c_a" targetRef="other"/>'
    two = process("p", start("s"), task("a"), undone_by("a", task("undo")), second, "s -> a")
    assert refusals(two) == {("compensation-without-handler", "c_a")}


@event("Compensation handler", "with a sequence flow in or out is refused", refused=True)
def test_a_handler_with_flows_is_refused():
    xml = process("p", start("s"), task("a"), undone_by("a", task("undo")), end("e"), "s -> a -> e", "undo -> e")
    assert {rule for rule, _ in refusals(xml)} == {"compensation-flow"}


@event("Compensation throw event", "for an activity out of its reach is refused", refused=True)
def test_throwing_for_what_is_not_in_reach_is_refused():
    inside = sub("in", start("s2"), throw("t", compensate("a")), end("e2"), "s2 -> t -> e2")
    xml = process("p", start("s"), step("a"), inside, end("e"), "s -> a -> in -> e")
    assert refusals(xml) == {("compensation-activity", "t")}


@event("Compensation start event", "outside an event sub-process is refused", refused=True)
def test_a_compensation_start_event_of_a_process_is_refused():
    assert refusals(process("p", start("s", compensate()), task("a"), "s -> a")) >= {("event-not-allowed-here", "s")}


transaction = partial(sub, kind="transaction")
cancelling = partial(row, section="10.3.5", group="Activities")


def booked(*inside: str, on: str = "undone", **loop) -> tuple[str, ...]:
    return (
        start("s"), transaction("tx", *inside, **loop), boundary(on, "tx", cancel), end("e"), task("back"), end("f"),
        "s -> tx -> e", f"{on} -> back -> f",
    )  # fmt: skip


@cancelling(
    "Transaction", "cancelled: the rest is interrupted, what completed is undone, then the cancel boundary is left"
)
def test_a_cancelled_transaction_is_undone_before_it_is_left():
    play = played(*booked(
        start("s2"), step("a"), fork("k"), step("b"), user("u"), undone_by("u", script("undo_u", "x = 1")), user("v"),
        end("no", cancel), end("e2"), "s2 -> a -> k -> b -> v -> no", "k -> u -> e2",
    ))  # fmt: skip
    assert play.tasks == ["u", "v"]
    play.do("v")
    assert play.history[-9:] == [
        ("completed", "v"), ("passed", "no"), ("cancelled", "u"), ("passed", "undo_b"), ("passed", "undo_a"),
        ("cancelled", "tx"), ("passed", "undone"), ("passed", "back"), ("passed", "f"),
    ]  # fmt: skip
    assert (play.status, play.vars["log"]) == ("completed", ["a", "b", "undo_b", "undo_a"])


@cancelling("Transaction", "its boundary events are over when it is cancelled; people may do the handlers")
def test_undoing_a_transaction_takes_its_time():
    play = played(
        *booked(start("s2"), user("a"), undone_by("a", user("undo_a")), end("no", cancel), "s2 -> a -> no"),
        boundary("late", "tx", message("late")), end("g"), "late -> g",
    )  # fmt: skip
    assert [w.kind for w in play.do("a").step.waits] == ["task"]
    assert play.do("undo_a").passed[-3:] == ["undone", "back", "f"]


@cancelling("Transaction", "cancelled in a nested sub-process: what completed in the active one is undone, too")
def test_a_cancel_end_event_in_a_nested_scope():
    inside = sub("in", start("s3"), step("b"), end("no", cancel), "s3 -> b -> no")
    play = played(*booked(start("s2"), step("a"), inside, end("e2"), "s2 -> a -> in -> e2"))
    assert play.vars["log"] == ["a", "b", "undo_b", "undo_a"]
    assert play.passed[-3:] == ["undone", "back", "f"]


@cancelling("Transaction", "an error leaves it without undoing anything (hazard)")
def test_an_error_leaves_a_transaction_as_it_is():
    play = played(
        *booked(start("s2"), step("a"), xor("g"), end("bad", error("E")), end("no", cancel), "s2 -> a -> g",
                "g -> bad else", "g -> no if False"),
        boundary("hazard", "tx", error("E")), user("mend"), "hazard -> mend",
    )  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["mend"], ["a"])


@cancelling("Transaction", "an error of a handler while it is undone leaves it by its error boundary event")
def test_an_error_while_a_transaction_is_undone():
    bad = sub("undo_b", start("us"), end("ue", error("E")), "us -> ue")
    play = played(
        *booked(start("s2"), step("a"), task("b"), undone_by("b", bad), end("no", cancel), "s2 -> a -> b -> no"),
        boundary("hazard", "tx", error("E")), user("mend"), "hazard -> mend",
    )  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["mend"], ["a"])


@cancelling("Transaction", "cancelled without a cancel boundary event: it is undone, and nothing follows it")
def test_a_transaction_without_a_cancel_boundary_event():
    play = played(
        start("s"), fork("k"), transaction("tx", start("s2"), step("a"), end("no", cancel), "s2 -> a -> no"), user("u"),
        task("never"), end("e"), "s -> k -> tx -> never -> e", "k -> u -> e",
    )  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["u"], ["a", "undo_a"])
    assert "never" not in play.do("u").passed
    assert play.status == "completed"


@cancelling("Transaction", "without anything to undo is left at once; completed, it can be undone as a sub-process")
def test_other_ways_of_a_transaction():
    play = played(*booked(start("s2"), task("a"), end("no", cancel), "s2 -> a -> no"))
    assert play.passed[-4:] == ["no", "undone", "back", "f"]
    inside = transaction("tx", start("s2"), step("a"), end("e2"), "s2 -> a -> e2")
    assert played(start("s"), inside, end("e", compensate()), "s -> tx -> e").vars["log"] == ["a", "undo_a"]


@cancelling(
    "Transaction", "multi-instance: a cancel undoes every instance that still runs and leaves by the boundary event"
)
def test_a_multi_instance_transaction():
    play = played(*booked(
        each("items", item="item"), start("s2"), script("a", "log = log + [item]"),
        undone_by("a", script("undo", "log = log + ['-' + item]")), user("u"), xor("g"), end("no", cancel), end("e2"),
        "s2 -> a -> u -> g", "g -> no if stop", "g -> e2 else",
    ), items=["x", "y", "z"])  # fmt: skip
    play.do("u", 0, stop=False).do("u", 0, stop=True)
    assert play.vars["log"] == ["x", "y", "z", "-y", "-z"]
    assert play.passed[-3:] == ["undone", "back", "f"]
    assert play.status == "completed"


@cancelling(
    "Transaction", "nested: cancelling the inner one leaves the outer one going; the outer undoes a completed inner"
)
def test_nested_transactions():
    inner = transaction("inner", start("s3"), step("b"), end("no", cancel), "s3 -> b -> no")
    play = played(*booked(
        start("s2"), step("a"), inner, boundary("x", "inner", cancel), step("c"), user("u"), end("no2", cancel),
        "s2 -> a -> inner", "x -> c -> u -> no2",
    ))  # fmt: skip
    assert (play.tasks, play.vars["log"]) == (["u"], ["a", "b", "undo_b", "c"])
    assert play.do("u").vars["log"][4:] == ["undo_c", "undo_a"]


@cancelling("Cancel event", "outside a transaction is refused", refused=True)
def test_a_cancel_event_outside_a_transaction_is_refused():
    assert refusals(process("p", start("s"), end("e", cancel), "s -> e")) == {("cancel-outside-transaction", "e")}
