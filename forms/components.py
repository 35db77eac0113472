"""How each component type is read from its schema; what is missing gets form-js' own defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from forms import frames, images, model, previews, reading, tables, values
from forms.model import Component, Kind, Offset, Option, Subtype
from forms.validators import VALIDATORS
from texts import Text

Schema: TypeAlias = Mapping[str, Any]

_SUBTYPES = {str(x): x for x in Subtype}
_OFFSETS = {str(x): x for x in Offset}
INTERVALS = (1, 5, 10, 15, 30, 60)
"""Minutes between two times on offer; anything else counts as 15, as in form-js."""
SPACE = 60
_ALIGNMENTS = ("start", "center", "end")


def _field(schema: Schema, kind: Kind, label: Text | None = None) -> dict[str, Any]:
    readonly = reading.feel(schema.get("readonly"))
    common = reading.common(schema, kind, label)
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


def _adorners(schema: Schema) -> dict[str, Any]:
    appearance, properties = reading.mapping(schema.get("appearance")), reading.mapping(schema.get("properties"))
    return {
        name: Text(reading.text(appearance.get(f"{name}Adorner")), reading.text(properties.get(f"{name}AdornerEn")))
        for name in ("prefix", "suffix")
    }


def _text_input(schema: Schema, kind: Kind, id: str) -> model.TextInput:
    validate = _validate(schema)
    type_ = reading.text(validate.get("validationType"))
    usual = {"email": "email", "phone": "tel"}.get(type_, "")
    name = reading.own(schema, "validator") if kind is Kind.TEXTFIELD else ""
    rule = VALIDATORS.get(name)
    return model.TextInput(
        id=id,
        **_field(schema, kind),
        **_adorners(schema),
        min_length=reading.bound(validate.get("minLength")),
        max_length=reading.bound(validate.get("maxLength")),
        pattern=reading.text(validate.get("pattern")),
        pattern_message=Text(
            reading.text(validate.get("patternErrorMessage")), reading.own(schema, "patternErrorMessageEn")
        ),
        validation=type_ if type_ in ("email", "phone") else "",
        validator=name if rule else "",
        autocomplete=reading.own(schema, "autocomplete") or (rule.autocomplete if rule else usual),
        inputmode=reading.own(schema, "inputmode") or (rule.inputmode if rule else usual),
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
        thousands=reading.own(schema, "thousands") == "yes",
        autocomplete=reading.own(schema, "autocomplete"),
    )


def _datetime(schema: Schema, *, id: str) -> Component:
    subtype, offset = reading.text(schema.get("subtype")), reading.text(schema.get("timeSerializingFormat"))
    both = {name: reading.both(schema, f"{name}Label") for name in ("date", "time")}
    kind = _SUBTYPES.get(subtype, Subtype.DATE)
    interval = reading.whole(schema.get("timeInterval"), 0, least=0, most=60)
    return model.DateInput(
        id=id,
        **_field(schema, Kind.DATETIME, reading.both(schema, "label") or _moment_label(kind, both)),
        date_label=both["date"],
        time_label=both["time"],
        subtype=kind,
        offset=_OFFSETS.get(offset, Offset.NONE),
        not_past=reading.flag(schema.get("disallowPassedDates")),
        interval=interval if interval in INTERVALS else INTERVALS[3],
        use24h=reading.flag(schema.get("use24h")),
        autocomplete=reading.own(schema, "autocomplete"),
    )


def _moment_label(subtype: Subtype, labels: Mapping[str, Text]) -> Text:
    """Name a date and time without a label of its own by the labels of its parts."""
    first, then = labels["date"], labels["time"]
    if subtype is Subtype.DATETIME and first and then:
        return Text(f"{first.vi}, {then.vi}", f"{first.in_('en')}, {then.in_('en')}" if first.en or then.en else "")
    return (then or first) if subtype is Subtype.TIME else (first or then)


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
    if not label.vi or not (_primitive(value) or (isinstance(value, dict) and value)):
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
        searchable=reading.flag(schema.get("searchable")),
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
    at_submit = schema.get("computeOn") == "presubmit"
    return model.Computed(id=id, **common, expression=reading.feel(schema.get("expression")), at_submit=at_submit)


def _note(schema: Schema, *, id: str) -> Component:
    kind = Kind(schema["type"])
    content = reading.both(schema, "content" if kind is Kind.HTML else "text")
    height = reading.whole(schema.get("height"), SPACE, least=1, most=2000)
    return model.Note(id=id, **reading.common(schema, kind), content=content, height=height)


def _button(schema: Schema, *, id: str) -> Component:
    action = "reset" if schema.get("action") == "reset" else "submit"
    return model.Button(id=id, **reading.common(schema, Kind.BUTTON), action=action)


def _container(schema: Schema, kind: Kind) -> dict[str, Any]:
    align = reading.text(schema.get("verticalAlignment"))
    return reading.common(schema, kind) | {
        "path": reading.path(schema.get("path")),
        "outline": reading.flag(schema.get("showOutline"), True),
        "align": align if align in _ALIGNMENTS else _ALIGNMENTS[0],
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
        max_rows=reading.whole(reading.own(schema, "maxRows"), 100, least=1, most=500),
        unfolded=0 if reading.flag(schema.get("disableCollapse")) else _unfolded(schema),
    )


def _unfolded(schema: Schema) -> int:
    return reading.whole(schema.get("nonCollapsedItems"), 0, least=0, most=500) or 5


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
    Kind.IMAGE: images.read,
    Kind.TABLE: tables.read,
    Kind.IFRAME: frames.read,
    Kind.DOCUMENT_PREVIEW: previews.read,
    Kind.BUTTON: _button,
    Kind.GROUP: _group,
    Kind.DYNAMICLIST: _dynamiclist,
}

KEYLESS = frozenset(
    {
        Kind.TEXT,
        Kind.HTML,
        Kind.SEPARATOR,
        Kind.SPACER,
        Kind.IMAGE,
        Kind.TABLE,
        Kind.IFRAME,
        Kind.DOCUMENT_PREVIEW,
        Kind.BUTTON,
    }
)
"""What is shown and never answered."""
