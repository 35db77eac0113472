"""Data stores: kept between instances, exact, and never written over by two at once."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from flask import Flask

from services import instances, log
from services.permissions import SYSTEM
from tests.engine.diagrams import HEAD, end, script, start
from tests.fidelity.test_data import into, out_of, spec
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.together import at_once, done

STORE = '<dataStore id="D1" name="Sổ cái"/>'


def adding(key: str) -> dict[str, bytes]:
    task = script(
        "a",
        "y = (x or []) + [n]\nseen = y",
        spec("x", "y") + into("in_x", "S1") + out_of("S1", "out_y"),
    )
    files = bundle(key, '<dataStoreReference id="S1" dataStoreRef="D1"/>', start("s"), task, end("e"), "s -> a -> e")
    return {name: xml.replace(HEAD.encode(), (HEAD + STORE).encode(), 1) for name, xml in files.items()}


def test_a_data_store_keeps_its_value_for_other_instances_and_processes(office: Office) -> None:
    office.deploy(adding("one"))
    office.deploy(adding("other"))
    first = office.start("one", {"n": Decimal("1.50")})
    second = office.start("other", {"n": "$mark"})
    assert instances.variables(SYSTEM, second.id)["seen"] == [Decimal("1.50"), "$mark"]
    assert instances.variables(SYSTEM, first.id)["seen"] == [Decimal("1.50")]
    assert [data["stores"] for row, data in log.events_of(first.id) if row.kind == "instance.started"] == [["Sổ cái"]]


def test_instances_that_add_to_one_store_at_once_lose_nothing(office: Office, demo_app: Flask) -> None:
    office.deploy(adding("one"))
    done(at_once(demo_app, [partial(office.start, "one", {"n": number}) for number in range(6)]))
    last = office.start("one", {"n": 6})
    assert sorted(instances.variables(SYSTEM, last.id)["seen"]) == list(range(7))
