"""Variables: scopes, what survives, kinds that stay exact, any key, nothing shared by accident (10.4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from engine import runner
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    each,
    end,
    error,
    fork,
    handler,
    message,
    process,
    script,
    signal,
    start,
    sub,
    terminate,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row

KINDS: dict[str, Any] = {
    "text": "é", "whole": 2**62, "part": 0.25, "yes": True, "none": None, "list": [1, [2]], "map": {"k": {"": 1}},
    "day": date(2026, 3, 2), "moment": datetime(2026, 3, 2, 1, 30, tzinfo=UTC), "hour": time(8, 30),
    "span": timedelta(days=1, seconds=1, microseconds=1), "money": Decimal("0.10"),
}  # fmt: skip


@row("Variables", "what parallel branches write is all there after the join, in every order", section="10.4.1",
     group="Data")  # fmt: skip
@pytest.mark.parametrize("order", list(permutations("abc")))
def test_parallel_branches_lose_nothing(order):
    branches = [
        sub(f"in_{x}", start(f"s_{x}"), user(x), script(f"t_{x}", f"{x}2 = {x} + 1\nlast = '{x}'"), end(f"e_{x}"),
            f"s_{x} -> {x} -> t_{x} -> e_{x}")
        for x in "abc"
    ]  # fmt: skip
    xml = process(
        "p", start("s"), fork("f"), *branches, fork("j"), user("z"), end("e"), "s -> f -> in_a -> j -> z -> e",
        "f -> in_b -> j", "f -> in_c -> j",
    )  # fmt: skip
    play = Play(xml, n=0)
    for number, x in enumerate(order):
        play.do(x, **{x: number})
    seen = play.sees("z")
    assert seen == {"n": 0, "last": order[2], **{x: n for n, x in enumerate(order)},
                    **{f"{x}2": n + 1 for n, x in enumerate(order)}}  # fmt: skip


@row("Variables", "of the process: survive interruptions, loops, handlers and every end", section="10.4.1",
     group="Data")  # fmt: skip
@pytest.mark.parametrize(
    "ending",
    [
        lambda play: play.message("stop", why=1),
        lambda play: play.signal("stop", why=1),
        lambda play: play.do("u", why=1, way="error"),
        lambda play: play.do("u", why=1, way="terminate"),
        lambda play: play.do("u", why=1, way="end"),
    ],
)
def test_process_variables_survive_every_way_out(ending):
    inside = sub(
        "in", start("s2"), script("t", "made = n * 2"), user("u"), xor("g"), end("err", error("NO")),
        end("term", terminate), end("e2"), "s2 -> t -> u -> g", "g -> err if way == 'error'",
        "g -> term if way == 'terminate'", "g -> e2 else",
    )  # fmt: skip
    xml = process(
        "p", start("s"), inside, boundary("b1", "in", message("stop")), boundary("b2", "in", error("NO")),
        handler("h", start("hs", signal("stop")), script("ht", "handled = made"), user("hz"), end("he"),
                "hs -> ht -> hz -> he"),
        user("z"), end("e"), "s -> in -> z -> e", "b1 -> z", "b2 -> z",
    )  # fmt: skip
    play = ending(Play(xml, n=1))
    task = "hz" if "hz" in play.tasks else "z"
    assert play.tasks == [task]
    assert {name: play.sees(task)[name] for name in ("n", "made", "why")} == {"n": 1, "made": 2, "why": 1}


def test_variables_survive_loops_of_flows_and_of_activities():
    xml = process(
        "p", start("s"), xor("m"), user("u"), script("t", "rows = rows + [x]"), xor("g"),
        script("l", "count = count + 1", again("count < 3")), end("e"), "s -> m -> u -> t -> g", "g -> m if x < 2",
        "g -> l -> e else",
    ).replace(b'<sequenceFlow id="default_g"', b'<sequenceFlow id="default_g"')  # fmt: skip
    play = Play(xml, rows=[], count=0)
    for x in range(3):
        play.do("u", x=x)
    assert play.vars == {"rows": [0, 1, 2], "count": 3, "x": 2}


@row("Variables", "JSON, dates, moments, times, durations and decimals stay exact", section="10.4.1", group="Data")
def test_every_kind_stays_exact_through_states_scripts_and_calls():
    names = [name for name in KINDS if name != "none"]
    copying = "\n".join(f"{name}2 = {name}" for name in names)
    called = process("q", start("qs"), script("qt", copying), user("qu"), end("qe"), "qs -> qt -> qu -> qe")
    xml = process("p", start("s"), user("a"), call("c", "q"), user("z"), end("e"), "s -> a -> c -> z -> e")
    play = Play(xml, called).do("a", **KINDS).do("qu")
    seen = play.sees("z")
    assert {name: seen[name] for name in KINDS} == KINDS
    assert {name: seen[f"{name}2"] for name in names} == {name: KINDS[name] for name in names}
    assert all(type(seen[f"{name}2"]) is type(KINDS[name]) for name in names)
    assert str(seen["money2"]) == "0.10"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("=money + 0.2", Decimal("0.3")), ("=day", date(2026, 3, 2)),
        ('=moment = date and time("2026-03-02T01:30:00Z")', True), ('=hour = time("08:30:00")', True),
        ('=span > duration("P1D")', True), ("=whole", 2**62),
        ("${money}", Decimal("0.10")), ("${day}", date(2026, 3, 2)), ("${span}", timedelta(days=1, seconds=1,
        microseconds=1)), ("hour", time(8, 30)), ("day < date('2026-03-03')", True), ("money * 3", Decimal("0.30")),
    ],
)  # fmt: skip
def test_every_kind_can_be_asked_in_every_language(expression, value):
    inside = f'<extensionElements><motcua:output target="x" source="{expression.replace(chr(34), "&quot;")}"/>'
    inside = inside.replace("<", "&lt;").replace("&lt;extension", "<extension").replace("&lt;motcua", "<motcua")
    xml = process("p", start("s"), user("a", f"{inside}</extensionElements>"), end("e"), "s -> a -> e")
    assert Play(xml).do("a", **KINDS).vars["x"] == value


ODD: dict[str, Any] = {
    "typename": "UUID", "__class__": 1, "self": 2, "items": 3, "a.b": 4, "": 5, "đơn vị": 6, "class": 7, "0": 8,
    "loopCounter": 9, "data": 10, "$": 11, "None": 12, "print": 13, " ": 14, "f" * 300: 15, "task": {"self": {}},
}  # fmt: skip


@row("Variables", "any key that a form may send is safe", section="10.4.1", group="Data")
def test_any_key_is_safe():
    xml = process(
        "p", start("s"), user("a"), script("t", "x = items + 1"), sub("in", start("s2"), user("b"), end("e2"),
        "s2 -> b -> e2"), call("c", "q"), end("e"), "s -> a -> t -> in -> c -> e",
    )  # fmt: skip
    called = process("q", start("qs"), user("qu"), end("qe"), "qs -> qu -> qe")
    play = Play(xml, called)
    play.take(runner.complete_task, play.id_of("a"), ODD)
    assert play.sees("b") == {**ODD, "x": 4}
    play.take(runner.complete_task, play.id_of("b"), {"items": [1], "self": None})
    assert play.sees("qu") == {**ODD, "x": 4, "items": [1], "self": None}
    assert play.do("qu", typename={"typename": 1}).vars["typename"] == {"typename": 1}
    catching = process("p", start("s"), user("a"), boundary("b", "a", error("NO")), end("e"), user("f"), "s -> a -> e",
                       "b -> f")  # fmt: skip
    play = Play(catching)
    play.take(runner.throw_error, play.id_of("a"), "NO", ODD)
    assert play.sees("f") == ODD


def test_a_loop_keeps_its_counts_from_forms():
    xml = process("p", start("s"), user("a", each(times="2")), end("e"), "s -> a -> e")
    play = Play(xml).do("a", loopCounter=99, nrOfInstances=1)
    assert (play.tasks, play.sees("a")["loopCounter"]) == (["a"], 1)
    assert play.do("a").vars == {}


@row("Variables", "nested values are shared by no two branches, tasks, instances or calls", section="10.4.1",
     group="Data")  # fmt: skip
def test_nested_values_are_not_shared():
    called = process("q", start("qs"), script("qt", "order['q'] = 1"), user("qu"), end("qe"), "qs -> qt -> qu -> qe")
    xml = process(
        "p", start("s"), script("t", "copy = order\nrows = [order, order]"), fork("f"),
        script("a", "copy['a'] = 1"), script("b", "rows[0]['b'] = 1"), call("c", "q"),
        user("d", each("rows", item="row")), end("e"), "s -> t -> f -> a -> e", "f -> b -> e", "f -> c -> e",
        "f -> d -> e",
    )  # fmt: skip
    play = Play(xml, called, order={"n": {}})
    assert play.vars["copy"] == {"n": {}, "a": 1}
    assert play.vars["rows"] == [{"n": {}, "b": 1}, {"n": {}}]
    assert play.sees("qu")["order"] == {"n": {}, "q": 1}
    assert play.vars["order"] == {"n": {}}
    assert all(play.sees("d", n)["order"] == {"n": {}} for n in range(2))


def test_a_value_handed_in_is_not_changed_by_what_the_caller_does_with_it():
    order = {"n": [1]}
    play = Play(process("p", start("s"), user("a"), end("e"), "s -> a -> e"), order=order)
    order["n"].append(2)
    assert play.sees("a") == {"order": {"n": [1]}}


@row("Variables", "whole numbers of more than 64 bits: kept exact by FEEL, an incident in a script", section="10.4.1",
     group="Data")  # fmt: skip
def test_huge_numbers():
    scripted = process("p", start("s"), script("t", "x = 2 ** 80"), end("e"), "s -> t -> e")
    assert Play(scripted).incidents == [("t", "expression_failed")]
    inside = '<extensionElements><motcua:output target="x" source="=2 ** 80"/></extensionElements>'
    feel = process("p", start("s"), user("a", inside), end("e"), "s -> a -> e")
    assert Play(feel).do("a").vars["x"] == Decimal(2**80)


def test_the_scopes_of_nested_activities_hide_each_other():
    deepest = user("u", '<property id="x"/><extensionElements><motcua:input target="y" source="\'task\'"/>'
                   "</extensionElements>")  # fmt: skip
    inner = sub("in2", '<dataObject id="x2" name="x"/>', each("[1, 2]", item="row"), start("s3"),
                script("t", "x = row * 10\nz = x"), deepest, user("v"), end("e3"),
                "s3 -> t -> u -> v -> e3")  # fmt: skip
    outer = sub("in1", '<property id="y"/>', start("s2"), script("w", "y = 'outer'"), inner, end("e2"),
                "s2 -> w -> in2 -> e2")  # fmt: skip
    xml = process("p", start("s"), outer, end("e"), "s -> in1 -> e")
    play = Play(xml, x="process", y="process")
    assert [(play.sees("u", n)["x"], play.sees("u", n)["y"], play.sees("u", n)["row"]) for n in range(2)] == [
        (None, "task", 1), (None, "task", 2),
    ]  # fmt: skip
    play.do("u", 1, x="mine", y="mine").do("u")
    assert sorted((play.sees("v", n)["x"], play.sees("v", n)["y"]) for n in range(2)) == [
        (10, "outer"), (20, "outer"),
    ]  # fmt: skip
    assert play.do("v").do("v").vars == {"x": "process", "y": "process", "z": 20}
