"""Which days and hours are working time: the rules 1 to 9, the default of Viet Nam, and what is refused."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest

from clock.calendar import Calendar, DayOverride, vietnam
from clock.limits import end_of
from clock.model import CalendarChanged, MakeUpDay
from errors import Invalid, NoCalendar
from tests.clock.slow import SlowCalendar, year_of_days
from texts import Text

DATA = Path(__file__).parent / "data"
CALENDAR = json.loads((DATA / "calendar.json").read_bytes())
VECTORS = json.loads((DATA / "vectors.json").read_bytes())["cases"]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = ((time(8), time(12)), (time(13), time(17)))


def at(year, month, day, hour=0, minute=0, second=0):
    return datetime(year, month, day, hour, minute, second, tzinfo=ZONE)


@pytest.fixture
def half_days():
    return Calendar.from_json(CALENDAR, "000.00.07.G18")


def test_a_weekday_has_two_periods_and_a_sunday_none():
    calendar = vietnam([2026])
    assert calendar.working_periods(date(2026, 3, 2)) == OFFICE
    assert calendar.working_periods(date(2026, 3, 1)) == ()


def test_a_make_up_saturday_has_the_hours_of_the_day_it_is_worked_for():
    calendar = vietnam([2026])
    assert calendar.working_periods(date(2026, 8, 22)) == OFFICE
    assert not calendar.is_working_day(date(2026, 8, 31))


def test_the_agency_may_work_half_of_a_make_up_day(half_days):
    assert half_days.working_periods(date(2026, 8, 22)) == ((time(8), time(12)),)


def test_the_agency_may_close_on_a_national_working_day(half_days):
    assert not half_days.is_working_day(date(2026, 9, 29))
    assert Calendar.from_json(CALENDAR).is_working_day(date(2026, 9, 29))


@pytest.mark.parametrize("agency", [*CALENDAR["agencies"], "an agency that is not listed"])
def test_every_day_has_the_periods_that_the_rules_read_one_by_one_give(agency):
    calendar, slow = Calendar.from_json(CALENDAR, agency), SlowCalendar(CALENDAR, agency, [])
    for day in year_of_days(2025) + year_of_days(2026) + year_of_days(2027):
        minutes = [tuple(end.hour * 60 + end.minute for end in period) for period in calendar.working_periods(day)]
        assert minutes == slow.periods(day), day


@pytest.mark.parametrize(
    ("moment", "effective"),
    [
        (at(2026, 3, 10, 11, 59), at(2026, 3, 10, 11, 59)),
        (at(2026, 3, 10, 12, 0), at(2026, 3, 10, 13, 0)),
        (at(2026, 3, 10, 17, 0, 59), at(2026, 3, 11, 8, 0)),
        (at(2026, 2, 13, 17, 0), at(2026, 2, 23, 8, 0)),
    ],
)
def test_a_moment_outside_working_time_counts_as_the_next_period(moment, effective):
    assert vietnam([2026]).effective(moment) == effective


def test_seconds_are_cut_off():
    assert vietnam([2026]).effective(at(2026, 3, 10, 16, 59, 59)) == at(2026, 3, 10, 16, 59)


def test_a_moment_without_offset_is_no_moment():
    with pytest.raises(ValueError, match="offset"):
        vietnam([2026]).effective(datetime(2026, 3, 10, 9))  # noqa: DTZ001


def test_a_year_that_is_not_covered_is_refused():
    calendar = vietnam([2025, 2027])
    assert calendar.covered(2027)
    assert not calendar.covered(2026)
    with pytest.raises(NoCalendar):
        calendar.is_working_day(date(2026, 3, 2))


def test_no_count_runs_over_a_year_that_is_missing():
    with pytest.raises(NoCalendar):
        end_of(vietnam([2025, 2027]), at(2025, 12, 30, 9), 5, "working_days")


# The default of Viet Nam.


@pytest.mark.parametrize("year", range(2010, 2032))
def test_the_default_works_on_the_days_on_which_the_library_says_so(year):
    library, calendar = holidays.country_holidays("VN", years=range(year - 1, year + 2)), vietnam([year])
    for day in year_of_days(year):
        assert calendar.is_working_day(day) == library.is_working_day(day), day


@pytest.mark.parametrize("case", VECTORS[:7], ids=lambda case: case["note"])
def test_the_default_gives_the_golden_due_dates(case):
    limit, received = case["limit"], datetime.fromisoformat(case["received_at"])
    due = end_of(vietnam([2026]), received, limit["amount"], limit["unit"])
    assert due == datetime.fromisoformat(case["expected"]["due_at"])


def test_a_row_takes_a_day_off_or_gives_one_back():
    rows = [
        DayOverride(date=date(2026, 1, 2), kind="off", note=Text(vi="Nghỉ hoán đổi", en="Swapped")),
        DayOverride(date=date(2026, 1, 10), kind="working", as_weekday=4),
        DayOverride(date=date(2026, 11, 24), kind="working"),
        DayOverride(date=date(2026, 8, 22), kind="off"),
    ]
    calendar = vietnam([2026], rows)
    worked = [day for day in (date(2026, 1, 2), date(2026, 8, 22)) if calendar.is_working_day(day)]
    assert worked == []
    assert calendar.working_periods(date(2026, 1, 10)) == OFFICE
    assert calendar.working_periods(date(2026, 11, 24)) == OFFICE


def test_a_worked_sunday_must_say_whose_hours_it_has():
    with pytest.raises(Invalid) as caught:
        vietnam([2026], [DayOverride(date=date(2026, 3, 1), kind="working")])
    assert caught.value.details[0].field == "2026-03-01.as_weekday"


def test_the_default_names_its_days_off_in_both_languages():
    ((day, name),) = vietnam([2026]).days_off(date(2026, 9, 2), date(2026, 9, 2))
    assert (day, name) == (date(2026, 9, 2), Text(vi="Quốc khánh", en="National Day"))


# Changes.


def test_a_later_change_is_put_over_an_earlier_and_the_calendar_itself_stays():
    calendar, day = vietnam([2026]), date(2026, 11, 28)
    off = CalendarChanged(at=at(2026, 11, 1), days_off=((day, Text("", "")),))
    makeup = CalendarChanged(at=at(2026, 11, 2), makeup_days=((day, MakeUpDay(weekday=4)),))
    assert calendar.changed([off, makeup]).is_working_day(day)
    assert not calendar.changed([makeup, off]).is_working_day(day)
    assert not calendar.is_working_day(day)


def test_the_same_changes_give_the_same_calendar_again():
    calendar = vietnam([2026])
    change = CalendarChanged(at=at(2026, 11, 1), days_off=((date(2026, 11, 27), Text("", "")),))
    assert calendar.changed([change]) is calendar.changed([change])
    assert calendar.changed([]) is calendar


# What is refused.


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"covered_years": None}, "covered_years"),
        ({"covered_years": []}, "covered_years"),
        ({"covered_years": list(range(1900, 2100))}, "covered_years"),
        ({"covered_years": [2026, True]}, "covered_years[1]"),
        ({"timezone": "Asia/Nowhere"}, "timezone"),
        ({"weekly": {"mon": [["8:00", "12:00"]]}}, "weekly.mon[0][0]"),
        ({"weekly": {"mon": [["13:00", "12:00"]]}}, "weekly.mon"),
        ({"weekly": {"mon": [["08:00", "12:00"], ["11:00", "17:00"]]}}, "weekly.mon"),
        ({"weekly": {"mon": [["08:00"]]}}, "weekly.mon"),
        ({"days_off": [{"date": "2026-02-30"}]}, "days_off[0].date"),
        ({"days_off": "2026-02-28"}, "days_off"),
        ({"makeup_days": [{"date": "2026-02-28"}]}, "makeup_days[0].as_weekday"),
        ({"makeup_days": [{"date": "2026-02-28", "as_weekday": "monday"}]}, "makeup_days[0].as_weekday"),
        ({"hand_over": {"cut_off": "24:00"}}, "hand_over.cut_off"),
        ({"due_soon": {"percent": "80"}}, "due_soon.percent"),
        ({"agencies": {"a": {"hours": [{"date": "2026-02-27"}]}}}, "agencies.a.hours[0].periods"),
    ],
)
def test_a_broken_calendar_is_refused_by_the_place_that_is_broken(change, field):
    with pytest.raises(Invalid) as caught:
        Calendar.from_json({**CALENDAR, **change}, "a")
    assert [detail.field for detail in caught.value.details] == [field]


def test_days_run_on_without_a_gap_over_new_year():
    calendar = Calendar.from_json(CALENDAR)
    moment = at(2025, 12, 31, 17, 0)
    assert calendar.effective(moment) == at(2026, 1, 2, 8, 0)
    assert calendar.effective(moment) - moment > timedelta(days=1)
