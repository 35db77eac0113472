"""Camunda 8: what the elements of `zeebe:` do here."""

from __future__ import annotations

import pytest

from bpmn import bundle, reader
from engine import runner
from engine.events import Called, Ports
from errors import NotAwaited
from findings import Severity
from tests.engine.diagrams import (
    ad_hoc,
    call,
    catch,
    condition,
    duration,
    each,
    end,
    message,
    node,
    process,
    receive,
    rule,
    script,
    send,
    service,
    signal,
    start,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Outputs, Play, definition
from tests.fidelity import row
from tests.fidelity.platforms import FORM, cloud, ext, said
from tests.fidelity.test_camunda_runs import TABLE
from tests.fidelity.uploads import accepted, refusals

DOCS = "docs.camunda.io"
ASSIGNED = '<zeebe:assignmentDefinition assignee="x"/>'


def zeebe_row(element: str, behaviour: str, *, group: str, refused: bool = False):
    return row(element, behaviour, section=DOCS, group=group, refused=refused, table="zeebe")


def one(*steps: str, declared: str = "") -> bytes:
    """The diagram s -> a -> z -> e."""
    last = (user("z", ext(ASSIGNED)), end("e"), "s -> a -> z -> e")
    return cloud(process("p", start("s"), *steps, *last), declared=declared)


def element_of(xml: bytes, id_: str):
    (found,) = reader.processes(reader.parse(accepted(xml, application__form=FORM)))
    return found.elements[id_]


@zeebe_row(
    "userTask", "assignmentDefinition, taskSchedule, priorityDefinition: FEEL behind =, else texts", group="Tasks"
)
def test_a_user_task_is_read():
    inside = (
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=applicant" candidateGroups="a, b" '
        'candidateUsers="=people"/><zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)" '
        'followUpDate="2026-03-01T08:00:00Z"/><zeebe:priorityDefinition priority="70"/>'
    )
    element = element_of(one(user("a", ext(inside))), "a")
    assert (element.assignee, element.candidate_groups, element.candidate_users) == (
        "=applicant",
        ("a", "b"),
        ("=people",),
    )
    assert (element.due, element.follow_up) == ('=now() + duration("P1D")', "2026-03-01T08:00:00Z")
    assert element.priority == 70
    inside = '<zeebe:priorityDefinition priority="=p"/><zeebe:assignmentDefinition assignee="${x}"/>'
    element = element_of(one(user("a", ext(inside))), "a")
    assert (element.priority_text, element.assignee) == ("=p", '="${x}"')


@zeebe_row("formDefinition", "formId; formKey of a form that the process carries (userTaskForm)", group="Forms")
def test_forms_by_id_and_carried_forms():
    by_id = user("a", ext(f'<zeebe:formDefinition formId="application"/>{ASSIGNED}'))
    assert element_of(one(by_id), "a").form == "application"
    body = '{"components": [{"type": "textfield", "key": "x", "id": "f1", "label": "X"}], "type": "default"}'
    task = user("a", ext(f'<zeebe:formDefinition formKey="camunda-forms:bpmn:form_1"/>{ASSIGNED}'))
    held = ext(f'<zeebe:userTaskForm id="form_1">{body}</zeebe:userTaskForm>')
    carried = one(task).replace(b'isExecutable="true">', f'isExecutable="true">{held}'.encode())
    (form,) = bundle.read({"x.bpmn": accepted(carried)}).forms
    assert (form.key, form.schema["components"][0]["key"]) == ("form_1", "x")
    assert bundle.form_in("x.bpmn", carried, "form_1") == form.schema
    assert element_of(carried, "a").form == "form_1"
    broken = carried.replace(b'{"components"', b'{"parts"')
    assert refusals(broken) == {"form-file", "form-unknown"}


@zeebe_row("formDefinition", "externalReference, custom form keys, a version tag", group="Forms", refused=True)
@pytest.mark.parametrize(
    ("attributes", "rule_"),
    [
        ('externalReference="x"', "form-key"),
        ('formKey="app:x"', "form-key"),
        ('formId="application" bindingType="versionTag" versionTag="v1"', "form-binding"),
    ],
)
def test_forms_of_other_systems_are_refused(attributes, rule_):
    task = user("a", ext(f"<zeebe:formDefinition {attributes}/>{ASSIGNED}"))
    assert refusals(one(task), application__form=FORM) == {rule_}


JOB = '<zeebe:taskDefinition type="mail" retries="5"/>'


@zeebe_row("taskDefinition", "service, send, business rule and script tasks: external work of that type", group="Work")
def test_a_job_waits_under_its_type():
    for task in (service("a", ext(JOB)), send("a", ext(JOB)), rule("a", ext(JOB)), node("scriptTask", "a", ext(JOB))):
        play = Play(accepted(one(task)))
        assert play.works == [("a", "mail")]
        assert [wait.retries for wait in play.step.waits] == ["5"]
        assert play.do("a", done=1).vars == {"done": 1}


@zeebe_row("taskDefinition", "the type may be an expression", group="Work")
def test_a_computed_type():
    play = Play(accepted(one(service("a", ext('<zeebe:taskDefinition type="=kind + &quot;-mail&quot;"/>')))), kind="x")
    assert play.works == [("a", "x-mail")]


@zeebe_row("taskDefinition", "throwing and ending message events: external work", group="Work")
def test_a_throwing_message_event_is_a_job():
    xml = one(throw("a", f'{ext(JOB)}<messageEventDefinition messageRef="message_m"/>')).replace(
        b"<process ", b'<message id="message_m" name="m"/><process ', 0
    )
    play = Play(accepted(xml))
    assert play.works == [("a", "mail")]
    assert play.do("a").tasks == ["z"]


@zeebe_row(
    "ioMapping", "inputs in order, outputs; targets may be paths; results stay inside without an output", group="Data"
)
def test_io_mapping():
    inside = (
        f'{JOB}<zeebe:ioMapping><zeebe:input source="=n + 1" target="a.x"/><zeebe:input source="POST" target="method"/>'
        '<zeebe:input source="10" target="limit"/><zeebe:output source="=answer.status" target="order.status"/>'
        "</zeebe:ioMapping>"
    )
    play = Play(accepted(one(service("a", ext(inside)))), n=1, order={"id": 7})
    assert play.sees("a") == {"n": 1, "order": {"id": 7}, "a": {"x": 2}, "method": "POST", "limit": 10}
    assert play.do("a", answer={"status": "ok"}, other=1).vars == {"n": 1, "order": {"id": 7, "status": "ok"}}


@zeebe_row("script", "a FEEL expression and its result variable", group="Data")
def test_a_script_in_feel():
    task = node("scriptTask", "a", ext('<zeebe:script expression="=sum(xs)" resultVariable="total"/>'))
    assert Play(accepted(one(task)), xs=[1, 2]).vars == {"xs": [1, 2], "total": 3}


@zeebe_row("calledDecision", "decisionId and resultVariable", group="Decisions")
def test_a_decision():
    task = rule("a", ext('<zeebe:calledDecision decisionId="grade" resultVariable="r"/>'))
    play = Play(accepted(one(task), grade__dmn=TABLE), decide=lambda key, *_: Outputs({"key": key}))
    assert play.vars == {"r": {"key": "grade"}}


@zeebe_row("calledElement", "processId; all variables in and out unless propagation is switched off", group="Calls")
def test_a_called_process():
    called = cloud(process("q", start("qs"), script("qt", "c = x + 1"), end("qe"), "qs -> qt -> qe"))
    xml = one(node("callActivity", "a", ext('<zeebe:calledElement processId="q"/>')))
    assert not [f for f in bundle.read({"p.bpmn": xml, "q.bpmn": called}).findings if f.severity is Severity.ERROR]
    assert Play(xml, called, x=1).vars == {"x": 1, "c": 2}


@zeebe_row("calledElement", "a computed processId", group="Calls")
def test_a_computed_call():
    called = cloud(process("q", start("qs"), script("qt", "c = x + 1"), end("qe"), "qs -> qt -> qe"))
    xml = accepted(one(node("callActivity", "a", ext('<zeebe:calledElement processId="=key"/>'))))
    ports = Ports(called=lambda caller, text: Called(ref=text, definition=definition(called), ports=Ports()))
    assert Play(xml, ports=ports, x=1, key="q").vars == {"x": 1, "key": "q", "c": 2}
    assert Play(xml, ports=ports, x=1, key=None).incidents == [("a", "engine_error")]


@zeebe_row("calledElement", "with outputs only these come out; without propagation only what is mapped goes in",
           group="Calls")  # fmt: skip
def test_what_a_call_maps():
    called = cloud(process("q", start("qs"), user("u"), script("qt", "c = 5"), end("qe"), "qs -> u -> qt -> qe"))
    inside = (
        '<zeebe:calledElement processId="q" propagateAllParentVariables="false" propagateAllChildVariables="false"/>'
        '<zeebe:ioMapping><zeebe:input source="=x + 1" target="y"/><zeebe:output source="=c + y" target="r.z"/>'
        "</zeebe:ioMapping>"
    )
    play = Play(one(node("callActivity", "a", ext(inside))), called, x=1)
    assert play.sees("u") == {"y": 2}
    assert play.do("u", other=1).vars == {"x": 1, "r": {"z": 7}}


@zeebe_row("loopCharacteristics", "inputCollection, inputElement, outputCollection, outputElement", group="Loops")
def test_a_loop_over_a_collection():
    loop = (
        '<zeebe:loopCharacteristics inputCollection="=xs" inputElement="x" outputCollection="ys" outputElement="=y"/>'
    )
    multiple = each().replace('isSequential="false">', f'isSequential="true">{ext(loop)}')
    play = Play(accepted(one(user("a", f"{ext(ASSIGNED)}{multiple}"))), xs=[1, 2])
    assert play.sees("a")["x"] == 1
    play.do("a", y=10)
    assert play.do("a", y=20).vars["ys"] == [10, 20]


@zeebe_row("loopCharacteristics", "loopCounter from 1, numberOfInstances…; a place for each item", group="Loops")
def test_the_counts_of_a_loop_are_those_of_camunda_8():
    loop = '<zeebe:loopCharacteristics inputCollection="=xs" outputCollection="ys" outputElement="=loopCounter * 10"/>'
    multiple = each(until="=numberOfCompletedInstances = 1").replace(
        'Sequential="false">', f'Sequential="false">{ext(loop)}'
    )
    play = Play(accepted(one(user("a", f"{ext(ASSIGNED)}{multiple}"))), xs=["p", "q"])
    assert play.do("a", nth=1).vars["ys"] == [None, 20]


@zeebe_row("subscription", "a catching message event waits for its correlation key", group="Events")
def test_a_correlation_key():
    subscription = ext('<zeebe:subscription correlationKey="=order.id"/>')
    key = f'<message id="m" name="paid">{subscription}</message>'
    for waiting in (receive("a", messageRef="m"), catch("a", '<messageEventDefinition messageRef="m"/>')):
        play = Play(accepted(one(waiting, declared=key)), order={"id": "o1"})
        with pytest.raises(NotAwaited):
            play.message("paid", {"key": "o2"})
        assert play.message("paid", {"key": "o1"}, sum=5).vars == {"order": {"id": "o1"}, "sum": 5}
    other = key.replace("=order.id", "=1 +")
    assert refusals(one(receive("a", messageRef="m"), declared=other)) == {"expression-refused"}


@zeebe_row("signal", "a thrown signal carries its input mappings and nothing else", group="Events")
def test_what_a_signal_carries():
    mapped = ext('<zeebe:ioMapping><zeebe:input source="=x + 1" target="y"/></zeebe:ioMapping>')
    assert [t.payload for t in Play(accepted(one(throw("a", mapped + signal("law")))), x=1).step.thrown] == [{"y": 2}]
    assert [t.payload for t in Play(accepted(one(throw("a", signal("law")))), x=1).step.thrown] == [{}]


@zeebe_row("conditionalFilter", "variables of the condition itself", group="Events")
@zeebe_row("conditionalFilter", "other variables, or some kinds of change", group="Events", refused=True)
def test_filters_of_conditions():
    wait = condition("=n > 1").replace(
        "<condition>", ext('<zeebe:conditionalFilter variableNames="n"/>') + "<condition>"
    )
    play = Play(accepted(one(catch("a", wait))), n=1)
    assert play.take(runner.set_variables, {"n": 2}).tasks == ["z"]
    assert refusals(one(catch("a", wait.replace('"n"', '"m"')))) == {"condition-filter"}
    assert refusals(one(catch("a", wait.replace('"n"', '"n" variableEvents="update"')))) == {"condition-filter"}


@zeebe_row("timer", "durations, dates and cycles as texts or FEEL", group="Events")
def test_timers():
    for text in ("PT1H", '=duration("PT1H")', "=pause"):
        play = Play(accepted(one(catch("a", duration(text)))), pause="PT1H")
        assert play.later(minutes=59).tasks == []
        assert play.later(minutes=2).tasks == ["z"]


@zeebe_row("message, signal, error", "names and codes that are expressions", group="Events", refused=True)
def test_computed_names_are_refused():
    xml = one(catch("a", message("x"))).replace(b'name="x"', b'name="=x"')
    assert refusals(xml) == {"name-computed"}


def routed(text: str) -> bytes:
    flows = ("s -> g", f"g -> a if {text}", "a -> e", "g -> b else", "b -> e")
    tasks = (user("a", ext(ASSIGNED)), user("b", ext(ASSIGNED)))
    return cloud(process("p", start("s"), xor("g"), *tasks, end("e"), *flows))


@zeebe_row("conditionExpression", "FEEL behind =; what is not true or false is an incident", group="Expressions")
def test_conditions():
    assert Play(accepted(routed("=n > 5")), n=6).tasks == ["a"]
    assert Play(accepted(routed("=n > 5")), n=5).tasks == ["b"]
    assert Play(accepted(routed("=n > 5"))).incidents == [("g", "expression_failed")]


@zeebe_row("conditionExpression", "a text without =", group="Expressions", refused=True)
def test_a_static_condition_is_refused():
    assert refusals(routed("n > 5")) == {"expression-literal"}


@zeebe_row("executionListeners, taskListeners", "listeners are jobs", group="Listeners", refused=True)
@pytest.mark.parametrize("name", ["executionListeners", "taskListeners"])
def test_listeners_are_refused(name):
    assert refusals(one(user("a", ext(f"<zeebe:{name}/>{ASSIGNED}")))) == {"extension-not-run"}


@zeebe_row("any", "taskHeaders, properties, modelerTemplate, linkedResources: kept", group="Kept")
def test_what_has_no_effect_is_kept_and_named_once():
    inside = f'{JOB}<zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders><zeebe:properties/>'
    xml = accepted(one(service("a", ext(inside), zeebe__modelerTemplate="io.camunda.x")))
    assert bundle.read({"x.bpmn": xml}).processes[0].xml is xml
    assert said(xml).count("extension-inert") == 1
    assert "zeebe:modelerTemplate, zeebe:taskHeaders, zeebe:properties" in said(xml)


@zeebe_row("versionTag", "the process's version tag", group="Kept")
def test_the_version_tag_is_read():
    tagged = ext('<zeebe:versionTag value="v1"/>')
    xml = one(call("a", "q")).replace(b'isExecutable="true">', f'isExecutable="true">{tagged}'.encode())
    assert reader.processes(reader.parse(xml))[0].version_tag == "v1"


def chosen(words: str) -> bytes:
    """An ad-hoc sub-process of two user tasks."""
    inside = ad_hoc("q", ext(f"<zeebe:adHoc {words}/>"), user("a"), user("b"), user("c"))
    return cloud(process("p", start("s"), inside, end("e"), "s -> q -> e"))


@row("zeebe:adHoc", "activeElementsCollection chooses what is enabled", section=DOCS, group="Activities", table="zeebe")
def test_the_activities_of_an_ad_hoc_sub_process_are_chosen():
    diagram = accepted(chosen('activeElementsCollection="=which"'))
    play = Play(diagram, which=["c", "a"])
    assert play.tasks == ["a", "c"]
    assert play.do("a").do("c").status == "completed"
    wrong = Play(diagram, which=["nobody"])
    assert wrong.incidents == [("q", "expression_failed")]
    assert wrong.retry(which=["b"]).tasks == ["b"]


@row("zeebe:adHoc", "outputCollection and outputElement", section=DOCS, group="Activities", table="zeebe", refused=True)
def test_collected_outputs_of_an_ad_hoc_sub_process_are_refused():
    assert refusals(chosen('outputCollection="all" outputElement="=x"')) == {"ad-hoc-output"}
