"""Publishing costs the same however much is published already, and checks a bundle once."""

from __future__ import annotations

import pytest

from bpmn import bundle as bundles
from bpmn import definition as parsed
from services import definitions
from services.permissions import SYSTEM
from tests.engine.diagrams import call, end, start
from tests.office import Office
from tests.services.bundles import bundle, one_task
from tests.services.test_statements import counted


def statements(office: Office, key: str) -> int:
    with counted() as sent:
        office.deploy(bundle(key, start("s"), call("c", "one"), end("e"), "s -> c -> e"))
    return len(sent)


def test_a_publication_reads_only_what_it_calls(office: Office) -> None:
    office.deploy(one_task())
    first = statements(office, "first")
    for number in range(12):
        office.deploy(one_task(f"beside{number}"))
    assert statements(office, "second") <= first


def test_a_bundle_is_read_once_and_compiled_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for module, name in ((bundles, "read"), (parsed, "load")):
        really = getattr(module, name)

        def noting(*args: object, of: object = really, called: str = name, **more: object) -> object:
            done.append(called)
            return of(*args, **more)  # type: ignore[operator]

        monkeypatch.setattr(module, name, noting)
    deployed = definitions.deploy(SYSTEM, one_task(), now=office.now, publish=False)
    assert done == ["read"]
    definitions.publish(SYSTEM, deployed.id, now=office.now)
    assert done == ["read", "read", "load"]  # what it calls may be gone since it was uploaded
    office.deploy(one_task("another"))
    assert done[3:] == ["read", "load"]
