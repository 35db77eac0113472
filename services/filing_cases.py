"""The case of a filing that is not sent yet: another one, and the answers that go with the old."""

from __future__ import annotations

from datetime import datetime

from forms import drafts as contents
from forms.drafts import Lost
from forms.model import Form, Names
from services import dossiers, drafts, filings, loading
from services.filings import Resumed
from services.permissions import Viewer
from storage.database import verb
from storage.tables import Draft

NO_FORM = Form(id="", components=(), names=Names({}))
"""Of a case that asks for papers only."""


def lost(resumed: Resumed, case: str) -> tuple[Lost, ...]:
    """Name the answers for which the form of another case has no field."""
    form_id = dossiers.form_of(loading.load(resumed.definition.id), case)
    if resumed.form is None:
        return ()
    return contents.lost(resumed.form, loading.form(form_id) if form_id else NO_FORM, resumed.answers)


@verb
def change(viewer: Viewer, draft_id: str, case: str, *, now: datetime, device: str = "") -> Draft:
    """Choose another case; papers that it does not ask for stay with the draft, answers that it does not ask go."""
    resumed = filings.resume(viewer, draft_id)
    return drafts.save(
        viewer,
        draft_id,
        resumed.answers,
        seen_version=resumed.draft.version,
        now=now,
        device=device,
        definition_id=resumed.definition.id,
        case=case,
    )
