"""Ad-hoc sub-processes: activities without an order of their own (10.3.5, 13.3.5)."""

from __future__ import annotations

from functools import partial

import pytest

from engine import runner
from findings import errors_among
from tests.engine.diagrams import (
    ad_hoc,
    boundary,
    catch,
    compensate,
    each,
    end,
    error,
    fork,
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
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, findings

ad_hoc_row = partial(row, "Ad-hoc sub-process", section="13.3.5", group="Activities")
LOG = "log = log + [{!r}]"


def refusals(xml: bytes) -> set[tuple[str, str]]:
    """Give the rule and the element of each finding that refuses a diagram."""
    return {(finding.rule, finding.element_id) for finding in errors_among(findings(xml))}


def played(*parts: str, **variables) -> Play:
    return Play(accepted(process("p", *parts)), log=[], **variables)


def around(*inside: str, **more) -> tuple[str, ...]:
    return start("s"), ad_hoc("in", *inside, **more), user("after"), end("e"), "s -> in -> after -> e"


@ad_hoc_row("parallel: everything that no flow leads to is enabled at once; it ends when all is done")
@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_everything_is_enabled_at_once(order):
    play = played(*around(user("a"), user("b"), user("c")))
    assert play.tasks == ["a", "b", "c"]
    for name in order:
        assert play.status == "running"
        play.do(name)
    assert play.tasks == ["after"]
    assert play.passed == ["s", *order, "in"]


@ad_hoc_row("sequential: one activity at a time, in the order of the file")
def test_one_at_a_time():
    play = played(*around(user("b"), user("a"), user("c"), sequential=True))
    for name in ("b", "a", "c"):
        assert play.tasks == [name]
        play.do(name)
    assert play.tasks == ["after"]


@ad_hoc_row("flows inside are followed; activities that they lead to are enabled by them only")
def test_flows_inside_are_followed():
    parts = (user("a"), user("b"), xor("g"), user("x"), user("y"), "a -> g", "g -> x if n > 1", "g -> y else")
    play = played(*around(*parts), n=2)
    assert play.tasks == ["a", "b"]
    assert play.do("a").tasks == ["b", "x"]
    assert play.do("b").do("x").tasks == ["after"]


@ad_hoc_row("sequential: what several flows lead to is done one after the other, too")
def test_a_split_in_a_sequence():
    parts = (user("a"), fork("f"), user("x"), user("y"), fork("j"), user("z"), user("b"), "a -> f -> x -> j -> z",
             "f -> y -> j")  # fmt: skip
    play = played(*around(*parts, sequential=True))
    for name in ("a", "x", "y", "z", "b", "after"):
        assert play.tasks == [name]
        play.do(name)
    assert play.status == "completed"


@ad_hoc_row("completionCondition is asked after each activity; when it holds the others are cancelled")
def test_the_completion_condition():
    play = played(*around(user("a"), user("b"), user("c"), until="done == 2")).do("b", done=1)
    assert play.tasks == ["a", "c"]
    assert play.do("c", done=2).tasks == ["after"]
    assert play.history[-4:] == [("completed", "c"), ("cancelled", "a"), ("completed", "in"), ("entered", "after")]


@ad_hoc_row("cancelRemainingInstances false: waits for what is active, enables nothing more")
def test_waiting_for_what_is_active():
    parts = (user("a"), user("b"), user("c"), user("d"), "a -> d")
    play = played(*around(*parts, until="done", cancels=False)).do("b", done=True)
    assert play.tasks == ["a", "c"]
    play.do("a").do("c")
    assert play.tasks == ["after"]
    assert "d" not in [x for _, x in play.history]


@ad_hoc_row("cancelRemainingInstances false: an event that waits inside does not keep it open")
def test_an_event_does_not_keep_it_open():
    parts = (user("a"), task("b"), catch("m", message("m")), user("d"), "b -> m -> d")
    play = played(*around(*parts, until="done", cancels=False), done=False)
    assert play.do("a", done=True).tasks == ["after"]
    assert ("cancelled", "m") in play.history


@ad_hoc_row("sequential: when the condition holds nothing further is enabled")
def test_a_sequence_ends_early():
    play = played(*around(user("a"), user("b"), user("c"), until="done", sequential=True)).do("a", done=False)
    assert play.do("b", done=True).tasks == ["after"]
    assert "c" not in [x for _, x in play.history]


@ad_hoc_row("with a condition that has not held, everything is enabled again when nothing is left")
@pytest.mark.parametrize("sequential", [True, False])
def test_everything_is_enabled_again(sequential):
    play = played(*around(user("a"), user("b"), until="rounds == 2", sequential=sequential), rounds=0)
    play.do("a").do("b", rounds=1)
    assert play.tasks == (["a"] if sequential else ["a", "b"])
    play.do("a", rounds=2)
    assert play.tasks == ["after"]


@ad_hoc_row("with scripts and no condition runs each once, in order")
@pytest.mark.parametrize("sequential", [True, False])
def test_scripts_run_once(sequential):
    parts = [script(x, LOG.format(x)) for x in "ab"]
    play = played(*around(*parts, sequential=sequential))
    assert (play.vars["log"], play.tasks) == (["a", "b"], ["after"])


@ad_hoc_row("in a multi-instance activity each instance goes on by itself")
def test_several_at_once():
    body = each("items", item="item")
    play = played(*around(body, user("a"), user("b"), until="item == 'x'"), items=["x", "y"])
    assert play.tasks == ["a", "a", "b", "b"]
    play.do("a", 0)
    assert play.tasks == ["a", "b"]
    play.do("b").do("a")
    assert play.tasks == ["a", "b"]


@ad_hoc_row("boundary events and event sub-processes interrupt it or run beside it")
def test_events_around_and_inside():
    hint = handler("on", start("s3", message("hint"), isInterrupting="false"), user("h"), end("e3"), "s3 -> h -> e3")
    parts = (*around(user("a"), user("b"), hint, sequential=True), boundary("stop", "in", message("stop")), end("f"),
             "stop -> f")  # fmt: skip
    play = played(*parts).message("hint")
    assert play.tasks == ["a", "h"]
    assert play.do("a").tasks == ["b", "h"]
    assert play.do("b").tasks == ["h"]
    assert play.do("h").tasks == ["after"]
    play = played(*parts).message("stop")
    assert play.passed == ["s", "stop", "f"]


@ad_hoc_row("errors leave it; what completed in it can be undone")
def test_errors_and_compensation():
    bad = sub("bad", start("s2"), end("e2", error("E")), "s2 -> e2")
    play = played(*around(user("a"), bad), boundary("x", "in", error("E")), user("mend"), "x -> mend")
    assert play.tasks == ["mend"]
    parts = [script(x, LOG.format(x)) + undone_by(x, script(f"undo_{x}", LOG.format(f"undo_{x}"))) for x in "ab"]
    play = played(start("s"), ad_hoc("in", *parts), throw("t", compensate()), end("e"), "s -> in -> t -> e")
    assert play.vars["log"] == ["a", "b", "undo_b", "undo_a"]


@ad_hoc_row("inside multi-instance and sub-processes count as one activity; the condition sees what they wrote")
def test_larger_activities_inside():
    inner = sub("q", start("s2"), user("x"), end("e2"), "s2 -> x -> e2")
    play = played(*around(user("a", each(times="2")), inner, until="n == 1", sequential=True), n=0)
    assert play.tasks == ["a", "a"]
    play.do("a", n=1).do("a", n=0)
    assert play.tasks == ["x"]
    assert play.do("x", n=1).tasks == ["after"]


@ad_hoc_row("an activity inside that is interrupted leaves by its boundary event")
def test_a_boundary_event_inside():
    parts = (user("a"), boundary("late", "a", message("late")), user("x"), user("b"), "late -> x")
    play = played(*around(*parts, sequential=True)).message("late")
    assert play.tasks == ["x"]
    assert play.do("x").do("b").tasks == ["after"]


@ad_hoc_row("start or end events inside are refused", refused=True)
def test_start_and_end_events_are_refused():
    xml = process(
        "p", start("s"), ad_hoc("in", start("x"), user("a"), end("y"), "x -> a -> y"), end("e"), "s -> in -> e"
    )
    assert refusals(xml) == {("ad-hoc-start-or-end", "x"), ("ad-hoc-start-or-end", "y")}


@ad_hoc_row("without activities is refused", refused=True)
def test_an_empty_one_is_refused():
    assert refusals(process("p", start("s"), ad_hoc("in"), end("e"), "s -> in -> e")) == {("ad-hoc-empty", "in")}


@ad_hoc_row("started by an event is refused", refused=True)
def test_one_started_by_an_event_is_refused():
    xml = process("p", start("s"), ad_hoc("in", user("a"), triggeredByEvent="true"), end("e"), "s -> e")
    assert refusals(xml) == {("ad-hoc-event-sub-process", "in")}


@ad_hoc_row("a condition that fails is an incident at the activity; tried again, it goes on")
def test_a_condition_that_fails():
    play = played(*around(user("a"), user("b"), until="rounds > 1")).do("a")
    assert [i.element_id for i in play.step.incidents] == ["a"]
    assert play.tasks == ["b"]
    play.take(runner.set_variables, {"rounds": 2}).take(runner.retry, play.step.incidents[0].id)
    assert play.tasks == ["after"]


@ad_hoc_row("that could never end is stopped as an incident")
def test_an_endless_one_is_stopped():
    play = played(*around(script("a", "x = 1"), until="x > 1"))
    assert (play.status, len(play.step.incidents)) == ("running", 1)


@ad_hoc_row("an interrupting event sub-process takes the place of all activities, also of those that would come")
@pytest.mark.parametrize("sequential", [True, False])
def test_an_interrupting_event_sub_process(sequential):
    one = handler("on", start("s3", message("stop")), user("h"), end("e3"), "s3 -> h -> e3")
    play = played(*around(user("a"), user("b"), one, until="done", sequential=sequential), done=False).message("stop")
    assert play.tasks == ["h"]
    assert play.do("h").tasks == ["after"]


@ad_hoc_row("cancelRemainingInstances false: waits for a running event sub-process, too")
def test_waiting_for_an_event_sub_process():
    one = handler("on", start("s3", message("x"), isInterrupting="false"), user("h"), end("e3"), "s3 -> h -> e3")
    play = played(*around(user("a"), user("b"), one, until="done", cancels=False), done=False).message("x")
    assert play.do("a", done=True).do("b").tasks == ["h"]
    assert play.do("h").tasks == ["after"]
