"""Modification: tokens are taken away, moved and started from outside, all in one step (as in Camunda 7)."""

from __future__ import annotations

import copy

from engine.modification import activations
from tests.engine.changes import INNER, NESTED, TWO, changed, does, ids, refused
from tests.engine.diagrams import (
    ad_hoc,
    boundary,
    call,
    cancel,
    catch,
    duration,
    each,
    end,
    error,
    first,
    fork,
    handler,
    message,
    process,
    script,
    start,
    sub,
    undone_by,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play

# -- cancel


def test_cancelling_one_branch_leaves_the_others():
    play = changed(Play(TWO), does("cancel", "a"))
    assert (play.tasks, play.status) == (["b"], "running")
    assert play.history[-1] == ("cancelled", "a")


def test_an_instance_with_nothing_left_is_cancelled():
    play = changed(Play(TWO), does("cancel", "a"), does("cancel", "b"))
    assert (play.tasks, play.status, play.step.waits) == ([], "cancelled", ())


def test_a_sub_process_with_nothing_left_is_cancelled_and_no_flow_leaves_it():
    play = changed(Play(NESTED).do("a"), does("cancel", "x"))
    assert play.status == "cancelled"
    assert play.history[-2:] == [("cancelled", "x"), ("cancelled", "sub")]


def test_cancelling_a_sub_process_cancels_all_inside():
    play = Play(process("p", start("s"), fork("f"), INNER, user("z"), end("e"), "s -> f -> sub -> e", "f -> z -> e"))
    changed(play, does("cancel", "sub"))
    assert (play.tasks, play.status) == (["z"], "running")
    assert play.history[-2:] == [("cancelled", "x"), ("cancelled", "sub")]


def test_one_of_several_tokens_is_cancelled_by_its_activation():
    play = Play(
        process("p", start("s"), fork("f"), xor("m"), user("a"), end("e"), "s -> f -> m -> a -> e", "f -> m"),
    )
    assert play.tasks == ["a", "a"]
    other, one = ids(play, "a")
    changed(play, does("cancel", "a", activation_id=one))
    assert ids(play, "a") == [other]
    assert refused(play, does("cancel", "a", activation_id=one)) == [
        ("instructions.0.activation_id", "unknown_activation")
    ]
    assert play.do("a").status == "completed"


def test_what_stands_by_goes_with_what_it_stands_by_for():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), boundary("late", "a", duration("PT1H")), user("b"), end("e"),
        "s -> f -> a -> e", "late -> e", "f -> b -> e",
    )  # fmt: skip
    play = changed(Play(diagram), does("cancel", "a"))
    assert [wait.kind for wait in play.step.waits] == ["task"]
    assert play.step.next_due is None


def test_an_incident_goes_with_its_token():
    diagram = process(
        "p", start("s"), fork("f"), script("x", "y = 1 / n"), user("b"), end("e"), "s -> f -> x -> e", "f -> b -> e"
    )
    play = Play(diagram, n=0)
    assert play.incidents
    changed(play, does("cancel", "x"))
    assert (play.incidents, play.history[-1]) == ([], ("cancelled", "x"))


# -- start before, move


def test_a_token_is_moved_back_and_forth():
    play = Play(process("p", start("s"), user("a"), user("b"), user("c"), end("e"), "s -> a -> b -> c -> e"))
    changed(play, does("move", "a", "c"))
    assert play.tasks == ["c"]
    assert play.history[-2:] == [("entered", "c"), ("cancelled", "a")]
    changed(play, does("move", "c", "a"))
    assert play.do("a").do("b").do("c").status == "completed"


def test_what_is_started_runs_to_its_next_wait():
    play = Play(
        process("p", start("s"), user("a"), script("n", "x = y * 2"), user("c"), end("e"), "s -> a -> n -> c -> e")
    )
    changed(play, does("move", "a", "n", variables={"y": 4}))
    assert (play.tasks, play.vars) == (["c"], {"y": 4, "x": 8})


def test_an_instance_does_not_end_between_two_instructions():
    play = changed(Play(NESTED), does("cancel", "a"), does("start_before", "z"))
    assert (play.tasks, play.status) == (["z"], "running")


def test_a_sub_process_that_is_emptied_and_filled_again_stays_the_same():
    play = Play(NESTED).do("a")
    (before,) = ids(play, "sub")
    changed(play, does("cancel", "x"), does("start_before", "y"))
    assert (ids(play, "sub"), play.tasks) == ([before], ["y"])
    assert play.do("y").do("z").status == "completed"


def test_a_sub_process_is_opened_where_none_is_open():
    late = boundary("late", "sub", duration("PT1H"))
    listens = handler("h", start("hs", message("m"), isInterrupting="false"), user("hu"), end("he"), "hs -> hu -> he")
    inner = sub("sub", start("s2"), user("x"), user("y"), end("e2"), listens, "s2 -> x -> y -> e2")
    diagram = process(
        "p", start("s"), user("a"), inner, late, user("z"), end("e"), "s -> a -> sub -> z -> e", "late -> z"
    )
    play = changed(Play(diagram), does("move", "a", "y"))
    assert sorted(wait.kind for wait in play.step.waits) == ["message", "task", "timer"]
    assert play.message("m").tasks == ["hu", "y"]
    assert play.do("hu").do("y").do("z").status == "completed"
    play = changed(Play(diagram), does("move", "a", "y"))
    assert play.later(hours=1).tasks == ["z"]


def test_two_starts_share_the_scope_that_the_first_has_opened():
    play = changed(Play(NESTED), does("cancel", "a"), does("start_before", "x"), does("start_before", "y"))
    assert len(ids(play, "sub")) == 1
    assert play.tasks == ["x", "y"]


def test_nested_scopes_are_opened_one_in_the_other():
    deep = sub(
        "o",
        start("s1"),
        sub("m", start("s2"), user("x"), end("e2"), "s2 -> x -> e2"),
        user("w"),
        end("e1"),
        "s1 -> m -> w -> e1",
    )
    play = Play(process("p", start("s"), user("a"), deep, end("e"), "s -> a -> o -> e"))
    changed(play, does("move", "a", "x"))
    assert [event.element_id for event in play.step.events if event.kind == "entered"] == ["o", "m", "x"]
    assert play.do("x").do("w").status == "completed"


def test_where_several_are_open_one_must_be_named():
    each_ = sub("sub", each(times="2"), start("s2"), user("x"), user("y"), end("e2"), "s2 -> x -> y -> e2")
    play = Play(process("p", start("s"), each_, end("e"), "s -> sub -> e"))
    assert refused(play, does("start_before", "y")) == [("instructions.0.element_id", "ambiguous")]
    _, one, _ = ids(play, "sub")
    changed(play, does("start_before", "y", ancestor_id=one))
    assert play.tasks == ["x", "x", "y"]
    moved = changed(play, does("move", "x", "y"))
    assert moved.tasks == ["y", "y", "y"]
    assert moved.do("y").do("y").do("y").status == "completed"


def test_the_instance_itself_as_ancestor_opens_a_second_one():
    play = Play(NESTED).do("a")
    whole = activations(play.definition, play.step.state)[0].id
    changed(play, does("start_before", "y", ancestor_id=whole))
    assert len(ids(play, "sub")) == 2
    assert refused(play, does("start_before", "z", ancestor_id="nothing")) == [
        ("instructions.0.ancestor_id", "unknown_activation")
    ]
    inside = ids(play, "sub")[0]
    assert refused(play, does("start_before", "z", ancestor_id=inside)) == [
        ("instructions.0.ancestor_id", "unknown_activation")
    ]


def test_moving_out_of_a_sub_process_ends_it_without_its_flow():
    play = changed(Play(NESTED).do("a"), does("move", "x", "z"))
    assert (play.tasks, play.history[-1]) == (["z"], ("cancelled", "sub"))
    assert play.do("z").status == "completed"


def test_a_sub_process_moved_into_itself_is_opened_anew():
    play = Play(NESTED).do("a")
    (before,) = ids(play, "sub")
    changed(play, does("move", "sub", "y"))
    assert ids(play, "sub") != [before]
    assert play.tasks == ["y"]


def test_a_called_process_is_opened_and_gets_its_variables():
    inner = process("q", start("qs"), user("qu"), script("qn", "r = n + 1"), end("qe"), "qs -> qu -> qn -> qe")
    play = Play(process("p", start("s"), user("a"), call("c", "q"), end("e"), "s -> a -> c -> e"), inner, n=1)
    changed(play, does("move", "a", "qu"))
    assert (play.tasks, play.sees("qu")) == (["qu"], {"n": 1})
    assert play.do("qu").vars == {"n": 1, "r": 2}
    assert play.status == "completed"


def test_of_two_calls_of_one_process_the_open_one_is_meant_or_one_must_be_open():
    inner = process("q", start("qs"), user("qu"), user("qv"), end("qe"), "qs -> qu -> qv -> qe")
    diagram = process("p", start("s"), user("a"), call("c1", "q"), call("c2", "q"), end("e"), "s -> a -> c1 -> c2 -> e")
    play = Play(diagram, inner)
    assert refused(play, does("move", "a", "qv")) == [("instructions.0.to_element_id", "ambiguous")]
    changed(play.do("a"), does("move", "qu", "qv"))
    assert play.do("qv").tasks == ["qu"]


def test_an_event_sub_process_that_interrupts_takes_the_place_of_the_rest():
    stops = handler("h", start("hs", message("m")), user("hu"), user("hv"), end("he"), "hs -> hu -> hv -> he")
    diagram = process("p", start("s"), user("a"), end("e"), stops, "s -> a -> e")
    play = changed(Play(diagram), does("start_before", "hv"))
    assert (play.tasks, [wait.kind for wait in play.step.waits]) == (["hv"], ["task"])
    assert ("cancelled", "a") in play.history
    assert play.do("hv").status == "completed"
    assert changed(Play(diagram), does("start_before", "h")).tasks == ["hu"]
    assert changed(Play(diagram), does("start_before", "hs")).tasks == ["hu"]
    assert changed(Play(diagram), does("move", "a", "hv")).tasks == ["hv"]


def test_an_event_sub_process_that_does_not_interrupt_runs_beside_the_rest():
    notes = handler("h", start("hs", message("m"), isInterrupting="false"), user("hu"), end("he"), "hs -> hu -> he")
    play = changed(
        Play(process("p", start("s"), user("a"), end("e"), notes, "s -> a -> e")), does("start_before", "hu")
    )
    assert play.tasks == ["a", "hu"]
    assert play.message("m").tasks == ["a", "hu", "hu"]


def test_a_transaction_is_opened_and_can_still_be_cancelled():
    inside = sub(
        "t", start("s2"), user("x"), user("done"), undone_by("done", user("undo")), end("bad", cancel), end("good"),
        xor("g"), "s2 -> x -> done -> g", "g -> bad if n > 0", "g -> good else", kind="transaction",
    )  # fmt: skip
    diagram = process(
        "p", start("s"), user("a"), inside, boundary("left", "t", cancel), user("after"), end("e"),
        "s -> a -> t -> e", "left -> after -> e",
    )  # fmt: skip
    play = changed(Play(diagram, n=1), does("move", "a", "done"))
    assert play.do("done").tasks == ["undo"]
    (undone,) = ids(play, "t")
    assert set(ids(changed(copy.copy(play), does("start_before", "x")), "t")) > {undone}
    assert refused(play, does("start_before", "undo")) == [("instructions.0.element_id", "not_enterable")]
    assert changed(play, does("cancel", "undo")).tasks == ["after"]


def test_before_a_boundary_event_means_that_it_happens_beside_its_activity():
    diagram = process(
        "p", start("s"), user("a"), boundary("b", "a", error("E")), user("mend"), end("e"), "s -> a -> e",
        "b -> mend -> e",
    )  # fmt: skip
    play = changed(Play(diagram), does("start_before", "b"))
    assert play.tasks == ["a", "mend"]
    assert changed(Play(diagram), does("move", "a", "b")).tasks == ["mend"]


def test_an_activity_of_an_ad_hoc_sub_process_is_started():
    play = Play(process("p", start("s"), user("a"), ad_hoc("h", user("x"), user("y")), end("e"), "s -> a -> h -> e"))
    changed(play, does("move", "a", "y"))
    assert play.tasks == ["y"]
    assert play.do("y").status == "completed"


# -- start after


def test_after_an_element_means_by_its_flows():
    diagram = process(
        "p", start("s"), user("a"), xor("g"), user("b"), user("c"), end("e"), "s -> a -> g",
        "g -> b if n > 1", "b -> e", "g -> c else", "c -> e",
    )  # fmt: skip
    play = changed(Play(diagram, n=2), does("start_after", "g"))
    assert play.tasks == ["a", "b"]
    play = changed(Play(diagram, n=0), does("cancel", "a"), does("start_after", "a"))
    assert play.tasks == ["c"]
    play = changed(Play(diagram, n=0), does("start_after", "g", variables={"n": 3}))
    assert (play.tasks, play.vars) == (["a", "b"], {"n": 3})
    assert changed(Play(TWO), does("start_after", "f")).tasks == ["a", "a", "b", "b"]
    assert changed(Play(TWO), does("start_after", "s"), does("cancel", "a"), does("cancel", "b")).tasks == ["a", "b"]


def test_one_flow_may_be_named():
    play = Play(TWO)
    flow = next(flow.id for flow in play.definition.compiled.spec.task_specs["f"].flows if flow.target == "b")
    assert changed(play, does("start_after", "f", flow_id=flow)).tasks == ["a", "b", "b"]
    assert refused(play, does("start_after", "f", flow_id="no")) == [("instructions.0.flow_id", "unknown_flow")]


def test_a_flow_of_an_implicit_split_may_be_named():
    play = Play(process("p", start("s"), user("a"), user("b"), user("c"), end("e"), "s -> a -> b -> e", "a -> c -> e"))
    gateway = play.definition.compiled.spec.task_specs["_g_a"]
    flow = next(flow.id for flow in gateway.flows if flow.target == "c")
    assert changed(play, does("start_after", "a", flow_id=flow)).tasks == ["a", "c"]
    assert changed(play, does("start_after", "a")).tasks == ["a", "b", "c", "c"]


def test_where_no_flow_applies_it_is_refused():
    play = Play(process("p", start("s"), user("a"), xor("g"), end("e"), "s -> a -> g -> e if n > 1"), n=0)
    assert refused(play, does("start_after", "g")) == [("instructions.0.element_id", "no_path_chosen")]
    assert refused(play, does("start_after", "e")) == [("instructions.0.element_id", "nothing_follows")]


def test_after_an_event_based_gateway_a_flow_must_be_named():
    diagram = process(
        "p", start("s"), first("g"), catch("m", message("m")), catch("t", duration("PT1H")), user("u"), end("e"),
        "s -> g -> m -> u -> e", "g -> t -> e",
    )  # fmt: skip
    play = Play(diagram)
    assert refused(play, does("start_after", "g"), does("cancel", "m")) == [
        ("instructions.0.flow_id", "required"),
        ("instructions.1.element_id", "no_token"),
    ]
    changed(play, does("move", "g", "m"))
    assert [wait.element_id for wait in play.step.waits] == ["m"]
    assert play.message("m").tasks == ["u"]
