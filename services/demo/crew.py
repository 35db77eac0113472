"""The people of the demo data: applicants, and officers of every group; all are demo accounts without a password."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from services import people, setup
from services.demo import names
from services.permissions import SYSTEM, Viewer
from storage.database import verb
from storage.rows import people as rows

APPLICANT, OFFICER = "demo.nop", "demo.canbo"
"""What their user names begin with."""
UNITS = (("food", "Cục An toàn thực phẩm", "Food Administration"),
         ("treatment", "Cục Quản lý Khám, chữa bệnh", "Administration of Medical Services"))  # fmt: skip
GROUPS = (
    ("specialist_food", "Chuyên viên Cục An toàn thực phẩm", "Specialists, food"),
    ("head_food", "Trưởng phòng Cục An toàn thực phẩm", "Division heads, food"),
    ("specialist_treatment", "Chuyên viên Cục Quản lý Khám, chữa bệnh", "Specialists, medical services"),
    ("head_treatment", "Trưởng phòng Cục Quản lý Khám, chữa bệnh", "Division heads, medical services"),
)
SHARES: Mapping[str, tuple[str, float]] = {
    "one_door": ("office", 14),
    "cashier": ("office", 5),
    "leader": ("office", 3),
    "clerk": ("office", 5),
    "specialist_drug": ("drug", 28),
    "head_drug": ("drug", 4),
    "specialist_food": ("food", 16),
    "head_food": ("food", 3),
    "specialist_device": ("device", 10),
    "head_device": ("device", 2),
    "specialist_treatment": ("treatment", 5),
    "head_treatment": ("treatment", 1),
    "specialist_prevention": ("prevention", 2),
    "inspection_prevention": ("prevention", 1),
    "head_prevention": ("prevention", 1),
}
"""Unit of each group, and its part of the officers: each has one at least, and belongs to no other group."""


@dataclass(slots=True, kw_only=True)
class Crew:
    """Who files and who works."""

    applicants: Sequence[Viewer]
    officers: Mapping[str, Sequence[Viewer]]
    """Group -> its members."""
    every: Mapping[str, Viewer] = field(default_factory=dict)

    def applicant(self, rng: Random) -> Viewer:
        """Give somebody who files; a few file much."""
        return self.applicants[int(len(self.applicants) * rng.random() ** 1.7)]

    def officer(self, group: str, rng: Random) -> Viewer:
        """Give a member of a group."""
        return rng.choice(self.officers[group])


def numbers(officers: int) -> dict[str, int]:
    """Say how many officers each group has."""
    whole = sum(share for _, share in SHARES.values())
    return {group: max(1, round(officers * share / whole)) for group, (_, share) in SHARES.items()}


def crew(applicants: int, officers: int, *, seed: int, now: datetime, done: Callable[[int], None]) -> Crew:
    """Give the crew, engaged where it is not there yet; `done` is told how many people more there are."""
    rng = Random(f"{seed}:people")  # noqa: S311  # made-up data
    _groups(now=now)
    files = [_hired(f"{APPLICANT}.{number:04d}", rng, "applicant", now=now) for number in range(1, applicants + 1)]
    done(len(files))
    number, works = 0, dict[str, list[Viewer]]()
    for group, count in numbers(officers).items():
        role = "head" if group.startswith("head_") else "officer"
        unit = SHARES[group][0]
        for _ in range(count):
            number += 1
            name = f"{OFFICER}.{number:04d}"
            works.setdefault(group, []).append(_hired(name, rng, role, group=group, unit=unit, now=now))
            done(1)
    return Crew(applicants=files, officers=works)


@verb
def _groups(*, now: datetime) -> None:
    setup.basics(now=now)
    for code, vi, en in UNITS:
        if rows.unit(code) is None:
            people.save_unit(SYSTEM, code=code, name_vi=vi, name_en=en, now=now)
    for code, vi, en in GROUPS:
        if rows.group(code) is None:
            people.save_group(SYSTEM, code=code, name_vi=vi, name_en=en, is_agency_wide=False, now=now)


def _hired(username: str, rng: Random, role: str, *, group: str = "", unit: str = "", now: datetime) -> Viewer:
    name = f"{names.person(rng)} (demo)"
    person = rows.load(username)
    if person is None:
        groups = [group] if group else []
        people.create(
            SYSTEM, username=username, name=name, roles=[role], groups=groups, unit=unit, is_demo=True, now=now
        )
        person = rows.load(username)
    if person is None:
        raise LookupError(username)
    return people.viewer_of(person)
