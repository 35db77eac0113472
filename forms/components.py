"""How each component type is read from its schema; what is missing gets form-js' own defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from forms import model, reading, values
from forms.model import Component, Kind, Offset, Option, Subtype
from texts import Text

Schema: TypeAlias = Mapping[str, Any]

_SUBTYPES = {str(x): x for x in Subtype}
_OFFSETS = {str(x): x for x in Offset}


def _common(schema: Schema, kind: Kind, label: Text | None = None) -> dict[str, Any]:
    layout = reading.mapping(schema.get("layout"))
    return {
        "kind": kind,
        "label": label if label is not None else reading.both(schema, "label"),
        "help": reading.both(schema, "description"),
        "hide": reading.feel(reading.mapping(schema.get("conditional")).get("hide")),
        "row": reading.text(layout.get("row")),
        "columns": reading.whole(layout.get("columns"), 0, least=0, most=16),
    }


def _field(schema: Schema, kind: Kind, label: Text | None = None) -> dict[str, Any]:
    readonly = reading.feel(schema.get("readonly"))
    common = _common(schema, kind, label)
    if not common["label"]:
        common["label"] = Text(reading.text(schema.get("key")), "")
    return common | {
        "path": reading.path(schema.get("key")),
        "required": reading.flag(_validate(schema).get("required")),
        "disabled": reading.flag(schema.get("disabled")),
        "readonly": readonly if readonly is not None else reading.flag(schema.get("readonly")),
        "default": schema.get("defaultValue"),
    }


def _validate(schema: Schema) -> Schema:
    return reading.mapping(schema.get("validate"))


def _property(schema: Schema, name: str) -> str:
    return reading.text(reading.mapping(schema.get("properties")).get(name))


def _adorners(schema: Schema) -> dict[str, Any]:
    appearance, properties = reading.mapping(schema.get("appearance")), reading.mapping(schema.get("properties"))
    return {
        name: Text(reading.text(appearance.get(f"{name}Adorner")), reading.text(properties.get(f"{name}AdornerEn")))
        for name in ("prefix", "suffix")
    }


def _text_input(schema: Schema, kind: Kind, id: str) -> model.TextInput:
    validate = _validate(schema)
    type_ = reading.text(validate.get("validationType"))
    return model.TextInput(
        id=id,
        **_field(schema, kind),
        **_adorners(schema),
        min_length=reading.bound(validate.get("minLength")),
        max_length=reading.bound(validate.get("maxLength")),
        pattern=reading.text(validate.get("pattern")),
        pattern_message=Text(
            reading.text(validate.get("patternErrorMessage")), _property(schema, "patternErrorMessageEn")
        ),
        validation=type_ if type_ in ("email", "phone") else "",
        autocomplete=_property(schema, "autocomplete") or {"email": "email", "phone": "tel"}.get(type_, ""),
        inputmode=_property(schema, "inputmode") or {"email": "email", "phone": "tel"}.get(type_, ""),
    )


def _textfield(schema: Schema, *, id: str) -> Component:
    return _text_input(schema, Kind.TEXTFIELD, id)


def _textarea(schema: Schema, *, id: str) -> Component:
    return _text_input(schema, Kind.TEXTAREA, id)


def _number(schema: Schema, *, id: str) -> Component:
    validate, digits = _validate(schema), schema.get("decimalDigits")
    increment = reading.decimal(schema.get("increment"))
    return model.NumberInput(
        id=id,
        **_field(schema, Kind.NUMBER),
        **_adorners(schema),
        minimum=reading.bound(validate.get("min")),
        maximum=reading.bound(validate.get("max")),
        decimal_digits=None if digits is None else reading.whole(digits, 0, least=0, most=30),
        increment=increment if increment is not None and increment > 0 else None,
        as_text=reading.flag(schema.get("serializeToString")),
        autocomplete=_property(schema, "autocomplete"),
    )


def _datetime(schema: Schema, *, id: str) -> Component:
    subtype, offset = reading.text(schema.get("subtype")), reading.text(schema.get("timeSerializingFormat"))
    label = reading.both(schema, "label")
    label = label or reading.both(schema, "dateLabel") or reading.both(schema, "timeLabel")
    return model.DateInput(
        id=id,
        **_field(schema, Kind.DATETIME, label),
        subtype=_SUBTYPES.get(subtype, Subtype.DATE),
        offset=_OFFSETS.get(offset, Offset.NONE),
        not_past=reading.flag(schema.get("disallowPassedDates")),
        interval=reading.whole(schema.get("timeInterval"), 0, least=0, most=720),
        autocomplete=_property(schema, "autocomplete"),
    )


def _checkbox(schema: Schema, *, id: str) -> Component:
    return model.Checkbox(id=id, **_field(schema, Kind.CHECKBOX))


def option(schema: object) -> Option | None:
    """Read an option as form-js does: a primitive is its own label; one without a usable value is left out."""
    if _primitive(schema):
        return Option(schema, Text(_as_label(schema), ""))
    if not isinstance(schema, dict):
        return None
    value, label = schema.get("value"), reading.both(schema, "label")
    if not label.vi and _primitive(value):
        label = Text(_as_label(value), label.en)
    if not label.vi or not (_primitive(value) or (isinstance(value, dict | list) and value)):
        return None
    return Option(value, label, reading.both(schema, "description"))


def _primitive(value: object) -> bool:
    return values.is_finite(value) if isinstance(value, bool | int | float) else isinstance(value, str) and value != ""


def _as_label(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else reading.text(str(value))


def _choice(schema: Schema, kind: Kind, id: str, *, multiple: bool) -> model.Choice:
    key, listed = schema.get("valuesKey"), schema.get("values")
    options = (option(value) for value in reading.items(listed))
    return model.Choice(
        id=id,
        **_field(schema, kind),
        multiple=multiple,
        options=tuple(x for x in options if x is not None),
        values_key=reading.text(key),
        values_expression=reading.feel(schema.get("valuesExpression")) if key is None and listed is None else None,
    )


def _radio(schema: Schema, *, id: str) -> Component:
    return _choice(schema, Kind.RADIO, id, multiple=False)


def _select(schema: Schema, *, id: str) -> Component:
    return _choice(schema, Kind.SELECT, id, multiple=False)


def _checklist(schema: Schema, *, id: str) -> Component:
    return _choice(schema, Kind.CHECKLIST, id, multiple=True)


def _taglist(schema: Schema, *, id: str) -> Component:
    return _choice(schema, Kind.TAGLIST, id, multiple=True)


def _filepicker(schema: Schema, *, id: str) -> Component:
    multiple = reading.feel(schema.get("multiple"))
    return model.FileInput(
        id=id,
        **_field(schema, Kind.FILEPICKER),
        multiple=multiple if multiple is not None else reading.flag(schema.get("multiple")),
        accept=reading.text(schema.get("accept")),
    )


def _expression(schema: Schema, *, id: str) -> Component:
    common = _field(schema, Kind.EXPRESSION, reading.both(schema, "label"))
    return model.Computed(id=id, **common, expression=reading.feel(schema.get("expression")))


def _note(schema: Schema, *, id: str) -> Component:
    kind = Kind(schema["type"])
    content = reading.both(schema, "content" if kind is Kind.HTML else "text")
    return model.Note(id=id, **_common(schema, kind), content=content)


def _container(schema: Schema, kind: Kind) -> dict[str, Any]:
    return _common(schema, kind) | {
        "path": reading.path(schema.get("path")),
        "outline": reading.flag(schema.get("showOutline"), True),
    }


def _group(schema: Schema, *, id: str, components: tuple[Component, ...]) -> Component:
    return model.Container(id=id, **_container(schema, Kind.GROUP), components=components)


def _dynamiclist(schema: Schema, *, id: str, components: tuple[Component, ...]) -> Component:
    common = _container(schema, Kind.DYNAMICLIST)
    if not reading.flag(schema.get("isRepeating"), True):
        return model.Container(id=id, **common, components=components)
    return model.Repeated(
        id=id,
        **common,
        components=components,
        add_remove=reading.flag(schema.get("allowAddRemove"), True),
        repetitions=reading.whole(schema.get("defaultRepetitions"), 1, least=0, most=100),
        max_rows=reading.whole(_property(schema, "maxRows"), 100, least=1, most=500),
    )


BUILDERS: dict[Kind, Callable[..., Component]] = {
    Kind.TEXTFIELD: _textfield,
    Kind.TEXTAREA: _textarea,
    Kind.NUMBER: _number,
    Kind.DATETIME: _datetime,
    Kind.CHECKBOX: _checkbox,
    Kind.RADIO: _radio,
    Kind.SELECT: _select,
    Kind.CHECKLIST: _checklist,
    Kind.TAGLIST: _taglist,
    Kind.FILEPICKER: _filepicker,
    Kind.EXPRESSION: _expression,
    Kind.TEXT: _note,
    Kind.HTML: _note,
    Kind.SEPARATOR: _note,
    Kind.SPACER: _note,
    Kind.GROUP: _group,
    Kind.DYNAMICLIST: _dynamiclist,
}
