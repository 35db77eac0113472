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
    assert load("p", [xml], id="d", version=1).compiled.undoes is False


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
