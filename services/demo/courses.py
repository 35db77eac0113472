"""The courses of a procedure's scenario.yaml (docs/howto/add-a-procedure.md), their answers varied for a dossier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from services.demo import names
from services.statuses import Status

DAY = re.compile(r"\d{4}-\d\d-\d\d")
NUMBERED = frozenset({"document_number", "fee_receipt", "free_sale_number", "iso_number"})
"""Fields with a number that an office gives once."""
NAMED = frozenset({"product_name", "device_name", "laboratory_name"})
"""Fields that name what a dossier is about."""
OF_APPLICANTS = frozenset({"organization_name", "warranty_unit", "organization_id", "representative", "phone", "email"})
OWN = NUMBERED | NAMED | OF_APPLICANTS
"""Text fields in which each dossier has something of its own."""
FIGURES = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One step that somebody completes, and when he does so in the scenario."""

    at: datetime
    who: str
    """A group whose member does it, or `applicant`."""
    task: str
    act: str | None
    reason: str
    approved_by: str
    """A group whose member approves the act; empty: it needs no approval."""
    answers: Mapping[str, Any]
    status: int
    """The dossier's status afterwards."""
    runs: bool
    """Whether the legal clock runs afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One way that a dossier takes from its filing to its end."""

    slug: str
    name: str
    case: str
    filed_at: datetime
    answers: Mapping[str, Any]
    acts: tuple[Act, ...]

    @property
    def started(self) -> int:
        """Give the number of the act after which the legal clock runs; -1: it never does."""
        return next((number for number, act in enumerate(self.acts) if act.runs), -1)

    @property
    def finished(self) -> int:
        """Give the number of the act that makes the result ready; -1: there is none."""
        return next((number for number, act in enumerate(self.acts) if act.status == Status.PROCESSED), -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one dossier has of its own."""

    number: int
    organisation: str
    representative: str
    phone: str
    tax_code: str

    def of(self, name: str, given: str) -> str:
        """Give the value of a text field: its own where a dossier has one, else as in the scenario."""
        own = {
            "organization_name": self.organisation,
            "warranty_unit": self.organisation,
            "organization_id": self.tax_code,
            "representative": self.representative,
            "phone": self.phone,
            "email": f"lien-he-{self.number}@example.vn",
        }
        if name in NUMBERED:
            return _numbered(given, self.number)
        if name in NAMED:
            return f"{given} {self.number}"
        return own.get(name, given)


def facts(number: int, rng: Random) -> Facts:
    """Make up the facts of a dossier."""
    return Facts(
        number=number,
        organisation=names.organisation(rng),
        representative=names.person(rng),
        phone=f"09{rng.randrange(10**8):08d}",
        tax_code=f"01{rng.randrange(10**8):08d}",
    )


@cache
def read(folder: Path) -> tuple[Course, ...]:
    """Read the courses of a bundle; those without one have none."""
    written = folder / "scenario.yaml"
    if not written.is_file():
        return ()
    return tuple(_course(folder.name, each) for each in yaml.safe_load(written.read_bytes())["courses"])


def varied(answers: Mapping[str, Any], own: Facts, *, later: timedelta) -> dict[str, Any]:
    """Give answers with the dossier's own facts, their days moved with its moments."""
    return {name: _varied(name, value, own, later) for name, value in answers.items()}


def _varied(name: str, value: Any, own: Facts, later: timedelta) -> Any:
    if isinstance(value, dict):
        return varied(value, own, later=later)
    if isinstance(value, list):
        return [_varied(name, item, own, later) for item in value]
    if not isinstance(value, str):
        return value
    if DAY.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(days=later.days)).isoformat()
    return own.of(name, value)


def _numbered(given: str, number: int) -> str:
    """Put a dossier's number in the place of the last long figures of a number that an office gives."""
    longest = max(FIGURES.findall(given) or [""], key=len)
    width = len(longest)
    return given.replace(longest, f"{number % 10**width:0{width}d}", 1) if longest else given


def _course(slug: str, written: Mapping[str, Any]) -> Course:
    return Course(
        slug=slug,
        name=written["name"],
        case=written.get("case", ""),
        filed_at=datetime.fromisoformat(str(written["filed_at"])),
        answers=written["answers"],
        acts=tuple(_act(step) for step in written["steps"] if step.get("task")),
    )


def _act(step: Mapping[str, Any]) -> Act:
    expected = step.get("expect") or {}
    return Act(
        at=datetime.fromisoformat(str(step["at"])),
        who=step["who"],
        task=step["task"],
        act=step.get("act"),
        reason=step.get("reason", ""),
        approved_by=step.get("approved_by", ""),
        answers=step.get("answers") or {},
        status=expected.get("status", 0),
        runs=expected.get("clock") == "running",
    )
