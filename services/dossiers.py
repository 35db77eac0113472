"""Dossiers: file, withdraw, confirm or decline a withdrawal, stop; look one up by its codes."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson

from bpmn.model import Procedure
from errors import DefinitionSuspended, Detail, Forbidden, InvalidAnswers, Malformed, NotFound, WrongState
from forms.validate import validate
from services import acceptance, clocks, documents, effects, instances, loading, log, notifications, searching
from services.folding import fold
from services.permissions import Permission, Viewer, require
from services.record import record
from services.runs import Run, hold
from services.statuses import NEXT, Status
from storage.database import session, verb
from storage.rows import definitions, drafts
from storage.rows import dossiers as rows
from storage.tables import Definition, Document, Dossier, Instance
from texts import Text

CHECK_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without figures and letters that are mistaken for each other (0 O, 1 I L)."""
CHECK_LENGTH = 8
OUT_OF_SERVICE = Text(
    "Thủ tục này đang tạm ngừng tiếp nhận. Hãy nộp lại sau; hồ sơ đã nộp không bị ảnh hưởng.",
    "This procedure takes no dossiers for now. File again later; dossiers that were filed are not touched.",
)
FILING_ID = re.compile(r"[0-9a-f]{32}")
NO_ANSWER = Text("Hết hạn trả lời yêu cầu.", "There was no answer in time.")


@verb
def file(
    viewer: Viewer,
    procedure: str,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    case: str = "",
    document_ids: Iterable[str] = (),
    channel: str = "online",
    filing_id: str = "",
    draft_id: str = "",
) -> Dossier:
    """File a dossier: validate everything at once, give it its code, start its instance and the acceptance limit.

    `procedure` is the key of a procedure in force. `filing_id` (32 hexadecimal figures, new for each filing) becomes
    the dossier's id: who sends the same filing again gets the dossier of the first time. `draft_id`: one's own draft,
    which is deleted with it. Raises InvalidAnswers with every field and missing component, NotFound, WrongState where
    the procedure was retired, DefinitionSuspended.
    """
    require(viewer, Permission.FILE_DOSSIER)
    ids = list(dict.fromkeys(document_ids))
    uploads = documents.staged(viewer, ids)  # before the look for the same filing, whose commit takes them away
    if filing_id and (before := filed_before(viewer, filing_id)) is not None:
        return before
    row, legal = _procedure(procedure)
    form_id = form_of(loading.load(row.id), case)
    data = checked(legal, form_id, answers, case=case, staged=uploads, now=now)
    code = next_code(legal.agency_code, now)
    acceptance_due_at, at_risk_at = acceptance.limit_of(legal.agency_code, filed_at=now)
    variables = {
        **data,
        "applicant": viewer.username,
        "applicant_name": viewer.name,
        "dossier_code": code,
        "case": case,
    }
    run, step = instances.begin(row.id, variables, actor=viewer.username, now=now, business_key=code)
    session().flush()
    dossier = Dossier(
        id=filing_id or uuid4().hex,
        code=code,
        check_code=new_check_code(),
        instance_id=run.instance.id,
        definition_id=row.id,
        key=row.key,
        procedure_name=row.name,
        procedure_name_en=row.name_en or row.name,
        case_id=case,
        channel=channel,
        applicant=viewer.username,
        applicant_name=viewer.name,
        unit_code=legal.unit,
        form_id=form_id,
        answers=data,
        search_text=fold(f"{code} {viewer.name} {row.name} {_words(data)}"),
        filed_at=now,
        status=Status.SUBMITTED.value,
        acceptance_due_at=acceptance_due_at,
        next_deadline_at=at_risk_at,
        clock=[],
        clock_state="not_started",
    )
    session().add(dossier)
    session().flush()
    searching.put(dossier)
    run.dossier = dossier
    run.notes = {
        "code": code,
        "procedure": row.key,
        "version": row.version,
        "case": case,
        "channel": channel,
        "applicant": viewer.username,
        "statuses": [Status.SUBMITTED.value],
        "answers_sha256": hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        "documents": documents.attach(viewer, ids, dossier) if ids else [],
    }
    record(run, step, "dossier.filed")
    if draft_id:
        drafts.delete_filing(draft_id, viewer.username)
    instances.drain(run)
    return dossier


def check(
    viewer: Viewer,
    procedure: str,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    case: str = "",
    document_ids: Iterable[str] = (),
) -> dict[str, Any]:
    """Give the answers as they would be filed, for a last look; raises what `file` would. Nothing is written."""
    require(viewer, Permission.FILE_DOSSIER)
    row, legal = _procedure(procedure)
    form_id = form_of(loading.load(row.id), case)
    return checked(legal, form_id, answers, case=case, staged=documents.staged(viewer, document_ids), now=now)


@verb
def withdraw(viewer: Viewer, dossier_id: str, reason: str, *, now: datetime) -> Dossier:
    """Ask for one's own dossier back (status 7); the clock runs on until an officer confirms."""
    require(viewer, Permission.FILE_DOSSIER)
    run, dossier = _hold(dossier_id, viewer, now=now)
    if dossier.applicant != viewer.username:
        raise NotFound()
    if Status.WITHDRAWAL_REQUESTED not in NEXT[Status(dossier.status)]:
        raise WrongState(
            Text("Hồ sơ ở trạng thái này không rút được nữa.", "In this state a dossier can no longer be withdrawn.")
        )
    dossier.status_before_withdrawal = dossier.status
    run.notes["reason"] = instances.reason_given(reason)
    effects.set_status(run, dossier, Status.WITHDRAWAL_REQUESTED)
    log.append(run.instance, "dossier.withdrawal_requested", actor=run.actor, now=now, data=run.notes)
    return dossier


@verb
def confirm_withdrawal(viewer: Viewer, dossier_id: str, *, now: datetime) -> Dossier:
    """Confirm a withdrawal: status 8, the clock stops, every open task closes."""
    require(viewer, Permission.CONFIRM_WITHDRAWAL)
    run, dossier = hold_working(dossier_id, viewer, now=now)
    if dossier.status != Status.WITHDRAWAL_REQUESTED:
        raise WrongState()
    _stop(run, dossier, "dossier.withdrawn", "")
    return dossier


@verb
def decline_withdrawal(viewer: Viewer, dossier_id: str, reason: str, *, now: datetime) -> Dossier:
    """Go on with a dossier whose applicant took the withdrawal back (or it cannot be granted): the status of before."""
    own = Permission.CONFIRM_WITHDRAWAL not in viewer.permissions
    run, dossier = _hold(dossier_id, viewer, now=now) if own else hold_working(dossier_id, viewer, now=now)
    if own and dossier.applicant != viewer.username:
        raise NotFound()
    if dossier.status != Status.WITHDRAWAL_REQUESTED or dossier.status_before_withdrawal is None:
        raise WrongState()
    run.notes["reason"] = instances.reason_given(reason)
    effects.set_status(run, dossier, Status(dossier.status_before_withdrawal))
    dossier.status_before_withdrawal = None
    log.append(run.instance, "dossier.withdrawal_declined", actor=run.actor, now=now, data=run.notes)
    return dossier


@verb
def stop(viewer: Viewer, dossier_id: str, reason: str, *, now: datetime) -> Dossier:
    """Stop a dossier with a reason (status 8): the clock stops, every open task closes, the applicant is told."""
    require(viewer, Permission.STOP_DOSSIER)
    run, dossier = hold_working(dossier_id, viewer, now=now)
    if Status.STOPPED not in NEXT[Status(dossier.status)]:
        raise WrongState(Text("Hồ sơ ở trạng thái này không dừng được.", "In this state a dossier cannot be stopped."))
    _stop(run, dossier, "dossier.stopped", instances.reason_given(reason))
    notifications.tell(run, dossier, "stopped", "")
    return dossier


def definition_in_force(key: str) -> Definition:
    """Give the version of a procedure that takes filings; raise NotFound, or WrongState once it was retired."""
    row = definitions.published("process", key)
    if row is not None and row.is_procedure:
        return row
    last = definitions.by_version("process", key, definitions.last_version("process", key))
    if last is not None and last.is_procedure and last.state == "retired":
        raise WrongState(
            Text(
                "Thủ tục này đã bãi bỏ, không nhận hồ sơ mới.", "This procedure was retired and takes no new dossiers."
            )
        )
    raise NotFound()


def _procedure(key: str) -> tuple[Definition, Procedure]:
    row = definition_in_force(key)
    if row.suspended_at is not None:
        raise DefinitionSuspended(OUT_OF_SERVICE)
    legal = loading.load(row.id).procedure
    if legal is None:
        raise NotFound()
    return row, legal


def filed_before(viewer: Viewer, filing_id: str) -> Dossier | None:
    """Give the dossier that this filing became when it was sent before."""
    if not FILING_ID.fullmatch(filing_id):
        raise Malformed()
    before = rows.load(filing_id)
    if before is not None and before.applicant != viewer.username:
        raise NotFound()
    return before


def form_of(loaded: loading.Loaded, case: str) -> str:
    """Give the definition id of the form a case is filed with, or an empty string."""
    legal = loaded.procedure
    named = next((c.form for c in legal.cases if c.id == case and c.form), "") if legal else ""
    process = loaded.definition.process
    return loaded.form_id(process.key, named or process.start_form)


def readable(viewer: Viewer, dossier_id: str) -> Dossier:
    """Load a dossier that the viewer may read; raise NotFound otherwise."""
    dossier = rows.load(dossier_id)
    if dossier is None or not documents.may_read_dossier(viewer, dossier):
        raise NotFound()
    return dossier


def instance_of(viewer: Viewer, dossier: Dossier) -> Instance:
    """Give the instance of a dossier that the viewer may read; raise NotFound otherwise."""
    instance = session().get(Instance, dossier.instance_id, populate_existing=True)
    if instance is None or not documents.may_read_dossier(viewer, dossier):
        raise NotFound()
    return instance


def own(viewer: Viewer, code: str) -> Dossier:
    """Load one of one's own dossiers by its code; raise NotFound otherwise."""
    dossier = rows.by_code(code)
    if dossier is None or dossier.applicant != viewer.username:
        raise NotFound()
    return dossier


def tracked(code: str, check_code: str) -> Dossier:
    """Find a dossier by its two codes, for the public page; raise NotFound for a wrong pair."""
    dossier = rows.by_code(code.strip().upper())
    given = check_code.strip().upper().replace(" ", "").replace("-", "")
    if dossier is None or not hmac.compare_digest(dossier.check_code.encode(), given.encode()):
        raise NotFound(Text("Không có hồ sơ nào với mã và mã tra cứu này.", "No dossier has this code and check code."))
    return dossier


def _hold(dossier_id: str, viewer: Viewer, *, now: datetime) -> tuple[Run, Dossier]:
    found = rows.load(dossier_id)
    if found is None:
        raise NotFound()
    run = hold(found.instance_id, actor=viewer.username, now=now)
    if run.dossier is None:
        raise NotFound()
    return run, run.dossier


def hold_working(dossier_id: str, viewer: Viewer, *, now: datetime) -> tuple[Run, Dossier]:
    """Lock a dossier for an act on the whole of it; raise NotFound, and Forbidden for its own applicant."""
    run, dossier = _hold(dossier_id, viewer, now=now)
    if not documents.may_read_dossier(viewer, dossier):
        raise NotFound()
    if dossier.applicant == viewer.username:
        raise Forbidden()
    return run, dossier


def lapse(run: Run, dossier: Dossier) -> None:
    """Close a dossier whose applicant has not answered in time (status 8): every open task closes, it is told."""
    _stop(run, dossier, "dossier.lapsed", NO_ANSWER.vi)
    notifications.tell(run, dossier, "stopped", "")


def _stop(run: Run, dossier: Dossier, kind: str, reason: str) -> None:
    effects.set_status(run, dossier, Status.STOPPED)
    clocks.refresh(dossier, run.limits, now=run.now)
    dossier.next_deadline_at = None
    instances.end(run, kind, reason=reason)


def checked(
    legal: Procedure, form_id: str, answers: Mapping[str, Any], *, case: str, staged: Sequence[Document], now: datetime
) -> dict[str, Any]:
    """Validate case, answers and components together, so that all that is wrong is said at once."""
    problems: list[Detail] = []
    if (legal.cases or case) and case not in {item.id for item in legal.cases}:
        problems.append(
            Detail(field="case", code="unknown", message=Text("Chọn trường hợp của bạn.", "Choose your case."))
        )
    data: dict[str, Any] = {}
    named: dict[str, str] = {}
    if form_id:
        form = loading.form(form_id)
        validated = validate(form, answers, variables={"case": case}, now=now)
        problems += validated.errors
        data = validated.data
        named = documents.named_in(form, answers, variables={"case": case}, now=now)
    elif answers:
        problems += [
            Detail(field=name, code="unknown", message=Text("Không có ô này.", "There is no such field."))
            for name in answers
        ]
    parts = legal.components_of(case)
    given = {document.kind for document in staged if document.id not in named}
    here = {document.id for document in staged}
    problems += [
        Detail(field=field, code="gone", message=Text("Tệp không còn, hãy tải lên lại.", "Upload this file again."))
        for document_id, field in named.items()
        if document_id not in here
    ]
    problems += [
        Detail(
            field=f"component.{part.id}",
            code="required",
            message=Text(f"Cần tải lên: {part.name.vi}.", f"Upload: {part.name.en}."),
        )
        for part in parts
        if part.required and part.id not in given
    ]
    problems += [
        Detail(
            field="documents",
            code="unknown",
            message=Text("Tệp không thuộc thành phần nào.", "A file belongs to no component."),
        )
        for kind in sorted(given - {part.id for part in parts})
    ]
    if problems:
        raise InvalidAnswers(details=problems)
    return data


def new_check_code() -> str:
    """Give a code that only the applicant knows, to follow a dossier with."""
    return "".join(secrets.choice(CHECK_LETTERS) for _ in range(CHECK_LENGTH))


def next_code(agency: str, now: datetime) -> str:
    """Give the next code of an agency and day, without a gap."""
    day = now.astimezone(clocks.LOCAL).strftime("%y%m%d")
    return f"{agency}-{day}-{rows.next_number(f'dossier:{agency}:{day}'):04d}"


def _words(data: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in data.values() if isinstance(value, str))
