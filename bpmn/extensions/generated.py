"""Forms written into a diagram: fields of Camunda 7 and Flowable made into form-js schemas, JSON bodies of Camunda 8.

They are forms of the bundle like any other, under a key of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bpmn import xml
from bpmn.extensions.words import Words

MAX_BODY = 500_000
"""Characters of an embedded form's JSON."""
KINDS = {
    "string": "textfield",
    "text": "textarea",
    "long": "number",
    "int": "number",
    "integer": "number",
    "double": "number",
    "boolean": "checkbox",
    "date": "datetime",
    "enum": "select",
}
"""Types of fields, and the component of form-js that takes the same values."""
CONSTRAINTS = {"required", "readonly", "minlength", "maxlength", "min", "max"}
FIELD_SPACES = (
    (xml.CAMUNDA, "formField"),
    (xml.OPERATON, "formField"),
    (xml.ACTIVITI, "formField"),
    (xml.FLOWABLE, "formProperty"),
    (xml.ACTIVITI, "formProperty"),
)


def fields_of(node: xml.Node) -> list[tuple[str, xml.Node]]:
    """Give the form fields that are written into an element, each with its namespace."""
    found = []
    for space, name in FIELD_SPACES:
        words = Words(space, node)
        holders = words.all("formData") if name == "formField" else ()
        written = [field for holder in holders for field in words.inside(holder, name)]
        found += [(space, field) for field in written + words.all(name)]
    return found


def key_of(node: xml.Node) -> str | None:
    """Give the key of the form that is made of an element's fields; None where it has none."""
    if not fields_of(node):
        return None
    process = xml.enclosing_process(node)
    return f"{(process.get('id') if process is not None else None) or 'process'}.{node.get('id') or ''}"


def schema_of(node: xml.Node) -> dict[str, Any]:
    """Make the form-js schema of an element's fields."""
    components = [component(space, field) for space, field in fields_of(node)]
    return {"type": "default", "id": key_of(node), "schemaVersion": 19, "components": components}


def component(space: str, field: xml.Node) -> dict[str, Any]:
    """Make the form-js component of one field."""
    kind, name = (field.get("type") or "string").strip(), field.get("id") or ""
    made: dict[str, Any] = {
        "type": KINDS.get(kind, "textfield"),
        "id": f"Field_{name}",
        "key": field.get("variable") or name,
        "label": field.get("label") or field.get("name") or name,
    }
    if kind in ("long", "int", "integer"):
        made["decimalDigits"] = 0
    if kind == "date":
        made |= {"subtype": "date", "dateLabel": made["label"]}
    if kind == "enum":
        values = [v for v in field if xml.namespace(v.tag) == space and xml.local(v) == "value"]
        made["values"] = [{"value": v.get("id") or "", "label": v.get("name") or v.get("id") or ""} for v in values]
    default = field.get("defaultValue") or field.get("default")
    if default:
        made["defaultValue"] = _value(kind, default.strip())
    limits = dict(constraints(field))
    if limits.pop("readonly", "false") == "true" or field.get("writable") == "false":
        made["readonly"] = True
    validate = _validation(limits)
    if validate:
        made["validate"] = validate
    return made


def constraints(field: xml.Node) -> Iterator[tuple[str, str]]:
    """Walk a field's constraints with their values; one without a value holds."""
    for node in field.iterdescendants():
        if xml.local(node) == "constraint":
            yield node.get("name") or "", (node.get("config") or "true").strip()
    if field.get("required") == "true":
        yield "required", "true"


def problems(node: xml.Node) -> Iterator[tuple[str, str]]:
    """Say in both languages what of an element's fields no generated form can do."""
    for _, field in fields_of(node):
        name = field.get("id") or ""
        kind = (field.get("type") or "string").strip()
        if not name:
            yield "một trường không có mã (id)", "a field has no id"
        if kind not in KINDS:
            yield f"trường “{name}” có kiểu “{kind}”", f"field “{name}” is of type “{kind}”"
        default = field.get("defaultValue") or field.get("default") or field.get("expression") or ""
        if "${" in default or "#{" in default or field.get("expression"):
            yield f"trường “{name}” có giá trị mặc định tính được", f"field “{name}” has a computed default"
        for constraint, value in constraints(field):
            if constraint not in CONSTRAINTS:
                yield (
                    f"trường “{name}” có ràng buộc “{constraint}”",
                    f"field “{name}” has the constraint “{constraint}”",
                )
            elif constraint in ("min", "max", "minlength", "maxlength") and not _is_number(value):
                yield f"ràng buộc của trường “{name}” không phải số", f"a constraint of field “{name}” is no number"


def bodies(process: xml.Node) -> Iterator[tuple[str, Any]]:
    """Walk the forms of Camunda 8 that a process carries: id and form-js schema; None where it cannot be read."""
    for node in Words(xml.ZEEBE, process).all("userTaskForm"):
        yield node.get("id") or "", _json(xml.text_of(node))


def forms_of(process: xml.Node) -> Iterator[tuple[str, Any]]:
    """Walk every form that a process carries: key and schema."""
    yield from bodies(process)
    for node in xml.flow_nodes(process):
        if (key := key_of(node)) is not None:
            yield key, schema_of(node)


def _json(text: str) -> Any:
    if len(text) > MAX_BODY:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii()


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _value(kind: str, text: str) -> Any:
    if kind == "boolean":
        return text.lower() == "true"
    return _number(text) if KINDS.get(kind) == "number" and _is_number(text) else text


def _validation(limits: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, key in (("min", "min"), ("max", "max"), ("minlength", "minLength"), ("maxlength", "maxLength")):
        if name in limits and _is_number(limits[name]):
            found[key] = _number(limits[name])
    if limits.get("required") == "true":
        found["required"] = True
    return found
