"""The `camunda:` namespace of Camunda 7 (camunda-bpmn-moddle), and Operaton's, which says the same."""

from __future__ import annotations

import re

from bpmn import xml
from bpmn.extensions import activiti, generated
from bpmn.extensions.parts import Assignment, Call, Each, Parts, listed, whole
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import Words, first_of, joined, template

FORM_KEY = re.compile(r"camunda-forms:(?:deployment|app):(?:.*/)?([^/]+)")
"""`camunda-forms:deployment:x.form`: the form x.form of the same bundle."""
BINDINGS = {"deployment": "deployment", "latest": "latest", "version": "version", "versionTag": "version_tag"}
SPACES = (xml.CAMUNDA, xml.OPERATON, xml.ACTIVITI)
"""Camunda's first modeler wrote the namespace of Activiti under the prefix `camunda`."""


def attribute(name: str) -> str:
    """Give the qualified name of a `camunda:` attribute."""
    return f"{{{xml.CAMUNDA}}}{name}"


def read(node: xml.Node, space: str) -> Parts:
    """Read what Camunda 7 says of a flow node in one of its namespaces."""
    words = Words(space, node)
    work = activiti.work_of(node, space)
    holder = Words(space, activiti.holder_of(node))
    definition = Words(space, first_of(node, "errorEventDefinition", "escalationEventDefinition"))
    fields = activiti.fields(holder) if work.java else ()
    inputs = (*(activiti.parameters(words, "inputParameter") or ()), *fields)
    script = words.get("scriptFormat") or node.get("scriptFormat")
    return Parts(
        form=form_of(words) or generated.key_of(node),
        candidate_groups=listed(words.get("candidateGroups")),
        candidate_users=listed(words.get("candidateUsers")),
        assignee=template(words.get("assignee")),
        due=template(words.get("dueDate")),
        follow_up=template(words.get("followUpDate")),
        priority=whole(words.get("priority")),
        priority_text=expression_of(words.get("priority") or words.get("taskPriority")),
        initiator=words.get("initiator"),
        decision=words.get("decisionRef"),
        decision_result=decision_result(words),
        decision_binding=binding(words, "decisionRef"),
        result_variable=words.get("resultVariable") or None,
        topic=work.topic,
        expression=work.expression,
        retries=retries(words),
        inputs=inputs or None,
        outputs=activiti.parameters(words, "outputParameter"),
        call=call(node, words),
        each=activiti.each(node, space),
        payload=activiti.signalled(node, space),
        script=activiti.task_script(node, script),
        pre_script=joined(activiti.before(words)),
        post_script=joined(activiti.behind(words)),
        code_variable=definition.get("errorCodeVariable") or definition.get("escalationCodeVariable"),
        message_variable=definition.get("errorMessageVariable"),
    )


def form_of(words: Words) -> str | None:
    """Give the form that a formKey or a formRef means: a file of the bundle or a form's id."""
    key, reference = words.get("formKey"), words.get("formRef")
    if reference:
        return reference
    match = FORM_KEY.fullmatch(key or "")
    return match[1] if match else key


def expression_of(text: str | None) -> str | None:
    """Give a text that has `${…}` parts; None for others."""
    return template(text) if text and ("${" in text or "#{" in text) else None


def retries(words: Words) -> str | None:
    """Read `failedJobRetryTimeCycle`."""
    node = words.one("failedJobRetryTimeCycle")
    return (xml.text_of(node) if node is not None else words.get("failedJobRetryTimeCycle")) or None


def binding(words: Words, name: str) -> tuple[str, str] | None:
    """Read `…Binding` with `…Version` or `…VersionTag`."""
    kind = BINDINGS.get(words.get(f"{name}Binding") or "")
    if kind is None:
        return None
    wanted = words.get(f"{name}Version") if kind == "version" else words.get(f"{name}VersionTag")
    return kind, (wanted or "") if kind.startswith("version") else ""


def decision_result(words: Words) -> str | None:
    """Read how a decision's result is kept; Camunda 7 keeps a list of rows, and only in a result variable."""
    if not words.get("decisionRef"):
        return None
    if not words.get("resultVariable"):
        return None if platform_of(words.nodes[0]) is Platform.ANY else "none"
    said = words.get("mapDecisionResult")
    return said or (None if platform_of(words.nodes[0]) is Platform.ANY else "resultList")


def call(node: xml.Node, words: Words) -> Call | None:
    """Read how a call activity finds its process; nothing goes in or out but what `in` and `out` say."""
    if xml.local(node) != "callActivity":
        return None
    ins, outs = words.all("in"), words.all("out")
    bound = binding(words, "calledElement")
    is_camunda = platform_of(node) is Platform.CAMUNDA_7
    if not (ins or outs or bound or is_camunda):
        return None
    kind, wanted = bound or ("latest" if is_camunda else "", "")
    return Call(
        binding=kind,
        wanted=wanted,
        inputs=mappings(ins),
        outputs=mappings(outs),
        all_in=takes_all(ins, local=False) if ins or is_camunda else None,
        all_out=takes_all(outs) if outs or is_camunda else None,
        locals_in=takes_all(ins, local=True),
    )


def takes_all(nodes: list[xml.Node], *, local: bool | None = None) -> bool:
    """Tell whether an `in` or `out` maps all variables (only the activity's own, or not only those)."""
    return any(node.get("variables") == "all" and local in (None, node.get("local") == "true") for node in nodes)


def mappings(nodes: list[xml.Node]) -> tuple[Assignment, ...]:
    """Read the `in` or `out` elements that map one variable each."""
    return tuple(found for node in nodes if (found := activiti.mapping(node)) is not None)


def each(node: xml.Node) -> Each | None:
    """Read `camunda:collection` and `camunda:elementVariable`."""
    return activiti.each(node, xml.CAMUNDA)


def version_tag(process: xml.Node) -> str:
    """Give `camunda:versionTag`."""
    return next((tag for space in SPACES if (tag := process.get(f"{{{space}}}versionTag"))), "")
