"""What a limit counts, and in which agency's calendar: by it the pages say how much is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.model import Limit
from clock.model import Unit
from services import clocks, loading

SOON = 1
"""From this many working days (of a limit in hours: working hours) left on, raised or not, it is due soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a limit counts, and in which agency's calendar."""

    unit: Unit = Unit.WORKING_DAYS
    agency: str = ""

    @property
    def counts_days(self) -> bool:
        """Say whether it counts days, of whichever kind, and not hours."""
        return self.unit.counts_days

    def left(self, due_at: datetime, *, asked_at: datetime) -> int:
        """Count what is left, below zero when late; 0 beyond the calendar."""
        return clocks.left(due_at, asked_at=asked_at, unit=self.unit, agency=self.agency) or 0

    def is_soon(self, due_at: datetime, *, asked_at: datetime) -> bool:
        """Say whether so little is left that it is due soon: three days over a weekend are one working day."""
        unit = Unit.WORKING_DAYS if self.unit.counts_days else self.unit
        left = clocks.left(due_at, asked_at=asked_at, unit=unit, agency=self.agency)
        return left is not None and left <= SOON


def of_step(task: Any) -> Measure:
    """Give what the limit of a step counts; `task`: a storage.tables.Task or a line of a list of them."""
    element = loading.load(task.definition_id).element(task.process_key, task.element_id)
    return of(element.limit if element else None, task.definition_id)


def of_limit(dossier: Any) -> Measure:
    """Give what the limit in force counts; `dossier`: a storage.tables.Dossier or a line of a list of them.

    One that was last computed before that was kept counts what the first limit of its case does.
    """
    if dossier.due_unit:
        return Measure(unit=Unit(dossier.due_unit), agency=_agency(dossier.definition_id))
    procedure = loading.load(dossier.definition_id).procedure
    limits = procedure.limits_of(dossier.case_id, dossier.channel) if procedure else ()
    return of(next(iter(limits), None), dossier.definition_id)


def of_acceptance(definition_id: str) -> Measure:
    """Give what the limit of the acceptance counts."""
    return of(clocks.ACCEPTANCE, definition_id)


def of(limit: Limit | None, definition_id: str) -> Measure:
    """Give what a limit of a diagram counts; working days where there is none."""
    unit = Unit(limit.unit.value) if limit else Unit.WORKING_DAYS
    return Measure(unit=unit, agency=_agency(definition_id))


def _agency(definition_id: str) -> str:
    procedure = loading.load(definition_id).procedure
    return procedure.agency_code if procedure else ""
