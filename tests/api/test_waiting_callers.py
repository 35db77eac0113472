"""Programs that wait for work: as many as may, and never on a thread that a page needs, with both servers."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from contextlib import suppress
from datetime import UTC, datetime

from app import create_app
from services import people
from services.permissions import SYSTEM
from tests.databases import Place, settings_of
from tests.installation import Web
from tests.server import Server

WAITING = 10
"""More than the eight threads for pages."""


def test_more_callers_than_may_wait_are_answered_at_once_and_pages_are_served_meanwhile(place: Place) -> None:
    settings = {"MOTCUA_WAITING": str(WAITING), "MOTCUA_JOBS": "off"}
    if place.database_url.startswith("postgresql"):
        server: Server = Web(data=place.data, database_url=place.database_url, settings=settings, count=1)
    else:
        server = Server(data=place.data, database_url=place.database_url, settings=settings)
    server.start()
    try:
        token = token_of_a_program(place)
        answers: list[str | None] = []
        callers = [threading.Thread(target=asks, args=(server, token, answers)) for _ in range(WAITING + 3)]
        for caller in callers:
            caller.start()
        until = time.monotonic() + 20
        while len(answers) < 3 and time.monotonic() < until:
            time.sleep(0.02)
        assert answers == ["1"] * 3, "Retry-After of those that are too many"
        for _ in range(3):
            with urllib.request.urlopen(f"{server.url}/sign-in", timeout=15) as page:
                assert page.status == 200
        assert sum(caller.is_alive() for caller in callers) == WAITING
    finally:
        server.kill()
    for caller in callers:
        caller.join(10)


def token_of_a_program(place: Place) -> str:
    """Make its account here: a command of its own would take longer than all the rest."""
    now = datetime.now(UTC)
    with create_app(settings_of(place)).app_context():
        people.create(SYSTEM, username="program", name="Program", roles=["worker"], now=now)
        return people.issue_token(SYSTEM, "program", now=now)


def asks(server: Server, token: str, answers: list[str | None]) -> None:
    """Ask for work that there never is, and note what the answer says of asking again."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"worker_id": "w", "topics": ["none"], "wait_ms": 30_000}).encode()
    request = urllib.request.Request(f"{server.url}/api/v1/external-tasks/fetch-and-lock", body, headers)
    with suppress(OSError), urllib.request.urlopen(request, timeout=60) as answer:  # the server is killed meanwhile
        answers.append(answer.headers["Retry-After"])
