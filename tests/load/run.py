"""`python -m tests.load.run --count 400 --clients 8 --database postgresql`: the load of the tests, with its figures."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.databases import KINDS, Databases, Place, Run
from tests.load.ledger import check
from tests.load.office import Done, Office
from tests.server import Server


def kill_now_and_then(office: Office, kills: int) -> None:
    """Kill -9 the server at random moments of the work, filings included, and start it again."""
    for number in range(kills):
        moment = (number + random.uniform(0.1, 0.9)) / kills  # anywhere in its part of the work
        while office.progress < moment and not office.is_over:
            time.sleep(0.005)
        office.server.kill()
        office.server.start()


def work(server: Server, place: Place, count: int, *, clients: int, kills: int = 0) -> Done:
    """File and work off `count` dossiers while the server is killed `kills` times; give what the clients saw."""
    office = Office(server, place, count, clients=clients)
    killer = threading.Thread(target=kill_now_and_then, args=(office, kills))
    killer.start()
    done = office.run()
    killer.join()
    return done


def measured(kind: str, asked: argparse.Namespace, say: Callable[[str], object]) -> bool:
    """Run on a fresh database of this kind and say the figures; False where something went wrong."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run = Run(folder)
    server = None
    try:
        place = Databases(run, kind, "load").place(folder / "data", demo=True)
        server = Server(
            place.data, place.database_url, {"MOTCUA_SIGN_IN_LIMIT": "1000 per minute", "MOTCUA_JOBS": asked.jobs}
        )
        server.start()
        done = work(server, place, asked.count, clients=asked.clients, kills=asked.kills)
        for error in done.errors:
            say(f"{kind}: {error}")
        if done.errors:
            return False
        assert server.process is not None
        process = psutil.Process(server.process.pid)
        used = process.cpu_times()
        memory = process.memory_info().rss >> 20
        say(f"{kind}, {asked.clients} clients, {asked.kills} kills: {done.figures()}")
        say(f"{kind}: {used.user + used.system:.1f} s of processor since the last start, {memory} MiB")
        check(place, done, asked.count)
        say(f"{kind}: every dossier once, every step once, no gap in codes, log verified")
        return True
    finally:
        if server is not None:
            server.stop()
        run.end()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.load.run", description=__doc__)
    parser.add_argument("--count", type=int, default=400, help="dossiers")
    parser.add_argument("--clients", type=int, default=8, help="applicants who file at the same time")
    parser.add_argument("--database", choices=KINDS, help="only this one")
    parser.add_argument("--kills", type=int, default=0, help="how often the server is killed and started again")
    parser.add_argument(
        "--jobs", choices=["embedded", "off"], default="embedded", help="print papers and send mail meanwhile"
    )
    asked = parser.parse_args()
    kinds = [asked.database] if asked.database else list(KINDS)
    went_well = [measured(kind, asked, print) for kind in kinds]
    return 0 if all(went_well) else 1


if __name__ == "__main__":
    sys.exit(main())
