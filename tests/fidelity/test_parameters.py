"""Input and output parameters: variables of an activity's own scope, and what leaves it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bpmn.extensions.parts import Assignment, Parts, Source
from bpmn.spiff.data import Io
from engine import runner
from tests.engine.diagrams import (
    boundary,
    call,
    catch,
    condition,
    duration,
    each,
    end,
    message,
    process,
    receive,
    rule,
    script,
    start,
    sub,
    throw,
    user,
)  # fmt: skip
from tests.engine.play import Outputs, Play, definition
from tests.fidelity import accepted, row


def io(*pairs: tuple[str, str, str]) -> str:
    """Our own words: `(kind, target, source)`."""
    inside = "".join(f'<motcua:{kind} target="{target}" source="{source}"/>' for kind, target, source in pairs)
    return f"<extensionElements>{inside}</extensionElements>"


def one(*nodes: str) -> bytes:
    """The diagram s -> a -> z -> e, where z lets a person look."""
    return process("p", start("s"), *nodes, user("z", motcua__candidateGroups="g"), end("e"), "s -> a -> z -> e")


@row("User task", "its inputs are its own variables, its outputs leave it", section="10.4.1", group="Data")
def test_a_user_task_sees_its_inputs_and_gives_out_its_outputs():
    xml = one(
        user(
            "a",
            io(("input", "x", "n * 2"), ("input", "y", "x + 1"), ("output", "total", "x + y")),
            motcua__candidateGroups="g",
        )
    )
    assert accepted(xml)
    play = Play(xml, n=5)
    assert play.sees("a") == {"n": 5, "x": 10, "y": 11}
    assert play.step.waits[0].variables == {"n": 5, "x": 10, "y": 11}
    assert play.vars == {"n": 5}
    play.do("a", y=1, comment="ok")
    assert play.vars == {"n": 5, "comment": "ok", "total": 11}
    assert play.passed == ["s", "a"]


@row(
    "User task",
    "answers go to its own variable of that name, else to the process",
    section="inputOutput",
    group="",
    table="camunda",
)
def test_an_answer_stays_where_a_variable_of_its_name_is():
    play = Play(one(user("a", io(("input", "x", "1")))), x=7).do("a", x=2, y=3)
    assert play.vars == {"x": 7, "y": 3}


def test_an_output_of_the_name_of_an_input_goes_around_it():
    play = Play(one(user("a", io(("input", "x", "x + 1"), ("output", "x", "x * 10")))), x=1).do("a")
    assert play.vars == {"x": 20}


@row("Boundary event", "its condition sees the activity's own variables", section="10.5.4", group="Data")
def test_a_condition_at_the_border_sees_the_own_variables():
    xml = process(
        "p", start("s"), user("a", io(("input", "limit", "n + 5"))), boundary("b", "a", condition("n > limit")),
        end("e"), user("f"), "s -> a -> e", "b -> f",
    )  # fmt: skip
    assert accepted(xml)
    play = Play(xml, n=1)
    assert play.tasks == ["a"]
    play.take(runner.set_variables, {"n": 6})
    assert play.tasks == ["a"]
    play.take(runner.set_variables, {"n": 7})
    assert play.tasks == ["f"]
    assert play.sees("f") == {"n": 7}


def test_a_timer_at_the_border_sees_the_own_variables():
    xml = process(
        "p", start("s"), user("a", io(("input", "wait", "'PT' + hours + 'H'"))), boundary("b", "a", duration("wait")),
        end("e"), end("f"), "s -> a -> e", "b -> f",
    )  # fmt: skip
    play = Play(xml, hours="3").later(hours=2)
    assert play.tasks == ["a"]
    assert play.later(hours=1).passed == ["s", "b", "f"]


@row("Script task", "its inputs are its own variables, its outputs leave it", section="10.4.1", group="Data")
def test_a_script_works_on_its_own_variables():
    xml = one(script("a", "x = x + 1\ny = x", io(("input", "x", "n"), ("output", "n", "x * 10"))))
    assert accepted(xml)
    assert Play(xml, n=1).vars == {"n": 20, "y": 2}


@row("Business rule task", "its inputs are what the decision sees", section="10.4.1", group="Data")
def test_a_decision_sees_the_inputs():
    def decide(key, variables, now):
        return Outputs({"fee": variables["age"] * 2})

    xml = one(rule("a", io(("input", "age", "n + 1"), ("output", "paid", "fee")), motcua__decision="d"))
    play = Play(xml, decide=decide, n=1)
    assert play.vars == {"n": 1, "fee": 4, "paid": 4}


@row("Send task and throwing events", "their inputs are sent", section="10.4.1", group="Data")
def test_what_is_thrown_carries_the_inputs():
    xml = process("p", start("s"), throw("t", f"{io(('input', 'x', 'n + 1'))}{message('m')}"), end("e"), "s -> t -> e")
    assert accepted(xml)
    play = Play(xml, n=1)
    assert play.step.thrown[0].payload == {"n": 1, "x": 2}
    assert play.vars == {"n": 1}


@row("Receive task and catching events", "their outputs leave them", section="10.4.1", group="Data")
@pytest.mark.parametrize("kind", [receive, catch])
def test_what_is_caught_gives_out_its_outputs(kind):
    inside = io(("input", "amount", "0"), ("output", "paid", "amount * 2"))
    a = (
        receive("a", inside, messageRef="message_m") if kind is receive else catch("a", f"{inside}{message('m')}")
    )  # fmt: skip
    xml = process("p", start("s"), a, user("z"), end("e"), throw("t", message("m")), "s -> a -> z -> e", "a -> t -> e")
    play = Play(xml).message("m", amount=4, by="An")
    assert play.sees("z") == {"paid": 8, "by": "An"}


@row("Sub-process", "its inputs are variables of its scope, its outputs leave it", section="10.4.1", group="Data")
def test_a_sub_process_has_its_own_variables():
    inside = sub(
        "a", io(("input", "x", "n + 1"), ("output", "n", "x")), start("s2"), script("b", "x = x * 10\nw = 1"),
        user("u"), end("e2"), "s2 -> b -> u -> e2",
    )  # fmt: skip
    xml = one(inside)
    assert accepted(xml)
    play = Play(xml, n=1)
    assert play.sees("u") == {"n": 1, "x": 20, "w": 1}
    assert play.do("u", x=5).vars == {"n": 5, "w": 1}


@row("Call activity", "its inputs go in, its outputs are made of what comes out", section="10.4.1", group="Data")
def test_a_called_process_gets_the_inputs():
    called = process("q", start("s2"), script("t", "x = x + 1\nr = x"), end("e2"), "s2 -> t -> e2")
    xml = one(call("a", "q", io(("input", "x", "n * 10"), ("output", "result", "x + r"))))
    assert accepted(xml, called)
    assert Play(xml, called, n=1).vars == {"n": 1, "r": 11, "result": 22}


@row("Multi-instance", "each instance has its own inputs; an output may be what is collected", section="10.3.8",
     group="Data")  # fmt: skip
@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_has_its_own_inputs(sequential):
    loop = each("rows", item="row", out="results", out_item="result", sequential=sequential)
    xml = one(user("a", io(("input", "x", "row * 2"), ("output", "result", "x + extra")) + loop))
    assert accepted(xml)
    play = Play(xml, rows=[1, 2])
    for nth, extra in enumerate([100, 200]):
        at = 0 if sequential else len(play.tasks) - 1
        assert play.sees("a", at)["x"] == (2 * (nth + 1) if sequential else 4 - 2 * nth)
        play.do("a", at, extra=extra)
    assert play.vars == {
        "rows": [1, 2], "extra": 200, "results": [102, 204] if sequential else [202, 104]
    }  # fmt: skip


def with_parts(xml: bytes, element: str, **said: object):
    """Compile a diagram whose element has parts that only a foreign dialect writes."""
    loaded = definition(xml)
    node = loaded.compiled.spec.task_specs[element]
    node.io = Io.of(replace(Parts(), **said))  # type: ignore[arg-type]
    return loaded


def test_where_only_the_outputs_leave_nothing_else_does():
    output = Assignment(target="order.total", text="answer + 1", is_path=True)
    play = Play(with_parts(one(user("a")), "a", outputs=(output,), outputs_only=True), order={"id": 7})
    play.do("a", answer=4, other=1)
    assert play.vars == {"order": {"id": 7, "total": 5}}
    # without outputs everything leaves
    play = Play(with_parts(one(user("a")), "a", inputs=(Assignment(target="i", text="1"),), outputs_only=True))
    assert play.do("a", answer=4).vars == {"answer": 4}


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        (Assignment(target="x", text="n + 1"), 2),
        (Assignment(target="x", text=""), None),
        (Assignment(target="x", text="${n}", source=Source.TEMPLATE), 1),
        (Assignment(target="x", text="no. ${n} of ${m.k}", source=Source.TEMPLATE), "no. 1 of 5"),
        (Assignment(target="x", text="=1", source=Source.TEMPLATE), "=1"),
        (Assignment(target="x", text="= ${n}", source=Source.TEMPLATE), "= 1"),
        (Assignment(target="x", text="plain", source=Source.TEMPLATE), "plain"),
        (Assignment(target="x", text="n", source=Source.VARIABLE), 1),
        (Assignment(target="x", text="none", source=Source.VARIABLE), None),
        (Assignment(target="x", text="k = n + 1\nk * 10", source=Source.SCRIPT), 20),
        (Assignment(target="x", text="result = n\nif n:\n  result = 'é'", source=Source.SCRIPT), "é"),
        (Assignment(target="x", text="a = 'é'; a + (\n 'b')", source=Source.SCRIPT), "éb"),
        (
            Assignment(target="x", source=Source.LIST, items=(Assignment(target="", text="n"),
                       Assignment(target="", text="m", source=Source.VARIABLE))),
            [1, {"k": 5}],
        ),
        (Assignment(target="x", source=Source.MAP, items=(Assignment(target="a.b", text="n"),)), {"a.b": 1}),
    ],
)  # fmt: skip
def test_the_value_of_an_assignment(assignment, value):
    play = Play(with_parts(one(user("a")), "a", inputs=(assignment,)), n=1, m={"k": 5})
    assert play.sees("a")["x"] == value
    assert play.do("a").vars == {"n": 1, "m": {"k": 5}}


def test_an_input_shares_nothing_with_its_source():
    xml = one(script("a", "x.append(1)", io(("input", "x", "rows"), ("output", "y", "x"))))
    assert Play(xml, rows=[0]).vars == {"rows": [0], "y": [0, 1]}
    copy = (Assignment(target="x", text="rows", source=Source.VARIABLE),)
    assert Play(with_parts(one(script("a", "x.append(1)")), "a", inputs=copy), rows=[0]).vars == {"rows": [0]}


def test_an_input_that_cannot_be_evaluated_names_its_element():
    play = Play(one(user("a", io(("input", "x", "missing + 1"), ("output", "y", "x + more")))))
    assert (play.tasks, play.incidents) == ([], [("a", "expression_failed")])
    assert play.retry(missing=1).sees("a")["x"] == 2
    assert (play.do("a").incidents, play.tasks) == ([("a", "expression_failed")], [])
    assert play.retry(more=3).vars == {"missing": 1, "more": 3, "y": 5}


def test_a_loop_of_doubling_lists_ends_as_a_fault_not_as_a_full_memory():
    twice = Assignment(
        target="x", source=Source.LIST, items=(Assignment(target="", text="x", source=Source.VARIABLE),) * 2
    )
    xml = process("p", start("s"), script("a", "pass"), end("e"), "s -> a", "a -> a if True", "a -> e else")
    assert Play(with_parts(xml, "a", outputs=(twice,)), x=[1]).incidents == [("a", "expression_failed")]
