"""`python -m tests.load.officers [--quick]`: 300 officers for 5 minutes over 100,000 open dossiers, and how it felt.

PostgreSQL, two processes of gunicorn, no jobs; everything on this machine, the officers too (in this process).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import text

from app import create_app
from benchmarks.served import used_by
from services import people
from services.demo import generate
from services.demo.plan import Wish
from storage.database import db
from tests.databases import Databases, Place, Run, settings_of
from tests.installation import Web
from tests.load.morning import Officer, Seen, every_act
from tests.load.wire import Wire
from web.account.session import TOKEN

BAR = 0.3
"""Seconds of the 95th percentile of a list and of a task that is opened."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much of everything."""

    officers: int = 300
    live: int = 100_000
    dossiers: int = 10_000
    """Filed over half a year before; most have ended."""
    played: int = 1_500
    """So many of them are played through the verbs; the others are copies of these."""
    seconds: float = 300
    think: float = 8.0
    """Seconds between two requests of one officer, on average."""


QUICK = Size(officers=30, live=400, dossiers=100, played=60, seconds=20, think=2.0)


@dataclass(frozen=True)
class Signed:
    """An officer who is signed in."""

    username: str
    cookie: str


def filled(place: Place, size: Size, say: Callable[[str], object] = print) -> list[Signed]:
    """Fill a database with dossiers and officers; give these, signed in."""
    app, now = create_app(settings_of(place)), datetime.now(UTC)
    whole = size.live + size.dossiers
    wish = Wish(
        seed=300,
        dossiers=size.dossiers,
        live=size.live,
        until=now.replace(second=0, microsecond=0) - timedelta(minutes=1),
        part=min(1.0, size.played / whole),
    )
    began = time.monotonic()
    with app.app_context():
        begun = generate.begin(wish, app.extensions["motcua"].intake, officers=size.officers, now=now)
        made = sum(generate.play(begun)) + sum(generate.copy(begun))
        sum(generate.finish(begun))
        seconds = time.monotonic() - began
        say(f"{made:,} dossiers, {size.live:,} of them wanted open, in {seconds:.0f} s ({made / seconds:.0f}/s)")
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        found: list[Signed] = []
        for name in (officer.username for group in begun.stage.crew.officers.values() for officer in group):
            token = people._open(name, "load", None, now)
            cookie = serializer.dumps({TOKEN: token, "_permanent": True})
            found.append(Signed(name, f"{app.config['SESSION_COOKIE_NAME']}={cookie}"))
        app.extensions["sqlalchemy"].engine.dispose()
    return found


async def morning(port: int, signed: list[Signed], size: Size) -> Seen:
    """Let all officers work at the same time; give what they met."""
    seen, until = Seen(), time.monotonic() + size.seconds
    acts = every_act()
    officers = [
        Officer(wire=Wire(port, each.cookie), rng=Random(each.username), seen=seen, acts=acts, think=size.think)
        for each in signed
    ]
    done = await asyncio.gather(*(officer.work(until) for officer in officers), return_exceptions=True)
    seen.errors += [f"{type(each).__name__}: {each}" for each in done if isinstance(each, BaseException)]
    return seen


def measured(size: Size, say: Callable[[str], object] = print) -> Seen:
    """Do all of it on a clean database; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run, web = Run(folder), None
    try:
        place = Databases(run, "postgresql", "officers").place(folder / "data", demo=True)
        signed = filled(place, size, say)
        web = Web(data=place.data, database_url=place.database_url, settings={"MOTCUA_JOBS": "off"}, count=2)
        web.start()
        assert web.process is not None
        postmaster = int((run.cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
        before = [used_by(web.process.pid), used_by(postmaster), _own()]
        seen = asyncio.run(morning(web.port, signed, size))
        used = [used_by(web.process.pid), used_by(postmaster), _own()]
        say("\n".join([seen.figures(), *seen.errors[:10]]))
        server, database, own = ((then - first) / size.seconds for first, then in zip(before, used, strict=True))
        say(f"cores: server {server:.2f}, PostgreSQL {database:.2f}, officers {own:.2f} of {psutil.cpu_count()}")
        return seen
    finally:
        if web is not None:
            web.stop()
        run.end()


def _own() -> float:
    return sum(psutil.Process().cpu_times()[:2])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.officers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small office for 20 seconds: to see that it runs")
    for name, what in (
        ("officers", int),
        ("live", int),
        ("dossiers", int),
        ("played", int),
        ("seconds", float),
        ("think", float),
    ):
        parser.add_argument(f"--{name}", type=what)
    asked = parser.parse_args()
    base = QUICK if asked.quick else Size()
    given = {name: getattr(asked, name) for name in vars(base) if getattr(asked, name) is not None}
    seen = measured(Size(**{**vars(base), **given}))
    kept = all(seen.tail(kind) <= BAR for kind in ("list", "open"))
    print(f"95 % of lists and of opened tasks within {BAR * 1e3:.0f} ms: {'kept' if kept else 'MISSED'}")
    return 0 if kept and not seen.errors else 1


if __name__ == "__main__":
    sys.exit(main())
