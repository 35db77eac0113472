"""Each rule of form-js on the server: what is refused, in which words, and what is stored."""

from __future__ import annotations

from typing import Any

import pytest

from forms.schema import read
from forms.validate import validate
from tests.forms.schemas import EVERYTHING, GOOD, NOW, options, schema


def judged(component, value, **variables):
    """Give the codes of the errors of one component with key `k` when `value` is sent."""
    outcome = validate(read(schema({"key": "k", **component})), {"k": value}, variables=variables, now=NOW)
    assert all(detail.field.split(".")[0] == "k" for detail in outcome.errors)
    return [detail.code for detail in outcome.errors]


def stored(component, value, **variables):
    outcome = validate(read(schema({"key": "k", **component})), {"k": value}, variables=variables, now=NOW)
    assert outcome.errors == ()
    return outcome.data["k"]


def said(component, value):
    (detail,) = validate(read(schema({"key": "k", "label": "Ô", **component})), {"k": value}, now=NOW).errors
    return detail.message.vi


TEXT = {"type": "textfield"}
NUMBER = {"type": "number"}
DATE = {"type": "datetime", "subtype": "date"}


def test_good_answers_are_stored_as_they_are():
    outcome = validate(read(EVERYTHING), GOOD, now=NOW)
    assert outcome.errors == ()
    assert outcome.data == GOOD
    assert "nhan_su.1.ten" in outcome.visible


def test_what_is_required_must_be_there():
    required = {"validate": {"required": True}}
    unanswered: list[tuple[dict[str, Any], Any]] = [
        (TEXT, ""),
        (TEXT, None),
        ({"type": "textarea"}, ""),
        (NUMBER, None),
        (DATE, ""),
        ({"type": "checkbox"}, False),
        ({"type": "select", "values": options("a")}, None),
        ({"type": "radio", "values": options("a")}, ""),
        ({"type": "checklist", "values": options("a")}, []),
        ({"type": "taglist", "values": options("a")}, []),
        ({"type": "filepicker"}, []),
    ]
    for component, empty in unanswered:
        assert judged({**component, **required}, empty) == ["required"], component
        assert judged(component, empty) == []


def test_a_text_of_blanks_counts_as_an_answer_as_in_form_js():
    assert judged({**TEXT, "validate": {"required": True}}, "  ") == []


def test_lengths_count_trimmed_utf16_units():
    bounds = {**TEXT, "validate": {"minLength": 2, "maxLength": 3}}
    assert judged(bounds, "a") == ["min_length"]
    assert judged(bounds, " a ") == ["min_length"]
    assert judged(bounds, " abc \ufeff") == []
    assert judged(bounds, "abcd") == ["max_length"]
    assert judged(bounds, "ế😀") == []
    assert judged(bounds, "😀😀") == ["max_length"]
    assert judged(bounds, "") == []


def test_a_pattern_is_javascripts_and_not_anchored():
    assert judged({**TEXT, "validate": {"pattern": "\\d{3}"}}, "ab123") == []
    assert judged({**TEXT, "validate": {"pattern": "^\\d{3}$"}}, "ab123") == ["pattern"]
    assert judged({**TEXT, "validate": {"pattern": "^\\d$"}}, "٣") == ["pattern"], "\\d is ASCII in JavaScript"
    area = {"type": "textarea", "validate": {"pattern": "^a$"}}
    assert judged(area, "a\n") == ["pattern"], "$ is the very end in JavaScript"


def test_a_pattern_that_runs_for_ever_is_cut_short():
    assert judged({**TEXT, "validate": {"pattern": "^(a+)+$"}}, "a" * 60 + "!") == ["pattern"]


def test_a_pattern_may_bring_its_own_message():
    component = {
        **TEXT,
        "validate": {"pattern": "^\\d{12}$", "patternErrorMessage": "Số định danh có 12 chữ số"},
        "properties": {"patternErrorMessageEn": "An identity number has 12 digits"},
    }
    assert said(component, "1") == "Số định danh có 12 chữ số"
    assert said({**TEXT, "validate": {"pattern": "^x$"}}, "1") == "“Ô” chưa đúng mẫu quy định (^x$)"


def test_numbers_have_exact_bounds():
    bounds = {**NUMBER, "validate": {"min": 0.1, "max": "10"}}
    assert judged(bounds, 0.1) == []
    assert judged(bounds, 0.09) == ["min"]
    assert judged(bounds, 10) == []
    assert judged(bounds, 10.000001) == ["max"]
    assert judged({**NUMBER, "validate": {"min": 1}}, 0) == ["min"], "zero is an answer"
    assert said({**NUMBER, "validate": {"max": 1500.5}}, 2000) == "“Ô” phải từ 1.500,5 trở xuống"


def test_decimal_digits_and_increment_are_exact():
    assert judged({**NUMBER, "decimalDigits": 1}, 0.3) == []
    assert judged({**NUMBER, "decimalDigits": 1}, 0.30000000000000004) == ["decimal_digits"]
    assert judged({**NUMBER, "decimalDigits": 0}, 2.0) == []
    assert judged({**NUMBER, "decimalDigits": 0}, 1.5) == ["decimal_digits"]
    assert judged({**NUMBER, "increment": 0.1}, 0.3) == []
    assert said({**NUMBER, "increment": 5}, 12) == ("“Ô” chỉ nhận các bậc cố định; hai số gần nhất là 10 và 15")


def test_a_number_is_stored_as_a_string_where_the_schema_says_so():
    assert stored({**NUMBER, "serializeToString": True}, "0.1234567890123456789012345") == "0.1234567890123456789012345"
    assert stored({**NUMBER, "serializeToString": True}, 5) == "5"
    assert stored(NUMBER, "12.5") == 12.5
    assert stored(NUMBER, " 12 ") == 12


def test_email_and_phone_are_form_js_patterns():
    email, phone = {**TEXT, "validate": {"validationType": "email"}}, {**TEXT, "validate": {"validationType": "phone"}}
    assert judged(email, "a@b.vn") == []
    assert judged(email, "a b@c.vn") == ["email"]
    assert judged(email, "a@b.vn\n") == ["email"]
    assert judged(phone, "+84912345678") == []
    assert judged(phone, "0912345678") == ["phone"]
    assert "+84912345678" in said(phone, "123")


@pytest.mark.parametrize(
    ("subtype", "good", "bad"),
    [
        ("date", ["2026-02-28", "2024-02-29"], ["2026-02-29", "28/02/2026", "2026-2-1", "2026-01-01T00:00", "hôm nay"]),
        ("time", ["17:00", "17:00:30", "17:00+07:00", "10:00Z"], ["25:00", "17", "17:60", "5pm", "17:00+99:00"]),
        (
            "datetime",
            ["2026-01-01T17:00", "2026-01-01T17:00+07:00", "2026-01-01T17:00Z"],
            ["2026-01-01", "17:00", "2026-13-01T00:00", "2026-01-01 17:00", "T"],
        ),
    ],
)
def test_dates_and_times_are_real_and_iso(subtype, good, bad):
    component = {"type": "datetime", "subtype": subtype}
    assert [judged(component, text) for text in good] == [[]] * len(good)
    assert [judged(component, text) for text in bad] == [["wrong_date"]] * len(bad)


def test_a_past_day_is_refused_where_it_is_not_allowed_by_the_day_in_vietnam():
    later = {**DATE, "disallowPassedDates": True}
    assert judged(later, "2026-09-10") == []
    assert judged(later, "2026-09-09") == ["past"]
    assert judged({**later, "subtype": "datetime"}, "2026-09-09T23:59+07:00") == ["past"]
    assert judged({**later, "subtype": "datetime"}, "2026-09-09T17:00Z") == [], "that is midnight in Hanoi"
    assert judged({**later, "subtype": "datetime"}, "0001-01-01T00:00+14:00") == ["past"]
    assert said(later, "2026-09-09") == "“Ô” phải là hôm nay (10/09/2026) hoặc sau đó"


def test_a_choice_takes_its_options_only_and_by_type():
    radio = {"type": "radio", "values": options("a", 1, True)}
    assert [judged(radio, value) for value in ("a", 1, 1.0, True)] == [[], [], [], []]
    assert judged(radio, "b") == ["not_an_option"]
    assert judged(radio, "1") == ["not_an_option"]
    assert judged({"type": "select", "values": options(0)}, False) == ["not_an_option"]
    checklist = {"type": "checklist", "values": options("a", "b")}
    assert judged(checklist, ["a", "x"]) == ["not_an_option"]
    assert stored(checklist, ["b", "a", "b"]) == ["b", "a"]


def test_options_may_be_objects():
    ward = {"code": "01", "names": ["A"]}
    select = {"type": "select", "values": [{"label": "A", "value": ward}]}
    assert stored(select, {"names": ["A"], "code": "01"}) == ward
    assert judged(select, {"code": "02"}) == ["wrong_type"]


def test_options_may_come_from_a_variable():
    select = {"type": "select", "valuesKey": "wards"}
    assert judged(select, "b", wards=["a", {"label": "B", "value": "b"}]) == []
    assert judged(select, "c", wards=["a"]) == ["not_an_option"]
    assert judged(select, "a", wards="a") == ["not_an_option"]


def test_documents_are_a_list_of_ids():
    assert stored({"type": "filepicker", "multiple": True}, ["d1", "d2", "d1"]) == ["d1", "d2"]
    assert stored({"type": "filepicker"}, "d1") == ["d1"]
    assert judged({"type": "filepicker"}, ["d1", "d2"]) == ["too_many_files"]
    assert judged({"type": "filepicker"}, [1]) == ["wrong_type"]
    assert judged({"type": "filepicker"}, ["x" * 201]) == ["too_long"]


def test_a_disabled_field_is_neither_validated_nor_stored():
    outcome = validate(
        read(schema({**TEXT, "key": "k", "disabled": True, "validate": {"required": True}})), {"k": "x"}, now=NOW
    )
    assert (outcome.errors, outcome.data) == ((), {})


def test_a_readonly_field_takes_its_value_from_the_variables_whatever_was_sent():
    form = read(schema({**TEXT, "key": "k", "readonly": True, "defaultValue": "mặc định"}))
    assert validate(form, {"k": "giả"}, variables={"k": "thật"}, now=NOW).data == {"k": "thật"}
    assert validate(form, {"k": "giả"}, now=NOW).data == {"k": "mặc định"}


def test_what_is_not_sent_comes_from_the_variables_then_the_default():
    form = read(schema({**TEXT, "key": "k", "defaultValue": "mặc định"}, {**NUMBER, "key": "n"}))
    assert validate(form, {}, now=NOW).data == {"k": "mặc định", "n": None}
    assert validate(form, {}, variables={"k": "cũ", "n": "7"}, now=NOW).data == {"k": "cũ", "n": 7}
    assert validate(form, {"k": ""}, variables={"k": "cũ"}, now=NOW).data["k"] == ""
    assert validate(form, {}, variables={"k": ["sai"], "n": {}}, now=NOW).data == {"k": "", "n": None}


def test_unknown_names_are_refused_by_name_at_every_level():
    outcome = validate(
        read(EVERYTHING), {**GOOD, "evil": 1, "dia_chi": {"x": 1}, "nhan_su": [{"ten": "A", "y": 1}]}, now=NOW
    )
    assert [(x.field, x.code) for x in outcome.errors] == [
        ("dia_chi.x", "unknown_field"),
        ("nhan_su.0.y", "unknown_field"),
        ("evil", "unknown_field"),
    ]
    assert "“evil”" in outcome.errors[2].message.vi
    assert "evil" not in outcome.data


def test_a_million_unknown_names_are_not_all_told():
    outcome = validate(read(schema()), {f"x{n}": n for n in range(100_000)}, now=NOW)
    assert len(outcome.errors) == 50


HUGE = "x" * 10_000_000


@pytest.mark.parametrize(
    "value", [[], {}, {"a": {"b": []}}, [[1]], HUGE, 10**400, float("nan"), float("inf"), "\0", "\ud800"]
)
@pytest.mark.parametrize("component", EVERYTHING["components"], ids=lambda component: str(component["id"]))
def test_a_wrong_type_is_a_clear_error_of_its_field(component, value):
    key = component.get("key") or component.get("path")
    if key is None:
        return
    outcome = validate(read(schema(component)), {key: value}, variables={"cac_the": []}, now=NOW)
    allowed = (key in ("kenh", "the", "giay_to", "nhan_su") and value == []) or (key == "dia_chi" and value == {})
    assert bool(outcome.errors) != allowed
    assert all(detail.field.startswith(key) and len(detail.message.vi) < 500 for detail in outcome.errors)


def test_all_errors_come_at_once_in_the_order_of_the_form():
    outcome = validate(read(EVERYTHING), {"ho_ten": "", "thu": "x", "dien_tich": -1.234, "nhan_su": [{}]}, now=NOW)
    assert [(x.field, x.code) for x in outcome.errors] == [
        ("ho_ten", "required"),
        ("thu", "email"),
        ("dien_tich", "decimal_digits"),
        ("dien_tich", "min"),
        ("cam_doan", "required"),
        ("nhan_su.0.ten", "required"),
    ]


def test_every_message_is_in_two_languages_and_names_the_question():
    form = read(
        schema(
            {**TEXT, "key": "k", "label": "Họ tên", "properties": {"labelEn": "Name"}, "validate": {"required": True}}
        )
    )
    (detail,) = validate(form, {}, now=NOW).errors
    assert (detail.message.vi, detail.message.en) == ("Nhập “Họ tên”", "Enter “Name”")


def test_line_breaks_stay_in_a_textarea_and_become_blanks_in_a_textfield():
    assert stored({"type": "textarea"}, "a\nb") == "a\nb"
    assert stored(TEXT, "a\nb\tc") == "a b c"


def test_marks_are_composed_so_that_the_same_name_is_the_same_text():
    assert stored(TEXT, "Quy\u0300nh") == "Quỳnh"


LIST = {
    "type": "dynamiclist",
    "key": None,
    "path": "k",
    "components": [{**TEXT, "key": "x", "validate": {"required": True}}],
}


def test_rows_are_judged_one_by_one():
    outcome = validate(read(schema(LIST)), {"k": [{"x": "a"}, {}, None]}, now=NOW)
    assert [x.field for x in outcome.errors] == ["k.1.x", "k.2.x"]
    assert validate(read(schema(LIST)), {"k": []}, now=NOW).data == {"k": []}


def test_a_list_has_its_first_rows_where_nothing_is_sent():
    assert [x.field for x in validate(read(schema({**LIST, "defaultRepetitions": 2})), {}, now=NOW).errors] == [
        "k.0.x",
        "k.1.x",
    ]


def test_rows_have_a_limit_and_a_list_may_be_fixed():
    assert judged({**LIST, "properties": {"maxRows": "2"}}, [{"x": "a"}] * 3) == ["too_many_rows"]
    assert judged({**LIST, "allowAddRemove": False}, [{"x": "a"}] * 2) == ["fixed_rows"]
    assert judged({**LIST, "allowAddRemove": False}, [{"x": "a"}] * 2, k=[{}, {}]) == []
    assert judged(LIST, {"0": {"x": "a"}}) == ["wrong_type", "required"]
    assert judged(LIST, ["a"]) == ["wrong_type", "required"]


def test_nested_lists_cannot_blow_up():
    inner = {**LIST, "path": "c", "components": [{**LIST, "path": "b", "components": [{**TEXT, "key": "x"}]}]}
    form = read(schema({**inner, "path": "k"}))
    hostile = {"k": [{"b": [{"x": "1"}] * 100}] * 100}
    outcome = validate(form, hostile, now=NOW)
    assert "too_large" in [detail.code for detail in outcome.errors]


def test_a_list_that_does_not_repeat_is_a_group():
    form = read(schema({**LIST, "isRepeating": False}))
    assert validate(form, {"k": {"x": "a"}}, now=NOW).data == {"k": {"x": "a"}}
