"""What other tools write: kept untouched, inert where unknown, refused where ignoring it would change the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bpmn import xml
from bpmn.checks.base import check, found, noted
from bpmn.checks.foreign_words import CHANGES_THE_RUN, HARMLESS_VALUES, READ
from bpmn.extensions import parts_of
from bpmn.extensions.words import Words
from bpmn.model import BPMN, MOTCUA
from bpmn.xml import Node, local, namespace
from findings import Finding

DRAWING = (
    "http://www.omg.org/spec/BPMN/",
    "http://www.omg.org/spec/DD/",
    "http://www.w3.org/",
    "http://bpmn.io/schema/",
    xml.MODELER,
)
"""Namespaces that say nothing about the run: drawing, colours, schema instances, the modeler's own notes."""


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
    """Refuse form keys that name no form of a bundle (embedded HTML, addresses), and forms kept by another system."""
    for node in xml.flow_nodes(process_xml):
        key = (parts_of(node).form or "").strip()
        if ":" in key:
            yield found(
                "form-key",
                node,
                f"formKey “{key[:120]}” không phải biểu mẫu trong bộ tệp. Hãy tạo tệp .form và ghi motcua:form.",
                f"The formKey “{key[:120]}” is no form of the bundle. Make a .form file and set motcua:form.",
            )
        definition = Words(xml.ZEEBE, node).one("formDefinition")
        if definition is not None and definition.get("externalReference"):
            yield found(
                "form-key",
                node,
                "externalReference trỏ đến biểu mẫu ngoài máy chủ. Hãy tạo tệp .form và ghi motcua:form.",
                "externalReference names a form outside of this server. Make a .form file and set motcua:form.",
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
    value = node.get(f"{{{space}}}{name}")
    return value is not None and value.strip() in HARMLESS_VALUES.get(name, ())


def _bearer(node: Node) -> Node:
    return next((x for x in (node, *node.iterancestors()) if namespace(x.tag) == BPMN and x.get("id")), node)


def _prefix(node: Node, space: str) -> str:
    prefix = next((prefix for prefix, uri in node.nsmap.items() if uri == space and prefix), "")
    return f"{prefix}:" if prefix else ""
