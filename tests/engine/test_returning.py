"""Return to an earlier task: what goes back, what stays, and that doing the same again ends the same."""

from __future__ import annotations

import pytest

from engine.returning import return_to
from errors import WrongState
from tests.engine.diagrams import (
    ad_hoc,
    boundary,
    call,
    catch,
    compensate,
    duration,
    end,
    fork,
    handler,
    message,
    process,
    script,
    start,
    sub,
    throw,
    undone_by,
    user,
)
from tests.engine.play import Play


class Returning(Play):
    """An instance whose state before each completed task is kept."""

    def __init__(self, *args, **kwargs) -> None:
        self.kept: dict[str, tuple[str, bytes]] = {}
        super().__init__(*args, **kwargs)

    def do(self, element: str, nth: int = 0, **answers) -> Returning:
        self.kept[element] = (self.id_of(element, nth), self.step.state)
        super().do(element, nth, **answers)
        return self

    def back_to(self, element: str, *, whole: bool = False) -> Returning:
        task_id, snapshot = self.kept[element]
        self.take(return_to, snapshot, task_id, keep_variables=not whole)
        return self


def two_branches(*more: str) -> bytes:
    return process(
        "p", start("s"), fork("f"), user("a1"), user("a2"), user("b1"), user("b2"), fork("j"), user("c"), end("e"),
        "s -> f -> a1 -> a2 -> j -> c -> e", "f -> b1 -> b2 -> j", *more,
    )  # fmt: skip


def test_a_completed_task_opens_again_under_a_new_id_and_what_came_of_it_is_cancelled():
    play = Returning(process("p", start("s"), user("a"), user("b"), end("e"), "s -> a -> b -> e"))
    first = play.id_of("a")
    play.do("a", x=1).back_to("a")
    assert play.tasks == ["a"]
    assert play.id_of("a") != first
    assert play.history[-2:] == [("cancelled", "b"), ("entered", "a")]
    assert play.vars == {"x": 1}
    assert play.do("a", x=2).do("b").status == "completed"
    assert play.vars == {"x": 2}


def test_what_a_parallel_branch_has_done_since_stays():
    play = Returning(two_branches()).do("a1").do("b1")
    b2 = play.id_of("b2")
    play.back_to("a1")
    assert play.tasks == ["a1", "b2"]
    assert play.id_of("b2") == b2
    assert play.do("b2").do("a1").do("a2").tasks == ["c"]


def test_the_whole_instance_goes_back_with_its_variables():
    play = Returning(two_branches(), n=0).do("a1", a=1).do("b1", b=1).back_to("a1", whole=True)
    assert play.tasks == ["a1", "b1"]
    assert play.vars == {"n": 0}


def test_after_a_join_every_branch_that_it_joined_goes_back_to_where_it_stood():
    play = Returning(two_branches()).do("a1").do("b1").do("b2").do("a2").back_to("a2")
    assert play.tasks == ["a2"]
    assert play.do("a2").tasks == ["c"]
    assert play.back_to("b1").tasks == ["a2", "b1"]
    assert play.do("b1").do("b2").do("a2").do("c").status == "completed"


def test_a_task_that_is_open_in_both_keeps_its_id_and_its_timer_its_moment():
    play = Returning(two_branches(boundary("late", "b1", duration("PT5H")), end("x"), "late -> x")).do("a1")
    b1, due = play.id_of("b1"), play.step.next_due
    play.later(hours=1)
    play.back_to("a1", whole=True)
    assert (play.id_of("b1"), play.step.next_due) == (b1, due)


def test_timers_of_a_task_that_opens_again_begin_anew():
    play = Returning(
        process("p", start("s"), user("a"), user("b"), boundary("late", "a", duration("PT5H")), end("e"), end("x"),
                "s -> a -> b -> e", "late -> x")
    ).do("a")  # fmt: skip
    play.later(hours=9)
    play.back_to("a")
    assert play.step.next_due == play.now.replace(hour=play.now.hour + 5)
    assert play.later(hours=5).history[-1] == ("passed", "x")


def test_the_task_of_a_sub_process_that_has_ended_opens_it_again_with_what_stood_in_it():
    inside = (start("i"), fork("g"), user("a"), user("b"), end("x"), end("y"), "i -> g -> a -> x", "g -> b -> y")
    play = Returning(process("p", start("s"), sub("sp", *inside), user("c"), end("e"), "s -> sp -> c -> e"))
    play.do("a").do("b").back_to("b")
    assert play.tasks == ["b"]
    play.do("b").back_to("a")
    assert play.tasks == ["a", "b"]
    assert play.do("a").do("b").do("c").status == "completed"


def each_of(*, sequential: bool) -> bytes:
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" camunda:collection="items" '
        'camunda:elementVariable="item"/>'
    )
    return process("p", start("s"), user("u", loop), user("c"), end("e"), "s -> u -> c -> e")


def test_one_of_several_instances_goes_back_and_is_counted_again():
    play = Returning(each_of(sequential=False), items=["x", "y", "z"])
    play.do("u", nth=1)
    play.kept["second"] = play.kept["u"]
    play.do("u", nth=0).back_to("second")
    assert play.tasks == ["u", "u"]
    seen = sorted(play.sees("u", nth)["item"] for nth in range(2))
    assert seen == ["y", "z"]
    assert {key: play.sees("u")[key] for key in ("nrOfActiveInstances", "nrOfCompletedInstances")} == {
        "nrOfActiveInstances": 2, "nrOfCompletedInstances": 1,
    }  # fmt: skip
    assert play.do("u").do("u").tasks == ["c"]


def test_an_item_of_a_sequence_takes_back_those_after_it():
    play = Returning(each_of(sequential=True), items=["x", "y", "z"]).do("u")
    play.kept["x"] = play.kept["u"]
    play.do("u").back_to("x")
    assert play.tasks == ["u"]
    assert play.sees("u")["item"] == "x"
    assert play.do("u").do("u").do("u").tasks == ["c"]


def test_an_incident_on_the_way_vanishes():
    play = Returning(process("p", start("s"), user("a"), script("t", "x = lost"), end("e"), "s -> a -> t -> e")).do("a")
    assert play.incidents
    play.back_to("a")
    assert (play.tasks, play.incidents) == (["a"], [])


def test_what_is_done_again_is_undone_once():
    play = Returning(
        process("p", start("s"), user("a"), undone_by("a", script("ua", "log = log + ['a']")), user("b"),
                throw("t", compensate()), user("c"), end("e"), "s -> a -> b -> t -> c -> e"),
        log=[],
    )  # fmt: skip
    play.do("a").back_to("a").do("a").do("b")
    assert play.vars["log"] == ["a"]
    play.back_to("b")
    assert play.do("b").vars["log"] == ["a", "a"]


def test_an_interrupting_event_of_the_scope_is_taken_back_and_stands_by_again():
    play = Returning(
        process("p", start("s"), fork("f"), user("a"), user("b"), user("a2"), end("e"), end("x"),
                "s -> f -> a -> a2 -> e",
                "f -> b -> x", handler("h", start("hs", message("stop")), user("u"), end("he"), "hs -> u -> he"))
    ).do("a")  # fmt: skip
    play.message("stop")
    assert play.tasks == ["u"]
    assert play.back_to("a").tasks == ["a", "b"]
    assert play.message("stop").tasks == ["u"]


def test_an_instance_that_has_ended_and_a_task_that_is_open_are_refused():
    play = Returning(process("p", start("s"), user("a"), user("b"), end("e"), "s -> a -> b -> e"))
    first = play.id_of("a"), play.step.state
    play.kept["a"] = first
    with pytest.raises(WrongState):
        play.back_to("a")
    play.do("a").do("b")
    with pytest.raises(WrongState):
        play.back_to("a")


def test_a_snapshot_of_another_diagram_is_refused_with_the_element():
    play = Returning(process("p", start("s"), user("a"), user("b"), end("e"), "s -> a -> b -> e")).do("a")
    other = Play(process("p", start("s"), user("z"), user("b"), end("e"), "s -> z -> b -> e")).do("z")
    play.definition = other.definition
    with pytest.raises(WrongState) as refused:
        play.back_to("a")
    assert refused.value.details[0].element_id == "a"


def test_two_activities_of_an_ad_hoc_sub_process_do_not_depend_on_each_other():
    play = Returning(
        process(
            "p", start("s"), ad_hoc("ah", user("a"), user("b"), user("d")), user("c"), end("e"), "s -> ah -> c -> e"
        )
    )
    play.do("a").do("b").back_to("a")
    assert play.tasks == ["a", "d"]
    assert play.do("a").do("d").tasks == ["c"]


def test_a_called_process_opens_again():
    called = process("q", start("s"), user("q1"), user("q2"), end("e"), "s -> q1 -> q2 -> e")
    caller = process("p", start("s"), call("k", "q"), user("c"), end("e"), "s -> k -> c -> e")
    play = Returning(caller, called).do("q1").do("q2", x=1).back_to("q1")
    assert play.tasks == ["q1"]
    assert play.do("q1").do("q2").do("c").status == "completed"


def test_work_and_events_that_were_waited_for_are_waited_for_again():
    play = Returning(
        process("p", start("s"), fork("f"), user("a"), catch("m", message("go")), fork("j"), user("c"), end("e"),
                "s -> f -> a -> j -> c -> e", "f -> m -> j")
    ).do("a")  # fmt: skip
    play.message("go")
    assert play.tasks == ["c"]
    play.back_to("a")
    assert {wait.kind.value for wait in play.step.waits} == {"task", "message"}
    assert play.message("go").do("a").tasks == ["c"]
