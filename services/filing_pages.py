"""One page of a filing at a time: what is left to do, saving a page, and the choice where it was changed elsewhere.

A page knows by its mark whether somebody saved *it* meanwhile; changes of other pages do not stand in its way, and
saving one leaves theirs alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from errors import Detail, InvalidAnswers, NotFound
from forms import pages
from forms.allowance import measured
from forms.fill import fill
from forms.pages import Page, State
from services import documents, dossiers, draft_conflicts, draft_rows, drafts, filings
from services.filings import Resumed
from services.permissions import Viewer
from storage.database import verb
from storage.tables import Document, Draft
from texts import Text

PAPERS = "papers"
"""The id of the page of the papers."""
RECENT = 3
"""Drafts among which a second press of the button looks for that of the first."""
PAPERS_TITLE = Text("Giấy tờ kèm theo", "Papers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the filing, as its list of pages says it; `page` is None for the papers."""

    id: str
    title: Text
    state: State
    errors: tuple[Detail, ...]
    page: Page | None = None

    @property
    def is_left(self) -> bool:
        """Say whether something is still to be done here."""
        return bool(self.errors)

    @property
    def is_optional(self) -> bool:
        """Say whether it can be left empty."""
        return self.page.is_optional if self.page is not None else not self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How far a filing has come."""

    steps: tuple[Step, ...]
    check: Page | None
    """What the form asks beside the last look."""
    problems: tuple[Detail, ...]
    """All that keeps it from being sent, what is asked beside the last look among them."""
    rest: tuple[Detail, ...]
    """Problems that belong to no page."""
    data: Mapping[str, Any] | None
    """The answers as they would be filed; None while something is wrong."""
    documents: tuple[Document, ...]
    """All uploads that the draft keeps."""

    @property
    def left(self) -> tuple[Step, ...]:
        """Give the pages on which something is still to be done."""
        return tuple(step for step in self.steps if step.is_left)

    @property
    def needed(self) -> tuple[Step, ...]:
        """Give the pages that these answers need."""
        return tuple(step for step in self.steps if step.state is not State.NOT_NEEDED)

    @property
    def is_ready(self) -> bool:
        """Say whether the last look can be taken: every page is done."""
        return not self.left and not self.rest


def filing_id(draft_id: str) -> str:
    """Give the id of the dossier that a draft becomes: however often it is sent, and on how many devices, it is one."""
    return hashlib.sha256(f"filing {draft_id}".encode()).hexdigest()[:32]


def overview(viewer: Viewer, resumed: Resumed, *, now: datetime, typed: Mapping[str, Any] | None = None) -> Overview:
    """Say what of a filing is done and what is left, with the answers `typed` instead of those that are saved."""
    answers = resumed.answers if typed is None else typed
    kept = tuple(drafts.documents_of(resumed.draft))
    components = {part.id for part in resumed.procedure.components_of(resumed.case)}
    problems, data = _checked(resumed, answers, kept, components, now)
    papers = tuple(problem for problem in problems if problem.field.startswith("component."))
    others = [problem for problem in problems if problem not in papers]
    steps: list[Step] = []
    check, rest = None, tuple(others)
    if resumed.form is not None:
        with measured():
            filled = fill(resumed.form, answers, {"case": resumed.case}, now=now)
        rest = pages.unowned(resumed.form, others)
        for one in pages.progress(resumed.form, answers, others, filled=filled):
            if one.page.id == pages.CHECK:
                check = one.page
            else:
                steps.append(Step(id=one.page.id, title=one.title, state=one.state, errors=one.errors, page=one.page))
    if components:
        has_papers = any(document.kind in components for document in kept)
        state = State.IN_PROGRESS if has_papers and papers else State.DONE if has_papers else State.NOT_STARTED
        steps.append(Step(id=PAPERS, title=PAPERS_TITLE, state=state, errors=papers))
    return Overview(steps=tuple(steps), check=check, problems=tuple(problems), rest=rest, data=data, documents=kept)


def mark(page: Page | None, answers: Mapping[str, Any]) -> str:
    """Give a short mark of what a page holds: another one means that somebody saved it meanwhile."""
    held = pages.part(page, answers) if page is not None else {}
    return hashlib.sha256(orjson.dumps(held, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()[:16]


@verb
def save_page(
    viewer: Viewer,
    draft_id: str,
    page_id: str,
    sent: Mapping[str, Any],
    *,
    seen: str,
    now: datetime,
    device: str = "",
    document_ids: Iterable[str] = (),
    keep: Literal["mine", "theirs"] | None = None,
    other_version: int = 0,
) -> Draft:
    """Save one page of a filing, however wrong, bound to the version in force; the same again changes nothing.

    `sent`: the answers of this page as `forms.submission.from_post` gives them. `seen`: the mark of the page as it was
    shown. `document_ids`: uploads that came with it; those of before stay. `keep`: the choice after a DraftChanged, of
    the version `other_version`; what is not kept is set aside. Raises NotFound, TooLarge, InvalidAnswers where the
    version in force has not the draft's case, DraftChanged where this page was saved meanwhile.
    """
    draft = draft_rows.held(viewer, draft_id)
    draft.dropped_at = None  # thrown away in another tab, and typed into here
    resumed = filings.resume(viewer, draft_id)
    page = pages.find_page(resumed.form, page_id) if resumed.form is not None else None
    if page is None and page_id not in (PAPERS, pages.CHECK):
        raise NotFound()
    answers = pages.merged(page, resumed.answers, sent) if page is not None else resumed.answers
    before, after = mark(page, resumed.answers), mark(page, answers)
    if keep is None and before not in (seen, after, mark(None, {})):
        raise draft_rows.changed(draft)
    draft_rows.rebind(draft, resumed.definition.id, resumed.case)
    before_it = drafts.documents_of(draft)
    if page is None:
        kept = _once(before_it, documents.staged(viewer, document_ids))
    else:
        kept = [*(document.id for document in before_it), *document_ids]
    if keep is not None:
        return draft_conflicts.settle(
            viewer, draft_id, answers, keep=keep, seen_version=other_version, now=now, reason=draft.reason,
            device=device, document_ids=kept,
        )  # fmt: skip
    content = draft_rows.typed(draft, answers, draft.reason)
    if content != draft_rows.content_of(draft) or draft.version == 0:
        draft_rows.write(draft, viewer, content, place=page_id, device=device, now=now)
    else:
        draft.place = page_id[: draft_rows.LONGEST_PLACE]
    draft_rows.keep_documents(draft, viewer, kept)
    return draft


def begun(viewer: Viewer, procedure: str, press: str) -> str | None:
    """Give the id of the draft that this press of the button has begun already; None: it is the first press."""
    for row in drafts.of(viewer)[:RECENT]:
        if row.key == procedure and press and drafts.own(viewer, row.id).place == press:
            return row.id
    return None


def _once(kept: Iterable[Document], came: Iterable[Document]) -> list[str]:
    """Give the ids of all uploads, a paper that came twice once: a post that is sent again brings its files again."""
    found = {(document.kind, document.file_name, document.sha256): document.id for document in (*came, *kept)}
    return list(found.values())


def _checked(
    resumed: Resumed, answers: Mapping[str, Any], kept: Sequence[Document], components: set[str], now: datetime
) -> tuple[Sequence[Detail], Mapping[str, Any] | None]:
    """Give what is wrong with all of it, and the answers as they would be filed."""
    form_id = resumed.form_id
    named: Mapping[str, str] = {}
    if resumed.form is not None:
        named = documents.named_in(resumed.form, answers, variables={"case": resumed.case}, now=now)
    staged = [document for document in kept if document.kind in components or document.id in named]
    try:
        return (), dossiers.checked(resumed.procedure, form_id, answers, case=resumed.case, staged=staged, now=now)
    except InvalidAnswers as refused:
        return refused.details, None
