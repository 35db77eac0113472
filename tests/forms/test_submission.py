"""An HTML post becomes the data that a program would have sent."""

from __future__ import annotations

import pytest

from forms.schema import read
from forms.submission import control_name, from_post, steps_of, wants_refresh
from forms.validate import validate
from forms.values import Unreadable
from forms.views import fields
from tests.forms.pages import page, posted
from tests.forms.schemas import EVERYTHING, GOOD, NOW, options, schema

FORM = read(EVERYTHING)


def test_an_unchanged_page_posts_the_answers_it_was_drawn_with():
    assert from_post(FORM, posted(page(fields(FORM, GOOD)))) == GOOD


def test_an_english_page_posts_the_same():
    assert from_post(FORM, posted(page(fields(FORM, GOOD), language="en"))) == GOOD


def test_an_empty_page_posts_what_form_js_would_submit():
    data = from_post(FORM, posted(page(fields(FORM, {}))))
    without_loai = {key: value for key, value in validate(FORM, {}, now=NOW).data.items() if key != "loai"}
    assert data == without_loai, "a radio nobody chose sends nothing"


def test_only_names_with_the_prefix_belong_to_the_form():
    pairs = [("csrf_token", "x"), ("act", "accept"), ("ho_ten", "không"), ("answers.ho_ten", "có")]
    assert from_post(FORM, pairs) == {"ho_ten": "có"}


def test_names_the_form_does_not_know_are_kept_to_be_refused():
    pairs = [
        ("answers.evil", "1"),
        ("answers.dia_chi.x", "2"),
        ("answers.[", "3"),
        ("answers.", "4"),
        ("answers.a..b", "5"),
    ]
    data = from_post(FORM, pairs)
    refused = [x.field for x in validate(FORM, data, now=NOW).errors if x.code == "unknown_field"]
    assert refused == ["evil", "dia_chi.x", "[", "", "a..b"]


def test_a_box_not_ticked_is_false_and_a_question_not_on_the_page_is_absent():
    form = read(schema({"type": "checkbox", "key": "k"}, {"type": "checklist", "key": "c", "values": options("a")}))
    assert from_post(form, [("answers.k", ""), ("answers.c", "")]) == {"k": False, "c": []}
    assert from_post(form, [("answers.k", ""), ("answers.k", "true"), ("answers.c", ""), ("answers.c", "a")]) == {
        "k": True,
        "c": ["a"],
    }
    assert from_post(form, []) == {}


def test_options_get_their_own_type_back():
    form = read(schema({"type": "select", "key": "k", "values": options(1, True, "x", {"a": [1]})}))
    values = [from_post(form, [("answers.k", text)])["k"] for text in ("1", "true", "x", '{"a": [1]}', "", "2")]
    assert values == [1, True, "x", {"a": [1]}, None, "2"]


def test_options_of_a_variable_get_their_own_type_back():
    form = read(schema({"type": "select", "key": "k", "valuesKey": "years"}))
    assert from_post(form, [("answers.k", "2026")], variables={"years": [2025, 2026]}) == {"k": 2026}


def test_numbers_are_read_and_what_cannot_be_read_is_refused_and_shown_again():
    form = read(schema({"type": "number", "key": "k", "label": "Diện tích"}))
    assert from_post(form, [("answers.k", "1.500,5")]) == {"k": 1500.5}
    data = from_post(form, [("answers.k", " 1.500 ")])
    assert isinstance(data["k"], Unreadable)
    outcome = validate(form, data, now=NOW)
    assert [x.message.vi for x in outcome.errors] == [
        "“Diện tích”: số 1.500 có thể hiểu hai cách. Viết 1500, hoặc 1,5 nếu là số lẻ"
    ]
    control = page(fields(form, data, errors=outcome.errors)).get_element_by_id("f-k")
    assert control.get("value") == " 1.500 "


@pytest.mark.parametrize(
    ("subtype", "offset", "typed", "meant"),
    [
        ("date", "", "2026-09-30", "2026-09-30"),
        ("date", "", "30/9/2026", "2026-09-30"),
        ("date", "", "", None),
        ("time", "", "17:00", "17:00"),
        ("time", "utc_offset", "17:00", "17:00+07:00"),
        ("time", "utc_normalized", "17:00", "10:00Z"),
        ("datetime", "", "2026-09-30T17:00", "2026-09-30T17:00"),
        ("datetime", "utc_offset", "30/09/2026 17:00", "2026-09-30T17:00+07:00"),
        ("datetime", "utc_normalized", "2026-09-30T01:00", "2026-09-29T18:00Z"),
    ],
)
def test_dates_and_times_are_written_as_form_js_stores_them(subtype, offset, typed, meant):
    form = read(schema({"type": "datetime", "key": "k", "subtype": subtype, "timeSerializingFormat": offset}))
    assert from_post(form, [("answers.k", typed)]) == {"k": meant}
    assert validate(form, {"k": meant}, now=NOW).errors == ()


@pytest.mark.parametrize("typed", ["31/02/2026", "mai", "2026-09-30T", "T17:00", "99:99"])
def test_what_is_no_date_is_refused_and_shown_again(typed):
    form = read(schema({"type": "datetime", "key": "k", "subtype": "datetime", "timeSerializingFormat": "utc_offset"}))
    data = from_post(form, [("answers.k", typed)])
    assert [x.code for x in validate(form, data, now=NOW).errors] == ["wrong_date"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0912 345 678", "+84912345678"),
        ("+84 912.345.678", "+84912345678"),
        ("(024) 3825-6789", "+842438256789"),
        ("gọi", "gọi"),
    ],
)
def test_a_vietnamese_phone_number_gets_its_country_code(typed, meant):
    form = read(schema({"type": "textfield", "key": "k", "validate": {"validationType": "phone"}}))
    assert from_post(form, [("answers.k", typed)]) == {"k": meant}


def test_texts_are_composed_and_have_plain_line_breaks():
    assert from_post(FORM, [("answers.ghi_chu", "Quy\u0300nh\r\nhai")]) == {"ghi_chu": "Quỳnh\nhai"}


def test_rows_are_found_by_their_numbers():
    pairs = [("answers.nhan_su[1].ten", "Hai"), ("answers.nhan_su[0]", "")]
    assert from_post(FORM, pairs)["nhan_su"] == [{}, {"ten": "Hai"}]


def test_a_row_number_far_out_makes_no_million_rows():
    data = from_post(FORM, [("answers.nhan_su[9999].ten", "x"), ("answers.nhan_su[99999].ten", "x")])
    assert len(data["nhan_su"]) == 101
    assert "too_many_rows" in [x.code for x in validate(FORM, data, now=NOW).errors]


def test_buttons_add_and_remove_rows_and_ask_for_the_page_again():
    pairs = [("answers.nhan_su[0].ten", "Một"), ("answers.nhan_su[1].ten", "Hai")]
    assert not wants_refresh(pairs)
    add, remove = ("answers-do", "add answers.nhan_su"), ("answers-do", "remove answers.nhan_su[0]")
    assert wants_refresh([*pairs, add])
    assert from_post(FORM, [*pairs, add])["nhan_su"] == [{"ten": "Một"}, {"ten": "Hai"}, {}]
    assert from_post(FORM, [*pairs, remove])["nhan_su"] == [{"ten": "Hai"}]
    assert from_post(FORM, [add])["nhan_su"] == [{}]


@pytest.mark.parametrize(
    "act",
    [
        "",
        "add",
        "add answers.ho_ten",
        "add answers.dia_chi",
        "remove answers.nhan_su",
        "remove answers.nhan_su[7]",
        "remove answers.nhan_su[0].ten",
        "drop answers.nhan_su",
        "add answers.nhan_su[0]",
    ],
)
def test_a_button_that_makes_no_sense_changes_nothing(act):
    pairs = [("answers.nhan_su[0].ten", "Một")]
    assert from_post(FORM, [*pairs, ("answers-do", act)])["nhan_su"] == [{"ten": "Một"}]


def test_a_list_with_fixed_rows_takes_no_button():
    form = read(schema({"type": "dynamiclist", "path": "k", "allowAddRemove": False, "components": []}))
    assert from_post(form, [("answers.k[0]", ""), ("answers-do", "add answers.k")]) == {"k": [{}]}


def test_control_names_and_paths_are_one_to_one():
    for path in [("a",), ("a", "b"), ("people", 0, "name"), ("a", 0, "b", 12, "c")]:
        assert steps_of(control_name(path)) == path
