"""Diagrams that break each rule of the upload check, by what comes of them."""

from __future__ import annotations

from bpmn.checks.base import MAX_FLOWS, MAX_NODES
from tests.bpmn.foreign_cases import FIELD, FOREIGN, service
from tests.bpmn.pieces import (
    ACTS,
    ASSOCIATION,
    CANCELLED,
    CATCH,
    COPIED,
    FIVE_DAYS,
    HANDLER,
    INPUT,
    OFTEN,
    OWNED,
    PARALLEL,
    PLAIN,
    RACE,
    STARTED,
    TIMER,
    UNDONE,
    boundary,
    compensated,
    ending,
    named,
    paused,
    procedure,
    split,
    undoes_scope,
    undone_too,
)
from tests.bpmn.samples import CONDITION, U, chain, event, flow, task

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
    (
        "ad-hoc-output",
        chain(
            '<adHocSubProcess id="q"><extensionElements><zeebe:adHoc outputCollection="x"/></extensionElements>'
            '<task id="t"/></adHocSubProcess>'
        ),
    ),
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
    (
        "supplement-without-parts",
        procedure(steps=chain(task(ACTS.replace("</ext", '<motcua:act id="m" labelVi="M" asks="supplement"/></ext')))),
    ),
    ("approval-of-nothing", chain(task(ACTS.replace("</ext", '<motcua:act id="x" labelVi="X" approval="h"/></ext')))),
    ("motcua-value", chain(task(ACTS.replace("</ext", '<motcua:act id="x" labelVi="X" asks="money"/></ext')))),
    ("not-by-unknown", chain(task(attributes='motcua:notBy="x"'))),
    ("not-by-itself", chain(task(attributes='motcua:notBy="u"'))),
    # legal parts
    ("several-procedures", procedure().replace("</ext", '<motcua:procedure code="1.1"/></ext', 1)),
    ("procedure-part-twice", procedure('<motcua:result id="a" nameVi="A"/><motcua:result id="a" nameVi="B"/>')),
    ("procedure-part-twice", procedure(FIVE_DAYS + FIVE_DAYS)),
    ("phase-without-limit", procedure(FIVE_DAYS.replace("/>", ' policy="phase"/>'))),
    ("phase-without-limit", procedure(paused('<motcua:pause ground="supplement" policy="phase"/>'))),
    ("pause-rules-differ", procedure(paused('<motcua:pause ground="payment"/>' * 2))),
    (
        "pause-rules-differ",
        procedure(
            paused(
                '<motcua:pause ground="supplement" policy="phase" phase="1 months"/>'
                '<motcua:pause ground="payment" policy="phase" phase="2 months"/>'
            )
        ),
    ),
    ("limit-unknown", procedure(FIVE_DAYS, steps=chain(task(attributes='motcua:startsLimit="x"')))),
    ("limit-unknown", procedure(named("a", "x"))),
    ("limit-follows-nothing", procedure(named("a") + named("b"))),
    (
        "step-limits-never-fit",
        procedure(
            FIVE_DAYS,
            steps=chain(task(attributes='motcua:limit="6 working_days"')).replace(
                '<endEvent id="e"', '<endEvent id="e" motcua:nationalStatus="9"'
            ),
        ),
    ),
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
    ("limit-never-starts", procedure(named("a") + named("b", "a"))),
    (
        "step-limits-sum",
        procedure(
            FIVE_DAYS,
            steps=split('<exclusiveGateway id="g" default="g_a"/>', flow("g", "a"), flow("g", "b", "x")).replace(
                'id="b"', 'id="b" motcua:limit="6 working_days"', 1
            ),
        ),
    ),
    (
        "acceptance-too-long",
        procedure(
            FIVE_DAYS,
            steps=chain(
                task(attributes='motcua:limit="9 working_hours"'),
                task(id="v", attributes='motcua:nationalStatus="2"'),
            ),
        ),
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
