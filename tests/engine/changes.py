"""What tests of modification share: instructions in few words, and what is active."""

from __future__ import annotations

import pytest

from engine.modification import Instruction, Kind, activations, modify
from errors import Invalid
from tests.engine.diagrams import end, fork, process, start, sub, user
from tests.engine.play import Play

TWO = process(
    "p", start("s"), fork("f"), user("a"), user("b"), fork("j"), user("c"), end("e"),
    "s -> f -> a -> j -> c -> e", "f -> b -> j",
)  # fmt: skip
INNER = sub("sub", start("s2"), user("x"), user("y"), end("e2"), "s2 -> x -> y -> e2")
NESTED = process("p", start("s"), user("a"), INNER, user("z"), end("e"), "s -> a -> sub -> z -> e")


def does(kind: str, element_id: str, to: str | None = None, **more) -> Instruction:
    return Instruction(kind=Kind(kind), element_id=element_id, to_element_id=to, **more)


def changed(play: Play, *instructions: Instruction) -> Play:
    return play.take(modify, instructions)


def refused(play: Play, *instructions: Instruction) -> list[tuple[str, str]]:
    before = play.step
    with pytest.raises(Invalid) as problem:
        changed(play, *instructions)
    assert play.step is before
    for detail in problem.value.details:
        assert detail.message.vi != detail.message.en
    return [(detail.field, detail.code) for detail in problem.value.details]


def ids(play: Play, element: str) -> list[str]:
    return [one.id for one in activations(play.definition, play.step.state) if one.element_id == element]
