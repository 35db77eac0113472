"""Work for programs and connectors as rows: opened and closed with the step that the engine took."""

from __future__ import annotations

from functools import partial

from bpmn import retries
from bpmn.model import Element
from bpmn.retries import Retries
from engine.events import Step, Wait, WaitKind
from services import waking
from services.runs import Run
from storage.database import after_commit, session
from storage.rows import external as rows
from storage.rows import handing
from storage.tables import ExternalTask

KINDS = (WaitKind.EXTERNAL_TASK, WaitKind.JOB)


def sync(run: Run, step: Step) -> None:
    """Open a row for each piece of work that the instance now waits for, close those that it waits for no more."""
    if not run.loaded.has_work:
        return
    waits = {wait.id: wait for wait in step.waits if wait.kind in KINDS}
    known = {task.id: task for task in rows.unfinished(run.instance.id)}
    done = {event.activation_id for event in step.events if event.kind == "completed"}
    for task_id in known.keys() - waits.keys():
        known[task_id].state = "completed" if task_id in done else "cancelled"
        known[task_id].ended_at, known[task_id].worker = run.now, None
    held_up = {incident.id for incident in step.incidents}
    again = [task for task in known.values() if task.state == "failed" and task.id not in held_up]
    for task in again:  # its incident was tried again
        task.state, task.retries, task.available_at = _offered(run), 1, run.now
    opened = [_row(run, wait) for wait_id, wait in waits.items() if wait_id not in known]
    if opened:
        session().add_all(opened)
        run.notes["work"] = [{"task": row.id, "topic": row.topic or row.connector} for row in opened]
    for row in (*opened, *again):
        if row.connector:
            handing.hand_over(handing.Kind.WORK, row.id, row.available_at, instance_id=row.instance_id)
    if (opened or again) and _offered(run) == "open":
        after_commit(partial(waking.wake, frozenset(row.topic for row in (*opened, *again))))


def drop(run: Run) -> None:
    """Close all work of an instance that is ended from outside."""
    for task in rows.unfinished(run.instance.id):
        task.state, task.ended_at, task.worker = "cancelled", run.now, None


def suspend(run: Run) -> None:
    """Hold back the open work of an instance: nobody fetches it; whoever has fetched some keeps its lock."""
    for task in rows.unfinished(run.instance.id):
        if task.state == "open":
            task.state = "suspended"


def resume(run: Run) -> None:
    """Offer again what was held back."""
    again = [task for task in rows.unfinished(run.instance.id) if task.state == "suspended"]
    for task in again:
        task.state = "open"
    if again:
        after_commit(partial(waking.wake, frozenset(row.topic for row in again)))


def _offered(run: Run) -> str:
    return "suspended" if run.instance.status == "suspended" else "open"


def plan_of(task: ExternalTask) -> Retries:
    """Give how a piece of work is tried again."""
    return _plan(task.plan, is_job=bool(task.connector))


def rank_of(element: Element | None) -> int:
    """Give the place of an element's work among others of its topic: the lower, the sooner."""
    return -(element.priority if element else 50)


def _plan(written: str, *, is_job: bool) -> Retries:
    return retries.read(written) or (retries.PATIENT if is_job else retries.DEFAULT)


def _row(run: Run, wait: Wait) -> ExternalTask:
    element = run.loaded.element(wait.process_key, wait.element_id)
    is_job = wait.kind is WaitKind.JOB
    return ExternalTask(
        id=wait.id,
        instance_id=run.instance.id,
        definition_id=run.instance.definition_id,
        key=run.instance.key,
        process_key=wait.process_key,
        element_id=wait.element_id,
        name=wait.element_name or wait.element_id,
        topic="" if is_job else wait.name,
        connector=wait.name if is_job else "",
        rank=rank_of(element),
        state=_offered(run),
        available_at=run.now,
        retries=_plan(wait.retries, is_job=is_job).tries,
        plan=wait.retries,
        error_message="",
        error_details="",
        business_key=run.instance.business_key,
        created_at=run.now,
    )
