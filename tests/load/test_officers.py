"""The load of officers in small: every kind of request is made, none goes wrong, and the log is whole afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.databases import Place, command
from tests.load.officers import Size, filled, morning, signed_in
from tests.server import Server

SMALL = Size(officers=15, live=16, dossiers=4, played=10, seconds=4, warming=0, think=0.2)

KINDS = {"list", "open", "submit", "poll"}
MOST = 15
"""Mornings within which every kind of request is made, on a busy machine too; one is enough on an idle one."""


def test_officers_look_take_and_complete_without_an_error(
    demo_place: Place, start_server: Callable[..., Server]
) -> None:
    filled(demo_place, SMALL, lambda _: None)
    signed = signed_in(demo_place, SMALL.officers)
    server = start_server(demo_place, jobs="off")
    met: set[str] = set()
    for _ in range(MOST):
        seen = asyncio.run(morning(server.port, signed, SMALL))
        assert seen.errors == []
        assert "requests" in seen.figures()
        met |= set(seen.seconds)
        if met >= KINDS:
            break
    assert met >= KINDS
    assert command(demo_place, "log", "verify").strip().endswith("0 broken")
