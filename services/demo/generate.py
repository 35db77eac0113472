"""Generate demo dossiers: resumable, since each is there whole or not at all and a plan is the same each time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from services import definitions, searching, setup
from services.demo import copies, courses, crew, plan
from services.demo.play import Stage, legal_of
from services.intake import Intake
from services.permissions import SYSTEM
from storage.database import session, verb
from storage.rows import demo as rows

OWN = Path(__file__).resolve().parent.parent.parent / "bpmn" / "demo"
"""Procedures that only the demo data need."""
TOGETHER = 10
"""Dossiers in one transaction: so much is lost when it is stopped."""
COPIED_TOGETHER = 50
LOOKED_UP = 500
UNREAD = timedelta(days=2)
"""Officers have read what they were told before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is to be done: the plan, how much of it is there already, and the stage it is played on."""

    wish: plan.Wish
    every: Sequence[plan.Planned]
    todo: Sequence[plan.Planned]
    stage: Stage

    @property
    def copies(self) -> int:
        """Give how many are copies of what is played."""
        return self.wish.dossiers + self.wish.live - len(self.every)


def remembered(wish: plan.Wish, note: Path) -> plan.Wish:
    """Give the wish with the moment of the run that it goes on with, as `note` has it; else write it down there."""
    key = f"{wish.seed}:{wish.dossiers}:{wish.live}:{wish.part}"
    notes = json.loads(note.read_text()) if note.is_file() else {}
    if key not in notes:
        notes[key] = wish.until.isoformat()
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(notes, indent=2))
    return replace(wish, until=datetime.fromisoformat(notes[key]))


def begin(
    wish: plan.Wish, intake: Intake, *, officers: int, now: datetime, said: Callable[[str], object] = lambda _: None
) -> Begun:
    """Deploy what is needed, engage the people and plan the dossiers; give those that are not there yet."""
    start = wish.until - plan.HALF_YEAR - timedelta(days=1)
    for _ in procedures(now=now):
        pass
    count = wish.dossiers + wish.live
    people = crew.crew(min(600, max(20, count // 40)), officers, seed=wish.seed, now=start, done=lambda _: None)
    said(f"{len(people.applicants)} applicants, {sum(map(len, people.officers.values()))} officers")
    every = plan.planned(wish, known())
    there = {found for part in _portions(every, LOOKED_UP) for found in rows.there([one.id for one in part])}
    session().rollback()
    stage = Stage(crew=people, intake=intake, until=wish.until)
    return Begun(wish=wish, every=every, todo=[one for one in every if one.id not in there], stage=stage)


def play(begun: Begun) -> Iterator[int]:
    """Play what is to be done, portion by portion; gives how many dossiers each had."""
    for part in _portions(begun.todo, TOGETHER):
        begun.stage.play(part)
        yield len(part)


def copy(begun: Begun) -> Iterator[int]:
    """Copy what was played as often as it takes, portion by portion; gives how many copies are there with each."""
    for one, wanted in numbered(begun):
        numbers = {copies.copy_id(one, number): number for number in wanted}
        there = rows.there(list(numbers))
        session().rollback()
        yield len(there)
        left = [number for each, number in numbers.items() if each not in there]
        if not left:
            continue
        mould = copies.mould(one)
        session().rollback()
        for first in range(0, len(left), COPIED_TOGETHER):
            part = left[first : first + COPIED_TOGETHER]
            copies.write(mould, part, begun.stage.crew)
            yield len(part)


def finish(begun: Begun) -> Iterator[int]:
    """Let copies be found, all in the order of filing; what was told long ago is read. Gives how many can be found."""
    _read_notices(begun.wish.until - UNREAD)
    if searching.is_whole():
        session().rollback()
        return
    session().rollback()
    searching.forget()
    yield from searching.index()


@verb
def _read_notices(before: datetime) -> None:
    rows.read_notices(before)


def numbered(begun: Begun) -> Iterator[tuple[plan.Planned, range]]:
    """Give the numbers of the copies of each that was played; each field comes to its count."""
    first = len(begun.every) + 1
    for is_live, whole in ((False, begun.wish.dossiers), (True, begun.wish.live)):
        for field, share in zip(plan.FIELDS, plan.shares(whole), strict=True):
            played = [one for one in begun.every if one.is_live is is_live and one.course.slug == field.slug]
            for place, one in enumerate(played):
                count = (share - 1 - place) // len(played)
                yield one, range(first, first + count)
                first += count


def procedures(*, now: datetime) -> Iterator[str]:
    """Deploy the shipped procedures and those of the demo data that are not there yet; gives their names."""
    for name, _ in setup.shipped_procedures(now=now):
        yield name
    for folder in sorted(OWN.iterdir()):
        files = setup.bundle_files(folder)
        if not definitions.is_known(files):
            definitions.deploy(SYSTEM, files, now=now, name=folder.name)
            yield folder.name


def known() -> dict[str, plan.Procedure]:
    """Give the procedure of each field: its courses and limits."""
    found = {}
    for field in plan.FIELDS:
        folder = setup.SHIPPED / field.slug
        read = courses.read(folder if folder.is_dir() else OWN / field.slug)
        found[field.slug] = plan.Procedure(courses=read, limit_of=legal_of(field.slug).limit_of)
    return found


def _portions(found: Sequence[plan.Planned], size: int) -> Iterator[list[plan.Planned]]:
    rest = iter(found)
    while part := list(islice(rest, size)):
        yield part
