"""Simple limits of steps, and the cheap questions of lists."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from clock.calendar import vietnam
from clock.limits import due_soon_of, end_of, left_of, working_minutes_between
from clock.model import LimitSpec, Unit
from errors import Invalid, NoCalendar

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = vietnam([2026, 2027])


def at(year, month, day, hour=0, minute=0, second=0):
    return datetime(year, month, day, hour, minute, second, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        (at(2026, 3, 2, 9), 10, "working_days", at(2026, 3, 16, 17)),
        (at(2026, 8, 20, 9), 3, "working_days", at(2026, 8, 24, 17)),
        (at(2026, 3, 2, 9), 8, "working_hours", at(2026, 3, 3, 9)),
        (at(2026, 3, 2, 8), 4, "working_hours", at(2026, 3, 2, 12)),
        (at(2026, 1, 14, 9), 60, "calendar_days", at(2026, 3, 16, 17)),
        (at(2026, 1, 31, 9), 1, "months", at(2026, 3, 2, 17)),
        (at(2026, 3, 10, 15, 0), None, "hand_over", at(2026, 3, 10, 17)),
        (at(2026, 3, 10, 15, 1), None, "hand_over", at(2026, 3, 11, 10)),
    ],
)
def test_a_limit_ends(start, amount, unit, end):
    assert end_of(CALENDAR, start, amount, unit) == end
    assert end_of(CALENDAR, start.astimezone(UTC), amount, Unit(unit)) == end


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        (0, "working_days"),
        (-1, "calendar_days"),
        (1.5, "working_days"),
        (0.5, "months"),
        (0.001, "working_hours"),
        (None, "working_days"),
        (1, "hand_over"),
        (True, "working_days"),
        (float("nan"), "working_hours"),
        (float("inf"), "working_hours"),
        (10**9, "months"),
    ],
)
def test_an_amount_that_the_unit_cannot_have_is_refused(amount, unit):
    with pytest.raises(Invalid) as caught:
        LimitSpec(amount=amount, unit=Unit(unit))
    assert caught.value.details[0].field == "limit.amount"


@pytest.mark.parametrize("unit", ["working_days", "calendar_days", "working_hours", "months"])
def test_a_limit_that_outlives_the_calendar_is_refused(unit):
    with pytest.raises(NoCalendar):
        end_of(CALENDAR, at(2027, 12, 20, 9), 99_999, unit)


def test_a_limit_is_due_soon_at_the_earlier_of_both_measures():
    start = at(2026, 3, 2, 9)
    assert due_soon_of(CALENDAR, start, end_of(CALENDAR, start, 10, "working_days")) == at(2026, 3, 12, 15, 36)
    assert due_soon_of(CALENDAR, start, end_of(CALENDAR, start, 3, "working_days")) == at(2026, 3, 4, 17)
    assert due_soon_of(CALENDAR, start, end_of(CALENDAR, start, 5, "working_hours")) == at(2026, 3, 2, 14)


@pytest.mark.parametrize(
    ("asked", "working_days", "days", "working_hours"),
    [  # due on Monday 16 March at 17:00
        (at(2026, 3, 12, 9), 2, 4, 23),
        (at(2026, 3, 14, 9), 1, 2, 8),
        (at(2026, 3, 16, 8), 0, 0, 8),
        (at(2026, 3, 16, 16, 30), 0, 0, 0),
        (at(2026, 3, 16, 20), 0, 0, 0),
        (at(2026, 3, 17, 8, 59), -1, -1, 0),
        (at(2026, 3, 18, 9), -2, -2, -9),
        (at(2026, 3, 22, 9), -4, -6, -32),
    ],
)
def test_the_days_left_leave_today_out_and_go_below_zero_when_late(asked, working_days, days, working_hours):
    due = at(2026, 3, 16, 17)
    left = {unit: left_of(CALENDAR, due, asked, unit) for unit in Unit}
    assert (left[Unit.WORKING_DAYS], left[Unit.WORKING_HOURS]) == (working_days, working_hours)
    assert left[Unit.CALENDAR_DAYS] == left[Unit.MONTHS] == days
    assert left[Unit.HAND_OVER] == working_hours


def test_working_minutes_leave_lunch_nights_and_days_off_out():
    assert working_minutes_between(CALENDAR, at(2026, 2, 13, 11), at(2026, 2, 23, 9)) == 60 + 240 + 60
    assert working_minutes_between(CALENDAR, at(2026, 2, 23, 9), at(2026, 2, 13, 11)) == -360
