"""record: what the engine says happened, as rows: the only translator.

One step of the engine becomes: the instance's new state, tasks opened and closed, the dossier's status and clock,
papers, subscriptions, outbox messages and one event in the log. All in the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from engine import runner, state
from engine.correlation import Labels
from engine.events import ElementEvent, Step, Thrown, Wait
from errors import NobodyChosen
from services import clocks, dues, effects, endings, faults, log, outbox, papers, replanning, work
from services.runs import Run
from services.taskrows import say_again, task_row
from storage.database import session
from storage.rows import handing, messages, stores, tasks
from storage.tables import Task

LETTER = {"passed": "p", "entered": "e", "completed": "c", "cancelled": "x", "failed": "f"}
"""How an element's event is written in the log (see history.py, which reads it)."""

STEP = "step"
"""Where the session keeps the last step that was recorded, so that an answer need not read its state again."""


def record(
    run: Run, step: Step, kind: str, *, completed: Mapping[str, Any] | None = None, retried: str | None = None
) -> list[Task]:
    """Write a step; give the tasks it opened.

    `completed` holds the id and the changed columns of the task that this step completed (completed_by, act, reason,
    answers); other tasks that closed were cancelled by the diagram. `retried`: what of the engine was tried again.
    """
    instance = run.instance
    goes_on = "suspended" if instance.status == "suspended" else "running"  # a verb of an operator resumes nothing
    instance.state, instance.error_code = step.state, step.error_code
    instance.status = goes_on if step.status == "running" else step.status
    instance.next_due_at = step.next_due if instance.status == "running" else None
    if step.status != "running":
        instance.ended_at = run.now
        endings.forget(run)
    work.sync(run, step)
    opened, failed = _tasks(run, step, completed)
    failed |= _said_again(run, step, retried)
    for task_id, reason in failed.items():
        step = _unclear(run, step, task_id, reason)
    session().info[STEP] = step
    done = effects.apply(run, step.events, variables=step.variables)
    if step.status != "running" and run.dossier is not None:
        done.clock_changed |= effects.ended(run, run.dossier)
    if done.clock_changed:
        _clock(run, step)
        step = _replanned(run, step)
    _subscriptions(run, step)
    _throw(run, step)
    for paper in done.papers:
        papers.issue(run, paper, variables=step.variables)
    for name, value in step.stored.items():
        stores.write(name, state.dump_value(value), now=run.now, instance_id=instance.id)
    if step.stored:
        run.notes["stores"] = sorted(step.stored)
    handing.hand_over(handing.Kind.TIMER, instance.id, instance.next_due_at, instance_id=instance.id)
    run.notes["elements"] = [_written(event, instance.key) for event in step.events]
    if step.rulings:
        run.notes["decisions"] = [
            {"decision": each.decision, "element": each.element_id, "rules": each.rules} for each in step.rulings
        ]
    if opened:
        run.notes["opened"] = [_opened(task) for task in opened]
    if done.clock_changed and run.dossier is not None:
        run.notes["due_at"] = run.dossier.due_at.isoformat() if run.dossier.due_at else None
    log.append(instance, kind, actor=run.actor, now=run.now, data=run.notes)
    faults.sync(run, step, retried=retried)
    return opened


def _tasks(run: Run, step: Step, completed: Mapping[str, Any] | None) -> tuple[list[Task], dict[str, str]]:
    """Write the tasks that closed and opened; give those, and why it cannot be said who does some of them."""
    done = dict(completed or {})
    done_id = done.pop("id", None)
    if done_id is not None:
        tasks.close([done_id], {"state": "completed", "completed_at": run.now, "next_deadline_at": None, **done})
    gone = [e.activation_id for e in step.events if e.kind in ("cancelled", "failed") and e.activation_id != done_id]
    if gone:
        tasks.close(gone, {"state": "cancelled", "completed_at": run.now, "next_deadline_at": None})
    rows = [task_row(run, wait, step.variables) for wait in step.opened]
    opened = [task for task, _ in rows]
    session().add_all(opened)
    tasks.offer(opened)
    return opened, {task.id: reason for task, reason in rows if reason}


def _said_again(run: Run, step: Step, retried: str | None) -> dict[str, str]:
    """Where it could not be said who does an open task, ask again; give the reason where that fails."""
    if retried is None:
        return {}
    wait = next((wait for wait in step.waits if wait.id == retried and wait.kind == "task"), None)
    task = tasks.load(wait.id) if wait else None
    if wait is None or task is None or any(event.activation_id == wait.id for event in step.events):
        return {}
    if reason := say_again(run, task, wait, step.variables):
        return {task.id: reason}
    tasks.offer_again(task)
    return {}


def _unclear(run: Run, step: Step, task_id: str, reason: str) -> Step:
    """Let an open task be an incident, too: nobody is told of it."""
    noted = runner.fail(
        run.loaded.definition, step.state, task_id, reason, now=run.now, ports=run.ports, kind=NobodyChosen
    )
    run.instance.state = noted.state
    return replace(step, state=noted.state, incidents=noted.incidents)


def _replanned(run: Run, step: Step) -> Step:
    """Timers that follow the dossier's clock are due at another moment now that it has changed."""
    moved = replanning.moved(run, step.state)
    if moved is None:
        return step
    step = replace(step, state=moved.state, next_due=moved.next_due, looked=moved.looked)
    session().info[STEP] = step
    return step


def _clock(run: Run, step: Step) -> None:
    """The dossier's clock changed: its due date, and those of the steps that stay open, are computed anew."""
    if run.dossier is None:
        return
    clocks.refresh(run.dossier, run.limits, now=run.now)
    session().flush()
    staying = tasks.open_among(wait.id for wait in step.waits if wait.kind == "task")
    if moved := dues.refresh(run, staying):
        run.notes["dues"] = moved


def _subscriptions(run: Run, step: Step) -> None:
    if run.loaded.may_subscribe:
        messages.subscribe(run.instance.id, _awaited(run, step.waits))


def _awaited(run: Run, waits: Iterable[Wait]) -> Iterator[dict[str, Any]]:
    """Give the rows of the messages and signals that an instance waits for."""
    counts: Counter[str] = Counter()
    for wait in waits:
        if wait.kind not in ("message", "signal") or not wait.name:
            continue
        counts[wait.id] += 1
        place = counts[wait.id] - 1
        found_by = wait.found_by or Labels(is_open=True, labels=())
        yield {
            "wait_id": f"{wait.id}#{place}" if place else wait.id,
            "kind": wait.kind.value,
            "name": wait.name,
            "element_id": wait.element_id,
            "definition_id": run.instance.definition_id,
            "since": run.now,
            "is_open": found_by.is_open,
            "is_partial": found_by.is_partial,
            "labels": list(found_by.labels),
        }


def _throw(run: Run, step: Step) -> None:
    """Write what was thrown into the outbox; a message goes along each of its flows."""
    for thrown in step.thrown:
        flows: list[tuple[str, ...]] = [(key,) for key in thrown.to] or [()]
        for to in flows:
            key = f"{run.instance.id}:{uuid4().hex}"
            outbox.add("event", _thrown(run, thrown, to), key=key, now=run.now, instance_id=run.instance.id)


def _thrown(run: Run, thrown: Thrown, to: tuple[str, ...]) -> dict[str, Any]:
    """Write a thrown message or signal for the outbox, with all that finds who is meant."""
    return {
        "kind": thrown.kind,
        "name": thrown.name,
        "payload": state.portable(thrown.payload),
        "correlation": state.portable(thrown.correlation or {}),
        "carried": state.portable(thrown.carried or {}),
        "business_key": run.instance.business_key,
        "from": run.instance.id,
        "from_key": run.instance.key,
        "to": list(to),
        "at": run.now.isoformat(),
    }


def _opened(task: Task) -> dict[str, Any]:
    """What the log says of a task, so that the control sheet can be read from it alone."""
    who: dict[str, Any] = {"assignee": task.assignee} if task.assignee else {"groups": task.candidate_groups}
    due = {"due_at": task.due_at.isoformat()} if task.due_at else {}
    return {"task": task.id, "element": task.element_id, "name": task.name, **who, **due}


def _written(event: ElementEvent, own: str) -> list[str]:
    """Write an element's event shortly: kind, element, its activation where it has an end of its own, a called process.

    What is empty at the end is left out (log.events_of puts it back).
    """
    written = [LETTER[event.kind], event.element_id]
    if event.kind != "passed" or event.process_key != own:
        written.append(event.activation_id if event.kind != "passed" else "")
    return [*written, event.process_key] if event.process_key != own else written
