"""Looks at what a change of the calendar moves: counted in portions before it; afterwards what did move is listed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import Forbidden, WrongState
from services import batches as batch_verbs
from services import calendar_changes, calendar_looks, calendar_moves, runs
from services.permissions import SYSTEM
from services.runs import Run
from storage.queries import batches
from storage.queries import calendar as queries
from storage.tables import CalendarChange
from tests.office import Office
from tests.services.test_calendar_changes import HOLIDAYS, decreed, filed, moves


def test_what_moves_is_counted_in_portions_that_go_on_where_the_last_one_stopped(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    filed(office, 5)
    change = decreed(office, *HOLIDAYS)
    whole = calendar_moves.summary(calendar_changes.wanted(change, now=office.now))
    seen = []
    for _ in range(7):
        office.look()
        found = calendar_looks.count_on(SYSTEM, again(change), now=office.now, seconds=0)
        seen.append((found.looked, found.is_done))
    assert seen == [(1, False), (2, False), (3, False), (4, False), (5, True), (5, True), (5, True)]
    assert (found.summary, found.of) == (whole, 5)
    filed(office, 1)
    late = calendar_looks.count_on(SYSTEM, again(change), now=office.now + timedelta(minutes=11))
    assert (late.looked, late.summary.dossiers) == (6, 6)  # an old count begins again
    wanted = calendar_changes.wanted(change, now=office.now)
    moves_, last = calendar_looks.page(wanted, after=None, limit=4)
    rest, end_ = calendar_looks.page(wanted, after=last, limit=4)
    assert (len(moves_), len(rest), end_) == (4, 2, None)
    assert {move.dossier_id for move in (*moves_, *rest)} == {move.dossier_id for move in moves(office, change)}
    with pytest.raises(Forbidden):
        calendar_looks.count_on(office.viewer("truongphong"), again(change), now=office.now)


def test_what_was_moved_is_listed_after_the_change_with_what_failed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossiers = filed(office, 3)
    before = office.again(dossiers[0]).due_at
    change = decreed(office, *HOLIDAYS)
    applied = calendar_changes.apply(SYSTEM, change.id, now=office.now)
    broken = dossiers[1].instance_id

    def hold(instance_id: str, **more: object) -> Run:
        if instance_id == broken:
            raise WrongState()
        return runs.hold(instance_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(calendar_moves, "hold", hold)
    office.tick(seconds=1)
    office.look()
    rows_, _ = queries.moved(change.id, limit=10)
    assert {row.id for row in rows_} == {dossiers[0].id, dossiers[2].id}
    assert queries.count_moved(change.id) == 2
    row = next(row for row in rows_ if row.id == dossiers[0].id)
    assert (row.due_before, row.due_at) == (before, office.again(dossiers[0]).due_at)
    (failed,) = batches.items(applied.batches[0], state="failed")
    assert failed.instance_id == broken
    monkeypatch.undo()
    batch_verbs.retry(SYSTEM, applied.batches[0], now=office.now)
    office.tick(seconds=1)
    assert queries.count_moved(change.id) == 3


def again(change: CalendarChange) -> CalendarChange:
    found = queries.change(change.id)
    assert found is not None
    return found
