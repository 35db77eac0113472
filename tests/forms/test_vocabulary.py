"""What schemas may say: every type and validator documented, everything else named at upload."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev import components_page
from findings import Severity
from forms import model, vocabulary
from forms.components import BUILDERS
from forms.schema import check
from forms.validators import VALIDATORS
from tests.forms.every_type import FORM
from tests.forms.schemas import schema


def test_every_type_is_known_read_and_documented():
    kinds = set(model.Kind)
    assert kinds == set(vocabulary.KNOWN) == set(BUILDERS) == set(components_page.SENTENCES)
    assert len(kinds) == 22


def test_the_reference_page_is_made_from_the_code():
    root = Path(components_page.__file__).parents[1]
    assert (root / components_page.PAGE).read_text(encoding="utf-8") == components_page.make(), (
        "run `.venv/bin/python -m dev.components_page`"
    )
    assert all(f"| `{name}` |" in components_page.make() for name in VALIDATORS)


def test_a_form_of_every_type_has_only_findings_that_say_what_pages_do_with_frames_and_pictures():
    assert [(finding.rule, finding.element_id) for finding in check(FORM)] == [
        ("form-image", "xa"),
        ("form-frame-origin", "ban_do"),
        ("form-frame-origin", "khac"),
    ]
    used = {name for component in FORM["components"] for name in component}
    assert {"increment", "timeInterval", "nonCollapsedItems", "columnsExpression", "maxHeight", "action"} <= used


FIELD = {"type": "textfield", "key": "k", "id": "x"}
SAID = [
    (FIELD | {"lable": "x"}, "form-property", "lable"),
    (FIELD | {"validate": {"min": 1}}, "form-property", "validate.min"),
    (FIELD | {"disabled": "=a"}, "form-disabled", "readonly"),
    (FIELD | {"readonly": "a"}, "form-readonly", "FEEL"),
    (FIELD | {"validate": {"validationType": "mail"}}, "form-word", "mail"),
    (FIELD | {"label": "{{((}}"}, "form-template", "{{((}}"),
    (FIELD | {"label": "=(("}, "form-template", "=(("),
    (FIELD | {"label": "{{#if a}}x"}, "form-template-block", "{{#if a}}"),
    (FIELD | {"label": "x{{/loop}}"}, "form-template-block", "{{/loop}}"),
    (FIELD | {"appearance": {"prefixAdorner": "{{((}}"}}, "form-template", "{{((}}"),
    ({"type": "datetime", "key": "k", "subtype": "hour"}, "form-word", "hour"),
    ({"type": "datetime", "key": "k", "subtype": "time", "timeInterval": 7}, "form-interval", "7"),
    ({"type": "group", "verticalAlignment": "top"}, "form-word", "top"),
    ({"type": "expression", "key": "k", "expression": "=1", "computeOn": "blur"}, "form-word", "blur"),
    ({"type": "html", "content": "<form><input onclick=x></form>"}, "form-markup", "form, input, onclick="),
    ({"type": "text", "text": "<p style='x'>y</p>"}, "form-markup", "style="),
    ({"type": "text", "text": "![a](https://example.org/a.png)"}, "form-image", "https://example.org/a.png"),
    ({"type": "html", "content": '<img alt="" src="//example.org/a.png">'}, "form-image", "//example.org/a.png"),
    ({"type": "image", "alt": "x"}, "form-image", "source"),
    ({"type": "image", "alt": "x", "source": "javascript:alert(1)"}, "form-image", "nothing"),
    ({"type": "image", "source": "/static/a.png"}, "form-alt", "alternative text"),
    ({"type": "iframe"}, "form-frame", "url"),
    ({"type": "iframe", "url": "http://example.org/"}, "form-frame", "https://"),
    (
        {"type": "iframe", "url": "https://example.org/", "security": {"allowAll": True}},
        "form-frame-security",
        "allowAll",
    ),
    ({"type": "iframe", "url": "https://example.org/x"}, "form-frame-origin", "MOTCUA_FRAME_ORIGINS"),
    ({"type": "table", "columns": [{"key": "a", "label": "A"}]}, "form-data-source", "FEEL"),
    ({"type": "table", "columns": [{"key": "a", "label": "A"}], "dataSource": "rows"}, "form-data-source", "FEEL"),
    ({"type": "table", "dataSource": "=a"}, "form-columns", "no columns"),
    ({"type": "table", "columns": [{"label": "A"}, {"key": "b"}], "dataSource": "=a"}, "form-columns", "1 columns"),
    ({"type": "table", "columns": [{"key": "a"}], "dataSource": "=(("}, "form-feel", "(("),
    ({"type": "documentPreview", "dataSource": "papers"}, "form-data-source", "FEEL"),
    ({"type": "button", "action": "print"}, "form-button", "print"),
]


@pytest.mark.parametrize(("component", "rule", "words"), SAID)
def test_what_means_nothing_here_is_said_with_the_id_of_its_component(component, rule, words):
    found = [finding for finding in check(schema({"id": "x"} | component)) if finding.rule == rule]
    assert found, [finding.rule for finding in check(schema(component))]
    assert found[0].element_id == "x"
    assert found[0].severity in (Severity.WARNING, Severity.INFO)
    assert words in found[0].message.en


def test_properties_that_form_js_and_we_know_are_not_named():
    assert check(schema(FIELD | {"properties": {"labelEn": "X", "anything": "1"}, "labelEn": "X", "url": ""})) == ()
