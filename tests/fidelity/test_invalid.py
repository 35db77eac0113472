"""Invalid models are refused at upload, by the name of what is wrong (BPMN 2.0.2, the tables of connection rules)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from findings import Severity
from tests.bpmn.samples import chain, diagram, flow, of_rule, rules, upload
from tests.fidelity import row

USER = '<userTask id="u" motcua:candidateGroups="a"/>'
TIMER = "<timerEventDefinition><timeDuration>PT8H</timeDuration></timerEventDefinition>"
MESSAGE = '<message id="m" name="paid"/><error id="err" name="E" errorCode="E"/><signal id="sig" name="S"/>'
ON_U = '<boundaryEvent id="v" attachedToRef="u"{0}>{1}</boundaryEvent><endEvent id="x"/>' + flow("v", "x")
RACE = (
    '<startEvent id="s"/><eventBasedGateway id="g"/><receiveTask id="a" messageRef="m"/><endEvent id="e"/>'
    f'<intermediateCatchEvent id="v">{TIMER}</intermediateCatchEvent>'
    + flow("s", "g") + flow("g", "a") + flow("g", "v") + flow("a", "e") + flow("v", "e")
)  # fmt: skip

INVALID: list[tuple[str, str, str, str, str]] = [
    # element, what is wrong, section, rule, body
    ("Start event", "with an incoming flow", "10.5.2", "flow-into-start", chain(USER) + flow("u", "s")),
    ("Start event", "without an outgoing flow", "10.5.2", "start-without-flow",
     chain(USER) + '<startEvent id="x"><messageEventDefinition messageRef="m"/></startEvent>'),
    ("Start event", "of a kind that starts no process (error)", "10.5.2", "event-not-allowed-here",
     chain(USER).replace('<startEvent id="s"/>', '<startEvent id="s"><errorEventDefinition/></startEvent>')),
    ("Start event", "of a sub-process, with a trigger", "10.5.2", "sub-process-start",
     chain(f'<subProcess id="q"><startEvent id="x">{TIMER}</startEvent>{USER}{flow("x", "u")}</subProcess>')),
    ("End event", "with an outgoing flow", "10.5.3", "flow-from-end", chain(USER) + flow("e", "u")),
    ("End event", "without an incoming flow", "10.5.3", "end-without-flow", chain(USER) + '<endEvent id="x"/>'),
    ("End event", "where nothing starts", "10.5.2", "end-without-start", USER + '<endEvent id="x"/>' + flow("u", "x")),
    ("End event", "that throws an error without a code", "10.5.3", "error-without-code",
     chain(USER).replace('<endEvent id="e"/>', '<endEvent id="e"><errorEventDefinition/></endEvent>')),
    ("End event", "that throws an escalation without a code", "10.5.3", "escalation-without-code",
     chain(USER).replace('<endEvent id="e"/>', '<endEvent id="e"><escalationEventDefinition/></endEvent>')),
    ("Cancel event", "at the border of what is no transaction", "10.5.4", "cancel-outside-transaction",
     chain(USER) + ON_U.format("", "<cancelEventDefinition/>")),
    ("Cancel event", "at the end of what is no transaction", "10.5.3", "cancel-outside-transaction",
     chain(USER).replace('<endEvent id="e"/>', '<endEvent id="e"><cancelEventDefinition/></endEvent>')),
    ("Boundary event", "with an incoming flow", "10.5.4", "flow-into-start",
     chain(USER) + ON_U.format("", TIMER) + flow("u", "v")),
    ("Boundary event", "without an outgoing flow", "10.5.4", "boundary-without-flow",
     chain(USER) + f'<boundaryEvent id="v" attachedToRef="u">{TIMER}</boundaryEvent>'),
    ("Boundary event", "without a trigger", "10.5.4", "event-without-definition", chain(USER) + ON_U.format("", "")),
    ("Boundary event", "for an error, drawn as non-interrupting", "10.5.4", "error-must-interrupt",
     chain(USER) + ON_U.format(' cancelActivity="false"', '<errorEventDefinition errorRef="err"/>')),
    ("Boundary event", "on what is no activity", "10.5.4", "dangling-reference",
     chain(USER) + ON_U.format("", TIMER).replace('attachedToRef="u"', 'attachedToRef="s"')),
    ("Intermediate event", "without an incoming flow", "10.5.4", "intermediate-without-flow",
     chain(USER) + f'<intermediateCatchEvent id="v">{TIMER}</intermediateCatchEvent>' + flow("v", "u")),
    ("Intermediate event", "that catches without a trigger", "10.5.4", "event-without-definition",
     chain('<intermediateCatchEvent id="v"/>')),
    ("Intermediate event", "that throws a timer", "10.5.4", "event-not-allowed-here",
     chain(f'<intermediateThrowEvent id="v">{TIMER}</intermediateThrowEvent>')),
    ("Link event", "thrown to where no link is", "10.5.4", "link-without-target",
     chain(USER) + '<intermediateThrowEvent id="v"><linkEventDefinition name="A"/></intermediateThrowEvent>'
     + flow("u", "v", id="uv")),
    ("Link event", "in the middle of a flow", "10.5.4", "link-in-flow",
     chain('<intermediateThrowEvent id="v"><linkEventDefinition name="A"/></intermediateThrowEvent>')),
    ("Sequence flow", "to what is not there", "8.4.13", "dangling-reference", chain(USER) + flow("u", "nobody")),
    ("Sequence flow", "through the border of a sub-process", "8.4.13", "flow-crosses-border",
     chain(USER, '<subProcess id="q"><task id="t"/></subProcess>') + flow("u", "t")),
    ("Sequence flow", "the only one of an activity, with a condition", "8.4.13", "condition-alone",
     chain(USER).replace(flow("u", "e"), flow("u", "e", "n > 1"))),
    ("Sequence flow", "with a condition, behind a parallel gateway", "8.4.13", "condition-ignored",
     '<startEvent id="s"/><parallelGateway id="g"/><endEvent id="e"/><endEvent id="f"/>' + flow("s", "g")
     + flow("g", "e", "n > 1") + flow("g", "f")),
    ("Sequence flow", "not immediate", "8.4.13", "flow-not-immediate",
     chain(USER).replace('id="s_u"', 'id="s_u" isImmediate="false"')),
    ("Sequence flow", "the default of another element", "8.4.13", "default-elsewhere",
     '<startEvent id="s"/><exclusiveGateway id="g" default="s_g"/><endEvent id="e"/><endEvent id="f"/>'
     + flow("s", "g") + flow("g", "e", "n > 1") + flow("g", "f", "n > 2")),
    ("Activity", "to which no flow leads, where there is a start event", "13.2", "nothing-leads-here",
     chain(USER) + '<task id="lost"/>'),
    ("Activity", "that needs or gives no token", "10.3", "quantity",
     chain(USER.replace("<userTask ", '<userTask startQuantity="0" '))),
    ("Standard loop", "with a negative maximum", "10.3.8", "loop-negative",
     chain('<task id="t"><standardLoopCharacteristics loopMaximum="-1"/></task>')),
    ("Multi-instance", "without a number and without a collection", "10.3.8", "multi-instance-without-count",
     chain('<task id="t"><multiInstanceLoopCharacteristics/></task>')),
    ("Multi-instance", "whose behavior names no event", "10.3.8", "multi-instance-behavior",
     chain('<task id="t"><multiInstanceLoopCharacteristics behavior="One"><loopCardinality>2</loopCardinality>'
           "</multiInstanceLoopCharacteristics></task>")),
    ("Sub-process", "with an ioSpecification", "10.4.2", "sub-process-io",
     chain(f'<subProcess id="q"><ioSpecification><inputSet/><outputSet/></ioSpecification>{USER}</subProcess>')),
    ("Event sub-process", "with a flow", "10.3.5", "flow-into-start",
     chain(USER) + '<subProcess id="q" triggeredByEvent="true"><startEvent id="x"><messageEventDefinition '
     f'messageRef="m"/></startEvent><endEvent id="y"/>{flow("x", "y")}</subProcess>' + flow("u", "q")),
    ("Event sub-process", "without a trigger", "10.3.5", "event-sub-process-start",
     chain(USER) + '<subProcess id="q" triggeredByEvent="true"><startEvent id="x"/><endEvent id="y"/>'
     f'{flow("x", "y")}</subProcess>'),
    ("Gateway", "whose direction contradicts its flows", "10.6", "gateway-direction",
     '<startEvent id="s"/><parallelGateway id="g" gatewayDirection="Converging"/><endEvent id="e"/><endEvent id="f"/>'
     + flow("s", "g") + flow("g", "e") + flow("g", "f")),
    ("Complex gateway", "that joins without an activation condition", "10.6.5", "activation-missing",
     '<startEvent id="s"/><complexGateway id="g"/><task id="b"/><endEvent id="e"/>' + flow("s", "g") + flow("s", "b")
     + flow("b", "g") + flow("g", "e")),
    ("Event-based gateway", "with one branch", "10.6.6", "event-gateway-branches",
     chain('<eventBasedGateway id="g"/>', f'<intermediateCatchEvent id="v">{TIMER}</intermediateCatchEvent>')),
    ("Event-based gateway", "in front of a task", "10.6.6", "event-gateway-target",
     RACE + "<userTask id='t'/>" + flow("g", "t") + flow("t", "e")),
    ("Event-based gateway", "with a receive task that carries a boundary event", "10.6.6", "event-gateway-boundary",
     RACE + f'<boundaryEvent id="b" attachedToRef="a">{TIMER}</boundaryEvent>' + flow("b", "e")),
    ("Event-based gateway", "that starts a process and has an incoming flow", "10.6.6", "instantiating",
     RACE.replace('<eventBasedGateway id="g"/>', '<eventBasedGateway id="g" instantiate="true"/>')),
    ("Conditional event", "without a condition", "10.5.5", "condition-missing",
     chain('<intermediateCatchEvent id="v"><conditionalEventDefinition><condition/></conditionalEventDefinition>'
           "</intermediateCatchEvent>")),
    ("Choreography task", "inside a process", "10.2", "choreography", chain('<choreographyTask id="q"/>')),
    ("File", "not valid by the XML Schema of BPMN 2.0", "15", "schema", chain(USER) + "<nonsense/>"),
]  # fmt: skip


def _rows(test: Callable[..., object]) -> Callable[..., object]:
    for element, wrong, section, _, _ in INVALID:
        test = row(element, wrong, section=section, group="Invalid models", refused=True)(test)
    return test


@_rows
@pytest.mark.parametrize(("rule", "body"), [(rule, body) for *_, rule, body in INVALID], ids=lambda part: part[:40])
def test_an_invalid_model_is_refused_by_name(rule, body):
    found = upload(body, around=MESSAGE)
    assert rule in rules(found)
    assert all(finding.message.vi and finding.message.en for finding in of_rule(found, rule))
    assert found.processes == () or any(f.severity is Severity.ERROR for f in found.findings)


@row("Process", "that is public, and so only describes", section="10.2", group="Invalid models", refused=True)
def test_a_public_process_is_not_run():
    said = 'id="p" isExecutable="true" processType="Public"'
    assert rules(upload(chain(USER), process=said)) == {"public-process"}
    assert b"Public" in diagram(chain(USER), process=said)
