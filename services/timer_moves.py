"""Timers that a change of the clock or the calendar moves: which of an instance's, from when to when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import runner
from engine.events import Step, Wait, WaitKind
from services import replanning
from services.runs import Run
from storage.rows import calendar as rows
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerMove:
    """A timer of one instance that moves."""

    element_id: str
    name: Text
    before: datetime | None
    after: datetime | None


def waiting(run: Run) -> Sequence[Wait]:
    """Give the timers that an instance waits for, where some of them may follow the clock."""
    if not run.loaded.follows_clock or run.instance.ended_at is not None:
        return ()
    waits = runner.waits(run.loaded.definition, run.instance.state)
    return [wait for wait in waits if wait.kind is WaitKind.TIMER]


def moved(run: Run, before: Collection[Wait], step: Step) -> list[TimerMove]:
    """Give the timers that a step has moved."""
    known = {wait.id: wait.due_at for wait in before}
    return [
        TimerMove(
            element_id=wait.element_id,
            name=run.loaded.step_name(wait.process_key, wait.element_id, wait.element_name),
            before=known[wait.id],
            after=wait.due_at,
        )
        for wait in step.waits
        if wait.id in known and wait.due_at != known[wait.id]
    ]


def replanned(run: Run, change_id: str | None) -> dict[str, Any]:
    """Plan an instance's timers anew, note which a change of the calendar moved, and give that as the log has it."""
    before = waiting(run)
    step = replanning.replan(run)
    if step is None:
        return {}
    for one in moved(run, before, step):
        rows.note_shift(
            change_id, run.instance.id, one.before, one.after, run.now, element_id=one.element_id, name=one.name
        )
    due_at = run.instance.next_due_at
    return {"next_timer_at": due_at.isoformat() if due_at else None}
