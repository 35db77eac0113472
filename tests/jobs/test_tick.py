"""One tick does all that is due, and one broken piece of work holds up nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from jobs import tick as jobs
from services import cleaning, idempotency, outbox
from services.permissions import SYSTEM
from storage.database import unit_of_work
from storage.rows import jobs as rows
from storage.tables import Dossier
from tests.engine.diagrams import catch, cycle, duration, end, start, user
from tests.office import Office
from tests.services.bundles import bundle, procedure


@pytest.fixture
def office(demo_app: Flask) -> Any:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"])


def test_a_tick_does_everything_that_is_due_and_says_how_much(office: Office) -> None:
    office.deploy(bundle("wait", start("s"), catch("t", duration("PT1H")), end("e"), "s -> t -> e"))
    office.deploy(bundle("hourly", start("s", cycle("R1/PT1H")), end("e"), "s -> e"))
    office.deploy(bundle("due", start("s"), user("do", motcua__dueDate="PT30M"), end("e"), "s -> do -> e"))
    office.start("wait")
    office.start("due")
    with unit_of_work():
        outbox.add("email", {"to": "a@b", "subject": "s", "body": "b"}, key="k", now=office.now)
    assert office.tick() == jobs.Ticked(timers=0, deadlines=0, sent=1)
    assert office.tick(hours=1) == jobs.Ticked(timers=2, deadlines=1, sent=0)
    assert office.tick() == jobs.Ticked(timers=0, deadlines=0, sent=0)


def test_many_calls_to_the_outside_are_made_a_few_at_a_time(office: Office) -> None:
    made: list[str] = []

    def note(key: str, _payload: Mapping[str, Any], _now: datetime) -> None:
        made.append(key)

    class Parts:
        handlers = {"email": note}

    with unit_of_work():
        for number in range(jobs.LETTERS + 5):
            outbox.add("email", {}, key=f"k{number:03}", now=office.now)
    assert jobs.send(Parts(), now=office.now) == jobs.LETTERS  # type: ignore[arg-type]
    assert jobs.send(Parts(), now=office.now) == 5  # type: ignore[arg-type]
    assert jobs.send(Parts(), now=office.now) == 0  # type: ignore[arg-type]
    assert sorted(made) == [f"k{number:03}" for number in range(jobs.LETTERS + 5)]


def test_a_dossier_whose_clock_cannot_be_read_holds_up_no_other(office: Office) -> None:
    step = user("do", motcua__nationalStatus="2", motcua__candidateGroups="one_door")
    office.deploy(procedure("timed", start("s"), step, end("e"), "s -> do -> e"))
    broken, sound = office.file_in("timed"), office.file_in("timed")
    with unit_of_work() as current:
        row = current.get(Dossier, broken.id)
        assert row is not None
        row.clock = [{"type": "nonsense", "at": "never"}]
    office.tick(days=60)
    assert office.again(sound).breached_at == office.now
    assert office.again(broken).breached_at is None


def test_kept_answers_are_forgotten_after_a_day(office: Office) -> None:
    idempotency.once(SYSTEM, "key", b"body", lambda: (200, b"{}"), now=office.now)
    cleaning.clean(idle_hours=12, draft_days=90, now=office.later(hours=23))
    assert rows.answer("system", "key") is not None
    jobs.clean(office.parts, now=office.later(hours=2))
    office.look()
    assert rows.answer("system", "key") is None
