"""A form of 100 fields: reading its schema, validating, drawing, reading its post; and one with 30 FEEL conditions."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from benchmarks.figures import Figure, Options, median_and_tail, seconds_of
from forms.schema import read
from forms.submission import from_post
from forms.validate import validate
from forms.views import fields, flat

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TEMPLATES = Path(__file__).parents[1] / "web" / "templates"
OPTIONS = [{"label": f"Lựa chọn {number}", "value": f"v{number}"} for number in range(5)]
KINDS: list[dict[str, Any]] = [
    {"type": "textfield", "validate": {"required": True, "maxLength": 100, "pattern": "^\\S"}},
    {"type": "number", "decimalDigits": 2, "validate": {"min": 0, "max": 1000}},
    {"type": "datetime", "subtype": "date", "description": "Như trên giấy tờ"},
    {"type": "textarea", "validate": {"maxLength": 2000}},
    {"type": "checkbox"},
    {"type": "radio", "values": OPTIONS},
    {"type": "select", "values": OPTIONS},
    {"type": "checklist", "values": OPTIONS},
    {"type": "textfield", "validate": {"validationType": "email"}},
    {"type": "textfield", "validate": {"validationType": "phone"}},
]
ANSWERS: list[Any] = [
    "Ngô Thị Thuý Quỳnh",
    12.5,
    "2026-09-10",
    "Hai\ndòng",
    True,
    "v1",
    "v2",
    ["v3"],
    "a@b.vn",
    "+84912345678",
]


def schema(conditions: int = 0) -> dict[str, Any]:
    """Give a form of 100 fields of all common types; the last `conditions` of them may be hidden."""
    components = [{**KINDS[n % 10], "key": f"f{n}", "label": f"Câu hỏi số {n}"} for n in range(100)]
    for number, component in enumerate(components[len(components) - conditions :]):
        component["conditional"] = {"hide": f'=f{number * 2} = "không"'}
    return {"type": "default", "components": components}


def a_list() -> dict[str, Any]:
    """Give a form of one list, two of whose three fields may be hidden in each row."""
    kind = {"type": "textfield", "label": "Câu hỏi"}
    conditions = {"b": '=this.a = "không"', "c": '=this.b = "không"'}
    components = [
        {**kind, "key": "a"},
        *({**kind, "key": k, "conditional": {"hide": x}} for k, x in conditions.items()),
    ]
    return {"type": "default", "components": [{"type": "dynamiclist", "path": "l", "components": components}]}


def figures(options: Options) -> Iterator[Figure]:
    """Measure the time of the processor in one process, without a page around the form."""
    times = options.count(300)
    data = {f"f{n}": ANSWERS[n % 10] for n in range(100)}
    form, conditional = read(schema()), read(schema(conditions=30))
    assert not validate(form, data, now=NOW).errors
    listed, rows = read(a_list()), {"l": [{"a": "x", "b": "y", "c": "z"} for _ in range(100)]}
    wrong = {name: {"x": 1} for name in data}
    draw = _page().render
    pairs = [(view.name, view.value.vi) for view in flat(fields(form, data))]
    measured: dict[str, tuple[Callable[[], object], float | None]] = {
        "read the schema, 100 fields": (lambda: read(schema()), None),
        "validate, 100 fields": (lambda: validate(form, data, now=NOW), 5),
        "validate, 100 fields, all wrong": (lambda: validate(form, wrong, now=NOW), None),
        "views, 100 fields": (lambda: fields(form, data), None),
        "views and HTML, 100 fields": (lambda: draw(fields=fields(form, data)), 15),
        "read a post, 100 fields": (lambda: from_post(form, pairs), None),
        "validate, 100 fields, 30 FEEL conditions": (lambda: validate(conditional, data, now=NOW), 30),
        "validate a list, 100 rows, 2 FEEL conditions each": (lambda: validate(listed, rows, now=NOW), None),
    }
    for name, (work, bar) in measured.items():
        yield from median_and_tail("forms", name, seconds_of(work, times, clock=time.thread_time), bar=bar)


def _page() -> Any:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.globals["lang"] = lambda: "vi"
    environment.filters["t"] = lambda text: text.in_("vi")
    return environment.from_string('{% import "forms/form.html" as form_macros %}{{ form_macros.form(fields) }}')
