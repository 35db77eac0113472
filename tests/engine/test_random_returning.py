"""Random diagrams: going back gives what stood there, and doing the same again ends as if nobody had gone back."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runner
from engine import state as states
from engine.returning import return_to
from engine.spiff.faults import FAULT
from engine.steps import at_rest
from errors import WrongState
from tests.engine.play import Play, definition
from tests.engine.random_diagrams import diagrams, trees
from tests.engine.test_state import ANSWERS, Pairs, do, moves
from tests.soak import SOAK, examples

quickly = settings(
    max_examples=examples(60, soak=3_000), deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK
)
PASSING = ("due", "via", FAULT)


def looks(known, state: bytes, *, strict: bool = False):
    """Give what stands where, whatever its number; what only stands by where `strict`."""
    whole = at_rest(known, state)

    def token(one):
        notes = {key: value for key, value in one.internal_data.items() if key not in PASSING and key != "then"}
        inside = whole.subprocesses.get(one.id)
        inner = sorted((token(child) for child in one.children if strict or not child.armed), key=repr)
        return (one.task_spec.name, int(one._state), one.armed, one.entered, repr(notes), repr(one.local), inner,
                inside and scope(inside))  # fmt: skip

    def scope(one):
        standing = (each for each in one.tasks.values() if each._parent is None and (strict or not each.armed))
        return repr(one.data), repr(one.log), sorted(map(token, standing), key=repr)

    return scope(whole)


def walked(known, choose: random.Random, steps: int):
    """Play at random, but not to the end; give the play and (task, state before, answers) of each completed task."""
    play, kept, pairs = Play(known, n=0), [], Pairs()
    pairs.see(play.step)
    for _ in range(steps):
        if not (possible := moves(play.step)):
            break
        move, n = choose.choice(possible), choose.choice(ANSWERS)
        before, history = play.step, list(play.history)
        do(play, move, n)
        if play.status != "running":
            play.step, play.history = before, history
            break
        pairs.see(play.step)
        if move[0] == "task":
            kept.append((move[1], before.state, n))
    return play, kept, pairs


def returned(play: Play, kept, choose: random.Random, *, whole: bool):
    """Go back to a random task; None where that is not possible any more."""
    if play.status != "running" or not kept:
        return None
    task_id, snapshot, n = choose.choice(kept)
    try:
        play.take(return_to, snapshot, task_id, keep_variables=not whole)
    except WrongState:
        return None
    return snapshot, n


@quickly
@given(trees(), st.integers(0, 2**32), st.integers(1, 14))
def test_the_whole_instance_stands_as_it_stood(tree, seed, steps):
    known, choose = definition(*diagrams(tree)), random.Random(seed)
    play, kept, pairs = walked(known, choose, steps)
    if found := returned(play, kept, choose, whole=True):
        pairs.see(play.step)
        assert looks(known, play.step.state) == looks(known, found[0])


@quickly
@given(trees(), st.integers(0, 2**32), st.integers(1, 14))
def test_going_back_at_once_and_doing_the_same_ends_the_same(tree, seed, steps):
    known, choose = definition(*diagrams(tree)), random.Random(seed)
    play, kept, _ = walked(known, choose, steps)
    if play.status != "running" or not kept:
        return
    task_id, snapshot, n = kept[-1]
    straight = Play(known, n=0)
    straight.now = play.now
    answers = {"n": n, "again": True}
    straight.take(lambda d, s, **kw: runner.complete_task(d, snapshot, task_id, answers, **kw))
    play.step = straight.step
    if straight.status != "running":
        return
    play.take(return_to, snapshot, task_id, keep_variables=False)
    task = at_rest(known, snapshot).find(task_id)
    assert task is not None
    element = task.task_spec.bpmn_id
    new = [w.id for w in play.step.waits if w.kind == "task" and w.element_id == element]
    fresh = next(id_ for id_ in new if at_rest(known, snapshot).find(id_) is None)
    play.take(runner.complete_task, fresh, answers)
    assert looks(known, play.step.state) == looks(known, straight.step.state)


@quickly
@given(trees(), st.integers(0, 2**32), st.integers(1, 14))
def test_after_going_back_with_the_branch_alone_the_instance_still_comes_to_its_end(tree, seed, steps):
    known, choose = definition(*diagrams(tree)), random.Random(seed)
    play, kept, pairs = walked(known, choose, steps)
    if not returned(play, kept, choose, whole=False):
        return
    pairs.see(play.step)
    assert states.dump(at_rest(known, play.step.state)) == play.step.state
    for _ in range(120):
        if not (possible := moves(play.step)):
            break
        do(play, choose.choice(possible), choose.choice(ANSWERS))
        pairs.see(play.step)
    else:
        return
    assert play.status in ("completed", "failed"), (tree, seed)
