"""Files of other tools are read as they are; what is not run is said by name, and the bytes come back untouched."""

from __future__ import annotations

from bpmn import reader
from bpmn.bundle import read
from findings import Severity
from tests.bpmn.samples import FORM, TABLE, WILD, of_rule, rules


def bundle_of(data: bytes):
    return read({"x.bpmn": data, "application.form": FORM, "grade.dmn": TABLE})


def test_a_camunda_7_diagram_is_accepted_as_it_is():
    bundle = bundle_of(WILD["camunda_7"])
    assert not rules(bundle)
    (file,) = bundle.processes
    assert (file.name, file.version_tag) == ("Leave", "2.1")
    assert file.process.start_form == "application"
    check = file.process.elements["Activity_check"]
    assert (check.form, check.lane, check.priority, check.due) == ("application.form", "Văn phòng", 60, "P2D")
    inert = " ".join(finding.message.en for finding in of_rule(bundle, "extension-inert"))
    assert "camunda:historyTimeToLive" in inert
    assert "camunda:asyncBefore" in inert
    assert "bioc" not in inert


def test_a_camunda_8_diagram_is_accepted_as_it_is():
    bundle = bundle_of(WILD["camunda_8"])
    assert not rules(bundle)
    (file,) = bundle.processes
    review = file.process.elements["Activity_1"]
    assert (file.version_tag, review.form, review.assignee, review.candidate_groups) == (
        "1", "application", "=applicant", ("a",),
    )  # fmt: skip


def test_a_spiffarena_diagram_is_accepted_as_it_is():
    bundle = bundle_of(WILD["spiffarena"])
    assert not rules(bundle)
    assert bundle.processes[0].process.decisions == ("grade",)
    assert rules(bundle, Severity.WARNING) == {"json-schema-form", "task-for-nobody"}


def test_a_diagram_full_of_old_habits_is_accepted():
    bundle = bundle_of(WILD["habits"])
    assert not rules(bundle)
    (process,) = reader.processes(reader.parse(WILD["habits"]))
    assert process.elements["Start"].type == "startEvent"


def test_the_bytes_are_kept():
    for data in WILD.values():
        assert bundle_of(data).processes[0].xml is data
