"""The `spiffworkflow:` namespace of SpiffArena: elements in extensionElements whose text is the value."""

from __future__ import annotations

from bpmn import xml
from bpmn.extensions.parts import Parts, listed, whole


def read(node: xml.Node) -> Parts:
    """Read the `spiffworkflow:` extension elements (or attributes of the same name) of a flow node."""
    said: dict[str, str] = {}
    for child in xml.extension_elements(node):
        if xml.namespace(child.tag) == xml.SPIFFWORKFLOW:
            said.setdefault(xml.local(child), xml.text_of(child))
    for name, value in node.attrib.items():
        if xml.namespace(name) == xml.SPIFFWORKFLOW:
            said.setdefault(name.rpartition("}")[2], value)

    return Parts(
        form=said.get("formRef") or said.get("formKey"),
        candidate_groups=listed(said.get("candidateGroups")),
        candidate_users=listed(said.get("candidateUsers")),
        assignee=said.get("assignee"),
        due=said.get("dueDate"),
        follow_up=said.get("followUpDate"),
        priority=whole(said.get("priority")),
        decision=said.get("calledDecisionId"),
    )
