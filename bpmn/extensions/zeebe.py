"""The `zeebe:` namespace of Camunda 8 (zeebe-bpmn-moddle): FEEL behind `=`, otherwise texts as they stand."""

from __future__ import annotations

import re

from bpmn import xml
from bpmn.extensions.parts import Assignment, Call, Each, Parts, flag, listed, whole
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import Words, carried, literal, message_declared, messages_of, static

EMBEDDED = "camunda-forms:bpmn:"
"""How a form key begins that names a form carried by the process."""
BINDINGS = {"latest": "latest", "deployment": "deployment", "versionTag": "version_tag"}
THROWING = ("intermediateThrowEvent", "endEvent")
NAME = re.compile(r"[^\W\d]\w*")


def read(node: xml.Node) -> Parts:
    """Read what Camunda 8 says of a flow node."""
    definitions = messages_of(node) if xml.local(node) in THROWING else []
    words = Words(xml.ZEEBE, node, *definitions)
    who, when = words.one("assignmentDefinition"), words.one("taskSchedule")
    priority, task = said(words.one("priorityDefinition"), "priority"), words.one("taskDefinition")
    script, decision = words.one("script"), words.one("calledDecision")
    outputs = mappings(words, "output")
    result = said(script, "resultVariable") or said(decision, "resultVariable")
    return Parts(
        form=form_of(words.one("formDefinition")),
        candidate_groups=listed(literal(said(who, "candidateGroups"))),
        candidate_users=listed(literal(said(who, "candidateUsers"))),
        assignee=literal(said(who, "assignee")),
        due=literal(said(when, "dueDate")),
        follow_up=literal(said(when, "followUpDate")),
        priority=whole(priority),
        priority_text=priority if priority and priority.startswith("=") else None,
        decision=said(decision, "decisionId"),
        decision_binding=binding(decision),
        result_variable=result,
        topic=literal(said(task, "type")),
        retries=literal(said(task, "retries")),
        inputs=mappings(words, "input"),
        outputs=outputs,
        outputs_only=True if outputs else None,
        call=call(node, words),
        each=each(node),
        correlation_key=correlation_key(node),
        payload=signalled(node, words),
        script=static(said(script, "expression")),
        active_elements=said(words.one("adHoc"), "activeElementsCollection"),
    )


def said(node: xml.Node | None, name: str) -> str | None:
    """Give an attribute of an extension element, stripped; None where it is empty."""
    return ((node.get(name) or "").strip() or None) if node is not None else None


def form_of(node: xml.Node | None) -> str | None:
    """Give the form that a formDefinition means: a form's id, or one that the process carries."""
    key = said(node, "formKey")
    if key and key.startswith(EMBEDDED):
        return key.removeprefix(EMBEDDED)
    return said(node, "formId") or key


def binding(node: xml.Node | None) -> tuple[str, str] | None:
    """Read `bindingType` with `versionTag`."""
    kind = BINDINGS.get(said(node, "bindingType") or "")
    return None if kind is None else (kind, said(node, "versionTag") or "")


def mappings(words: Words, kind: str) -> tuple[Assignment, ...] | None:
    """Read the inputs or outputs of an ioMapping; a target may be a path."""
    found = []
    for node in words.inside(words.one("ioMapping"), kind):
        target = (node.get("target") or "").strip()
        text = static(node.get("source") or "") or ""
        found.append(Assignment(target=target, text=text, is_path="." in target))
    return tuple(found) or None


def call(node: xml.Node, words: Words) -> Call | None:
    """Read how a call activity finds its process; what stands in its own scope goes in besides."""
    element = words.one("calledElement")
    if xml.local(node) != "callActivity" or element is None:
        return None
    all_in, all_out = flag(element.get("propagateAllParentVariables")), flag(element.get("propagateAllChildVariables"))
    kind, wanted = binding(element) or ("latest", "")
    return Call(binding=kind, wanted=wanted, all_in=all_in is not False, all_out=all_out is not False, locals_in=True)


def called(node: xml.Node) -> str:
    """Give the process that a call activity of Camunda 8 calls, or an empty string."""
    return said(Words(xml.ZEEBE, node).one("calledElement"), "processId") or ""


def each(node: xml.Node) -> Each | None:
    """Read what a multi-instance activity or an ad-hoc sub-process runs over and collects."""
    loop = node.find(xml.tag("multiInstanceLoopCharacteristics"))
    element = Words(xml.ZEEBE, loop).one("loopCharacteristics") if loop is not None else None
    if element is None:
        return None
    return Each(
        collection=said(element, "inputCollection"),
        item=said(element, "inputElement"),
        output=said(element, "outputCollection"),
        output_item=said(element, "outputElement"),
    )


def correlation_key(node: xml.Node) -> str | None:
    """Give the correlation key of the message that an event or receive task waits for."""
    kind, parent = xml.local(node), node.getparent()
    handles = kind == "startEvent" and parent is not None and parent.get("triggeredByEvent") in ("true", "1")
    if not handles and kind not in ("intermediateCatchEvent", "boundaryEvent", "receiveTask"):
        return None  # a message that starts an instance is not looked at for its key
    subscription = Words(xml.ZEEBE, message_declared(node)).one("subscription")
    return static(said(subscription, "correlationKey"))


def signalled(node: xml.Node, words: Words) -> str | None:
    """Give what a thrown signal carries in Camunda 8: what its input mappings set, and nothing else."""
    is_thrown = xml.local(node) in THROWING and node.find(xml.tag("signalEventDefinition")) is not None
    if not is_thrown or platform_of(node) is not Platform.CAMUNDA_8:
        return None
    names = dict.fromkeys(one.target.partition(".")[0] for one in mappings(words, "input") or ())
    return carried({name: name for name in names if name})


def version_tag(process: xml.Node) -> str:
    """Give `zeebe:versionTag`."""
    return said(Words(xml.ZEEBE, process).one("versionTag"), "value") or ""
