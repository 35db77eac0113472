"""Processes killed -9 at random moments of running work: everything ends, each effect once, the log is whole.

On SQLite the one process that serves and works; on PostgreSQL two web processes of gunicorn and two workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.databases import Place
from tests.installation import Installation
from tests.load import errand_ledger
from tests.load.errands import Errands, Fleet, outside
from tests.server import Server
from tests.soak import examples

ERRANDS = examples(24, soak=300)
KILLS = examples(3, soak=50)


@contextmanager
def fleet(place: Place, **settings: str) -> Iterator[Fleet]:
    given = {f"MOTCUA_{name.upper()}": value for name, value in settings.items()}
    if place.database_url.startswith("postgresql"):
        with Installation(place, webs=2, workers_wanted=2, settings=given) as several:
            yield several
        return
    server = Server(data=place.data, database_url=place.database_url, settings=given).start()
    try:
        yield server
    finally:
        server.stop()


def test_errands_all_end_with_each_effect_once(place: Place) -> None:
    with outside() as service, fleet(place, http_origins=service.origin) as processes:
        errands = Errands(processes, place, f"{service.origin}/call", ERRANDS)
        errands.run(kills=KILLS)
        assert errands.errors == []
        assert errands.killed.total() == KILLS
        effects = errand_ledger.check(place, errands, service)
        print(f"{errands.figures()}; {effects} effects, each once; {service.calls.total()} calls outside")
