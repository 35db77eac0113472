"""A due chip counts what its limit counts, as the explanation beside it does; in the calendar of its agency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from clock.model import Unit
from services import calendar_changes, calendar_edits, clocks, measures, step_clocks
from services.clocks import LOCAL
from services.measures import Measure
from services.permissions import scope_of
from storage.database import session
from storage.queries import dossiers as dossier_queries
from storage.queries import tasks as queries
from storage.queries.tasks import Filter
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure
from tests.web.officers import at_desk, quick_app, words
from web.officer import dues
from web.officer.dues import Due

DAYS, HOURS = Unit.WORKING_DAYS, Unit.WORKING_HOURS
DATES = (Unit.CALENDAR_DAYS, Unit.MONTHS)
AGENCY = "000.00.00.G18"


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=LOCAL)


CASES = [  # due on Monday 16 March at 17:00: asked when, kind and count in working days, days and working hours
    (at(10, 9), ("ok", 4), ("ok", 6), ("ok", 39)),
    (at(12, 9), ("ok", 2), ("ok", 4), ("ok", 23)),
    (at(13, 9), ("soon", 1), ("soon", 3), ("ok", 15)),
    (at(14, 9), ("soon", 1), ("soon", 2), ("ok", 8)),
    (at(16, 8), ("today", 0), ("today", 0), ("soon", 8)),
    (at(16, 16, 30), ("today", 0), ("today", 0), ("soon", 0)),
    (at(16, 17), ("today", 0), ("today", 0), ("soon", 0)),
    (at(16, 20), ("late", 0), ("late", 0), ("late", 0)),
    (at(17, 10, 30), ("late", 1), ("late", 1), ("late", 2)),
    (at(22, 9), ("late", 4), ("late", 6), ("late", 32)),
]


def test_a_chip_counts_what_its_limit_counts(office: Office):
    def chip(unit: Unit, now: datetime) -> tuple[str, int]:
        due = dues.of_moment(at(16, 17), now=now, measure=Measure(unit=unit))
        assert due.unit == unit.value
        return due.kind, due.n

    for now, working_days, days, hours in CASES:
        said = [chip(unit, now) for unit in (DAYS, *DATES, HOURS)]
        assert said == [working_days, days, days, hours], now


def test_what_ended_late_is_over_in_the_unit_of_its_limit(office: Office):
    for unit, over in ((DAYS, 4), (DATES[0], 6), (DATES[1], 6), (HOURS, 32)):
        due = dues.of_end(at(16, 17), at(22, 9), measure=Measure(unit=unit))
        assert (due.kind, due.n, due.unit) == ("was_late", over, unit.value)


def test_what_has_three_days_left_over_a_weekend_is_due_soon_and_what_was_raised_too(office: Office):
    measure = Measure(unit=Unit.CALENDAR_DAYS)
    assert dues.of_moment(at(16, 17), now=at(12, 9), measure=measure).kind == "ok"
    assert dues.of_moment(at(16, 17), now=at(12, 9), measure=measure, is_at_risk=True).kind == "soon"


def test_a_chip_counts_in_the_calendar_of_its_agency(office: Office):
    admin = office.viewer("quantri")
    typed = calendar_edits.Typed(day="2026-03-13", kind="off", note="Nghỉ riêng")
    change = calendar_changes.plan(admin, [typed], reason="", agency=AGENCY, now=office.now)
    calendar_changes.apply(admin, change.id, now=office.now)
    left = [dues.of_moment(at(16, 17), now=at(12, 9), measure=Measure(agency=agency)).n for agency in ("", AGENCY)]
    assert left == [2, 1]


def _office_of(office: Office, key: str, legal: str, step: str) -> None:
    do = user(
        "do",
        name="Thẩm định",
        motcua__nationalStatus="2",
        motcua__candidateGroups="specialist_prevention",
        motcua__limit=step,
    )
    office.deploy(procedure(key, start("s"), do, end("e"), "s -> do -> e", limit=legal))


def _row(office: Office, dossier_id: str) -> tuple[Due, Due]:
    """Give the chips of a dossier's step and of the dossier itself."""
    rows = queries.inbox(scope_of(office.viewer("chuyenvien")), Filter(), now=office.now).rows
    step = next(dues.of_task(row, now=office.now) for row in rows if row.dossier_id == dossier_id)
    row = next(row for row in dossier_queries.of_applicant("nguoinop").rows if row.id == dossier_id)
    whole = dues.of_dossier(row, now=office.now)
    assert whole is not None
    return step, whole


@pytest.mark.parametrize(
    ("legal", "step", "vi", "en"),
    [
        ("10 working_days", "3 working_days", "ngày làm việc", "working day"),
        ("30 calendar_days", "20 calendar_days", "ngày", "day"),
        ("2 months", "16 working_hours", "giờ làm việc", "working hour"),
    ],
)
def test_a_step_and_its_dossier_count_each_in_its_own_unit_on_every_page(
    app: Flask, office: Office, legal: str, step: str, vi: str, en: str
):
    _office_of(office, "counted", legal, step)
    dossier = office.file_in("counted")
    chip, whole = _row(office, dossier.id)
    told = clocks.tell(office.again(dossier), asked_at=office.now)
    assert told is not None
    assert chip.unit == step.split()[1]
    assert (whole.unit, whole.n) == (legal.split()[1], told.left)
    dossier = office.again(dossier)
    dossier.due_unit = None  # last read before this was kept
    session().commit()
    assert _row(office, dossier.id)[1] == whole
    officer = at_desk(app, "chuyenvien")
    expected = f"Còn {chip.n} {vi} "
    assert expected in words(officer.get("/inbox").text)
    page = words(officer.get(f"/tasks/{office.open(dossier)['do'].id}").text)
    assert expected in page
    assert f"Thời hạn {legal.split()[0]} " in page  # the explanation says the legal limit in its unit
    assert f"Cách tính hạn của bước Thời hạn {step.split()[0]} {vi}" in page  # and this one the step's
    assert "Hạn của bước: " in page
    assert f"{chip.n} {en}{'' if chip.n == 1 else 's'} left" in words(officer.get("/inbox?lang=en").text)


def test_a_step_explains_its_due_date_through_a_pause_and_after_its_end(office: Office):
    _office_of(office, "explained", "10 working_days", "3 working_days")
    dossier = office.file_in("explained")
    task = office.open(dossier)["do"]
    lines = step_clocks.step(task, dossier, now=office.now)
    assert lines[0].text.en.startswith("Limit of 3 working days, not counting the starting day")
    assert (lines[-1].moment, lines[-1].text.en[:9]) == (task.due_at, "Step due:")
    pause = {"type": "pause_started", "at": office.now.isoformat(), "pause": "a", "reason": "supplement"}
    dossier.clock = [pause | {"policy": "resume"}]
    assert "left when it runs again" in step_clocks.step(task, dossier, now=office.now)[-1].text.en
    session().rollback()
    filed = step_clocks.acceptance(dossier, now=office.now)
    assert filed[0].text.en.startswith("Limit of 8 working hours, from ")
    assert filed[-1].moment == dossier.acceptance_due_at


def test_limits_that_follow_each_other_are_counted_each_in_its_own_unit(office: Office):
    office.deploy(_chained())
    dossier = office.file_in("chained")
    assert measures.of_limit(office.again(dossier)) == Measure(unit=Unit.CALENDAR_DAYS, agency=AGENCY)
    office.step(dossier, "chuyenvien", "appraise", answers={})
    assert measures.of_limit(office.again(dossier)) == Measure(unit=DAYS, agency=AGENCY)
    assert _row(office, dossier.id)[1].unit == DAYS.value


def _chained() -> dict[str, bytes]:
    limits = (
        '<motcua:limit id="appraisal" nameVi="Thẩm định" nameEn="Appraisal" amount="10" unit="calendar_days"/>'
        '<motcua:limit id="issue" nameVi="Cấp" nameEn="Issue" amount="7" unit="working_days" after="appraisal"/>'
    )
    one = user("appraise", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
    two = user("issue", motcua__candidateGroups="specialist_prevention", motcua__startsLimit="issue")
    return procedure("chained", start("s"), one, two, end("e"), "s -> appraise -> issue -> e", limit=limits)
