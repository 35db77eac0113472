"""Structure: what a file may leave out, and what it may hold (8, 10.2)."""

from __future__ import annotations

import re

from bpmn.bundle import read
from bpmn.definition import load
from tests.bpmn.samples import chain, diagram, flow, rules, upload
from tests.engine.diagrams import boundary, end, fork, message, process, script, start, sub, task, user
from tests.engine.play import Play
from tests.fidelity import row

USER = '<userTask id="u" motcua:candidateGroups="a"/>'


def without_ids(xml: bytes, *kinds: str) -> bytes:
    """Take the ids from elements of these kinds."""
    return re.sub(rb"<(" + "|".join(kinds).encode() + rb') id="[^"]*"', rb"<\1", xml)


@row("Ids", "flows, boundary events and events without the optional `id` run; they get a stable one", section="8.2.1",
     group="Structure")  # fmt: skip
def test_elements_without_an_id_run_and_are_named_the_same_each_time():
    whole = process(
        "p", start("s"), user("t"), boundary("b", "t", message("m")), user("x"), end("e"), "s -> t -> e", "b -> x -> e",
    )  # fmt: skip
    bare = without_ids(whole, "sequenceFlow", "endEvent").replace(b'targetRef="e"', b'targetRef="done"')
    bare = bare.replace(b"<endEvent></endEvent>", b'<endEvent id="done"></endEvent>')
    play = Play(bare)
    assert play.message("m").tasks == ["x"]
    assert play.do("x").status == "completed"
    nameless = load("p", [without_ids(whole, "sequenceFlow")], id="d", version=1)
    again = load("p", [without_ids(whole, "sequenceFlow")], id="d", version=1)
    flows = [[flow.id for node in one.compiled.spec.task_specs.values() for flow in getattr(node, "flows", ())]
             for one in (nameless, again)]  # fmt: skip
    assert flows[0] == flows[1]
    assert all(flows[0])


@row("Ids", "a boundary event without an id", section="8.2.1", group="Structure")
def test_a_boundary_event_without_an_id_that_leads_nowhere_still_interrupts():
    whole = process("p", start("s"), user("t"), boundary("b", "t", message("m")), end("e"), "s -> t -> e")
    play = Play(without_ids(whole, "boundaryEvent")).message("m")
    assert (play.status, ("cancelled", "t") in play.history) == ("completed", True)


@row("Sub-process", "without start and end events: all that no flow leads to starts", section="10.3.5",
     group="Activities")  # fmt: skip
def test_a_sub_process_without_start_and_end_starts_what_nothing_leads_to():
    diagram = process(
        "p", start("s"), sub("q", user("a"), user("b"), task("c"), "b -> c"), user("after"), end("e"),
        "s -> q -> after -> e",
    )  # fmt: skip
    play = Play(diagram)
    assert play.tasks == ["a", "b"]
    assert play.do("b").tasks == ["a"]
    assert play.do("a").tasks == ["after"]


@row("Sub-process", "with a start and without an end event ends when no token is left", section="10.3.5",
     group="Activities")  # fmt: skip
def test_a_sub_process_ends_when_no_token_is_left():
    inside = sub("q", start("s2"), fork("f"), user("a"), user("b"), "s2 -> f -> a", "f -> b")
    play = Play(process("p", start("s"), inside, end("e"), "s -> q -> e"))
    assert play.do("a").status == "running"
    assert play.do("b").status == "completed"


@row("isExecutable", "a file that only holds processes that are not executable is refused", section="10.2",
     group="Structure", refused=True)  # fmt: skip
def test_a_process_that_is_not_executable_is_not_run():
    assert "process-not-executable" in rules(upload(chain(USER), process='id="p" isExecutable="false"'))


@row("isExecutable", "beside an executable process, one that is not stays a drawing", section="10.2", group="Structure")
def test_a_process_that_is_not_executable_may_stand_beside_one_that_is():
    drawn = b'<process id="drawn" isExecutable="false"><task id="t2"/></process></definitions>'
    both = diagram(chain(USER)).replace(b"</definitions>", drawn)
    assert not rules(read({"p.bpmn": both}))
    assert load("p", [both], id="d", version=1).process.key == "p"


@row("Process", "several none start events in a sub-process are refused", section="10.5.2", group="Structure",
     refused=True)  # fmt: skip
def test_a_sub_process_has_one_start_event():
    inside = f'<startEvent id="x"/><startEvent id="y"/>{USER}{flow("x", "u")}{flow("y", "u")}'
    assert "sub-process-start" in rules(upload(chain(f'<subProcess id="q">{inside}</subProcess>')))


@row("Process", "ends when no token is left, without an end event too", section="13.2", group="Structure")
def test_a_process_without_an_end_event_ends_when_no_token_is_left():
    assert Play(process("p", start("s"), script("a", "x = 1"), "s -> a")).status == "completed"
