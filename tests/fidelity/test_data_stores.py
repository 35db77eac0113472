"""Data stores (10.4.1): read and written by associations, shared between instances."""

from __future__ import annotations

from typing import Any

from engine import runner
from engine.events import Ports
from tests.engine.diagrams import HEAD, end, process, script, start
from tests.engine.play import MORNING, definition
from tests.fidelity import accepted, row
from tests.fidelity.test_data import into, out_of, spec


class Shelf:
    """Data stores in memory."""

    def __init__(self, **held: Any) -> None:
        self.held = held
        self.ports = Ports(stored=self.held.get)

    def play(self, xml: bytes, **variables: Any) -> Any:
        step = runner.start(definition(xml), variables, now=MORNING, ports=self.ports)
        self.held |= step.stored
        return step


STORE = '<dataStore id="D1" name="Sổ cái"/>'


def stored(*parts: str) -> bytes:
    xml = process("p", '<dataStoreReference id="S1" name="register" dataStoreRef="D1"/>', *parts).decode()
    return xml.replace(HEAD, HEAD + STORE, 1).encode()


@row("Data store", "associations read it and write it; other instances find what was written", section="10.4.1",
     group="Data")  # fmt: skip
def test_a_data_store_is_shared_between_instances():
    xml = stored(
        start("s"),
        script("a", "y = (x or []) + [n]", spec("x", "y") + into("in_x", "S1") + out_of("S1", "out_y")),
        script("b", "seen = z", spec("z") + into("in_z", "S1")), end("e"), "s -> a -> b -> e",
    )  # fmt: skip
    assert accepted(xml)
    shelf = Shelf()
    assert shelf.play(xml, n=1).variables == {"n": 1, "seen": [1]}
    assert shelf.play(xml, n=2).variables == {"n": 2, "seen": [1, 2]}
    assert shelf.held == {"Sổ cái": [1, 2]}


@row("Data store", "drawn to an activity: read and written as the variable of its name", section="10.4.1",
     group="Data")  # fmt: skip
def test_a_drawn_data_store():
    drawn = (
        '<property id="P1" name="__targetRef_placeholder"/>' + into("P1", "S1")
        + "<dataOutputAssociation><targetRef>S1</targetRef></dataOutputAssociation>"
    )  # fmt: skip
    xml = stored(start("s"), script("a", "register = register + 1", drawn), end("e"), "s -> a -> e")
    assert accepted(xml)
    shelf = Shelf(**{"Sổ cái": 4})
    assert shelf.play(xml).variables == {}
    assert shelf.held == {"Sổ cái": 5}
    # a step that leaves no such variable leaves the store as it is
    xml = stored(start("s"), script("a", "n = 1", drawn), end("e"), "s -> a -> e")
    empty = Shelf()
    assert empty.play(xml).stored == {}


def test_a_part_of_a_data_store_may_be_set():
    xml = stored(
        start("s"), script("a", "y = n", spec("", "y") + out_of("S1", "out_y", register__last="y")), end("e"),
        "s -> a -> e",
    )  # fmt: skip
    shelf = Shelf(**{"Sổ cái": {"first": 1}})
    shelf.play(xml, n=9)
    assert shelf.held == {"Sổ cái": {"first": 1, "last": 9}}
