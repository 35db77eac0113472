"""Many dossiers at once over HTTP, and the server killed in the middle of it: nothing lost, nothing twice."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import orjson

from services import log
from services.statuses import Status
from storage.tables import Dossier, LogEvent
from tests.databases import Place, settings_of
from tests.load.office import COURSE, Done, Office
from tests.office import course
from tests.server import Server

SOAK = bool(os.environ.get("MOTCUA_SOAK"))
DOSSIERS = 400 if SOAK else 12
KILLED_DOSSIERS = 100 if SOAK else 8
KILLS = 5 if SOAK else 1


def test_dossiers_filed_and_worked_at_the_same_time_all_end_well(
    demo_place: Place, start_server: Callable[..., Server]
) -> None:
    server = start_server(demo_place, sign_in_limit="1000 per minute")
    done = Office(server, demo_place, DOSSIERS, clients=8 if SOAK else 4).run()
    assert done.errors == []
    check(demo_place, server, done, DOSSIERS)


def test_nothing_is_lost_and_nothing_happens_twice_when_the_server_is_killed(
    demo_place: Place, start_server: Callable[..., Server]
) -> None:
    server = start_server(demo_place, sign_in_limit="1000 per minute")
    office = Office(server, demo_place, KILLED_DOSSIERS)
    killer = threading.Thread(target=kill_now_and_then, args=(office,))
    killer.start()
    done = office.run()
    killer.join()
    assert done.errors == []
    check(demo_place, server, done, KILLED_DOSSIERS)


def kill_now_and_then(office: Office) -> None:
    """Kill -9 at random moments of the run and start again."""
    steps = office.count * len(course(COURSE)["steps"])
    for number in range(KILLS):
        moment = steps * (number + random.uniform(0.2, 0.8)) / KILLS
        while office.done.completed < moment and not office.is_over:
            time.sleep(0.01)
        office.server.kill()
        office.server.start()


def check(place: Place, server: Server, done: Done, count: int) -> None:
    """Hold the database against what clients were told: every dossier and step once, no gap, chains whole."""
    from app import create_app
    from storage.database import session

    application = create_app(settings_of(place))
    with application.app_context():
        found = {row.code: row for row in session().query(Dossier)}
        assert sorted(found) == sorted(set(done.codes))
        assert len(done.codes) == len(set(done.codes)) == count
        assert {row.status for row in found.values()} == {Status.RESULT_RETURNED}
        numbers = Counter(code.rpartition("-")[0] for code in found)
        for series, many in numbers.items():
            assert sorted(c for c in found if c.startswith(series)) == [f"{series}-{n:04d}" for n in range(1, many + 1)]
        for row in found.values():
            events = session().query(LogEvent).filter(LogEvent.chain == row.instance_id)
            completed = [orjson.loads(e.data)["element"] for e in events if e.kind == "task.completed"]
            assert Counter(completed) == Counter(s["task"] for s in course(COURSE)["steps"] if "who" in s)
        assert log.verify().breaks == ()
    verified = server.flask("log", "verify")
    assert "0 broken" in verified
    rate = done.completed / done.seconds
    print(f"{count} dossiers, {done.completed} steps in {done.seconds:.1f} s ({rate:.0f} a second), "
          f"{done.lost} requests sent again; {verified.strip()}")  # fmt: skip
    assert Path(place.data).is_dir()
