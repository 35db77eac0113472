"""Every shipped bundle is a good example: it passes the checks, speaks two languages, names known people."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

from bpmn import reader, xml
from bpmn.model import MOTCUA
from findings import Severity
from forms import schema
from services.setup import GROUPS, UNITS
from tests.procedures.shipped import FOLDER, PROCEDURES, SHARED, SLUGS, bundle_of, files_of, form_of, process_of

every_bundle = pytest.mark.parametrize("slug", SLUGS)
every_procedure = pytest.mark.parametrize("slug", PROCEDURES)

CERTAIN_WARNINGS = {"procedure-code"}
"""The shipped codes are illustrative on purpose: the national ones are not certain (DOMAIN.md 3.0)."""


def test_every_folder_is_known_here() -> None:
    assert sorted(path.name for path in FOLDER.iterdir() if path.is_dir()) == sorted(SLUGS)


@every_bundle
def test_a_bundle_is_read_and_checked_without_complaint(slug: str) -> None:
    bundle = bundle_of(slug)
    assert [process.key for process in bundle.processes] == [slug]
    assert [f for f in bundle.findings if f.severity is Severity.ERROR or f.rule not in CERTAIN_WARNINGS] == []


@every_bundle
def test_its_forms_have_nothing_that_is_ignored_or_wrong(slug: str) -> None:
    for form in bundle_of(slug).forms:
        assert schema.check(form.schema, form.file) == ()
        assert f"{form.key}.form" == form.file


@every_bundle
def test_every_form_that_it_brings_is_used(slug: str) -> None:
    process = process_of(slug)
    used = {element.form for element in process.elements.values()}
    used |= {case.form for case in process.procedure.cases} if process.procedure else set()
    assert used - {""} == {name for name in files_of(slug) if name.endswith(".form")}


@every_procedure
def test_a_procedure_has_its_legal_parts_and_says_that_it_is_illustrative(slug: str) -> None:
    legal = process_of(slug).procedure
    assert legal is not None
    assert legal.code.startswith("MINH-HOA.")
    assert "minh hoạ" in legal.summary.vi
    assert "Illustrative" in legal.summary.en
    assert (legal.agency_code, legal.agency_name.vi) == ("000.00.00.G18", "Bộ Y tế")
    assert legal.unit in {code for code, *_ in UNITS}
    assert legal.components
    assert legal.conditions
    assert legal.results
    assert legal.legal_basis
    assert legal.applicants
    assert legal.channels == ("online", "counter", "post")
    assert process_of(slug).start_form


@pytest.mark.parametrize("slug", SHARED)
def test_a_shared_diagram_is_no_procedure(slug: str) -> None:
    assert process_of(slug).procedure is None


@every_bundle
def test_tasks_belong_to_groups_that_the_seed_creates_or_to_the_applicant(slug: str) -> None:
    known = {code for code, *_ in GROUPS}
    for element in process_of(slug).elements.values():
        assert set(element.candidate_groups) <= known
        if element.type == "userTask":
            assert element.candidate_groups or element.assignee == "${applicant}"


@every_bundle
def test_each_task_has_a_form_acts_and_an_act_variable_of_its_own(slug: str) -> None:
    tasks = [element for element in process_of(slug).elements.values() if element.type == "userTask"]
    assert all(task.form in files_of(slug) and task.acts and task.public_name for task in tasks)
    variables = [task.act_variable for task in tasks]
    assert len(set(variables)) == len(variables)
    assert "act" not in variables
    for task in tasks:
        for act in task.acts:
            if act.kind in ("refuse", "return") and not act.asks:  # a letter's points are its reason
                assert act.reason == "required", f"{task.id}.{act.id} should ask for its reason"


@every_bundle
def test_each_choice_has_a_default_that_leads_on_to_a_person(slug: str) -> None:
    root = reader.parse(files_of(slug)["process.bpmn"])
    for gateway in root.iter(xml.tag("exclusiveGateway")):
        leaving = [flow for flow in root.iter(xml.tag("sequenceFlow")) if flow.get("sourceRef") == gateway.get("id")]
        without = [flow.get("id") for flow in leaving if flow.find(xml.tag("conditionExpression")) is None]
        assert without == [gateway.get("default")]
        default = next(flow for flow in leaving if flow.get("id") == gateway.get("default"))
        target = process_of(slug).elements[default.get("targetRef") or ""]
        assert target.document not in ("refusal_slip", "refusal_decision")


@every_bundle
def test_every_text_of_the_diagram_is_there_in_both_languages(slug: str) -> None:
    root = reader.parse(files_of(slug)["process.bpmn"])
    for node in root.iter():
        prefix = "" if xml.namespace(node.tag) == MOTCUA else f"{{{MOTCUA}}}"
        for name, value in node.attrib.items():
            if name.startswith(prefix) and name.endswith(("Vi", "En")):
                other = name[:-2] + ("En" if name.endswith("Vi") else "Vi")
                both = (value.strip(), (node.get(other) or "").strip())
                assert all(both), f"{slug}:{node.sourceline} {name}"
                assert value != node.get(other), f"{slug}:{node.sourceline} {name} is not translated"


@every_bundle
def test_every_text_of_a_form_is_there_in_both_languages(slug: str) -> None:
    for form in bundle_of(slug).forms:
        for component in _components(form.schema):
            english = component.get("properties", {})
            for key in ("label", "dateLabel", "description", "text"):
                assert bool(component.get(key)) == bool(english.get(f"{key}En")), f"{form.file}: {component.get('id')}"
            message = component.get("validate", {}).get("patternErrorMessage")
            assert bool(message) == bool(english.get("patternErrorMessageEn"))
            assert bool(message) == bool(component.get("validate", {}).get("pattern"))
            assert all(option["label"] and option["labelEn"] for option in component.get("values", []))


@every_bundle
def test_vietnamese_is_written_in_one_normal_form_without_stray_spaces(slug: str) -> None:
    for name, content in files_of(slug).items():
        text = content.decode()
        assert unicodedata.is_normalized("NFC", text), name
        assert "\t" not in text, name
        assert text.rstrip() + "\n" == text, name


@every_bundle
def test_no_two_fields_of_a_procedure_mean_different_things_by_one_key(slug: str) -> None:
    kinds: dict[str, set[str]] = {}
    for form in bundle_of(slug).forms:
        for key in form_of(slug, form.file).names.inner or {}:
            component = next(c for c in _components(form.schema) if c.get("key", c.get("path")) == key)
            kinds.setdefault(key, set()).add(component["type"])
    assert {key: types for key, types in kinds.items() if len(types) > 1} == {}


def _components(form: Any) -> Iterator[dict[str, Any]]:
    for component in form.get("components", []):
        yield component
        yield from _components(component)


def test_forms_are_written_the_way_an_editor_writes_them() -> None:
    for path in FOLDER.glob("*/*.form"):
        written = path.read_text()
        assert json.dumps(json.loads(written), ensure_ascii=False, indent=2) + "\n" == written, path.name
