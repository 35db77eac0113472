"""State: a save and a load after every step change nothing; threads share a definition; the bytes stay small."""

from __future__ import annotations

import copy
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runner
from engine import state as states
from engine.events import Ports, Step
from engine.spiff.run import Run
from errors import EngineError, NotAwaited
from tests.engine.diagrams import each, end, fork, process, script, some, start, sub, user
from tests.engine.play import MORNING, Play, definition
from tests.engine.random_diagrams import diagrams, trees
from tests.engine.unsaved import Unsaved, same_seed
from tests.fidelity import row
from tests.soak import SOAK, examples

MOST_ORDERS, LONGEST_PATH = examples(12, soak=200), examples(6, soak=9)
ANSWERS = tuple(range(12))


def same(play: Play, held: Unsaved) -> None:
    """Compare all that can be seen of two instances, and what each would save, byte for byte."""
    for part in ("waits", "variables", "events", "incidents", "thrown", "status", "error_code", "next_due"):
        assert getattr(play.step, part) == getattr(held.step, part), part
    assert play.step.state == held.state
    assert play.history == held.history


class Pairs:
    """Checks that what is entered ends once, and that nothing else ends."""

    def __init__(self) -> None:
        self.active: set[str] = set()

    def see(self, step: Step) -> None:
        for event in step.events:
            if event.kind == "entered":
                assert event.activation_id not in self.active
                self.active.add(event.activation_id)
            elif event.kind in ("completed", "cancelled"):
                self.active.remove(event.activation_id)
        assert step.status == "running" or not self.active


def moves(step: Step) -> list[tuple[str, str, str]]:
    """Give what can happen to an instance: (kind, id, name)."""
    found = [(str(wait.kind), wait.id, wait.name) for wait in step.waits]
    return found + [("incident", incident.id, "") for incident in step.incidents]


def do(play: Play, move: tuple[str, str, str], n: int) -> None:
    """Let one of them happen."""
    kind, id_, name = move
    if kind in ("task", "external_task", "job"):
        play.take(runner.complete_task, id_, {"n": n, f"by_{id_.rpartition('.')[2]}": n})
    elif kind == "timer":
        play.later(hours=1)
    elif kind == "incident":
        play.take(runner.retry, id_, variables={"n": n, "lost": n})
    elif kind == "condition":
        play.take(runner.set_variables, {"n": n})
    elif kind == "signal":
        play.signal(name, n=n)
    else:
        play.message(name, n=n)


@row("Instance", "saved and loaded after every step or never: the same tasks, variables and history", section="13.1",
     group="Structure")  # fmt: skip
@settings(
    max_examples=examples(40, soak=3_000), deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK
)
@given(trees(), st.integers(0, 2**32))
def test_a_save_and_a_load_after_every_step_change_nothing(tree, seed):
    known, choose, pairs = definition(*diagrams(tree)), random.Random(seed), Pairs()
    with same_seed():
        play, held = Play(known, n=0), Unsaved(known, n=0)
    same(play, held)
    pairs.see(play.step)
    for _ in range(60):
        if not (possible := moves(play.step)):
            break
        move, n = choose.choice(possible), choose.choice(ANSWERS)
        do(play, move, n)
        do(held, move, n)
        same(play, held)
        pairs.see(play.step)
    else:
        return
    assert play.status in ("completed", "failed"), (tree, seed)


@row("Instance", "in every order in which a few users complete their tasks, saved or not", section="13.1",
     group="Structure")  # fmt: skip
@settings(
    max_examples=examples(8, soak=300), deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SOAK
)
@given(trees(2))
def test_every_order_of_completion_is_the_same_saved_or_not(tree):
    known = definition(*diagrams(tree))
    with same_seed():
        first = Play(known, n=0)
    waiting: list[tuple[Play, list]] = [(first, [])]
    orders = 0
    while waiting and orders < MOST_ORDERS:
        play, path = waiting.pop()
        possible = moves(play.step) if len(path) < LONGEST_PATH else []
        for move in possible:
            after = copy.copy(play)
            after.history = list(play.history)
            do(after, move, len(path) % 3)
            waiting.append((after, [*path, move]))
        if not possible:
            orders += 1
            with same_seed():
                held = Unsaved(known, n=0)
            for number, move in enumerate(path):
                do(held, move, number % 3)
            same(play, held)


def test_a_step_leaves_the_state_it_was_given_and_can_be_played_again():
    play = Play(
        process("p", start("s"), user("a"), script("b", "n = n + 1"), user("c"), end("e"), "s -> a -> b -> c -> e"), n=1
    )
    before, task = play.step.state, play.id_of("a")
    first = runner.complete_task(play.definition, before, task, {"x": [1]}, now=MORNING, ports=Ports())
    second = runner.complete_task(play.definition, before, task, {"x": [1]}, now=MORNING, ports=Ports())
    assert first == second


def test_ids_of_two_instances_never_meet():
    known = definition(process("p", start("s"), user("a"), end("e"), "s -> a -> e"))
    assert len({Play(known).id_of("a") for _ in range(100)}) == 100


def test_threads_share_one_definition():
    known = definition(
        process(
            "p", start("s"), fork("f"), sub("in", each(times="3"), start("s2"), user("a"), end("e2"), "s2 -> a -> e2"),
            user("b"), some("j"), script("n", "n = n + 1"), end("e"), "s -> f -> in -> j -> n -> e", "f -> b -> j",
        )
    )  # fmt: skip

    def play(seed: int) -> tuple[str, dict]:
        choose, one = random.Random(seed), Play(known, n=seed)
        while one.tasks:
            one.take(runner.complete_task, choose.choice(one.step.waits).id, {f"x{seed}": seed})
        return one.status, one.vars

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(play, range(160)))
    assert results == [("completed", {"n": seed + 1, f"x{seed}": seed}) for seed in range(160)]


def test_the_state_of_a_small_instance_is_small():
    play = Play(process("p", start("s"), user("a"), end("e"), "s -> a -> e"))
    assert len(play.step.state) < 120
    assert b"userTask" not in play.step.state


def test_a_state_of_another_definition_is_a_fault_that_names_the_element():
    play = Play(process("p", start("s"), user("a"), end("e"), "s -> a -> e"))
    other = definition(process("p", start("s"), user("b"), end("e"), "s -> b -> e"))
    with pytest.raises(EngineError) as problem:
        runner.waits(other, play.step.state)
    assert problem.value.element_id == "a"


def test_reading_a_state_gives_what_the_step_gave():
    play = Play(process("p", start("s"), user("a"), end("e"), "s -> a -> e"), n=1)
    assert runner.waits(play.definition, play.step.state) == play.step.waits
    assert runner.variables(play.definition, play.step.state) == {"n": 1}
    instance = states.load(play.definition, play.step.state, Run(now=MORNING, ports=Ports()))
    assert states.dump(instance) == play.step.state


def test_nothing_is_awaited_after_the_end():
    play = Play(process("p", start("s"), end("e"), "s -> e"))
    with pytest.raises(NotAwaited):
        play.message("m")
    assert play.later(hours=1).step.events == ()
