"""What FEEL gives, case by case: every operator, every built-in function, every kind of value."""

from __future__ import annotations

from typing import Any

import pytest

from expressions import feel
from tests.expressions import feel_cases, feel_conversion_cases, feel_function_cases, feel_value_cases

ALL = [
    pytest.param(source, value, id=f"{group}:{source}")
    for part in (feel_cases, feel_value_cases, feel_conversion_cases, feel_function_cases)
    for group, cases in part.CASES.items()
    for source, value in cases
]


def alike(given: Any, value: Any) -> bool:
    """Compare types too: True is not 1."""
    if isinstance(value, list):
        return isinstance(given, list) and len(given) == len(value) and all(map(alike, given, value))
    if isinstance(value, dict):
        return (
            isinstance(given, dict) and given.keys() == value.keys() and all(alike(given[k], value[k]) for k in value)
        )
    return type(given) is type(value) and bool(given == value)


@pytest.mark.parametrize(("source", "value"), ALL)
def test_an_expression_gives(source: str, value: Any) -> None:
    given = feel.evaluate(source, {})
    assert alike(given, value), given


def test_there_are_enough_cases() -> None:
    assert len(ALL) >= 950
