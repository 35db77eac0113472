"""Demo data: dossiers through the real verbs; the log verifies, the clock recomputes, the same seed plans the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import clocks, log
from services.demo import courses, generate, plan
from services.demo.plan import Wish
from services.setup import SHIPPED
from storage.database import session
from storage.tables import Dossier, Instance, LogEvent, OutboxMessage

UNTIL = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
_LAST = select(func.max(LogEvent.at)).join(Instance, Instance.id == LogEvent.chain)
WISH = Wish(seed=1, dossiers=12, live=6, until=UNTIL)


def begun(app: Flask, wish: Wish = WISH) -> generate.Begun:
    return generate.begin(wish, app.extensions["motcua"].intake, officers=20, now=UNTIL)


def test_dossiers_are_played_through_the_verbs_up_to_now(demo_app: Flask) -> None:
    with demo_app.app_context():
        assert sum(generate.play(begun(demo_app))) == 18
        session().rollback()
        found = session().scalars(select(Dossier).order_by(Dossier.filed_at)).all()
        assert len(found) == 18
        assert log.verify().breaks == ()
        assert session().scalar(select(func.count()).select_from(OutboxMessage)) == 0
        assert (session().scalar(_LAST) or UNTIL) <= UNTIL + timedelta(seconds=2)
        assert sum(dossier.ended_at is None for dossier in found) >= 6
        for dossier in found:
            chain = clocks.read(dossier, clocks.limits_of(dossier), asked_at=UNTIL)
            assert (chain.reading.due_at if chain else None) == dossier.due_at
            assert dossier.next_deadline_at is None or dossier.next_deadline_at > UNTIL
        codes = Counter(code for dossier in found for code in [dossier.code.rpartition("-")[0]])
        for day, count in codes.items():  # no number of a day is missing, and they were given in the order of filing
            of_day = [dossier.code for dossier in found if dossier.code.startswith(f"{day}-")]
            assert of_day == [f"{day}-{number:04d}" for number in range(1, count + 1)]


def test_who_stops_it_and_calls_again_gets_what_is_missing(demo_app: Flask) -> None:
    with demo_app.app_context():
        wish = replace(WISH, dossiers=12, live=2)
        first = generate.play(begun(demo_app, wish))
        assert next(first) == generate.TOGETHER
        del first
        again = begun(demo_app, wish)
        assert (len(again.every), len(again.todo)) == (14, 14 - generate.TOGETHER)
        assert sum(generate.play(again)) == 14 - generate.TOGETHER
        assert begun(demo_app, wish).todo == []
        session().rollback()
        assert session().scalar(select(func.count()).select_from(Dossier)) == 14


def test_the_same_seed_plans_the_same_dossiers_and_another_one_others(demo_app: Flask) -> None:
    with demo_app.app_context():
        for _ in generate.procedures(now=UNTIL):
            pass
        known = generate.known()
        wish = Wish(seed=7, dossiers=150, live=30, until=UNTIL)
        one = plan.planned(wish, known)
        assert one == plan.planned(wish, known)
        assert {each.id for each in one}.isdisjoint(each.id for each in plan.planned(replace(wish, seed=8), known))
        assert [each.filed_at for each in one] == sorted(each.filed_at for each in one)
        assert all(each.filed_at < UNTIL for each in one)
        limits = {slug: procedure.limit_of for slug, procedure in known.items()}
        for each in one:
            moments = each.moments(limits[each.course.slug](each.course.case), clocks.calendar())
            assert each.filed_at < moments[0]
            assert list(moments) == sorted(moments)
            assert not each.is_live or moments[-1] > UNTIL
        weekdays = Counter(each.filed_at.astimezone(clocks.LOCAL).weekday() for each in one if not each.is_live)
        assert weekdays[5] + weekdays[6] < weekdays[0]


def test_half_a_year_has_the_numbers_of_the_ministry() -> None:
    assert plan.ALL == 33_400
    assert plan.shares(plan.ALL) == [4_919, 8_708, 18_027, 1_724, 22]
    assert sum(plan.shares(1_000)) == 1_000
    assert plan.shares(0) == [0] * 5


@pytest.mark.parametrize("folder", [generate.OWN / "food-registration", SHIPPED / "medical-devices"], ids=str)
def test_each_dossier_has_answers_of_its_own(folder: Path) -> None:
    course = courses.read(folder)[0]
    one, two = (
        courses.varied(
            course.answers,
            courses.Facts(number=number, organisation=f"O{number}", representative="R", phone="09", tax_code="01"),
            later=timedelta(days=3),
        )
        for number in (1, 2)
    )
    assert one["organization_name"] == "O1"
    assert one["organization_name"] != two["organization_name"]
    assert one.keys() == course.answers.keys()
