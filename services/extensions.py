"""The extension of a dossier's legal limit: once, before it is due, with its ground, and the applicant is told.

How much longer is at most what the limit says (`extension`), else as much as the limit itself. The new due date is
computed by the clock (docs/decisions/0006-clock.md, rules 28 to 30 and 53), and the notice explains it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.model import Limit, LimitUnit
from clock import words
from clock.chain import ChainReading
from clock.explain import Line
from clock.explain_chain import explain_chain
from clock.model import Extension, Refused, State, Unit
from errors import Detail, Forbidden, Invalid, InvalidAnswers, NotFound, WrongState
from services import apologies, clocks, dossiers, instances, log, papers, replanning
from services.effects import Paper, clock_event
from services.permissions import Permission, Viewer, require
from services.runs import Run
from services.statuses import Status
from storage.database import verb
from storage.rows import dossiers as rows
from storage.tables import Dossier
from texts import Text

NOT_NOW = Text("Chỉ gia hạn được khi thời hạn giải quyết đang chạy.", "Only a legal limit that runs can be extended.")
NEVER = Text(
    "Thời hạn này không được gia hạn theo quy định của thủ tục.", "The procedure does not let this limit be extended."
)
TOO_LATE = Text(
    "Đã đến hạn: quá hạn thì không gia hạn được, chỉ xin lỗi và hẹn lại.",
    "It is due: what is late cannot be extended, only apologised for.",
)
WITHDRAWING = Text(
    "Người nộp đã yêu cầu rút hồ sơ: hãy xác nhận hoặc không chấp nhận yêu cầu này trước.",
    "The applicant asked for the dossier back: confirm or decline that first.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What may be extended: the limit in force, and by how much at most, in its unit."""

    limit: Limit
    most: int

    @property
    def unit(self) -> LimitUnit:
        """Give what the limit counts."""
        return self.limit.unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What an extension would do; moments are None while a pause is open."""

    amount: int
    unit: LimitUnit
    due_before: datetime | None
    due_at: datetime | None
    result_before: datetime | None
    result_at: datetime | None
    why: tuple[Line, ...]


def terms(dossier: Dossier, *, now: datetime) -> Terms:
    """Say what of a dossier may be extended; raise WrongState, with the reason, where nothing may."""
    if dossier.accepted_at is None or dossier.finished_at is not None or dossier.ended_at is not None:
        raise WrongState(NOT_NOW)
    if dossier.status == Status.WITHDRAWAL_REQUESTED:
        raise WrongState(WITHDRAWING)
    limit = clocks.limit_in_force(dossier, clocks.limits_of(dossier), now=now)
    if limit is None:
        raise WrongState(NOT_NOW)
    most = limit.amount if limit.extension is None else limit.extension
    if most < 1:
        raise WrongState(NEVER)
    _tried(dossier, limit, 1, now)
    return Terms(limit=limit, most=most)


def of_instance(viewer: Viewer, instance_id: str) -> Dossier:
    """Give the dossier that owns an instance, to who may read it and extend limits; raise Forbidden, NotFound."""
    require(viewer, Permission.EXTEND_DOSSIER)
    found = rows.of_instance(instance_id)
    if found is None:
        raise NotFound()
    return dossiers.readable(viewer, found.id)


def may_extend(viewer: Viewer, dossier: Dossier, *, now: datetime) -> bool:
    """Say whether this person may extend this dossier now."""
    if Permission.EXTEND_DOSSIER not in viewer.permissions or dossier.applicant == viewer.username:
        return False
    try:
        terms(dossier, now=now)
    except WrongState:
        return False
    return True


def outlook(viewer: Viewer, dossier: Dossier, amount: int, ground: str = "-", *, now: datetime) -> Outlook:
    """Say what an extension by so much would do; raises what `extend` would. Nothing is written."""
    require(viewer, Permission.EXTEND_DOSSIER)
    allowed = terms(dossier, now=now)
    _refuse_wrong(allowed, amount, ground)
    return _outlook(dossier, allowed.limit, amount, now)


@verb
def extend(viewer: Viewer, dossier_id: str, *, amount: int, ground: str, now: datetime) -> Dossier:
    """Extend the limit in force by `amount` of its unit: the notice is issued and the applicant told.

    Raises Forbidden, NotFound, InvalidAnswers with all that is wrong, WrongState for a second one, for one at or after
    the due moment, and where no limit runs.
    """
    require(viewer, Permission.EXTEND_DOSSIER)
    run, dossier = dossiers.hold_working(dossier_id, viewer, now=now)
    if dossier.applicant == viewer.username:
        raise Forbidden()
    allowed = terms(dossier, now=now)
    _refuse_wrong(allowed, amount, ground)
    seen = _outlook(dossier, allowed.limit, amount, now)
    clock_event(run, dossier, "extension", amount=amount, unit=allowed.unit.value)
    dossier.at_risk_at = dossier.likely_late_at = None  # the new due date is raised for itself
    clocks.refresh(dossier, run.limits, now=now)
    replanning.replan(run)
    run.notes |= {"dossier": dossier.code, "reason": instances.reason_given(ground)}
    run.notes |= {"due_before": _iso(seen.due_before), "due_at": _iso(dossier.due_at)}
    if apologies.forget_draft(dossier):
        run.notes["apology"] = "forgotten"
    _issue(run, seen)
    log.append(run.instance, "dossier.extended", actor=viewer.username, now=now, data=run.notes)
    return dossier


def _issue(run: Run, seen: Outlook) -> None:
    values = {
        "amount": seen.amount,
        "unit": seen.unit.value,
        "result_before": _iso(seen.result_before) or "",
        "result_at": _iso(seen.result_at) or "",
    }
    papers.issue(run, Paper(kind="extension_notice", element_id=""), variables=values)


def _refuse_wrong(allowed: Terms, amount: int, ground: str) -> None:
    problems = list(_problems(allowed, amount))
    try:
        instances.reason_given(ground)
    except InvalidAnswers as refused:
        problems += refused.details
    if problems:
        raise InvalidAnswers(details=problems)


def _problems(allowed: Terms, amount: int) -> Iterator[Detail]:
    if not 1 <= amount <= allowed.most:
        most = words.amount(allowed.most, Unit(allowed.unit.value))
        message = Text(f"Gia hạn từ 1 đến {most.vi}.", f"Extend by 1 to {most.en}.")
        yield Detail(field="amount", code="range", message=message)


def _outlook(dossier: Dossier, limit: Limit, amount: int, now: datetime) -> Outlook:
    before, after = _tried(dossier, limit, amount, now)
    return Outlook(
        amount=amount, unit=limit.unit, due_before=before.reading.due_at, due_at=after.reading.due_at,
        result_before=before.result_at, result_at=after.result_at, why=explain_chain(after),
    )  # fmt: skip


def _tried(dossier: Dossier, limit: Limit, amount: int, now: datetime) -> tuple[ChainReading, ChainReading]:
    """Read the clock as it is and as it would be; raise WrongState where the extension would not count."""
    limits = clocks.limits_of(dossier)
    event = Extension(at=now, amount=amount, unit=Unit(limit.unit.value))
    try:
        before = clocks.read(dossier, limits, asked_at=now)
        after = clocks.read(dossier, limits, asked_at=now, more=[event])
    except Invalid as none:  # the limit has not begun
        raise WrongState(none.details[0].message if none.details else NOT_NOW) from none
    if before is None or after is None or after.reading.state is State.NO_CALENDAR:
        raise WrongState(NOT_NOW)
    given = next((item for item in dossier.clock if item["type"] == "extension"), None)
    why = next((each.why for each in after.refused if each not in before.refused), None)
    if why is Refused.SECOND_EXTENSION and given is not None:
        raise WrongState(_given_already(given))
    if why is not None:
        raise WrongState(TOO_LATE if why is Refused.AFTER_DUE else NOT_NOW)
    return before, after


def _given_already(given: dict[str, Any]) -> Text:
    much = words.amount(given["amount"], Unit(given["unit"]))
    day = words.day(datetime.fromisoformat(given["at"]).astimezone(clocks.LOCAL))
    return Text(
        f"Hồ sơ đã được gia hạn một lần, thêm {much.vi}, ngày {day.vi}. Chỉ được gia hạn một lần.",
        f"This dossier was extended on {day.en}, by {much.en}. It can be extended only once.",
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
