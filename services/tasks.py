"""Tasks: claim, release, assign, open and submit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import orjson

from bpmn.model import Element
from engine import runner
from errors import (
    Detail,
    Forbidden,
    InstanceSuspended,
    InvalidAnswers,
    NotApproved,
    NotFound,
    StaleVersion,
    TaskNotOpen,
    TaskTaken,
    WrongState,
)
from forms.model import Form
from services import acts, documents, duties, instances, loading, pending, reassigning, searching, snapshots, turns
from services.lapsing import refuse_lapsed
from services.permissions import Permission, Viewer, has_any, require, require_any, scope_of
from services.reassigning import NOTHING, given
from services.record import record
from services.runs import Run, hold_of_task
from services.statuses import Status
from services.taskrights import PENDING, STANDING, acts_for, is_candidate, may_submit, named_for, sees_for
from storage.database import session, verb
from storage.rows import drafts, people
from storage.rows import tasks as rows
from storage.tables import Instance, Task
from texts import Text

LONGEST_REASON = acts.LONGEST_REASON
WAITS = Text(
    "Phiếu yêu cầu bổ sung của việc này đang chờ duyệt. Rút phiếu về trước khi làm khác đi.",
    "The supplement request of this task waits for its approval. Take it back before doing anything else.",
)
MOST_TRIED = 50
"""Tasks that one asks for in turn when others take each of them first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a submit came to: the instance now, and the tasks that opened."""

    instance: Instance
    opened: tuple[Task, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A task as its page shows it."""

    task: Task
    instance: Instance
    element: Element
    form: Form | None
    form_schema: Mapping[str, Any] | None
    variables: Mapping[str, Any]
    seen_version: int
    """The instance's revision; sent back with the answers where the sender wants to be told of changes."""
    can_claim: bool
    can_submit: bool
    is_pending: bool
    """A colleague works on it for its owner: its form is typed into, it is completed when it was given back."""
    is_suspended: bool
    """An operator has suspended the instance: it can be read, nothing can be done."""
    barred: Text | None
    """Why this viewer may not do it, though it is offered to them (services/duties.py)."""

    @property
    def main_act(self) -> str:
        """Give the act that a submit button inside the form stands for: the only one that leads on, or nothing."""
        ways = [act.id for act in self.element.acts if act.kind == "advance"]
        return ways[0] if len(ways) == 1 else ""


def open_task(viewer: Viewer, task_id: str, *, now: datetime) -> Opened:
    """Give a task with its form and data; raise NotFound where the viewer may not see it. Nothing is written."""
    task = rows.load(task_id)
    if task is None or not may_see(viewer, task):
        raise NotFound()
    instance = session().get(Instance, task.instance_id, populate_existing=True)
    if instance is None:
        raise NotFound()
    loaded = loading.load(task.definition_id)
    element = loaded.element(task.process_key, task.element_id) or Element(id=task.element_id, type="userTask")
    is_open, is_suspended = task.state == "open", instance.status == "suspended"
    if is_open:
        variables = runner.task_variables(loaded.definition, instance.state, task_id)
    else:
        variables = task.answers or {}
    barred = duties.barred_for(viewer, instance, element, task) if is_open else None
    is_free = is_open and not is_suspended and barred is None
    return Opened(
        task=task,
        instance=instance,
        element=element,
        form=loading.form(task.form) if task.form else None,
        form_schema=loading.form_schema(task.form) if task.form else None,
        variables=variables,
        seen_version=instance.revision,
        can_claim=is_free and task.assignee is None and is_candidate(viewer, task),
        can_submit=is_free and task.proposed_by is None and may_submit(viewer, task),
        is_pending=is_open and task.delegation == PENDING,
        is_suspended=is_open and is_suspended,
        barred=barred,
    )


@verb
def claim(viewer: Viewer, task_id: str, *, now: datetime, reason: str = "") -> Task:
    """Take a task for oneself; claiming one's own again changes nothing.

    `reason`: why this one, where a dossier that was filed earlier waits (services/turns.py). Raises TaskTaken where
    somebody has it, Forbidden for whom its duties bar, InvalidAnswers where the reason is missing.
    """
    run, task = hold_open(viewer, task_id, now=now)
    if task.assignee == viewer.username:
        return task
    if task.assignee is not None:
        raise TaskTaken()
    is_offered = is_candidate(viewer, task)
    if not is_offered:
        require(viewer, Permission.WORK_ANY_TASK)
    duties.require_apart(run, task, viewer.username)
    more: dict[str, Any] = turns.require_turn(viewer, run, task, reason) if is_offered else {}
    if absent := acts_for(viewer, task):
        duties.require_apart(run, task, absent)
        more["for"] = absent
    how = STANDING if absent else None
    return given(run, task, viewer.username, "task.claimed", owner=absent, delegation=how, more=more)


def take_next(viewer: Viewer, *, now: datetime) -> Task | None:
    """Take what is next in the viewer's turn, or None where nothing is left; what others take meanwhile is passed."""
    require_any(viewer, Permission.WORK_TASKS, Permission.WORK_ANY_TASK)
    for row in islice(turns.next_ones(viewer), MOST_TRIED):
        try:
            return claim(viewer, row.id, now=now)
        except turns.TAKEN:
            continue
    return None


@verb
def unclaim(viewer: Viewer, task_id: str, *, now: datetime) -> Task:
    """Give a task back to its candidates."""
    run, task = hold_open(viewer, task_id, now=now)
    if task.assignee is None:
        return task
    may_any = has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK)
    if task.assignee != viewer.username and not may_any:
        raise Forbidden()
    pending.refuse(task, pending.GIVE_BACK, unless=may_any)
    has_candidates = task.candidate_groups or task.candidate_users
    if not has_candidates and Permission.WORK_ANY_TASK not in viewer.permissions:  # nobody would see it
        raise WrongState(
            Text(
                "Việc này giao đích danh, không có nhóm để trả lại.",
                "This task was given to one person: there is no group that it could go back to.",
            )
        )
    return given(run, task, None, "task.released", more=named_for(viewer, task))


@verb
def assign(
    viewer: Viewer, task_id: str, assignee: str, *, now: datetime, most: int = reassigning.MOST,
    more: Mapping[str, Any] = NOTHING,
) -> Task:  # fmt: skip
    """Give a task to somebody: to a member of its candidate groups, or anybody where the viewer may work any task.

    `more`: what else the event says. Raises WrongState where it has changed hands `most` times already, InvalidAnswers
    where that person cannot have it.
    """
    if not has_any(viewer, Permission.ASSIGN_TASKS, Permission.WORK_ANY_TASK):
        require(viewer, Permission.ASSIGN_TASKS)
    run, task = hold_open(viewer, task_id, now=now)
    reassigning.require_few(viewer, task, most)
    person = people.load(assignee)
    allowed = Permission.WORK_ANY_TASK in viewer.permissions or fits(assignee, task)
    if person is None or not person.is_active or not allowed:
        message = Text(
            f"Không giao được cho “{assignee[:80]}”: người này không thuộc nhóm xử lý của bước.",
            f"“{assignee[:80]}” cannot have this task: they are in none of its groups.",
        )
        raise InvalidAnswers(details=[Detail(field="assignee", code="unknown", message=message)])
    duties.require_apart_of(run, task, assignee)
    return given(run, task, assignee, "task.assigned", more=more)


@verb
def submit(
    viewer: Viewer,
    task_id: str,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    act: str | None = None,
    reason: str = "",
    turn_reason: str = "",
    seen_version: int | None = None,
    document_ids: Iterable[str] = (),
    approved_by: str | None = None,
) -> Submitted:
    """Complete a task with its answers and act, and run the instance to its next wait.

    With a form the answers are validated by it, else taken as they are. The act's id goes to the variable that the
    element names, the person's name and the reason beside it (`_by`, `_reason`). Who had not claimed it claims it by
    this: out of turn with `turn_reason`. `approved_by`: who has approved an act that needs it
    (services/supplements.py). Raises InvalidAnswers with every field, TaskNotOpen, TaskTaken, StaleVersion,
    NotApproved.
    """
    run, task = hold_open(viewer, task_id, now=now)
    absent = require_submit(viewer, run, task)
    if seen_version is not None and seen_version != run.instance.revision:
        raise StaleVersion()
    return complete(
        viewer, run, task, answers, act=act, reason=reason, turn_reason=turn_reason, document_ids=document_ids,
        absent=absent, approved_by=approved_by,
    )  # fmt: skip


def complete(
    viewer: Viewer,
    run: Run,
    task: Task,
    answers: Mapping[str, Any],
    *,
    act: str | None,
    reason: str,
    document_ids: Iterable[str],
    turn_reason: str = "",
    absent: str | None = None,
    approved_by: str | None = None,
) -> Submitted:
    """Do what `submit` does for a task that is held, by one who may: `submit` and the approval of an act look first.

    Raises NotApproved where the act needs an approval and nobody has given it.
    """
    element = run.loaded.element(task.process_key, task.element_id) or Element(id=task.element_id, type="userTask")
    answers, act, reason = acts.among(element, answers, act, reason)
    chosen = acts.chosen(element, act)
    if chosen is not None and chosen.approval and approved_by is None:
        raise NotApproved()
    ahead, problems = "", list[Detail]()
    if task.assignee is None and is_candidate(viewer, task):
        ahead, problems = turns.take(viewer, run, task, turn_reason, "turn_reason")
    data = acts.validated(run, task, answers, chosen, reason, problems)
    now, task_id = run.now, task.id
    written: dict[str, Any] = dict(data)
    if chosen is not None:
        written[element.act_variable] = chosen.id
        written[f"{element.act_variable}_by"] = viewer.name
        if reason or chosen.asks:  # a letter without a note must not show that of the one before
            written[f"{element.act_variable}_reason"] = reason
    attached = documents.attach_to_task(viewer, document_ids, run, task)
    before = run.instance.state
    step = runner.complete_task(run.loaded.definition, before, task_id, written, now=now, ports=run.ports)
    run.notes = {
        "task": task_id,
        "element": task.element_id,
        "name": task.name,
        "answers_sha256": hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest(),
    }
    if chosen is not None:
        run.notes |= {"act": chosen.id, "reason": reason}
    if ahead:
        run.notes |= {"ahead": ahead, "turn_reason": turn_reason.strip()}
    owner = task.owner or absent
    if owner:
        run.notes["for"] = owner
    if approved_by is not None:
        run.notes["approved_by"] = approved_by
    if attached:
        run.notes["documents"] = attached
    done: dict[str, Any] = {
        "id": task_id,
        "completed_by": viewer.username,
        "owner": owner,
        "act": chosen.id if chosen else None,
        "reason": reason,
        "answers": data,
        "snapshot": snapshots.taken(before) if step.status == "running" else None,
    }
    if task.has_draft:
        drafts.delete_of_task(task_id)
        done["has_draft"] = False
    opened = record(run, step, "task.completed", completed=done)
    if run.dossier is not None:
        searching.add(run.dossier, viewer.username, data)
    instances.drain(run)
    return Submitted(instance=run.instance, opened=tuple(opened))


def require_submit(viewer: Viewer, run: Run, task: Task) -> str | None:
    """Refuse who may not complete this task, or not now; give for whom they stand in, if for anybody."""
    if task.proposed_by is not None:
        raise WrongState(WAITS)
    if not may_submit(viewer, task):
        if task.assignee is not None:
            raise TaskTaken()
        raise Forbidden()
    pending.refuse(task)
    absent = acts_for(viewer, task)
    for who in filter(None, dict.fromkeys((viewer.username, absent, task.owner))):
        duties.require_apart(run, task, who)
    if run.dossier is not None and run.dossier.status == Status.WITHDRAWAL_REQUESTED:
        raise WrongState(
            Text(
                "Người nộp đã yêu cầu rút hồ sơ: hãy xác nhận hoặc không chấp nhận yêu cầu này trước.",
                "The applicant asked for the dossier back: confirm or decline that first.",
            )
        )
    return absent


def check(
    viewer: Viewer, task_id: str, answers: Mapping[str, Any], *, now: datetime, act: str | None = None, reason: str = ""
) -> None:
    """Raise what `submit` would say of these answers, for a last look before a grave act; nothing is written."""
    opened = open_task(viewer, task_id, now=now)
    if opened.task.state != "open":
        raise TaskNotOpen()
    if opened.is_suspended:
        raise InstanceSuspended()
    if opened.barred is not None:
        raise Forbidden(opened.barred)
    if not opened.can_submit:
        raise TaskTaken() if opened.task.assignee is not None else Forbidden()
    pending.refuse(opened.task)
    loaded = loading.load(opened.task.definition_id)
    run = Run(instance=opened.instance, loaded=loaded, dossier=None, actor=viewer.username, now=now)
    answers, act, reason = acts.among(opened.element, answers, act, reason)
    acts.validated(run, opened.task, answers, acts.chosen(opened.element, act), reason)


def may_see(viewer: Viewer, task: Task) -> bool:
    """Say whether a viewer may see a task: an open one by the rule of the inbox, a closed one who could see it then.

    So whoever comes second with a submit is told that the task is done, and by whom. Also who did it, and agency-wide
    groups, who read all dossiers.
    """
    scope = scope_of(viewer)
    if rows.visible(task, scope) or sees_for(viewer, task):
        return True
    if task.state == "open":
        return task.proposed_by == viewer.username
    offered = not rows.principals(task).isdisjoint(scope.task_principals)
    return offered or task.completed_by == viewer.username or (bool(task.dossier_id) and scope.all_dossiers)


def hold_open(viewer: Viewer, task_id: str, *, now: datetime) -> tuple[Run, Task]:
    """Lock a task and its instance: what is read of them stays true until the commit."""
    run, task = hold_of_task(task_id, actor=viewer.username, now=now)
    if not may_see(viewer, task):
        raise NotFound()
    if task.state != "open" or run.instance.status not in instances.OPEN:
        raise TaskNotOpen()
    if run.instance.status == "suspended":
        raise InstanceSuspended()
    refuse_lapsed(run)
    return run, task


def fits(username: str, task: Task) -> bool:
    """Say whether a person is among a task's candidates."""
    if username in task.candidate_users:
        return True
    if task.transferred:  # its unit's people stand for the groups of the diagram
        person = people.load(username)
        return person is not None and person.unit_code == task.unit_code
    return not {code for code, _ in people.groups_of(username)}.isdisjoint(task.candidate_groups)
