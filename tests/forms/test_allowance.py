"""All of a form together has so much of the processor; counted on a clock that moves by one at each look."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

import expressions.forms_feel as engine
from forms import patterns
from forms.allowance import allowance, is_spent, measured, within
from forms.schema import read
from forms.submission import from_post
from forms.validate import TOO_HEAVY, validate
from forms.views import fields
from tests.forms.schemas import NOW, options, schema

COMPARED = '=a = "x"'
"""Decided without JavaScript (forms/comparisons.py)."""
EVALUATED = "=count([1, 2, 3]) > 5"


def ticking() -> Callable[[], float]:
    """Give a clock that moves by a second whenever it is looked at."""
    ticks = count(1)
    return lambda: float(next(ticks))


def conditions(source: str, many: int = 200):
    hidden = [
        {"type": "textfield", "id": f"f{n}", "key": f"f{n}", "label": "x", "conditional": {"hide": source}}
        for n in range(many)
    ]
    return read(schema({"type": "textfield", "id": "a", "key": "a", "label": "A"}, *hidden))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the sources that JavaScript was asked for."""
    sources: list[str] = []

    def counted(kind: Callable[..., object]) -> Callable[..., object]:
        def call(source: str, *arguments: object, **more: object) -> object:
            sources.append(source)
            return kind(source, *arguments, **more)

        return call

    monkeypatch.setattr(engine, "unary_test", counted(engine.unary_test))
    monkeypatch.setattr(engine, "evaluate", counted(engine.evaluate))
    return sources


@pytest.mark.parametrize("source", [COMPARED, EVALUATED])
def test_answers_that_could_not_be_judged_whole_are_refused_with_one_sentence(source: str):
    with allowance(100, clock=ticking()):
        checked = validate(conditions(source), {"a": "y", "f1": "z"}, now=NOW)
    assert [(detail.code, detail.field) for detail in checked.errors] == [(TOO_HEAVY, "")]
    assert "tính toán quá nhiều" in checked.errors[0].message.vi
    assert checked.data == {}
    assert checked.visible == ()


def test_what_is_decided_without_javascript_counts_as_well(asked: list[str]):
    with allowance(100, clock=ticking()):
        fields(conditions(COMPARED), {"a": "y"})
        assert is_spent()
        assert asked == []
    with allowance(100_000, clock=ticking()):
        fields(conditions(COMPARED), {"a": "y"})
        assert not is_spent()
        assert asked == []


def test_nothing_more_is_asked_once_nothing_is_left(asked: list[str]):
    with allowance(100, clock=ticking()):
        validate(conditions(EVALUATED, 900), {}, now=NOW)
        assert is_spent()
        assert 0 < len(asked) <= 100
        before = len(asked)
        shown = fields(conditions(EVALUATED), {})
        assert len(asked) == before
    assert shown[0].kind == "too_heavy"
    assert len(shown) > 200


def test_a_page_says_so_and_one_that_is_worked_out_does_not():
    assert all(view.kind != "too_heavy" for view in fields(conditions(EVALUATED, 3), {}))
    with allowance(10, clock=ticking()):
        assert fields(conditions(EVALUATED), {}, readonly=True)[0].kind == "too_heavy"


@pytest.mark.parametrize(
    "component",
    [
        {"type": "number", "key": "k", "validate": {"min": "=count([1])"}},
        {"type": "textfield", "key": "k", "validate": {"pattern": "^a"}},
        {"type": "textfield", "key": "k", "label": "{{name.first}}"},
        {"type": "select", "key": "k", "valuesExpression": "=[1, 2]"},
        {"type": "select", "key": "k", "values": options(1, 2)},
        {"type": "expression", "key": "k", "expression": "=1 + 1"},
        {"type": "textfield", "key": "k", "readonly": "=1 = 1"},
    ],
)
def test_every_expression_pattern_option_and_template_counts(component: dict[str, object]):
    rows = {"type": "dynamiclist", "id": "l", "path": "l", "components": [{"id": "k", **component}]}
    form, sent = read(schema(rows)), {"l": [{"k": "12"}] * 100}
    with allowance(50, clock=ticking()):
        assert [detail.code for detail in validate(form, sent, now=NOW).errors] == [TOO_HEAVY]
    with allowance(50_000, clock=ticking()):
        assert TOO_HEAVY not in [detail.code for detail in validate(form, sent, now=NOW).errors]


def test_a_list_of_as_many_rows_as_there_may_be_is_judged_and_drawn_no_further():
    fields_of = [
        {"type": "textfield", "id": key, "key": key, "conditional": {"hide": f"=count(l) = this.{key}"}}
        for key in "abcdefghi"
    ]
    form = read(schema({"type": "dynamiclist", "id": "l", "path": "l", "components": fields_of}))
    pairs = [(f"answers.l[{row}].a", "x") for row in range(100)]
    with allowance(200, clock=ticking()):
        data = from_post(form, pairs)
        assert [detail.code for detail in validate(form, data, now=NOW).errors] == [TOO_HEAVY]
        assert len(data["l"]) == 100  # what was typed stays


def test_forms_that_are_read_judged_and_drawn_one_after_another_share_what_there_is():
    with allowance(6, clock=ticking()):
        with measured():  # looks at its beginning and at its end: one second
            pass
        with allowance(10**6), measured():  # one inside another gives no more
            pass
        assert within(lambda: "x") == "x"
        assert not is_spent()
        asked = 0
        while patterns.matches("a", "a"):
            asked += 1
        assert is_spent()
        assert 0 < asked < 6
    assert patterns.matches("a", "a")  # outside, its own limit alone holds


def test_a_form_without_an_allowance_around_it_has_one_for_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("forms.allowance.SECONDS", -1.0)
    assert [detail.code for detail in validate(conditions(COMPARED), {}, now=NOW).errors] == [TOO_HEAVY]
