"""What the pages of one filing show of it: its pages, where it stands, its files, whose version was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import request

from errors import Detail
from forms import drafts as contents
from forms import pages
from forms.allowance import measured
from forms.fill import Filling, fill
from forms.pages import Page, State
from forms.views import FieldView
from services import draft_conflicts, drafts, filing_pages, filings, legal, loading
from services.filing_pages import PAPERS, Overview, Step
from services.filings import Resumed
from services.permissions import Viewer
from storage.queries import people
from storage.queries.drafts import DraftRow
from texts import Text
from web import drafting
from web.applicant import uploads
from web.applicant.uploads import COMPONENT, Received

LAST_LOOK = Text("Kiểm tra và gửi", "Check and send")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One draft that can be gone on with."""

    row: DraftRow
    case: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingView:
    """A filing that is not sent yet, as its pages show it."""

    viewer: Viewer
    resumed: Resumed
    overview: Overview
    received: Received
    """The files that it keeps, those of other cases aside."""
    now: datetime

    @property
    def id(self) -> str:
        """Give the draft's id."""
        return self.resumed.draft.id

    @property
    def url(self) -> str:
        """Give the address of its list of pages."""
        return f"/my/drafts/{self.id}"

    @property
    def key(self) -> str:
        """Give the key of its procedure."""
        return self.resumed.draft.key

    @property
    def name(self) -> Text:
        """Give the procedure's name."""
        return Text(self.resumed.definition.name, self.resumed.definition.name_en)

    @property
    def procedure_url(self) -> str:
        """Give the address of its procedure."""
        return f"/procedures/{self.key}"

    @property
    def case(self) -> str:
        """Give the id of its case."""
        return self.resumed.case

    @property
    def case_name(self) -> Text:
        """Give the words of its case."""
        return legal.case_name(self.resumed.procedure, self.case)

    @property
    def components(self) -> Sequence[Any]:
        """Give the papers that the case needs, one id once."""
        return tuple({part.id: part for part in self.resumed.procedure.components_of(self.case)}.values())

    @property
    def terms(self) -> legal.CaseTerms:
        """Give what the case takes: its time limit and its fees."""
        return next(term for term in self.all_terms if term.id == self.case)

    @property
    def all_terms(self) -> Sequence[legal.CaseTerms]:
        """Give what each case takes."""
        return legal.terms(self.resumed.procedure, now=self.now)

    @property
    def is_short(self) -> bool:
        """Say whether it is one page and the last look, so that a list of pages says nothing."""
        return len(self.overview.steps) <= 1

    @property
    def next(self) -> Step | None:
        """Give the page to go on with: the one worked on last where it is not done, else the first that is left."""
        left = [step for step in self.overview.needed if step.is_left or step.state is State.NOT_STARTED]
        return next((step for step in left if step.id == self.resumed.draft.place), left[0] if left else None)

    @property
    def done(self) -> int:
        """Count the pages that are done."""
        return sum(step.state is State.DONE for step in self.overview.needed)

    def at(self, page_id: str = "") -> str:
        """Give the address of a page."""
        return f"{self.url}/{page_id}" if page_id else self.url

    def step(self, page_id: str) -> Step | None:
        """Give a page by its id."""
        return next((step for step in self.overview.steps if step.id == page_id), None)

    def number(self, page_id: str) -> int:
        """Give the number of a page among those that are needed, from 1."""
        return next((n for n, step in enumerate(self.overview.needed, 1) if step.id == page_id), 1)

    def after(self, page_id: str) -> str:
        """Give the address to go to once a page is done: the next page, at the end the last look or what is left."""
        needed = self.overview.needed
        for step in needed[self.number(page_id) :]:
            return self.at(step.id)
        return self.at(pages.CHECK) if self.overview.is_ready else self.url

    def before(self, page_id: str) -> str:
        """Give the address of the page before; of the first that of the list."""
        number = self.number(page_id)
        return self.at(self.overview.needed[number - 2].id) if number > 1 else self.url

    def place_of(self, problem: Detail) -> tuple[str, Text] | None:
        """Give where a problem is mended: the address, and the name of the page."""
        for step in self.overview.steps:
            if problem in step.errors:
                field = problem.field.removeprefix(COMPONENT)
                anchor = f"component-{field}" if step.id == PAPERS else f"f-{field.replace('.', '-')}"
                return f"{self.at(step.id)}?back=check#{anchor}", step.title
        return None

    def fields(
        self,
        page: Page,
        data: Mapping[str, Any],
        *,
        errors: Sequence[Detail] = (),
        readonly: bool = False,
        received: Received | None = None,
        filled: Filling | None = None,
    ) -> tuple[FieldView, ...]:
        """Give what one page shows of the form."""
        if self.resumed.form is None:
            return ()
        return pages.views(
            self.resumed.form,
            page,
            data,
            errors=errors,
            readonly=readonly,
            variables={"case": self.case},
            files=(received or self.received).links,
            refreshable=True,
            now=self.now,
            filled=filled,
        )

    def sections(self) -> list[tuple[Step, tuple[FieldView, ...]]]:
        """Give each page that is needed with its answers for reading; the form is filled once for all of them."""
        form, stored = self.resumed.form, self.overview.data
        if form is None:
            return []
        data = stored if stored is not None else self.resumed.answers
        shown = [(step, step.page) for step in self.overview.needed]
        with measured():
            filled = fill(form, data, {"case": self.case}, now=self.now, as_stored=True)
            return [(step, self.fields(page, data, readonly=True, filled=filled)) for step, page in shown if page]

    def files_with(self, received: Received | None) -> Received:
        """Give the files that it keeps together with those that were just sent."""
        if received is None:
            return self.received
        gone = set(request.form.getlist(uploads.REMOVED))
        files = {file.id: file for file in (*self.received.files, *received.files) if file.id not in gone}
        return replace(received, files=tuple(files.values()))

    def other(self, mine: Mapping[str, Any]) -> drafting.Other:
        """Say of what is saved whose it is, and where it differs from what was just sent."""
        draft = self.resumed.draft
        return self._other(mine, self.resumed.answers, draft.saved_by, draft.saved_at, draft.device)

    def aside(self) -> drafting.Other | None:
        """Say of the version that was not chosen whose it is, and where it differs from what is saved."""
        aside = draft_conflicts.set_aside(self.resumed.draft)
        form = self.resumed.form
        if aside is None or form is None:
            return None
        theirs = contents.read_back(form, contents.kept(form, aside.content.answers))
        found = self._other(self.resumed.answers, theirs, aside.saved_by, aside.saved_at, aside.device)
        return found if found.differences else None

    def _other(
        self, mine: Mapping[str, Any], theirs: Mapping[str, Any], saved_by: str, saved_at: datetime, device: str
    ) -> drafting.Other:
        form, draft = self.resumed.form, self.resumed.draft
        found: tuple[contents.Difference, ...] = ()
        if form is not None:
            found = contents.differences(
                form, mine, theirs, variables={"case": self.case}, files=self.received.links, now=self.now
            )
        return drafting.Other(
            draft_id=draft.id,
            version=draft.version,
            name=people.names_of([saved_by]).get(saved_by, saved_by),
            is_own=saved_by == self.viewer.username,
            saved_at=saved_at,
            device=device,
            differences=found,
        )


def load(viewer: Viewer, draft_id: str, now: datetime) -> FilingView:
    """Give one's own filing as it stands; raise NotFound."""
    resumed = filings.resume(viewer, draft_id)
    overview = filing_pages.overview(viewer, resumed, now=now)
    wanted = {part.id for part in resumed.procedure.components_of(resumed.case)}
    every = {part.id for part in resumed.procedure.components}
    shown = [document for document in overview.documents if document.kind in wanted or document.kind not in every]
    return FilingView(viewer=viewer, resumed=resumed, overview=overview, received=uploads.of_draft(shown), now=now)


def lines_of(viewer: Viewer, key: str) -> list[Line]:
    """Give one's own drafts of a procedure, the one saved last first."""
    return [Line(row=row, case=_case(row)) for row in drafts.of(viewer) if row.key == key]


def _case(row: DraftRow) -> Text:
    procedure = loading.load(row.definition_id).procedure if row.case_id else None
    return legal.case_name(procedure, row.case_id) if procedure else Text("", "")
