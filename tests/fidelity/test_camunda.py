"""Camunda 7: what the attributes and elements of `camunda:` do here."""

from __future__ import annotations

import pytest

from bpmn import bundle, reader
from tests.engine.diagrams import (
    end,
    process,
    send,
    service,
    start,
    throw,
    user,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.platforms import FORM, camunda, drawn, ext, said
from tests.fidelity.uploads import accepted, refusals

DOCS = "docs.camunda.org/manual/7"


def camunda_row(element: str, behaviour: str, *, group: str, refused: bool = False):
    return row(element, behaviour, section=DOCS, group=group, refused=refused, table="camunda")


def element_of(xml: bytes, id_: str):
    (found,) = reader.processes(reader.parse(accepted(xml, application__form=FORM)))
    return found.elements[id_]


def one(*steps: str) -> bytes:
    """The diagram s -> a -> z -> e."""
    return camunda(process("p", start("s"), *steps, user("z", camunda__assignee="x"), end("e"), "s -> a -> z -> e"))


# -- people, dates, forms


@camunda_row("userTask", "assignee, candidateUsers, candidateGroups, dueDate, followUpDate, priority", group="Tasks")
def test_a_user_task_is_read_with_people_dates_and_priority():
    element = element_of(
        one(
            user(
                "a",
                camunda__assignee="${initiator}",
                camunda__candidateUsers="an, ${deputy}",
                camunda__candidateGroups="a,b",
                camunda__dueDate="${dateTime().plusDays(3).toDate()}",
                camunda__followUpDate="P2D",
                camunda__priority="60",
            )
        ),
        "a",
    )
    assert (element.assignee, element.candidate_users) == ("${initiator}", ("an", "${deputy}"))
    assert (element.candidate_groups, element.priority) == (("a", "b"), 60)
    assert (element.due, element.follow_up) == ("${dateTime().plusDays(3).toDate()}", "P2D")


@camunda_row("userTask", "priority may be an expression", group="Tasks")
def test_a_computed_priority_is_kept():
    assert element_of(one(user("a", camunda__assignee="x", camunda__priority="${p + 1}")), "a").priority_text


@camunda_row("startEvent", "initiator names the variable for who starts", group="Tasks")
def test_the_initiator_is_read():
    xml = camunda(process("p", start("s", camunda__initiator="applicant"), end("e"), "s -> e"))
    assert element_of(xml, "s").initiator == "applicant"


@camunda_row("userTask", "formKey camunda-forms:deployment:x.form and formRef name forms of the bundle", group="Forms")
def test_forms_of_the_bundle_are_found():
    by_key = user("a", camunda__assignee="x", camunda__formKey="camunda-forms:deployment:application.form")
    assert element_of(one(by_key), "a").form == "application.form"
    by_id = user("a", camunda__assignee="x", camunda__formRef="application", camunda__formRefBinding="latest")
    assert element_of(one(by_id), "a").form == "application"


@camunda_row("userTask", "formKey embedded:…, app:… or an address", group="Forms", refused=True)
@pytest.mark.parametrize("key", ["embedded:deployment:x.html", "app:x.jsf", "https://example.org/form"])
def test_forms_in_html_are_refused(key):
    assert refusals(one(user("a", camunda__assignee="x", camunda__formKey=key))) == {"form-key"}


@camunda_row("userTask", "formRefBinding=version", group="Forms", refused=True)
def test_another_version_of_a_form_is_refused():
    task = user("a", camunda__assignee="x", camunda__formRef="application", camunda__formRefBinding="version")
    assert refusals(one(task), application__form=FORM) == {"form-binding"}


FIELDS = (
    '<camunda:formData><camunda:formField id="amount" label="Amount" type="long" defaultValue="5"><camunda:validation>'
    '<camunda:constraint name="required"/><camunda:constraint name="min" config="1"/></camunda:validation>'
    '</camunda:formField><camunda:formField id="ok" type="boolean" defaultValue="true"/>'
    '<camunda:formField id="day" type="date"/><camunda:formField id="kind" type="enum">'
    '<camunda:value id="a" name="Kind A"/><camunda:value id="b"/></camunda:formField>'
    '<camunda:formField id="note"><camunda:validation><camunda:constraint name="maxlength" config="10"/>'
    '<camunda:constraint name="readonly"/></camunda:validation></camunda:formField></camunda:formData>'
)


@camunda_row("formData", "fields with types, defaults and constraints become a form of the bundle", group="Forms")
def test_fields_become_a_form():
    xml = accepted(one(user("a", ext(FIELDS), camunda__assignee="x")))
    (form,) = bundle.read({"x.bpmn": xml}).forms
    assert (form.key, element_of(xml, "a").form) == ("p.a", "p.a")
    amount, ok, day, kind, note = form.schema["components"]
    assert (amount["type"], amount["defaultValue"], amount["validate"]) == ("number", 5, {"min": 1, "required": True})
    assert (ok["type"], ok["defaultValue"], day["subtype"]) == ("checkbox", True, "date")
    assert kind["values"] == [{"value": "a", "label": "Kind A"}, {"value": "b", "label": "b"}]
    assert (note["readonly"], note["validate"]) == (True, {"maxLength": 10})
    assert bundle.form_in("x.bpmn", xml, "p.a") == form.schema


VALIDATOR = '<camunda:validation><camunda:constraint name="validator" config="a.B"/></camunda:validation>'


@camunda_row("formField", "custom types, validators and computed defaults", group="Forms", refused=True)
@pytest.mark.parametrize(
    "field",
    [
        '<camunda:formField id="a" type="money"/>',
        '<camunda:formField id="a" defaultValue="${x}"/>',
        f'<camunda:formField id="a">{VALIDATOR}</camunda:formField>',
    ],
)
def test_fields_that_no_form_can_show_are_refused(field):
    xml = one(user("a", ext(f"<camunda:formData>{field}</camunda:formData>"), camunda__assignee="x"))
    assert refusals(xml) == {"form-field"}


# -- work


@camunda_row("serviceTask", "type=external with a topic: external work", group="Work")
def test_an_external_task_waits_under_its_topic():
    play = Play(accepted(one(service("a", camunda__type="external", camunda__topic="mail"))))
    assert play.works == [("a", "mail")]
    assert play.do("a", sent=True).vars == {"sent": True}


@camunda_row("serviceTask", "class, delegateExpression or a bean's method: external work of that topic", group="Work")
@pytest.mark.parametrize(
    ("attributes", "topic"),
    [
        ({"camunda__class": "org.example.Mail"}, "org.example.Mail"),
        ({"camunda__delegateExpression": "${mailer}"}, "mailer"),
        ({"camunda__expression": "${mailer.send(execution, 'x')}"}, "mailer.send"),
    ],
)
def test_java_becomes_a_topic_and_says_so(attributes, topic):
    xml = accepted(one(service("a", **attributes)))
    assert f"class-becomes-topic: Java ({next(iter(attributes))[9:]})" in said(xml)
    assert Play(xml).works == [("a", topic)]


@camunda_row("field", "fields of a class: variables of the worker", group="Work")
def test_the_worker_gets_the_fields_of_the_class():
    fields = '<camunda:field name="to" stringValue="a@b"/><camunda:field name="n"><camunda:expression>${x + 1}'
    xml = one(service("a", ext(f"{fields}</camunda:expression></camunda:field>"), camunda__class="Mail"))
    assert Play(accepted(xml), x=1).sees("a") == {"x": 1, "to": "a@b", "n": 2}


@camunda_row("serviceTask", "expression with resultVariable; execution.setVariable assigns", group="Work")
def test_an_expression_is_evaluated():
    task = service("a", camunda__expression="${x * 2}", camunda__resultVariable="y")
    assert Play(accepted(one(task)), x=4).vars == {"x": 4, "y": 8}
    task = service("a", camunda__expression="${execution.setVariable('y', x.concat('!'))}")
    assert Play(accepted(one(task)), x="a").vars == {"x": "a", "y": "a!"}
    task = service("a", camunda__expression="total: ${x}", camunda__resultVariable="y")
    assert Play(accepted(one(task)), x=4).vars["y"] == "total: 4"


@camunda_row("sendTask", "external, class and expression as a service task", group="Work")
def test_a_send_task_is_work_too():
    assert Play(accepted(one(send("a", camunda__type="external", camunda__topic="t")))).works == [("a", "t")]


@camunda_row("messageEventDefinition", "a throwing event with a topic or class: external work", group="Work")
def test_a_throwing_message_event_is_work_too():
    event = throw("a", '<messageEventDefinition camunda:type="external" camunda:topic="t"/>')
    play = Play(accepted(one(event)))
    assert play.works == [("a", "t")]
    assert play.do("a").tasks == ["z"]
    ending = end("e", '<messageEventDefinition camunda:class="org.Mail"/>')
    play = Play(accepted(camunda(process("p", start("s"), ending, "s -> e"))))
    assert play.works == [("e", "org.Mail")]
    assert play.do("e").status == "completed"


@camunda_row("connector", "connectors of Camunda Connect", group="Work", refused=True)
@camunda_row("serviceTask", "type=mail, shell", group="Work", refused=True)
def test_connectors_are_refused():
    assert refusals(one(service("a", ext("<camunda:connector/>")))) >= {"extension-not-run"}
    assert "task-kind" in refusals(one(service("a", camunda__type="mail")))


@camunda_row("errorEventDefinition", "expressions on errors of external tasks", group="Work", refused=True)
def test_error_expressions_are_refused():
    inside = ext('<camunda:errorEventDefinition errorRef="x" expression="${true}"/>')
    assert refusals(one(service("a", inside, camunda__type="external", camunda__topic="t"))) == {"extension-not-run"}


@camunda_row("failedJobRetryTimeCycle", "how often and when failed work is tried again", group="Work")
def test_the_retries_are_read():
    inside = ext("<camunda:failedJobRetryTimeCycle>R3/PT10M</camunda:failedJobRetryTimeCycle>")
    play = Play(accepted(one(service("a", inside, camunda__type="external", camunda__topic="t"))))
    assert [wait.retries for wait in play.step.waits if wait.kind == "external_task"] == ["R3/PT10M"]


# -- what is kept


INERT = (
    "asyncBefore", "asyncAfter", "exclusive", "jobPriority", "modelerTemplate", "modelerTemplateVersion",
)  # fmt: skip


@camunda_row(
    "any",
    "asyncBefore, asyncAfter, exclusive, jobPriority, templates, properties: kept, every step is durable",
    group="Kept",
)
def test_attributes_without_effect_are_kept_and_named_once():
    attributes = {f"camunda__{name}": "1" for name in INERT}
    inside = ext('<camunda:properties><camunda:property name="x" value="1"/></camunda:properties>')
    xml = accepted(one(user("a", inside, camunda__assignee="x", **attributes)))
    assert bundle.read({"x.bpmn": xml}).processes[0].xml is xml
    words = said(xml)
    assert words.count("extension-inert") == 1
    assert all(name in words for name in (*INERT, "properties"))


@camunda_row(
    "process", "historyTimeToLive, isStartableInTasklist, candidateStarterGroups: kept; versionTag: read", group="Kept"
)
def test_the_process_is_read():
    xml = one(user("a", camunda__assignee="x")).replace(
        b'<process id="p"',
        b'<process id="p" camunda:historyTimeToLive="180" camunda:versionTag="2.1" camunda:candidateStarterGroups="a"',
    )
    assert reader.processes(reader.parse(accepted(xml)))[0].version_tag == "2.1"
    assert "historyTimeToLive, camunda:candidateStarterGroups" in said(xml)


@camunda_row("activiti:", "the namespace that Camunda's first modeler wrote under the prefix camunda", group="Kept")
def test_files_of_the_first_modeler_are_read():
    field = '<activiti:formData><activiti:formField id="amount" type="long"/></activiti:formData>'
    flows = "s -> a -> e"
    xml = drawn(process("p", start("s", ext(field)), user("a", activiti__assignee="demo"), end("e"), flows))
    (form,) = bundle.read({"x.bpmn": accepted(xml)}).forms
    assert (form.key, element_of(xml, "a").assignee) == ("p.s", "demo")


@camunda_row("operaton:", "Operaton's namespace says the same", group="Kept")
def test_operaton_is_read_as_camunda():
    xml = drawn(
        process("p", start("s"), service("a", operaton__type="external", operaton__topic="t"), end("e"), "s -> a -> e"),
        "Operaton",
    )
    assert Play(accepted(xml)).works == [("a", "t")]
