"""Flows: what BPMN leaves implicit is done (13.3, 13.4)."""

from __future__ import annotations

from tests.engine.diagrams import end, process, start, task, user
from tests.engine.play import Play
from tests.fidelity import row


@row("Sequence flow", "several flows out of an activity fork", section="13.3.1", group="Flows")
def test_several_flows_out_of_a_task_are_a_parallel_split():
    play = Play(process("p", start("s"), task("t"), user("a"), user("b"), end("e"), "s -> t -> a -> e", "t -> b -> e"))
    assert play.tasks == ["a", "b"]
    assert play.do("a").status == "running"
    assert play.do("b").status == "completed"
    assert play.passed == ["s", "t", "a", "e", "b", "e"]
