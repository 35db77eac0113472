"""Variables: one scope per process, sub-process and called process; loops give theirs to each instance."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.events import Ports
from errors import Invalid
from tests.engine.diagrams import (
    boundary,
    call,
    duration,
    each,
    end,
    fork,
    handler,
    message,
    process,
    rule,
    script,
    start,
    sub,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Outputs, Play
from tests.fidelity import row


@row(
    "Variables",
    "a sub-process reads what is around it and writes where a variable lives",
    section="10.4.1",
    group="Data",
)
def test_a_sub_process_reads_what_is_around_and_writes_where_it_lives():
    inside = sub(
        "in", start("s2"), script("set", "n = n + 1\nnew = n * 2"), user("u"), end("e2"), "s2 -> set -> u -> e2"
    )
    play = Play(process("p", start("s"), inside, end("e"), "s -> in -> e"), n=1)
    assert play.sees("u") == {"n": 2, "new": 4}
    assert play.do("u", answer="x").vars == {"n": 2, "new": 4, "answer": "x"}


@row("Variables", "nothing is lost when a sub-process is interrupted", section="10.4.1", group="Data")
def test_nothing_is_lost_when_a_sub_process_is_interrupted():
    inside = sub("in", start("s2"), script("set", "n = 5"), user("u"), end("e2"), "s2 -> set -> u -> e2")
    diagram = process(
        "p", start("s"), inside, boundary("late", "in", duration("PT1H")), end("e"), end("f"), "s -> in -> e",
        "late -> f",
    )  # fmt: skip
    assert Play(diagram, n=1).later(hours=1).vars == {"n": 5}


def test_a_called_process_has_its_own_variables_which_go_in_and_out():
    called = process(
        "q", start("s2"), script("set", "n = n + 1\nnew = 1"), user("u"), end("e2"), "s2 -> set -> u -> e2"
    )
    caller = process("p", start("s"), call("c", "q"), end("e"), "s -> c -> e")
    play = Play(caller, called, n=1)
    assert play.step.waits[0].process_key == "q"
    assert play.vars == {"n": 1}
    assert play.sees("u") == {"n": 2, "new": 1}
    assert play.do("u", x=1).vars == {"n": 2, "new": 1, "x": 1}
    assert play.passed == ["s", "s2", "set", "u", "e2", "c", "e"]


def test_a_called_process_may_name_what_goes_in_and_out():
    io = (
        '<ioSpecification><dataInput id="n"/><dataOutput id="new"/>'
        "<inputSet><dataInputRefs>n</dataInputRefs></inputSet>"
        "<outputSet><dataOutputRefs>new</dataOutputRefs></outputSet></ioSpecification>"
    )
    called = process("q", io, start("s2"), script("set", "n = 7\nnew = n\nhidden = 1"), end("e2"), "s2 -> set -> e2")
    caller = process("p", start("s"), call("c", "q"), end("e"), "s -> c -> e")
    assert Play(caller, called, n=1, other=2).vars == {"n": 1, "other": 2, "new": 7}
    seen = process("q", io, start("s2"), user("u"), end("e2"), "s2 -> u -> e2")
    assert Play(caller, seen, n=1, other=2).sees("u") == {"n": 1}


def test_each_instance_sees_its_own_item_and_its_output_is_collected_in_the_order_of_the_items():
    loop = each("people", item="person", out="opinions", out_item="opinion")
    diagram = process("p", start("s"), user("ask", loop), end("e"), "s -> ask -> e")
    play = Play(diagram, people=["An", "Bình", "Chi"], note="x")
    assert [play.sees("ask", i)["person"] for i in range(3)] == ["An", "Bình", "Chi"]
    assert play.sees("ask", 1)["loopCounter"] == 1
    play.do("ask", 2, opinion="no").do("ask", 0, opinion="yes").do("ask", 0, opinion=None, note="y")
    assert play.vars == {"people": ["An", "Bình", "Chi"], "note": "y", "opinions": ["yes", None, "no"]}


def test_a_sub_process_for_each_item_keeps_its_item_to_itself():
    inside = sub(
        "in", each("rows", item="row", out="totals", out_item="total"), start("s2"), script("t",
        "total = row['a'] * 2"),
        user("u"), end("e2"), "s2 -> t -> u -> e2",
    )  # fmt: skip
    play = Play(process("p", start("s"), inside, end("e"), "s -> in -> e"), rows=[{"a": 1}, {"a": 5}])
    assert [play.sees("u", i)["total"] for i in range(2)] == [2, 10]
    assert play.do("u").do("u").vars == {"rows": [{"a": 1}, {"a": 5}], "totals": [2, 10]}


def test_a_process_called_for_each_item_gives_its_output_to_its_own_instance():
    called = process("q", start("s2"), script("t", "total = row * 2"), end("e2"), "s2 -> t -> e2")
    loop = each("rows", item="row", out="totals", out_item="total")
    play = Play(process("p", start("s"), call("c", "q", loop), end("e"), "s -> c -> e"), called, rows=[1, 2])
    assert play.vars == {"rows": [1, 2], "totals": [2, 4]}


@row("Variables", "values are not shared between branches", section="10.4.1", group="Data")
def test_lists_are_not_shared_between_branches():
    diagram = process(
        "p", start("s"), script("a", "copy = rows"), fork("f"), script("b", "copy.append(4)"), user("u"), end("e"),
        "s -> a -> f -> b -> e", "f -> u -> e",
    )  # fmt: skip
    play = Play(diagram, rows=[1])
    assert play.vars == {"rows": [1], "copy": [1, 4]}


def test_a_decision_writes_its_outputs_or_one_variable():
    asked = []

    def decide(key, variables, now):
        asked.append((key, dict(variables)))
        return Outputs({"fee": 100, "class": "b"})

    def diagram(**attributes):
        return process("p", start("s"), rule("r", **attributes), end("e"), "s -> r -> e")

    assert Play(diagram(motcua__decision="fees"), decide=decide, n=1).vars == {"n": 1, "fee": 100, "class": "b"}
    assert asked == [("fees", {"n": 1})]
    named = diagram(camunda__decisionRef="fees", camunda__resultVariable="result")
    assert Play(named, decide=decide).vars == {"result": {"fee": 100, "class": "b"}}
    play = Play(diagram(motcua__decision="fees"))
    assert play.incidents == [("r", "engine_error")]
    play.ports = Ports(decide=decide)
    assert play.retry().vars == {"fee": 100, "class": "b"}


def test_a_fault_of_a_script_names_its_element_and_keeps_the_answers():
    diagram = process("p", start("s"), user("a"), script("bad", "x = 1 / n"), end("e"), "s -> a -> bad -> e")
    play = Play(diagram).do("a", n=0)
    assert play.incidents == [("bad", "expression_failed")]
    assert play.vars == {"n": 0}
    assert play.retry(n=2).status == "completed"
    assert play.vars == {"n": 2, "x": 0.5}


def test_a_fault_of_a_condition_names_its_gateway():
    diagram = process("p", start("s"), xor("g"), end("e"), end("f"), "s -> g -> e if missing > 1", "g -> f else")
    assert Play(diagram).incidents == [("g", "expression_failed")]


@row("Variables", "any key (`typename` too); dates, moments and decimals kept exact", section="10.4.1", group="Data")
def test_any_key_and_any_exact_value_survives():
    play = Play(process("p", start("s"), user("a"), user("b"), end("e"), "s -> a -> b -> e"))
    answers: dict[str, Any] = {
        "typename": {"typename": "UUID", "v": "x"}, "d": date(2026, 3, 2), "at": datetime(2026, 3, 2, 1, tzinfo=UTC),
        "fee": Decimal("10.50"), "deep": [{"fee": Decimal("1E+3"), "": None}], "class": "def", "2": 3, "$date": "x",
    }  # fmt: skip
    play.do("a", **answers)
    assert play.sees("b") == answers
    assert play.do("b").vars == answers
    assert str(play.vars["fee"]) == "10.50"


def test_a_value_that_cannot_be_kept_is_refused():
    play = Play(process("p", start("s"), user("a"), end("e"), "s -> a -> e"))
    for value in (object(), 2**70, "\ud800", {1: 2}, "a\0b", {"\0": 1}):
        with pytest.raises(Invalid):
            play.do("a", x=value)
    with pytest.raises(Invalid):
        play.message("m", x=2**70)
    assert play.do("a", x="\\u0000", y="\\\\u0000").vars == {"x": "\\u0000", "y": "\\\\u0000"}


def test_no_key_of_a_form_is_taken_for_a_mark_of_ours():
    play = Play(process("p", start("s"), user("a"), user("b"), user("c"), end("e"), "s -> a -> b -> c -> e"))
    play.do("a", fee=Decimal("1.5"))
    mark = play.step.state[: play.step.state.index(b"{")].decode()
    forged = {mark: "decimal", "v": "7"}
    play.do("b", forged=forged, text=mark)
    assert play.sees("c") == {"fee": Decimal("1.5"), "forged": forged, "text": mark}


def test_the_payload_of_an_event_reaches_its_scope():
    diagram = process(
        "p", start("s"), user("a"), end("e"), "s -> a -> e",
        handler("on", start("s2", message("m"), isInterrupting="false"), user("h"), end("e2"), "s2 -> h -> e2"),
    )  # fmt: skip
    play = Play(diagram, n=0).message("m", n=1)
    assert play.sees("h") == {"n": 1}
    assert play.vars == {"n": 1}


def test_a_message_inside_one_instance_carries_its_variables():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), throw("t", message("m")), end("e"),
        handler("on", start("s2", message("m"), isInterrupting="false"), user("h"), end("e2"), "s2 -> h -> e2"),
        "s -> f -> a -> e", "f -> t -> e",
    )  # fmt: skip
    play = Play(diagram, n=4)
    assert play.tasks == ["a", "h"]
    assert not play.step.thrown
