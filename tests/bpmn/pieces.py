"""Small words to write what the checks refuse or warn of: tasks, events, splits, procedures."""

from __future__ import annotations

import re

from tests.bpmn.samples import U, chain, event, flow, task

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


def named(id: str, after: str = "") -> str:
    """A limit of a chain."""
    return FIVE_DAYS.replace("/>", f' id="{id}"' + (f' after="{after}"' if after else "") + "/>")


def paused(rules: str) -> str:
    """A limit with rules for its pauses."""
    return FIVE_DAYS.replace("/>", f">{rules}</motcua:limit>")


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
