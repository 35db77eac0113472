"""Our own vocabulary, held against its descriptor: a misspelt attribute or value must not count as absent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bpmn import retries, xml
from bpmn.checks.base import check, found
from bpmn.extensions.descriptor import Property, Type, added_to, descriptor
from bpmn.extensions.motcua import money, national_status, step_limit
from bpmn.extensions.parts import flag, listed, whole
from bpmn.model import MOTCUA
from bpmn.xml import Node, local, own
from findings import Finding

CODES = frozenset(
    {"id", "code", "fieldCode", "agencyCode", "unit", "case", "form", "fee", "document", "decision", "number", "topic"}
)
"""Attributes by which things are looked up."""
MAX_CODE, MAX_TEXT = 200, 4000
"""Signs of a code, and of any other value."""
FORMS = {
    "long": (
        f"tối đa {MAX_CODE} ký tự với mã, {MAX_TEXT} với chữ",
        f"at most {MAX_CODE} signs in a code, {MAX_TEXT} in a text",
    ),
    "limit": ("ví dụ “10 working_days”, “8 working_hours”", "such as “10 working_days” or “8 working_hours”"),
    "national_status": ("số từ 1 đến 10", "a number from 1 to 10"),
    "money": ("số đồng nguyên, ví dụ 500000", "a whole number of đồng such as 500000"),
    "retries": ("số lần, ví dụ “3”, hoặc “R3/PT5M”", "a number of tries such as “3”, or “R3/PT5M”"),
    "date": ("ngày dạng 2026-01-31", "a date such as 2026-01-31"),
    "name": ("tên biến: chữ cái, số, gạch dưới", "a variable's name: letters, digits, underscores"),
    "Integer": ("số nguyên", "a whole number"),
    "Boolean": ("true hoặc false", "true or false"),
}


@check
def vocabulary(process_xml: Node) -> Iterable[Finding]:
    """Refuse attributes and elements of ours that do not exist, stand in the wrong place or have a wrong value."""
    for node in (process_xml, *process_xml.iterdescendants()):
        if xml.namespace(node.tag) == MOTCUA:
            yield from _element(node)
        else:
            yield from _attributes(node)


def _attributes(node: Node) -> Iterable[Finding]:
    """Check what ours adds to an element of BPMN."""
    known = added_to(local(node))
    for name, value in node.attrib.items():
        if xml.namespace(name) != MOTCUA:
            continue
        property_ = known.get(name.rpartition("}")[2])
        if property_ is None:
            yield _unknown_attribute(node, name.rpartition("}")[2], known)
        else:
            yield from _value(node, property_, value)


def _element(node: Node) -> Iterable[Finding]:
    """Check an element of ours: its place, its attributes, what it must have."""
    type_ = descriptor().element(local(node))
    if type_ is None or not _in_place(node, type_):
        yield found(
            "motcua-element",
            node,
            f"<motcua:{local(node)}> không có nghĩa ở đây. Hãy xem lại tên và chỗ đặt của nó.",
            f"<motcua:{local(node)}> means nothing here. Look at its name and its place again.",
        )
        return
    known = {property_.name: property_ for property_ in type_.attributes}
    for name, value in node.attrib.items():
        bare = name.removeprefix(own(""))
        if bare not in known or name != bare:
            yield _unknown_attribute(node, bare, known)
        else:
            yield from _value(node, known[bare], value)
    for property_ in type_.attributes:
        if property_.required and not (node.get(property_.name) or "").strip():
            yield found(
                "motcua-missing",
                node,
                f"<motcua:{local(node)}> thiếu {property_.name}.",
                f"<motcua:{local(node)}> has no {property_.name}.",
            )


def _in_place(node: Node, type_: Type) -> bool:
    parent = node.getparent()
    if parent is None:
        return False
    if xml.namespace(parent.tag) == MOTCUA:
        above = descriptor().element(local(parent))
        return above is not None and type_.name in above.children
    bearer = parent.getparent() if local(parent) == "extensionElements" else None
    if bearer is None:
        return False
    allowed = {name[:1].lower() + name[1:] for name in type_.allowed_in}
    return local(bearer) in allowed or ("flowNode" in allowed and local(bearer) in xml.FLOW_NODES)


def _unknown_attribute(node: Node, name: str, known: Iterable[str]) -> Finding:
    return found(
        "motcua-attribute",
        node,
        f"motcua:{name} không có nghĩa ở đây. Có thể dùng: {', '.join(sorted(known)) or 'không thuộc tính nào'}.",
        f"motcua:{name} means nothing here. Possible are: {', '.join(sorted(known)) or 'none'}.",
    )


def _value(node: Node, property_: Property, value: str) -> Iterable[Finding]:
    if len(value) > (MAX_CODE if property_.name in CODES else MAX_TEXT):
        yield _wrong_value(node, property_, value, FORMS["long"])
        return
    choices = descriptor().enumerations.get(property_.list_of or property_.type)
    given = listed(value) or () if property_.list_of else (value,)
    if choices is not None and (wrong := [one for one in given if one not in choices]):
        yield _wrong_value(node, property_, wrong[0], (" | ".join(sorted(choices)),) * 2)
    elif choices is None and not _fits(property_, value):
        yield _wrong_value(node, property_, value, FORMS.get(property_.format) or FORMS[property_.type])


def _wrong_value(node: Node, property_: Property, value: str, wanted: tuple[str, str]) -> Finding:
    return found(
        "motcua-value",
        node,
        f"{property_.name}=“{value[:80]}” không đọc được. Cần: {wanted[0]}.",
        f"{property_.name}=“{value[:80]}” cannot be read. Write: {wanted[1]}.",
    )


def _fits(property_: Property, value: str) -> bool:
    match property_.format or property_.type:
        case "limit":
            return step_limit(value) is not None
        case "national_status":
            return national_status(value) is not None
        case "money":
            return money(value) is not None
        case "retries":
            return value.strip().startswith(("=", "${", "#{")) or retries.read(value) is not None
        case "date":
            return _is_date(value)
        case "name":
            return re.fullmatch(r"[^\W\d]\w{0,99}", value) is not None
        case "Integer":
            return (number := whole(value)) is not None and number >= 0
        case "Boolean":
            return flag(value) is not None
        case _:
            return True


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value.strip()).year > 1900
    except ValueError:
        return False
