"""Two have changed one draft: one content is chosen, the other set aside, and taken back where that was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from errors import WrongState
from services.draft_rows import Content, changed, content_of, held, keep_documents, typed, write
from services.permissions import Viewer
from storage.database import verb
from storage.rows import drafts as rows
from storage.tables import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """The content that was not chosen, and whose it was."""

    content: Content
    saved_by: str
    saved_at: datetime
    device: str


@verb
def settle(
    viewer: Viewer,
    draft_id: str,
    answers: Mapping[str, Any],
    *,
    keep: Literal["mine", "theirs"],
    seen_version: int,
    now: datetime,
    reason: str = "",
    device: str = "",
    document_ids: Iterable[str] = (),
) -> Draft:
    """Choose between what one has typed (`answers`) and what was saved meanwhile; the other one is set aside.

    `seen_version`: that of what was saved. The uploads of both stay. Raises DraftChanged where it was saved once more.
    """
    draft = held(viewer, draft_id)
    if seen_version != draft.version:
        raise changed(draft)
    mine = typed(draft, answers, reason)
    if keep == "mine":
        draft.set_aside = _aside(content_of(draft), draft.saved_by, draft.saved_at, draft.device)
        write(draft, viewer, mine, place="", device=device, now=now)
    else:
        draft.set_aside = _aside(mine, viewer.username, now, device)
    keep_documents(draft, viewer, [*(document.id for document in rows.documents_of(draft.id)), *document_ids])
    return draft


@verb
def swap(viewer: Viewer, draft_id: str, *, seen_version: int, now: datetime, device: str = "") -> Draft:
    """Take back the content that was set aside; the present one is set aside instead. Raises DraftChanged."""
    draft = held(viewer, draft_id)
    other = set_aside(draft)
    if other is None:
        raise WrongState()
    if seen_version != draft.version:
        raise changed(draft)
    draft.set_aside = _aside(content_of(draft), draft.saved_by, draft.saved_at, draft.device)
    write(draft, viewer, other.content, place="", device=device, now=now)
    return draft


def set_aside(draft: Draft) -> SetAside | None:
    """Give the content that was not chosen when two had changed the draft, or None."""
    kept = draft.set_aside
    if kept is None:
        return None
    return SetAside(
        content=Content(answers=kept["answers"], reason=kept["reason"]),
        saved_by=kept["saved_by"],
        saved_at=datetime.fromisoformat(kept["saved_at"]),
        device=kept["device"],
    )


def _aside(content: Content, saved_by: str, saved_at: datetime, device: str) -> dict[str, Any]:
    who = {"saved_by": saved_by, "saved_at": saved_at.isoformat(), "device": device}
    return {"answers": dict(content.answers), "reason": content.reason, **who}
