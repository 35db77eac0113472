"""The office's own days: they win over the national ones; running dossiers follow (test_calendar_changes.py)."""

from __future__ import annotations

from datetime import date

import pytest

from errors import Forbidden, NotFound
from services import calendar, clocks
from services.clocks import LOCAL
from services.permissions import SYSTEM
from tests.office import Office

FRIDAY = "2026-08-21"
"""The day after the office's START."""


def due(office: Office, dossier: object) -> date:
    found = office.again(dossier).due_at  # type: ignore[arg-type]
    assert found is not None
    return found.astimezone(LOCAL).date()


def test_only_who_manages_people_changes_days(office: Office) -> None:
    for username in ("motcua", "vanhanh", "thietke"):
        with pytest.raises(Forbidden):
            calendar.save_day(office.viewer(username), day=FRIDAY, kind="off", as_weekday="", note="", now=office.now)
        with pytest.raises(Forbidden):
            calendar.remove_day(office.viewer(username), date(2026, 8, 21), now=office.now)


def test_a_day_entered_wins_over_the_national_one_and_taking_it_back_undoes_it(office: Office) -> None:
    holiday = date(2026, 9, 2)
    assert not clocks.calendar().is_working_day(holiday)
    calendar.save_day(SYSTEM, day=holiday.isoformat(), kind="working", as_weekday="", note="Trực", now=office.now)
    assert clocks.calendar().is_working_day(holiday)
    own = calendar.own_day(holiday)
    assert (own.kind, own.name.vi) == ("working", "Trực")
    assert own.national is not None
    calendar.remove_day(SYSTEM, holiday, now=office.now)
    assert not clocks.calendar().is_working_day(holiday)
    with pytest.raises(NotFound):
        calendar.own_day(holiday)


def test_a_working_saturday_has_the_hours_of_the_day_it_makes_up_for(office: Office) -> None:
    saturday = date(2026, 8, 29)
    calendar.save_day(SYSTEM, day=saturday.isoformat(), kind="working", as_weekday="0", note="", now=office.now)
    assert clocks.calendar().working_periods(saturday) == clocks.calendar().working_periods(date(2026, 8, 24))


def test_a_running_dossier_follows_a_changed_day_and_new_ones_at_once(office: Office) -> None:
    dossier = office.accepted()
    before = due(office, dossier)
    calendar.save_day(SYSTEM, day=before.isoformat(), kind="off", as_weekday="", note="Nghỉ bù", now=office.now)
    assert due(office, dossier) == before
    assert due(office, office.accepted("nguoinop2")) > before
    soon = office.again(dossier).due_soon_at
    assert soon is not None
    office.now = soon
    office.tick()
    assert due(office, dossier) > before
