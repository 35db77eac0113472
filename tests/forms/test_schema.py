"""Reading a form-js schema, and what is said about it at upload."""

from __future__ import annotations

from typing import Any

import pytest

from errors import Invalid
from findings import Severity
from forms import model
from forms.schema import check, read
from tests.forms.schemas import EVERYTHING, options, schema


def rules(form, severity=None):
    return [finding.rule for finding in check(form) if severity in (None, finding.severity)]


def test_every_component_type_is_read_and_what_is_not_shown_is_said():
    form = read(EVERYTHING)
    assert len(form.components) == len(EVERYTHING["components"])
    assert {str(component["type"]) for component in EVERYTHING["components"]} == set(map(str, model.Kind)) - {
        "expression"
    }
    assert rules(EVERYTHING) == ["form-markup", "form-image", "form-alt", "form-frame-origin"]
    assert rules(EVERYTHING, Severity.ERROR) == []


def test_the_tree_is_frozen_and_can_be_shared():
    form = read(EVERYTHING)
    with pytest.raises(AttributeError):
        form.components[0].id = "other"  # type: ignore[misc]


def test_labels_are_bilingual_through_properties():
    form = read(
        schema(
            {
                "type": "radio",
                "key": "loai",
                "label": "Loại",
                "description": "Chọn một",
                "properties": {"labelEn": "Kind", "descriptionEn": "Choose one"},
                "values": [{"label": "Mới", "labelEn": "New", "value": "moi"}],
            }
        )
    )
    (choice,) = form.components
    assert isinstance(choice, model.Choice)
    assert (choice.label.in_("en"), choice.help.in_("en"), choice.options[0].label.in_("en")) == (
        "Kind",
        "Choose one",
        "New",
    )


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ([], "form-not-an-object"),
        ({"type": "default"}, "form-components"),
        ({"type": "other", "components": []}, "form-root-type"),
        (schema("text"), "form-component"),  # type: ignore[arg-type]
        (schema({"type": "hologram"}), "form-type"),
        (schema({"type": "textfield"}), "form-key"),
        (schema({"type": "textfield", "key": "họ tên"}), "form-key"),
        (schema({"type": "textfield", "key": "a..b"}), "form-key"),
        (schema({"type": "dynamiclist", "components": []}), "form-key"),
        (schema({"type": "textfield", "key": "a"}, {"type": "number", "key": "a"}), "form-key-taken"),
        (schema({"type": "textfield", "key": "a"}, {"type": "number", "key": "a.b"}), "form-key-taken"),
        (schema({"type": "textfield", "key": "a.b"}, {"type": "number", "key": "a"}), "form-key-taken"),
        (
            schema({"type": "dynamiclist", "path": "a", "components": []}, {"type": "number", "key": "a.b"}),
            "form-key-taken",
        ),
        (schema({"type": "textfield", "key": "a", "validate": {"pattern": "("}}), "form-pattern"),
        (schema({"type": "number", "key": "a", "validate": {"min": "nhỏ"}}), "form-limit"),
        (schema(*[{"type": "separator"}] * 1001), "form-size"),
    ],
)
def test_what_cannot_work_is_refused_by_name(form, rule):
    assert rule in rules(form, Severity.ERROR)
    with pytest.raises(Invalid) as refused:
        read(form)
    assert rule in [detail.code for detail in refused.value.details]


def test_a_group_nested_too_deep_is_refused_without_exhausting_the_stack():
    inner: dict[str, Any] = {"type": "separator"}
    for number in range(400):
        inner = {"type": "group", "path": f"g{number}", "components": [inner]}
    assert "form-depth" in rules(schema(inner))


@pytest.mark.parametrize(
    ("component", "rule"),
    [
        ({"type": "textfield", "key": "a", "conditional": {"hide": "b = 1"}}, "form-hide"),
        ({"type": "textfield", "key": "a", "conditional": {"hide": True}}, "form-hide"),
        ({"type": "select", "key": "a"}, "form-options"),
        ({"type": "expression", "key": "a", "expression": "1 + 1"}, "form-expression"),
        ({"type": "dynamiclist", "path": "a", "components": []}, "form-empty-list"),
        ({"type": "text", "text": "{{#if a}}x"}, "form-template-block"),
    ],
)
def test_what_is_probably_not_meant_is_pointed_out_but_runs(component, rule):
    assert rule in rules(schema(component))
    assert rules(schema(component), Severity.ERROR) == []
    read(schema(component))


def test_a_newer_schema_version_is_pointed_out():
    assert rules({**schema(), "schemaVersion": 99}) == ["form-schema-version"]


def test_findings_name_the_file_the_element_and_its_label():
    (finding,) = check(schema({"type": "textfield", "id": "F1", "label": "Tên"}), file="a.form")
    assert (finding.file, finding.element_id, finding.element_name) == ("a.form", "F1", "Tên")
    assert finding.message.vi != finding.message.en


def test_groups_share_a_path_but_leaves_do_not():
    form = schema(
        {"type": "group", "path": "a", "components": [{"type": "textfield", "key": "x"}]},
        {"type": "group", "path": "a", "components": [{"type": "textfield", "key": "y"}]},
        {"type": "textfield", "key": "a.z"},
    )
    assert rules(form) == []
    names = read(form).names.inner or {}
    assert set(names["a"].inner or {}) == {"x", "y", "z"}


def test_options_are_read_as_form_js_reads_them():
    values = [*options("a"), "b", 0, False, {"value": 3}, {"label": "", "value": "c"}, {"label": "Rỗng"}, None, {}, ""]
    (choice,) = read(schema({"type": "select", "key": "k", "values": values})).components
    assert isinstance(choice, model.Choice)
    assert [option.value for option in choice.options] == ["a", "b", 0, False, 3, "c"]
    assert [option.label.vi for option in choice.options] == ["Mục a", "b", "0", "false", "3", "c"]


def test_ids_given_twice_or_missing_are_made_unique_and_fit_for_html():
    given = schema(
        {"type": "textfield", "id": 'a b"><', "key": "a"},
        {"type": "textfield", "id": "x", "key": "b"},
        {"type": "textfield", "id": "x", "key": "c"},
        {"type": "textfield", "key": "d"},
    )
    ids = [component.id for component in read(given).components]
    assert len(set(ids)) == 4
    assert all(id_.isidentifier() for id_ in ids)
    assert [(finding.rule, finding.element_id, finding.element_name) for finding in check(given)] == [
        ("form-id-taken", "x", "c")
    ]
