"""Drafts: what somebody types is kept on the server until it is sent, on every device and however wrong it is.

A filing's draft is its owner's alone; a task has one, shared by those who may work on it. Who saves says which version
was seen, so nobody overwrites what a colleague, or another device, saved meanwhile: DraftChanged says who, when and
where, and draft_conflicts.py takes the person's choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from errors import NotFound
from forms import drafts as contents
from services import dossiers, draft_rows, loading
from services.draft_rows import Content
from services.permissions import Permission, Viewer, require
from services.taskrights import may_submit
from storage.database import session, verb
from storage.queries import drafts as queries
from storage.queries.drafts import DraftRow
from storage.rows import drafts as rows
from storage.rows import tasks as task_rows
from storage.tables import Document, Task
from storage.tables import Draft as Draft  # pages name the row by this module


@verb
def begin(
    viewer: Viewer,
    procedure: str,
    answers: Mapping[str, Any],
    *,
    now: datetime,
    case: str = "",
    place: str = "",
    device: str = "",
    document_ids: Iterable[str] = (),
) -> Draft:
    """Begin the draft of a filing of a procedure in force.

    Raises NotFound, WrongState where the procedure was retired, InvalidAnswers for a case that it does not have,
    TooLarge, and Invalid for somebody with too many drafts.
    """
    require(viewer, Permission.FILE_DOSSIER)
    row = dossiers.definition_in_force(procedure)
    draft = draft_rows.new(viewer, "filing", row.id, row.key, now)
    draft_rows.bind(draft, row.id, case)
    draft_rows.write(draft, viewer, draft_rows.typed(draft, answers, ""), place=place, device=device, now=now)
    session().add(draft)
    session().flush()
    draft_rows.keep_documents(draft, viewer, document_ids)
    return draft


@verb
def save(
    viewer: Viewer,
    draft_id: str,
    answers: Mapping[str, Any],
    *,
    seen_version: int,
    now: datetime,
    reason: str = "",
    place: str = "",
    device: str = "",
    document_ids: Iterable[str] | None = None,
    definition_id: str = "",
    case: str | None = None,
) -> Draft:
    """Save a draft; the same content again changes nothing.

    `answers`: all of them, as `forms.submission.from_post` gives them; names that the form does not have are left out.
    `document_ids`: the uploads that the draft keeps from now on; None: those of before. `definition_id` and `case`, of
    a filing only: the version in force that the page showed, where it is newer than the draft's, and another case.
    Raises DraftChanged where somebody else, or another device, saved after `seen_version`.
    """
    draft = draft_rows.held(viewer, draft_id)
    if draft.kind == "filing" and (definition_id or case is not None):
        draft_rows.rebind(draft, definition_id, case)
    return _save(
        viewer, draft, draft_rows.typed(draft, answers, reason), document_ids, seen_version, place, device, now
    )


@verb
def save_task(
    viewer: Viewer,
    task_id: str,
    answers: Mapping[str, Any],
    *,
    seen_version: int,
    now: datetime,
    reason: str = "",
    device: str = "",
    document_ids: Iterable[str] | None = None,
) -> Draft:
    """Save the draft of a task as `save` does, and begin it where there is none (`seen_version` 0: none was seen).

    Raises NotFound, TaskNotOpen, TaskTaken, Forbidden for those who may not work on it.
    """
    task = draft_rows.workable(viewer, task_id)
    draft = rows.of_task(task_id)
    if draft is None:
        draft = draft_rows.new(viewer, "task", task.definition_id, task.key, now)
        draft.task_id, draft.case_id, draft.form = task.id, "", task.form
    elif draft.dropped_at is not None:
        seen_version = draft.version
    draft.definition_id, draft.form = task.definition_id, task.form
    task.has_draft = True
    content = draft_rows.typed(draft, answers, reason)
    if not draft.version:
        draft_rows.write(draft, viewer, content, place="", device=device, now=now)
        session().add(draft)
        session().flush()
        draft_rows.keep_documents(draft, viewer, document_ids or ())
        return draft
    return _save(viewer, draft, content, document_ids, seen_version, "", device, now)


@verb
def drop(viewer: Viewer, draft_id: str, *, now: datetime) -> Draft:
    """Throw a draft away; for a day it can be taken back (`restore`)."""
    draft = draft_rows.held(viewer, draft_id)
    draft.dropped_at = draft.dropped_at or now
    _flag(draft, has_draft=False)
    return draft


@verb
def restore(viewer: Viewer, draft_id: str, *, now: datetime) -> Draft:
    """Take back a draft that was thrown away."""
    draft = draft_rows.held(viewer, draft_id)
    draft.dropped_at = None
    _flag(draft, has_draft=True)
    return draft


def of(viewer: Viewer) -> Sequence[DraftRow]:
    """Give one's own drafts of filings, the one saved last first."""
    return queries.filings_of(viewer.username, draft_rows.MOST)


def count_of(viewer: Viewer) -> int:
    """Count one's own drafts of filings."""
    return queries.count_filings(viewer.username)


def own(viewer: Viewer, draft_id: str) -> Draft:
    """Give one's own draft of a filing; raise NotFound otherwise."""
    draft = rows.load(draft_id)
    if draft is None or draft.kind != "filing" or draft.owner != viewer.username or draft.dropped_at is not None:
        raise NotFound()
    return draft


def of_task(viewer: Viewer, task: Task) -> Draft | None:
    """Give the draft of a task to who may work on it; of a closed one to who wrote it. No statement where none is."""
    if not task.has_draft or not may_submit(viewer, task):
        return None
    draft = rows.of_task(task.id)
    if draft is None or draft.dropped_at is not None:
        return None
    return draft if task.state == "open" or viewer.username in (draft.owner, draft.saved_by) else None


def answers_of(draft: Draft) -> dict[str, Any]:
    """Give the answers of a draft, for `forms.views.fields` and `forms.validate` (with the form it was typed into)."""
    return contents.read_back(loading.form(draft.form), draft.answers) if draft.form else {}


def documents_of(draft: Draft) -> Sequence[Document]:
    """Give the uploads that a draft keeps."""
    return rows.documents_of(draft.id)


def _save(
    viewer: Viewer,
    draft: Draft,
    content: Content,
    document_ids: Iterable[str] | None,
    seen_version: int,
    place: str,
    device: str,
    now: datetime,
) -> Draft:
    if content == draft_rows.content_of(draft):
        draft.place, draft.dropped_at = place[: draft_rows.LONGEST_PLACE] or draft.place, None
    elif seen_version != draft.version:
        raise draft_rows.changed(draft)
    else:
        draft_rows.write(draft, viewer, content, place=place, device=device, now=now)
    if document_ids is not None:
        draft_rows.keep_documents(draft, viewer, document_ids)
    return draft


def _flag(draft: Draft, *, has_draft: bool) -> None:
    task = task_rows.load(draft.task_id) if draft.task_id else None
    if task is not None:
        task.has_draft = has_draft
