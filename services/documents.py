"""Documents: uploads are typed by their content, limited in size, hashed and kept outside the web root."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import uuid4

from errors import Detail, Invalid, InvalidAnswers, NotFound
from forms.model import Form
from forms.views import fields, flat
from services import filetypes, papers
from services.intake import Accepted, Intake, accept
from services.permissions import Viewer, scope_of
from services.room import require_room
from services.runs import Run
from services.taskrights import may_submit, sees_for
from storage.blobs import Blobs
from storage.database import session, verb
from storage.rows import dossiers as rows
from storage.rows import drafts, tasks
from storage.tables import Document, Dossier, Task
from texts import Text

MOST_PER_DOSSIER = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file as it came: its name, its bytes, the component it is for."""

    name: str
    stream: BinaryIO
    component: str


def stage(viewer: Viewer, upload: Upload, intake: Intake, *, now: datetime) -> Document:
    """Keep an upload until its dossier is filed or its task submitted.

    Raises TooLarge, WrongMediaType where the content is of no allowed kind or is not safe, Invalid where it is empty,
    holds a virus or is more than one may have, NotScanned while the virus scanner is silent.
    """
    accepted = accept(upload.stream, safe_name(upload.name), upload.component, intake)
    return keep(viewer, accepted, intake, now=now)


@verb
def keep(viewer: Viewer, accepted: Accepted, intake: Intake, *, now: datetime) -> Document:
    """Make an accepted file a document that waits for its filing or task; raise Invalid past what one may have."""
    require_room(viewer, accepted.component, accepted.size, intake)
    return staged_row(viewer, accepted, now=now)


def staged_row(viewer: Viewer, accepted: Accepted, *, now: datetime) -> Document:
    """Write the document of an accepted file, in the present transaction."""
    document = Document(
        id=uuid4().hex,
        dossier_id=None,
        origin="upload",
        kind=accepted.component,
        number="",
        file_name=accepted.name,
        media_type=accepted.media_type,
        size=accepted.size,
        sha256=accepted.sha256,
        created_by=viewer.username,
        created_at=now,
    )
    session().add(document)
    session().flush()
    return document


@verb
def unstage(viewer: Viewer, document_id: str) -> None:
    """Drop an upload of one's own that was not sent yet."""
    for document in rows.staged([document_id], viewer.username):
        session().delete(document)


def staged(viewer: Viewer, document_ids: Iterable[str], *, task: Task | None = None) -> Sequence[Document]:
    """Give one's own uploads that were not sent yet, and those that the draft of this task keeps."""
    is_shared = task is not None and task.has_draft and may_submit(viewer, task)
    return rows.staged(document_ids, viewer.username, task_id=task.id if task is not None and is_shared else None)


def named_in(form: Form, answers: Mapping[str, Any], *, variables: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Give document id -> dotted path of every file that the file fields in sight name."""
    shown = flat(fields(form, answers, variables=variables, now=now))
    return {choice.value: view.path for view in shown if view.kind == "filepicker" for choice in view.choices}


def of_dossier(viewer: Viewer, dossier: Dossier) -> Sequence[Document]:
    """Give the papers issued for a dossier and the files uploaded to it, the oldest first; raise NotFound."""
    if not may_read_dossier(viewer, dossier):
        raise NotFound()
    return rows.documents_of(dossier.id)


def attach_to_task(viewer: Viewer, document_ids: Iterable[str], run: Run, task: Task) -> list[dict[str, object]]:
    """Give staged uploads to the dossier of a task, in its transaction; give what the log says of them."""
    ids = list(dict.fromkeys(document_ids))
    if not ids:
        return []
    if run.dossier is None:
        raise InvalidAnswers(
            details=[
                Detail(
                    field="documents",
                    code="no_dossier",
                    message=Text("Việc này không thuộc hồ sơ nào.", "This task belongs to no dossier."),
                )
            ]
        )
    return attach(viewer, ids, run.dossier, task=task)


def attach(
    viewer: Viewer, document_ids: Iterable[str], dossier: Dossier, *, task: Task | None = None
) -> list[dict[str, object]]:
    """Give staged uploads to a dossier; raise Invalid where one is not the viewer's or is gone."""
    ids = list(dict.fromkeys(document_ids))
    found = staged(viewer, ids, task=task)
    if len(found) != len(ids):
        message = Text(
            "Một tệp đính kèm không còn. Hãy tải lên lại.", "An attached file is no longer there. Upload it again."
        )
        raise Invalid(details=[Detail(field="documents", code="gone", message=message)])
    if (count := len(ids) + len(rows.documents_of(dossier.id))) > MOST_PER_DOSSIER:
        message = Text(
            f"Hồ sơ có {count} tệp, nhiều nhất là {MOST_PER_DOSSIER}. Hãy bỏ bớt hoặc gộp tệp ở mục giấy tờ.",
            f"The dossier has {count} files; {MOST_PER_DOSSIER} are the most. Remove some, or merge some into one.",
        )
        raise Invalid(details=[Detail(field="documents", code="too_many", message=message)])
    rows.attach(ids, dossier.id, task.id if task is not None else None)
    return [
        {"document": d.id, "component": d.kind, "name": d.file_name, "size": d.size, "sha256": d.sha256} for d in found
    ]


def download(viewer: Viewer, document_id: str, blobs: Blobs, *, address: str = "") -> tuple[Document, BinaryIO]:
    """Give a document and its content, open for reading; raise NotFound where the viewer may not read it.

    An issued one is printed now if nobody has yet; `address` is where people reach us, for its QR code.
    """
    document = session().get(Document, document_id)
    if document is None or not _may_read(viewer, document):
        raise NotFound()
    if document.origin == "issued":
        return papers.printed(document_id, blobs, address=address)
    return document, blobs.open(document.sha256)


def may_read_dossier(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether a viewer may read a dossier: its applicant, those whose scope holds it, and who works on it."""
    scope = scope_of(viewer)
    if dossier.applicant == viewer.username or scope.sees_all or scope.all_dossiers:
        return True
    if not scope.works:
        return False
    if dossier.unit_code in scope.dossier_units or tasks.took_part(dossier.id, scope):
        return True
    open_tasks = tasks.open_of(dossier.instance_id)
    return any(task.proposed_by == viewer.username or sees_for(viewer, task) for task in open_tasks)


def may_read_internal(viewer: Viewer, dossier: Dossier) -> bool:
    """Say whether a viewer may read what colleagues added for each other: never the applicant, officer or not."""
    return viewer.is_staff and dossier.applicant != viewer.username and may_read_dossier(viewer, dossier)


def _may_read(viewer: Viewer, document: Document) -> bool:
    if document.dossier_id is None:
        return document.created_by == viewer.username or _is_shared(viewer, document)
    dossier = rows.load(document.dossier_id)
    if dossier is not None and document.origin == "internal":
        return may_read_internal(viewer, dossier)
    return dossier is not None and may_read_dossier(viewer, dossier)


def _is_shared(viewer: Viewer, document: Document) -> bool:
    """Say whether an upload is in the draft of a task that the viewer may work on."""
    draft = drafts.load(document.draft_id) if document.draft_id else None
    task = tasks.load(draft.task_id) if draft is not None and draft.task_id else None
    return task is not None and task.state == "open" and may_submit(viewer, task)


def download_name(document: Document) -> str:
    """Give the name to save a document under: it ends as its content says, so that no PDF is opened as a program."""
    wanted = filetypes.EXTENSIONS.get(document.media_type, "")
    ends = (".jpg", ".jpeg") if wanted == ".jpg" else (wanted,)
    return document.file_name if document.file_name.lower().endswith(ends) else f"{document.file_name}{wanted}"


def safe_name(name: str) -> str:
    """Give a file name without path, control characters and marks that other systems refuse; never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = "".join("_" if sign in '<>:"|?*' or not sign.isprintable() else sign for sign in last).strip(" .")
    return clean[-150:] or "tep"
