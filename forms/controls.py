"""What only one type of field shows: the parts of its view beside label, help and errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from forms import display, feel, model, options, templates, times, validators, values
from forms.model import Field, Subtype
from forms.nodes import MISSING, Node
from forms.view_model import ChoiceView, FileLink
from texts import Text

_KEYBOARDS = {"email": "email", "phone": "tel"}


def of(
    node: Node,
    component: Field,
    *,
    id: str,
    is_locked: bool,
    variables: Mapping[str, Any],
    files: Mapping[str, FileLink],
    today: str,
) -> dict[str, Any]:
    """Give the arguments of a FieldView that the type of a field decides."""
    match component:
        case model.Checkbox():
            return {"checked": node.value is True, "answer": display.answer(component, node.value)}
        case model.Choice():
            return _choice(node, component, id, variables)
        case model.FileInput():
            return _documents(node, component, id, files)
    shown = display.control(component, None if node.raw is MISSING or is_locked else node.raw, node.value)
    match component:
        case model.TextInput():
            kind = _KEYBOARDS.get(component.validation, "text")
            mask = validators.mask(component.validator)
            return {
                "input_type": kind,
                "inputmode": component.inputmode,
                "mask": mask,
                **_adorned(node, component, shown),
            }
        case model.NumberInput():
            mode = "numeric" if component.decimal_digits == 0 else "decimal"
            increment = f"{component.increment:f}" if component.increment else ""
            mask = "number" if component.thousands else ""
            return {"inputmode": mode, "increment": increment, "mask": mask, **_adorned(node, component, shown)}
        case model.DateInput():
            return _moment(node, component, shown.vi, today)
    return {"value": shown, "answer": display.answer(component, node.value)}


def _adorned(node: Node, component: model.TextInput | model.NumberInput, shown: Text) -> dict[str, Any]:
    prefix, suffix = component.prefix, component.suffix
    if prefix or suffix:
        prefix, suffix = templates.fill(prefix, node.scope), templates.fill(suffix, node.scope)
        component = replace(component, prefix=prefix, suffix=suffix)
    return {
        "value": shown,
        "answer": display.answer(component, node.value),
        "autocomplete": component.autocomplete,
        "prefix": prefix,
        "suffix": suffix,
    }


def _moment(node: Node, component: model.DateInput, held: str, today: str) -> dict[str, Any]:
    """Part a date and time: a day is typed or picked, a time chosen of those on offer or typed."""
    kind = component.subtype
    day, _, clock = held.partition("T") if kind is Subtype.DATETIME else (held, "", held)
    shown = {
        "input_type": str(kind),
        "value": Text(day, day),
        "autocomplete": component.autocomplete,
        "earliest": today if component.not_past else "",
        "answer": display.answer(component, node.value),
    }
    if kind is Subtype.DATE:
        return shown
    return shown | {
        "clock": clock,
        "step": component.interval * 60,
        "times": times.offered(component.interval, clock, use24h=component.use24h),
        "date_label": templates.fill(component.date_label, node.scope),
        "time_label": templates.fill(component.time_label, node.scope),
    }


def _choice(node: Node, component: model.Choice, id: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    offered = options.of(component, variables, node.scope)
    chosen = values.Known(node.value if component.multiple else [node.value])
    return {
        "choices": tuple(
            ChoiceView(
                id=id if number == 0 else f"{id}-{number + 1}",
                value=display.key(option.value),
                label=option.label,
                help=option.help,
                chosen=option.value in chosen,
            )
            for number, option in enumerate(offered)
        ),
        "multiple": component.multiple,
        "searchable": component.searchable,
        "answer": display.answer(component, node.value, offered),
    }


def _documents(node: Node, component: model.FileInput, id: str, files: Mapping[str, FileLink]) -> dict[str, Any]:
    names = {one: link.name for one, link in files.items()}
    return {
        "choices": tuple(_document(files, f"{id}-file-{number}", one) for number, one in enumerate(node.value, 1)),
        "multiple": feel.is_true(component.multiple, node.scope),
        "accept": templates.fill(Text(component.accept, ""), node.scope).vi,
        "answer": display.answer(component, node.value, files=names),
    }


def _document(files: Mapping[str, FileLink], id: str, one: str) -> ChoiceView:
    link = files.get(one, FileLink(name=one))
    return ChoiceView(id=id, value=one, label=Text(link.name, link.name), help=link.note, chosen=True, url=link.url)
