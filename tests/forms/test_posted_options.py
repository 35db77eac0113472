"""Options that an expression over answers gives, chosen in HTML: the option is meant whose HTML value was posted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from forms import drafts
from forms.schema import read
from forms.submission import from_post
from forms.validate import validate
from forms.views import fields, flat
from tests.forms.schemas import NOW, schema

OBJECT = {"code": 7, "name": "Bảy"}
GIVEN = [1, 2.5, True, False, "1a", "2", OBJECT]
TYPES = ["select", "radio", "checklist", "taglist"]


def choice(type_: str, source: str) -> dict[str, Any]:
    return {"type": type_, "id": "c", "key": "c", "label": "C", "valuesExpression": source}


def form_of(type_: str):
    """Give a form whose options stand in an answer of the form itself, and in the row of a list."""
    return read(
        schema(
            {"type": "expression", "id": "given", "key": "given", "expression": "=known"},
            {"type": "textfield", "id": "kind", "key": "kind", "label": "Loại"},
            choice(type_, '=if kind = "all" then given else []'),
            {
                "type": "dynamiclist", "id": "rows", "path": "rows",
                "components": [
                    {"type": "number", "id": "n", "key": "n", "label": "N"},
                    choice(type_, "=for i in 1..this.n return {label: string(i), value: i}"),
                ],
            },
        )
    )  # fmt: skip


KNOWN = {"known": [{"label": str(one), "value": one} for one in GIVEN]}


def posted(form, *chosen: str, rows: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    pairs = [("answers.kind", "all"), *(("answers.c", one) for one in chosen)]
    for number, (n, c) in enumerate(rows):
        pairs += [(f"answers.rows[{number}].n", n), (f"answers.rows[{number}].c", c)]
    return from_post(form, pairs, variables=KNOWN)


@pytest.mark.parametrize("type_", TYPES)
def test_every_option_on_the_page_can_be_chosen_whatever_its_value(type_: str):
    form = form_of(type_)
    shown = next(view for view in flat(fields(form, {"kind": "all"}, variables=KNOWN)) if view.path == "c")
    assert [choice.label.vi for choice in shown.choices] == [str(one) for one in GIVEN]
    is_multiple = type_ in ("checklist", "taglist")
    for option, value in zip(shown.choices, GIVEN, strict=True):
        data = posted(form, option.value, rows=(("3", "2"), ("1", "1")))
        checked = validate(form, data, variables=KNOWN, now=NOW)
        assert checked.errors == ()
        assert (checked.data["c"], checked.data["rows"]) == (
            ([value], [{"n": 3, "c": [2]}, {"n": 1, "c": [1]}])
            if is_multiple
            else (value, [{"n": 3, "c": 2}, {"n": 1, "c": 1}])
        )
        assert type(checked.data["c"][0] if is_multiple else checked.data["c"]) is type(value)
        for readonly in (False, True):  # the page again, and the last look
            views = flat(fields(form, data, variables=KNOWN, readonly=readonly))
            again = next(view for view in views if view.path == "c")
            assert [one.value for one in again.choices if one.chosen] == [option.value]
            assert again.answer.vi == str(value)


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_not_on_offer_is_still_refused(type_: str):
    form = form_of(type_)
    checked = validate(form, posted(form, "9", rows=(("1", "2"),)), variables=KNOWN, now=NOW)
    assert {(error.field, error.code) for error in checked.errors} == {
        ("c", "not_an_option"),
        ("rows.0.c", "not_an_option"),
    }


def test_a_program_sends_the_value_itself():
    form = form_of("select")
    assert validate(form, {"kind": "all", "c": 1}, variables=KNOWN, now=NOW).errors == ()
    refused = validate(form, {"kind": "all", "c": "1"}, variables=KNOWN, now=NOW).errors
    assert [error.code for error in refused] == ["not_an_option"]


@pytest.mark.parametrize("type_", TYPES)
def test_a_draft_that_was_kept_as_json_says_the_same(type_: str):
    form = form_of(type_)
    data = posted(form, "1", rows=(("3", "2"),))
    kept = json.loads(json.dumps(drafts.kept(form, data)))
    first, again = (
        validate(form, answers, variables=KNOWN, now=NOW) for answers in (data, drafts.read_back(form, kept))
    )
    assert again.errors == ()
    assert again.data == first.data


def test_options_that_depend_on_another_choice_of_the_kind_are_found():
    more = {**choice("select", "=for i in 1..c return {label: string(i), value: i}"), "id": "d", "key": "d"}
    form = read(schema({**more, "id": "first"}, choice("select", "=[2, 3]")))
    data = from_post(form, [("answers.d", "3"), ("answers.c", "3")])
    checked = validate(form, data, now=NOW)
    assert (checked.errors, checked.data) == ((), {"d": 3, "c": 3})
