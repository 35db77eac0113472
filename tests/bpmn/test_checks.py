"""Each rule of the upload check, with the smallest diagram that breaks it and one that does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpmn import checks, files
from bpmn.checks.base import MAX_FLOWS, MAX_NODES
from findings import Severity
from tests.bpmn.foreign_cases import FIELD, FOREIGN, service
from tests.bpmn.samples import CONDITION, U, chain, event, flow, of_rule, rules, task, upload
from tests.bpmn.test_collaborations import RULES as COLLABORATIONS

MESSAGE = '<message id="m" name="paid"/>'
SIGNAL = '<signal id="sig" name="law"/>'
ERROR = '<error id="err" name="No" errorCode="NO"/>'
ACTS = '<extensionElements><motcua:act id="ok" labelVi="Có"/></extensionElements>'


def boundary(definition: str, attributes: str = "") -> str:
    return (
        chain(U)
        + event("boundaryEvent", definition, attributes=f'attachedToRef="u" {attributes}')
        + '<endEvent id="v_end"/>'
        + flow("v", "v_end")
    )


def ending(definition: str) -> str:
    return chain(U).replace('<endEvent id="e"/>', f'<endEvent id="e">{definition}</endEvent>')


def split(gateway: str, *flows: str, more: str = "") -> str:
    ends = f'<endEvent id="a_end"/><endEvent id="b_end"/>{flow("a", "a_end")}{flow("b", "b_end")}'
    return f'<startEvent id="s"/>{gateway}{task(id="a")}{task(id="b")}{flow("s", "g")}{"".join(flows)}{ends}{more}'


def procedure(inner: str = "", attributes: str = "", *, steps: str = chain(U)) -> str:
    return (
        '<extensionElements><motcua:procedure code="1.002425" nameVi="Tên" fieldCode="f" agencyCode="G18" '
        f"{attributes}>{inner}</motcua:procedure></extensionElements>"
    ) + steps.replace('<startEvent id="s"/>', '<startEvent id="s" motcua:form="application.form"/>')


INPUT = '<motcua:input target="x" source="1"/>'
COPIED = (
    '<property id="pr"/><dataInputAssociation><sourceRef>pr</sourceRef><targetRef>{}</targetRef>'
    "<assignment><from>{}</from><to>{}</to></assignment></dataInputAssociation>"
)
OWNED = (
    "<potentialOwner><resourceAssignmentExpression><formalExpression>{}</formalExpression>"
    "</resourceAssignmentExpression></potentialOwner>"
)
FIVE_DAYS = '<motcua:limit amount="5" unit="working_days"/>'
TIMER = "<timerEventDefinition><timeDuration>PT8H</timeDuration></timerEventDefinition>"
PLAIN = '<startEvent id="s"/>'
STARTED = '<startEvent id="ID"><messageEventDefinition messageRef="m"/></startEvent>'
OFTEN = "<timerEventDefinition><timeCycle>0/20 * * * * ?</timeCycle></timerEventDefinition>"
CATCH = event("intermediateCatchEvent", TIMER)
PARALLEL = (
    '<startEvent id="s"/><parallelGateway id="g"/>' + flow("s", "g") + flow("g", "a") + flow("g", "b")
    + task(ACTS, id="a") + task(ACTS, id="b", attributes="{variable}") + '<parallelGateway id="j"/><endEvent id="e"/>'
    + flow("a", "j") + flow("b", "j") + flow("j", "e")
)  # fmt: skip
RACE = (
    '<startEvent id="s"/><eventBasedGateway id="g"/><receiveTask id="a" messageRef="m"/><endEvent id="e"/>'
    + event("intermediateCatchEvent", TIMER) + flow("s", "g") + flow("g", "a") + flow("g", "v") + flow("a", "e")
    + flow("v", "e")
)  # fmt: skip

UNDONE = "<compensateEventDefinition/>"
HANDLER = '<task id="undo" isForCompensation="true"/>'
ASSOCIATION = '<association id="link" sourceRef="v" targetRef="undo"/>'


def compensated(*handlers: str, mixed: str = "") -> str:
    """A task that handlers undo."""
    found = [re.findall('id="([^"]*)"', handler)[0] for handler in handlers]
    links = "".join(f'<association id="to_{id}" sourceRef="v" targetRef="{id}"/>' for id in found)
    return chain(U) + event("boundaryEvent", UNDONE + mixed, attributes='attachedToRef="u"') + "".join(handlers) + links


def undone_too(host: str) -> str:
    """One more handler of a task."""
    again = event("boundaryEvent", UNDONE, id="w", attributes=f'attachedToRef="{host}"')
    return f'{again}<task id="again" isForCompensation="true"/><association id="b" sourceRef="w" targetRef="again"/>'


def undoes_scope(id: str, inner: str = "") -> str:
    start = event("startEvent", UNDONE, id=f"{id}s")
    return f'<subProcess id="{id}" triggeredByEvent="true">{start}{inner}</subProcess>'


CANCELLED = f"""<transaction id="q"><task id="y"/><endEvent id="x"><cancelEventDefinition/></endEvent>{flow("y", "x")}
</transaction>"""
REFUSED: list[tuple[str, str]] = [
    # structure
    ("no-start-event", U + '<task id="b"/>' + flow("u", "b") + flow("b", "u")),
    ("several-start-events", procedure(steps=chain(U) + '<startEvent id="s2"/>' + flow("s2", "u"))),
    ("sub-process-empty", chain('<subProcess id="q"/>')),
    ("sub-process-start", chain('<subProcess id="q"><startEvent id="x"/><startEvent id="y"/></subProcess>')),
    ("sub-process-start", chain(f'<subProcess id="q">{event("startEvent", TIMER)}</subProcess>')),
    (
        "event-sub-process-start",
        chain(U) + '<subProcess id="q" triggeredByEvent="true"><startEvent id="x"/></subProcess>',
    ),
    ("process-too-large", chain(*(f'<task id="t{n}"/>' for n in range(MAX_NODES)))),
    ("process-too-large", "".join(flow("s", "s", id=f"f{n}") for n in range(MAX_FLOWS + 1))),
    ("data-reference-unknown", chain(task(COPIED.format("none", "1", "x")))),
    ("data-assignment-target", chain(task(COPIED.format("pr", "1", "x + 1")))),
    ("expression-refused", chain(task(COPIED.format("pr", "open()", "x")))),
    ("assignment-without-name", chain(task(f"<extensionElements>{INPUT.replace('x', ' ')}</extensionElements>"))),
    ("too-many-assignments", chain(task(f"<extensionElements>{INPUT * 201}</extensionElements>"))),
    ("expression-refused", chain(task(f"<extensionElements>{INPUT.replace('1', 'open()')}</extensionElements>"))),
    ("duplicate-id", chain(U) + '<task id="u"/>'),
    ("id-too-long", chain(f'<task id="{"x" * 201}"/>')),
    ("name-too-long", chain(f'<task id="t" name="{"x" * 1001}"/>')),
    ("dangling-reference", chain(U) + flow("u", "nowhere")),
    ("dangling-reference", chain(event("intermediateCatchEvent", '<messageEventDefinition messageRef="none"/>'))),
    ("dangling-reference", chain(U) + event("boundaryEvent", TIMER, attributes='attachedToRef="s"')),
    ("dangling-reference", chain(event("intermediateCatchEvent", "<eventDefinitionRef>none</eventDefinitionRef>"))),
    ("flow-crosses-border", chain('<subProcess id="q"><task id="y"/></subProcess>') + flow("y", "e")),
    ("flow-into-start", chain(U) + flow("u", "s")),
    ("flow-from-end", chain(U) + flow("e", "u")),
    # gateways
    ("flow-without-condition", split('<exclusiveGateway id="g"/>', flow("g", "a", "x"), flow("g", "b"))),
    ("flow-without-condition", split('<inclusiveGateway id="g"/>', flow("g", "a", "x"), flow("g", "b"))),
    ("condition-ignored", split('<parallelGateway id="g"/>', flow("g", "a", "x"), flow("g", "b"))),
    ("default-elsewhere", split('<exclusiveGateway id="g" default="s_g"/>', flow("g", "a", "x"), flow("g", "b", "y"))),
    ("default-without-condition", split('<task id="g" default="g_a"/>', flow("g", "a"), flow("g", "b"))),
    ("event-gateway-branches", chain('<eventBasedGateway id="g"/>', CATCH)),
    ("event-gateway-target", split('<eventBasedGateway id="g"/>', flow("g", "a"), flow("g", "b"))),
    (
        "event-gateway-target",
        split(
            '<eventBasedGateway id="g"/>',
            flow("g", "v"),
            flow("g", "w"),
            more=CATCH + CATCH.replace('"v"', '"w"') + flow("a", "v") + flow("w", "a") + flow("v", "b"),
        ),
    ),
    # events
    ("event-not-allowed-here", chain(event("intermediateThrowEvent", TIMER))),
    ("event-not-allowed-here", ending(TIMER)),
    ("event-not-allowed-here", chain(event("intermediateCatchEvent", '<errorEventDefinition errorRef="err"/>'))),
    ("event-without-definition", chain(event("intermediateCatchEvent", ""))),
    ("event-without-definition", boundary("")),
    ("error-must-interrupt", boundary('<errorEventDefinition errorRef="err"/>', 'cancelActivity="false"')),
    ("cancel-outside-transaction", boundary("<cancelEventDefinition/>")),
    ("cancel-outside-transaction", ending("<cancelEventDefinition/>")),
    ("message-missing", chain(event("intermediateCatchEvent", "<messageEventDefinition/>"))),
    ("message-missing", chain('<receiveTask id="r"/>')),
    ("message-missing", chain('<sendTask id="r" camunda:topic="x"/>')),
    ("signal-missing", ending("<signalEventDefinition/>")),
    ("error-without-code", ending("<errorEventDefinition/>")),
    ("link-without-target", chain(event("intermediateThrowEvent", '<linkEventDefinition name="A"/>'))),
    (
        "link-with-two-targets",
        chain(
            event("intermediateCatchEvent", '<linkEventDefinition name="A"/>'),
            event("intermediateCatchEvent", '<linkEventDefinition name="A"/>', id="w"),
        ),
    ),
    ("timer-without-time", chain(event("intermediateCatchEvent", "<timerEventDefinition/>"))),
    ("timer-unreadable", chain(CATCH.replace("PT8H", "0 0/5 * * * ?"))),
    ("timer-unreadable", chain(CATCH.replace("PT8H", "2026-13-01"))),
    ("timer-unreadable", chain(CATCH.replace("timeDuration", "timeCycle").replace("PT8H", "R/PT0.001S"))),
    ("timer-unreadable", chain(CATCH.replace("timeDuration", "timeCycle").replace("PT8H", "0 0 25 * * ?"))),
    ("timer-unreadable", chain(CATCH.replace("timeDuration", "timeCycle").replace("PT8H", "R0/PT1H"))),
    ("timer-negative", chain(CATCH.replace("PT8H", "-PT1H"))),
    ("message-starts-twice", chain(U).replace(PLAIN, f'{STARTED.replace("ID", "s")}{STARTED.replace("ID", "x")}')),
    (
        "parallel-start",
        chain(U).replace(PLAIN, f'<startEvent id="s" parallelMultiple="true">{TIMER}{CONDITION}</startEvent>'),
    ),
    (
        "event-gateway-parallel",
        split('<eventBasedGateway id="g" eventGatewayType="Parallel"/>', flow("g", "a"), flow("g", "b")),
    ),
    # cardinalities and combinations
    ("start-without-flow", chain(U) + '<startEvent id="x"><messageEventDefinition messageRef="m"/></startEvent>'),
    ("end-without-flow", chain(U) + '<endEvent id="x"/>'),
    ("end-without-start", U + '<endEvent id="x"/>' + flow("u", "x")),
    ("boundary-without-flow", chain(U) + event("boundaryEvent", TIMER, attributes='attachedToRef="u"')),
    ("intermediate-without-flow", chain(U) + CATCH + flow("v", "u")),
    ("nothing-leads-here", chain(U) + '<task id="lost"/>'),
    ("condition-alone", chain(U).replace(flow("u", "e"), flow("u", "e", "n > 1"))),
    (
        "gateway-direction",
        split('<parallelGateway id="g" gatewayDirection="Converging"/>', flow("g", "a"), flow("g", "b")),
    ),
    (
        "gateway-direction",
        PARALLEL.replace("{variable}", "").replace('id="j"', 'id="j" gatewayDirection="Diverging"'),
    ),
    ("link-in-flow", chain(U, event("intermediateThrowEvent", '<linkEventDefinition name="A"/>'))),
    ("link-in-flow", chain(U, event("intermediateCatchEvent", '<linkEventDefinition name="A"/>'))),
    (
        "sub-process-io",
        chain(f'<subProcess id="q"><ioSpecification><inputSet/><outputSet/></ioSpecification>{U}</subProcess>'),
    ),
    ("escalation-without-code", ending("<escalationEventDefinition/>")),
    ("escalation-without-code", chain(event("intermediateThrowEvent", "<escalationEventDefinition/>"))),
    ("condition-missing", chain(event("intermediateCatchEvent", CONDITION.replace("n &gt; 1", "")))),
    (
        "event-gateway-boundary",
        RACE + event("boundaryEvent", TIMER, id="b", attributes='attachedToRef="a"') + flow("b", "e"),
    ),
    ("flow-not-immediate", chain(U).replace('id="s_u"', 'id="s_u" isImmediate="false"')),
    # what the engine does not run
    # compensation
    ("compensation-without-handler", boundary(UNDONE)),
    ("compensation-without-handler", compensated(HANDLER, HANDLER.replace("undo", "other"))),
    ("compensation-without-handler", boundary(UNDONE) + ASSOCIATION + f'<subProcess id="q">{HANDLER}</subProcess>'),
    ("compensation-handler-not-marked", compensated('<task id="undo"/>')),
    ("compensation-mixed", compensated(HANDLER, mixed=TIMER)),
    ("compensation-twice", compensated(HANDLER) + undone_too("u")),
    ("compensation-twice", compensated(HANDLER) + undone_too("undo")),
    ("compensation-twice", chain(U) + undoes_scope("k") + undoes_scope("l")),
    ("compensation-flow", compensated(HANDLER) + flow("undo", "e")),
    ("compensation-flow", compensated(HANDLER) + flow("u", "undo")),
    ("compensation-flow", boundary(UNDONE)),
    ("compensation-activity", ending('<compensateEventDefinition activityRef="nobody"/>')),
    ("compensation-activity", ending('<compensateEventDefinition activityRef="s"/>')),
    ("event-not-allowed-here", chain(U).replace('<startEvent id="s"/>', event("startEvent", UNDONE, id="s"))),
    ("event-not-allowed-here", chain(event("intermediateCatchEvent", UNDONE))),
    ("activation-missing", chain(U, '<complexGateway id="g"/>') + '<task id="b"/>' + flow("s", "b") + flow("b", "g")),
    ("ad-hoc-empty", chain('<adHocSubProcess id="q"/>')),
    ("ad-hoc-start-or-end", chain('<adHocSubProcess id="q"><startEvent id="x"/><task id="y"/></adHocSubProcess>')),
    ("ad-hoc-start-or-end", chain('<adHocSubProcess id="q"><task id="y"/><endEvent id="x"/></adHocSubProcess>')),
    ("ad-hoc-event-sub-process", U + '<adHocSubProcess id="q" triggeredByEvent="1"><task id="y"/></adHocSubProcess>'),
    ("choreography", chain('<choreographyTask id="q"/>')),
    ("resource-role", chain('<userTask id="u"><potentialOwner id="o"/></userTask>')),
    ("resource-role", chain(task("<humanPerformer><resourceRef>nobody</resourceRef></humanPerformer>"))),
    ("expression-refused", chain('<userTask id="u">' + OWNED.format("user(${open(})") + "</userTask>")),
    ("quantity", chain(task(attributes='startQuantity="0"'))),
    ("quantity", chain(task(attributes='completionQuantity="1000000"'))),
    ("instantiating", chain('<receiveTask id="r" messageRef="m" instantiate="true"/>')),
    # activities
    ("service-task", chain('<serviceTask id="t"/>')),
    ("work-named-twice", chain('<serviceTask id="t" motcua:topic="x" motcua:connector="mail"/>')),
    ("work-named-twice", chain('<businessRuleTask id="t" motcua:topic="x" motcua:decision="d"/>')),
    ("motcua-value", chain('<serviceTask id="t" motcua:connector="telegraph"/>')),
    ("motcua-value", chain('<serviceTask id="t" motcua:topic="x" motcua:retries="often"/>')),
    ("motcua-attribute", chain('<scriptTask id="t" motcua:topic="x"><script>x = 1</script></scriptTask>')),
    ("expression-refused", chain('<serviceTask id="t" motcua:topic="${x +}"/>')),
    ("script-language", chain('<scriptTask id="t" scriptFormat="groovy"><script>x = 1</script></scriptTask>')),
    ("script-refused", chain('<scriptTask id="t"><script>import os</script></scriptTask>')),
    ("call-without-target", chain('<callActivity id="t"/>')),
    ("expression-refused", chain('<callActivity id="t" calledElement="${which("/>')),
    ("call-unknown", chain('<callActivity id="t" calledElement="nobody"/>')),
    ("call-cycle", chain('<callActivity id="t" calledElement="p"/>')),
    ("business-rule-without-decision", chain('<businessRuleTask id="t"/>')),
    ("decision-unknown", chain('<businessRuleTask id="t" motcua:decision="none"/>')),
    ("form-unknown", chain(task(attributes='motcua:form="none.form"'))),
    ("multi-instance-without-count", chain(task("<multiInstanceLoopCharacteristics/>"))),
    (
        "multi-instance-behavior",
        chain(
            task(
                '<multiInstanceLoopCharacteristics behavior="None" noneBehaviorEventRef="sig"><loopCardinality>2'
                "</loopCardinality></multiInstanceLoopCharacteristics>"
            )
        ),
    ),
    ("loop-without-end", chain(task("<standardLoopCharacteristics/>"))),
    ("loop-negative", chain(task('<standardLoopCharacteristics loopMaximum="-1"/>'))),
    # expressions
    ("expression-refused", chain(U).replace(flow("s", "u"), flow("s", "u", "__import__('os')"))),
    ("expression-refused", chain(CATCH.replace("PT8H", "().__class__"))),
    ("expression-refused", chain(task(attributes='motcua:assignee="${a +}"'))),
    (
        "expression-language",
        chain(U).replace(
            flow("s", "u"),
            '<sequenceFlow id="x" sourceRef="s" targetRef="u"><conditionExpression xsi:type="tFormalExpression" '
            'language="groovy">x</conditionExpression></sequenceFlow>',
        ),
    ),
    # our vocabulary
    ("motcua-attribute", chain(task(attributes='motcua:candidateGroop="b"'))),
    ("motcua-attribute", chain(U).replace('<endEvent id="e"/>', '<endEvent id="e" motcua:fee="x"/>')),
    ("motcua-element", chain(task("<extensionElements><motcua:button id='a'/></extensionElements>"))),
    ("motcua-element", chain(task("<extensionElements><motcua:fee id='a'/></extensionElements>"))),
    ("motcua-value", chain(task(attributes='motcua:nationalStatus="11"'))),
    ("motcua-value", chain(task(attributes='motcua:document="diploma"'))),
    ("motcua-value", chain(task(attributes='motcua:pause="holiday"'))),
    ("motcua-value", chain(task(attributes='motcua:limit="ten days"'))),
    ("motcua-value", chain(task(attributes='motcua:isPublic="yes"'))),
    ("motcua-value", procedure(attributes=f'unit="{"x" * 201}"')),
    ("motcua-value", procedure(attributes=f'summaryVi="{"x" * 4001}"')),
    ("motcua-value", procedure(attributes='channels="online,fax"')),
    ("motcua-value", procedure('<motcua:legalBasis number="1" date="1 May"/>')),
    ("motcua-value", procedure('<motcua:fee id="a" nameVi="A" amount="-5"/>')),
    ("motcua-missing", procedure('<motcua:result id="a"/>')),
    ("act-id", chain(task(ACTS.replace("</ext", '<motcua:act id="ok" labelVi="Lại"/></ext')))),
    # legal parts
    ("several-procedures", procedure().replace("</ext", '<motcua:procedure code="1.1"/></ext', 1)),
    ("procedure-part-twice", procedure('<motcua:result id="a" nameVi="A"/><motcua:result id="a" nameVi="B"/>')),
    ("case-unknown", procedure('<motcua:limit amount="1" unit="months" case="x"/>')),
    ("fee-unknown", procedure(steps=chain(task(attributes='motcua:fee="x"')))),
    ("form-unknown", procedure('<motcua:case id="a" nameVi="A" form="none.form"/>')),
    *FOREIGN,
    # the file as a whole
    ("schema", chain(U) + "<nonsense/>"),
    ("schema", chain(task("<extensionElements/><documentation>too late</documentation>"))),
]  # fmt: skip

WARNED: list[tuple[str, str]] = [
    ("start-timer-often", chain(U).replace(PLAIN, event("startEvent", OFTEN, id="s"))),
    ("unreachable-element", chain(U) + '<task id="lost"/><task id="too"/>' + flow("lost", "too") + flow("too", "lost")),
    ("start-without-end", '<startEvent id="s"/>' + U + flow("s", "u")),
    ("end-without-start", chain(f'<subProcess id="q">{U}<endEvent id="x"/>{flow("u", "x")}</subProcess>')),
    ("intermediate-ends", chain(U) + CATCH + flow("u", "v")),
    ("event-gateway-mixed", RACE.replace(TIMER, '<messageEventDefinition messageRef="m"/>')),
    ("gateway-needless", chain(U, '<exclusiveGateway id="g"/>')),
    (
        "default-with-condition",
        split('<exclusiveGateway id="g" default="g_a"/>', flow("g", "a", "x"), flow("g", "b", "y")),
    ),
    ("gateway-can-go-nowhere", split('<exclusiveGateway id="g"/>', flow("g", "a", "x"), flow("g", "b", "y"))),
    ("compensation-handler-unused", chain(U) + HANDLER),
    ("compensation-nothing-to-undo", ending('<compensateEventDefinition activityRef="u"/>')),
    ("cancel-without-boundary", chain(CANCELLED)),
    ("link-without-source", chain(U) + event("intermediateCatchEvent", '<linkEventDefinition name="A"/>')),
    ("task-for-nobody", chain('<userTask id="u"/>')),
    ("act-without-label", chain(task("<extensionElements><motcua:act id='ok'/></extensionElements>"))),
    ("acts-share-variable", PARALLEL.replace("{variable}", "")),
    (
        "json-schema-form",
        chain(
            task(
                '<extensionElements><spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" '
                'value="a.json"/></spiffworkflow:properties></extensionElements>'
            )
        ),
    ),
    ("script-missing", chain('<scriptTask id="t"/>')),
    (
        "act-unknown",
        chain(task(ACTS)).replace(flow("u", "e"), flow("u", "e", "act == 'okay'") + flow("u", "e", id="other")),
    ),
    ("result-unknown", procedure(steps=chain(task(attributes='motcua:document="result"')))),
    ("filing-form-missing", procedure().replace(' motcua:form="application.form"', "")),
    (
        "step-limit-beyond-legal",
        procedure(FIVE_DAYS, steps=chain(task(attributes='motcua:limit="41 working_hours"'))),
    ),
]  # fmt: skip

NOTED: list[tuple[str, str]] = [
    ("starts-by-condition", chain(U).replace(PLAIN, event("startEvent", CONDITION, id="s"))),
    ("procedure-code", procedure().replace("1.002425", "biosafety")),
    ("compensation-of-process", chain(U) + undoes_scope("k", f'<endEvent id="t"/>{flow("ks", "t")}')),
    ("task-passes", chain('<task id="t"/>')),
    ("manual-task-passes", chain('<manualTask id="t" motcua:candidateGroups="a"/>')),
    ("extension-inert", chain(task(attributes='camunda:asyncBefore="true" signavio:x="1"'))),
    ("operator-becomes-topic", chain(service('<spiffworkflow:serviceTaskOperator id="a/b"/>'))),
    ("class-becomes-topic", chain('<serviceTask id="t" camunda:class="org.example.Mail"/>')),
    (
        "form-generated",
        chain(task(FIELD)),
    ),
    ("data-object", chain(U) + '<dataObject id="do"/><dataObjectReference id="dr" dataObjectRef="do"/>'),
    ("data-store", chain(U) + '<dataStoreReference id="ds"/>'),
    ("data-state", chain(U) + '<dataObject id="do"><dataState name="approved"/></dataObject>'),
]

KEYED = (
    '<message id="keyed" name="k"><extensionElements><zeebe:subscription correlationKey="=1 +"/></extensionElements>'
    '</message><message id="computed" name="${x}"/>'
)
AROUND = MESSAGE + SIGNAL + ERROR + KEYED
ELSEWHERE = COLLABORATIONS | {  # rules about files and bundles: see test_bundle.py
    "bundle-empty", "bundle-too-large", "decision-file", "decision-without-id", "file-name", "file-not-known",
    "form-file", "json-schema", "call-version-unknown", "decision-version-unknown",
    "no-process", "process-not-executable", "public-process", "process-without-id", "too-many-processes",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "body"), REFUSED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(REFUSED)])
def test_what_cannot_run_faithfully_is_refused_by_name(rule, body):
    found = upload(body, around=AROUND)
    assert rule in rules(found)
    for finding in of_rule(found, rule):
        assert finding.file == "p.bpmn"
        assert finding.line
        assert finding.message.vi
        assert finding.message.en
        assert finding.element_id or rule == "schema"


def test_a_message_whose_name_no_index_can_hold_is_refused():
    long = MESSAGE.replace("paid", "x" * 201)
    catch = event("intermediateCatchEvent", '<messageEventDefinition messageRef="m"/>')
    assert "name-too-long" in rules(upload(chain(catch), around=long))


@pytest.mark.parametrize(("rule", "body"), WARNED, ids=[rule for rule, _ in WARNED])
def test_what_runs_but_probably_not_as_meant_is_a_warning(rule, body):
    found = upload(body, around=AROUND)
    assert rule in rules(found, Severity.WARNING)
    assert not rules(found)


@pytest.mark.parametrize(("rule", "body"), NOTED)
def test_what_has_no_effect_is_noted(rule, body):
    found = upload(body, around=AROUND)
    assert rule in rules(found, Severity.INFO)
    assert not rules(found) | rules(found, Severity.WARNING)


def event_sub_process(definition: str) -> str:
    return chain(U) + (
        f'<subProcess id="q" triggeredByEvent="true">{event("startEvent", definition, id="x")}<endEvent id="y"/>'
        f"{flow('x', 'y')}</subProcess>"
    )


@pytest.mark.parametrize(
    "body",
    [
        chain(U),
        U,
        chain(CATCH.replace("PT8H", "2 working_days")),
        chain(CATCH.replace("PT8H", '"PT8H"')),
        chain(CATCH.replace("PT8H", "deadline")),
        chain(CATCH.replace("timeDuration", "timeCycle").replace("PT8H", "R3/PT10M")),
        chain(CATCH.replace("timeDuration", "timeDate").replace("PT8H", "2026-01-31T08:00:00+07:00")),
        boundary(TIMER, 'cancelActivity="false"'),
        '<receiveTask id="r" messageRef="m" instantiate="true"/>' + U + '<endEvent id="e"/>' + flow("r", "u")
        + flow("u", "e"),
        boundary('<errorEventDefinition errorRef="err"/>'),
        compensated(HANDLER),
        compensated(HANDLER).replace('attachedToRef="u"', 'attachedToRef="u" cancelActivity="false"'),
        compensated(HANDLER).replace('sourceRef="v" targetRef="undo"', 'sourceRef="undo" targetRef="v"'),
        compensated(HANDLER).replace('<endEvent id="e"/>', f'<endEvent id="e">{UNDONE}</endEvent>'),
        chain('<adHocSubProcess id="q" ordering="Sequential"><task id="x"/><task id="y"/></adHocSubProcess>'),
        event_sub_process('<errorEventDefinition errorRef="err"/>'),
        event_sub_process(TIMER),
        ending('<signalEventDefinition signalRef="sig"/>'),
        ending('<messageEventDefinition messageRef="m"/>'),
        chain('<receiveTask id="r" messageRef="m"/>', '<sendTask id="t" messageRef="m"/>'),
        chain(task("<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>")),
        chain(task('<multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person"/>')),
        chain('<businessRuleTask id="t" camunda:decisionRef="grade" camunda:resultVariable="x"/>'),
        chain('<scriptTask id="t" scriptFormat="python"><script>x = 1</script></scriptTask>'),
        chain(task(attributes='camunda:formKey="camunda-forms:deployment:application.form"')),
        chain(task(attributes='camunda:formRef="application" camunda:assignee="${applicant}"')),
        split('<exclusiveGateway id="g" default="g_b"/>', flow("g", "a", "act == &quot;x&quot;"), flow("g", "b")),
        split('<exclusiveGateway id="g"/>', flow("g", "a", "${ok}"), flow("g", "b", "${not ok}")),
        PARALLEL.replace("{variable}", 'motcua:actVariable="other"'),
        procedure(FIVE_DAYS + '<motcua:fee id="f" nameVi="Phí" amount="10"/>'),
        procedure(FIVE_DAYS, steps=chain(task(attributes='motcua:limit="40 working_hours"'))),
    ],
)  # fmt: skip
def test_a_sound_diagram_has_no_error_and_no_warning(body):
    found = upload(body, around=AROUND)
    assert [f for f in found.findings if f.severity is not Severity.INFO] == []


def test_a_process_that_only_describes_is_not_run():
    assert rules(upload(chain(U), process='id="p" isExecutable="true" processType="Public"')) == {"public-process"}


def test_a_finding_names_its_element_and_its_line():
    (finding,) = of_rule(upload(chain('<scriptTask id="t" name="Tính  phí"/>')), "script-missing")
    assert (finding.element_id, finding.element_name) == ("t", "Tính phí")
    assert finding.line == 4


def test_tasks_of_different_scopes_may_share_an_act_variable():
    inside = '<subProcess id="{0}">{1}</subProcess>'
    body = (
        '<startEvent id="s"/><parallelGateway id="g"/>' + flow("s", "g") + flow("g", "q") + flow("g", "r")
        + inside.format("q", task(ACTS, id="a")) + inside.format("r", task(ACTS, id="b"))
    )  # fmt: skip
    assert "acts-share-variable" not in rules(upload(body), Severity.WARNING)


def test_the_tasks_of_an_ad_hoc_sub_process_can_be_open_at_once():
    inside = f'<adHocSubProcess id="q">{task(ACTS, id="a")}{task(ACTS, id="b")}</adHocSubProcess>'
    assert {f.element_id for f in of_rule(upload(chain(inside)), "acts-share-variable")} == {"a", "b"}
    in_order = inside.replace('id="q"', 'id="q" ordering="Sequential"')
    assert not of_rule(upload(chain(in_order)), "acts-share-variable")


def test_a_task_and_the_task_behind_its_non_interrupting_timer_can_be_open_at_once():
    body = (
        chain(task(ACTS))
        + event("boundaryEvent", TIMER, attributes='attachedToRef="u" cancelActivity="false"')
        + task(ACTS, id="late")
        + flow("v", "late")
    )
    assert {f.element_id for f in of_rule(upload(body), "acts-share-variable")} == {"u", "late"}
    assert not of_rule(upload(body.replace('cancelActivity="false"', "")), "acts-share-variable")


def test_every_rule_has_a_test():
    folder = Path(checks.__file__).parent
    sources = "".join(path.read_text("utf-8") for path in (*folder.glob("*.py"), Path(files.__file__)))
    sources += folder.with_name("bundle.py").read_text("utf-8") + folder.with_name("schema.py").read_text("utf-8")
    named = r"(?:found|warned|noted|file_finding)\(\s*\"([a-z-]+)\"|rule=\"([a-z-]+)\"|_about\(node, \"([a-z-]+)\""
    there = {"".join(match) for match in re.findall(named, sources)}
    there |= {"message-missing", "signal-missing"}
    assert len(there) > 60
    assert there - {rule for rule, _ in (*REFUSED, *WARNED, *NOTED)} - ELSEWHERE == set()
