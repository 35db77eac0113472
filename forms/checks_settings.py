"""What is said at upload about properties that mean nothing here, or something else than their author may think."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from findings import Finding, Severity
from forms import components, model, reading, vocabulary
from forms.model import Component, Kind
from forms.saying import finding, short
from forms.validators import VALIDATORS

_WORDS = {
    "subtype": tuple(map(str, model.Subtype)),
    "timeSerializingFormat": tuple(map(str, model.Offset)),
    "verticalAlignment": ("start", "center", "end"),
    "computeOn": ("change", "presubmit"),
}
"""Properties that take one of some words."""


def check(component: Component, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the findings about the settings of a component."""
    yield from _unknown(component, schema)
    yield from _words(schema)
    yield from _validator(component, schema)
    if isinstance(schema.get("disabled"), str):
        yield finding(
            "form-disabled",
            Severity.WARNING,
            "disabled chỉ nhận true hoặc false; viết biểu thức ở đây thì ô luôn bị khoá. Hãy dùng readonly với FEEL",
            "disabled takes true or false only; with an expression the field is always off. Use readonly with FEEL",
        )
    if isinstance(schema.get("readonly"), str) and reading.feel(schema.get("readonly")) is None:
        yield finding(
            "form-readonly",
            Severity.WARNING,
            "readonly phải là true, false hoặc FEEL bắt đầu bằng “=”; hiện ô luôn chỉ đọc",
            "readonly must be true, false or FEEL beginning with “=”; as it stands the field is always readonly",
        )
    if isinstance(component, model.DateInput) and component.subtype is not model.Subtype.DATE:
        yield from _interval(schema)


def _unknown(component: Component, schema: Mapping[str, Any]) -> Iterator[Finding]:
    kind = Kind(schema["type"])
    names = vocabulary.unknown(kind, schema, reading.mapping(schema.get("validate")))
    if names:
        yield finding(
            "form-property",
            Severity.INFO,
            f"Loại {kind} không có {short(', '.join(map(str, names)))}; phần này bị bỏ qua",
            f"A component of type {kind} has no {short(', '.join(map(str, names)))}; it is ignored",
        )


def _words(schema: Mapping[str, Any]) -> Iterator[Finding]:
    validation = reading.mapping(schema.get("validate")).get("validationType")
    given = {name: (schema.get(name), words) for name, words in _WORDS.items()}
    given["validationType"] = (validation, ("email", "phone", "custom", ""))
    for name, (value, words) in given.items():
        if value is not None and value not in words:
            yield finding(
                "form-word",
                Severity.WARNING,
                f"{name} không có giá trị “{short(value)}”, chỉ có: {', '.join(filter(None, words))}",
                f"{name} has no value “{short(value)}”, only: {', '.join(filter(None, words))}",
            )


def _interval(schema: Mapping[str, Any]) -> Iterator[Finding]:
    given = schema.get("timeInterval")
    if given is not None and given not in components.INTERVALS:
        yield finding(
            "form-interval",
            Severity.INFO,
            f"timeInterval {short(given)} không dùng được, thay bằng 15; chỉ có 1, 5, 10, 15, 30, 60 phút",
            f"timeInterval {short(given)} counts as 15; it is one of 1, 5, 10, 15, 30, 60 minutes",
        )


def _validator(component: Component, schema: Mapping[str, Any]) -> Iterator[Finding]:
    name = reading.own(schema, "validator")
    if not name:
        return
    if name not in VALIDATORS:
        yield finding(
            "form-validator",
            Severity.WARNING,
            f"Không có bộ kiểm tra “{short(name)}”, nên không kiểm tra gì; hãy dùng: {', '.join(VALIDATORS)}",
            f"There is no validator “{short(name)}”, so nothing is checked; use one of: {', '.join(VALIDATORS)}",
        )
    elif component.kind is not Kind.TEXTFIELD:
        yield finding(
            "form-validator",
            Severity.WARNING,
            f"Bộ kiểm tra “{name}” chỉ dùng cho textfield; ở đây bị bỏ qua",
            f"The validator “{name}” works on a textfield only; here it is ignored",
        )
