"""The apology and new appointment slip (form 04): drafted before the due day is over, sent by a person, at most once.

The new appointment is computed from a number of working days, never typed. It is a promise beside the legal limit, not
instead of it: whether the dossier is late still counts from its due date (docs/decisions/0006-clock.md).
"""

from __future__ import annotations

from datetime import datetime

from clock.limits import end_of, working_minutes_between
from clock.model import Unit
from errors import Detail, Forbidden, Invalid, InvalidAnswers, NoCalendar, NotFound, WrongState
from services import clocks, documents, escalation, instances, log, notices, papers
from services.effects import Paper
from services.notices import News
from services.permissions import Permission, Viewer, require
from services.runs import Run, hold
from storage.database import session, verb
from storage.rows import apologies as rows
from storage.rows import dossiers, tasks
from storage.tables import Apology, Dossier
from texts import Text

USUAL_DAYS = 3
"""Working days that are proposed where nothing is known of the pace."""
MOST_DAYS = 60
A_DAY = 480
"""Working minutes."""


def draft(run: Run, dossier: Dossier, why: str, *, expected_at: datetime | None = None) -> bool:
    """Draft the apology of a dossier, in the present transaction, unless there is one; say whether."""
    if dossier.due_at is None or rows.of(dossier.id) is not None:
        return False
    days = _proposed(dossier, expected_at, now=run.now)
    session().add(
        Apology(
            dossier_id=dossier.id, unit_code=dossier.unit_code, state="drafted", why=why, drafted_at=run.now,
            due_at=dossier.due_at, days=days, reason="", appointment_at=None, decided_at=None, decided_by=None,
            document_id=None,
        )
    )  # fmt: skip
    text = Text(
        f"Đã có dự thảo phiếu xin lỗi và hẹn lại cho {dossier.code}",
        f"An apology with a new appointment is drafted for {dossier.code}",
    )
    news = _news(dossier, f"apology:{dossier.id}:{dossier.due_at:%Y%m%d%H%M}", text)
    notices.tell(escalation.heads(dossier.unit_code), news, now=run.now)
    return True


def forget_draft(dossier: Dossier) -> bool:
    """Forget the draft of a dossier whose due date was moved by law: a new one is made when it is at risk again."""
    row = rows.of(dossier.id)
    if row is None or row.state != "drafted":
        return False
    session().delete(row)
    session().flush()
    return True


def of_dossier(viewer: Viewer, dossier_id: str) -> tuple[Dossier, Apology]:
    """Give a dossier with its apology, for those who may read it; raise NotFound."""
    dossier, apology = dossiers.load(dossier_id), rows.of(dossier_id)
    if dossier is None or apology is None or not documents.may_read_dossier(viewer, dossier):
        raise NotFound()
    return dossier, apology


def is_there(dossier: Dossier) -> bool:
    """Say whether an apology was drafted for a dossier: none is before something was raised."""
    raised = dossier.likely_late_at or dossier.at_risk_at or dossier.breached_at
    return raised is not None and rows.of(dossier.id) is not None


def may_decide(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether this person may send the apology: a head of the unit, who is not the applicant."""
    return (
        Permission.SUPERVISE_UNIT in viewer.permissions
        and dossier.applicant != viewer.username
        and documents.may_read_dossier(viewer, dossier)
    )


def units_of(viewer: Viewer) -> tuple[str, ...] | None:
    """Give the units whose drafts this viewer sees; None for all."""
    if Permission.SEE_ALL in viewer.permissions:
        return None
    return (viewer.unit,) if Permission.SUPERVISE_UNIT in viewer.permissions and viewer.unit else ()


def may_edit(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether this person may write the draft: who holds a task of the dossier, and who decides."""
    if dossier.applicant == viewer.username:
        return False
    holds = any(task.assignee == viewer.username for task in tasks.open_of(dossier.instance_id))
    return holds or may_decide(viewer, dossier)


def is_over(dossier: Dossier) -> bool:
    """Say whether there is nothing to promise any more."""
    return dossier.finished_at is not None or dossier.ended_at is not None


def appointment(dossier: Dossier, days: int, *, now: datetime) -> datetime:
    """Give the appointment so many working days after the due date, or after now where that has passed.

    Raises Invalid for a number that makes no sense, WrongState while nothing is due.
    """
    if not 1 <= days <= MOST_DAYS:
        message = Text(f"Hẹn lại từ 1 đến {MOST_DAYS} ngày làm việc.", f"Give 1 to {MOST_DAYS} working days more.")
        raise Invalid(details=[Detail(field="days", code="range", message=message)])
    due_at = promised(dossier, now=now)
    if due_at is None:
        raise WrongState(
            Text("Đồng hồ đang tạm dừng: chưa có ngày hẹn để hẹn lại.", "The clock is paused: there is no appointment.")
        )
    calendar = clocks.calendar(clocks.agency_of(dossier))
    last = due_at - clocks.A_MINUTE  # the closing itself counts as the next day (rule 1)
    return end_of(calendar, max(now, last), days, Unit.WORKING_DAYS)


def promised(dossier: Dossier, *, now: datetime) -> datetime | None:
    """Give the appointment that the applicant has: where limits follow each other, that of the last one."""
    if dossier.due_at is None or dossier.accepted_at is None:
        return dossier.due_at
    chain = clocks.read(dossier, clocks.limits_of(dossier), asked_at=max(now, dossier.accepted_at))
    return (chain.result_at if chain else None) or dossier.due_at


@verb
def edit(viewer: Viewer, dossier_id: str, *, days: int, reason: str, now: datetime) -> Apology:
    """Write the draft anew; one that was dropped is a draft again, and who decides is told that the reason is there.

    Raises Forbidden, NotFound, WrongState, and with all that is wrong Invalid.
    """
    run, dossier, apology = _hold(viewer, dossier_id, now=now, decides=False)
    _check_open(dossier, apology)
    reason = given(dossier, days, reason, now=now)
    apology.state, apology.days, apology.reason = "drafted", days, reason
    apology.decided_at = apology.decided_by = None
    data = {"dossier": dossier.code, "days": days, "reason": reason}
    log.append(run.instance, "dossier.apology_edited", actor=viewer.username, now=now, data=data)
    if not may_decide(viewer, dossier):
        text = Text(
            f"{viewer.name} đã soạn phiếu xin lỗi và hẹn lại cho {dossier.code}",
            f"{viewer.name} wrote the apology with a new appointment for {dossier.code}",
        )
        key = f"apology_written:{run.instance.id}:{run.instance.log_seq}"
        notices.tell(escalation.heads(dossier.unit_code), _news(dossier, key, text, reason), now=now)
    return apology


@verb
def send_back(viewer: Viewer, dossier_id: str, reason: str, *, now: datetime) -> Apology:
    """Have the draft written anew by those who hold the dossier's tasks; they are told why."""
    run, dossier, apology = _hold(viewer, dossier_id, now=now)
    if apology.state != "drafted":
        raise WrongState()
    _check_open(dossier, apology)
    reason = instances.reason_given(reason)
    data = {"dossier": dossier.code, "reason": reason}
    log.append(run.instance, "dossier.apology_sent_back", actor=viewer.username, now=now, data=data)
    text = Text(
        f"{viewer.name} nhờ soạn lại phiếu xin lỗi của {dossier.code}",
        f"{viewer.name} asks you to write the apology of {dossier.code} again",
    )
    key = f"apology_back:{run.instance.id}:{run.instance.log_seq}"
    to = escalation.assignees(tasks.open_of(run.instance.id), dossier)
    told = [person for person in to if person.username != viewer.username]
    notices.tell(told, _news(dossier, key, text, reason), now=now)
    return apology


@verb
def approve(viewer: Viewer, dossier_id: str, *, days: int, reason: str, now: datetime) -> Apology:
    """Send the apology with its new appointment: the slip is issued and the applicant told.

    Raises Forbidden, NotFound, Invalid with all that is wrong, WrongState for a second one, one for a dossier whose
    result is there, or while the clock is paused.
    """
    run, dossier, apology = _hold(viewer, dossier_id, now=now)
    _check_open(dossier, apology)
    reason = given(dossier, days, reason, now=now)
    before, after = promised(dossier, now=now), appointment(dossier, days, now=now)
    apology.state, apology.days, apology.reason = "approved", days, reason
    apology.appointment_at = dossier.appointment_at = after
    apology.decided_at, apology.decided_by = now, viewer.username
    run.notes |= {"reason": reason, "dossier": dossier.code, "appointment_at": after.isoformat(), "days": days}
    values = {"due_before": before.isoformat() if before else "", "appointment_at": after.isoformat(), "days": days}
    document = papers.issue(run, Paper(kind="apology_slip", element_id=""), variables=values)
    apology.document_id = document.id if document else None
    log.append(run.instance, "dossier.reappointed", actor=viewer.username, now=now, data=run.notes)
    return apology


@verb
def drop(viewer: Viewer, dossier_id: str, reason: str, *, now: datetime) -> Apology:
    """Decide that no apology is needed; it can be sent after all as long as the dossier is open."""
    run, dossier, apology = _hold(viewer, dossier_id, now=now)
    if apology.state != "drafted":
        raise WrongState()
    reason = instances.reason_given(reason)
    apology.state, apology.reason, apology.decided_at, apology.decided_by = "dropped", reason, now, viewer.username
    data = {"dossier": dossier.code, "reason": reason}
    log.append(run.instance, "dossier.apology_dropped", actor=viewer.username, now=now, data=data)
    return apology


def given(dossier: Dossier, days: int, reason: str, *, now: datetime) -> str:
    """Give the reason as it is kept; raise InvalidAnswers with all that is wrong, WrongState while nothing is due."""
    problems: list[Detail] = []
    try:
        appointment(dossier, days, now=now)
    except Invalid as refused:
        problems += refused.details
    try:
        reason = instances.reason_given(reason)
    except InvalidAnswers as refused:
        problems += refused.details
    if problems:
        raise InvalidAnswers(details=problems)
    return reason


def _check_open(dossier: Dossier, apology: Apology) -> None:
    if apology.state == "approved":
        raise WrongState(Text("Hồ sơ đã được hẹn lại một lần.", "This dossier was given its new appointment already."))
    if is_over(dossier):
        raise WrongState(
            Text("Hồ sơ đã xong, không hẹn lại nữa.", "This dossier is done: there is nothing to promise.")
        )


def _hold(viewer: Viewer, dossier_id: str, *, now: datetime, decides: bool = True) -> tuple[Run, Dossier, Apology]:
    if decides:
        require(viewer, Permission.SUPERVISE_UNIT)
    found = dossiers.load(dossier_id)
    if found is None or not documents.may_read_dossier(viewer, found):
        raise NotFound()
    run = hold(found.instance_id, actor=viewer.username, now=now)
    apology = rows.of(dossier_id)
    if run.dossier is None or apology is None:
        raise NotFound()
    if not (may_decide if decides else may_edit)(viewer, run.dossier):
        raise Forbidden()
    return run, run.dossier, apology


def _news(dossier: Dossier, key: str, text: Text, detail: str = "") -> News:
    return News(
        key=key, kind="apology", text=text, url=f"/dossiers/{dossier.id}/apology", dossier_id=dossier.id,
        detail=Text(detail, detail),
    )  # fmt: skip


def _proposed(dossier: Dossier, expected_at: datetime | None, *, now: datetime) -> int:
    """Propose as many working days as the dossier is likely to need beyond its appointment, or beyond now."""
    if expected_at is None:
        return USUAL_DAYS
    try:
        calendar = clocks.calendar(clocks.agency_of(dossier))
        minutes = working_minutes_between(calendar, max(promised(dossier, now=now) or now, now), expected_at)
    except NoCalendar:
        minutes = 0
    return min(-(-minutes // A_DAY), MOST_DAYS) if minutes > 0 else USUAL_DAYS
