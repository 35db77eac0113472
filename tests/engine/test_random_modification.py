"""Random diagrams, changed at random while they run: saved or not they stay the same, and nothing is left hanging."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.modification import Activation, Instruction, Kind, activations, modify
from errors import Invalid
from tests.engine.play import Play, definition
from tests.engine.random_diagrams import diagrams, trees
from tests.engine.test_state import ANSWERS, Pairs, do, moves, same
from tests.engine.unsaved import Unsaved, same_seed
from tests.soak import SOAK, examples

JOINS = ("parallelGateway", "inclusiveGateway", "complexGateway")


def elements(known) -> list[str]:
    nodes = [node for spec in known.compiled.subprocess_specs.values() for node in spec.task_specs.values()]
    return sorted({node.bpmn_id for node in nodes if getattr(node, "is_reported", False)})


def active(play: Play) -> tuple[Activation, ...]:
    return activations(play.definition, play.step.state)[1:]


def instruction(choose: random.Random, play: Play, names: list[str], n: int) -> Instruction:
    """Make up an instruction; most can be followed."""
    here = active(play)
    one = choose.choice(here) if here else None
    ancestors = [None, None, None, *(each.id for each in here if each.element_type != "userTask")]
    more: dict[str, Any] = {"ancestor_id": choose.choice(ancestors), "variables": {"n": n}}
    kind = choose.choice(list(Kind))
    if kind in (Kind.START_BEFORE, Kind.START_AFTER) or one is None:
        return Instruction(kind=Kind.START_BEFORE if one is None else kind, element_id=choose.choice(names), **more)
    only = choose.choice([None, one.id])
    if kind is Kind.CANCEL:
        return Instruction(kind=kind, element_id=one.element_id, activation_id=only)
    to = choose.choice(names)
    return Instruction(kind=kind, element_id=one.element_id, to_element_id=to, activation_id=only, **more)


def change(play: Play, held: Unsaved, given: list[Instruction]) -> bool:
    before = play.step.state
    try:
        play.take(modify, given)
    except Invalid:
        assert play.step.state == before
        return False
    held.take(modify, given)
    return True


@settings(
    max_examples=examples(60, soak=4_000), deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK
)
@given(trees(), st.integers(0, 2**32))
def test_what_is_changed_at_random_goes_on_and_is_the_same_saved_or_not(tree, seed):
    known, choose, pairs = definition(*diagrams(tree)), random.Random(seed), Pairs()
    with same_seed():
        play, held = Play(known, n=0), Unsaved(known, n=0)
    pairs.see(play.step)
    names, changes = elements(known), 0
    for _ in range(40):
        if play.status != "running":
            break
        n = choose.choice(ANSWERS)
        if changes < 8 and choose.random() < 0.5:
            given = [instruction(choose, play, names, n) for _ in range(choose.choice((1, 1, 2)))]
            if not change(play, held, given):
                continue
            changes += 1
        elif possible := moves(play.step):
            move = choose.choice(possible)
            do(play, move, n)
            do(held, move, n)
        else:
            break
        same(play, held)
        pairs.see(play.step)
    stuck(play, held, pairs, (tree, seed))


def stuck(play: Play, held: Unsaved, pairs: Pairs, what: object) -> None:
    """Only joins wait for what does not come any more; whatever is active can be taken away."""
    if play.status != "running":
        return
    if not moves(play.step):
        leaves = {each.id for each in active(play)} - {each.parent_id for each in active(play)}
        assert leaves, what
        assert all(each.element_type in JOINS for each in active(play) if each.id in leaves), what
    while play.status == "running":
        one = active(play)[0]
        assert change(play, held, [Instruction(kind=Kind.CANCEL, element_id=one.element_id, activation_id=one.id)])
        same(play, held)
        pairs.see(play.step)
    assert play.status in ("cancelled", "completed"), what
