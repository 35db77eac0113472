"""Whatever happens to a dossier, the clock answers as the slow walk over every minute and day does (slow.py)."""

from __future__ import annotations

import json
import os
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
from tests.clock.slow import Uncovered, slow_answer

DATA = Path(__file__).parent / "data"
CALENDAR = json.loads((DATA / "calendar.json").read_bytes())
CASES = json.loads((DATA / "vectors.json").read_bytes())["cases"]
AGENCIES = list(CALENDAR["agencies"])
CALENDARS = {agency: Calendar.from_json(CALENDAR, agency) for agency in AGENCIES}
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SOAK = os.environ.get("MOTCUA_SOAK") == "1"
EXAMPLES = 5000 if SOAK else 120
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
        reason = draw(st.sampled_from(["supplement", "payment", "foreign_verification"]))
        more = {"phase_limit": draw(st.sampled_from([{"amount": 4, "unit": "working_days"}] * 3 + [draw(SMALL)]))}
        reply = {"reply_limit": draw(SMALL)} if draw(st.integers(0, 4)) == 0 else {}
        phase = more if policy == "phase" else {}
        return {"type": kind, "pause": draw(NAMES), "reason": reason, "policy": policy, **phase, **reply}
    if kind == "pause_ended":
        return {"type": kind, "pause": draw(NAMES)}
    if kind == "extension":
        return {"type": kind, "amount": draw(st.integers(1, 3)), "unit": unit}
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
    limit = draw(SMALL)
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


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_the_clock_answers_as_the_slow_walk(case):
    try:
        expected = slow_answer(CALENDAR, case)
    except Uncovered:
        event("refused loudly")
        with pytest.raises(Invalid):
            compute_case(CALENDARS[case["agency"]], case)
        return
    event(f"state {expected['state']}")
    got = compute_case(CALENDARS[case["agency"]], case)
    assert {key: naive(got[key]) for key in KEYS} == {key: expected[key] for key in KEYS}
    assert got["refused_events"] == expected["refused_events"]
    check_segments(case, got)


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
