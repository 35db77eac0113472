"""The load of officers in small: every kind of request is made, none goes wrong, and the log is whole afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.databases import Place, command
from tests.load.officers import Size, filled, morning, signed_in
from tests.server import Server

SMALL = Size(officers=15, live=16, dossiers=4, played=10, seconds=6, warming=0, think=0.2)


def test_officers_look_take_and_complete_without_an_error(
    demo_place: Place, start_server: Callable[..., Server]
) -> None:
    filled(demo_place, SMALL, lambda _: None)
    signed = signed_in(demo_place, SMALL.officers)
    server = start_server(demo_place, jobs="off")
    seen = asyncio.run(morning(server.port, signed, SMALL))
    assert seen.errors == []
    assert {"list", "open", "submit", "poll"} <= set(seen.seconds)
    assert "list" in seen.figures()
    assert command(demo_place, "log", "verify").strip().endswith("0 broken")
