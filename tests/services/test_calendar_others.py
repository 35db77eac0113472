"""What a change of the calendar moves besides appointments: times to answer of paused dossiers, and timers."""

from __future__ import annotations

from datetime import timedelta

from services import calendar_changes, calendar_looks, calendar_others, lapsing
from services.permissions import SYSTEM
from storage.queries import calendar as queries
from storage.tables import CalendarChange, Dossier
from tests.engine.diagrams import boundary, catch, duration, end, start, user
from tests.office import Office
from tests.services.bundles import bundle, procedure
from tests.services.test_calendar_changes import HOLIDAYS, decreed, timers
from tests.services.test_statements import counted

ANSWERED = (
    '<motcua:limit amount="5" unit="working_days"><motcua:pause ground="supplement" reply="10 working_days"/>'
    "</motcua:limit>"
)


def paused(office: Office, count: int = 1) -> list[Dossier]:
    ask = user("ask", motcua__assignee="${applicant}", motcua__pause="supplement")
    do = user("do", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
    office.deploy(procedure("asked", start("s"), do, ask, end("e"), "s -> do -> ask -> e", limit=ANSWERED))
    filed = [office.file_in("asked") for _ in range(count)]
    for dossier in filed:
        office.step(dossier, "chuyenvien", "do", answers={})
    return [office.again(dossier) for dossier in filed]


def first(office: Office, change: CalendarChange) -> tuple[int, int]:
    office.look()
    found = queries.change(change.id)
    assert found is not None
    summary = calendar_looks.count_on(SYSTEM, found, now=office.now).summary
    return summary.paused, summary.timers


def test_paused_dossiers_are_counted_and_listed_with_their_time_to_answer(office: Office) -> None:
    dossiers = paused(office, 3)
    change = decreed(office, *HOLIDAYS)
    wanted = calendar_changes.wanted(change, now=office.now)
    assert first(office, change) == (3, 0)
    some, place = calendar_others.paused(wanted, after=None, limit=2)
    rest, end_ = calendar_others.paused(wanted, after=place, limit=2)
    assert ([row.dossier_id for row in (*some, *rest)], end_) == (sorted(each.id for each in dossiers), None)
    before = lapsing.answer_by(dossiers[0])  # all were asked in the same minute
    assert before is not None
    assert (some[0].before, some[0].after) == (before, before + timedelta(days=2))
    assert lapsing.answer_by(office.again(dossiers[0])) == before  # a look writes nothing
    assert queries.entries() == ()

    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    office.look()
    assert lapsing.answer_by(office.again(dossiers[0])) == some[0].after
    assert queries.count_shifts(change.id) == {"paused": 3, "timers": 0}
    rows, _ = queries.shifts(change.id, timers=False, limit=10)
    assert {(row.dossier_id, row.due_before, row.due_at) for row in rows} == {
        (row.dossier_id, row.before, row.after) for row in (*some, *rest)
    }
    assert queries.count_moved(change.id) == 0  # no appointment has moved: there is none


def test_a_paused_dossier_without_a_time_to_answer_is_listed_as_one_that_is_computed_later(office: Office) -> None:
    ask = user("ask", motcua__assignee="${applicant}", motcua__pause="supplement")
    do = user("do", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
    office.deploy(procedure("asked", start("s"), do, ask, end("e"), "s -> do -> ask -> e"))
    dossier = office.file_in("asked")
    office.step(dossier, "chuyenvien", "do", answers={})
    change = decreed(office, *HOLIDAYS)
    (row,), _ = calendar_others.paused(calendar_changes.wanted(change, now=office.now), after=None, limit=9)
    assert (row.code, row.before, row.after) == (dossier.code, None, None)


def test_timers_in_working_time_are_listed_before_and_after_they_move(office: Office) -> None:
    nudge = boundary("nudge", "do", duration("3 working days"), interrupting=False)
    do = user("do", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
    parts = (do, nudge, end("x"), end("e"), "s -> do -> e", "nudge -> x")
    office.deploy(procedure("nudged", start("s"), *parts))
    office.deploy(bundle("plain", start("s"), catch("wait", duration("3 working days")), end("e"), "s -> wait -> e"))
    dossier, plain = office.file_in("nudged"), office.start("plain")
    change = decreed(office, *HOLIDAYS)
    wanted = calendar_changes.wanted(change, now=office.now)
    assert first(office, change) == (0, 2)
    known = timers(office, dossier)
    found, following = calendar_others.timers(wanted, after=None, limit=9)
    assert following is None
    assert {(row.instance_id, row.element_id) for row in found} == {(dossier.instance_id, "nudge"), (plain.id, "wait")}
    for row in found:
        assert row.before is not None
        assert row.after == row.before + timedelta(days=2)
    one, more = calendar_others.timers(wanted, after=None, limit=9, seconds=0)
    assert (len(one), more is not None) == (1, True)  # a page that takes too long goes on where it stopped
    assert [row.instance_id for row in (*one, *calendar_others.timers(wanted, after=more, limit=9)[0])] == [
        row.instance_id for row in found
    ]
    assert timers(office, dossier) == known  # a look moves nothing

    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)
    office.look()
    rows, _ = queries.shifts(change.id, timers=True, limit=9)
    assert {(row.instance_id, row.element_id, row.due_before, row.due_at) for row in rows} == {
        (row.instance_id, row.element_id, row.before, row.after) for row in found
    }
    assert queries.count_shifts(change.id) == {"paused": 0, "timers": 2}


def test_counting_them_costs_the_same_however_many_there_are(office: Office) -> None:
    costs = []
    for more in (1, 4):
        paused(office, more)
        office.look()
        wanted = calendar_changes.wanted(decreed(office, *HOLIDAYS), now=office.now)
        with counted() as sent:
            calendar_others.count_paused(wanted)
            calendar_others.count_timers(wanted)
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 4, sent
