"""Whatever is uploaded as a schema or sent as answers: an outcome, never an exception."""

from __future__ import annotations

import itertools
import json
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from errors import Invalid
from findings import Severity
from forms.model import Form, Kind
from forms.schema import check, read
from forms.submission import from_post
from forms.validate import validate
from forms.views import fields
from tests.forms.pages import environment, page, posted
from tests.forms.schemas import EVERYTHING, NOW

EXAMPLES = 5000 if os.environ.get("MOTCUA_SOAK") == "1" else 60
slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=slow)

NASTY = ["=1", "=k0", "= ((", "{{k0}}", "{{((}}", "\0", "\ud800", "1.500", "=this.k1", "k1", "2026-09-10", "a@b.vn"]
TEXT = st.sampled_from(NASTY) | st.text(max_size=8)
NUMBER = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**53, 1e308, 5e-324])
LEAF = st.none() | st.booleans() | NUMBER | TEXT
KEYS = st.sampled_from([f"k{n}" for n in range(7)])
ANYTHING = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXT, inner, max_size=4), max_leaves=8
)

PROPERTIES: dict[str, st.SearchStrategy[Any]] = {
    "label": TEXT,
    "description": TEXT,
    "id": TEXT,
    "readonly": st.sampled_from([True, False, "=k1", "=k2 = null", 3]),
    "disabled": st.booleans(),
    "defaultValue": ANYTHING,
    "validate": st.fixed_dictionaries(
        {},
        optional={
            "required": st.booleans(),
            "min": NUMBER | st.sampled_from(["=k1", "5", None]),
            "max": NUMBER | st.sampled_from(["=k1", "5"]),
            "minLength": st.integers(-1, 9) | st.just("=k1"),
            "maxLength": st.integers(-1, 9),
            "pattern": st.sampled_from(["^a+$", "\\d", ""]),
            "validationType": st.sampled_from(["email", "phone", "custom"]),
        },
    ),
    "conditional": st.sampled_from([{"hide": "=k1 = null"}, {"hide": "=k2"}, {"hide": "x"}, {"hide": "=(("}, {}, 3]),
    "values": st.lists(LEAF | st.fixed_dictionaries({"label": TEXT, "value": ANYTHING}), max_size=3),
    "valuesKey": st.sampled_from(["k1", "k3", ""]),
    "valuesExpression": st.sampled_from(["=[1, 2]", "=k1", "x"]),
    "subtype": st.sampled_from(["date", "time", "datetime", "x"]),
    "timeSerializingFormat": st.sampled_from(["utc_offset", "utc_normalized", "no_timezone"]),
    "disallowPassedDates": st.booleans(),
    "decimalDigits": st.integers(-1, 3),
    "increment": NUMBER,
    "serializeToString": st.booleans(),
    "expression": st.sampled_from(["=k1", "=k2 + 1", "=((", "x"]),
    "text": TEXT,
    "content": TEXT,
    "multiple": st.sampled_from([True, "=k1"]),
    "source": TEXT | st.sampled_from(["=k1", "{{k2}}", "data:image/png;base64,AA", "/static/a.png"]),
    "alt": TEXT,
    "columns": st.lists(st.fixed_dictionaries({"key": KEYS, "label": TEXT}) | ANYTHING, max_size=3),
    "columnsExpression": st.sampled_from(["=k1", '=[{key: "a", label: "A"}]', "x"]),
    "dataSource": st.sampled_from(["=k1", "=k2", "=[k1, k2, {a: k3}]", "=((", "x"]),
    "rowCount": st.integers(-1, 3),
    "height": st.integers(-1, 3000),
    "maxHeight": st.integers(-1, 3000),
    "url": TEXT | st.sampled_from(["https://maps.example.org/a", "https://a.vn/{{k1}}", "=k1", "javascript:x"]),
    "security": st.dictionaries(st.sampled_from(["allowScripts", "camera", "x"]), st.booleans(), max_size=2),
    "action": st.sampled_from(["submit", "reset", "x"]),
    "timeInterval": st.sampled_from([1, 5, 15, 7, "x"]),
    "use24h": st.booleans(),
    "disableCollapse": st.booleans(),
    "nonCollapsedItems": st.integers(-1, 2),
    "verticalAlignment": st.sampled_from(["start", "center", "x"]),
    "isRepeating": st.booleans(),
    "allowAddRemove": st.booleans(),
    "defaultRepetitions": st.integers(-1, 3),
    "layout": st.sampled_from([{"row": "r", "columns": 8}, {"row": "r"}, {}, "x"]),
    "properties": st.dictionaries(
        st.sampled_from(["labelEn", "maxRows", "inputmode", "validator"]),
        TEXT | st.sampled_from(["2", "person_name", "tax_code"]),
        max_size=2,
    ),
}


def components(children: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    required: dict[str, st.SearchStrategy[Any]] = {"type": st.sampled_from([*map(str, Kind)])}
    below = {"components": st.lists(children, max_size=3)} if children is not None else {}
    chosen = st.lists(st.sampled_from(sorted(PROPERTIES)), max_size=6)
    optional = chosen.flatmap(lambda names: st.fixed_dictionaries({name: PROPERTIES[name] for name in names}))
    return st.tuples(st.fixed_dictionaries({**required, **below}), optional).map(lambda two: two[1] | two[0])


def named(schema: dict[str, Any]) -> dict[str, Any]:
    """Give every component a key of its own, so that the form can be read."""
    counter = itertools.count()

    def name(component: dict[str, Any]) -> None:
        component["key"] = component["path"] = f"k{next(counter)}"
        for child in component.get("components", ()):
            name(child)

    for component in schema["components"]:
        name(component)
    return schema


COMPONENT = components(components())
WILD = st.fixed_dictionaries({"type": st.just("default"), "components": st.lists(COMPONENT | ANYTHING, max_size=4)})
SCHEMA = st.fixed_dictionaries({"components": st.lists(COMPONENT, min_size=1, max_size=4)}).map(named)
DATA = st.dictionaries(KEYS, ANYTHING, max_size=7)
CONTROL = ["answers.k0", "answers.k1.k2", "answers.k1[0]", "answers.k1[0].k2", "answers.k0[3].k1", "answers-do", "k0"]
NAME = st.sampled_from(CONTROL) | TEXT.map("answers.{}".format)
PAIRS = st.lists(st.tuples(NAME, TEXT | st.sampled_from(["add answers.k1", "true", "1,5"])), max_size=8)


def readable(schema: Any) -> Form | None:
    try:
        return read(schema)
    except Invalid as refused:
        return None if refused.details else pytest.fail("it does not say why")


@many
@given(ANYTHING | WILD)
def test_any_schema_is_judged_and_either_read_or_refused(schema):
    findings = check(schema)
    assert all(finding.message.vi and finding.message.en for finding in findings)
    assert (readable(schema) is None) == any(finding.severity is Severity.ERROR for finding in findings)


@many
@given(SCHEMA, DATA | ANYTHING, DATA)
def test_any_answers_get_an_outcome_and_a_page(schema, data, variables):
    form = readable(schema)
    assume(form is not None)
    assert form is not None
    outcome = validate(form, data, variables=variables, now=NOW)
    json.dumps(outcome.data, allow_nan=False).encode()
    assert "\\u0000" not in json.dumps(outcome.data)
    assert all(detail.message.vi and detail.message.en for detail in outcome.errors)
    given_back = data if isinstance(data, dict) else {}
    views = fields(form, given_back, errors=outcome.errors, variables=variables, refreshable=True)
    page(views, outcome.errors)
    fields(form, given_back, variables=variables, readonly=True)


@many
@given(SCHEMA, PAIRS, DATA)
def test_any_post_is_read_and_judged(schema, pairs, variables):
    form = readable(schema)
    assume(form is not None)
    assert form is not None
    data = from_post(form, pairs, variables=variables)
    json.dumps(validate(form, data, variables=variables, now=NOW).data, allow_nan=False)


@many
@given(SCHEMA, st.just({}) | DATA, DATA)
def test_what_was_stored_is_accepted_again_from_its_page(schema, data, variables):
    form = readable(schema)
    assume(form is not None)
    assert form is not None
    first = validate(form, data, variables=variables, now=NOW)
    if first.errors or form.is_dynamic:
        return
    sent = posted(page(fields(form, first.data, variables=variables)))
    second = validate(form, from_post(form, sent, variables=variables), variables=variables, now=NOW)
    assert [detail.code for detail in second.errors] == []


@many
@given(st.dictionaries(st.sampled_from([c.get("key") or "dia_chi" for c in EVERYTHING["components"]]), ANYTHING))
def test_any_answers_to_the_great_form_get_an_outcome(data):
    form = read(EVERYTHING)
    outcome = validate(form, data, now=NOW)
    page(fields(form, data, errors=outcome.errors), outcome.errors)


def test_each_component_type_has_a_macro():
    module = environment().get_template("forms/form.html").module
    drawn = {str(kind) for kind in Kind} - {"text", "html", "dynamiclist", "expression"}
    drawn |= {"markup", "list", "list_row"}
    assert drawn <= set(module.macros)  # type: ignore[attr-defined]


@pytest.mark.parametrize("depth", [50, 5000])
def test_answers_nested_without_end_are_refused(depth):
    nested: Any = "x"
    for _ in range(depth):
        nested = {"a": nested}
    outcome = validate(read(EVERYTHING), {"ho_ten": nested, "dia_chi": nested, "giay_to": [nested]}, now=NOW)
    assert {"ho_ten", "dia_chi.a", "giay_to"} <= {detail.field for detail in outcome.errors}
