"""Variables as JSON for people: nothing of their kinds is lost, what cannot be read is named."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import exact
from errors import Invalid
from tests.soak import examples

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | FLOATS | st.text() | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False) | st.datetimes(timezones=st.just(UTC)) | st.times()
    | st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds))
)  # fmt: skip
NAMES = st.text(max_size=8) | st.sampled_from(["$date", "$object", "$decimal", "date"])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


@settings(max_examples=examples(60, soak=3_000), deadline=None, suppress_health_check=list(HealthCheck))
@given(VALUES)
def test_what_is_written_is_read_back_exactly(value):
    again = exact.read({"x": orjson.loads(orjson.dumps(exact.written(value)))})["x"]
    assert again == value
    assert type(again) is type(value)


def test_marks_are_short_and_plain():
    values = {"d": date(2026, 8, 20), "n": Decimal("1.20"), "t": time(8, 55), "m": datetime(2026, 8, 20, tzinfo=UTC)}
    assert exact.each(values) == {
        "d": {"$date": "2026-08-20"}, "n": {"$decimal": "1.20"}, "t": {"$time": "08:55:00"},
        "m": {"$moment": "2026-08-20T00:00:00+00:00"},
    }  # fmt: skip
    assert exact.written({"$date": "no"}) == {"$object": {"$date": "no"}}


def test_all_that_cannot_be_read_is_told_at_once():
    with pytest.raises(Invalid) as refused:
        exact.read({"a": {"$date": "tomorrow"}, "b": [{"$decimal": 1}], "": 1, "c": {"$object": 2}, "fine": 1})
    assert [(detail.field, detail.code) for detail in refused.value.details] == [
        ("variables.a", "kind"), ("variables.b", "kind"), ("variables.", "name"), ("variables.c", "kind"),
    ]  # fmt: skip
