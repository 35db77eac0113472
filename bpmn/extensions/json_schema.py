"""SpiffArena's forms, which are JSON Schemas (react-jsonschema-form), as form-js schemas, where they say the same.

Texts, numbers, booleans, dates, choices (also from a variable), lists of choices and nested objects; what else a
schema may say (references, conditions, lists of objects) has no such form.
"""

from __future__ import annotations

from typing import Any

FROM_VARIABLE = "options_from_task_data_var:"
"""How SpiffArena says that the choices are in a variable: a list of `{"value", "label"}`."""
KNOWN = {
    "$schema", "default", "description", "enum", "format", "items", "maxLength", "maximum", "minLength", "minimum",
    "oneOf", "pattern", "properties", "readOnly", "required", "title", "type", "uniqueItems",
}  # fmt: skip
FORMATS: dict[str, dict[str, Any]] = {
    "": {"type": "textfield"},
    "date": {"type": "datetime", "subtype": "date"},
    "date-time": {"type": "datetime", "subtype": "datetime"},
    "email": {"type": "textfield", "validate": {"validationType": "email"}},
}
LIMITS = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minimum": "min",
    "maximum": "max",
    "pattern": "pattern",
}


def is_schema(value: Any) -> bool:
    """Tell whether a JSON value is the schema of a form."""
    return isinstance(value, dict) and value.get("type") == "object" and isinstance(value.get("properties"), dict)


def form_of(schema: dict[str, Any], key: str) -> dict[str, Any] | None:
    """Make the form-js schema of a JSON Schema; None where it says what a form cannot."""
    try:
        return {"type": "default", "id": key, "schemaVersion": 19, "components": _components(schema, "Field")}
    except (_Unknown, KeyError, TypeError, AttributeError, RecursionError):
        return None


class _Unknown(Exception):
    """The schema says what a form cannot."""


def _components(schema: dict[str, Any], prefix: str) -> list[dict[str, Any]]:
    _all_known(schema)
    required = schema.get("required") or []
    return [
        _component(name, said, f"{prefix}_{name}", is_required=name in required)
        for name, said in schema["properties"].items()
    ]


def _all_known(schema: dict[str, Any]) -> None:
    if not set(schema) <= KNOWN:
        raise _Unknown


def _component(name: str, said: dict[str, Any], id_: str, *, is_required: bool) -> dict[str, Any]:
    _all_known(said)
    label = str(said.get("title") or name)
    if said.get("type") == "object":
        inside = _components(said, id_)
        return {"type": "group", "id": id_, "path": name, "label": label, "components": inside}
    made = {"id": id_, "key": name, "label": label, **_kind(said)}
    if made["type"] == "datetime":
        made["dateLabel"] = label
    for source, target in (("description", "description"), ("default", "defaultValue")):
        if source in said:
            made[target] = said[source]
    if said.get("readOnly"):
        made["readonly"] = True
    limits = {target: said[source] for source, target in LIMITS.items() if source in said}
    validate = {**made.pop("validate", {}), **limits, **({"required": True} if is_required else {})}
    return {**made, **({"validate": validate} if validate else {})}


def _kind(said: dict[str, Any]) -> dict[str, Any]:
    if "enum" in said or "oneOf" in said:
        return {"type": "select", **_choices(said)}
    match said.get("type"):
        case "string" if str(said.get("format") or "") in FORMATS:
            return dict(FORMATS[str(said.get("format") or "")])
        case "number":
            return {"type": "number"}
        case "integer":
            return {"type": "number", "decimalDigits": 0}
        case "boolean":
            return {"type": "checkbox"}
        case "array" if said.get("uniqueItems") and "enum" in said["items"]:
            return {"type": "checklist", **_choices(said["items"])}
    raise _Unknown


def _choices(said: dict[str, Any]) -> dict[str, Any]:
    values = said.get("enum")
    if values is None:
        offered = [(one["const"], str(one.get("title") or one["const"])) for one in said["oneOf"]]
        return {"values": [{"value": value, "label": label} for value, label in offered]}
    if len(values) == 1 and isinstance(values[0], str) and values[0].startswith(FROM_VARIABLE):
        return {"valuesKey": values[0].removeprefix(FROM_VARIABLE)}
    if not all(isinstance(one, str) for one in values):
        raise _Unknown
    return {"values": [{"value": one, "label": one} for one in values]}
