"""Chained limits: each counts from its own event by the same rules, and is finished by the start of the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clock.calendar import vietnam
from clock.cases import compute_case
from clock.chain import ChainReading, Link, compute_chain, usual
from clock.compute import compute
from clock.explain_chain import explain_chain
from clock.model import (
    ClockEvent,
    Extension,
    FeePaid,
    Finished,
    LimitSpec,
    LimitStarted,
    PauseEnded,
    PauseStarted,
    Policy,
    Reason,
    Refused,
    StartsOn,
    State,
    Stopped,
    Unit,
)
from errors import Invalid
from tests.soak import examples
from texts import Text

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = vietnam(range(2025, 2029))


def at(day: str, hour: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{hour}").replace(tzinfo=ZONE)


def days(amount: int) -> LimitSpec:
    return LimitSpec(amount=amount, unit=Unit.CALENDAR_DAYS)


def working(amount: int) -> LimitSpec:
    return LimitSpec(amount=amount, unit=Unit.WORKING_DAYS)


def link(id_: str, limit: LimitSpec, *after: str) -> Link:
    return Link(id=id_, limit=limit, after=after, name=Text(id_, id_))


# DOMAIN.md 3.6a: dossier appraisal, notice of what is missing, on-site appraisal, issue
BIOSAFETY = (
    link("appraisal", days(10), "notice"),
    link("notice", working(5), "appraisal"),
    link("onsite", days(10), "appraisal"),
    link("issue", working(7), "onsite", "appraisal"),
)
RECEIVED = at("08-20")


def starts(limit: str, moment: datetime) -> LimitStarted:
    return LimitStarted(at=moment, limit=limit)


def pause(moment: datetime, policy: Policy = Policy.RESUME, **more: LimitSpec) -> PauseStarted:
    return PauseStarted(at=moment, pause="p", reason=Reason.SUPPLEMENT, policy=policy, **more)


def resumed(moment: datetime) -> PauseEnded:
    return PauseEnded(at=moment, pause="p")


def read(*events: ClockEvent, asked: datetime, links: tuple[Link, ...] = BIOSAFETY) -> ChainReading:
    return compute_chain(CALENDAR, received_at=RECEIVED, links=links, events=events, asked_at=asked)


def test_each_limit_counts_from_its_own_event() -> None:
    onsite, issue = starts("onsite", at("08-26")), starts("issue", at("09-03", "11:00"))
    reading = read(onsite, issue, asked=at("09-03", "12:00"))
    assert [part.link.id for part in reading.stretches] == ["appraisal", "onsite", "issue"]
    assert [part.reading.due_at for part in reading.stretches] == [
        at("09-03", "17:00"),  # 30 August is a Sunday, then come days off
        at("09-07", "17:00"),  # 5 September is a Saturday
        at("09-14", "17:00"),
    ]
    assert [part.reading.state for part in reading.stretches] == [State.EARLY, State.EARLY, State.RUNNING]
    assert reading.result_at == reading.reading.due_at


def test_the_result_is_promised_as_if_every_limit_to_come_took_its_whole_time() -> None:
    reading = read(asked=RECEIVED)
    assert reading.reading.due_at == at("09-03", "17:00")
    assert [one.id for one in reading.coming] == ["onsite", "issue"]
    assert reading.result_at == at("09-23", "17:00")  # 10 days to Sunday 13, rolled to 14; 7 working days


def test_what_has_begun_never_begins_anew() -> None:
    again = starts("appraisal", at("08-24"))
    reading = read(again, starts("issue", at("08-25")), starts("issue", at("09-01")), asked=at("09-03"))
    assert [part.link.id for part in reading.stretches] == ["appraisal", "issue"]
    assert [(one.event, one.why) for one in reading.refused] == [(0, Refused.NOT_NEXT), (2, Refused.NOT_NEXT)]


def test_a_notice_and_a_supplement_lead_back_to_the_appraisal() -> None:
    events = [
        starts("notice", at("08-25")),
        pause(at("08-27")),
        resumed(at("09-10")),
        starts("appraisal", at("09-10")),
    ]
    waiting = read(*events[:2], asked=at("09-01"))
    assert (waiting.reading.state, waiting.result_at) == (State.PAUSED, None)
    reading = read(*events, asked=at("09-10", "10:00"))
    assert [part.link.id for part in reading.stretches] == ["appraisal", "notice", "appraisal"]
    assert reading.reading.due_at == at("09-21", "17:00")  # ten days from 10 September: Sunday, rolled


def test_a_pause_open_at_the_start_of_the_next_limit_goes_on_in_it() -> None:
    events = [pause(at("08-24")), starts("onsite", at("08-25")), resumed(at("08-27"))]
    first, second = read(*events, asked=at("08-27")).stretches
    assert (first.reading.state, first.reading.due_at) == (State.EARLY, at("09-03", "17:00"))
    assert second.reading.due_at == compute(
        CALENDAR, received_at=at("08-25"), limit=days(10), events=[pause(at("08-25")), resumed(at("08-27"))],
        asked_at=at("08-27"),
    ).due_at  # fmt: skip


def test_a_dossier_is_late_where_one_of_its_limits_was() -> None:
    onsite, issue = starts("onsite", at("09-07")), starts("issue", at("09-08"))
    running = read(onsite, issue, asked=at("09-09"))
    assert (running.reading.state, [part.link.id for part in running.late]) == (State.RUNNING, ["appraisal"])
    assert read(onsite, issue, Finished(at=at("09-10")), asked=at("09-10")).reading.state is State.LATE
    early = read(starts("onsite", at("08-25")), Finished(at=at("08-26")), asked=at("08-26"))
    assert early.reading.state is State.EARLY


def test_there_is_one_extension_for_all_limits_together() -> None:
    more = Extension(at=at("08-24"), amount=3, unit=Unit.CALENDAR_DAYS)
    again = Extension(at=at("08-27"), amount=3, unit=Unit.CALENDAR_DAYS)
    events = [more, starts("onsite", at("08-26")), again]
    reading = read(*events, asked=at("08-28"))
    assert [(one.event, one.why) for one in reading.refused] == [(2, Refused.SECOND_EXTENSION)]
    assert reading.reading.due_at == at("09-07", "17:00")
    late = Extension(at=at("09-04"), amount=3, unit=Unit.CALENDAR_DAYS)  # after the due moment: it uses up nothing
    reading = read(late, starts("onsite", at("09-04", "10:00")), again_at("09-08"), asked=at("09-08"))
    assert [(one.event, one.why) for one in reading.refused] == [(0, Refused.AFTER_DUE)]
    assert reading.reading.due_at == at("09-17", "17:00")


def again_at(day: str) -> Extension:
    return Extension(at=at(day), amount=3, unit=Unit.CALENDAR_DAYS)


@pytest.mark.parametrize("end", [Stopped(at=at("08-24")), Finished(at=at("08-24"))])
def test_nothing_begins_after_the_end(end: ClockEvent) -> None:
    reading = read(end, starts("onsite", at("08-25")), asked=at("08-26"))
    assert len(reading.stretches) == 1
    assert [(one.event, one.why) for one in reading.refused] == [(1, Refused.AFTER_END)]
    assert reading.coming == ()


def test_an_answer_that_never_came_ends_all() -> None:
    silent = pause(at("08-24"), reply_limit=working(3))
    reading = read(silent, starts("onsite", at("09-10")), asked=at("09-11"))
    assert (reading.reading.state, len(reading.stretches)) == (State.LAPSED, 1)


def test_a_fee_that_was_paid_counts_for_each_limit() -> None:
    paid = LimitSpec(amount=3, unit=Unit.WORKING_DAYS, starts_on=StartsOn.RECEIPT_AND_FEE)
    links = (link("a", paid), link("b", paid, "a"))
    unpaid = read(starts("b", at("08-24")), asked=at("08-25"), links=links)
    assert [part.reading.state for part in unpaid.stretches] == [State.NOT_STARTED, State.NOT_STARTED]
    reading = read(FeePaid(at=at("08-21")), starts("b", at("08-24")), asked=at("08-25"), links=links)
    assert reading.reading.due_at == at("08-27", "17:00")


def test_a_limit_that_is_not_in_the_chain_and_an_event_without_answer_are_named() -> None:
    with pytest.raises(Invalid) as unknown:
        read(starts("onsite", at("08-25")), starts("nothing", at("08-26")), asked=at("08-27"))
    assert [detail.field for detail in unknown.value.details] == ["events[1].limit"]
    more = Extension(at=at("08-26"), amount=1, unit=Unit.WORKING_HOURS)
    with pytest.raises(Invalid) as wrong:
        read(starts("onsite", at("08-25")), more, asked=at("08-27"))
    assert [detail.field for detail in wrong.value.details] == ["events[1].unit"]


def test_the_usual_course_is_what_each_limit_follows_first() -> None:
    def course(current: str) -> list[str]:
        return [one.id for one in usual(BIOSAFETY, current)]

    assert course("appraisal") == ["onsite", "issue"]
    assert course("notice") == ["appraisal", "onsite", "issue"]
    assert course("issue") == []


def test_a_chain_explains_itself_in_at_most_five_lines() -> None:
    lines = explain_chain(read(starts("onsite", at("08-26")), asked=at("08-27")))
    assert [line.text.en for line in lines] == [
        "Done: appraisal 26 Aug (due 3 Sep)",
        "onsite: Limit of 10 days, not counting the starting day 26 Aug",
        "The last day, 5 Sep, is no working day: the next one counts",
        "Then: issue 7 working days",
        "Result promised: 17:00 Wednesday 16 Sep 2026",
    ]
    late = explain_chain(read(starts("onsite", at("09-04")), Finished(at=at("09-07")), asked=at("09-07")))
    assert late[0].text.vi == "Đã xong: appraisal 04/09 (trễ, hạn 03/09)"


MOMENTS = st.integers(0, 30 * 1440).map(lambda minutes: RECEIVED + timedelta(minutes=minutes))
SPECS = st.one_of(st.builds(days, st.integers(1, 12)), st.builds(working, st.integers(1, 8)))


@settings(max_examples=examples(60, soak=3000), deadline=None, suppress_health_check=list(HealthCheck))
@given(limits=st.lists(SPECS, min_size=2, max_size=4), data=st.data())
def test_a_chain_is_as_many_cases_of_the_same_rules(limits: list[LimitSpec], data: st.DataObject) -> None:
    """Each link answers as compute() does for a dossier received at the link's event, with what happened within it."""
    links = tuple(link(str(n), limit, str(n - 1)) for n, limit in enumerate(limits))
    moments = sorted(data.draw(st.lists(MOMENTS, min_size=len(limits) - 1, max_size=len(limits) - 1, unique=True)))
    bounds = [RECEIVED, *moments, RECEIVED + timedelta(days=90)]
    events: list[ClockEvent] = [starts(str(n + 1), moment) for n, moment in enumerate(moments)]
    within: list[list[ClockEvent]] = []
    for n, (first, last) in enumerate(pairwise(bounds)):
        a = data.draw(st.integers(0, 6 * 1440))
        b = data.draw(st.integers(0, 6 * 1440))
        begin, over = first + timedelta(minutes=1 + a), first + timedelta(minutes=2 + a + b)
        policy = data.draw(st.sampled_from([Policy.RESUME, Policy.RESTART]))
        own: list[ClockEvent] = [
            PauseStarted(at=begin, pause=str(n), reason=Reason.SUPPLEMENT, policy=policy),
            PauseEnded(at=over, pause=str(n)),
        ]
        own = own if over < last else []
        within.append([*own, *([Finished(at=last)] if n + 1 < len(limits) else [])])
        events += own
    asked = bounds[-1]
    reading = compute_chain(CALENDAR, received_at=RECEIVED, links=links, events=events[::-1], asked_at=asked)
    assert len(reading.stretches) == len(limits)
    for part, own, until in zip(reading.stretches, within, bounds[1:], strict=True):
        alone = compute(CALENDAR, received_at=part.start, limit=part.link.limit, events=own, asked_at=until)
        assert part.reading == alone
    assert reading.result_at == reading.reading.due_at


def test_one_limit_alone_is_no_chain() -> None:
    links = (link("", working(5)),)
    reading = read(asked=at("08-21"), links=links)
    assert reading.reading == compute(CALENDAR, received_at=RECEIVED, limit=working(5), asked_at=at("08-21"))
    assert reading.result_at == reading.reading.due_at
    assert reading.reading.due_at is not None
    assert reading.reading.due_at.date() == date(2026, 8, 26)


CASE = {
    "id": "biosafety",
    "received_at": "2026-08-20T09:00:00+07:00",
    "limits": [
        {"id": "appraisal", "amount": 10, "unit": "calendar_days", "after": ["notice"]},
        {"id": "notice", "amount": 5, "unit": "working_days", "after": ["appraisal"]},
        {"id": "onsite", "amount": 10, "unit": "calendar_days", "after": ["appraisal"]},
        {"id": "issue", "amount": 7, "unit": "working_days", "after": ["onsite", "appraisal"]},
    ],
    "events": [
        {"type": "limit_started", "at": "2026-09-04T09:00:00+07:00", "limit": "onsite"},
        {"type": "limit_started", "at": "2026-09-04T10:00:00+07:00", "limit": "onsite"},
    ],
    "asked_at": "2026-09-05T09:00:00+07:00",
}


def test_a_chain_is_asked_as_a_case_too() -> None:
    """Ten days to Sunday 30 August, then days off: due on 3 September; the next begins a day late, on the 4th."""
    got = compute_case(CALENDAR, CASE)
    assert got["limit"] == "onsite"
    assert (got["state"], got["due_at"]) == ("running", "2026-09-14T17:00:00+07:00")
    assert got["coming"] == ["issue"]
    assert got["result_at"] == "2026-09-23T17:00:00+07:00"  # seven working days from Monday 14
    assert got["limits"] == [
        {
            "limit": "appraisal",
            "from": "2026-08-20T09:00:00+07:00",
            "until": "2026-09-04T09:00:00+07:00",
            "due_at": "2026-09-03T17:00:00+07:00",
            "state": "late",
        },
        {
            "limit": "onsite",
            "from": "2026-09-04T09:00:00+07:00",
            "until": None,
            "due_at": "2026-09-14T17:00:00+07:00",
            "state": "running",
        },
    ]
    assert got["refused_events"] == [{"event": 1, "why": "not_next"}]
    alone = {**CASE, "limits": None, "limit": {"amount": 10, "unit": "calendar_days"}, "events": []}
    first = compute_case(CALENDAR, {**CASE, "events": []})
    assert compute_case(CALENDAR, alone) == {name: first[name] for name in compute_case(CALENDAR, alone)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"limits": [{"id": "a", "amount": 1, "unit": "months"}] * 2}, "limits[1].id"),
        ({"limits": [{"id": "a", "amount": 1, "unit": "months", "after": ["b"]}]}, "limits[0].after[0]"),
        ({"limits": [{"amount": 1, "unit": "months"}]}, "limits[0].id"),
        ({"limits": [{"id": "a", "amount": 0, "unit": "months"}]}, "limits[0]"),
        ({"limits": [{"id": "a", "amount": 1, "unit": "months"}] * 51}, "limits"),
        ({"limits": 7}, "limits"),
        ({"limits": []}, "limit"),
    ],
)
def test_a_chain_that_cannot_be_read_is_refused_by_its_place(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        compute_case(CALENDAR, {**CASE, "events": [], **change})
    assert [detail.field for detail in refused.value.details] == [field]


def test_the_link_that_was_late_by_most_is_the_worst() -> None:
    onsite, issue = starts("onsite", at("09-07")), starts("issue", at("09-08"))
    reading = read(onsite, issue, Finished(at=at("09-10")), asked=at("09-10"))
    assert reading.worst.link.id == "appraisal"
    assert reading.worst.reading.remaining_days == -4
    assert read(asked=RECEIVED).worst.link.id == "appraisal"
