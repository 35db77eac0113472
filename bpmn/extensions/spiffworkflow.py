"""The `spiffworkflow:` namespace of SpiffArena: elements in extensionElements whose text is the value, in Python."""

from __future__ import annotations

from bpmn import xml
from bpmn.extensions.parts import Assignment, Parts, listed, whole
from bpmn.extensions.words import Words, message_declared


def read(node: xml.Node) -> Parts:
    """Read the `spiffworkflow:` extension elements (or attributes of the same name) of a flow node."""
    said = values(node)
    declared = message_declared(node)
    message = values(node, *xml.event_definitions(node), *([] if declared is None else [declared]))
    operator = Words(xml.SPIFFWORKFLOW, node).one("serviceTaskOperator")
    return Parts(
        form=said.get("formRef") or said.get("formKey") or json_form(node),
        candidate_groups=listed(said.get("candidateGroups")),
        candidate_users=listed(said.get("candidateUsers")),
        assignee=said.get("assignee"),
        due=said.get("dueDate"),
        follow_up=said.get("followUpDate"),
        priority=whole(said.get("priority")),
        decision=said.get("calledDecisionId"),
        topic=operator_of(operator),
        inputs=parameters(node),
        result_variable=(operator.get("resultVariable") or None) if operator is not None else None,
        pre_script=(said["preScript"],) if said.get("preScript") else None,
        post_script=(said["postScript"],) if said.get("postScript") else None,
        payload=message.get("messagePayload") or None,
        payload_variable=message.get("messageVariable") or None,
    )


def values(*nodes: xml.Node) -> dict[str, str]:
    """Give what the extension elements and attributes of some nodes say, the earlier ones winning."""
    said: dict[str, str] = {}
    for node in nodes:
        for child in xml.extension_elements(node):
            if xml.namespace(child.tag) == xml.SPIFFWORKFLOW:
                said.setdefault(xml.local(child), xml.text_of(child))
        for name, value in node.attrib.items():
            if xml.namespace(name) == xml.SPIFFWORKFLOW:
                said.setdefault(name.rpartition("}")[2], value)
    return said


def json_form(node: xml.Node) -> str | None:
    """Give the file of the JSON Schema that is the form of a task."""
    properties = Words(xml.SPIFFWORKFLOW, node).one("properties")
    named = {one.get("name"): one.get("value") for one in properties} if properties is not None else {}
    return named.get("formJsonSchemaFilename") or None


def operator_of(operator: xml.Node | None) -> str | None:
    """Give the operation of a service task (`http/GetRequest`), which is the topic of its work here."""
    return (operator.get("id") or xml.text_of(operator) or None) if operator is not None else None


def parameters(node: xml.Node) -> tuple[Assignment, ...] | None:
    """Read the parameters of a service task's operation; each value is an expression."""
    found = [child for one in xml.extension_elements(node) for child in one.iter(f"{{{xml.SPIFFWORKFLOW}}}parameter")]
    made = [Assignment(target=one.get("id") or "", text=(one.get("value") or "").strip() or "None") for one in found]
    return tuple(made) or None


def instructions(node: xml.Node) -> str:
    """Give what a person is told who does a task."""
    return values(node).get("instructionsForEndUser", "")
