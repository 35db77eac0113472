"""What is filed when: the same dossiers for the same seed, in the proportions of the first half of 2020."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from math import ceil
from random import Random

from bpmn.model import Limit
from clock.calendar import Calendar
from services import clocks
from services.demo import courses, pace
from services.demo.courses import Course, Facts

HALF_YEAR = timedelta(days=182)
TRIES = 12
"""How often a moment is looked for from which a dossier is still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the ministry's work: the procedure that stands for it, and what is usual there."""

    slug: str
    filed: int
    """How many were filed in the half-year."""
    late: float
    """Which part is decided late; invented."""


FIELDS = (
    Field(slug="medical-devices", filed=4_919, late=0.11),
    Field(slug="food-registration", filed=8_708, late=0.06),
    Field(slug="imported-cosmetics", filed=18_027, late=0.14),
    Field(slug="practising-certificate", filed=1_724, late=0.17),
    Field(slug="biosafety-level-3", filed=22, late=0.08),
)
ALL = sum(field.filed for field in FIELDS)
"""33,400: what the ministry took in."""

SELDOM: Mapping[str, float] = {
    "supplement_then_granted": 0.16,
    "refused": 0.05,
    "refused_on_paper": 0.02,
    "refused_at_the_door": 0.06,
    "overdue": 0.05,
}
"""How often these courses are taken; the others share what is left."""
LEFT: Mapping[str, float] = {"withdrawn": 0.02, "stopped": 0.008}
"""How often an applicant takes a dossier back, and an officer stops one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for."""

    seed: int
    dossiers: int
    """Filed over the half-year before `until`."""
    live: int
    """More, which are open at `until`."""
    until: datetime
    part: float = 1.0
    """Which part of them is played; the rest are copies of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """What a plan must know of a procedure: its courses, and the limit of each case."""

    courses: Sequence[Course]
    limit_of: Callable[[str], Limit | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One dossier to be: its course and when each act is done."""

    id: str
    """The dossier's id."""
    seed: str
    number: int
    course: Course
    filed_at: datetime
    part: float
    """Which part of its limit it takes."""
    is_live: bool = False
    """Wanted open."""
    left: str = ""
    """withdrawn or stopped, after the act number `left_after`; empty: it goes its way."""
    left_after: int = 0

    @property
    def facts(self) -> Facts:
        """Give the facts of its own."""
        return courses.facts(self.number, self.chance("facts"))

    def chance(self, about: str) -> Random:
        """Give the chance that decides something about it: the same each time."""
        return Random(f"{self.seed}:{self.number}:{about}")  # noqa: S311  # made-up data

    def moments(self, limit: Limit | None, days: Calendar) -> tuple[datetime, ...]:
        """Give the moment of each act."""
        return pace.moments(self.course, self.filed_at, limit, self.part, days, self.chance("pace"))


def planned(wish: Wish, procedures: Mapping[str, Procedure]) -> list[Planned]:
    """Give all dossiers in the order in which they are filed."""
    days = clocks.calendar()
    rng = Random(f"{wish.seed}:plan")  # noqa: S311  # made-up data
    first = (wish.until - HALF_YEAR).astimezone(clocks.LOCAL).date()
    fields = _fields(wish.dossiers, wish.part, rng)
    moments = pace.filings(len(fields), first, wish.until, days, rng)
    found = [_one(wish, number, procedures, *each) for number, each in enumerate(zip(fields, moments, strict=True), 1)]
    for number, field in enumerate(_fields(wish.live, wish.part, rng), len(found) + 1):
        found.append(_live(_one(wish, number, procedures, field, wish.until), wish, procedures, days))
    return sorted(found, key=lambda each: (each.filed_at, each.number))


def shares(count: int) -> list[int]:
    """Split a count among the fields in their proportions; what is left goes to the largest remainders."""
    exact = [count * field.filed / ALL for field in FIELDS]
    found = [int(share) for share in exact]
    order = sorted(range(len(FIELDS)), key=lambda at: (found[at] - exact[at], at))
    for at in order[: count - sum(found)]:
        found[at] += 1
    return found


def _fields(count: int, part: float, rng: Random) -> list[Field]:
    found = [field for field, share in zip(FIELDS, shares(count), strict=True) for _ in range(ceil(share * part))]
    rng.shuffle(found)
    return found


def _one(wish: Wish, number: int, procedures: Mapping[str, Procedure], field: Field, at: datetime) -> Planned:
    name = f"{wish.seed}:{wish.dossiers}:{wish.live}:{wish.part}:{wish.until.isoformat()}:{number}"
    seed = str(wish.seed)
    rng = Random(f"{seed}:{number}:course")  # noqa: S311  # made-up data
    course = _drawn(procedures[field.slug].courses, rng)
    left = rng.choices(["", *LEFT], [1 - sum(LEFT.values()), *LEFT.values()])[0] if len(course.acts) > 2 else ""
    return Planned(
        id=hashlib.sha256(name.encode()).hexdigest()[:32],
        seed=seed,
        number=number,
        course=course,
        filed_at=at,
        part=pace.used(rng, field.late),
        left=left,
        left_after=rng.randrange(1, max(2, course.finished)) if left else 0,
    )


def _drawn(found: Sequence[Course], rng: Random) -> Course:
    usual = [course.name for course in found if course.name not in SELDOM]
    rest = 1 - sum(SELDOM.get(course.name, 0) for course in found)
    weights = list(accumulate(SELDOM.get(course.name, rest / max(1, len(usual))) for course in found))
    return rng.choices(found, cum_weights=weights)[0]


def _live(one: Planned, wish: Wish, procedures: Mapping[str, Procedure], days: Calendar) -> Planned:
    """Let a dossier be filed when it must have been filed to be open now, anywhere on its way."""
    known, rng = procedures[one.course.slug], one.chance("live")
    if one.course.finished < 0:  # refused at the door: at most an hour of its life
        usual = [course for course in known.courses if course.finished >= 0]
        one = replace(one, course=rng.choice(usual))
    one = replace(one, left="", left_after=0, is_live=True)
    limit = known.limit_of(one.course.case)
    trial = replace(one, filed_at=wish.until - timedelta(days=40))
    span = trial.moments(limit, days)[-1] - trial.filed_at
    for number in range(TRIES):
        at = _in_the_day(wish.until - span * rng.random() * (1 - number / TRIES), wish.until, rng)
        one = replace(one, filed_at=at)
        if one.moments(limit, days)[-1] > wish.until:
            return one
    return replace(one, filed_at=wish.until - timedelta(minutes=rng.uniform(1, 30)))


def _in_the_day(at: datetime, until: datetime, rng: Random) -> datetime:
    """Give a moment of the same day at which people file."""
    hour = rng.choices(range(24), pace.HOURS)[0]
    local = at.astimezone(clocks.LOCAL).replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60))
    return local if local < until else at
