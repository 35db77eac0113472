"""A task's row, made from the engine's wait and from what the diagram says of its element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from isodate import ISO8601Error, parse_date, parse_datetime, parse_duration

from bpmn.model import Element
from engine.events import Wait
from errors import ExpressionFailed
from expressions import dialect
from expressions.zone import OFFICE
from services import clocks, duties
from services.folding import fold
from services.runs import Run
from storage.rows import people
from storage.tables import Task

LONGEST_NAME = 200
"""Of a person or group that an expression names: tasks are found by it, so an index must hold it."""

MOST_PRIORITY = 10**9

YEARS = range(1900, 9000)
"""Moments that every time zone and both databases can write."""


SAID_BY_EXPRESSIONS = ("assignee", "candidate_groups", "candidate_users", "priority", "follow_up_at", "due_at")


def task_row(run: Run, wait: Wait, variables: Mapping[str, Any]) -> tuple[Task, str]:
    """Give the row of a task that has just opened: who may take it, by when, with which form.

    Where what the diagram says of that fails, the row says nothing of it (only who may do any task sees it), and the
    reason is given too, to be an incident.
    """
    element = run.loaded.element(wait.process_key, wait.element_id) or Element(id=wait.element_id, type="userTask")
    seen = variables if wait.variables is None else wait.variables
    try:
        return _row(run, wait, element, seen), ""
    except ExpressionFailed as error:
        silent = replace(
            element, assignee="", candidate_groups=(), candidate_users=(), priority_text="", follow_up="", due=""
        )
        return _row(run, wait, silent, seen), error.reason


def say_again(run: Run, task: Task, wait: Wait, variables: Mapping[str, Any]) -> str:
    """Ask the diagram anew who may take an open task, and by when; give the reason where that fails again."""
    row, reason = task_row(run, wait, variables)
    if not reason:
        for name in SAID_BY_EXPRESSIONS:
            setattr(task, name, getattr(row, name))
        task.next_deadline_at = row.next_deadline_at
    return reason


def say_who_again(run: Run, task: Task, wait: Wait, variables: Mapping[str, Any]) -> str:
    """Ask the diagram anew who may take an open task, and no more; give the reason where that fails."""
    row, reason = task_row(run, wait, variables)
    if not reason:
        task.candidate_groups, task.candidate_users = row.candidate_groups, row.candidate_users
    return reason


def _row(run: Run, wait: Wait, element: Element, variables: Mapping[str, Any]) -> Task:
    task = Task(
        id=wait.id,
        instance_id=run.instance.id,
        dossier_id=run.dossier.id if run.dossier else None,
        unit_code=run.dossier.unit_code if run.dossier else None,
        definition_id=run.instance.definition_id,
        key=run.instance.key,
        process_key=wait.process_key,
        element_id=wait.element_id,
        name=wait.element_name or wait.element_id,
        form=run.loaded.form_id(wait.process_key, element.form) if element.form else "",
        assignee=_one(element.assignee, variables, run.now) or None,
        candidate_groups=_groups(element, variables, run.now),
        candidate_users=_many(element.candidate_users, variables, run.now),
        priority=_priority(element, variables, run.now),
        state="open",
        created_at=run.now,
        handed_at=run.now,
        filed_at=run.dossier.filed_at if run.dossier else run.instance.started_at,
        follow_up_at=_moment(element.follow_up, variables, run.now),
        reason="",
        business_key=run.instance.business_key,
        search_text=fold(f"{wait.element_name or wait.element_id} {run.instance.business_key or ''}"),
    )
    if _is_again(run, wait) and run.again is not None:
        _go_on(task, run.again, run.actor)
    elif task.assignee and duties.barred(run.instance, element, task.assignee) is not None:
        _keep_apart(task)
    if element.limit is not None:
        clocks.refresh_task(task, element.limit, clocks.pauses_since(run.dossier, task.created_at), now=run.now)
    else:
        is_again = _is_again(run, wait) and run.again is not None
        task.due_at = run.again.due_at if is_again and run.again else _moment(element.due, variables, run.now)
        task.next_deadline_at = clocks.next_deadline(task, None, task.due_at) if is_again else task.due_at
    return task


def _is_again(run: Run, wait: Wait) -> bool:
    again = run.again
    return again is not None and (again.process_key, again.element_id) == (wait.process_key, wait.element_id)


def _go_on(task: Task, before: Task, actor: str) -> None:
    """Its completion is undone: it has the holder, the beginning and so the due moment that it had."""
    task.assignee = before.assignee or actor
    task.owner = before.owner if before.owner != task.assignee else None
    task.delegation = before.delegation or ("standing" if task.owner else None)
    task.delegation_reason = before.delegation_reason
    task.reassigned, task.returned_because = before.reassigned, before.returned_because
    if before.transferred:
        task.transferred, task.unit_code = True, before.unit_code
        task.candidate_groups, task.candidate_users = before.candidate_groups, before.candidate_users
    task.created_at, task.priority, task.follow_up_at = before.created_at, before.priority, before.follow_up_at
    task.at_risk_at, task.breached_at = before.at_risk_at, before.breached_at


def _keep_apart(task: Task) -> None:
    """The diagram gives it to somebody who may not do it: its candidates have it, or somebody must say who does."""
    if not task.candidate_groups and not task.candidate_users:
        raise ExpressionFailed(
            element_id=task.element_id,
            reason=f"{task.assignee!r} may not do this task: duties are kept apart, and nobody else is named",
        )
    task.assignee = None


def _groups(element: Element, variables: Mapping[str, Any], now: datetime) -> list[str]:
    """The lane, where nothing else is said, means the group of that code or name."""
    if element.lane and element.candidate_groups == (element.lane,):
        return [people.group_called(element.lane) or element.lane]
    return _many(element.candidate_groups, variables, now)


def _priority(element: Element, variables: Mapping[str, Any], now: datetime) -> int:
    """The number of the diagram, or what its expression gives: a whole number, as a text too (Camunda 7)."""
    if not element.priority_text:
        return element.priority
    value = dialect.filled(element.priority_text, variables, now=now)
    try:
        number = int(value) if isinstance(value, str) or value == int(value) else None
    except (TypeError, ValueError, ArithmeticError):
        number = None
    if number is None or isinstance(value, bool) or abs(number) >= MOST_PRIORITY:
        raise ExpressionFailed(reason=f"{element.priority_text!r} gives no priority: {str(value)[:80]!r}")
    return number


def _one(source: str, variables: Mapping[str, Any], now: datetime) -> str:
    return _name(source, dialect.template(source, variables, now=now)) if source else ""


def _many(sources: tuple[str, ...], variables: Mapping[str, Any], now: datetime) -> list[str]:
    """An expression may give one name, a list of names, or names with commas."""
    found: list[str] = []
    for source in sources:
        if "${" in source or source.startswith(("=", "#{")):
            value = dialect.filled(source, variables, now=now)
            named = value if isinstance(value, list | tuple) else [] if value is None else str(value).split(",")
            found += [str(one) for one in named if one is not None]
        else:
            found.append(source)
    return list(dict.fromkeys(name for text in found if (name := _name(", ".join(sources), text))))


def _name(source: str, text: str) -> str:
    """What no account and no group can be called comes of a wrong expression, or of what somebody typed into a form."""
    name = text.strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ExpressionFailed(reason=f"{source[:LONGEST_NAME]!r} gives no name of a person or group: {name[:80]!r}")
    return name


def _moment(source: str, variables: Mapping[str, Any], now: datetime) -> datetime | None:
    """A date-time, a period from now (PEERS.md 7), or an expression that gives one of them."""
    if not source:
        return None
    value = dialect.filled(source, variables, now=now)
    if value is None or value == "":
        return None
    try:
        moment = _read(value, now)
        if moment.year in YEARS:
            return moment
        raise OverflowError
    except (ISO8601Error, ValueError, OverflowError) as error:
        raise ExpressionFailed(reason=f"{source!r} gives no date: {str(value)[:80]!r}") from error


def _read(value: object, now: datetime) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif str(value).startswith("P"):
        period = parse_duration(str(value))
        moment = now + (period if isinstance(period, timedelta) else period.totimedelta(start=now))
    elif "T" in str(value):
        moment = parse_datetime(str(value))
    else:
        moment = datetime.combine(parse_date(str(value)), time())
    return moment if moment.tzinfo else moment.replace(tzinfo=OFFICE)
