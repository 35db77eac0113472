"""Changes of the calendar: what moves is shown before, moves once, and goes back; what has ended stays as it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from clock.compute import Reading
from engine import runner
from errors import Duplicate, Forbidden, Invalid, NotFound, WrongState
from services import (
    calendar,
    calendar_changes,
    calendar_moves,
    clocks,
    loading,
    log,
    suspension,
    tasks,
)
from services.calendar_edits import Typed, read_hours
from services.clocks import LOCAL
from services.permissions import SYSTEM
from storage.queries import batches
from storage.queries import calendar as queries
from storage.tables import CalendarChange, Dossier
from tests.engine.diagrams import boundary, catch, duration, end, start, user
from tests.office import Office
from tests.services.bundles import bundle, procedure
from tests.services.test_statements import counted

KEY = "due"
WORK = user(
    "do", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention", motcua__limit="3 working_days"
)
WAIT = user("wait", motcua__assignee="${applicant}", motcua__pause="supplement", motcua__nationalStatus="5")
GIVE = user("give", motcua__nationalStatus="9", motcua__candidateGroups="specialist_prevention")
HOLIDAYS = ("2026-08-24", "2026-08-25")
"""The Monday and Tuesday after the office's START."""


def filed(office: Office, count: int = 1, *, limit: str = "5 working_days") -> list[Dossier]:
    key = f"{KEY}-{limit.replace(' ', '-').replace('_', '-')}"
    office.deploy(
        procedure(
            key, start("s"), WORK, GIVE, end("e", motcua__nationalStatus="10"), "s -> do -> give -> e", limit=limit
        )
    )
    return [office.file_in(key, username=("nguoinop", "nguoinop2")[place % 2]) for place in range(count)]


def decreed(office: Office, *days: str, kind: str = "off", **more: str) -> CalendarChange:
    typed = [
        Typed(day=day, kind=kind, as_weekday=more.get("as_weekday", ""), hours=more.get("hours", ""), note="Nghỉ bão")
        for day in days
    ]
    return calendar_changes.plan(SYSTEM, typed, reason="Công điện 12", agency=more.get("agency", ""), now=office.now)


def moves(office: Office, change: CalendarChange) -> list[calendar_moves.Move]:
    return list(calendar_moves.moves(calendar_changes.wanted(change, now=office.now)))


def due(office: Office, dossier: Dossier) -> date:
    found = office.again(dossier).due_at
    assert found is not None
    return found.astimezone(LOCAL).date()


def reading(office: Office, dossier: Dossier) -> Reading:
    row = office.again(dossier)
    found = clocks.read(row, clocks.limits_of(row), asked_at=office.now)
    assert found is not None
    return found.reading


def events(dossier: Dossier, kind: str = "dossier.due_moved") -> list[dict[str, object]]:
    return [data for row, data in log.events_of(dossier.instance_id) if row.kind == kind]


def test_a_decreed_holiday_says_what_it_moves_and_then_moves_it_once(office: Office) -> None:
    dossiers = filed(office, 3)
    before = due(office, dossiers[0])
    change = decreed(office, *HOLIDAYS)
    shown = moves(office, change)
    assert [move.dossier_id for move in shown] == sorted(each.id for each in dossiers)
    assert due(office, dossiers[0]) == before  # a look writes nothing
    found = calendar_moves.summary(calendar_changes.wanted(change, now=office.now))
    assert (found.dossiers, found.later, found.earlier, found.steps) == (3, 3, 0, 3)

    applied = calendar_changes.apply(SYSTEM, change.id, now=office.now)
    assert calendar_changes.apply(SYSTEM, change.id, now=office.now).batches == applied.batches
    assert due(office, dossiers[0]) == before  # the batch moves it
    office.tick(seconds=1)
    after = {due(office, each) for each in dossiers}
    assert after == {move.after.astimezone(LOCAL).date() for move in shown if move.after}
    assert after == {before + timedelta(days=shown[0].days)}
    row = batches.one(applied.batches[0])
    assert row is not None
    assert (row.state, row.done, row.failed) == ("completed", 3, 0)
    for dossier in dossiers:
        (event,) = events(dossier)
        assert datetime.fromisoformat(str(event["due_at"])) == office.again(dossier).due_at
        assert (event["change"], event["reason"]) == (change.id, "Công điện 12")
        assert [item["task"] for item in event["dues"]] == [office.open(dossier)["do"].id]  # type: ignore[attr-defined]
        assert reading(office, dossier).due_at == office.again(dossier).due_at
    assert "Nghỉ bão" in str(clocks.tell(office.again(dossiers[0]), asked_at=office.now))
    assert moves(office, decreed(office, *HOLIDAYS)) == []
    assert log.verify().breaks == ()


def test_doing_an_item_again_changes_nothing(office: Office) -> None:
    (dossier,) = filed(office)
    change = calendar_changes.apply(SYSTEM, decreed(office, *HOLIDAYS).id, now=office.now)
    assert calendar_moves.recompute(SYSTEM, dossier.instance_id, {"change": change.id}, "nghỉ", now=office.now)
    assert not calendar_moves.recompute(SYSTEM, dossier.instance_id, {"change": change.id}, "nghỉ", now=office.now)
    office.tick(seconds=1)
    assert len(events(dossier)) == 1


def test_a_change_is_taken_back_and_the_dossiers_with_it(office: Office) -> None:
    (dossier,) = filed(office)
    before = due(office, dossier)
    change = calendar_changes.apply(SYSTEM, decreed(office, *HOLIDAYS).id, now=office.now)
    office.tick(seconds=1)
    back = calendar_changes.plan_undo(SYSTEM, change.id, now=office.now)
    assert [(move.days, move.dossier_id) for move in moves(office, back)] == [(-2, dossier.id)]
    calendar_changes.apply(SYSTEM, back.id, now=office.now)
    office.tick(seconds=1)
    assert due(office, dossier) == before
    assert len(events(dossier)) == 2
    assert queries.change(change.id).state == "undone"  # type: ignore[union-attr]
    assert queries.entries() == ()
    with pytest.raises(WrongState):
        calendar_changes.plan_undo(SYSTEM, change.id, now=office.now)


def test_a_day_that_was_changed_since_stays_as_it_is_when_an_older_change_goes(office: Office) -> None:
    first = calendar_changes.apply(SYSTEM, decreed(office, *HOLIDAYS).id, now=office.now)
    office.later(minutes=1)
    calendar.save_day(SYSTEM, day=HOLIDAYS[0], kind="working", as_weekday="", note="Đi làm", now=office.now)
    office.later(minutes=1)
    calendar_changes.apply(SYSTEM, calendar_changes.plan_undo(SYSTEM, first.id, now=office.now).id, now=office.now)
    assert [(entry.day.isoformat(), entry.kind) for entry in queries.entries()] == [(HOLIDAYS[0], "working")]


def test_a_working_sunday_brings_the_appointment_nearer(office: Office) -> None:
    (dossier,) = filed(office)
    change = decreed(office, "2026-08-23", kind="working", as_weekday="0")
    assert [move.days for move in moves(office, change)] == [-1]
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    assert reading(office, dossier).due_at == office.again(dossier).due_at


def test_a_half_day_ends_at_its_own_closing_and_counts_one_day(office: Office) -> None:
    (dossier,) = filed(office, limit="3 working_days")
    change = decreed(office, due(office, dossier).isoformat(), kind="hours", hours="08:00-12:00")
    (move,) = moves(office, change)
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    after = office.again(dossier).due_at
    assert after == move.after
    assert after is not None
    assert (move.days, after.astimezone(LOCAL).hour) == (0, 12)


def test_an_agency_has_days_of_its_own(office: Office) -> None:
    (dossier,) = filed(office)
    legal = loading.load(dossier.definition_id).procedure
    assert legal is not None
    assert moves(office, decreed(office, *HOLIDAYS, agency="H99")) == []
    change = decreed(office, *HOLIDAYS, agency=legal.agency_code)
    assert len(moves(office, change)) == 1
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    assert len(events(dossier)) == 1
    monday = date.fromisoformat(HOLIDAYS[0])
    assert clocks.calendar().is_working_day(monday)
    assert not clocks.calendar(legal.agency_code).is_working_day(monday)
    assert calendar.own_day(monday, legal.agency_code).agency == legal.agency_code
    with pytest.raises(Invalid) as refused:  # a day off for everybody beats an agency's own calendar (rule 2)
        decreed(office, "2026-09-02", kind="working", agency=legal.agency_code)
    assert refused.value.details[0].code == "national"


def test_what_has_ended_is_read_with_the_calendar_of_its_end(office: Office) -> None:
    done, running = filed(office, 2)
    office.later(days=5)
    office.step(done, "chuyenvien", "do", answers={})
    office.step(done, "chuyenvien", "give", answers={})
    before = reading(office, done)
    change = decreed(office, *HOLIDAYS)
    assert [move.dossier_id for move in moves(office, change)] == [running.id]
    office.later(minutes=1)
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    after = reading(office, done)
    assert (after.due_at, after.state) == (before.due_at, before.state)
    assert events(done) == []
    assert reading(office, running).due_at == office.again(running).due_at


def test_days_before_the_start_and_after_the_due_day_move_nothing(office: Office) -> None:
    (dossier,) = filed(office)
    later = (due(office, dossier) + timedelta(days=1)).isoformat()
    assert moves(office, decreed(office, "2026-08-19", later)) == []


def test_a_year_is_imported_once_and_own_days_stay(office: Office) -> None:
    calendar.save_day(SYSTEM, day="2026-09-02", kind="working", as_weekday="", note="Trực", now=office.now)
    change = calendar_changes.plan_import(SYSTEM, 2026, now=office.now)
    days = {edit["day"]: edit["kind"] for edit in change.edits}
    assert days["2026-01-01"] == "off"
    assert "2026-09-02" not in days
    assert not calendar.is_imported(2026)
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    assert calendar.is_imported(2026)
    assert calendar.own_day(date(2026, 9, 2)).name.vi == "Trực"
    known = {day.day: day.kind for day in calendar.days_of(2026)}
    assert len(known) == len(change.edits)  # the year itself is an edit, the own day is none
    with pytest.raises(WrongState):
        calendar_changes.plan_import(SYSTEM, 2026, now=office.now)
    office.later(minutes=1)
    calendar.remove_day(SYSTEM, date(2026, 1, 1), now=office.now)
    assert clocks.calendar().is_working_day(date(2026, 1, 1))  # of an imported year the entered days are all there is
    office.later(minutes=1)
    calendar_changes.apply(SYSTEM, calendar_changes.plan_undo(SYSTEM, change.id, now=office.now).id, now=office.now)
    assert not calendar.is_imported(2026)
    assert not clocks.calendar().is_working_day(date(2026, 1, 1))


def test_importing_a_year_beyond_the_calendar_gives_its_dossiers_a_due_date(office: Office) -> None:
    last = clocks.YEARS[-1]
    office.now = office.now.replace(year=last, month=12, day=29)
    (dossier,) = filed(office, limit="10 working_days")
    assert office.again(dossier).clock_state == "no_calendar"
    change = calendar_changes.plan_import(SYSTEM, last + 1, now=office.now)
    assert [(move.dossier_id, move.before) for move in moves(office, change)] == [(dossier.id, None)]
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    assert due(office, dossier).year == last + 1
    for year in (2019, last + 40):
        with pytest.raises(Invalid):
            calendar_changes.plan_import(SYSTEM, year, now=office.now)


def test_what_is_wrong_is_said_of_every_day_at_once(office: Office) -> None:
    typed = [
        Typed(day="2026-08-24"), Typed(day="soon"), Typed(day="2019-01-01"),
        Typed(day="2026-08-25", kind="hours", hours="9-5"),
        Typed(day="2026-08-29", kind="working"), Typed(day="2026-08-24", kind="party"),
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        calendar_changes.plan(SYSTEM, typed, reason="x" * 300, now=office.now)
    assert {detail.field for detail in refused.value.details} >= {
        "days.1.day", "days.2.day", "days.3.hours", "days.4.as_weekday", "days.5.kind", "reason",
    }  # fmt: skip
    with pytest.raises(Invalid):
        calendar_changes.plan(SYSTEM, [], reason="", now=office.now)
    calendar.save_day(SYSTEM, day="2026-08-24", kind="off", as_weekday="", note="", now=office.now)
    with pytest.raises(Duplicate):
        calendar_changes.plan(SYSTEM, [Typed(day="2026-08-24")], reason="", now=office.now, is_new=True)


def test_hours_are_read_as_people_write_them() -> None:
    assert read_hours("08:00-12:00") == ((480, 720),)
    assert read_hours("8h00 – 11h30; 13:00-15:00") == ((480, 690), (780, 900))
    for text in ("", "8-12", "12:00-08:00", "08:00-12:00, 11:00-13:00", "08:00-24:30", "08:70-09:00", "a" * 500):
        assert read_hours(text) == ()


def test_only_administrators_change_the_calendar_and_what_is_thrown_away_stays_so(office: Office) -> None:
    clerk = office.viewer("motcua")
    change = decreed(office, *HOLIDAYS)
    for call in (
        lambda: calendar_changes.plan(clerk, [Typed(day="2026-08-24")], reason="", now=office.now),
        lambda: calendar_changes.plan_import(clerk, 2027, now=office.now),
        lambda: calendar_changes.apply(clerk, change.id, now=office.now),
        lambda: calendar_changes.discard(clerk, change.id),
        lambda: calendar_changes.plan_undo(clerk, change.id, now=office.now),
    ):
        with pytest.raises(Forbidden):
            call()
    calendar_changes.discard(SYSTEM, change.id)
    with pytest.raises(WrongState):
        calendar_changes.apply(SYSTEM, change.id, now=office.now)
    with pytest.raises(NotFound):
        calendar_changes.apply(SYSTEM, "none", now=office.now)
    assert queries.entries() == ()


def test_a_look_at_many_dossiers_costs_few_statements(office: Office) -> None:
    filed(office, 2)
    change = decreed(office, *HOLIDAYS)
    office.look()
    costs = []
    for more in (0, 20):
        filed(office, more) if more else None
        office.look()
        with counted() as sent:
            calendar_moves.summary(calendar_changes.wanted(change, now=office.now))
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 6, sent


def test_timers_in_working_time_move_with_the_calendar(office: Office) -> None:
    remind = boundary("remind", "do", duration("80 % of the legal limit"), interrupting=False)
    nudge = boundary("nudge", "do", duration("3 working days"), interrupting=False)
    office.deploy(
        procedure(
            "timed", start("s"), user("look", motcua__nationalStatus="2"), WORK, remind, nudge, GIVE,
            end("x"), end("y"), end("e", motcua__nationalStatus="10"),
            "s -> look -> do -> give -> e", "remind -> x", "nudge -> y", limit="5 working_days",
        )
    )  # fmt: skip
    dossier = office.file_in("timed")
    tasks.submit(SYSTEM, office.open(dossier)["look"].id, {}, now=office.now)
    assert timers(office, dossier) == ["2026-08-24 17:00", "2026-08-25 15:35"]
    operator = suspension.suspend(SYSTEM, dossier.instance_id, "Xem", now=office.now)
    assert operator.next_due_at is None
    calendar_changes.apply(SYSTEM, decreed(office, *HOLIDAYS).id, now=office.now)
    office.tick(seconds=1)
    assert office.instance(dossier).next_due_at is None  # it stands still
    suspension.resume(SYSTEM, dossier.instance_id, "Xong", now=office.now)
    assert timers(office, dossier) == ["2026-08-26 17:00", "2026-08-27 15:35"]
    told = clocks.tell(office.again(dossier), asked_at=office.now)
    assert told is not None
    assert office.instance(dossier).next_due_at == datetime(2026, 8, 26, 17, tzinfo=LOCAL)
    assert told.reading.due_soon_percent_at == datetime(2026, 8, 27, 15, 35, tzinfo=LOCAL)


def timers(office: Office, dossier: Dossier) -> list[str]:
    instance = office.instance(dossier)
    waits = runner.waits(loading.load(instance.definition_id).definition, instance.state)
    return sorted(f"{wait.due_at.astimezone(LOCAL):%Y-%m-%d %H:%M}" for wait in waits if wait.due_at is not None)


def test_a_process_without_a_dossier_has_its_timers_moved_too(office: Office) -> None:
    office.deploy(bundle("plain", start("s"), catch("wait", duration("3 working days")), end("e"), "s -> wait -> e"))
    instance = office.start("plain")
    before = instance.next_due_at
    assert before is not None
    calendar_changes.apply(SYSTEM, decreed(office, *HOLIDAYS).id, now=office.now)
    office.tick(seconds=1)
    office.look()
    assert instance.next_due_at == before + timedelta(days=2)
    assert [row.kind for row, _ in log.events_of(instance.id)][-1] == "instance.timers_moved"


def test_a_half_day_on_the_way_moves_when_a_dossier_is_due_soon(office: Office) -> None:
    (dossier,) = filed(office)
    before = office.again(dossier).due_at, office.again(dossier).due_soon_at
    change = decreed(office, HOLIDAYS[0], kind="hours", hours="08:00-12:00")
    assert moves(office, change) == []
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    after = office.again(dossier)
    assert after.due_at == before[0]
    assert after.due_soon_at != before[1]
    assert after.due_soon_at == reading(office, dossier).due_soon_at
