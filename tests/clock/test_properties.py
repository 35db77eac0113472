"""Whatever happens to a dossier, the clock answers as the slow walk over every minute and day does (slow.py)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from clock.calendar import Calendar
from clock.cases import compute_case
from errors import Invalid
from tests.clock.slow import SlowClock, Uncovered, day_paused, slow_answer
from tests.soak import examples

DATA = Path(__file__).parent / "data"
CALENDAR = json.loads((DATA / "calendar.json").read_bytes())
CASES = json.loads((DATA / "vectors.json").read_bytes())["cases"]
AGENCIES = list(CALENDAR["agencies"])
CALENDARS = {agency: Calendar.from_json(CALENDAR, agency) for agency in AGENCIES}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
KEYS = ("due_at", "due_soon_at", "due_soon_percent_at", "due_soon_days_left_at", "remaining", "lapse_at", "state")

# Around Tet, the days off of spring, the make-up Saturday, National Day, and plain weeks.
FIRST_DAYS = [datetime(2026, *day, tzinfo=ZONE) for day in [(2, 5), (3, 2), (4, 17), (8, 17), (8, 27), (10, 5)]]
GAPS = st.one_of(
    st.sampled_from([0, 1, 30, 60, 240, 480, 720, 900, 1020]),
    st.integers(0, 300),
    st.integers(0, 3 * 1440),
    st.integers(0, 9 * 1440),
)
SMALL = st.one_of(
    st.builds(lambda n: {"amount": n, "unit": "working_days"}, st.integers(1, 12)),
    st.builds(lambda n: {"amount": n, "unit": "calendar_days"}, st.integers(1, 20)),
    st.builds(lambda n: {"amount": n, "unit": "working_hours"}, st.sampled_from([0.5, 1, 4, 8, 12.5, 30])),
    st.just({"amount": 1, "unit": "months"}),
)
NAMES = st.sampled_from("abc")


@st.composite
def events(draw, unit):
    kind = draw(st.sampled_from(["pause_started"] * 5 + ["pause_ended"] * 6 + ["extension", "transition", "fee_paid",
                                                                             "calendar_changed", "end"]))  # fmt: skip
    if kind == "pause_started":
        policy = draw(st.sampled_from(["resume", "resume", "restart", "phase"]))
        reason = draw(st.sampled_from(["supplement", "payment", "foreign_verification", "agency_opinion"]))
        more = {"phase_limit": draw(st.sampled_from([{"amount": 4, "unit": "working_days"}] * 3 + [draw(SMALL)]))}
        reply = {"reply_limit": draw(SMALL)} if draw(st.integers(0, 4)) == 0 else {}
        phase = more if policy == "phase" else {}
        return {"type": kind, "pause": draw(NAMES), "reason": reason, "policy": policy, **phase, **reply}
    if kind == "pause_ended":
        return {"type": kind, "pause": draw(NAMES)}
    if kind == "extension":
        counted = "working_days" if unit == "hand_over" else unit
        return {"type": kind, "amount": draw(st.integers(1, 3)), "unit": counted}
    if kind == "transition":
        return {"type": kind, "rule": draw(st.sampled_from(["keep", "migrate", "migrate"])), "limit": draw(SMALL)}
    if kind == "calendar_changed":
        day = (draw(st.sampled_from(FIRST_DAYS)) + timedelta(days=draw(st.integers(0, 20)))).date().isoformat()
        row = {"date": day, "name": "decreed"}
        off = draw(st.booleans())
        return {"type": kind, **({"days_off": [row]} if off else {"makeup_days": [{**row, "as_weekday": "fri"}]})}
    return {"type": draw(st.sampled_from(["finished", "stopped"])) if kind == "end" else kind}


@st.composite
def cases(draw):
    at = draw(st.sampled_from(FIRST_DAYS)) + timedelta(minutes=draw(st.integers(0, 7 * 1440)))
    limit = draw(st.one_of(*[SMALL] * 12, st.just({"unit": "hand_over"})))
    case = {"agency": draw(st.sampled_from(AGENCIES)), "received_at": at.isoformat(), "events": []}
    fee = draw(st.integers(0, 5)) == 0
    for number in range(draw(st.integers(0, 7))):
        at += timedelta(minutes=draw(GAPS))
        happened = {"type": "fee_paid"} if fee and number == 0 else draw(events(limit["unit"]))
        case["events"].append({**happened, "at": at.isoformat()})
    at += timedelta(minutes=draw(GAPS))
    case |= {"asked_at": at.isoformat(), "limit": {**limit, **({"starts_on": "receipt_and_fee"} if fee else {})}}
    case["events"] = draw(st.permutations(case["events"])) if draw(st.booleans()) and distinct(case) else case["events"]
    return case


def distinct(case):
    """Events of one minute apply in the file's order, so that only others may be shuffled."""
    moments = [happened["at"] for happened in case["events"]]
    return len(set(moments)) == len(moments)


def naive(value):
    if isinstance(value, str) and "T" in value:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value


PERIODS = st.sampled_from([
    [], [["08:00", "12:00"]], [["07:30", "11:30"], ["13:30", "17:30"]], [["08:00", "12:00"], ["13:00", "16:00"]],
    [["09:00", "10:00"], ["10:30", "11:00"], ["14:00", "19:30"]], [["00:00", "06:00"], ["22:00", "23:59"]],
])  # fmt: skip
DAYS = st.builds(lambda first, n: (first + timedelta(days=n)).date().isoformat(), st.sampled_from(FIRST_DAYS),
                 st.integers(0, 20))  # fmt: skip


@st.composite
def calendars(draw):
    """A calendar whose agency works odd hours, has half days and days off of its own, and another cut-off."""
    rows = draw(st.lists(st.tuples(DAYS, st.sampled_from(["off", "makeup", "own off", "hours"])), max_size=8))
    named = {kind: [{"date": day, "name": kind} for day, found in rows if found == kind] for _, kind in rows}
    weekly = draw(st.dictionaries(st.sampled_from(["mon", "wed", "fri", "sat", "sun"]), PERIODS, max_size=3))
    own = {
        "weekly": weekly,
        "days_off": named.get("own off", []),
        "hours": [{**row, "periods": draw(PERIODS)} for row in named.get("hours", [])],
    }
    makeup = [{**row, "as_weekday": draw(st.sampled_from(["mon", "thu", "fri"]))} for row in named.get("makeup", [])]
    return {
        **CALENDAR,
        "days_off": CALENDAR["days_off"] + named.get("off", []),
        "makeup_days": CALENDAR["makeup_days"] + makeup,
        "agencies": dict.fromkeys(AGENCIES, own),
        "hand_over": {
            "cut_off": draw(st.sampled_from(["10:00", "15:00", "16:30"])),
            "next_day_minutes": draw(st.sampled_from([1, 120, 600])),
        },
    }


RUNS = settings(deadline=None, suppress_health_check=list(HealthCheck))


@settings(RUNS, max_examples=examples(100, soak=5000))
@given(case=cases())
def test_the_clock_answers_as_the_slow_walk(case):
    check(CALENDAR, CALENDARS[case["agency"]], case)


@settings(RUNS, max_examples=examples(60, soak=5000))
@given(case=cases(), calendar=calendars())
def test_so_it_does_with_any_calendar_of_an_agency(case, calendar):
    check(calendar, Calendar.from_json(calendar, case["agency"]), case)


def check(data, calendar, case):
    try:
        slow = SlowClock(data, case)
        expected = slow.answer()
    except Uncovered:
        event("refused loudly")
        with pytest.raises(Invalid):
            compute_case(calendar, case)
        return
    event(f"state {expected['state']}, {case['limit']['unit']}")
    got = compute_case(calendar, case)
    assert {key: naive(got[key]) for key in KEYS} == {key: expected[key] for key in KEYS}
    assert got["refused_events"] == expected["refused_events"]
    check_segments(case, got)
    check_measures(slow, case, got)


def check_measures(slow, case, got):
    """What the segments say of working minutes and of days not counted is what the walk finds between their ends."""
    until = slow.ended[1] if slow.ended else slow.asked
    unit = case["limit"]["unit"]
    for segment in got["explanation_segments"]:
        start, end = naive(segment["from"]), naive(segment["to"]) or until
        if segment["kind"] == "waiting_for_fee":
            continue
        assert segment["working_minutes"] == len(slow.calendar.minutes(start, end))
        unit = segment["limit"]["unit"] if segment["kind"] == "running" else unit
        if segment["kind"] == "paused" and segment["days"] is not None and segment["to"]:
            days = [start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days)]
            assert all(day_paused(day, [(start, end)]) for day in days)
            assert segment["days"] in {len(days), sum(bool(slow.calendar.periods(day)) for day in days)}


def check_segments(case, got):
    """The segments have no gap, end where the answer says, and the days of one limit add up to it."""
    segments = got["explanation_segments"]
    for one, next_one in pairwise(segments):
        assert one["to"] == next_one["from"]
    if got["due_at"] is not None:
        assert segments[-1]["to"] == got["due_at"]
        assert segments[-1]["kind"] == "running"
    elif segments:
        assert segments[-1]["to"] is None
    last = segments[-1].get("limit") if segments else None
    if last and last["unit"] in ("working_days", "calendar_days"):
        days = 0
        for segment in reversed(segments):
            if segment["kind"] != "running":
                if segment.get("policy") != "resume":
                    break
                continue
            if segment["limit"] != last:
                break
            days += segment["days"]
        if not any(happened["type"] == "transition" for happened in case["events"]):
            assert days == last["amount"] + last["extended_by"]


@pytest.mark.parametrize("case", CASES[80:186], ids=lambda case: case["id"])
def test_the_slow_walk_itself_agrees_with_the_vectors(case):
    expected = {key: case["expected"][key] for key in KEYS}
    answer = slow_answer(CALENDAR, case)
    assert {key: answer[key] for key in KEYS} == {key: naive(value) for key, value in expected.items()}
    assert answer["refused_events"] == case["expected"]["refused_events"]
