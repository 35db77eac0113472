"""Answers made up for a form: plausible enough that the form's own rules accept them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from forms import samples, schema
from forms.validate import validate
from tests.services.bundles import form, number, text

NOW = datetime(2026, 8, 20, 1, 55, tzinfo=UTC)


def made_up(*components: dict[str, Any]) -> dict[str, Any]:
    read = schema.read(form("f", *components))
    data = samples.sample(read, now=NOW)
    assert validate(read, data, now=NOW).errors == ()
    return data


@pytest.mark.parametrize(
    "component",
    [
        text("a", required=True, minLength=50, maxLength=60),
        text("a", validationType="email"),
        text("a", validationType="phone"),
        number("a", min=7, max=9),
        number("a", max=-3),
        {**number("a", min=7), "increment": "5", "serializeToString": True},
        {"type": "datetime", "key": "a", "subtype": "date", "disallowPassedDates": True},
        {"type": "datetime", "key": "a", "subtype": "time"},
        {"type": "checkbox", "key": "a", "validate": {"required": True}},
        {"type": "select", "key": "a", "values": [{"value": "x", "label": "X"}], "validate": {"required": True}},
        {"type": "checklist", "key": "a", "values": [{"value": "x", "label": "X"}]},
    ],
)
def test_each_type_is_filled_in_as_its_rules_ask(component: dict[str, Any]):
    assert made_up(component)["a"]


def test_groups_and_rows_are_filled_in_where_their_answers_belong():
    inner = {"type": "group", "path": "home", "components": [text("ward")]}
    rows = {"type": "dynamiclist", "path": "people", "defaultRepetitions": 2, "components": [text("name")]}
    data = made_up(inner, rows, {**text("own"), "defaultValue": "mine"})
    assert data["home"]["ward"]
    assert len(data["people"]) == 2
    assert data["own"] == "mine"


def test_what_cannot_be_guessed_is_left_out():
    assert made_up(text("a", pattern="^[A-Z]{3}$"), {"type": "filepicker", "key": "b"}) == {}
