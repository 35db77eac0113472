"""One page of a filing at a time: saving it, what meets with others, papers sent twice, another case, a newer form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from errors import DraftChanged, NotFound, WrongState
from forms import pages
from forms.pages import State
from services import draft_conflicts, drafts, filing_cases, filing_pages, filings
from services.filing_pages import PAPERS
from services.permissions import Viewer
from tests.office import PROCEDURE, Office, course
from tests.services.test_filings import version

ANSWERS = course("granted_at_once")["answers"]
LABORATORY, APPLICANT = "Group_laboratory", "Group_applicant"


def mark(viewer: Viewer, draft_id: str, page_id: str) -> str:
    """Give the mark of a page as it stands."""
    resumed = filings.resume(viewer, draft_id)
    assert resumed.form is not None
    return filing_pages.mark(pages.find_page(resumed.form, page_id), resumed.answers)


def saved(office: Office, draft_id: str, page_id: str, sent: dict[str, Any], **more: Any) -> Any:
    viewer = office.viewer("nguoinop")
    seen = more.pop("seen", None) or mark(viewer, draft_id, page_id)
    return filing_pages.save_page(viewer, draft_id, page_id, sent, seen=seen, now=office.now, **more)


def test_a_filing_is_saved_page_by_page_and_sent_once(office: Office) -> None:
    viewer = office.viewer("nguoinop")
    draft_id = drafts.begin(viewer, PROCEDURE, {}, now=office.now).id
    begun = filing_pages.overview(viewer, filings.resume(viewer, draft_id), now=office.now)
    assert [step.state for step in begun.steps] == [State.NOT_STARTED] * 7
    assert (begun.is_ready, len(begun.left)) == (False, 6)
    for step in begun.steps[:-1]:
        draft = saved(office, draft_id, step.id, ANSWERS)
        assert draft.place == step.id
    saved(office, draft_id, PAPERS, {}, document_ids=office.papers())
    draft = saved(office, draft_id, pages.CHECK, ANSWERS)
    ready = filing_pages.overview(viewer, filings.resume(viewer, draft_id), now=office.now)
    assert (ready.is_ready, ready.problems) == (True, ())
    assert ready.data is not None
    filing_id = filing_pages.filing_id(draft_id)
    sent = [
        filings.send(viewer, draft_id, seen_version=draft.version, now=office.now, filing_id=filing_id)
        for _ in range(2)
    ]
    assert sent[0].id == sent[1].id == filing_id
    with pytest.raises(NotFound):
        saved(office, draft_id, LABORATORY, ANSWERS, seen="x")


def test_different_pages_never_meet_and_the_same_page_asks(office: Office) -> None:
    viewer = office.viewer("nguoinop")
    draft_id = drafts.begin(viewer, PROCEDURE, {}, now=office.now).id
    saved(office, draft_id, LABORATORY, {"laboratory_name": "một"})
    seen = mark(viewer, draft_id, LABORATORY)
    saved(office, draft_id, APPLICANT, {"organization_name": "A", "laboratory_name": "of another page"})
    saved(office, draft_id, LABORATORY, {"laboratory_name": "hai"}, seen=seen, device="Phone")
    assert filings.resume(viewer, draft_id).answers == {"organization_name": "A", "laboratory_name": "hai"}
    saved(office, draft_id, LABORATORY, {"laboratory_name": "hai"}, seen=seen)  # the same again
    with pytest.raises(DraftChanged) as changed:
        saved(office, draft_id, LABORATORY, {"laboratory_name": "ba"}, seen=seen)
    assert changed.value.device == "Phone"
    with pytest.raises(DraftChanged):
        saved(office, draft_id, LABORATORY, {"laboratory_name": "ba"}, seen=seen, keep="mine", other_version=1)
    version_ = changed.value.version
    saved(office, draft_id, LABORATORY, {"laboratory_name": "ba"}, seen=seen, keep="mine", other_version=version_)
    resumed = filings.resume(viewer, draft_id)
    assert resumed.answers == {"organization_name": "A", "laboratory_name": "ba"}
    aside = draft_conflicts.set_aside(resumed.draft)
    assert aside is not None
    assert aside.content.answers["laboratory_name"] == "hai"


def test_a_post_that_is_sent_again_brings_its_papers_once(office: Office) -> None:
    viewer = office.viewer("nguoinop")
    draft_id = drafts.begin(viewer, PROCEDURE, {}, now=office.now).id
    for _ in range(2):
        saved(office, draft_id, PAPERS, {}, document_ids=office.papers())
    kept = drafts.documents_of(drafts.own(viewer, draft_id))
    assert sorted(document.kind for document in kept) == sorted({document.kind for document in kept})


def test_a_second_press_begins_no_second_draft(office: Office) -> None:
    viewer = office.viewer("nguoinop")
    draft = drafts.begin(viewer, PROCEDURE, {}, now=office.now, place="press")
    assert filing_pages.begun(viewer, PROCEDURE, "press") == draft.id
    assert filing_pages.begun(viewer, PROCEDURE, "another") is None
    assert filing_pages.begun(viewer, PROCEDURE, "") is None
    assert filing_pages.begun(office.viewer("nguoinop2"), PROCEDURE, "press") is None


def test_somebody_elses_draft_and_a_page_that_is_none_are_not_there(office: Office) -> None:
    draft_id = drafts.begin(office.viewer("nguoinop"), PROCEDURE, {}, now=office.now).id
    other = office.viewer("nguoinop2")
    with pytest.raises(NotFound):
        filing_pages.save_page(other, draft_id, LABORATORY, {}, seen="", now=office.now)
    with pytest.raises(NotFound):
        saved(office, draft_id, "nope", {}, seen="x")


def test_saving_a_page_of_the_form_in_force_binds_the_draft_to_it(office: Office) -> None:
    version(office, "name", "fax")
    viewer = office.viewer("nguoinop")
    draft_id = drafts.begin(viewer, "permit", {"name": "An", "fax": "024"}, now=office.now).id
    version(office, "name", "email")
    assert filings.resume(viewer, draft_id).is_carried
    with pytest.raises(WrongState):
        filings.send(viewer, draft_id, seen_version=1, now=office.now)
    draft = saved(office, draft_id, pages.FIRST, {"email": "a@b.vn"})
    resumed = filings.resume(viewer, draft_id)
    assert (resumed.is_carried, resumed.answers) == (False, {"name": "An", "email": "a@b.vn"})
    later = office.now + timedelta(minutes=1)
    assert filings.send(viewer, draft_id, seen_version=draft.version, now=later).answers["name"] == "An"


def test_what_another_case_does_not_ask_is_named(office: Office) -> None:
    viewer = office.viewer("nguoinop")
    draft_id = drafts.begin(viewer, "imported-cosmetics", {}, case="changes", now=office.now).id
    resumed = filings.resume(viewer, draft_id)
    assert resumed.form is not None
    previous = pages.find_page(resumed.form, "Group_previous")
    assert previous is not None
    (first,) = min(previous.paths)
    saved(office, draft_id, "Group_previous", {first: "12"})
    resumed = filings.resume(viewer, draft_id)
    assert [one.answer.vi for one in filing_cases.lost(resumed, "new")] == ["12"]
    assert filing_cases.lost(resumed, "changes") == ()
    filing_cases.change(viewer, draft_id, "new", now=office.now)
    assert filings.resume(viewer, draft_id).answers == {}
