"""Small processes with work for programs, and a worker that fetches it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import runner
from engine.events import Incident
from services import external_tasks, incidents, instances, loading
from services.external_tasks import Fetched, Wanted
from services.permissions import SYSTEM, Viewer
from storage.database import session
from storage.rows import incidents as rows
from storage.tables import ExternalTask, Instance
from tests.engine.diagrams import end, service, start, user
from tests.office import Office
from tests.services.bundles import bundle

MINUTE = timedelta(minutes=1)


def one_work(key: str = "work", topic: str = "pay", *parts: str, **attributes: str) -> dict[str, bytes]:
    work = service("w", motcua__topic=topic, **attributes)
    return bundle(key, start("s"), work, user("after"), end("e"), "s -> w -> after -> e", *parts)


def fetch(
    office: Office, worker: Viewer, *topics: str, name: str = "w1", most: int = 10, **more: Any
) -> tuple[Fetched, ...]:
    wanted = [Wanted(topic=topic, lock=MINUTE, **more) for topic in topics or ("pay",)]
    return external_tasks.fetch_and_lock(worker, name, wanted, most=most, now=office.now)


def row(office: Office, task_id: str) -> ExternalTask:
    office.look()
    found = session().get(ExternalTask, task_id)
    assert found is not None
    return found


def status(office: Office, instance: Instance) -> str:
    office.look()
    return instances.readable(SYSTEM, instance.id).status


def incidents_of(office: Office, instance: Instance) -> tuple[Incident, ...]:
    """Give the open incidents of an instance."""
    office.look()
    now = instances.readable(SYSTEM, instance.id)
    return runner.incidents(loading.load(now.definition_id).definition, now.state)


def try_again(office: Office, instance: Instance, token_id: str) -> None:
    """Retry an incident as an operator does."""
    row = rows.open_of(instance.id)[token_id]
    assert (row.retries_left, row.next_try_at) == (0, None)  # whoever does the work has tried it often enough
    incidents.retry(office.viewer("vanhanh"), row.id, now=office.now)
