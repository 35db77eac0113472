"""Whatever is written as an expression, script or template: a result of plain data, or a failure with words."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings

from errors import ExpressionFailed
from expressions import dialect, feel, forms_feel, python
from expressions.failures import BpmnError
from tests.fuzz.words import DATA, expressions, scripts
from tests.soak import examples

PLAIN = (bool, int, float, str, Decimal, date, datetime, time, timedelta, type(None))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
fuzzed = settings(
    max_examples=examples(150, soak=20_000), deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def plain(value: Any) -> bool:
    """Tell whether a value is plain data through and through."""
    if type(value) in (list, tuple):
        return all(map(plain, value))
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(plain, value.values()))
    return type(value) in PLAIN


def modelled(raised: BpmnError) -> None:
    """Check that an error which a script raised is texts only."""
    assert type(raised.code) is type(raised.message) is str


def has_words(failure: ExpressionFailed) -> None:
    """Check that a failure says something in both languages."""
    assert failure.text.vi
    assert failure.text.en


@fuzzed
@given(expressions())
def test_python_expressions(source: str) -> None:
    data = deepcopy(DATA)
    refused = python.check(source)
    try:
        value = python.evaluate(source, data)
    except ExpressionFailed as failure:
        has_words(failure)
    else:
        assert not refused
        assert plain(value)
    assert data == DATA


@fuzzed
@given(scripts())
def test_python_scripts(source: str) -> None:
    data = deepcopy(DATA)
    try:
        after = python.execute(source, data)
    except ExpressionFailed as failure:
        has_words(failure)
    except BpmnError as raised:
        modelled(raised)
    else:
        assert plain(after)
    assert data == DATA


@fuzzed
@given(expressions())
def test_expressions_of_every_dialect(source: str) -> None:
    data = deepcopy(DATA)
    for written in (source, f"={source}", f"${{{source}}}"):
        try:
            value = dialect.evaluate(written, data, now=NOW)
        except ExpressionFailed as failure:
            has_words(failure)
        else:
            assert plain(value)
    assert data == DATA


@fuzzed
@given(expressions())
def test_templates(source: str) -> None:
    try:
        assert type(dialect.template(f"Hồ sơ {source} của ${{{source}}}", DATA)) is str
    except ExpressionFailed as failure:
        has_words(failure)


@fuzzed
@given(expressions())
def test_feel_expressions_and_unary_tests(source: str) -> None:
    for run in (lambda: feel.evaluate(source, DATA, now=NOW), lambda: feel.matches(source, 3, DATA, now=NOW)):
        try:
            assert plain(run())
        except ExpressionFailed as failure:
            has_words(failure)


@fuzzed
@given(expressions())
def test_feel_of_forms(source: str) -> None:
    for run in (lambda: forms_feel.evaluate(source, DATA), lambda: forms_feel.unary_test(source, 3, DATA)):
        try:
            assert plain(run())
        except ExpressionFailed as failure:
            has_words(failure)
