"""What a migration writes into old rows is what the verbs write into new ones: turns and filing times of open tasks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from services import delegation, planning, tasks, transfers
from services.permissions import SYSTEM
from storage.database import session, unit_of_work
from storage.tables import Task, TaskAccess
from tests import apps
from tests.conftest import clean_place
from tests.databases import command, settings_of
from tests.office import Office
from tests.services.bundles import beside, one_task

BEFORE_TURNS = "0023"


def kept() -> tuple[dict[str, Any], dict[tuple[str, str], int | None]]:
    """Give when each open task was filed, and each principal's turns."""
    filed = {row[0]: row[1] for row in session().execute(select(Task.id, Task.filed_at).where(Task.state == "open"))}
    turns = session().execute(select(TaskAccess.task_id, TaskAccess.principal, TaskAccess.turn))
    return filed, {(row[0], row[1]): row[2] for row in turns}


def test_open_tasks_of_before_have_the_turns_that_new_ones_have(database: str) -> None:
    place = clean_place(database, demo=True, lives="test")
    with apps.served(settings_of(place)) as app, app.app_context():
        office = Office(parts=app.extensions["motcua"])
        office.deploy(beside("beside", 3))
        office.deploy(one_task())
        for _ in range(3):
            dossier = office.file_in("beside")
            office.later(hours=30)
        office.start("one")
        office.look()
        held, urgent, passed = (office.open(dossier)[name].id for name in ("t1", "t2", "t3"))
        tasks.claim(office.viewer("chuyenvien"), held, now=office.now, reason="Người nộp đang chờ ở quầy")
        planning.prioritise(SYSTEM, urgent, 90, now=office.now)
        transfers.transfer(SYSTEM, passed, "device", "Nhầm đơn vị", now=office.now)
        office.hire("giup", "officer", groups=["specialist_prevention"])
        delegation.delegate(office.viewer("chuyenvien"), held, "giup", now=office.now)
        office.look()
        before = kept()
        assert (held, "u:chuyenvien") in before[1]
        with unit_of_work() as current:  # its owner did not see it then
            current.execute(
                delete(TaskAccess).where(TaskAccess.task_id == held, TaskAccess.principal == "u:chuyenvien")
            )
        session().rollback()
    command(place, "db", "downgrade", BEFORE_TURNS)
    command(place, "db", "upgrade")
    with apps.served(settings_of(place)) as app, app.app_context():
        assert kept() == before
        assert any(turn is None for turn in before[1].values())
        closed = select(Task.filed_at).where(Task.state != "open")
        assert set(session().scalars(closed)) <= {None}
