"""Processes killed -9 at random moments of running work: everything ends, each effect once, the log is whole."""

from __future__ import annotations

from collections.abc import Callable

from tests.databases import Place
from tests.load import errand_ledger
from tests.load.errands import Errands, outside
from tests.server import Server
from tests.soak import examples

ERRANDS = examples(30, soak=300)
KILLS = examples(5, soak=50)


def test_errands_all_end_with_each_effect_once(place: Place, start_server: Callable[..., Server]) -> None:
    with outside() as service:
        server = start_server(place, http_origins=service.origin)
        errands = Errands(server, place, f"{service.origin}/call", ERRANDS)
        errands.run(kills=KILLS)
        assert errands.errors == []
        assert errands.killed.total() == KILLS
        assert errands.lost > 0  # the kills were felt
        effects = errand_ledger.check(place, errands, service)
        print(f"{errands.figures()}; {effects} effects, each once; {service.calls.total()} calls outside")
