"""Waiting for work: woken at once in this process, found soon from others, and only so many at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask

from services import external_tasks
from services.external_tasks import Wanted
from services.permissions import Viewer
from tests.office import Office
from tests.services.works import MINUTE, fetch, one_work


@pytest.fixture
def worker(office: Office) -> Viewer:
    return office.hire("robot", "worker")


def waiting(
    app: Flask, worker: Viewer, *, wait: float, waiters: int = 4, topic: str = "pay"
) -> tuple[threading.Thread, list[Any]]:
    """Let a caller wait in a thread of its own; give what it gets, whether it was crowded, and when."""
    got: list[Any] = []

    def run() -> None:
        with app.app_context():
            wanted = [Wanted(topic=topic, lock=MINUTE)]
            found, crowded = external_tasks.wait_and_lock(
                worker, "w1", wanted, most=1, wait=timedelta(seconds=wait), waiters=waiters
            )
            got.extend((found, crowded, time.monotonic()))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, got


def test_who_waits_gets_work_as_soon_as_it_appears(
    office: Office, demo_app: Flask, worker: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_tasks, "POLL", 30.0)  # only the waking within the process
    office.deploy(one_work())
    thread, got = waiting(demo_app, worker, wait=20)
    time.sleep(0.3)
    assert got == []
    instance = office.start("work")
    appeared = time.monotonic()
    thread.join(10)
    found, crowded, at = got
    assert ([each_.task.instance_id for each_ in found], crowded) == ([instance.id], False)
    assert at - appeared < 0.2


@pytest.mark.parametrize("way", ["unlock", "fail"])
def test_work_that_is_given_back_wakes_who_waits(
    office: Office, demo_app: Flask, worker: Viewer, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(external_tasks, "POLL", 30.0)
    office.now = datetime.now(UTC)
    office.deploy(one_work())
    office.start("work")
    (held,) = fetch(office, worker, name="w0")
    thread, got = waiting(demo_app, worker, wait=20)
    time.sleep(0.2)
    give_back: Callable[[], object] = {
        "unlock": partial(external_tasks.unlock, worker, held.task.id, "w0", now=office.now),
        "fail": partial(external_tasks.fail, worker, held.task.id, "w0", "x", pause=timedelta(0), now=office.now),
    }[way]
    give_back()
    thread.join(10)
    assert [each_.task.id for each_ in got[0]] == [held.task.id]


def test_work_of_another_process_is_found_by_a_look_now_and_then(
    office: Office, demo_app: Flask, worker: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(external_tasks, "POLL", 0.1)
    monkeypatch.setattr("services.waking.wake", lambda _: None)
    office.deploy(one_work())
    thread, got = waiting(demo_app, worker, wait=20)
    time.sleep(0.2)
    office.start("work")
    thread.join(10)
    assert len(got[0]) == 1


def test_nobody_waits_longer_than_asked_and_only_so_many_at_once(
    office: Office, demo_app: Flask, worker: Viewer
) -> None:
    office.deploy(one_work())
    began = time.monotonic()
    first = waiting(demo_app, worker, wait=1.0, waiters=1)
    time.sleep(0.3)
    second = waiting(demo_app, worker, wait=1.0, waiters=1)
    second[0].join(5)
    assert second[1][:2] == [(), True]
    assert second[1][2] - began < 0.9
    first[0].join(5)
    assert first[1][:2] == [(), False]
    assert 0.9 < first[1][2] - began < 2.5
    third = waiting(demo_app, worker, wait=0.0, waiters=0)
    third[0].join(5)
    assert third[1][:2] == [(), False]  # it did not want to wait
