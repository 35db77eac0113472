"""Diagrams of other engines in a whole office: who starts, computed priorities, forms that a diagram carries."""

from __future__ import annotations

from services import instances, loading, tasks
from services.permissions import SYSTEM
from tests.engine.diagrams import end, process, start, user
from tests.fidelity.platforms import camunda, cloud, ext
from tests.office import Office

FIELD = '<camunda:formData><camunda:formField id="amount" type="long"/></camunda:formData>'


def test_who_starts_is_a_variable_that_a_task_is_for(office: Office) -> None:
    task = user(
        "a",
        ext(FIELD),
        camunda__assignee="${applicant}",
        camunda__priority="${level * 10}",
        camunda__candidateGroups="team-${level}, ${groups}",
        camunda__dueDate="${dateTime().plusDays(2).toDate()}",
        camunda__followUpDate="2026-12-31",
    )
    xml = camunda(process("leave", start("s", camunda__initiator="applicant"), task, end("e"), "s -> a -> e"))
    office.deploy({"leave.bpmn": xml})
    given = {"level": 7, "groups": ["x", "y"]}
    instance = instances.start(office.viewer("quantri"), "leave", given, now=office.now)
    opened = office.open(instance)["a"]
    assert instances.variables(SYSTEM, instance.id)["applicant"] == opened.assignee == "quantri"
    assert (opened.priority, opened.candidate_groups) == (70, ["team-7", "x", "y"])
    assert opened.due_at is not None
    assert (opened.due_at - office.now).days == 2
    assert opened.follow_up_at is not None
    assert opened.follow_up_at.isoformat() == "2026-12-30T17:00:00+00:00"


def test_a_form_of_fields_is_shown_and_checked(office: Office) -> None:
    xml = camunda(process("fields", start("s"), user("a", ext(FIELD), camunda__assignee="x"), end("e"), "s -> a -> e"))
    office.deploy({"fields.bpmn": xml})
    instance = office.start("fields")
    opened = office.open(instance)["a"]
    assert loading.form_key(opened.form) == "fields.a"
    tasks.submit(SYSTEM, opened.id, {"amount": 5}, now=office.now)
    assert instances.variables(SYSTEM, instance.id) == {"amount": 5}


def test_a_form_that_a_process_carries_is_shown(office: Office) -> None:
    body = '{"components": [{"type": "textfield", "key": "x", "id": "f1", "label": "X"}], "type": "default"}'
    task = user("a", ext('<zeebe:formDefinition formKey="camunda-forms:bpmn:form_1"/>'))
    held = ext(f'<zeebe:userTaskForm id="form_1">{body}</zeebe:userTaskForm>')
    xml = cloud(process("carried", start("s"), task, end("e"), "s -> a -> e"))
    xml = xml.replace(b'isExecutable="true">', f'isExecutable="true">{held}'.encode())
    office.deploy({"carried.bpmn": xml})
    opened = office.open(office.start("carried"))["a"]
    assert [component["key"] for component in loading.form_schema(opened.form)["components"]] == ["x"]
