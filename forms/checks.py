"""What is said about one component at upload: what form-js would silently ignore, or a person could never mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from findings import Finding, Severity
from forms import checks_settings, checks_shown, feel, model, patterns, reading, templates
from forms.model import Component, Feel
from forms.saying import finding, short
from texts import Text

FEEL_PARTS = (
    "hide",
    "readonly",
    "min_length",
    "max_length",
    "minimum",
    "maximum",
    "values_expression",
    "multiple",
    "expression",
    "columns_expression",
    "data_source",
)
"""The attributes of components that may hold a FEEL expression."""
TEXT_PARTS = (
    "label", "help", "content", "prefix", "suffix", "date_label", "time_label", "alt", "source", "url", "accept",
)  # fmt: skip
"""The attributes of components that may hold templates, or be an expression that gives a text."""
_UNARY = frozenset({"hide", "readonly", "multiple"})


def check_component(component: Component, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the findings about one component; the caller adds where it stands."""
    yield from _condition(component, schema)
    yield from _expressions(component)
    yield from _templates(component)
    yield from checks_shown.check(component, schema)
    yield from checks_settings.check(component, schema)
    match component:
        case model.TextInput():
            yield from _pattern(component)
            yield from _bounds(schema, "minLength", "maxLength")
        case model.NumberInput():
            yield from _bounds(schema, "min", "max")
        case model.Choice():
            yield from _options(component)
        case model.Computed(expression=None):
            yield finding(
                "form-expression",
                Severity.WARNING,
                "Biểu thức phải bắt đầu bằng dấu “=”; hiện giá trị luôn trống",
                "An expression must begin with “=”; as it stands the value is always empty",
            )
        case model.Repeated(components=()):
            yield finding(
                "form-empty-list",
                Severity.WARNING,
                "Nhóm lặp chưa có thành phần nào; hãy thêm hoặc xoá nhóm",
                "This dynamic list has no components; add some or remove it",
            )


def texts(component: Component) -> Iterator[tuple[str, Text]]:
    """Give every text of a component that may hold templates, with the name of its attribute."""
    for name in TEXT_PARTS:
        found = getattr(component, name, None)
        if found:
            yield name, found if isinstance(found, Text) else Text(found, "")


def _condition(component: Component, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if component.hide is None and reading.mapping(schema.get("conditional")).get("hide"):
        yield finding(
            "form-hide",
            Severity.WARNING,
            "Điều kiện ẩn phải là FEEL bắt đầu bằng dấu “=”; hiện thành phần này luôn hiển thị",
            "A hide condition must be FEEL beginning with “=”; as it stands the component is always shown",
        )


def _expressions(component: Component) -> Iterator[Finding]:
    for name in FEEL_PARTS:
        expression = getattr(component, name, None)
        reason = feel.refusal(expression, unary=name in _UNARY) if isinstance(expression, Feel) else None
        if reason and isinstance(expression, Feel):
            yield finding(
                "form-feel",
                Severity.WARNING,
                f"Biểu thức FEEL “{expression.source.strip()[:80]}” không đọc được nên bị bỏ qua: {reason.vi}",
                f"The FEEL expression “{expression.source.strip()[:80]}” cannot be read and is ignored: {reason.en}",
            )


def _templates(component: Component) -> Iterator[Finding]:
    for _, both in texts(component):
        for text in (both.vi, both.en):
            if text.startswith("="):
                yield from _unreadable(text[1:], text)
            elif "{{" in text:
                yield from _template(text)


def _template(text: str) -> Iterator[Finding]:
    if tag := templates.fault(text):
        yield finding(
            "form-template-block",
            Severity.WARNING,
            f"“{short(tag)}” không có cặp: mỗi {{{{#if}}}}, {{{{#loop}}}} cần một {{{{/if}}}}, {{{{/loop}}}}",
            f"“{short(tag)}” has no counterpart: each {{{{#if}}}}, {{{{#loop}}}} needs a {{{{/if}}}}, {{{{/loop}}}}",
        )
    for source in dict.fromkeys(templates.expressions(text)):
        yield from _unreadable(source, f"{{{{{source}}}}}")


def _unreadable(source: str, written: str) -> Iterator[Finding]:
    if reason := feel.refusal(Feel(source)):
        yield finding(
            "form-template",
            Severity.WARNING,
            f"“{short(written)}” không đọc được nên chỗ đó để trống: {reason.vi}",
            f"“{short(written)}” cannot be read and nothing stands there: {reason.en}",
        )


def _pattern(component: model.TextInput) -> Iterator[Finding]:
    reason = patterns.check(component.pattern) if component.pattern else None
    if reason:
        yield finding(
            "form-pattern",
            Severity.ERROR,
            f"Mẫu (pattern) “{component.pattern[:80]}” không phải biểu thức chính quy hợp lệ: {reason}",
            f"The pattern “{component.pattern[:80]}” is not a valid regular expression: {reason}",
        )


def _bounds(schema: Mapping[str, Any], *names: str) -> Iterator[Finding]:
    validate = reading.mapping(schema.get("validate"))
    for name in names:
        given = validate.get(name)
        if given is not None and reading.bound(given) is None:
            yield finding(
                "form-limit",
                Severity.ERROR,
                f"Giới hạn {name} phải là số hoặc biểu thức FEEL bắt đầu bằng dấu “=”",
                f"The limit {name} must be a number or a FEEL expression beginning with “=”",
            )


def _options(component: model.Choice) -> Iterator[Finding]:
    if not component.options and not component.values_key and component.values_expression is None:
        yield finding(
            "form-options",
            Severity.WARNING,
            "Chưa có mục nào để chọn; hãy thêm values, valuesKey hoặc valuesExpression",
            "There is nothing to choose from; add values, valuesKey or valuesExpression",
        )
