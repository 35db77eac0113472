"""What the rules do not cover is refused by name, never guessed; what they refuse is said, and changes nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from clock.cases import MOST_EVENTS, compute_case, compute_cases
from errors import Invalid

DATA = Path(__file__).parent / "data"
CALENDAR = json.loads((DATA / "calendar.json").read_bytes())
PLAIN = {
    "id": "x",
    "agency": "000.00.00.G18",
    "received_at": "2026-03-02T09:00:00+07:00",
    "limit": {"amount": 10, "unit": "working_days"},
    "events": [],
    "asked_at": "2026-03-20T09:00:00+07:00",
}
FEE = {"amount": 10, "unit": "working_days", "starts_on": "receipt_and_fee"}


def on(day, kind, hour=10, **more):
    return {"type": kind, "at": f"2026-03-{day:02}T{hour:02}:00:00+07:00", **more}


def pause(day, name="a", policy="resume", **more):
    return on(day, "pause_started", pause=name, reason="supplement", policy=policy, **more)


def refused_field(case):
    with pytest.raises(Invalid) as caught:
        compute_case(CALENDAR, {**PLAIN, **case})
    return [detail.field for detail in caught.value.details]


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({"events": [on(5, "suspended")]}, "events[0].type"),
        ({"events": [{"type": "finished"}]}, "events[0].at"),
        ({"events": [{"type": "finished", "at": "2026-03-05T10:00:00"}]}, "events[0].at"),
        ({"events": [{"type": "finished", "at": "yesterday"}]}, "events[0].at"),
        ({"events": ["finished"]}, "events[0]"),
        ({"events": {}}, "events"),
        ({"events": [on(5, "finished")] * (MOST_EVENTS + 1)}, "events"),
        ({"events": [pause(5, policy="forgive")]}, "events[0].policy"),
        ({"events": [pause(5, policy="phase")]}, "events[0].phase_limit"),
        ({"events": [{**pause(5), "reason": "holiday"}]}, "events[0].reason"),
        ({"events": [pause(5, reply_limit={"amount": 0, "unit": "months"})]}, "events[0].reply_limit"),
        ({"events": [on(5, "extension", amount=1.5, unit="working_days")]}, "events[0].amount"),
        ({"events": [on(5, "transition", rule="choose", limit=FEE)]}, "events[0].rule"),
        ({"events": [on(5, "transition", rule="keep")]}, "events[0].limit"),
        ({"limit": {"amount": "10", "unit": "working_days"}}, "limit.amount"),
        ({"limit": {"amount": 10, "unit": "weeks"}}, "limit.unit"),
        ({"limit": {"amount": 10, "unit": "hand_over"}}, "limit"),
        ({"limit": None}, "limit"),
        ({"received_at": 5}, "received_at"),
        ({"asked_at": "2026-03-01T09:00:00+07:00"}, "asked_at"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused_by_its_place(case, field):
    assert refused_field(case) == [field]


@pytest.mark.parametrize(
    ("case", "field"),
    [
        ({"events": [pause(5), on(6, "finished")]}, "events[1].at"),
        ({"events": [pause(5), pause(6)]}, "events[1].pause"),
        ({"events": [on(6, "extension", amount=1, unit="calendar_days")]}, "events[0].unit"),
        ({"events": [on(1, "finished")]}, "events[0].at"),
        ({"limit": FEE, "events": [pause(5)]}, "events[0].at"),
        ({"limit": FEE, "events": [on(5, "finished")]}, "events[0].at"),
        (
            {"limit": {"unit": "hand_over"}, "events": [on(2, "extension", amount=1, unit="working_days")]},
            "events[0].type",
        ),
        ({"events": [pause(5, policy="phase", phase_limit={"unit": "hand_over"})]}, "events[0].type"),
        (
            {
                "events": [
                    pause(5, "a", "phase", phase_limit={"amount": 4, "unit": "working_days"}),
                    pause(6, "b", "phase", phase_limit={"amount": 5, "unit": "working_days"}),
                ]
            },
            "events[1].phase_limit",
        ),
    ],
)
def test_what_the_rules_do_not_cover_is_refused_by_its_event(case, field):
    assert refused_field(case) == [field]


def test_the_place_of_a_fault_among_many_cases_is_named():
    with pytest.raises(Invalid) as caught:
        list(compute_cases(CALENDAR, [PLAIN, {**PLAIN, "limit": {}}]))
    assert caught.value.details[0].field == "cases[1].limit.unit"


def got(**case):
    return compute_case(CALENDAR, {**PLAIN, **case})


def test_a_refused_event_leaves_the_answer_as_it_was():
    late = [pause(17), on(18, "pause_ended", pause="a"), on(19, "extension", amount=5, unit="working_days")]
    answer = got(events=late)
    assert [refusal["why"] for refusal in answer["refused_events"]] == ["after_due", "no_such_pause", "after_due"]
    assert {**answer, "refused_events": []} == got()


def test_a_change_of_the_law_at_or_after_the_due_moment_is_refused():
    limit = {"amount": 7, "unit": "working_days"}
    answer = got(events=[on(16, "transition", hour=17, rule="migrate", limit=limit)])
    assert answer["refused_events"] == [{"event": 0, "why": "after_due"}]


def test_a_dossier_stopped_before_its_fee_was_paid_was_never_due():
    answer = got(limit=FEE, events=[on(5, "stopped"), on(6, "fee_paid")])
    assert (answer["state"], answer["due_at"], answer["remaining"]) == ("stopped", None, None)
    assert answer["refused_events"] == [{"event": 1, "why": "after_end"}]


def test_a_second_fee_and_a_fee_that_starts_nothing_do_not_matter():
    assert got(events=[on(5, "fee_paid")]) == got()
    assert got(limit=FEE, events=[on(3, "fee_paid"), on(5, "fee_paid")]) == got(limit=FEE, events=[on(3, "fee_paid")])


def test_a_calendar_changed_after_the_end_does_not_count():
    change = on(13, "calendar_changed", days_off=[{"date": "2026-03-16", "name": "decreed"}])
    finished = on(12, "finished")
    assert got(events=[finished, change]) == got(events=[finished])
    assert got(events=[change])["due_at"] == "2026-03-17T17:00:00+07:00"


def test_a_reply_limit_beyond_the_calendar_matters_only_while_it_is_awaited():
    case = {"received_at": "2027-11-01T09:00:00+07:00", "limit": {"amount": 10, "unit": "working_days"}}
    asked = pause(1, reply_limit={"amount": 6, "unit": "months"}) | {"at": "2027-11-03T09:00:00+07:00"}
    answered = on(1, "pause_ended", pause="a") | {"at": "2027-11-10T09:00:00+07:00"}
    assert got(**case, events=[asked], asked_at="2027-11-11T09:00:00+07:00")["state"] == "no_calendar"
    answer = got(**case, events=[asked, answered], asked_at="2027-11-11T09:00:00+07:00")
    assert (answer["state"], answer["due_at"]) == ("running", "2027-11-22T17:00:00+07:00")


def test_pauses_that_touch_a_change_of_the_law_take_it_in():
    """The law changes on Saturday, the pause starts on Sunday: both count from Monday 08:00 (rules 9 and 31)."""
    limit = {"amount": 7, "unit": "working_days"}
    change, start = on(7, "transition", rule="migrate", limit=limit), pause(8)
    answer = got(events=[change, start, on(11, "pause_ended", pause="a")])
    paused = answer["explanation_segments"][1]
    assert (paused["policy"], paused["from"]) == ("migrate", "2026-03-09T08:00:00+07:00")
    assert answer["due_at"] == "2026-03-20T17:00:00+07:00"


def test_the_later_of_two_changes_of_the_law_at_one_moment_holds():
    first = on(7, "transition", rule="migrate", limit={"amount": 7, "unit": "working_days"})
    second = on(8, "transition", rule="migrate", limit={"amount": 3, "unit": "working_days"})
    answer = got(events=[first, second])
    assert answer["due_at"] == "2026-03-12T17:00:00+07:00"
    assert [segment["kind"] for segment in answer["explanation_segments"]] == ["running", "running"]


def test_an_extension_given_while_a_phase_was_to_start_is_dropped_when_a_pause_takes_that_in():
    phase = pause(4, policy="phase", phase_limit={"amount": 4, "unit": "working_days"})
    events = [
        phase,
        on(6, "pause_ended", hour=18, pause="a"),
        on(7, "extension", amount=2, unit="working_days"),
        pause(8, "b"),
        on(10, "pause_ended", pause="b"),
    ]
    assert got(events=events)["explanation_segments"][-1]["limit"]["extended_by"] == 0
    assert got(events=events[:3])["explanation_segments"][-1]["limit"]["extended_by"] == 2


def test_as_many_events_as_are_taken_are_answered_in_a_moment():
    start, events = datetime.fromisoformat("2026-03-02T09:00:00+07:00"), []
    for number in range(MOST_EVENTS // 2):
        at = (start + number * timedelta(minutes=17)).isoformat()
        events += [{**pause(2, str(number)), "at": at}, {"type": "pause_ended", "pause": str(number), "at": at}]
    began = perf_counter()
    assert got(events=events)["state"] == "overdue"
    assert perf_counter() - began < 5


@pytest.mark.parametrize(
    ("policy", "more", "due"),
    [
        ("restart", {}, "2026-03-23T17:00:00+07:00"),
        ("phase", {"phase_limit": {"amount": 4, "unit": "working_days"}}, "2026-03-13T17:00:00+07:00"),
    ],
)
def test_a_restart_and_a_phase_happen_in_a_pause_without_working_time(policy, more, due):
    """From Friday evening to Saturday: both count as Monday 9 March 08:00."""
    start = on(6, "pause_started", hour=18, pause="a", reason="supplement", policy=policy, **more)
    answer = got(events=[start, on(7, "pause_ended", pause="a")], asked_at="2026-03-10T09:00:00+07:00")
    assert answer["due_at"] == due
    assert (
        answer["explanation_segments"][1] | {"kind": "paused", "working_minutes": 0, "policy": policy}
        == (answer["explanation_segments"][1])
    )


def test_the_order_in_the_file_does_not_matter_but_within_one_minute():
    events = [pause(4), on(5, "pause_ended", pause="a"), on(6, "extension", amount=2, unit="working_days")]
    assert got(events=events[::-1])["due_at"] == got(events=events)["due_at"]
    two = [on(6, "extension", amount=amount, unit="working_days") for amount in (2, 3)]
    ends = [got(events=order)["due_at"] for order in (two, two[::-1])]
    assert ends == ["2026-03-18T17:00:00+07:00", "2026-03-19T17:00:00+07:00"]


def test_a_refusal_is_computed_anew_with_what_is_known():
    """The pause on the 17th came after the due moment, until a day off was decreed that moves that to the 17th."""
    late = pause(17)
    decreed = on(18, "calendar_changed", hour=12, days_off=[{"date": "2026-03-12", "name": "decreed"}])
    before = got(events=[late, decreed], asked_at="2026-03-18T11:00:00+07:00")
    assert (before["state"], before["refused_events"]) == ("overdue", [{"event": 0, "why": "after_due"}])
    after = got(events=[late, decreed], asked_at="2026-03-18T13:00:00+07:00")
    assert (after["state"], after["refused_events"]) == ("paused", [])
