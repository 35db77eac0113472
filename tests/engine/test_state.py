"""State: a save and a load after every step change nothing; threads share a definition; the bytes stay small."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runner
from engine import state as states
from engine.correlation import Message
from engine.events import Ports
from engine.spiff.instance import Instance
from engine.spiff.run import Run
from errors import EngineError, NotAwaited
from tests.engine.diagrams import each, end, fork, process, script, some, start, sub, user
from tests.engine.play import MORNING, Play, definition
from tests.engine.random_diagrams import diagram, trees

MANY = os.environ.get("MOTCUA_SOAK") == "1"


class Held:
    """An instance that is kept in memory between its steps, never saved or loaded."""

    def __init__(self, known, **variables):
        self.history: list[tuple[str, str]] = []
        self.active: set[str] = set()
        self.now = MORNING
        self.instance = Instance(known.compiled, Run(now=self.now, ports=Ports()), seed="held")
        self.instance.data = dict(variables)
        self.instance.begin()
        self.settle()

    def settle(self):
        self.instance.advance()
        events = self.instance.run.history()
        self.history += [(event.kind.value, event.element_id) for event in events]
        self.pair(events)
        self.instance.run = Run(now=self.now, ports=Ports())

    def pair(self, events):
        """Check that what is entered ends once, and that nothing else ends."""
        for event in events:
            if event.kind == "entered":
                assert event.activation_id not in self.active
                self.active.add(event.activation_id)
            elif event.kind in ("completed", "cancelled"):
                self.active.remove(event.activation_id)
        if self.instance.completed:
            assert not self.active

    def task(self, number: int):
        return runner._waits(self.instance)[number].id

    def do(self, number: int, answers):
        token = self.instance.find(self.task(number))
        assert token is not None
        token.set_data(**answers)
        token.run()
        self.settle()

    def later(self, hours: int):
        self.now += timedelta(hours=hours)
        self.instance.run.now = self.now
        while (timer := self.instance.next_timer()) and timer[0] <= self.now:
            timer[1].token.task_spec.fire(timer[1].token, timer[1].index)
            self.instance.advance()
        self.settle()

    def message(self, name: str):
        self.instance.deliver_message(Message(name=name))
        self.settle()

    @property
    def waits(self):
        return [(wait.kind, wait.element_id, wait.due_at) for wait in runner._waits(self.instance)]


def same(play: Play, held: Held) -> None:
    assert [(wait.kind, wait.element_id, wait.due_at) for wait in play.step.waits] == held.waits
    assert play.vars == held.instance.data
    assert play.history == held.history
    assert (play.status == "running") == (not held.instance.completed)


def one_move(play: Play, held: Held, choose: random.Random) -> bool:
    """Do one thing that is possible, to both."""
    waits = [wait for wait in play.step.waits if wait.kind != "condition"]
    if not waits:
        return False
    wait = choose.choice(waits)
    if wait.kind == "task":
        number = [other.id for other in play.step.waits].index(wait.id)
        answers = {"n": choose.randrange(12), f"by_{wait.element_id}": choose.random()}
        held.do(number, answers)
        play.take(runner.complete_task, wait.id, answers)
    elif wait.kind == "timer":
        held.later(1)
        play.later(hours=1)
    else:
        held.message(wait.name)
        play.message(wait.name)
    return True


@settings(
    max_examples=400 if MANY else 40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not MANY
)
@given(trees(), st.integers(0, 2**32))
def test_a_save_and_a_load_after_every_step_change_nothing(tree, seed):
    known, choose = definition(diagram(tree)), random.Random(seed)
    play, held = Play(known, n=0), Held(known, n=0)
    same(play, held)
    for _ in range(60):
        if not one_move(play, held, choose):
            break
        same(play, held)
    else:
        return
    assert play.status == "completed"


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
