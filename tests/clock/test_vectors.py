"""Every worked case of the clock's vectors, and the same answers however the case is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import pytest

from clock.calendar import Calendar
from clock.cases import compute_case, compute_cases
from clock.compute import compute
from clock.node import Node
from clock.parse import event, limit_spec

DATA = Path(__file__).parent / "data"
CALENDAR = json.loads((DATA / "calendar.json").read_bytes())
CASES = json.loads((DATA / "vectors.json").read_bytes())["cases"]


def instants(value):
    """Replace moments by instants: two offsets of one instant are equal."""
    if isinstance(value, dict):
        return {key: instants(item) for key, item in value.items()}
    if isinstance(value, list):
        return [instants(item) for item in value]
    if isinstance(value, str) and "T" in value:
        return datetime.fromisoformat(value)
    return value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['note']}")
def test_the_clock_answers_as_the_vector_says(case):
    assert instants(compute_case(CALENDAR, case)) == instants(case["expected"])


def in_utc(value):
    if isinstance(value, dict):
        return {key: in_utc(item) for key, item in value.items()}
    if isinstance(value, list):
        return [in_utc(item) for item in value]
    if isinstance(value, str) and "T" in value and ":" in value:
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value


def test_the_offset_of_the_moments_does_not_matter():
    cases = [{**in_utc({key: case[key] for key in case if key != "note"})} for case in CASES]
    got = [answer["got"] for answer in compute_cases(CALENDAR, cases)]
    assert [instants(answer) for answer in got] == [instants(case["expected"]) for case in CASES]


def test_the_vectors_together_answer_as_one_by_one_and_carry_their_ids():
    answers = list(compute_cases(CALENDAR, CASES))
    assert [answer["id"] for answer in answers] == [case["id"] for case in CASES]
    assert len(answers) == 188


def test_an_own_calendar_is_used_as_it_is():
    case = CASES[0]
    calendar = Calendar.from_json(CALENDAR, case["agency"])
    assert instants(compute_case(calendar, case)) == instants(case["expected"])


def test_a_warm_case_takes_well_under_a_millisecond():
    """Filing and every row of an inbox compute: the mean of all cases, at the best of five tries on a busy machine."""
    calendars = {case["agency"]: Calendar.from_json(CALENDAR, case["agency"]) for case in CASES}
    questions = [question(calendars[case["agency"]], case) for case in CASES]
    tries = []
    for _ in range(5):
        began = perf_counter()
        for ask in questions:
            ask()
        tries.append((perf_counter() - began) / len(questions))
    assert min(tries) < 0.0005


def question(calendar, case):
    return partial(
        compute,
        calendar,
        received_at=datetime.fromisoformat(case["received_at"]),
        limit=limit_spec(Node(case["limit"], "limit")),
        events=[event(Node(item, "event")) for item in case["events"]],
        asked_at=datetime.fromisoformat(case["asked_at"]),
    )
