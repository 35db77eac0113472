"""Search among 1,000 and 1,000,000 dossiers: words that half of them hold, rare ones, words that are only begun."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import psutil
from sqlalchemy import select, text

from benchmarks.figures import Figure, Options, seconds_of
from benchmarks.places import application
from services import searching
from services.permissions import ROLES, Viewer, scope_of
from storage import terms
from storage.database import db, session, unit_of_work
from storage.queries import search
from storage.queries.search import Narrowed
from storage.rows import search as rows
from storage.tables import Dossier, DossierSearch
from tests.crowd import Crowd
from tests.office import Office

SIZES = (1_000, 1_000_000)
TIMES = 20
BAR = 100.0
"""Milliseconds of the 95th percentile of the slowest question."""
OPEN = 10
"""One dossier in so many is not finished."""
AT_ONCE = 5_000
SURNAMES = f"{'nguyễn ' * 38}{'trần ' * 12}{'lê ' * 9}{'phạm hoàng huỳnh vũ võ đặng bùi đỗ hồ ngô dương lý ' * 3}"
BEGINNINGS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
MIDDLES, ENDS = "aăâeêioôơuư", "c ch i m n ng nh o p t"
RARE = 4711
"""The number of the one dossier that a rare word finds."""
QUESTIONS = {
    "a word of four in ten": "nguyễn",
    "two common words": "nguyễn văn",
    "a common word and a beginning": "nguyễn v",
    "two letters": "ng",
    "four letters": "nguy",
    "three words, the last begun": "công ty sa",
    "one of a thousand": "mật",
    "a telephone number": f"09{RARE:08d}",
    "the beginning of numbers": "0900",
    "common words that never meet": "chẵn lẻ",
    "no dossier's word": "khôngaicả",
    "a code": f"done{RARE}",
    "twelve words": "nguyễn văn công ty phường thành phố đường giấy phép cấp lại",
}
NARROWED = {"": Narrowed(), ", its clock paused": Narrowed(clock_state="paused"), ", of a status": Narrowed(status=4)}


def figures(options: Options) -> Iterator[Figure]:
    """Ask every question as several people, first page and a later one; tell the slowest, and the plain one."""
    for kind in options.databases:
        with application(kind, demo=True) as app:
            crowd = Crowd(Office(parts=app.extensions["motcua"], now=datetime.now(UTC)))
            for size in (SIZES[0], options.count(SIZES[1])):
                crowd.grow(open=size // OPEN, finished=size - size // OPEN)
                _index(size)
                yield from _asked(crowd, f"{kind}, {size:,} dossiers")


def _asked(crowd: Crowd, circumstances: str) -> Iterator[Figure]:
    """The bar holds for the processor time, too: it says what a machine that does nothing else would need."""
    tails, means = dict[str, float](), dict[str, float]()
    for name, look in _looks(crowd):
        tails[name], means[name] = _times(look)
    plain = "an administrator: a word of four in ten"
    yield _figure(f"{plain}, 95%", tails[plain], circumstances)
    for what, taken in (("95%", tails), ("processor time", means)):
        most = max(taken, key=lambda each: taken[each])
        yield _figure(f"the slowest of {len(taken)} ({most}), {what}", taken[most], circumstances, BAR)


def _figure(name: str, seconds: float, circumstances: str, bar: float | None = None) -> Figure:
    return Figure(subject="search", name=name, value=seconds * 1e3, unit="ms", circumstances=circumstances, bar=bar)


def _looks(crowd: Crowd) -> Iterator[tuple[str, Callable[[], object]]]:
    middle = session().scalar(select(DossierSearch.seq).order_by(DossierSearch.seq).offset(500).limit(1))
    for who, viewer in _people(crowd).items():
        for name, typed in QUESTIONS.items():
            for how, narrowed in NARROWED.items():
                sought = searching.sought(typed)
                yield f"{who}: {name}{how}", partial(search.found, scope_of(viewer), sought, narrowed)
        last = partial(search.found, scope_of(viewer), searching.sought("nguyễn"), after=middle)
        yield f"{who}: a late page", last


def _people(crowd: Crowd) -> dict[str, Viewer]:
    one = crowd.officers["an officer"]
    return {
        "an administrator": crowd.officers["an administrator"],
        "an officer of a unit": replace(one, username="new", groups=frozenset({"new"}), unit="unit1"),
        "an officer of no unit": one,
        "a busy officer": crowd.officers["a busy officer"],
        "an applicant": replace(one, username="chi", groups=frozenset(), permissions=ROLES["applicant"]),
    }


def _times(look: Callable[[], object]) -> tuple[float, float]:
    """Give the 95th percentile of the seconds, and the processor seconds on average, PostgreSQL's too."""

    def fresh() -> None:
        look()
        session().rollback()

    fresh()
    server = _server()
    before = _used(server)
    taken = seconds_of(fresh, TIMES)
    return statistics.quantiles(taken, n=20)[-1], (_used(server) - before) / (TIMES + 1)


def _server() -> psutil.Process | None:
    """Give the process of PostgreSQL that answers this session."""
    if db.engine.name != "postgresql":
        return None
    pid = session().execute(text("SELECT pg_backend_pid()")).scalar_one()
    session().rollback()
    return psutil.Process(pid)


def _used(server: psutil.Process | None) -> float:
    return time.process_time() + (sum(server.cpu_times()[:2]) if server is not None else 0)


def _index(size: int) -> None:
    """Give the dossiers that were copied their words: in the order of filing, as if each had been filed."""
    session().rollback()  # what was read before does not have the copies
    lacking = ~select(1).where(DossierSearch.dossier_id == Dossier.id).exists()
    columns = Dossier.id, Dossier.code, Dossier.unit_code, Dossier.applicant, Dossier.key
    found = session().execute(select(*columns).where(lacking).order_by(Dossier.filed_at, Dossier.id)).all()
    session().rollback()
    chance = random.Random(size)  # the same words each time
    sounds = BEGINNINGS.split(), MIDDLES, ENDS.split()
    syllables = ["".join(chance.choice(each) for each in sounds) for _ in range(3_000)]
    weights = [1 / (rank + 3) for rank in range(len(syllables))]
    for start in range(0, len(found), AT_ONCE):
        with unit_of_work():
            for number, (id, code, unit, applicant, key) in enumerate(found[start : start + AT_ONCE], start):
                said = " ".join(chance.choices(syllables, weights, k=40))
                own = (terms.unit(unit), terms.applicant(applicant), terms.procedure(key))
                rows.put(id, (*own, *terms.of_words(searching.words(f"{code} {_filed(chance, number, code)} {said}"))))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE dossier_search" if db.engine.name == "postgresql" else "ANALYZE"))


def _filed(chance: random.Random, number: int, code: str) -> str:
    """Write what somebody filed."""
    who = (
        f"{chance.choice(SURNAMES.split())} {chance.choice(('văn', 'thị', 'đức', 'ngọc'))} {chance.choice('bhklmt')}an"
    )
    phone = code.removeprefix("done") if code.startswith("done") else f"5{number}"
    odd = "chẵn" if number % 2 else "lẻ"
    rare = "mật" if number % 1000 == 0 else ""
    place = (
        f"công ty sao {chance.randrange(2000)} phường {chance.randrange(400)} thành phố đường {chance.randrange(900)}"
    )
    return f"{who} 09{int(phone):08d} {chance.randrange(10**12):012d} {place} giấy phép cấp lại {odd} {rare}"
