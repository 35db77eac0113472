"""The `camunda:` namespace of Camunda 7 (camunda-bpmn-moddle), as far as it means the same here."""

from __future__ import annotations

import re

from bpmn import xml
from bpmn.extensions.parts import Parts, listed, whole

FORM_KEY = re.compile(r"camunda-forms:(?:deployment|app):(?:.*/)?([^/]+)")
"""`camunda-forms:deployment:x.form`: the form x.form of the same bundle."""


def attribute(name: str) -> str:
    """Give the qualified name of a `camunda:` attribute."""
    return f"{{{xml.CAMUNDA}}}{name}"


def read(node: xml.Node) -> Parts:
    """Read the `camunda:` attributes of a flow node."""

    def get(name: str) -> str | None:
        return node.get(attribute(name))

    return Parts(
        form=form_of(get("formKey"), get("formRef")),
        candidate_groups=listed(get("candidateGroups")),
        candidate_users=listed(get("candidateUsers")),
        assignee=get("assignee"),
        due=get("dueDate"),
        follow_up=get("followUpDate"),
        priority=whole(get("priority")),
        decision=get("decisionRef"),
        result_variable=get("resultVariable"),
    )


def form_of(key: str | None, reference: str | None) -> str | None:
    """Give the form that a formKey or a formRef means: a file of the bundle or a form's id."""
    if reference:
        return reference
    match = FORM_KEY.fullmatch(key or "")
    return match[1] if match else key


def version_tag(process: xml.Node) -> str:
    """Give `camunda:versionTag`."""
    return process.get(attribute("versionTag")) or ""
