"""Calls of processes in other deployments: which version runs, and that everything about it is found again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine import runner
from errors import InvalidBundle
from services import history, instances, loading, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import Instance, Task
from tests.engine.diagrams import call, end, process, start, user
from tests.office import Office
from tests.services.bundles import form, text


def called(task: str, *, tag: str = "") -> dict[str, Any]:
    xml = process(
        "q", start("s"), user(task, name=f"Do {task}", motcua__candidateGroups="one_door", motcua__form=f"{task}.form"),
        end("e"), f"s -> {task} -> e",
    )  # fmt: skip
    if tag:
        xml = xml.replace(b'<process id="q"', f'<process id="q" camunda:versionTag="{tag}"'.encode())
    return {"q.bpmn": xml, f"{task}.form": json.dumps(form(task, text("answer"))).encode()}


def caller(key: str = "p", name: str = "q", **attributes: str) -> dict[str, bytes]:
    more = "".join(f' camunda:calledElement{name}="{value}"' for name, value in attributes.items())
    activity = call("c", name).replace("<callActivity", f"<callActivity{more}", 1)
    return {f"{key}.bpmn": process(key, start("s"), activity, end("e"), "s -> c -> e")}


def open_task(office: Office, instance: Instance) -> Task:
    session().rollback()
    return next(iter(office.open(instance).values()))


def finish(office: Office, instance: Instance) -> Instance:
    task = open_task(office, instance)
    tasks.submit(SYSTEM, task.id, {"answer": "x"}, now=office.now)
    session().rollback()
    found = session().get(Instance, instance.id, populate_existing=True)
    assert found is not None
    return found


def test_the_latest_version_is_found_when_it_is_called(office: Office) -> None:
    office.deploy(called("old"))
    office.deploy(caller(Binding="latest"))
    first = office.start("p")
    office.deploy(called("new"))
    second = office.start("p")
    task = open_task(office, first)
    assert (task.element_id, task.name, open_task(office, second).element_id) == ("old", "Do old", "new")
    seen = tasks.open_task(SYSTEM, task.id, now=office.now)
    assert seen.element.candidate_groups == ("one_door",)
    assert seen.form is not None
    assert instances.waiting_for(SYSTEM, first.id)[0].element_id == "old"
    done = finish(office, first)
    assert (done.status, instances.variables(SYSTEM, done.id)) == ("completed", {"answer": "x"})
    assert [p.element_name for p in history.passages(done) if p.element_id == "old"] == ["Do old"]


def test_a_version_and_a_tag_are_fixed_when_the_caller_is_published(office: Office) -> None:
    office.deploy(called("old", tag="stable"))
    office.deploy(called("new"))
    office.deploy(caller("by_version", Binding="version", Version="1"))
    office.deploy(caller("by_tag", Binding="versionTag", VersionTag="stable"))
    office.deploy(caller("plain"))
    office.deploy(called("newest", tag="stable"))
    found = {key: open_task(office, office.start(key)).element_id for key in ("by_version", "by_tag", "plain")}
    assert found == {"by_version": "old", "by_tag": "old", "plain": "new"}
    with pytest.raises(InvalidBundle):
        office.deploy(caller("wrong", Binding="version", Version="99"))
    with pytest.raises(InvalidBundle):
        office.deploy(caller("wrong", Binding="versionTag", VersionTag="none"))


def test_a_computed_call_is_found_or_an_incident(office: Office) -> None:
    office.deploy(called("old"))
    office.deploy(caller(name="${which}"))
    assert open_task(office, office.start("p", {"which": "q"})).element_id == "old"
    lost = office.start("p", {"which": "nobody"})
    definition = loading.load(lost.definition_id).definition
    assert [incident.element_id for incident in runner.incidents(definition, lost.state)] == ["c"]


def test_callers_that_are_bound_to_two_versions_get_each_its_own(office: Office) -> None:
    office.deploy(called("old"))
    office.deploy(caller("r"))
    office.deploy(called("new"))
    both = process("p", start("s"), call("c", "q"), call("d", "r"), end("e"), "s -> c -> d -> e")
    office.deploy({"p.bpmn": both})
    instance = office.start("p")
    assert open_task(office, instance).element_id == "new"
    finish(office, instance)
    assert open_task(office, instance).element_id == "old"
    assert finish(office, instance).status == "completed"
