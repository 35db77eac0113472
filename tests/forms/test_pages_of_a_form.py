"""A form split into pages: what begins one, what belongs to it, and how far its answers have come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from forms import pages, schema
from forms.fill import fill
from forms.model import Form
from forms.pages import State
from forms.validate import validate

NOW = datetime(2026, 9, 30, 8, tzinfo=UTC)


def text(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key, **more}


def group(name: str, *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "group", "id": name, "label": name.capitalize(), "components": list(components), **more}


def form(*components: dict[str, Any]) -> Form:
    return schema.read({"type": "default", "id": "f", "components": list(components)})


def progress(of: Form, answers: dict[str, Any]) -> dict[str, State]:
    problems = validate(of, answers, now=NOW).errors
    found = pages.progress(of, answers, problems, filled=fill(of, answers, {}, now=NOW))
    return {one.page.id: one.state for one in found}


NEEDED = {"validate": {"required": True}}


def test_each_labelled_group_or_list_of_the_top_level_begins_a_page():
    rows = {"type": "dynamiclist", "id": "rows", "path": "rows", "label": "Rows", "components": [text("c")]}
    found = pages.split(form(group("one", text("a")), rows, group("two", group("inner", text("b")))))
    assert [(page.id, page.title.vi) for page in found] == [("one", "One"), ("rows", "Rows"), ("two", "Two")]
    assert [sorted(page.paths) for page in found] == [[("a",)], [("rows",)], [("b",)]]


def test_what_stands_between_groups_belongs_to_the_page_before_or_makes_a_first_one():
    plain = {"type": "group", "id": "plain", "components": [text("d")]}
    found = pages.split(form(text("a"), group("one", text("b")), text("c"), plain))
    assert [page.id for page in found] == ["form", "one"]
    assert [sorted(page.paths) for page in found] == [[("a",)], [("b",), ("c",), ("d",)]]
    assert [page.title.en for page in pages.split(form(text("a"), text("b")))] == ["Dossier information"]


def test_properties_keep_a_group_on_the_page_before_or_put_it_beside_the_last_look():
    stays = group("stays", text("b"), properties={"page": "no"})
    last = text("sure", properties={"page": "check"})
    found = pages.split(form(group("one", text("a")), last, stays, group("two", text("c"))))
    assert [page.id for page in found] == ["one", "two", "check"]
    assert sorted(found[0].paths) == [("a",), ("b",)]
    assert sorted(found[-1].paths) == [("sure",)]


@pytest.mark.parametrize("name", sorted(pages.RESERVED))
def test_a_page_never_takes_the_address_of_something_else(name: str):
    assert [page.id for page in pages.split(form(group(name, text("a"))))] == [f"{name}_"]


def test_an_error_belongs_to_the_page_of_its_field():
    of = form(group("one", text("name"), path="a"), group("two", text("age"), path="a"))
    one, two = pages.split(of)
    assert (one.owns("a.name"), one.owns("a.age"), two.owns("a.age")) == (True, False, True)
    assert one.owns("a")
    assert not one.owns("other")
    rows = {"type": "dynamiclist", "id": "rows", "path": "rows", "label": "Rows", "components": [text("c")]}
    assert pages.split(form(rows))[0].owns("rows.12.c")
    unowned = pages.unowned(of, validate(of, {"evil": 1}, now=NOW).errors)
    assert [detail.field for detail in unowned] == ["evil"]


def test_a_page_is_not_started_in_progress_done_or_not_needed():
    wants = {"type": "radio", "key": "wants", "label": "w", "values": [{"label": "y", "value": "y"}]}
    of = form(
        group("one", text("a", **NEEDED), text("b", **NEEDED)),
        group("two", wants),
        group("three", text("c", **NEEDED), conditional={"hide": '=wants != "y"'}),
    )
    assert progress(of, {}) == {"one": State.NOT_STARTED, "two": State.NOT_STARTED, "three": State.NOT_NEEDED}
    assert progress(of, {"a": "", "b": ""})["one"] is State.NOT_STARTED
    assert progress(of, {"a": "x"})["one"] is State.IN_PROGRESS
    assert progress(of, {"a": "x", "b": "y"})["one"] is State.DONE
    assert progress(of, {"wants": "y"}) == {
        "one": State.NOT_STARTED,
        "two": State.DONE,
        "three": State.NOT_STARTED,
    }
    assert [page.is_optional for page in pages.split(of)] == [False, True, False]


def test_a_list_without_rows_and_a_page_of_words_only_are_pages_like_others():
    rows = {
        "type": "dynamiclist",
        "id": "rows",
        "path": "rows",
        "label": "R",
        "defaultRepetitions": 0,
        "components": [text("c")],
    }
    of = form(rows, group("words", {"type": "text", "text": "Read this."}))
    assert progress(of, {}) == {"rows": State.NOT_STARTED, "words": State.DONE}
    assert progress(of, {"rows": []})["rows"] is State.DONE


def test_saving_one_page_leaves_the_answers_of_the_others_alone():
    of = form(group("one", text("name"), path="a"), group("two", text("age"), text("job"), path="a"))
    one, two = pages.split(of)
    before = {"a": {"name": "An", "age": "7", "job": "x"}}
    after = pages.merged(two, before, {"a": {"name": "Evil", "age": "8"}})
    assert after == {"a": {"name": "An", "age": "8", "job": "x"}}
    assert before == {"a": {"name": "An", "age": "7", "job": "x"}}
    assert pages.part(one, after) == {"a": {"name": "An"}}
    assert pages.without(two, after) == {"a": {"name": "An"}}


def test_a_page_shows_its_fields_without_the_frame_of_its_group_and_knows_the_other_answers():
    more = text("more", conditional={"hide": '=kind != "x" or age = "0"'})
    of = form(group("one", text("kind")), group("two", more, text("age")))
    page = pages.split(of)[1]

    def shown(answers: dict[str, Any]) -> list[str]:
        return [view.path for view in pages.views(of, page, answers, now=NOW) if view.path]

    assert shown({"kind": "x"}) == ["more", "age"]
    assert shown({"kind": "y"}) == ["age"]
    kinds = [view.kind for view in pages.views(of, page, {}, refreshable=True, now=NOW)]
    assert kinds == ["default_button", "textfield", "refresh"]
    assert [view.kind for view in pages.views(of, pages.split(of)[0], {}, refreshable=True, now=NOW)] == ["textfield"]
