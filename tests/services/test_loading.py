"""What is kept of parsed definitions is bounded, by their number and by their size, and each takes little."""

from __future__ import annotations

import pytest
from SpiffWorkflow.util.event import Event

from bpmn.definition import load as parsed
from services import loading
from tests.drawn import drawn
from tests.office import Office
from tests.services.bundles import one_task


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    loading.forget()


def deployed(office: Office, count: int) -> list[str]:
    return [office.deploy(one_task(f"p{number}")).definitions[0].id for number in range(count)]


def test_the_least_recently_used_goes_first(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "KEPT", 3)
    ids = deployed(office, 4)
    for definition_id in (*ids[:3], ids[0], ids[3]):
        loading.load(definition_id)
    assert list(loading._kept.found) == [ids[2], ids[0], ids[3]]


def test_fewer_are_kept_where_they_are_huge(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = deployed(office, 4)
    one = loading.load(ids[0]).definition.compiled.size
    monkeypatch.setattr(loading, "MOST_NODES", one * 2)
    for definition_id in ids:
        loading.load(definition_id)
    assert list(loading._kept.found) == ids[2:]
    assert loading._kept.nodes == one * 2
    monkeypatch.setattr(loading, "MOST_NODES", 1)
    loading.load(ids[0])
    assert list(loading._kept.found) == ids[:1]  # one that is too large for the room is kept alone


def test_a_node_holds_only_what_is_its_own() -> None:
    compiled = parsed("p", [drawn("p", 65)], id="p", version=1).compiled
    nodes = [node for spec in compiled.subprocess_specs.values() for node in spec.task_specs.values()]
    assert compiled.size == len(nodes) > 60
    own = [vars(node) for node in nodes if hasattr(node, "flows")]
    assert max(map(len, own)) <= 24
    assert not any(isinstance(value, Event) for each in own for value in each.values())
