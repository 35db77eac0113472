"""A filing that is not sent yet: its draft as the version in force now takes it, and sending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.model import Procedure
from errors import MotcuaError, NotFound, WrongState
from forms import drafts as contents
from forms.drafts import Lost
from forms.model import Form
from services import documents, dossiers, draft_rows, drafts, loading
from services.permissions import Permission, Viewer, require
from storage.database import verb
from storage.rows import definitions
from storage.tables import Definition, Dossier, Draft
from texts import Text

CHANGED = Text(
    "Biểu mẫu của thủ tục vừa thay đổi từ lúc bạn lưu. Bản nháp đã chuyển sang biểu mẫu mới: hãy xem lại rồi gửi.",
    "The form of this procedure has changed since you saved. Your draft was moved to the new form: look at it, then "
    "send it.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A draft of a filing as it goes on: with the form of the version in force, whichever it was typed into."""

    draft: Draft
    definition: Definition
    """In force; of a retired procedure, that of the draft. Its id goes back with `drafts.save`."""
    procedure: Procedure
    case: str
    """Empty where the version in force no longer has the draft's case (`case_is_gone`)."""
    form_id: str
    """Definition id of `form`; empty: the case has none."""
    form: Form | None
    answers: Mapping[str, Any]
    is_carried: bool
    """A newer version with another form is in force than the one that was typed into."""
    case_is_gone: bool
    lost: tuple[Lost, ...]
    """Answers for which the newer form has no field."""
    is_retired: bool

    @property
    def is_suspended(self) -> bool:
        """Say whether the procedure takes no dossiers for now; the draft can be worked on all the same."""
        return self.definition.suspended_at is not None


def resume(viewer: Viewer, draft_id: str) -> Resumed:
    """Go on with one's own draft; raise NotFound. Nothing is written: `drafts.save` binds it to the newer version."""
    return _resumed(drafts.own(viewer, draft_id))


@verb
def send(
    viewer: Viewer, draft_id: str, *, seen_version: int, now: datetime, filing_id: str = "", channel: str = "online"
) -> Dossier:
    """File the dossier that a draft holds, with the uploads that it keeps, and delete the draft.

    Sent twice with one `filing_id`, the second answer is the dossier of the first. Raises DraftChanged where it was
    saved after `seen_version`, WrongState where another form came into force after it was saved, and what
    `dossiers.file` raises.
    """
    require(viewer, Permission.FILE_DOSSIER)
    before = dossiers.filed_before(viewer, filing_id) if filing_id else None
    if before is not None:
        return before
    draft = draft_rows.held(viewer, draft_id)
    if draft.kind != "filing":
        raise NotFound()
    if draft.version != seen_version:
        raise draft_rows.changed(draft)
    resumed = _resumed(draft)
    if resumed.is_carried:
        raise WrongState(CHANGED)
    return dossiers.file(
        viewer,
        draft.key,
        resumed.answers,
        now=now,
        case=resumed.case,
        document_ids=_documents(resumed, now),
        channel=channel,
        filing_id=filing_id,
        draft_id=draft.id,
    )


def _resumed(draft: Draft) -> Resumed:
    row, is_retired = _in_force(draft)
    loaded = loading.load(row.id)
    if loaded.procedure is None:
        raise NotFound()
    cases = {item.id for item in loaded.procedure.cases}
    case = draft.case_id if draft.case_id in cases else ""
    form_id = dossiers.form_of(loaded, case)
    form = loading.form(form_id) if form_id else None
    old = loading.form(draft.form) if draft.form else None
    is_carried = old != form  # a form that came again as it was is another definition, but the same form
    return Resumed(
        draft=draft,
        definition=row,
        procedure=loaded.procedure,
        case=case,
        form_id=form_id,
        form=form,
        answers=contents.read_back(form, contents.kept(form, draft.answers)) if form else {},
        is_carried=is_carried,
        case_is_gone=bool(cases) and not case,
        lost=contents.lost(old, form, draft.answers) if is_carried and old and form else (),
        is_retired=is_retired,
    )


def _in_force(draft: Draft) -> tuple[Definition, bool]:
    try:
        return dossiers.definition_in_force(draft.key), False
    except MotcuaError:
        row = definitions.load(draft.definition_id)
        if row is None:
            raise
        return row, True


def _documents(resumed: Resumed, now: datetime) -> list[str]:
    """Give the uploads of components that the case has, and those that the answers name."""
    components = {part.id for part in resumed.procedure.components_of(resumed.case)}
    named: Mapping[str, str] = {}
    if resumed.form is not None:
        named = documents.named_in(resumed.form, resumed.answers, variables={"case": resumed.case}, now=now)
    kept = drafts.documents_of(resumed.draft)
    return [document.id for document in kept if document.kind in components or document.id in named]
