"""Demo data: dossiers through the real verbs; the log verifies, the clock recomputes, the same seed plans the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import clocks, loading, log
from services.demo import generate, plan
from services.demo.plan import Wish
from storage.database import session
from storage.tables import Dossier, Instance, OutboxMessage, Task

UNTIL = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
WISH = Wish(seed=1, dossiers=24, live=12, until=UNTIL)


@pytest.fixture
def begun(demo_app: Flask) -> generate.Begun:
    with demo_app.app_context():
        return generate.begin(WISH, demo_app.extensions["motcua"].intake, officers=20, now=UNTIL)


def test_a_few_dossiers_are_played_through_the_verbs(demo_app: Flask, begun: generate.Begun) -> None:
    with demo_app.app_context():
        assert sum(generate.play(begun)) == 36
        session().rollback()
        dossiers = session().scalars(select(Dossier)).all()
        assert len(dossiers) == 36
        assert len({dossier.code for dossier in dossiers}) == 36
        found = log.verify()
        assert found.breaks == ()
        assert session().scalar(select(func.count()).select_from(OutboxMessage)) == 0
        live = [dossier for dossier in dossiers if dossier.ended_at is None]
        assert len(live) >= 12
        for dossier in dossiers:
            legal = loading.load(dossier.definition_id).procedure
            assert legal is not None
            reading = clocks.read(dossier, legal.limit_of(dossier.case_id), asked_at=UNTIL)
            assert (reading.due_at if reading else None) == dossier.due_at
            assert dossier.next_deadline_at is None or dossier.next_deadline_at > UNTIL
        print(Counter((d.key, d.status, d.clock_state) for d in dossiers))
