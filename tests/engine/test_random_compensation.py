"""Random nests of people's tasks: undone in the order that a model of ten lines gives, in every order of completion."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.diagrams import (
    boundary,
    cancel,
    compensate,
    end,
    fork,
    handler,
    process,
    script,
    start,
    sub,
    undone_by,
    user,
)
from tests.engine.play import Play

EXAMPLES = 2_000 if os.environ.get("MOTCUA_SOAK") else 60
LOG = "log = log + [{!r}]"


@dataclass
class Place:
    """A step of the nest: a task, or a sub-process with its steps, perhaps undone by a handler of its own."""

    name: str
    steps: list[Place] = field(default_factory=list)
    own: str = ""
    """`event`: a compensation event sub-process, `border`: a handler at its border."""


def trees():
    return st.recursive(
        st.just("task"),
        lambda inner: st.tuples(
            st.sampled_from(["sequence", "parallel", "sub", "event", "border"]), st.lists(inner, min_size=1, max_size=3)
        ),
        max_leaves=8,
    )


class Writer:
    """Writes a tree as the parts of a scope, and as the places of the model."""

    def __init__(self) -> None:
        self.numbers = count(1)

    def write(self, tree, parts: list[str], places: list[Place]) -> tuple[str, str]:
        number = next(self.numbers)
        if tree == "task":
            name = f"u{number}"
            parts += [user(name), undone_by(name, script(f"undo_{name}", LOG.format(name)))]
            places.append(Place(name))
            return name, name
        kind, inner = tree
        if kind in ("sequence", "parallel"):
            return self.joined(kind, inner, number, parts, places)
        inside: list[str] = []
        name, place = f"p{number}", Place(f"p{number}", own=kind)
        first, last = self.joined("parallel", inner, number, inside, place.steps)
        inside += [start(f"s{number}"), end(f"e{number}"), f"s{number} -> {first}", f"{last} -> e{number}"]
        own = script(f"undo_{name}", LOG.format(name))
        if kind == "event":
            begin = start(f"hs{number}", compensate())
            inside.append(
                handler(f"h{number}", begin, own, end(f"he{number}"), f"hs{number} -> undo_{name} -> he{number}")
            )
        parts.append(sub(name, *inside))
        if kind == "border":
            parts.append(undone_by(name, own))
        places.append(place)
        return name, name

    def joined(self, kind, inner, number, parts, places) -> tuple[str, str]:
        ends = [self.write(tree, parts, places) for tree in inner]
        if kind == "sequence":
            parts += [f"{last} -> {first}" for (_, last), (first, _) in pairwise(ends)]
            return ends[0][0], ends[-1][1]
        split, join = f"g{number}", f"j{number}"
        parts += [fork(split), fork(join)]
        for first, last in ends:
            parts += [f"{split} -> {first}", f"{last} -> {join}"]
        return split, join


def undone(places: list[Place], history: list[tuple[str, str]]) -> list[str]:
    """Give what must be undone in a scope, in order: first within what is still active, then what has completed."""
    done = {name: at for at, (kind, name) in enumerate(history) if kind == "completed"}
    begun = {name: at for at, (kind, name) in enumerate(history) if kind == "entered"}
    active = [place for place in places if place.name in begun and place.name not in done]
    completed = sorted((place for place in places if place.name in done), key=lambda place: done[place.name])
    found = []
    for place in sorted(active, key=lambda place: -begun[place.name]):
        found += undone(place.steps, history)
    for place in reversed(completed):
        found += [place.name] if place.own in ("event", "border") or not place.steps else undone(place.steps, history)
    return found


@settings(max_examples=EXAMPLES, deadline=None)
@given(tree=trees(), choices=st.randoms(use_true_random=False))
def test_a_scope_is_undone_in_the_reverse_order_of_completion(tree, choices):
    parts: list[str] = []
    places: list[Place] = []
    first, last = Writer().write(tree, parts, places)
    play = Play(process("p", start("s"), *parts, end("e", compensate()), f"s -> {first}", f"{last} -> e"), log=[])
    while play.tasks:
        play.do(choices.choice(play.tasks))
    before = play.history
    assert play.status == "completed"
    assert play.vars["log"] == undone(places, before)


@settings(max_examples=EXAMPLES, deadline=None)
@given(tree=trees(), choices=st.randoms(use_true_random=False))
def test_a_transaction_is_undone_wherever_it_stands_when_it_is_cancelled(tree, choices):
    parts: list[str] = []
    places: list[Place] = []
    first, last = Writer().write(tree, parts, places)
    inside = [start("s2"), fork("f"), user("no"), end("x", cancel), end("e2"), "s2 -> f -> no -> x", f"f -> {first}"]
    tx = sub("tx", *inside, *parts, f"{last} -> e2", kind="transaction")
    play = Play(
        process("p", start("s"), tx, boundary("b", "tx", cancel), end("e"), end("z"), "s -> tx -> e", "b -> z"), log=[]
    )
    while (name := choices.choice(play.tasks)) != "no":
        play.do(name)
    before = list(play.history)
    play.do("no")
    assert (play.status, play.passed[-2:]) == ("completed", ["b", "z"])
    assert play.vars["log"] == undone(places, before)
