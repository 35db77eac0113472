"""Replanning: when timers in working time are due is asked again where the clock or the calendar has changed."""

from __future__ import annotations

from engine import runner
from engine.events import Step
from services.runs import Run
from storage.rows import handing


def moved(run: Run, state: bytes) -> Step | None:
    """Plan the timers of this state anew and keep it in the instance; None: none has moved.

    An instance that stands still keeps the new moments for when it is resumed.
    """
    instance, step = run.instance, planned(run, state)
    if step is not None:
        instance.state = step.state
        instance.next_due_at = step.next_due if instance.status == "running" else None
    return step


def planned(run: Run, state: bytes) -> Step | None:
    """Say how the timers of this state are due now, and keep nothing; None: none has moved."""
    if not run.loaded.follows_clock or run.instance.ended_at is not None:
        return None
    return runner.replan(run.loaded.definition, state, now=run.now, ports=run.ports)


def replan(run: Run) -> Step | None:
    """Plan and keep them between two steps; None: none has moved."""
    step = moved(run, run.instance.state)
    if step is not None:
        handing.hand_over(handing.Kind.TIMER, run.instance.id, run.instance.next_due_at, instance_id=run.instance.id)
    return step
