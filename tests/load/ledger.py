"""Holding the database against what clients were told: every dossier once, every step once, no gap, chains whole."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from services import log
from services.statuses import Status
from storage.database import session
from storage.tables import Document, Dossier, Instance, OutboxMessage, Task, TaskAccess
from tests.databases import Place, command, settings_of
from tests.load.office import COURSE, Done
from tests.office import course


def check(place: Place, done: Done, count: int) -> None:
    """Raise AssertionError where a dossier, a step, a paper or a number is missing or there twice."""
    from app import create_app

    application = create_app(settings_of(place))
    with application.app_context():
        found = {row.code: row for row in session().scalars(select(Dossier))}
        _check_dossiers(found, done, count)
        for row in found.values():
            _check_steps(row)
        _check_papers(found)
        assert session().scalars(select(Task.id).where(Task.state == "open")).all() == []
        assert session().scalars(select(TaskAccess.task_id)).all() == []
        assert set(session().scalars(select(Instance.status))) == {"completed"}
        assert log.verify().breaks == ()
        session().close()
        application.extensions["sqlalchemy"].engine.dispose()
    assert "0 broken" in command(place, "log", "verify")


def _check_dossiers(found: dict[str, Dossier], done: Done, count: int) -> None:
    assert sorted(found) == sorted(set(done.codes))
    assert len(done.codes) == len(set(done.codes)) == count
    assert {row.status for row in found.values()} == {Status.RESULT_RETURNED}
    for series, many in Counter(code.rpartition("-")[0] for code in found).items():
        codes = sorted(code for code in found if code.startswith(series))
        assert codes == [f"{series}-{number:04d}" for number in range(1, many + 1)]


def _check_steps(dossier: Dossier) -> None:
    events = list(log.events_of(dossier.instance_id))
    completed = Counter(data["element"] for event, data in events if event.kind == "task.completed")
    assert completed == Counter(step["task"] for step in course(COURSE)["steps"])
    assert [event.kind for event, _ in events].count("dossier.filed") == 1
    closed = session().scalars(select(Task.element_id).where(Task.instance_id == dossier.instance_id)).all()
    assert Counter(closed) == completed


def _check_papers(found: dict[str, Dossier]) -> None:
    """Each dossier has its papers once; slips are numbered without a gap; nobody was told anything twice."""
    papers = session().scalars(select(Document).where(Document.origin == "issued")).all()
    kinds = Counter((str(paper.dossier_id), paper.kind) for paper in papers)
    slips = [int(paper.number.partition("/")[0]) for paper in papers if paper.kind == "acceptance_slip"]
    expected = {(row.id, kind): 1 for row in found.values() for kind in course(COURSE)["expect"]["papers"]}
    assert kinds == expected
    assert sorted(slips) == list(range(1, len(found) + 1))
    told = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "email")).all()
    subjects = Counter(message.payload["subject"] for message in told if "dossier" in message.payload)
    assert len(subjects) == len(expected)
    assert set(subjects.values()) == {1}
