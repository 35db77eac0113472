"""Modification at joins and loops, what is refused, and what is told of what is active."""

from __future__ import annotations

import pytest

from engine.modification import activations
from tests.engine.changes import INNER, NESTED, TWO, changed, does, ids, refused
from tests.engine.diagrams import (
    again,
    boundary,
    catch,
    compensate,
    condition,
    duration,
    each,
    end,
    fork,
    handler,
    node,
    process,
    some,
    start,
    sub,
    terminate,
    throw,
    undone_by,
    user,
)  # fmt: skip
from tests.engine.play import Play

# -- joins


@pytest.mark.parametrize("gate", [fork, some])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_token_before_a_join_stands_for_a_branch_that_is_gone(gate, order):
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), gate("j"), user("c"), end("e"),
        "s -> f -> a -> j -> c -> e", "f -> b -> j",
    )  # fmt: skip
    play = changed(Play(diagram), does("move", order[0], "j"))
    assert play.tasks == [order[1]]
    assert play.do(order[1]).tasks == ["c"]
    assert play.do("c").status == "completed"
    play = changed(Play(diagram).do(order[0]), does("move", order[1], "j"))
    assert play.tasks == ["c"]
    play = changed(Play(diagram), does("move", "a", "j"), does("move", "b", "j"))
    assert play.tasks == ["c"]


def test_a_token_that_waits_at_a_join_can_be_moved():
    play = changed(Play(TWO).do("a"), does("move", "j", "a"))
    assert play.tasks == ["a", "b"]
    assert play.do("b").do("a").tasks == ["c"]


def test_a_token_before_a_complex_gateway_is_counted():
    closing = "<activationCondition>activationCount &gt;= 2</activationCondition>"
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), user("d"), node("complexGateway", "j", closing), user("c"),
        end("e"), "s -> f -> a -> j -> c -> e", "f -> b -> j", "f -> d -> j",
    )  # fmt: skip
    play = changed(Play(diagram), does("move", "a", "j"))
    assert play.tasks == ["b", "d"]
    assert play.do("b").tasks == ["c", "d"]
    assert play.do("d").do("c").status == "completed"


# -- loops


def test_before_a_loop_means_all_of_it():
    play = Play(
        process("p", start("s"), user("a"), user("x", each("rows", item="row")), end("e"), "s -> a -> x -> e"),
        rows=[1, 2],
    )
    changed(play, does("move", "a", "x"))
    assert play.tasks == ["x", "x"]
    assert changed(play, does("move", "x", "a")).tasks == ["a"]


def test_one_instance_of_a_loop_is_cancelled_and_the_others_end_it():
    loop = each("rows", item="row", out="done", out_item="row")
    play = Play(process("p", start("s"), user("x", loop), user("z"), end("e"), "s -> x -> z -> e"), rows=[1, 2, 3])
    _, one, _, _ = ids(play, "x")
    changed(play, does("cancel", "x", activation_id=one))
    assert play.tasks == ["x", "x"]
    assert play.do("x").do("x").tasks == ["z"]
    assert play.vars["done"] == [2, 3]


def test_a_loop_whose_last_instance_is_cancelled_is_cancelled():
    play = Play(
        process(
            "p",
            start("s"),
            fork("f"),
            user("x", each(times="2")),
            user("z"),
            end("e"),
            "s -> f -> x -> e",
            "f -> z -> e",
        )
    )
    body, *instances = ids(play, "x")
    changed(play, *[does("cancel", "x", activation_id=one) for one in instances])
    assert (play.tasks, ids(play, "x")) == (["z"], [])
    assert body not in ids(play, "x")


def test_one_more_instance_of_an_open_parallel_loop():
    loop = each("rows", item="row", out="done", out_item="row")
    play = Play(process("p", start("s"), user("x", loop), end("e"), "s -> x -> e"), rows=[1, 2])
    body = ids(play, "x")[0]
    changed(play, does("start_before", "x", ancestor_id=body, variables={"row": 9}))
    assert [play.sees("x", n)["row"] for n in range(3)] == [1, 2, 9]
    assert play.do("x").do("x").do("x").vars["done"] == [1, 2, 9]


@pytest.mark.parametrize("loop", [each("rows", item="row"), each("rows", item="row", sequential=True), again("row")])
def test_something_inside_a_loop_that_is_not_open_gets_one_instance(loop):
    inner = sub("sub", loop, start("s2"), user("x"), user("y"), end("e2"), "s2 -> x -> y -> e2")
    play = Play(
        process("p", start("s"), user("a"), inner, user("z"), end("e"), "s -> a -> sub -> z -> e"), rows=[1, 2], row=0
    )
    changed(play, does("move", "a", "y", variables={"row": 0}))
    assert play.tasks == ["y"]
    assert play.do("y").do("z").status == "completed"


# -- refused


def test_all_errors_are_told_at_once_and_nothing_changes():
    play = Play(NESTED)
    assert refused(
        play, does("cancel", "nothing"), does("cancel", "z"), does("start_before", "s"), does("move", "a"),
        does("move", "a", "nothing"), does("start_before", "y", variables={"n": "\0"}), does("start_before", "z"),
    ) == [
        ("instructions.0.element_id", "unknown_element"), ("instructions.1.element_id", "no_token"),
        ("instructions.2.element_id", "start_event"), ("instructions.3.to_element_id", "required"),
        ("instructions.4.to_element_id", "unknown_element"), ("instructions.5.variables", "invalid"),
    ]  # fmt: skip
    assert play.do("a").tasks == ["x"]


def test_a_scope_that_cannot_be_opened_is_refused_with_its_reason():
    diagram = process(
        "p", start("s"), user("a"), INNER, boundary("b", "sub", duration("n")), end("e"), "s -> a -> sub -> e",
        "b -> e",
    )  # fmt: skip
    assert refused(Play(diagram, n=0), does("move", "a", "y")) == [
        ("instructions.0.to_element_id", "expression_failed")
    ]


def test_what_only_compensation_runs_is_refused():
    begin = start("hs", compensate())
    inner = sub(
        "sub",
        start("s2"),
        user("x"),
        end("e2"),
        handler("h", begin, user("hu"), end("he"), "hs -> hu -> he"),
        "s2 -> x -> e2",
    )
    diagram = process(
        "p", start("s"), user("a"), undone_by("a", user("undo")), inner, throw("t", compensate()), end("e"),
        "s -> a -> sub -> t -> e",
    )  # fmt: skip
    play = Play(diagram)
    for name in ("undo", "h", "hu", "c_a"):
        assert refused(play, does("start_before", name)) == [("instructions.0.element_id", "not_enterable")], name


def test_a_cancelled_handler_lets_compensation_go_on():
    diagram = process(
        "p", start("s"), user("a"), undone_by("a", user("undo_a")), user("b"), undone_by("b", user("undo_b")),
        throw("t", compensate()), user("z"), end("e"), "s -> a -> b -> t -> z -> e",
    )  # fmt: skip
    play = Play(diagram).do("a").do("b")
    assert play.tasks == ["undo_b"]
    assert changed(play, does("cancel", "undo_b")).tasks == ["undo_a"]
    assert play.do("undo_a").tasks == ["z"]


def test_conditions_are_asked_after_all_instructions():
    watch = catch("w", condition("n > 3"))
    play = Play(process("p", start("s"), user("a"), watch, user("z"), end("e"), "s -> a -> w -> z -> e"), n=0)
    assert changed(play, does("move", "a", "w", variables={"n": 4})).tasks == ["z"]


def test_an_end_that_terminates_ends_the_scope_around_it():
    inner = sub(
        "sub",
        start("s2"),
        fork("f"),
        user("x"),
        user("y"),
        end("stop", terminate),
        "s2 -> f -> x -> stop",
        "f -> y -> stop",
    )
    play = Play(process("p", start("s"), inner, user("z"), end("e"), "s -> sub -> z -> e"))
    assert changed(play, does("start_before", "stop")).tasks == ["z"]


def test_what_is_active_is_told_as_a_tree():
    loop = sub("sub", each(times="2"), start("s2"), user("x"), end("e2"), "s2 -> x -> e2")
    play = Play(process("p", start("s"), loop, end("e"), "s -> sub -> e"))
    found = activations(play.definition, play.step.state)
    whole, body, one, other, x1, x2 = found
    assert (whole.element_type, whole.parent_id, body.parent_id, body.is_loop) == ("process", None, whole.id, True)
    assert (one.parent_id, other.parent_id, x1.parent_id, x2.parent_id) == (body.id, body.id, one.id, other.id)
    assert (one.local, other.local) == ({"loopCounter": 0}, {"loopCounter": 1})
    assert {x1.id, x2.id} == {wait.id for wait in play.step.waits}
