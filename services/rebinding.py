"""Rebinding: the rows of an instance follow it to another version: its tasks, work, incidents and subscriptions.

A task keeps its id, who has it, when it is due and when it was opened. Its name, form and element are those of the new
version; who may take it is asked anew only where the diagram says otherwise than before, so that what people arranged
among themselves stays.
"""

from __future__ import annotations

from functools import partial

from bpmn.model import Element
from engine.events import Step, Wait
from services import faults, waking, work
from services.folding import fold
from services.loading import Loaded
from services.runs import Run
from services.taskrows import say_who_again
from storage.database import after_commit
from storage.rows import external, messages, tasks
from storage.tables import ExternalTask, Task

NOBODY = Element(id="", type="userTask")


def follow(run: Run, before: Loaded, step: Step) -> dict[str, str]:
    """Let the rows follow an instance whose own row is already of the new version, before its step is recorded.

    Gives by task id why it cannot be said who may take it.
    """
    waits = {wait.id: wait for wait in step.waits}
    unclear: dict[str, str] = {}
    for task in tasks.open_among(wait.id for wait in step.waits if wait.kind == "task"):
        if (wait := waits.get(task.id)) is not None and (reason := _task(run, before, task, wait, step)):
            unclear[task.id] = reason
    if before.has_work:
        rows = external.unfinished(run.instance.id)
        topics = [row.topic for row in rows if row.id in waits and _work(run, row, waits[row.id])]
        if topics:
            after_commit(partial(waking.wake, frozenset(topics)))
    faults.follow(run, step)
    if before.may_subscribe:
        if not run.loaded.may_subscribe:
            messages.subscribe(run.instance.id, ())
        messages.rebind(run.instance.id, run.instance.definition_id)
    if before.definition.key != run.instance.key:
        messages.call(run.instance.id, run.instance.key)
    return unclear


def _task(run: Run, before: Loaded, task: Task, wait: Wait, step: Step) -> str:
    old = before.element(task.process_key, task.element_id) or NOBODY
    new = run.loaded.element(wait.process_key, wait.element_id) or NOBODY
    task.definition_id, task.key = run.instance.definition_id, run.instance.key
    task.process_key, task.element_id = wait.process_key, wait.element_id
    task.name = wait.element_name or wait.element_id
    task.form = run.loaded.form_id(wait.process_key, new.form) if new.form else ""
    task.search_text = fold(f"{task.name} {task.business_key or ''}")
    if _who(old) == _who(new):
        return ""
    reason = say_who_again(run, task, wait, step.variables)
    if not reason:
        tasks.offer_again(task)
    return reason


def _who(element: Element) -> tuple[object, ...]:
    return element.candidate_groups, element.candidate_users, element.lane


def _work(run: Run, row: ExternalTask, wait: Wait) -> bool:
    """Let a piece of work follow; say whether workers of another topic are to be told."""
    before = row.topic
    element = run.loaded.element(wait.process_key, wait.element_id)
    row.definition_id, row.key = run.instance.definition_id, run.instance.key
    row.process_key, row.element_id = wait.process_key, wait.element_id
    row.name, row.plan = wait.element_name or wait.element_id, wait.retries
    row.rank = work.rank_of(element)
    if row.connector:
        row.connector = wait.name
        return False
    row.topic = wait.name
    return row.topic != before
