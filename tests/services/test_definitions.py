"""Deploying, publishing and retiring: versions never change, and what runs keeps what it began with."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from errors import Forbidden, InvalidBundle, Malformed, NotFound, WrongState
from services import definitions, dossiers, instances, loading, log, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import catalogue
from storage.queries import definitions as lists
from storage.rows import definitions as rows
from storage.tables import Definition
from tests.engine.diagrams import call, end, rule, start, user
from tests.office import PROCEDURE, Office
from tests.services.bundles import bundle, form, one_task, procedure, text

TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
    '<decision id="grade" name="Grade"><decisionTable id="t" hitPolicy="FIRST">'
    '<input id="i"><inputExpression id="ie" typeRef="number"><text>amount</text></inputExpression></input>'
    '<output id="o" name="grade" typeRef="string"/>'
    '<rule id="r"><inputEntry id="a"><text>-</text></inputEntry><outputEntry id="b"><text>"{0}"</text></outputEntry>'
    "</rule>"
    "</decisionTable></decision></definitions>"
)


def stored() -> int:
    return len(session().scalars(select(Definition.id)).all())


def test_the_same_content_again_has_the_same_ids_and_no_new_version(office: Office) -> None:
    files = {**one_task(), "t.dmn": TABLE.encode()}
    first = office.deploy(files)
    again = office.deploy(dict(reversed(files.items())))
    assert first.is_new
    assert not again.is_new
    assert (again.id, [d.id for d in again.definitions]) == (first.id, [d.id for d in first.definitions])
    assert again.findings == first.findings
    kinds = [row.kind for row, data in log.events_of("definitions") if data["deployment"] == first.id]
    assert kinds == ["bundle.deployed", "bundle.published"]


def test_a_refused_bundle_stores_nothing(office: Office) -> None:
    before, events = stored(), len(list(log.events_of("definitions")))
    unknown_form = one_task("bad", motcua__form="missing.form")
    unknown_call = bundle("bad", start("s"), call("c", "nowhere"), end("e"), "s -> c -> e")
    unknown_table = bundle("bad", start("s"), rule("r", motcua__decision="none"), end("e"), "s -> r -> e")
    bad_form = bundle(
        "bad", start("s"), user("do", motcua__form="f.form"), end("e"), "s -> do -> e",
        f__form=form("f", {"type": "hologram", "key": "x"}, text("x"), text("x")),
    )  # fmt: skip
    bad_table = bundle("bad", start("s"), end("e"), "s -> e", t__dmn=b"<nonsense/>")
    for files in (unknown_form, unknown_call, unknown_table, bad_form, bad_table, {"bad.bpmn": b"not XML"}):
        with pytest.raises(InvalidBundle) as refused:
            office.deploy(files)
        assert refused.value.findings
        with pytest.raises(InvalidBundle):
            office.deploy(files)  # nor is it remembered as deployed
    for files in ({}, {"readme.txt": b"hello"}):
        with pytest.raises((Malformed, InvalidBundle)):
            office.deploy(files)
    assert stored() == before
    assert len(list(log.events_of("definitions"))) == events


def test_a_check_says_what_a_deployment_would_find_and_stores_nothing(office: Office) -> None:
    before = stored()
    found = definitions.check(office.viewer("thietke"), one_task("bad", motcua__form="missing.form"))
    assert [(f.rule, f.element_id) for f in found if f.severity == "error"] == [("form-unknown", "do")]
    assert stored() == before


def test_only_designers_deploy_publish_and_retire(office: Office) -> None:
    motcua = office.viewer("motcua")
    deployed = office.deploy(one_task())
    for act in (
        lambda: definitions.deploy(motcua, one_task("other"), now=office.now),
        lambda: definitions.check(motcua, one_task("other")),
        lambda: definitions.publish(motcua, deployed.id, now=office.now),
        lambda: definitions.retire(motcua, deployed.definitions[0].id, now=office.now),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_draft_is_not_in_force_until_it_is_published(office: Office) -> None:
    draft = office.deploy(one_task(), publish=False)
    with pytest.raises(NotFound):
        office.start("one")
    with pytest.raises(WrongState):
        office.start(draft.definitions[0].id)
    definitions.publish(SYSTEM, draft.id, now=office.now)
    assert office.start("one").definition_id == draft.definitions[0].id
    with pytest.raises(NotFound):
        definitions.publish(SYSTEM, "no such deployment", now=office.now)


def test_a_new_version_supersedes_and_what_runs_goes_on_as_it_began(office: Office) -> None:
    old = office.deploy(one_task()).definitions[0]
    running = office.start("one")
    new = office.deploy(one_task(motcua__candidateGroups="clerk")).definitions[0]
    office.look()
    states = {version: row.state for version in (1, 2) if (row := rows.by_version("process", "one", version))}
    assert (new.version, states) == (2, {1: "superseded", 2: "published"})
    assert office.open(office.start("one"))["do"].candidate_groups == ["clerk"]
    task = office.open(running)["do"]
    assert (task.definition_id, task.candidate_groups) == (old.id, ["one_door"])
    tasks.submit(office.viewer("motcua"), task.id, {}, now=office.now)
    assert instances.readable(SYSTEM, running.id).status == "completed"


def test_a_running_instance_keeps_the_versions_that_it_is_bound_to(office: Office) -> None:
    """Called processes, forms and decision tables that came from elsewhere change under new instances only."""
    office.deploy(bundle("inner", start("s"), user("first", motcua__form="ask"), end("e"), "s -> first -> e",
                         ask__form=form("ask", text("old", required=True))))  # fmt: skip
    office.deploy({"grade.dmn": TABLE.replace("{0}", "old").encode()})
    outer = (start("s"), user("do"), call("c", "inner"), rule("r", motcua__decision="grade"), end("e"))
    office.deploy(bundle("outer", *outer, "s -> do -> c -> r -> e"))
    running = office.start("outer", {"amount": 1})
    office.deploy(bundle("inner", start("s"), user("second", motcua__form="ask"), end("e"), "s -> second -> e",
                         ask__form=form("ask", text("new", required=True))))  # fmt: skip
    office.deploy({"grade.dmn": TABLE.replace("{0}", "new").encode()})
    _finish(running.id, office, {"first": {"old": "x"}})
    assert instances.variables(SYSTEM, running.id)["grade"] == "old"
    office.deploy(bundle("outer", *outer, user("last"), "s -> do -> c -> r -> last -> e"))
    later = office.start("outer", {"amount": 1})
    _finish(later.id, office, {"second": {"new": "x"}})
    assert instances.variables(SYSTEM, later.id)["grade"] == "new"


def _finish(instance_id: str, office: Office, answers: dict[str, dict[str, str]]) -> None:
    office.look()
    while todo := office.open(instances.readable(SYSTEM, instance_id)):
        element, task = todo.popitem()
        tasks.submit(SYSTEM, task.id, answers.get(element, {}), now=office.now)
        office.look()


def test_a_retired_process_is_started_no_more_and_a_new_version_brings_it_back(office: Office) -> None:
    first = office.deploy(one_task()).definitions[0]
    running = office.start("one")
    definitions.retire(SYSTEM, first.id, now=office.now)
    for name in ("one", first.id):
        with pytest.raises((NotFound, WrongState)):
            office.start(name)
    with pytest.raises(WrongState):
        definitions.retire(SYSTEM, first.id, now=office.now)
    tasks.submit(SYSTEM, office.open(running)["do"].id, {}, now=office.now)
    office.deploy(one_task(motcua__priority="60"))
    assert office.start("one").version == 2


def test_the_catalogue_shows_what_is_in_force_and_finds_it_without_accents(office: Office) -> None:
    assert PROCEDURE in {row.key for row in catalogue.search(text="an toan sinh hoc").rows}
    assert "reception" not in {row.key for row in catalogue.search(limit=100).rows}
    row = dossiers.definition_in_force(PROCEDURE)
    definitions.retire(SYSTEM, row.id, now=office.now)
    assert PROCEDURE not in {row.key for row in catalogue.search(limit=100).rows}
    with pytest.raises(WrongState):
        dossiers.definition_in_force(PROCEDURE)
    with pytest.raises(NotFound):
        dossiers.definition_in_force("reception")  # no procedure


def test_what_was_uploaded_is_given_back_byte_for_byte(office: Office) -> None:
    files = {name: b"\n" + data + b"<!-- as written -->\n" for name, data in one_task().items()}
    files = {name: data.strip() + b"\n" for name, data in files.items()}
    deployed = office.deploy(files)
    assert lists.file_of(deployed.definitions[0].id) == files["one.bpmn"]
    assert rows.files(deployed.id) == files


def test_a_procedure_knows_its_form_by_file_and_by_id(office: Office) -> None:
    for name, wanted in (("by-file", "apply.form"), ("by-id", "application")):
        files = procedure(
            name, start("s", motcua__form=wanted), user("do"), end("e"), "s -> do -> e",
            apply__form=json.dumps(form("application", text(name.replace("-", "_")))).encode(),
        )  # fmt: skip
        deployed = office.deploy(files)
        loaded = loading.load(deployed.definitions[0].id)
        assert dossiers.form_of(loaded, "") == deployed.definitions[-1].id
        assert loading.form(dossiers.form_of(loaded, "")) is not None


def test_nobody_but_a_retired_key_loses_its_version_numbers(office: Office) -> None:
    for number in (1, 2, 3):
        deployed = office.deploy(one_task(motcua__priority=str(50 + number)))
        assert deployed.definitions[0].version == number
        definitions.retire(SYSTEM, deployed.definitions[0].id, now=office.now)
