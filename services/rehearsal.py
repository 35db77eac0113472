"""Rehearsal: what a step would do to a dossier, tried out on a copy, so that it can be refused or told before."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.events import Step
from errors import Conflict, Detail, EngineError, Invalid, WrongState
from services import effects
from services.effects import Paper
from services.runs import Run
from services.statuses import NAMES, Status
from storage.tables import Dossier
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What would come of a step for the dossier."""

    statuses: tuple[Status, ...] = ()
    papers: tuple[Paper, ...] = ()


def rehearsed(run: Run, step: Step) -> Rehearsed:
    """Try out a step that an operator brings about; without a dossier there is nothing to try.

    Raises WrongState where the applicant has asked for the dossier back, Conflict where it would be left undone, and
    Invalid where its status cannot follow (a dossier is not accepted by leaving out its acceptance).
    """
    if run.dossier is None:
        return Rehearsed()
    before = Status(run.dossier.status)
    if before is Status.WITHDRAWAL_REQUESTED:
        raise WrongState(
            Text(
                "Người nộp đã yêu cầu rút hồ sơ: cán bộ cần xác nhận hoặc không chấp nhận yêu cầu này trước.",
                "The applicant asked for the dossier back: an officer must confirm or decline that first.",
            )
        )
    if step.status == "cancelled":
        raise Conflict(
            Text(
                "Sau việc này phiên chạy không còn gì và hồ sơ bị bỏ dở: hãy dừng hồ sơ.",
                "Nothing would be left of this instance, and its dossier would be left undone: stop the dossier.",
            )
        )
    copy = Dossier(**{column.key: getattr(run.dossier, column.key) for column in Dossier.__table__.columns})
    trial = replace(run, dossier=copy, notes={})
    try:
        done = effects.apply(trial, step.events, variables=step.variables)
    except EngineError as wrong:
        raise Invalid(details=[_cannot_follow(Status(copy.status), wrong)]) from None
    return Rehearsed(statuses=tuple(map(Status, trial.notes.get("statuses", ()))), papers=tuple(done.papers))


def _cannot_follow(status: Status, wrong: EngineError) -> Detail:
    name, at = NAMES[status], wrong.element_id
    message = Text(
        f"Hồ sơ đang ở trạng thái “{name.vi}”, “{at}” đặt trạng thái không theo sau được: hãy qua bước còn thiếu.",
        f"The dossier is “{name.en}”; “{at}” sets a status that cannot follow: go by the step in between.",
    )
    return Detail(code="status", element_id=at, message=message)
