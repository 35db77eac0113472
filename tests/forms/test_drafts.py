"""Drafts of answers: kept as typed, read back without guessing, compared, carried to a newer form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from forms import drafts
from forms.model import Form
from forms.schema import read
from forms.submission import from_post
from forms.validate import validate
from forms.values import Unreadable
from tests.services.bundles import form as schema
from tests.services.bundles import number, text

GROUP = {"type": "group", "path": "home", "label": "Nhà", "components": [text("ward")]}
PEOPLE = {"type": "dynamiclist", "path": "people", "label": "Người", "components": [text("name"), number("age")]}


def made(*components: dict[str, Any]) -> Form:
    return read(schema("f", *components))


def again(form: Form, answers: dict[str, Any]) -> dict[str, Any]:
    """Keep answers as JSON and read them back, as another day would."""
    return drafts.read_back(form, orjson.loads(orjson.dumps(drafts.kept(form, answers))))


def test_only_names_of_the_form_are_kept() -> None:
    form = made(text("a"), GROUP, PEOPLE)
    answers = {
        "a": "x", "csrf_token": "s", "home": {"ward": "Ba Đình", "other": 1},
        "people": [{"name": "An", "role": "admin"}, "junk", {"age": 3}],
    }  # fmt: skip
    assert drafts.kept(form, answers) == {
        "a": "x", "home": {"ward": "Ba Đình"}, "people": [{"name": "An"}, {}, {"age": 3}],
    }  # fmt: skip
    assert drafts.kept(form, {"home": "no group", "people": {"0": {}}}) == {}
    assert drafts.kept(form, {"a": None}) == {"a": None}


@pytest.mark.parametrize("typed", ["1.500", "12a", "1,5,0", "--", "१२"])
def test_what_cannot_be_read_as_a_number_is_not_guessed_at_another_day(typed: str) -> None:
    form = made(number("n"), {**number("exact"), "serializeToString": True}, PEOPLE)
    answers = from_post(form, [("answers.n", typed), ("answers.exact", typed), ("answers.people[0].age", typed)])
    read_again = again(form, answers)
    assert read_again == answers
    for value in (read_again["n"], read_again["exact"], read_again["people"][0]["age"]):
        assert isinstance(value, Unreadable)


def test_numbers_and_all_else_come_back_as_they_were() -> None:
    form = made(number("n"), {**number("exact"), "serializeToString": True}, text("a"), GROUP, PEOPLE,
                {"type": "checkbox", "key": "yes", "label": "yes"})  # fmt: skip
    pairs = [
        ("answers.n", "1,5"), ("answers.exact", "12345678901234567890,25"), ("answers.a", "  hai dòng "),
        ("answers.home.ward", ""), ("answers.people[1].name", "Bình"), ("answers.yes", "true"),
    ]  # fmt: skip
    answers = from_post(form, pairs)
    assert again(form, answers) == answers
    assert not any(isinstance(value, Unreadable) for value in again(form, answers).values())


def test_fields_that_were_not_sent_stay_unsent() -> None:
    form = made(text("a"), GROUP, PEOPLE)
    assert again(form, {}) == {}


def test_a_difference_names_its_field_and_shows_both_answers() -> None:
    form = made(text("a"), number("n"), PEOPLE)
    mine = {"a": "một", "n": Unreadable("1.500"), "people": [{"name": "An"}]}
    theirs = {"a": "một", "n": 2, "people": [{"name": "An"}, {"name": "Bình"}]}
    found = [(x.path, x.label.vi, x.mine.vi, x.theirs.vi) for x in drafts.differences(form, mine, theirs)]
    assert found == [("n", "n", "1.500", "2"), ("people.1.name", "name", "", "Bình")]
    assert drafts.differences(form, mine, mine) == ()


def test_answers_that_a_newer_form_has_no_field_for_are_named() -> None:
    old, new = made(text("a"), text("gone"), text("blank"), GROUP), made(text("a"), text("more"))
    lost = drafts.lost(old, new, {"a": "x", "gone": "của tôi", "blank": "", "home": {"ward": "Ba Đình"}})
    assert [(one.label.vi, one.answer.vi) for one in lost] == [("gone", "của tôi"), ("ward", "Ba Đình")]
    assert drafts.lost(old, old, {"a": "x", "gone": "y"}) == ()


def test_a_wrong_draft_is_refused_by_name_when_it_is_sent() -> None:
    form = made(number("n", required=True))
    checked = validate(form, again(form, {"n": Unreadable("1.500")}), now=datetime(2026, 8, 20, tzinfo=UTC))
    assert [(error.field, error.code) for error in checked.errors] == [("n", "ambiguous_number")]
