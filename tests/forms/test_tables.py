"""Tables are paged and sorted as form-js does it, by buttons of the form, so that what was typed stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from forms import table_parts
from forms.schema import read
from forms.submission import from_post, wants_refresh
from forms.table_parts import Place, part, places
from forms.tables import MAX_HELD, MAX_ROWS
from forms.views import FieldView, fields
from tests.forms.pages import page
from tests.forms.schemas import schema

TABLE = {
    "type": "table", "id": "bang", "label": "Người", "rowCount": 2, "dataSource": "=nguoi",
    "columns": [{"key": "ten", "label": "Tên"}, {"key": "tuoi", "label": "Tuổi"}],
}  # fmt: skip
NAMES = ["Đào", "An", "Ánh", "Bình", "đào"]
PEOPLE: list[Any] = [{"ten": name, "tuoi": age} for name, age in zip(NAMES, [30, 4, None, 100, 4.5], strict=True)]


def table(people: Any = None, **more: Any) -> FieldView:
    note = {"type": "textfield", "id": "ghi", "key": "ghi", "label": "Ghi chú"}
    form = read(schema(TABLE | more, note))
    views = fields(form, {"ghi": "đã gõ"}, variables={"nguoi": PEOPLE if people is None else people}, refreshable=True)
    return next(view for view in views if view.kind == "table")


def names(view: FieldView, place: Place | None) -> list[str]:
    return [row[0].vi for row in part(view.table, place).rows]


def test_a_table_shows_as_many_rows_as_it_says_and_turns_its_pages():
    view = table()
    assert [names(view, Place(number)) for number in (1, 2, 3)] == [["Đào", "An"], ["Ánh", "Bình"], ["đào"]]
    second = part(view.table, Place(2))
    assert (second.pages, second.first, second.last, second.at(1), second.at(-1)) == (3, 3, 4, Place(3), Place(1))
    assert part(view.table, Place(99)).place == Place(3)
    assert part(view.table, Place(0)).place == Place(1)
    assert names(view, None) == NAMES  # where no button is answered, all of them
    assert names(table(rowCount=0), Place(1)) == NAMES


def test_a_heading_sorts_upwards_then_downwards_then_not():
    up = Place(3).toggled(1)
    assert (up, up.toggled(1), up.toggled(1).toggled(1), up.toggled(0)) == (
        Place(1, 1), Place(1, 1, True), Place(), Place(1, 0),
    )  # fmt: skip
    view = table(rowCount=0)
    assert names(view, up) == ["An", "đào", "Đào", "Bình", "Ánh"]  # who has no age comes last
    assert names(view, up.toggled(1)) == ["Bình", "Đào", "đào", "An", "Ánh"]
    assert names(view, Place(1, 0)) == ["An", "Ánh", "Bình", "Đào", "đào"]
    assert names(view, Place(1, 7)) == NAMES


def test_cells_of_any_kind_can_be_sorted():
    odd = [1, None, "", "b", True, {"a": 1}, [2], date(2026, 1, 2), 2.5, "á", "10"]
    shown = part(table([{"ten": one} for one in odd], rowCount=0).table, Place(1, 0)).rows
    assert [row[0].vi for row in shown][:4] == ["1", "Có", "2,5", "02/01/2026"]
    assert [row[0].vi for row in shown][-2:] == ["", ""]


def test_what_was_posted_of_tables_is_read_or_left_out():
    said = ["2 -1 asc g-bang", "1 0 desc g-khac", "table 3 1 asc g-bang", "table x", "", "table 1 1 asc g-a b"]
    assert places(said) == {"g-bang": Place(3, 1), "g-khac": Place(1, 0, True), "g-a b": Place(1, 1)}
    assert places(["-1 0 asc g", "1 0 up g", "9999999 0 asc g", "١ 0 asc g", "1 --1 asc g"]) == {}
    assert len(places(f"1 0 asc {n}" for n in range(10_000))) == table_parts.MOST_READ


@pytest.mark.parametrize(("most", "count", "left"), [(0, MAX_ROWS, 120), (10, MAX_ROWS + 120, 0)])
def test_a_long_table_is_cut_and_a_paged_one_holds_more(most: int, count: int, left: int):
    long = [{"ten": str(n)} for n in range(MAX_ROWS + 120)]
    view = table(long, rowCount=most)
    assert (len(view.table.cells), view.table.left_out) == (count, left)
    assert len(part(view.table, None).rows) == MAX_ROWS
    assert table([{}] * (MAX_HELD + 1), rowCount=5).table.left_out == 1


def test_its_buttons_stand_in_the_form_and_change_nothing_that_was_typed():
    document = page([table()])
    first, *_ = document.xpath("//th/button")
    assert first.get("name") == "answers-do"
    assert first.text_content() == "Tên, sắp xếp tăng dần"
    assert not document.xpath("//th/@aria-sort")
    following = document.get_element_by_id("g-bang-next")
    assert document.xpath("//*[@id='g-bang-previous']/@aria-disabled") == ["true"]
    for button in (first, following):
        form, pairs = read(schema(TABLE)), [("answers-do", button.get("value")), ("answers-table", "1 0 asc g-bang")]
        assert wants_refresh(pairs)
        assert from_post(form, pairs) == {}
    sorted_ = page([table()], places={"g-bang": Place(2, 0, True)})
    assert sorted_.xpath("//th/@aria-sort") == ["descending"]
    assert sorted_.xpath("//input[@name='answers-table']/@value") == ["2 0 desc g-bang"]
    assert sorted_.xpath("//caption")[0].text_content() == "Người (5 dòng)"
    assert "3–4 trong 5" in sorted_.text_content()


def test_without_a_page_that_answers_buttons_all_rows_stand_under_plain_headings():
    form = read(schema(TABLE))
    document = page(fields(form, {}, variables={"nguoi": PEOPLE}))
    assert not document.xpath("//button")
    assert len(document.xpath("//tbody/tr")) == 5
