"""Flowable and Activiti: what the attributes and elements of `flowable:` and `activiti:` do here."""

from __future__ import annotations

import pytest

from bpmn import bundle, reader
from findings import Severity
from tests.engine.diagrams import call, end, node, process, script, service, signal, start, throw, user, xor
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.platforms import FORM, drawn, ext, flowable, said
from tests.fidelity.uploads import accepted, refusals

DOCS = "flowable.com/open-source/docs/bpmn"


def flowable_row(element: str, behaviour: str, *, group: str, refused: bool = False):
    return row(element, behaviour, section=DOCS, group=group, refused=refused, table="flowable")


def one(*steps: str) -> bytes:
    """The diagram s -> a -> z -> e."""
    return flowable(process("p", start("s"), *steps, user("z", flowable__assignee="x"), end("e"), "s -> a -> z -> e"))


def element_of(xml: bytes, id_: str):
    (found,) = reader.processes(reader.parse(accepted(xml, application__form=FORM)))
    return found.elements[id_]


@flowable_row("userTask", "assignee, candidateUsers, candidateGroups, dueDate, priority, formKey", group="Tasks")
@pytest.mark.parametrize("prefix", ["flowable", "activiti"])
def test_a_user_task_is_read(prefix):
    said_ = {
        "assignee": "${x}", "candidateUsers": "an,${y}", "candidateGroups": "a,b", "dueDate": "${due}",
        "priority": "60", "formKey": "application",
    }  # fmt: skip
    element = element_of(one(user("a", **{f"{prefix}__{name}": value for name, value in said_.items()})), "a")
    assert (element.assignee, element.candidate_users, element.candidate_groups) == ("${x}", ("an", "${y}"), ("a", "b"))
    assert (element.due, element.priority, element.form) == ("${due}", 60, "application")


@flowable_row("startEvent", "initiator names the variable for who starts", group="Tasks")
def test_the_initiator_is_read():
    xml = flowable(process("p", start("s", flowable__initiator="applicant"), end("e"), "s -> e"))
    assert element_of(xml, "s").initiator == "applicant"


@flowable_row("formProperty", "properties with types and values become a form of the bundle", group="Forms")
def test_form_properties_become_a_form():
    inside = (
        '<flowable:formProperty id="days" name="Days" type="long" required="true"/><flowable:formProperty id="kind" '
        'name="Kind" type="enum"><flowable:value id="a" name="A"/></flowable:formProperty><flowable:formProperty '
        'id="note" name="Note" variable="remark" writable="false"/>'
    )
    xml = accepted(one(user("a", ext(inside), flowable__assignee="x")))
    (form,) = bundle.read({"x.bpmn": xml}).forms
    days, kind, note = form.schema["components"]
    assert (form.key, days["type"], days["validate"]) == ("p.a", "number", {"required": True})
    assert (kind["values"], note["key"], note["readonly"]) == ([{"value": "a", "label": "A"}], "remark", True)


@flowable_row("formProperty", "computed properties, other types", group="Forms", refused=True)
@pytest.mark.parametrize("attributes", ['expression="#{x.y}"', 'type="month"'])
def test_computed_form_properties_are_refused(attributes):
    inside = ext(f'<flowable:formProperty id="a" {attributes}/>')
    assert refusals(one(user("a", inside, flowable__assignee="x"))) == {"form-field"}


@flowable_row("serviceTask", "type=external-worker with a topic: external work", group="Work")
def test_an_external_worker_task():
    play = Play(accepted(one(service("a", flowable__type="external-worker", flowable__topic="mail"))))
    assert play.works == [("a", "mail")]


@flowable_row("serviceTask", "class, delegateExpression or a bean's method: external work of that topic", group="Work")
@pytest.mark.parametrize(
    ("attributes", "topic"),
    [
        ({"flowable__class": "org.example.Mail"}, "org.example.Mail"),
        ({"activiti__delegateExpression": "${mailer}"}, "mailer"),
        ({"flowable__expression": "#{mailer.send('x')}"}, "mailer.send"),
    ],
)
def test_java_becomes_a_topic(attributes, topic):
    xml = accepted(one(service("a", **attributes)))
    assert "class-becomes-topic" in said(xml)
    assert Play(xml).works == [("a", topic)]


@flowable_row("serviceTask", "expression with resultVariable or resultVariableName; field of a class", group="Work")
def test_an_expression_is_evaluated():
    for name in ("resultVariable", "resultVariableName"):
        task = service("a", flowable__expression="${x * 2}", **{f"flowable__{name}": "y"})
        assert Play(accepted(one(task)), x=4).vars["y"] == 8
    fields = ext('<flowable:field name="to"><flowable:string>a@b</flowable:string></flowable:field>')
    assert Play(accepted(one(service("a", fields, flowable__class="Mail")))).sees("a") == {"to": "a@b"}


@flowable_row("serviceTask", "type=mail, http, camel, mule, shell, dmn, case, send-event", group="Work", refused=True)
@pytest.mark.parametrize("kind", ["mail", "http", "camel", "shell", "dmn"])
def test_other_kinds_of_tasks_are_refused(kind):
    assert "task-kind" in refusals(one(service("a", flowable__type=kind)))


@flowable_row("serviceTask", "skipExpression, triggerable, local results", group="Work", refused=True)
@pytest.mark.parametrize(
    ("name", "value"),
    [("skipExpression", "${x}"), ("triggerable", "true"), ("useLocalScopeForResultVariable", "true")],
)
def test_what_would_change_the_run_is_refused(name, value):
    task = service("a", flowable__expression="${1}", **{f"flowable__{name}": value})
    assert refusals(one(task)) == {"extension-not-run"}
    task = service("a", flowable__expression="${1}", **{f"flowable__{name}": "${false}" if "skip" in name else "false"})
    accepted(one(task))


@flowable_row("businessRuleTask", "Drools rules", group="Work", refused=True)
def test_rules_of_drools_are_refused():
    xml = one(node("businessRuleTask", "a", flowable__ruleVariablesInput="${x}", flowable__rules="r"))
    assert "extension-not-run" in refusals(xml)


@flowable_row("failedJobRetryTimeCycle", "how often and when failed work is tried again", group="Work")
def test_the_retries_are_read():
    inside = ext("<flowable:failedJobRetryTimeCycle>R5/PT7M</flowable:failedJobRetryTimeCycle>")
    play = Play(accepted(one(service("a", inside, flowable__class="Mail"))))
    assert [wait.retries for wait in play.step.waits] == ["R5/PT7M"]


@flowable_row("executionListener, taskListener", "expressions at start, end, create and complete", group="Listeners")
def test_expressions_of_listeners_run():
    inside = (
        '<flowable:executionListener event="start" expression="${execution.setVariable(\'a\', n)}"/>'
        '<flowable:taskListener event="complete" expression="${execution.setVariable(\'b\', n + 1)}"/>'
    )
    play = Play(accepted(one(user("a", ext(inside), flowable__assignee="x"))), n=1)
    assert play.do("a", n=2).vars == {"n": 2, "a": 1, "b": 3}


@flowable_row("executionListener, taskListener", "class and delegateExpression", group="Listeners", refused=True)
def test_listeners_in_java_are_refused():
    inside = ext('<flowable:taskListener event="create" class="org.example.Assign"/>')
    assert refusals(one(user("a", inside, flowable__assignee="x"))) == {"listener-java"}


@flowable_row("scriptTask", "groovy, javascript", group="Data", refused=True)
def test_scripts_are_refused_with_words_in_python():
    task = node(
        "scriptTask",
        "a",
        "<script>def y = x + 1;\nexecution.setVariable(&quot;z&quot;, y);</script>",
        scriptFormat="groovy",
    )
    assert refusals(one(task)) == {"script-language"}
    assert "y = x + 1; z = y" in said(one(task), Severity.ERROR)


@flowable_row("multiInstanceLoopCharacteristics", "collection, elementVariable, elementIndexVariable", group="Loops")
def test_a_loop_over_a_collection():
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true" flowable:collection="people" '
        'flowable:elementVariable="v" flowable:elementIndexVariable="i"/>'
    )
    play = Play(accepted(one(user("a", loop, flowable__assignee="${v}"))), people=["a", "b"])
    assert (play.sees("a")["v"], play.sees("a")["i"]) == ("a", 0)
    assert play.do("a").sees("a")["i"] == 1


@flowable_row("multiInstanceLoopCharacteristics", "variableAggregation", group="Loops", refused=True)
def test_aggregations_are_refused():
    loop = ext('<flowable:variableAggregation target="x"/>')
    loop = f'<multiInstanceLoopCharacteristics flowable:collection="people">{loop}</multiInstanceLoopCharacteristics>'
    assert refusals(one(user("a", loop, flowable__assignee="x"))) == {"extension-not-run"}


@flowable_row("callActivity", "in and out; nothing else goes in or comes back unless inheritVariables", group="Calls")
def test_what_goes_into_a_called_process():
    called = flowable(process("q", start("qs"), script("qt", "c = a + 1"), end("qe"), "qs -> qt -> qe"))
    inside = ext('<flowable:in source="x" target="a"/><flowable:out source="c" target="y"/>')
    assert Play(one(call("a", "q", inside)), called, x=1).vars == {"x": 1, "y": 2}
    out = ext('<flowable:out source="c" target="y"/>')
    inheriting = node("callActivity", "a", out, calledElement="q", flowable__inheritVariables="true")
    assert Play(one(inheriting), called, a=1).vars == {"a": 1, "y": 2}


@flowable_row("callActivity", "calledElementType=id", group="Calls", refused=True)
def test_calls_by_id_are_refused():
    xml = one(node("callActivity", "a", calledElement="q", flowable__calledElementType="id"))
    assert "extension-not-run" in refusals(xml)


@flowable_row("signalEventDefinition", "a thrown signal carries no variables", group="Events")
def test_a_signal_carries_nothing():
    assert [t.payload for t in Play(accepted(one(throw("a", signal("law")))), x=1).step.thrown] == [{}]


@flowable_row("timeCycle, dueDate", "businessCalendarName, endDate", group="Events", refused=True)
def test_calendars_of_the_engine_are_refused():
    task = user("a", flowable__assignee="x", flowable__dueDate="P1D", flowable__businessCalendarName="dueDate")
    assert refusals(one(task)) == {"extension-not-run"}


def routed(condition: str) -> bytes:
    tasks = (user("a", flowable__assignee="x"), user("b", flowable__assignee="x"))
    flows = ("s -> g", f"g -> a if {condition}", "a -> e", "g -> b else", "b -> e")
    return flowable(process("p", start("s"), xor("g"), *tasks, end("e"), *flows))


@flowable_row("conditionExpression", "JUEL and Flowable's vars:… functions", group="Expressions")
@pytest.mark.parametrize(
    ("condition", "way"),
    [
        ("${n > 5}", "a"),
        ("${vars:getOrDefault(missing, 7) > 6}", "a"),
        ("${vars:exists(missing)}", "b"),
        ("${variables:eq(n, '6')}", "a"),
        ("#{vars:isEmpty(names) || vars:gt(n, 10)}", "b"),
    ],
)
def test_conditions(condition, way):
    assert Play(accepted(routed(condition)), n=6, names=["An"]).tasks == [way]


@flowable_row("conditionExpression", "beans, and texts without ${…}", group="Expressions", refused=True)
def test_conditions_on_beans_are_refused():
    assert refusals(routed("${checker.isFine(order)}")) == {"expression-refused"}
    assert refusals(routed("n == 5")) == {"expression-literal"}


@flowable_row("any", "async, exclusive, category, owner, formFieldValidation…: kept", group="Kept")
def test_what_has_no_effect_is_kept_and_named_once():
    names = ("async", "exclusive", "category", "owner", "formFieldValidation")
    xml = accepted(one(user("a", flowable__assignee="x", **{f"flowable__{name}": "true" for name in names})))
    assert bundle.read({"x.bpmn": xml}).processes[0].xml is xml
    assert said(xml).count("extension-inert") == 1
    assert all(f"flowable:{name}" in said(xml) for name in names)


@flowable_row("definitions", "a file that names no platform: texts without a mark are Python", group="Kept")
def test_without_a_platform_a_text_is_python():
    flows = ("s -> g", "g -> a if n > 5", "a -> e", "g -> e else")
    xml = drawn(process("p", start("s"), xor("g"), user("a", flowable__assignee="x"), end("e"), *flows))
    assert Play(accepted(xml), n=6).tasks == ["a"]
