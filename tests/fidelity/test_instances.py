"""Multi-instance activities: what they run over and what they collect (10.3.8)."""

from __future__ import annotations

import pytest

from tests.engine.diagrams import call, each, end, process, receive, rule, script, start, sub, throw, user
from tests.engine.play import Outputs, Play
from tests.fidelity import accepted, row

BOTH = pytest.mark.parametrize("sequential", [True, False])


def looping(source: str, loop: str) -> bytes:
    return process("p", start("s"), script("a", source, loop), end("e"), "s -> a -> e")


def drawn(collection: str, item: str = "", result: str = "", into: str = "", *, sequential: bool = False) -> str:
    """Loop characteristics whose items have an id and a name."""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<loopDataInputRef>{collection}</loopDataInputRef><loopDataOutputRef>{into}</loopDataOutputRef>"
        f'<inputDataItem id="I1" name="{item}"/><outputDataItem id="O1" name="{result}"/>'
        "</multiInstanceLoopCharacteristics>"
    )


@row("Multi-instance", "items and results have their item's name, else its id", section="10.3.8", group="Activities")
@BOTH
def test_items_go_by_name_else_by_id(sequential):
    named = looping("total = line * 2", drawn("rows", "line", "total", "totals", sequential=sequential))
    assert accepted(named)
    assert Play(named, rows=[1, 2]).vars == {"rows": [1, 2], "totals": [2, 4]}
    by_id = looping("O1 = I1 * 2", drawn("rows", "the line", "the total", "totals", sequential=sequential))
    assert Play(by_id, rows=[1, 2]).vars == {"rows": [1, 2], "totals": [2, 4]}


@row("Multi-instance", "null, empty and false items, nested lists and mappings as items", section="10.3.8",
     group="Activities")  # fmt: skip
@BOTH
def test_items_of_every_kind(sequential):
    items = [None, 0, "", False, [], {}, [None], {"a": None}]
    xml = looping("out = item", each("items", item="item", out="outs", out_item="out", sequential=sequential))
    assert Play(xml, items=items).vars == {"items": items, "outs": items}


@row("Multi-instance", "a mapping: its values are the items, its keys those of the results", section="10.3.8",
     group="Activities")  # fmt: skip
@BOTH
def test_a_mapping(sequential):
    xml = looping("out = item + 1", each("items", item="item", out="outs", out_item="out", sequential=sequential))
    play = Play(xml, items={"a": 1, "b c": 2, "self": 3})
    assert play.vars["outs"] == {"a": 2, "b c": 3, "self": 4}


@row("Multi-instance", "an empty collection: passed without an instance", section="10.3.8", group="Activities")
@BOTH
def test_nothing_to_do(sequential):
    xml = looping("out = 1", each("items", item="item", out="outs", out_item="out", sequential=sequential))
    assert Play(xml, items=[]).passed == ["s", "a", "e"]
    assert Play(xml, items={}).vars == {"items": {}, "outs": {}}


@row("Multi-instance", "in a multi-instance: each level has its own item, counter and results", section="10.3.8",
     group="Activities")  # fmt: skip
@BOTH
def test_nested_instances(sequential):
    inner = script("b", "out = [loopCounter, row, cell]",
                   each("row", item="cell", out="line", out_item="out", sequential=sequential))  # fmt: skip
    outer = sub(
        "a", each("rows", item="row", out="lines", out_item="mine", sequential=not sequential),
        '<dataObject id="D" name="line"/>',
        start("s2"), inner, script("c", "mine = [loopCounter, line]"), end("e2"), "s2 -> b -> c -> e2",
    )  # fmt: skip
    xml = process("p", start("s"), outer, end("e"), "s -> a -> e")
    assert accepted(xml)
    play = Play(xml, rows=[[1, 2], [], [3]])
    assert play.vars["lines"] == [
        [0, [[0, [1, 2], 1], [1, [1, 2], 2]]], [1, []], [2, [[0, [3], 3]]],
    ]  # fmt: skip
    assert set(play.vars) == {"rows", "lines"}


@row("Multi-instance", "of every kind of activity", section="10.3.8", group="Activities")
def test_every_kind_of_activity_may_run_for_each():
    loop = each("rows", item="row", out="outs", out_item="out")
    called = process("q", start("qs"), script("qt", "out = row"), end("qe"), "qs -> qt -> qe")

    def run(activity: str, *more: bytes, **given) -> list:
        xml = process("p", start("s"), activity, end("e"), "s -> a -> e")
        return Play(xml, *more, rows=[1, 2], **given).vars["outs"]

    assert run(call("a", "q", loop), called) == [1, 2]
    assert run(rule("a", loop, motcua__decision="d", motcua__resultVariable="out"),
               decide=lambda key, given, now: Outputs(given["row"] * 3)) == [3, 6]  # fmt: skip
    inside = '<extensionElements><motcua:output target="out" source="row * 5"/></extensionElements>'
    waiting = process("p", start("s"), receive("a", inside + loop, messageRef="message_m"), throw("t", "<messageEvent"
                      'Definition messageRef="message_m"/>'), end("e"), "s -> a -> e", "a -> t -> e")  # fmt: skip
    assert Play(waiting, rows=[1, 2]).message("m").message("m").vars["outs"] == [5, 10]


@row("Multi-instance", "the collection is that of the beginning, whatever instances write", section="10.3.8",
     group="Activities")  # fmt: skip
@BOTH
def test_the_collection_of_the_beginning(sequential):
    xml = process("p", start("s"), user("a", each("rows", item="row", sequential=sequential)), end("e"), "s -> a -> e")
    play = Play(xml, rows=[{"n": 1}, {"n": 2}]).do("a", rows=None)
    assert play.sees("a")["row"] in ({"n": 1}, {"n": 2})
    assert play.do("a").vars == {"rows": None}


@row("Multi-instance", "a collection that is none is an incident", section="10.3.8", group="Activities")
def test_no_collection():
    for rows in (5, None, "ab"):
        play = Play(looping("x = 1", each("rows", item="row")), rows=rows)
        assert play.incidents == [("a", "expression_failed")]
        play.retry("a", rows=[1])
        assert play.status == "completed"
