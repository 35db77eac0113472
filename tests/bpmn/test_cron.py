"""Cron: the next moments of classic, Quartz' and Spring's texts, in the time of the office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.spiff import cron
from expressions.zone import OFFICE

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=OFFICE)


def moments(text: str, count: int = 3, start: datetime = MONDAY) -> list[str]:
    found = []
    for _ in range(count):
        after = cron.parsed(text).after(start)
        if after is None:
            break
        start = after
        found.append(start.astimezone(OFFICE).strftime("%y-%m-%d %H:%M:%S"))
    return found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("0 8 * * MON-FRI", "26-03-03 08:00:00"),
        ("0 8 * * FRI-MON", "26-03-06 08:00:00"),
        ("*/15 * * * *", "26-03-02 08:15:00"),
        ("15 10 ? * 6", "26-03-07 10:15:00"),  # classic: 6 is Saturday
        ("0 0 13 * FRI", "26-03-06 00:00:00"),  # classic: the 13th or a Friday
        ("0 15 10 ? * 6", "26-03-06 10:15:00"),  # Quartz: 6 is Friday
        ("0 15 10 * * 6", "26-03-07 10:15:00"),  # Spring: 6 is Saturday
        ("0 15 10 * * 0", "26-03-08 10:15:00"),
        ("0 15 10 * * 7", "26-03-08 10:15:00"),
        ("0 0 0 13 * FRI", "26-03-13 00:00:00"),  # Spring: a Friday the 13th
        ("0 0 12 L * ?", "26-03-31 12:00:00"),
        ("0 0 12 L-3 * ?", "26-03-28 12:00:00"),
        ("0 0 12 LW 5 ?", "26-05-29 12:00:00"),
        ("0 0 12 15W * ?", "26-03-16 12:00:00"),
        ("0 0 12 1W 8 ?", "26-08-03 12:00:00"),
        ("0 0 12 ? * 6#3", "26-03-20 12:00:00"),
        ("0 0 12 ? * FRIL", "26-03-27 12:00:00"),
        ("0 0 12 ? * L", "26-03-07 12:00:00"),
        ("0 0 0 29 2 ?", "28-02-29 00:00:00"),
        ("0 0 0 1 1 ? 2030", "30-01-01 00:00:00"),
        ("0 0 0 1 JAN,JUL ? 2027-2028", "27-01-01 00:00:00"),
        ("0 22-3/2 * * *", "26-03-02 22:00:00"),
        ("0/20 * * * * *", "26-03-02 08:00:20"),
        ("@daily", "26-03-03 00:00:00"),
        ("@weekly", "26-03-08 00:00:00"),
        ("@HOURLY", "26-03-02 09:00:00"),
    ],
)
def test_the_next_moment_is_what_the_text_says(text: str, first: str) -> None:
    assert cron.is_cron(text)
    assert moments(text, 1) == [first]


def test_moments_follow_each_other() -> None:
    assert moments("30 9 1,15 * *", 4) == [
        "26-03-15 09:30:00", "26-04-01 09:30:00", "26-04-15 09:30:00", "26-05-01 09:30:00",
    ]  # fmt: skip
    assert moments("0 0 0 31 2 ?") == []
    assert moments("0 0 0 1 1 ? 2020") == []


@pytest.mark.parametrize(
    "text",
    [
        "61 * * * *",
        "* * * * 8",
        "0 0 0 ? * ?",
        "*/0 * * * *",
        "0 0 24 * * ?",
        "1-2-3 * * * *",
        "* * 0W * *",
        "0 0 0 ? * 8",
    ],
)
def test_numbers_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cron.parsed(text)


@pytest.mark.parametrize("text", ["a if b else c", "PT1H", "R3/PT1H", "* * * *", "x + 1 - 2 / 3", "* " * 300])
def test_other_texts_are_no_cron(text: str) -> None:
    assert not cron.is_cron(text)


@given(
    st.tuples(
        st.integers(0, 59), st.sampled_from(["*", "*/6", "3", "22-2"]), st.sampled_from(["*", "1", "L", "10-20"]),
        st.sampled_from(["*", "2", "NOV-FEB"]), st.sampled_from(["*", "MON", "5#2", "1-5"]),
    ),
    st.integers(0, 30_000_000),
)  # fmt: skip
def test_moments_only_grow_and_none_is_left_out(fields: tuple[object, ...], minutes: int) -> None:
    read = cron.parsed(" ".join(map(str, fields)))
    found = [datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)]
    for _ in range(3):
        after = read.after(found[-1])
        if after is None:
            return
        found.append(after)
    for before, after in pairwise(found):
        assert before < after
        assert read.after(after - timedelta(seconds=1)) == after
        middle = before + (after - before) / 2
        assert read.after(middle) == after
