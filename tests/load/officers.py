"""`python -m tests.load.officers`: 300 officers for 5 minutes over 100,000 open dossiers, and how it felt.

`--quick`: a small office; `--keep FOLDER`: fill a database there, or use a copy of what is there. PostgreSQL,
two processes of gunicorn, no jobs; everything on this machine, the officers too (in this process).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import select, text

from app import create_app
from benchmarks.served import used_by
from services import people
from services.demo import generate
from services.demo.crew import OFFICER
from services.demo.plan import Wish
from storage.database import db, session
from storage.tables import Person
from tests.databases import Databases, Place, Run, settings_of
from tests.installation import Web
from tests.load.kept import Kept
from tests.load.morning import Officer, Seen, every_act
from tests.load.wire import Wire
from tests.postgres import Cluster
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
    warming: float = 30
    """Seconds of work before, in which everybody comes at once: told apart."""
    think: float = 8.0
    """Seconds between two requests of one officer, on average."""


QUICK = Size(officers=30, live=400, dossiers=100, played=60, seconds=20, warming=2, think=2.0)


@dataclass(frozen=True)
class Signed:
    """An officer who is signed in."""

    username: str
    cookie: str


def filled(place: Place, size: Size, say: Callable[[str], object] = print) -> None:
    """Fill a database with dossiers and officers; stopped and called again, go on where it was."""
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
        wish = generate.remembered(wish, place.data / "demo-generate.json")
        begun = generate.begin(wish, app.extensions["motcua"].intake, officers=size.officers, now=now)
        made = sum(generate.play(begun)) + sum(generate.copy(begun))
        sum(generate.finish(begun))
        seconds = time.monotonic() - began
        say(f"{made:,} dossiers, {size.live:,} of them wanted open, in {seconds:.0f} s ({made / seconds:.0f}/s)")
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        app.extensions["sqlalchemy"].engine.dispose()


def signed_in(place: Place, count: int) -> list[Signed]:
    """Sign so many officers of a filled database in, of all groups."""
    app, now = create_app(settings_of(place)), datetime.now(UTC)
    found: list[Signed] = []
    with app.app_context():
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]  # it signs cookies
        every = session().scalars(select(Person.username).where(Person.username.like(f"{OFFICER}.%"))).all()
        session().rollback()
        for name in sorted(Random(count).sample(every, min(count, len(every)))):
            token = people._open(name, "load", None, now)
            cookie = serializer.dumps({TOKEN: token, "_permanent": True})
            found.append(Signed(name, f"{app.config['SESSION_COOKIE_NAME']}={cookie}"))
        app.extensions["sqlalchemy"].engine.dispose()
    return found


async def morning(port: int, signed: list[Signed], size: Size, count_from_here: Callable[[], object] = int) -> Seen:
    """Let all officers work at the same time; give what they met after the rush in which all come within seconds.

    The rush is the warming; what it felt like is told apart. `count_from_here` is called at its end.
    """
    warm, seen, acts = Seen(), Seen(), every_act()
    officers = [
        Officer(wire=Wire(port, each.cookie), rng=Random(each.username), seen=warm, acts=acts, think=size.think)
        for each in signed
    ]
    working = [asyncio.create_task(officer.work()) for officer in officers]
    await asyncio.sleep(size.warming)
    for officer in officers:
        officer.seen = seen
    count_from_here()
    await asyncio.sleep(size.seconds)
    for each in working:
        each.cancel()
    done = await asyncio.gather(*working, return_exceptions=True)
    seen.errors += warm.errors
    seen.errors += [f"{type(each).__name__}: {each}" for each in done if isinstance(each, Exception)]
    seen.rush = warm
    return seen


@contextmanager
def place_of(keep: Path | None, size: Size, say: Callable[[str], object]) -> Iterator[tuple[Place, Cluster]]:
    """Give a filled database: one that is thrown away afterwards, or a copy of the one that a folder keeps."""
    if keep is not None:
        with Kept(keep) as kept:
            yield kept.copy(lambda place: filled(place, size, say)), kept.cluster
        return
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run = Run(folder)
    try:
        place = Databases(run, "postgresql", "officers").place(folder / "data", demo=True)
        filled(place, size, say)
        yield place, run.cluster
    finally:
        run.end()


def measured(size: Size, keep: Path | None = None, say: Callable[[str], object] = print) -> Seen:
    """Do all of it; give what the officers met."""
    with place_of(keep, size, say) as (place, cluster):
        signed = signed_in(place, size.officers)
        web = Web(data=place.data, database_url=place.database_url, settings={"MOTCUA_JOBS": "off"}, count=2)
        web.start()
        try:
            assert web.process is not None
            postmaster = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
            pids, before = (web.process.pid, postmaster), list[float]()
            seen = asyncio.run(morning(web.port, signed, size, lambda: before.extend(_used(*pids))))
            used = _used(*pids)
        finally:
            web.stop()
    if seen.rush is not None:
        say(f"the first {size.warming:.0f} s, not counted:\n{seen.rush.figures()}\nafter that:")
    say("\n".join([seen.figures(), *seen.errors[:10]]))
    seconds = size.seconds
    server, database, own = (then - first for first, then in zip(before, used, strict=True))
    count = sum(map(len, seen.seconds.values()))
    say(
        f"{len(signed)} officers, {count / seconds:.1f} requests a second; processor milliseconds a request: "
        f"server {server / count * 1e3:.1f}, PostgreSQL {database / count * 1e3:.1f}, officers {own / count * 1e3:.1f}"
    )
    cores = ", ".join(
        f"{name} {value / seconds:.2f}"
        for name, value in (("server", server), ("PostgreSQL", database), ("officers", own))
    )
    say(f"cores: {cores} of {psutil.cpu_count()}")
    return seen


def _used(server: int, database: int) -> list[float]:
    return [used_by(server), used_by(database), sum(psutil.Process().cpu_times()[:2])]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.officers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small office for 20 seconds: to see that it runs")
    for name, what in (
        ("officers", int),
        ("live", int),
        ("dossiers", int),
        ("played", int),
        ("seconds", float),
        ("warming", float),
        ("think", float),
    ):
        parser.add_argument(f"--{name}", type=what)
    parser.add_argument("--keep", type=Path, help="a folder that keeps the filled database; each run has a copy of it")
    asked = parser.parse_args()
    base = QUICK if asked.quick else Size()
    given = {name: getattr(asked, name) for name in vars(base) if getattr(asked, name) is not None}
    seen = measured(Size(**{**vars(base), **given}), asked.keep)
    kept = all(seen.tail(kind) <= BAR for kind in ("list", "open"))
    print(f"95 % of lists and of opened tasks within {BAR * 1e3:.0f} ms: {'kept' if kept else 'MISSED'}")
    return 0 if kept and not seen.errors else 1


if __name__ == "__main__":
    sys.exit(main())
