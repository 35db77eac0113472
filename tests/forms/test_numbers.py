"""Numbers as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import display, numbers
from forms.values import Unreadable


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", None),
        ("  ", None),
        ("12", 12),
        ("-12", -12),
        ("+7", 7),
        ("\u22125", -5),
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("0.125", 0.125),
        ("0,125", 0.125),
        ("1.50", 1.5),
        ("1234.567", 1234.567),
        ("1.500.000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("1\u00a0500", 1500),
        ("1.500,5", 1500.5),
        ("1,500.5", 1500.5),
        ("1.500.000,25", 1_500_000.25),
        ("1 500,5", 1500.5),
        ("2.0", 2),
    ],
)
def test_what_can_mean_one_thing_only_is_read(typed, meant):
    assert numbers.read(typed) == meant
    assert not isinstance(numbers.read(typed), Unreadable)


@pytest.mark.parametrize("typed", ["1.500", "1,500", "-12.345"])
def test_what_can_mean_two_things_is_not_guessed(typed):
    assert isinstance(numbers.read(typed), Unreadable)
    assert numbers.read(typed, whole=True) == int(typed.replace(".", "").replace(",", ""))


@pytest.mark.parametrize(
    "typed", ["abc", "1.2.3", "1,2,3", "1.50.000", "12 34", "1e5", "--1", "1.", ".5", "٣", "1.500.00", "1" * 200]
)
def test_what_is_no_number_stays_what_was_typed(typed):
    got = numbers.read(typed)
    assert isinstance(got, Unreadable)
    assert got == typed


def test_digits_are_kept_where_the_number_is_stored_as_a_string():
    assert numbers.read("0,12345678901234567890123", exact=True) == "0.12345678901234567890123"


STORABLE = st.floats(-1e15, 1e15).filter(lambda x: x == 0 or abs(x) > 1e-30) | st.integers(-(10**20), 10**20)


@given(STORABLE)
def test_a_number_shown_in_a_control_is_read_back_as_itself(number):
    shown = display.number(number)
    assert numbers.read(shown.vi) == number
    assert numbers.read(shown.en) == number


@given(st.text(max_size=30) | st.text("0123456789.,+- ", max_size=30))
def test_nothing_typed_is_an_exception(typed):
    got = numbers.read(typed)
    assert got is None or isinstance(got, int | float | Unreadable)
