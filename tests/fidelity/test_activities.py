"""Activities: tasks of every kind, quantities of tokens, loops and what their instances throw (10.3)."""

from __future__ import annotations

import pytest

from errors import Invalid
from tests.engine.diagrams import (
    boundary,
    end,
    error,
    fork,
    manual,
    message,
    node,
    process,
    script,
    signal,
    start,
    task,
    user,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row

CARDINALITY = "<loopCardinality>{}</loopCardinality>"


@row("Task", "a task of no kind is passed at once", section="10.3.3", group="Activities")
@row("Manual task", "is passed at once, as in Camunda", section="10.3.3", group="Activities")
@row("Script task", "without a script is passed at once", section="10.3.3", group="Activities")
@pytest.mark.parametrize("part", [task("t"), manual("t"), node("scriptTask", "t")])
def test_a_task_that_asks_nothing_of_the_engine_is_passed(part):
    play = Play(process("p", start("s"), part, end("e"), "s -> t -> e"))
    assert (play.status, play.passed) == ("completed", ["s", "t", "e"])


@row("startQuantity", "an activity waits for that many tokens, of any flow", section="10.3", group="Activities")
def test_an_activity_starts_when_it_has_as_many_tokens_as_it_needs():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), user("b"), script("t", "n = n + 1").replace("<scriptTask ",
        '<scriptTask startQuantity="2" '), user("after"), end("e"),
        "s -> f -> a -> t -> after -> e", "f -> b -> t",
    )  # fmt: skip
    play = Play(diagram, n=0)
    assert play.do("a").tasks == ["b"]
    assert play.vars["n"] == 0
    assert play.do("b").tasks == ["after"]
    assert play.vars["n"] == 1
    assert play.do("after").passed.count("t") == 1


@row("startQuantity", "tokens of one flow count, too: a loop gives them one by one", section="10.3", group="Activities")
def test_tokens_that_come_by_the_same_flow_are_gathered():
    diagram = process(
        "p", start("s"), node("task", "twice", completionQuantity="2"), node("userTask", "t", startQuantity="2"),
        end("e"), "s -> twice -> t -> e",
    )  # fmt: skip
    play = Play(diagram)
    assert play.tasks == ["t"]
    assert play.do("t").passed == ["s", "twice", "t", "e"]


@row("completionQuantity", "an activity gives that many tokens to each outgoing flow", section="10.3",
     group="Activities")  # fmt: skip
def test_an_activity_gives_as_many_tokens_as_it_says():
    diagram = process(
        "p", start("s"), node("userTask", "a", completionQuantity="3"), script("n", "n = n + 1"), end("e"),
        "s -> a -> n -> e",
    )  # fmt: skip
    play = Play(diagram, n=0).do("a")
    assert (play.status, play.vars["n"]) == ("completed", 3)
    assert play.passed == ["s", "a", "n", "n", "n", "e", "e", "e"]


@row("startQuantity", "too few tokens never start it: the instance waits", section="10.3", group="Activities")
def test_too_few_tokens_wait():
    play = Play(process("p", start("s"), node("userTask", "t", startQuantity="2"), end("e"), "s -> t -> e"))
    assert (play.tasks, play.status) == ([], "running")


def several(behavior: str, inside: str = "", *, times: int = 3, sequential: bool = True, on: str = "", **events: str):
    """A multi-instance task that counts, whose behavior throws what a boundary event catches."""
    said = "".join(f' {name}="{value}"' for name, value in events.items())
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" behavior="{behavior}"{said}>'
        f"{CARDINALITY.format(times)}{inside}</multiInstanceLoopCharacteristics>"
    )
    shared = '<signalEventDefinition id="shared" signalRef="signal_x"/><escalationEventDefinition id="up"/>'
    diagram = process(
        "p", start("s"), script("m", "n = n + 1", loop), on or boundary("b", "m", signal("x"), interrupting=False),
        script("caught", "caught = caught + 1"), end("e"), end("e2"), "s -> m -> e", "b -> caught -> e2",
    )  # fmt: skip
    return diagram.replace(b"<process ", shared.encode() + b"<process ", 1)


@row("Multi-instance", "behavior None throws its event at each completed instance", section="10.3.8",
     group="Activities")  # fmt: skip
@pytest.mark.parametrize("sequential", [True, False])
def test_behavior_none_throws_at_every_instance(sequential):
    play = Play(several("None", sequential=sequential, noneBehaviorEventRef="shared"), n=0, caught=0)
    assert (play.status, play.vars["n"], play.vars["caught"]) == ("completed", 3, 3)


@row("Multi-instance", "behavior One throws its event at the first completed instance", section="10.3.8",
     group="Activities")  # fmt: skip
def test_behavior_one_throws_at_the_first_instance():
    play = Play(several("One", oneBehaviorEventRef="shared"), n=0, caught=0)
    assert (play.status, play.vars["n"], play.vars["caught"]) == ("completed", 3, 1)


@row("Multi-instance", "an interrupting boundary event that catches it ends the activity at once", section="10.3.8",
     group="Activities")  # fmt: skip
def test_what_is_thrown_may_interrupt_the_activity():
    interrupting = boundary("b", "m", signal("x"))
    play = Play(several("One", oneBehaviorEventRef="shared", on=interrupting), n=0, caught=0)
    assert (play.status, play.vars["n"], play.vars["caught"]) == ("completed", 1, 1)
    assert ("cancelled", "m") in play.history or "m" not in play.passed[2:]


@row("Multi-instance", "behavior Complex throws the events whose condition holds", section="10.3.8",
     group="Activities")  # fmt: skip
def test_behavior_complex_asks_a_condition_at_every_instance():
    inside = (
        '<complexBehaviorDefinition><condition>nrOfCompletedInstances &gt;= 2</condition><event id="v">'
        f"{signal('x')}</event></complexBehaviorDefinition>"
    )
    play = Play(several("Complex", inside), n=0, caught=0)
    assert (play.vars["n"], play.vars["caught"]) == (3, 2)


@row("Multi-instance", "behavior All (the default) throws nothing", section="10.3.8", group="Activities")
def test_behavior_all_throws_nothing():
    play = Play(several("All", noneBehaviorEventRef="shared"), n=0, caught=0)
    assert (play.vars["n"], play.vars["caught"]) == (3, 0)


@row("Multi-instance", "behavior None may throw an error, which its border catches", section="10.3.8",
     group="Activities")  # fmt: skip
def test_an_error_of_the_behavior_takes_the_other_instances_away():
    inside = (
        '<complexBehaviorDefinition><condition>nrOfCompletedInstances == 1</condition><event id="v">'
        f"{error('E')}</event></complexBehaviorDefinition>"
    )
    loop = (
        f'<multiInstanceLoopCharacteristics behavior="Complex">{CARDINALITY.format(3)}{inside}'
        "</multiInstanceLoopCharacteristics>"
    )
    diagram = process(
        "p", start("s"), user("m", loop), boundary("b", "m", error("E")), user("mend"), end("e"),
        "s -> m -> e", "b -> mend -> e",
    )  # fmt: skip
    play = Play(diagram)
    assert play.tasks == ["m", "m", "m"]
    assert play.do("m").tasks == ["mend"]
    assert play.history.count(("cancelled", "m")) == 2


@row("Start event", "several none start events: whoever starts the process names one", section="10.5.2",
     group="Structure")  # fmt: skip
def test_a_process_with_several_none_starts_is_started_at_the_one_that_is_named():
    diagram = process("p", start("one"), start("two"), user("a"), user("b"), end("e"), "one -> a -> e", "two -> b -> e")
    with pytest.raises(Invalid) as problem:
        Play(diagram)
    assert problem.value.details[0].field == "start_element_id"
    play = Play(diagram, at="two")
    assert play.tasks == ["b"]
    assert play.do("b").passed == ["two", "b", "e"]


@row("Start event", "a process with triggered starts only is not started without naming one", section="10.5.2",
     group="Structure")  # fmt: skip
def test_a_triggered_start_does_not_happen_by_itself():
    diagram = process("p", start("s", message("m")), user("a"), end("e"), "s -> a -> e")
    with pytest.raises(Invalid):
        Play(diagram)
    assert Play(diagram, at="s").tasks == ["a"]
