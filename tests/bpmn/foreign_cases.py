"""What of other vocabularies is refused: each rule with the smallest diagram that breaks it (see test_checks.py)."""

from __future__ import annotations

from tests.bpmn.samples import CONDITION, U, chain, event, task


def service(inner: str) -> str:
    held = f"<extensionElements>{inner}</extensionElements>"
    return f'<serviceTask id="t" camunda:type="external" camunda:topic="x">{held}</serviceTask>'


SPIFF_SCRIPT = "<extensionElements><spiffworkflow:preScript>x = 1</spiffworkflow:preScript></extensionElements>"
EACH = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
ASKING = "x = execution.getProcessInstanceId()"
GROOVY = (
    '<camunda:inputOutput><camunda:inputParameter name="x"><camunda:script scriptFormat="groovy">1</camunda:script>'
    "</camunda:inputParameter></camunda:inputOutput>"
)
JAVA = '<extensionElements><camunda:taskListener event="create" class="a.B"/></extensionElements>'
FIELD = '<extensionElements><camunda:formData><camunda:formField id="a"/></camunda:formData></extensionElements>'
FILTER = '<extensionElements><zeebe:conditionalFilter variableNames="n" variableEvents="update"/></extensionElements>'
JUEL = '<conditionExpression language="juel">x</conditionExpression></sequenceFlow>'
COMPUTED = (
    '<signalEventDefinition signalRef="sig"><extensionElements><camunda:in sourceExpression="${a + 1}" target="b"/>'
    "</extensionElements></signalEventDefinition>"
)
LISTENER = (
    '<extensionElements><camunda:executionListener event="start"><camunda:script scriptFormat="python">x = 1'
    "</camunda:script></camunda:executionListener></extensionElements>"
)
FILTERED = CONDITION.replace("EventDefinition>", 'EventDefinition camunda:variableName="m">', 1)
UPDATED = CONDITION.replace("<condition>", f"{FILTER}<condition>")
FOREIGN: list[tuple[str, str]] = [
    ("extension-not-run", chain(service("<camunda:connector/>"))),
    ("extension-not-run", chain(task("<extensionElements><zeebe:taskListeners/></extensionElements>"))),
    ("extension-not-run", chain(task(attributes='spiffworkflow:variableName="x"'))),
    ("extension-not-run", chain(task(attributes='flowable:skipExpression="${x}"'))),
    ("task-kind", chain('<serviceTask id="t" flowable:type="mail"/>')),
    ("work-misplaced", chain(task('<extensionElements><zeebe:taskDefinition type="a"/></extensionElements>'))),
    ("script-execution", chain(f'<scriptTask id="t" scriptFormat="python"><script>{ASKING}</script></scriptTask>')),
    ("script-execution", chain(task(LISTENER.replace("x = 1", ASKING)))),
    ("script-around-loop", chain(task(SPIFF_SCRIPT + EACH))),
    ("listener-java", chain(task(JAVA))),
    ("listener-place", chain(task(LISTENER.replace("start", "timeout")))),
    ("listener-place", chain(event("intermediateThrowEvent", LISTENER))),
    ("script-language", chain(service(GROOVY))),
    ("expression-refused", chain(task(LISTENER.replace("x = 1", "import os")))),
    ("expression-refused", chain('<serviceTask id="t" camunda:expression="${execution.id}"/>')),
    ("expression-refused", chain('<scriptTask id="t" scriptFormat="juel"><script>${a b}</script></scriptTask>')),
    ("expression-refused", chain('<receiveTask id="t" messageRef="keyed"/>')),
    ("expression-literal", chain(U).replace("</sequenceFlow>", JUEL, 1)),
    ("condition-filter", chain(event("intermediateCatchEvent", FILTERED))),
    ("condition-filter", chain(event("intermediateCatchEvent", UPDATED))),
    ("form-field", chain(task(FIELD.replace("/>", ' type="person"/>', 1)))),
    ("form-binding", chain(task(attributes='camunda:formRef="application" camunda:formRefBinding="version"'))),
    ("signal-payload", chain(event("intermediateThrowEvent", COMPUTED))),
    ("name-computed", chain('<receiveTask id="t" messageRef="computed"/>')),
    ("form-key", chain(task("<extensionElements><zeebe:formDefinition externalReference='x'/></extensionElements>"))),
    ("form-key", chain(task(attributes='camunda:formKey="embedded:app:x.html"'))),
]
