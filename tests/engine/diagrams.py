"""A few words to write small diagrams with: nodes are functions, flows are texts such as `a -> b -> c if x > 1`."""

from __future__ import annotations

import re
from itertools import count, pairwise
from xml.sax.saxutils import escape, quoteattr

from bpmn.model import BPMN
from bpmn.xml import CAMUNDA

HEAD = (
    f'<definitions xmlns="{BPMN}" xmlns:camunda="{CAMUNDA}" xmlns:motcua="urn:motcua:bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:tests">'
)


def node(kind: str, id_: str, inside: str = "", **attributes: str) -> str:
    """Any element; `camunda__x` stands for `camunda:x`."""
    given = "".join(f" {name.replace('__', ':')}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{kind} id={quoteattr(id_)}{given}>{inside}</{kind}>"


def _kind(kind: str):
    def make(id_: str, inside: str = "", **attributes: str) -> str:
        return node(kind, id_, inside, **attributes)

    return make


start, end = _kind("startEvent"), _kind("endEvent")
user, manual, task, service = _kind("userTask"), _kind("manualTask"), _kind("task"), _kind("serviceTask")
receive, send, rule = _kind("receiveTask"), _kind("sendTask"), _kind("businessRuleTask")
xor, fork, some, first = (
    _kind("exclusiveGateway"),
    _kind("parallelGateway"),
    _kind("inclusiveGateway"),
    _kind("eventBasedGateway"),
)
catch, throw = _kind("intermediateCatchEvent"), _kind("intermediateThrowEvent")


def script(id_: str, source: str, inside: str = "") -> str:
    return node("scriptTask", id_, f"{inside}<script>{escape(source)}</script>")


def boundary(id_: str, on: str, inside: str, *, interrupting: bool = True) -> str:
    return node("boundaryEvent", id_, inside, attachedToRef=on, cancelActivity=str(interrupting).lower())


def call(id_: str, key: str, inside: str = "") -> str:
    return node("callActivity", id_, inside, calledElement=key)


def sub(id_: str, *parts: str, kind: str = "subProcess", **attributes: str) -> str:
    return node(kind, id_, _body(parts), **attributes)


def ad_hoc(
    id_: str, *parts: str, until: str = "", sequential: bool = False, cancels: bool = True, **attributes: str
) -> str:
    ordering = "Sequential" if sequential else "Parallel"
    body = _body(parts) + (f"<completionCondition>{escape(until)}</completionCondition>" if until else "")
    return node(
        "adHocSubProcess", id_, body, ordering=ordering, cancelRemainingInstances=str(cancels).lower(), **attributes
    )


def handler(id_: str, *parts: str) -> str:
    """An event sub-process."""
    return sub(id_, *parts, triggeredByEvent="true")


def duration(text: str) -> str:
    return f"<timerEventDefinition><timeDuration>{escape(text)}</timeDuration></timerEventDefinition>"


def date(text: str) -> str:
    return f"<timerEventDefinition><timeDate>{escape(text)}</timeDate></timerEventDefinition>"


def cycle(text: str) -> str:
    return f"<timerEventDefinition><timeCycle>{escape(text)}</timeCycle></timerEventDefinition>"


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="message_{name}"/>'


def signal(name: str) -> str:
    return f'<signalEventDefinition signalRef="signal_{name}"/>'


def error(code: str = "") -> str:
    return f'<errorEventDefinition errorRef="error_{code}"/>' if code else "<errorEventDefinition/>"


def escalation(code: str = "") -> str:
    return f'<escalationEventDefinition escalationRef="escalation_{code}"/>' if code else "<escalationEventDefinition/>"


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{escape(text)}</condition></conditionalEventDefinition>"


def compensate(activity: str = "", *, waits: bool = True) -> str:
    reference = f' activityRef="{activity}"' if activity else ""
    return f'<compensateEventDefinition{reference} waitForCompletion="{str(waits).lower()}"/>'


def undone_by(activity: str, handler_: str) -> str:
    """A compensation boundary event on an activity, its association and its handler (a script, a task, …)."""
    name = handler_.split('id="')[1].split('"')[0]
    marked = handler_.replace(" id=", ' isForCompensation="true" id=', 1)
    event = node("boundaryEvent", f"c_{activity}", compensate(), attachedToRef=activity)
    return event + marked + f'<association id="a_{activity}" sourceRef="c_{activity}" targetRef="{name}"/>'


terminate, cancel = "<terminateEventDefinition/>", "<cancelEventDefinition/>"


def each(
    collection: str = "", *, times: str = "", item: str = "", out: str = "", out_item: str = "", until: str = "",
    sequential: bool = False,
) -> str:  # fmt: skip
    """Multi-instance."""
    parts = [
        f"<loopCardinality>{escape(times)}</loopCardinality>" if times else "",
        f"<loopDataInputRef>{escape(collection)}</loopDataInputRef>" if collection else "",
        f"<loopDataOutputRef>{out}</loopDataOutputRef>" if out else "",
        f'<inputDataItem id="{item}"/>' if item else "",
        f'<outputDataItem id="{out_item}"/>' if out_item else "",
        f"<completionCondition>{escape(until)}</completionCondition>" if until else "",
    ]
    flag = str(sequential).lower()
    kind = "multiInstanceLoopCharacteristics"
    return f'<{kind} isSequential="{flag}">{"".join(parts)}</{kind}>'


def again(condition_: str = "", *, at_most: str = "", before: bool = False) -> str:
    """Standard loop."""
    inside = f"<loopCondition>{escape(condition_)}</loopCondition>" if condition_ else ""
    limit = f' loopMaximum="{at_most}"' if at_most else ""
    tested = str(before).lower()
    return f'<standardLoopCharacteristics testBefore="{tested}"{limit}>{inside}</standardLoopCharacteristics>'


_numbers = count(1)
ASSOCIATION = re.compile("<association [^>]*/>")
"""Stands behind the flows (the schema wants artifacts last); an inner scope's are moved out, too: any scope may."""


def _flows(text: str) -> str:
    """Turn `a -> b -> c if x > 1` (the condition holds for the last flow; `else` marks the default) into flows."""
    path, _, condition_ = text.partition(" if ")
    default = path.rstrip().endswith(" else")
    steps = [step.strip() for step in path.removesuffix("else").replace(" else", "").split("->")]
    found = []
    for position, (source, target) in enumerate(pairwise(steps), start=2):
        last = position == len(steps)
        name = f"default_{source}" if default and last else f"f{next(_numbers)}_{source}_{target}"
        inside = f"<conditionExpression>{escape(condition_)}</conditionExpression>" if condition_ and last else ""
        found.append(f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>')
    return "".join(found)


def _body(parts: tuple[str, ...]) -> str:
    nodes = "".join(part for part in parts if part.startswith("<"))
    drawn = ASSOCIATION.findall(nodes)
    nodes = ASSOCIATION.sub("", nodes)
    flows = "".join(_flows(part) for part in parts if not part.startswith("<"))
    for source in {part.split("->")[-2].strip() for part in parts if part.endswith(" else")}:
        nodes = nodes.replace(f' id="{source}"', f' id="{source}" default="default_{source}"', 1)
    return nodes + flows + "".join(drawn)


def process(key: str, *parts: str) -> bytes:
    """A file of one process; the messages, signals and errors that it mentions are declared."""
    body = _body(parts)
    return f'{HEAD}{_declared(body)}<process id="{key}" isExecutable="true">{body}</process></definitions>'.encode()


def pools(*flows: str, inside: str = "", boxes: tuple[str, ...] = (), **processes: tuple[str, ...]) -> bytes:
    """A file of several processes, each a pool; message flows are texts such as `ask -> answer`, pools `pool_KEY`.

    `inside` is more of the collaboration (correlation keys), `boxes` are ids of pools without a process.
    """
    bodies = {key: _body(parts) for key, parts in processes.items()}
    drawn = "".join(f'<participant id="pool_{key}" processRef="{key}"/>' for key in processes)
    drawn += "".join(f'<participant id="{box}"/>' for box in boxes)
    for number, flow in enumerate(flows, start=1):
        source, target = (end_.strip() for end_ in flow.split("->"))
        drawn += f'<messageFlow id="mf{number}" sourceRef="{source}" targetRef="{target}"/>'
    written = "".join(f'<process id="{key}" isExecutable="true">{body}</process>' for key, body in bodies.items())
    known = _declared("".join(bodies.values()) + inside)
    return f'{HEAD}{known}<collaboration id="col">{drawn}{inside}</collaboration>{written}</definitions>'.encode()


def _declared(body: str) -> str:
    known = []
    for kind, code in (("message", ""), ("signal", ""), ("error", "errorCode"), ("escalation", "escalationCode")):
        names = {piece.split('"')[0] for piece in body.split(f'{kind}Ref="{kind}_')[1:]}
        for name in sorted(names):
            more = f' {code}="{name}"' if code else ""
            known.append(f'<{kind} id="{kind}_{name}" name="{name}"{more}/>')
    return "".join(known)
