"""Many dossiers at once over HTTP, and the server killed in the middle of it: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable

from tests.databases import Place
from tests.load.ledger import check
from tests.load.run import work
from tests.server import Server
from tests.soak import SOAK, examples

DOSSIERS, KILLED_DOSSIERS = examples(10, soak=400), examples(4, soak=100)
KILLS = examples(1, soak=5)
CLIENTS = 8 if SOAK else 4


def test_dossiers_filed_and_worked_at_the_same_time_all_end_well(
    demo_place: Place, start_server: Callable[..., Server]
) -> None:
    server = start_server(demo_place, sign_in_limit="1000 per minute")
    done = work(server, demo_place, DOSSIERS, clients=CLIENTS)
    print(done.figures())
    assert done.errors == []
    assert done.lost == 0
    check(demo_place, done, DOSSIERS)


def test_nothing_is_lost_and_nothing_happens_twice_when_the_server_is_killed(
    demo_place: Place, start_server: Callable[..., Server]
) -> None:
    server = start_server(demo_place, sign_in_limit="1000 per minute")
    done = work(server, demo_place, KILLED_DOSSIERS, clients=CLIENTS, kills=KILLS)
    print(done.figures())
    assert done.errors == []
    assert done.lost > 0  # the kills were felt
    check(demo_place, done, KILLED_DOSSIERS)
