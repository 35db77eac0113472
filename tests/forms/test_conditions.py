"""Conditions, computed values and templates: FEEL as form-js evaluates it, on the server."""

from __future__ import annotations

from typing import Any

import pytest

from expressions import feelin
from findings import Severity
from forms.schema import check, read
from forms.submission import from_post
from forms.validate import validate
from forms.views import fields, flat
from tests.forms.pages import page, posted
from tests.forms.schemas import NOW, options, schema


def text(key: str, hide: Any = None, **more: Any) -> dict[str, Any]:
    condition = {} if hide is None else {"conditional": {"hide": hide}}
    return {"type": "textfield", "key": key, "label": key, **condition, **more}


def number(key: str, **more: Any) -> dict[str, Any]:
    return {"type": "number", "key": key, "label": key, **more}


def expression(key: str, source: str) -> dict[str, Any]:
    return {"type": "expression", "key": key, "expression": source}


def outcome(form, data, **variables):
    return validate(read(form), data, variables=variables, now=NOW)


def visible(form, data, **variables):
    return list(outcome(form, data, **variables).visible)


REQUIRED = {"validate": {"required": True}}


def test_a_hidden_field_is_neither_validated_nor_stored():
    form = schema(number("tuoi"), text("giam_ho", "=tuoi >= 18", **REQUIRED))
    adult, child = outcome(form, {"tuoi": 20, "giam_ho": "X"}), outcome(form, {"tuoi": 5})
    assert (adult.errors, adult.data, adult.visible) == ((), {"tuoi": 20}, ("tuoi",))
    assert [x.field for x in child.errors] == ["giam_ho"]


def test_a_condition_on_an_empty_answer_hides_because_it_is_a_unary_test():
    assert visible(schema(number("tuoi"), text("x", "=tuoi >= 18")), {}) == ["tuoi"]


@pytest.mark.parametrize("hide", ["= ((", "=1 +", "tuoi >= 18", True, 1, ["="], "=fail("])
def test_a_condition_that_cannot_be_read_shows(hide):
    form = schema(number("tuoi"), text("x", hide))
    assert visible(form, {"tuoi": 20}) == ["tuoi", "x"]
    assert {finding.rule for finding in check(form)} <= {"form-hide", "form-feel"}
    assert check(form)[0].severity is Severity.WARNING


def test_conditions_see_choices_boxes_variables_and_groups():
    form = schema(
        {"type": "radio", "key": "loai", "values": options("a", "b")},
        {"type": "checkbox", "key": "co"},
        {"type": "group", "path": "g", "components": [text("t")]},
        text("k1", '=loai = "a"'),
        text("k2", "=co"),
        text("k3", '=g.t = "ẩn"'),
        text("k4", '=case = "new"'),
        text("k5", '=list contains(["a"], loai)'),
    )
    data = {"loai": "a", "co": True, "g": {"t": "ẩn"}}
    assert visible(form, data, case="new") == ["loai", "co", "g.t"]
    assert visible(form, {**data, "loai": "b", "co": False, "g": {"t": ""}}, case="old") == [
        "loai", "co", "g.t", "k1", "k2", "k3", "k4", "k5",
    ]  # fmt: skip


def test_what_is_inside_a_hidden_group_or_list_is_hidden():
    form = schema(
        {"type": "checkbox", "key": "an"},
        {"type": "group", "path": "g", "conditional": {"hide": "=an"}, "components": [text("x", **REQUIRED)]},
        {"type": "dynamiclist", "path": "l", "conditional": {"hide": "=an"}, "components": [text("y", **REQUIRED)]},
        {"type": "text", "text": "Ẩn cùng", "conditional": {"hide": "=an"}},
    )
    assert outcome(form, {"an": True, "g": {"x": "1"}, "l": [{"y": "2"}]}).data == {"an": True}
    assert [x.field for x in outcome(form, {"an": False}).errors] == ["g.x", "l.0.y"]
    assert [view.kind for view in fields(read(form), {"an": True})] == ["checkbox"]


def test_rows_have_conditions_of_their_own():
    form = schema(
        {
            "type": "dynamiclist",
            "path": "rows",
            "components": [
                {"type": "checkbox", "key": "co"},
                text("a", "=this.co = true"),
                text("b", "=i[1] = 2"),
                text("c", '=parent.chung = "x"'),
            ],
        },
        text("chung"),
    )
    data = {"rows": [{"co": True}, {"co": False}], "chung": "y"}
    assert visible(form, data) == ["rows.0.co", "rows.0.b", "rows.0.c", "rows.1.co", "rows.1.a", "rows.1.c", "chung"]
    assert "rows.0.c" not in visible(form, {**data, "chung": "x"})


def test_a_condition_on_a_hidden_answer_sees_what_was_there_at_the_start():
    form = schema({"type": "checkbox", "key": "an"}, text("a", "=an"), text("b", '=a = "x"'))
    assert visible(form, {"an": False, "a": "x"}) == ["an", "a"]
    assert visible(form, {"an": True, "a": "x"}) == ["an", "b"], "the hidden answer no longer counts"


def test_a_wrong_answer_counts_as_empty_in_conditions():
    form = schema(number("n"), text("x", "=n = null"))
    assert visible(form, {"n": {"evil": 1}}) == ["n"]


def test_expressions_are_computed_here_whatever_was_sent():
    form = schema(number("a"), number("b"), expression("tong", "=a + b"), expression("doi", "=tong * 2"))
    result = outcome(form, {"a": 2, "b": 3, "tong": 99, "doi": 99})
    assert result.data == {"a": 2, "b": 3, "tong": 5, "doi": 10}
    assert outcome(form, {"a": 2}).data["tong"] is None


def test_expressions_that_depend_on_later_ones_settle():
    form = schema(expression("c", "=b + 1"), expression("b", "=a + 1"), number("a"))
    assert outcome(form, {"a": 1}).data == {"a": 1, "b": 2, "c": 3}


def test_expressions_that_never_settle_end_all_the_same():
    form = schema(expression("a", "=if b = null then 1 else b + 1"), expression("b", "=if a = null then 1 else a + 1"))
    assert isinstance(outcome(form, {}).data["a"], int)


def test_a_computed_date_is_stored_as_iso_text():
    form = schema({"type": "datetime", "key": "d", "subtype": "date"}, expression("han", '=date(d) + duration("P10D")'))
    assert outcome(form, {"d": "2026-09-10"}).data["han"] == "2026-09-20"
    assert outcome(schema(expression("nay", "=today()")), {}).data == {"nay": "2026-09-10"}


def test_limits_may_be_expressions():
    form = schema(number("n", validate={"min": "=least", "max": "=least * 2"}), text("t", validate={"maxLength": "=n"}))
    assert [x.code for x in outcome(form, {"n": 1, "t": "ab"}, least=2).errors] == ["min", "max_length"]
    assert [x.code for x in outcome(form, {"n": 5, "t": "ab"}, least=2).errors] == ["max"]
    assert outcome(form, {"n": 5, "t": "ab"}).errors == (), "a limit that is null is none"
    assert [x.code for x in outcome(form, {"n": 5}, least="hai").errors] == ["min"]


def test_readonly_may_be_an_expression():
    form = schema({"type": "checkbox", "key": "khoa"}, text("x", readonly="=khoa"))
    assert outcome(form, {"khoa": True, "x": "mới"}, x="cũ").data["x"] == "cũ"
    assert outcome(form, {"khoa": False, "x": "mới"}, x="cũ").data["x"] == "mới"
    assert fields(read(form), {"khoa": True}, variables={"x": "cũ"})[1].locked


def test_options_may_be_computed():
    select = {"type": "select", "key": "k", "valuesExpression": '=[{label: "Một", value: 1}, {label: n, value: 2}]'}
    form = schema(select, text("n"))
    assert outcome(form, {"k": 2, "n": "Hai"}).errors == ()
    assert [x.code for x in outcome(form, {"k": 3, "n": "Hai"}).errors] == ["not_an_option"]
    view = fields(read(form), {"n": "Hai"})[0]
    assert [choice.label.vi for choice in view.choices] == ["Một", "Hai"]


def test_labels_may_hold_templates():
    form = schema(text("x", label="Giấy tờ của {{ten}}", **REQUIRED))
    form["components"][0]["label"] = "Giấy tờ của {{ten}}"
    assert outcome(form, {}, ten="An").errors[0].message.vi == "Nhập “Giấy tờ của An”"
    assert fields(read(form), {}, variables={"ten": "An"})[0].label.vi == "Giấy tờ của An"
    wrong = outcome(form, {"x": []}, ten="An").errors
    assert wrong[0].message.vi == "“Giấy tờ của An” phải là văn bản"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{a}}", "1"),
        ("{{a + 1}}", "2"),
        ("{{g.x}}", "y"),
        ("{{thieu}}", ""),
        ("{{thieu.nua}}", ""),
        ("{{((}}", ""),
        ("{{co}}", "true"),
        ("{{ds}}", "1, 2"),
        ("{{#if a}}x{{/if}}", "x"),
        ("{{", "{{"),
    ],
)
def test_templates_are_filled_or_left_out(source, shown):
    form = read(schema({"type": "text", "text": f"({source})"}))
    variables = {"a": 1, "g": {"x": "y"}, "co": True, "ds": [1, 2]}
    (paragraph,) = page(fields(form, {}, variables=variables)).iter("p")
    assert paragraph.text_content() == f"({shown})"


def test_without_javascript_a_question_appears_after_an_update_and_its_default_is_kept():
    form = read(
        schema(
            {"type": "radio", "key": "loai", "values": options("a", "b")},
            {"type": "checkbox", "key": "co", "defaultValue": True, "conditional": {"hide": '=loai != "b"'}},
        )
    )
    first = page(fields(form, {}, refreshable=True))
    assert [b.get("value") for b in first.iter("button")] == ["refresh", "refresh"]
    data = from_post(form, [*posted(first), ("answers.loai", "b")])
    second = fields(form, data)
    assert [view.path for view in flat(second)] == ["loai", "co"]
    assert second[1].checked


def test_a_form_without_expressions_evaluates_none():
    assert not read(schema(text("a"), number("b"))).is_dynamic
    assert read(schema(text("a", "=b"))).is_dynamic


def crossings(monkeypatch: pytest.MonkeyPatch, form: dict[str, Any], data: dict[str, Any]) -> int:
    """Count how often JavaScript is asked for one validation."""
    known, count, call = read(form), 0, feelin.call

    def counted(*what: Any) -> Any:
        nonlocal count
        count += 1
        return call(*what)

    with monkeypatch.context() as patched:
        patched.setattr(feelin, "call", counted)
        validate(known, data, now=NOW)
    return count


def test_plain_comparisons_cost_no_javascript_and_others_one_call_each(monkeypatch: pytest.MonkeyPatch):
    data = {f"k{n}": "a" for n in range(60)}
    plain = schema(*(text(f"k{n}", f'=k{n + 30} = "b"' if n < 30 else None) for n in range(60)))
    assert crossings(monkeypatch, plain, data) == 0
    others = schema(*(text(f"k{n}", f'=not(k{n + 30} = "a")' if n < 30 else None) for n in range(60)))
    assert crossings(monkeypatch, others, data) == 30


def test_plain_comparisons_in_rows_cost_no_javascript(monkeypatch: pytest.MonkeyPatch):
    rows = {"type": "dynamiclist", "path": "l", "components": [text("a"), text("b", '=this.a = "x"')]}
    assert crossings(monkeypatch, schema(rows), {"l": [{"a": "x", "b": ""}] * 50}) == 0


def test_an_expression_at_submit_is_computed_last_and_seen_by_nobody():
    form = read(schema(number("n"), {**expression("e", "=n + 1"), "computeOn": "presubmit"}, text("t", "=e = 3")))
    outcome = validate(form, {"n": 2, "t": "x"}, now=NOW)
    assert outcome.data == {"n": 2, "e": 3, "t": "x"}


def test_expressions_see_what_a_row_of_a_variable_holds_beside_its_answers():
    cost = expression("cost", "=this.price * this.count")
    form = read(schema({"type": "dynamiclist", "path": "l", "components": [number("count"), cost]}))
    outcome = validate(form, {"l": [{"count": 3}]}, variables={"l": [{"price": 7}]}, now=NOW)
    assert outcome.data == {"l": [{"count": 3, "cost": 21}]}


def test_a_variable_that_is_no_option_counts_as_no_answer_and_an_answer_that_is_none_is_refused():
    form = read(schema({"type": "select", "key": "k", "values": options("a"), "validate": {"required": True}}))
    assert [x.code for x in validate(form, {}, variables={"k": "b"}, now=NOW).errors] == ["required"]
    assert [x.code for x in validate(form, {"k": "b"}, now=NOW).errors] == ["not_an_option"]
    assert validate(form, {}, variables={"k": "a"}, now=NOW).data == {"k": "a"}
