"""Files of other tools are read as they are; what is not run is said by name, and the bytes come back untouched."""

from __future__ import annotations

from bpmn import reader
from bpmn.bundle import read
from bpmn.definition import load
from findings import Severity
from tests.bpmn.samples import FORM, TABLE, WILD, of_rule, rules
from tests.engine.play import Play


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


def test_a_flowable_diagram_is_accepted_and_runs_as_it_is():
    bundle = bundle_of(WILD["flowable"])
    assert not rules(bundle) | rules(bundle, Severity.WARNING)
    assert [form.key for form in bundle.forms if form.file == "x.bpmn"] == ["leave.start"]
    assert len(of_rule(bundle, "class-becomes-topic")) == 1
    inert = " ".join(finding.message.en for finding in of_rule(bundle, "extension-inert"))
    assert "flowable:async, flowable:exclusive" in inert
    play = Play(load("leave", [WILD["flowable"]], id="d", version=1), applicant="an", days=2)
    assert play.tasks == ["decide"]
    assert play.later(hours=24).tasks == ["decide", "remind"]
    assert play.do("decide", approved=True).vars["decidedDays"] == 2
    assert play.works == [("book", "org.example.Book")]
    assert play.do("book", booking="B1").tasks == ["remind", "told"]


def test_a_camunda_8_diagram_runs_as_it_is():
    play = Play(load("Process_cloud", [WILD["camunda_8"]], id="d", version=1), applicant="an", a=3)
    assert play.sees("Activity_1") == {"applicant": "an", "a": 3, "b": 3}
    assert play.do("Activity_1", amount=200).works == [("Activity_2", "mail")]
    assert play.do("Activity_2").status == "completed"


def test_a_diagram_full_of_old_habits_is_accepted():
    bundle = bundle_of(WILD["habits"])
    assert not rules(bundle)
    (process,) = reader.processes(reader.parse(WILD["habits"]))
    assert process.elements["Start"].type == "startEvent"


def test_the_bytes_are_kept():
    for data in WILD.values():
        assert bundle_of(data).processes[0].xml is data
