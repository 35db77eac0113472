"""What other tools write: kept untouched, inert where we do not know it, refused where ignoring it would change a "
"run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn import xml
from bpmn.checks.base import check, found, noted
from bpmn.extensions.camunda import FORM_KEY
from bpmn.model import BPMN, MOTCUA
from bpmn.xml import Node, local, namespace
from findings import Finding

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FLOWABLE = ("http://flowable.org/bpmn", "http://activiti.org/bpmn")
DRAWING = (
    "http://www.omg.org/spec/BPMN/",
    "http://www.omg.org/spec/DD/",
    "http://www.w3.org/",
    "http://bpmn.io/schema/",
    xml.MODELER,
)
"""Namespaces that say nothing about the run: drawing, colours, schema instances, the modeler's own notes."""

READ = {
    xml.CAMUNDA: {
        "assignee", "candidateGroups", "candidateUsers", "collection", "decisionRef", "dueDate", "elementVariable",
        "followUpDate", "formKey", "formRef", "priority", "versionTag",
    },
    xml.SPIFFWORKFLOW: {
        "assignee", "calledDecisionId", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "formKey",
        "formRef", "priority",
    },
}  # fmt: skip
"""What is read: said nothing about."""

CHANGES_THE_RUN = {
    xml.CAMUNDA: {
        "class": "việc người dùng hoặc thông điệp|a user task or messages",
        "connector": "việc người dùng hoặc thông điệp|a user task or messages",
        "constraint": "tệp .form|a .form file",
        "decisionRefBinding": "bảng quyết định trong cùng bộ tệp|a decision of the same bundle",
        "delegateExpression": "việc người dùng hoặc thông điệp|a user task or messages",
        "errorEventDefinition": "sự kiện biên lỗi|an error boundary event",
        "executionListener": "việc kịch bản|a script task",
        "expression": "việc kịch bản|a script task",
        "formData": "tệp .form (form-js)|a .form file (form-js)",
        "in": "biến cùng tên: quy trình được gọi thấy mọi biến|variables of the same name: a called process gets "
        "them all",
        "inputOutput": "việc kịch bản gán biến|a script task that assigns variables",
        "mapDecisionResult": "motcua:resultVariable|motcua:resultVariable",
        "out": "biến cùng tên: mọi biến được trả về|variables of the same name: all are given back",
        "resultVariable": "kịch bản gán thẳng biến đó|a script that assigns that variable",
        "resource": "kịch bản viết ngay trong việc|a script written in the task",
        "type": "việc người dùng hoặc thông điệp|a user task or messages",
        "taskListener": "việc kịch bản trước hoặc sau việc này|a script task before or behind it",
        "variableMappingClass": "biến cùng tên|variables of the same name",
        "variableMappingDelegateExpression": "biến cùng tên|variables of the same name",
    },
    ZEEBE: {
        "adHoc": "quy trình con thường|an ordinary sub-process",
        "assignmentDefinition": "motcua:candidateGroups|motcua:candidateGroups",
        "calledDecision": "motcua:decision|motcua:decision",
        "calledElement": "calledElement|calledElement",
        "executionListeners": "việc kịch bản|a script task",
        "formDefinition": "motcua:form|motcua:form",
        "ioMapping": "việc kịch bản gán biến|a script task that assigns variables",
        "loopCharacteristics": "loopDataInputRef|loopDataInputRef",
        "priorityDefinition": "motcua:priority|motcua:priority",
        "script": "kịch bản Python|a Python script",
        "subscription": "tên thông điệp riêng|a message name of its own",
        "taskDefinition": "việc người dùng hoặc thông điệp|a user task or messages",
        "taskListeners": "việc kịch bản|a script task",
        "taskSchedule": "motcua:dueDate|motcua:dueDate",
        "userTaskForm": "tệp .form|a .form file",
    },
    xml.SPIFFWORKFLOW: {
        "messagePayload": "việc kịch bản trước đó (mọi biến đều được gửi)|a script before it (all variables are sent)",
        "messageVariable": "các biến trong thông điệp|the variables in the message",
        "postScript": "việc kịch bản phía sau|a script task behind it",
        "preScript": "việc kịch bản phía trước|a script task before it",
        "variableName": "tên trường của biểu mẫu|the keys of the form's fields",
        "serviceTaskOperator": "việc người dùng hoặc thông điệp|a user task or messages",
    },
}
"""What ignoring would change: the wanted way out, as “tiếng Việt|English”."""
for _other in FLOWABLE:
    CHANGES_THE_RUN[_other] = dict.fromkeys(
        (
            "assignee", "candidateGroups", "candidateUsers", "class", "collection", "delegateExpression", "dueDate",
            "elementVariable", "executionListener", "expression", "field", "formKey", "formProperty", "in", "out",
            "priority", "skipExpression", "taskListener", "type", "variableAggregation",
        ),
        "thuộc tính motcua: hoặc camunda: cùng nghĩa|the motcua: or camunda: attribute of the same meaning",
    )  # fmt: skip


@check
def extensions(process_xml: Node) -> Iterable[Finding]:
    """Refuse foreign extensions that change the run, and name the others once per element as kept and inert."""
    inert: dict[tuple[str, str], tuple[Node, list[str]]] = {}
    for node, space, name in _foreign(process_xml):
        instead = CHANGES_THE_RUN.get(space, {}).get(name)
        if instead and not _harmless(node, space, name):
            vi, en = instead.split("|")
            yield found(
                "extension-not-run",
                node,
                f"“{_prefix(node, space)}{name}” không được thực hiện. Hãy dùng {vi}.",
                f"“{_prefix(node, space)}{name}” is not carried out. Use {en}.",
            )
        elif name not in READ.get(space, ()):
            key = ((_bearer(node).get("id") or ""), space)
            inert.setdefault(key, (node, []))[1].append(name)
    for (_, space), (node, names) in inert.items():
        shown = ", ".join(f"{_prefix(node, space)}{name}" for name in dict.fromkeys(names))[:300]
        yield noted("extension-inert", node, f"Được giữ nguyên, không có tác dụng: {shown}.", f"Kept, inert: {shown}.")


@check
def form_keys(process_xml: Node) -> Iterable[Finding]:
    """Refuse form keys that name no form of a bundle (embedded HTML, addresses)."""
    for node in xml.flow_nodes(process_xml):
        key = (node.get(f"{{{xml.CAMUNDA}}}formKey") or "").strip()
        if key and ":" in key and not FORM_KEY.fullmatch(key):
            yield found(
                "form-key",
                node,
                f"formKey “{key[:120]}” không phải biểu mẫu trong bộ tệp. Hãy tạo tệp .form và ghi motcua:form.",
                f"The formKey “{key[:120]}” is no form of the bundle. Make a .form file and set motcua:form.",
            )


def _foreign(process_xml: Node) -> Iterator[tuple[Node, str, str]]:
    """Walk the foreign attributes, and the outermost foreign elements with their attributes left alone."""
    for node in (process_xml, *process_xml.iterdescendants()):
        space = namespace(node.tag)
        if space == BPMN:
            for name in node.attrib:
                if _is_foreign(namespace(name)):
                    yield node, namespace(name), name.rpartition("}")[2]
        elif _is_foreign(space):
            parent = node.getparent()
            if parent is not None and namespace(parent.tag) == BPMN:
                yield node, space, local(node)


def _is_foreign(space: str) -> bool:
    return bool(space) and space != MOTCUA and not space.startswith(DRAWING)


def _harmless(node: Node, space: str, name: str) -> bool:
    """Tell whether ignoring this one changes nothing after all."""
    if space == xml.CAMUNDA and name in ("in", "out"):
        return node.get("variables") == "all" or node.get("businessKey") is not None
    if name == "resultVariable":
        return local(node) == "businessRuleTask"
    if name == "decisionRefBinding":
        return node.get(f"{{{space}}}{name}") in ("latest", "deployment")
    return False


def _bearer(node: Node) -> Node:
    return next((x for x in (node, *node.iterancestors()) if namespace(x.tag) == BPMN and x.get("id")), node)


def _prefix(node: Node, space: str) -> str:
    prefix = next((prefix for prefix, uri in node.nsmap.items() if uri == space and prefix), "")
    return f"{prefix}:" if prefix else ""
