"""Holding the database against what errands must leave: every element once, every message once, the log whole."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from services import history, instances, log
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import ExternalTask, Incident, Instance, OutboxMessage, Task
from tests.databases import Place, settings_of
from tests.load.errands import STEPS, TOTAL, Errands, Outside


def check(place: Place, done: Errands, service: Outside) -> int:
    """Give how many effects were counted; raise AssertionError where one is missing or there twice."""
    from app import create_app

    application = create_app(settings_of(place))
    with application.app_context():
        counted = _check_errands(done) + _check_receipts(done) + _check_calls(done, service)
        assert session().scalars(select(Task.id).where(Task.state == "open")).all() == []
        assert session().scalars(select(ExternalTask.id).where(ExternalTask.state == "open")).all() == []
        assert session().scalars(select(Incident.id).where(Incident.state == "open")).all() == []
        assert log.verify().breaks == ()
        session().close()
        application.extensions["sqlalchemy"].engine.dispose()
    return counted


def _check_errands(done: Errands) -> int:
    found = session().scalars(select(Instance).where(Instance.key == "errand")).all()
    assert {row.business_key: row.id for row in found} == done.started
    assert len(found) == done.count
    counted = 0
    for row in found:
        assert row.status == "completed"
        kept = instances.variables(SYSTEM, row.id)
        assert (kept["total"], f"E{kept['number']:04d}") == (TOTAL, row.business_key)
        passed = Counter(passage.element_id for passage in history.passages(row) if passage.state == "completed")
        assert passed == Counter(STEPS)
        kinds = Counter(event.kind for event, _ in log.events_of(row.id))
        assert kinds["instance.started"] == kinds["task.completed"] == kinds["timer.fired"] == 1, kinds
        counted += sum(passed.values())
    return counted


def _check_receipts(done: Errands) -> int:
    """Each errand's message has started one receipt."""
    found = Counter(session().scalars(select(Instance.business_key).where(Instance.key == "receipt")))
    assert found == Counter(done.started.keys())
    states = dict(session().execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state)).all())
    assert states == {"sent": done.count}
    return 2 * done.count


def _check_calls(done: Errands, service: Outside) -> int:
    """The service outside was called for each errand, under one key however often."""
    assert len(service.calls) == done.count
    return done.count
