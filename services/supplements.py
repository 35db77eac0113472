"""Supplement requests: composed point by point, approved where the act needs it, then the act of the officer's task.

While a request waits, its task is with the groups that approve it (in their inboxes, in its turn, with its due moment);
returned or approved it is the officer's again, and the approved act is done in the officer's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bpmn.model import Act, Element
from errors import Detail, DraftChanged, Forbidden, InvalidAnswers, NotFound, TaskTaken, WrongState
from services import acts, asking, dossiers, draft_rows, duties, loading, notices, people, substitutions, tasks, turns
from services.asking import Item, Terms
from services.permissions import Permission, Viewer
from services.reassigning import NOTHING, given
from services.runs import Run
from services.taskrights import STANDING, is_candidate, may_submit, named_for
from services.tasks import Opened
from storage.database import session, verb
from storage.rows import people as people_rows
from storage.rows import supplements as rows
from storage.tables import Dossier, Supplement, Task
from texts import Text

NOT_WAITING = Text("Phiếu này không còn chờ duyệt.", "This request does not wait for an approval any more.")
NOT_ASKING = Text("Bước này không yêu cầu bổ sung được.", "This step cannot ask for a supplement.")
OWN = Text("Người soạn phiếu không tự duyệt được.", "Who composed the request may not approve it.")
ANSWERED = frozenset({"approved", "returned", "recalled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A request as it was typed: its points, by when to reply, and what is said to all of them."""

    items: Sequence[Item]
    reply_by: str = ""
    note: str = ""

    @property
    def answers(self) -> dict[str, Any]:
        """Give what a submit reads."""
        return {asking.ITEMS: [asdict(item) for item in self.items], asking.REPLY_BY: self.reply_by}


EMPTY = Content(items=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """The request of a task as somebody finds it."""

    opened: Opened
    act: Act
    row: Supplement | None
    """None: nothing was saved yet."""
    terms: Terms | None
    """What it may name; None where the task is closed."""
    may_approve: bool

    @property
    def is_waiting(self) -> bool:
        """Say whether it waits for its approval."""
        return self.opened.task.proposed_by is not None


def act_of(element: Element) -> Act | None:
    """Give the act of a task that asks for a supplement."""
    return next((act for act in element.acts if asking.is_asking(act)), None)


def terms_of(opened: Opened, dossier: Dossier, *, now: datetime) -> Terms:
    """Give what a request on this task may name."""
    return asking.terms(dossier, loading.load(opened.instance.definition_id), now=now)


def of_task(viewer: Viewer, opened: Opened) -> Supplement | None:
    """Give the request that is composed on a task which the viewer has opened; applicants read what went out only."""
    return rows.of_task(opened.task.id) if viewer.is_staff else None


def content_of(row: Supplement | None) -> Content:
    """Give what a request holds."""
    if row is None:
        return EMPTY
    return Content(items=[Item(**item) for item in row.items], reply_by=row.reply_by, note=row.note)


def composed(viewer: Viewer, task_id: str, *, now: datetime) -> Composed:
    """Give the request of a task: who works on it, or may see it wait, reads it; what went out, who sees the task.

    Raises NotFound, also where there is none; TaskTaken, Forbidden where others compose it; WrongState.
    """
    opened = tasks.open_task(viewer, task_id, now=now)
    task, act, row = opened.task, act_of(opened.element), rows.of_task(task_id)
    if not viewer.is_staff:
        raise Forbidden()
    if act is None or task.dossier_id is None:
        raise WrongState(NOT_ASKING)
    if task.state != "open":
        if row is None or row.state != "sent":
            raise NotFound()
        return Composed(opened=opened, act=act, row=row, terms=None, may_approve=False)
    is_waiting = task.proposed_by is not None
    if not is_waiting and not may_submit(viewer, task):
        raise TaskTaken() if task.assignee is not None else Forbidden()
    terms = terms_of(opened, dossiers.readable(viewer, task.dossier_id), now=now)
    may = is_waiting and opened.barred is None and may_approve(viewer, task, act)
    return Composed(opened=opened, act=act, row=row, terms=terms, may_approve=may)


def may_approve(viewer: Viewer, task: Task, act: Act) -> bool:
    """Say whether this person may approve the waiting request: one of the groups of its act, or for such a one."""
    if viewer.username == task.proposed_by:
        return False
    return _approves(viewer, act)


def may_recall(viewer: Viewer, task: Task) -> bool:
    """Say whether this person may take the waiting request back: who handed it in, or who may work any task."""
    return task.proposed_by is not None and (
        viewer.username == task.proposed_by or Permission.WORK_ANY_TASK in viewer.permissions
    )


@verb
def save(viewer: Viewer, task_id: str, content: Content, *, seen_version: int, now: datetime) -> Supplement:
    """Keep what is typed, however wrong; the same again changes nothing.

    Raises NotFound, TaskNotOpen, TaskTaken, Forbidden, WrongState while it waits, DraftChanged where somebody else has
    saved after `seen_version`.
    """
    task = draft_rows.workable(viewer, task_id)
    act = _act_of_task(task)
    row = rows.of_task(task_id)
    if row is not None and row.version != seen_version and content_of(row) != _bounded(content):
        raise DraftChanged(version=row.version, saved_by=row.saved_by, saved_at=row.saved_at, device="")
    return _write(row, viewer, task, act, content, now)


def check_form(viewer: Viewer, task_id: str, answers: Mapping[str, Any], *, now: datetime) -> None:
    """Raise InvalidAnswers for what is wrong with the task's form, before the letter is composed; nothing is written.

    Raises too what `tasks.check` raises.
    """
    task = tasks.open_task(viewer, task_id, now=now).task
    try:
        tasks.check(viewer, task_id, answers, now=now, act=_act_of_task(task).id)
    except InvalidAnswers as refused:
        own = [one for one in refused.details if not one.field.startswith((asking.ITEMS, asking.REPLY_BY, "reason"))]
        if own:
            raise InvalidAnswers(details=own) from None


@verb
def send(
    viewer: Viewer,
    task_id: str,
    content: Content,
    *,
    answers: Mapping[str, Any],
    now: datetime,
    document_ids: Iterable[str] = (),
    turn_reason: str = "",
) -> Supplement:
    """Send a request that is in order to the applicant, or to those who approve it; its `state` says which.

    `answers`: what the task's form holds, where the act needs it; `turn_reason` as for a submit.
    Raises InvalidAnswers with all that is wrong, of the form too, and what `tasks.submit` raises.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    absent = tasks.require_submit(viewer, run, task)
    act = _act_of_task(task)
    row = _write(rows.of_task(task_id), viewer, task, act, content, now)
    whole = {**answers, **content.answers}
    approver = viewer.username if not act.approval or _approves(viewer, act) else None
    if approver is None:
        out_of_turn: Sequence[Detail] = ()
        if task.assignee is None and is_candidate(viewer, task):
            _, out_of_turn = turns.take(viewer, run, task, turn_reason, "turn_reason")
        acts.validated(run, task, whole, act, content.note, out_of_turn)
        _propose(run, task, row, act, answers, document_ids, absent)
        return row
    tasks.complete(
        viewer, run, task, whole, act=act.id, reason=content.note, document_ids=document_ids, absent=absent,
        turn_reason=turn_reason, approved_by=approver if act.approval else None,
    )  # fmt: skip
    row.state = "sent"
    return row


@verb
def approve(viewer: Viewer, task_id: str, *, now: datetime) -> Supplement:
    """Approve a waiting request: it goes out, as the act of the officer who composed it. Raises WrongState, Forbidden.

    Raises InvalidAnswers with all that is wrong with it by now: a legal text that holds no more, a date that is over.
    """
    run, task, row = _hold_waiting(viewer, task_id, now=now)
    officer = people_rows.load(row.proposed_by or "")
    if officer is None:
        raise NotFound()
    _decide(run, task, row, "approved", behalf=named_for(viewer, task))
    answers = {**(row.answers or {}), **content_of(row).answers}
    run.actor = officer.username
    tasks.complete(
        people.viewer_of(officer), run, task, answers, act=row.act, reason=row.note, document_ids=row.documents,
        approved_by=viewer.username,
    )  # fmt: skip
    row.state = "sent"
    run.actor = viewer.username
    notices.tell_of_act(run, "supplement_approved", [officer.username], task, key=_key(task, now))
    return row


@verb
def return_(viewer: Viewer, task_id: str, comment: str, *, now: datetime) -> Supplement:
    """Give a waiting request back to the officer, who is told why. Raises WrongState, Forbidden, InvalidAnswers."""
    run, task, row = _hold_waiting(viewer, task_id, now=now)
    said = comment.strip()
    if not said or len(said) > acts.LONGEST_REASON:
        message = Text("Nêu điều cần sửa, nhiều nhất 4000 ký tự.", "Say what is to be changed, in 4000 characters.")
        raise InvalidAnswers(details=[Detail(field="comment", code="required", message=message)])
    row.comment, row.state = said, "returned"
    _decide(run, task, row, "returned", reason=said, behalf=named_for(viewer, task))
    notices.tell_of_act(run, "supplement_returned", [row.proposed_by or ""], task, key=_key(task, now), detail=said)
    return row


@verb
def recall(viewer: Viewer, task_id: str, *, now: datetime) -> Supplement:
    """Take a waiting request back, one's own or as an administrator; who handed it in is told.

    Raises WrongState where it does not wait any more, Forbidden.
    """
    run, task = tasks.hold_open(viewer, task_id, now=now)
    row = rows.of_task(task_id)
    if row is None or task.proposed_by is None:
        raise WrongState(NOT_WAITING)
    if not may_recall(viewer, task):
        raise Forbidden()
    row.state = "draft"
    _decide(run, task, row, "recalled")
    notices.tell_of_act(run, "supplement_recalled", [row.proposed_by or ""], task, key=_key(task, now))
    return row


def _act_of_task(task: Task) -> Act:
    element = loading.load(task.definition_id).element(task.process_key, task.element_id)
    act = act_of(element) if element is not None else None
    if act is None or task.dossier_id is None:
        raise WrongState(NOT_ASKING)
    return act


def _approves(viewer: Viewer, act: Act) -> bool:
    groups = set(act.approval)
    if not viewer.groups.isdisjoint(groups) or Permission.WORK_ANY_TASK in viewer.permissions:
        return True
    return any(not one.groups.isdisjoint(groups) for one in viewer.stands_for)


def _bounded(content: Content) -> Content:
    """What is kept has bounds; beyond them nothing is in order anyway."""
    cut = [replace(item, todo=item.todo[: asking.LONGEST + 1]) for item in content.items[: asking.MOST_ITEMS + 1]]
    return Content(items=cut, reply_by=content.reply_by[:20], note=content.note[: acts.LONGEST_REASON + 1])


def _write(row: Supplement | None, viewer: Viewer, task: Task, act: Act, content: Content, now: datetime) -> Supplement:
    kept = _bounded(content)
    if row is not None and content_of(row) == kept:
        return row
    if row is None:
        row = Supplement(
            task_id=task.id, instance_id=task.instance_id, act=act.id, state="draft", version=0, answers=None,
            documents=[], before=None, proposed_by=None, proposed_at=None, decided_by=None, decided_at=None, comment="",
        )  # fmt: skip
        session().add(row)
    row.items, row.reply_by, row.note = [asdict(item) for item in kept.items], kept.reply_by, kept.note
    row.version, row.saved_by, row.saved_at = row.version + 1, viewer.username, now
    return row


def _propose(
    run: Run, task: Task, row: Supplement, act: Act, answers: Mapping[str, Any], document_ids: Iterable[str],
    absent: str | None,
) -> None:  # fmt: skip
    """Give the task to those who approve; the officer still sees it and may take it back.

    `absent`: for whom the officer stands; the task is theirs again when it comes back.
    """
    row.state, row.answers, row.documents = "proposed", dict(answers), list(document_ids)
    row.proposed_by, row.proposed_at, row.comment = run.actor, run.now, ""
    row.before = {
        "groups": task.candidate_groups,
        "users": task.candidate_users,
        "owner": absent or task.owner,
        "delegation": STANDING if absent else task.delegation,
    }
    task.proposed_by, task.candidate_groups, task.candidate_users = run.actor, list(act.approval), []
    more = {"name": task.name, "act": act.id, "items": len(row.items), "groups": list(act.approval)}
    given(run, task, None, "supplement.proposed", more=more | ({"for": absent} if absent else {}))
    members = [person.username for person in people_rows.members_of(act.approval)]
    notices.tell_of_act(run, "supplement_proposed", members, task, key=_key(task, run.now))


def _hold_waiting(viewer: Viewer, task_id: str, *, now: datetime) -> tuple[Run, Task, Supplement]:
    run, task = tasks.hold_open(viewer, task_id, now=now)
    row = rows.of_task(task_id)
    if row is None or task.proposed_by is None:
        raise WrongState(NOT_WAITING)
    if viewer.username == task.proposed_by:
        raise Forbidden(OWN)
    if not may_approve(viewer, task, _act_of_task(task)):
        raise Forbidden()
    if duties.barred(run.instance, None, viewer.username) is not None:
        raise Forbidden(duties.INTERESTED)
    return run, task, row


def _decide(
    run: Run, task: Task, row: Supplement, what: str, *, reason: str = "", behalf: Mapping[str, str] = NOTHING
) -> None:
    """Give the task back to the officer, and write down who decided what, and for whom (`behalf`).

    Who composed it for an absent colleague and stands for them no more has it no more: it is that colleague's.
    """
    before = row.before or {}
    officer, owner, delegation = row.proposed_by, before.get("owner"), before.get("delegation")
    if delegation == STANDING and what != "approved" and not _stands(officer, owner, task, run.now):
        officer, owner, delegation = owner, None, None
    row.decided_by, row.decided_at = run.actor, run.now
    task.proposed_by = None
    task.candidate_groups, task.candidate_users = before.get("groups", []), before.get("users", [])
    more = {"name": task.name, **({"reason": reason} if reason else {}), **behalf}
    given(run, task, officer, f"supplement.{what}", owner=owner, delegation=delegation, more=more)


def _stands(officer: str | None, absent: str | None, task: Task, now: datetime) -> bool:
    every = substitutions.standing(officer, now=now) if officer else ()
    return any(one.username == absent and (not one.keys or task.key in one.keys) for one in every)


def _key(task: Task, now: datetime) -> str:
    return f"{task.id}:{now.isoformat()}"
