"""The row of a draft: made, held by one verb, written; who may write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from errors import (
    Detail,
    DraftChanged,
    Forbidden,
    Invalid,
    InvalidAnswers,
    NotFound,
    TaskNotOpen,
    TaskTaken,
    TooLarge,
    WrongState,
)
from forms import drafts as contents
from services import dossiers, ids, loading, tasks
from services.permissions import Permission, Viewer, require
from services.taskrights import may_submit
from storage.rows import drafts as rows
from storage.rows import tasks as task_rows
from storage.tables import Draft, Task
from texts import Text

LARGEST = 256 * 1024
"""Bytes of one draft's answers and reason, written as JSON."""
MOST = 200
"""Drafts that one person may have begun."""
LONGEST_PLACE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What was typed: the answers by the names of the form, and the reason beside them."""

    answers: Mapping[str, Any]
    reason: str = ""


def new(viewer: Viewer, kind: str, definition_id: str, key: str, now: datetime) -> Draft:
    """Give the row of a draft to be filled in; raise Invalid for somebody who has too many."""
    if rows.count(viewer.username) >= MOST:
        rows.forget_dropped(viewer.username)
        if rows.count(viewer.username) >= MOST:
            message = Text(
                f"Bạn đã có {MOST} bản nháp. Hãy gửi hoặc bỏ bớt.", f"You have {MOST} drafts. Send or drop some first."
            )
            raise Invalid(details=[Detail(code="too_many", message=message)])
    return Draft(
        id=ids.new(now), kind=kind, owner=viewer.username, definition_id=definition_id, key=key, version=0, place=""
    )


def bind(draft: Draft, definition_id: str, case: str) -> None:
    """Bind a filing's draft to a version and case, and so to their form."""
    loaded = loading.load(definition_id)
    cases = {item.id for item in loaded.procedure.cases} if loaded.procedure else set()
    if (cases or case) and case not in cases:
        message = Text("Chọn trường hợp của bạn.", "Choose your case.")
        raise InvalidAnswers(details=[Detail(field="case", code="unknown", message=message)])
    draft.definition_id, draft.case_id, draft.form = definition_id, case, dossiers.form_of(loaded, case)


def rebind(draft: Draft, definition_id: str, case: str | None) -> None:
    """Follow the page: to the version in force, never to any other."""
    wanted = definition_id or draft.definition_id
    is_newer = wanted != draft.definition_id and wanted == dossiers.definition_in_force(draft.key).id
    bind(draft, wanted if is_newer else draft.definition_id, draft.case_id if case is None else case)


def typed(draft: Draft, answers: Mapping[str, Any], reason: str) -> Content:
    """Give what a draft keeps of what was typed: by names of its form only. Raises TooLarge."""
    kept = contents.kept(loading.form(draft.form), answers) if draft.form else {}
    if len(orjson.dumps([kept, reason])) > LARGEST:
        raise TooLarge(
            Text(
                f"Bản nháp dài quá {LARGEST // 1024} KB nên chưa lưu được. Hãy rút ngắn các câu trả lời.",
                f"The draft is longer than {LARGEST // 1024} KB and was not saved. Shorten the answers.",
            )
        )
    return Content(answers=kept, reason=reason)


def write(draft: Draft, viewer: Viewer, content: Content, *, place: str, device: str, now: datetime) -> None:
    """Write what was typed, and by whom, when and where; an empty `place` leaves that of before."""
    draft.answers, draft.reason = dict(content.answers), content.reason
    draft.place = place[:LONGEST_PLACE] or draft.place
    draft.version += 1
    draft.saved_at, draft.saved_by, draft.device = now, viewer.username, device[:100]
    draft.dropped_at = None


def keep_documents(draft: Draft, viewer: Viewer, document_ids: Iterable[str]) -> None:
    """Let a draft keep exactly these uploads: of the viewer, or of those that it keeps already."""
    rows.keep_documents(draft.id, set(document_ids), viewer.username)


def content_of(draft: Draft) -> Content:
    """Give what a draft holds."""
    return Content(answers=draft.answers, reason=draft.reason)


def held(viewer: Viewer, draft_id: str) -> Draft:
    """Load and hold a draft that the viewer may write, after its task."""
    found = rows.load(draft_id)
    if found is None:
        raise NotFound()
    if found.task_id is not None:
        workable(viewer, found.task_id)
    else:
        require(viewer, Permission.FILE_DOSSIER)
    draft = rows.load(draft_id, lock=True)
    if draft is None or (draft.kind == "filing" and draft.owner != viewer.username):
        raise NotFound()
    return draft


def workable(viewer: Viewer, task_id: str) -> Task:
    """Hold an open task that the viewer may work on: a submit waits, or has been, and then there is no draft."""
    task = task_rows.hold(task_id)
    if task is None or not tasks.may_see(viewer, task):
        raise NotFound()
    if task.state != "open":
        raise TaskNotOpen()
    if task.proposed_by is not None:
        raise WrongState(tasks.WAITS)
    if not may_submit(viewer, task):
        raise TaskTaken() if task.assignee is not None else Forbidden()
    return task


def changed(draft: Draft) -> DraftChanged:
    """Say that a draft was saved meanwhile, by whom, when and where."""
    return DraftChanged(version=draft.version, saved_by=draft.saved_by, saved_at=draft.saved_at, device=draft.device)
