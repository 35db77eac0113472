"""Flows: what BPMN leaves implicit is done (13.3, 13.4)."""

from __future__ import annotations

from tests.engine.diagrams import each, end, process, script, start, sub, task, user
from tests.engine.play import Play
from tests.fidelity import row


@row("Sequence flow", "several flows out of an activity fork", section="13.3.1", group="Flows")
def test_several_flows_out_of_a_task_are_a_parallel_split():
    play = Play(process("p", start("s"), task("t"), user("a"), user("b"), end("e"), "s -> t -> a -> e", "t -> b -> e"))
    assert play.tasks == ["a", "b"]
    assert play.do("a").status == "running"
    assert play.do("b").status == "completed"
    assert play.passed == ["s", "t", "a", "e", "b", "e"]


@row("History", "each activation in the order of completion, a sub-process behind what ran inside it", section="13.3.4",
     group="Flows")  # fmt: skip
def test_the_history_is_in_the_order_of_completion():
    diagram = process(
        "p", start("s"), end("e"), "s -> q -> m -> e",
        sub("q", start("s2"), script("a", "x = 1"), sub("r", task("b")), end("e2"), "s2 -> a -> r -> e2"),
        task("m", each(times="2")),
    )  # fmt: skip
    assert Play(diagram).passed == ["s", "s2", "a", "b", "r", "e2", "q", "m", "m", "e"]
