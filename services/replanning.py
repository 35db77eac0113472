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
    instance = run.instance
    if not run.loaded.follows_clock or instance.ended_at is not None:
        return None
    step = runner.replan(run.loaded.definition, state, now=run.now, ports=run.ports)
    if step is not None:
        instance.state = step.state
        instance.next_due_at = step.next_due if instance.status == "running" else None
    return step


def replan(run: Run) -> bool:
    """Do the same between two steps; say whether a timer has moved."""
    if moved(run, run.instance.state) is None:
        return False
    handing.hand_over(handing.Kind.TIMER, run.instance.id, run.instance.next_due_at, instance_id=run.instance.id)
    return True
