"""Compiling: from normalised XML to shared specs, without recursion, whatever the ids."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from bpmn import reader
from bpmn.definition import load
from bpmn.normalise import normalise
from bpmn.spiff import activities, compile, loops  # noqa: A004 - what it does to a diagram has no other word
from bpmn.xml import CAMUNDA
from errors import Malformed
from tests.engine.diagrams import HEAD, call, end, fork, node, process, rule, send, start, sub, task, user, xor
from tests.engine.play import Play
from tests.fidelity import row


def normalised(xml: bytes) -> bytes:
    return etree.tostring(normalise(reader.parse(xml)))


def test_the_process_and_all_it_calls_are_compiled():
    caller = process("p", start("s"), call("c", "q"), end("e"), "s -> c -> e")
    called = process("q", start("s"), call("c", "r"), end("e"), "s -> c -> e")
    last = process("r", start("s"), end("e"), "s -> e")
    compiled = compile("p", [normalised(x) for x in (caller, called, last)])
    assert compiled.spec.process_key == "p"
    assert set(compiled.subprocess_specs) == {"p", "q", "r"}
    with pytest.raises(Malformed):
        compile("p", [normalised(caller), normalised(called)])
    with pytest.raises(Malformed):
        compile("z", [normalised(last)])


def test_sub_processes_of_two_files_may_have_the_same_id():
    inside = sub("in", start("s2"), user("u"), end("e2"), "s2 -> u -> e2")
    other = sub("in", start("s2"), user("v"), end("e2"), "s2 -> v -> e2")
    caller = process("p", start("s"), fork("f"), inside, call("c", "q"), end("e"), "s -> f -> in -> e", "f -> c -> e")
    called = process("q", start("s"), other, end("e"), "s -> in -> e")
    play = Play(caller, called)
    assert {(wait.process_key, wait.element_id) for wait in play.step.waits} == {("p", "u"), ("q", "v")}


@pytest.mark.parametrize("ids", [("Start", "Root", "End"), ("p.EndJoin", "a.BoundaryEventSplit", "StartEventJoin")])
def test_ids_that_the_library_uses_itself_are_free(ids):
    first, middle, last = ids
    play = Play(process("p", start(first), user(middle), end(last), f"{first} -> {middle} -> {last}"))
    assert [wait.element_id for wait in play.step.waits] == [middle]
    assert play.do(middle).passed == [first, middle, last]


def test_a_chain_of_a_thousand_nodes_is_no_trouble():
    names = [f"t{number}" for number in range(1000)]
    play = Play(process("p", start("s"), *map(task, names), end("e"), " -> ".join(["s", *names, "e"])))
    assert play.passed == ["s", *names, "e"]


def test_nothing_that_the_normaliser_inserted_is_in_the_history():
    play = Play(process("p", start("s"), user("a"), task("b"), task("c"), "s -> a -> b", "a -> c if n > 1"), n=2).do(
        "a"
    )
    assert play.history == [
        ("passed", "s"), ("entered", "a"), ("completed", "a"), ("passed", "b"), ("passed", "c"),
    ]  # fmt: skip


def test_a_specification_is_shared_by_threads_and_by_definitions_compiled_at_once():
    xml = normalised(process("p", start("s"), xor("g"), end("e"), "s -> g -> e"))
    with ThreadPoolExecutor(8) as pool:
        compiled = list(pool.map(lambda _: compile("p", [xml]), range(40)))
    assert {tuple(c.spec.task_specs) for c in compiled} == {("s", "g", "e")}


def test_camunda_loops_and_decisions_are_read():
    loop = f'<multiInstanceLoopCharacteristics xmlns:c="{CAMUNDA}" c:collection="people" c:elementVariable="person"/>'
    compiled = compile(
        "p",
        [normalised(process("p", start("s"), user("a", loop), rule("r", camunda__decisionRef="d"), "s -> a -> r"))],
    )
    body, decision = compiled.spec.task_specs["a"], compiled.spec.task_specs["r"]
    assert isinstance(body, loops.MultiInstance)
    assert (body.collection, body.item, body.inner) == ("people", "person", "a [each]")
    assert (decision.decision.text, decision.result_variable) == ("d", None)


def test_what_somebody_outside_does_waits_as_a_service_task():
    diagram = process("p", start("s"), send("m", motcua__topic="mail"), rule("r", motcua__topic="score"), "s -> m -> r")
    play = Play(diagram)
    (wait,) = play.step.waits
    assert (wait.kind, wait.element_id, wait.element_type) == ("external_task", "m", "sendTask")
    assert play.do("m").works == [("r", "score")]


@pytest.mark.parametrize(
    "part",
    [
        node("boundaryEvent", "x", "<compensateEventDefinition/>", attachedToRef="s"),
        node("boundaryEvent", "x", "<timerEventDefinition/>", attachedToRef="nobody"),
    ],
)
def test_what_cannot_run_is_refused_by_name(part):
    with pytest.raises(Malformed) as problem:
        compile("p", [normalised(process("p", start("s"), part, "s -> x"))])
    assert "x" in problem.value.text.en


@row("Process", "without a start event: everything that no flow leads to starts", section="13.2", group="Structure")
def test_a_process_without_a_start_event_starts_where_nothing_comes_in():
    play = Play(process("p", user("a"), user("b"), end("e"), "a -> e", "b -> e"))
    assert play.tasks == ["a", "b"]


def test_a_definition_knows_its_elements():
    known = load("p", [process("p", start("s"), user("a", name="Một"), "s -> a")], id="d", version=3)
    assert (known.key, known.version, known.element("p", "a").name) == ("p", 3, "Một")
    assert known.process is known.processes["p"]
    assert isinstance(known.compiled.spec.task_specs["a"], activities.UserTask)


@row("Definitions", "several processes in a file", section="8.1.1", group="Structure")
def test_a_file_may_hold_several_processes():
    xml = (
        f'{HEAD}<process id="p"><startEvent id="s"/><callActivity id="c" calledElement="q"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="c"/></process>'
        '<process id="q"><userTask id="u"/></process></definitions>'
    ).encode()
    assert [wait.element_id for wait in Play(load("p", [xml], id="d", version=1)).step.waits] == ["u"]
