"""Filings that are not sent yet: resumed, carried over to a newer version, sent with their papers."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from errors import DraftChanged, InvalidAnswers, NotFound, WrongState
from services import definitions, documents, dossiers, drafts, filings, loading
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import Draft
from tests.engine.diagrams import end, start, user
from tests.office import PROCEDURE, Office, course
from tests.services.bundles import form, procedure, text

CASES = '<motcua:case id="new" nameVi="Mới" nameEn="New"/><motcua:case id="again" nameVi="Lại" nameEn="Again"/>'


def version(office: Office, *fields: str, key: str = "permit", **more: str) -> str:
    """Deploy a version of a procedure whose start form and only task ask for these fields; give its definition's id."""
    parts = (
        start("s", motcua__form="apply", motcua__nationalStatus="1"),
        user("do", motcua__candidateGroups="specialist_prevention", motcua__form="apply"), end("e"), "s -> do -> e",
    )  # fmt: skip
    schema = form("apply", *(text(name, required=True) for name in fields))
    deployed = office.deploy(procedure(key, *parts, apply__form=schema, **more))
    return next(row.id for row in deployed.definitions if row.kind == "process")


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Draft)) or 0


def names(form_id: str) -> list[str]:
    return list(loading.form(form_id).names.inner or ())


def test_a_draft_is_its_owners_alone(office: Office) -> None:
    draft = drafts.begin(office.viewer("nguoinop"), PROCEDURE, {}, place="applicant", now=office.now)
    stranger = office.viewer("nguoinop2")
    for act in (drafts.own, filings.resume):
        with pytest.raises(NotFound):
            act(stranger, draft.id)
    with pytest.raises(NotFound):
        drafts.save(stranger, draft.id, {}, seen_version=1, now=office.now)
    with pytest.raises(NotFound):
        filings.send(stranger, draft.id, seen_version=1, now=office.now)
    assert [one.id for one in drafts.of(office.viewer("nguoinop"))] == [draft.id]
    assert not drafts.of(stranger)


def test_a_draft_is_sent_with_its_papers_and_is_gone(office: Office) -> None:
    applicant, answers = office.viewer("nguoinop"), course("granted_at_once")["answers"]
    draft_id = drafts.begin(applicant, PROCEDURE, {}, now=office.now).id
    with pytest.raises(InvalidAnswers):
        filings.send(applicant, draft_id, seen_version=1, now=office.now)
    papers = office.papers()
    saved = drafts.save(
        applicant, draft_id, answers, seen_version=1, place="check", document_ids=papers, now=office.later(days=40)
    )
    assert (saved.version, saved.place) == (2, "check")
    with pytest.raises(DraftChanged):
        filings.send(applicant, draft_id, seen_version=1, now=office.now)
    filing_id = uuid4().hex
    sent = filings.send(applicant, draft_id, seen_version=2, now=office.now, filing_id=filing_id)
    assert {document.id for document in documents.of_dossier(applicant, sent)} == set(papers)
    assert count() == 0
    again = filings.send(applicant, draft_id, seen_version=2, now=office.now, filing_id=filing_id)
    assert again.id == sent.id
    with pytest.raises(NotFound):
        filings.send(applicant, draft_id, seen_version=2, now=office.now)


def test_a_draft_of_an_older_version_is_carried_over_and_what_has_no_field_is_named(office: Office) -> None:
    old = version(office, "name", "fax")
    applicant = office.viewer("nguoinop")
    draft = drafts.begin(applicant, "permit", {"name": "An", "fax": "024"}, now=office.now)
    assert (draft.definition_id, filings.resume(applicant, draft.id).is_carried) == (old, False)
    new = version(office, "name", "email")
    resumed = filings.resume(applicant, draft.id)
    assert (resumed.definition.id, resumed.is_carried, resumed.answers) == (new, True, {"name": "An"})
    assert [(one.label.vi, one.answer.vi) for one in resumed.lost] == [("fax", "024")]
    with pytest.raises(WrongState):
        filings.send(applicant, draft.id, seen_version=1, now=office.now)
    drafts.save(applicant, draft.id, {"name": "An", "fax": "025"}, seen_version=1, now=office.now)
    assert filings.resume(applicant, draft.id).lost[0].answer.vi == "025", "a page of the older form is saved to it"
    drafts.save(
        applicant, draft.id, {"name": "An", "email": "a@b.vn"}, seen_version=2, definition_id=new, now=office.now
    )
    resumed = filings.resume(applicant, draft.id)
    assert (resumed.is_carried, resumed.lost, resumed.draft.definition_id) == (False, (), new)
    assert filings.send(applicant, draft.id, seen_version=3, now=office.now).answers["email"] == "a@b.vn"


def test_a_new_version_with_the_same_form_disturbs_nobody(office: Office) -> None:
    version(office, "name")
    applicant = office.viewer("nguoinop")
    draft = drafts.begin(applicant, "permit", {"name": "An"}, now=office.now)
    version(office, "name", limit="7 working_days")
    resumed = filings.resume(applicant, draft.id)
    assert (resumed.is_carried, resumed.lost, resumed.answers) == (False, (), {"name": "An"})
    assert filings.send(applicant, draft.id, seen_version=1, now=office.now).answers == {"name": "An"}


def test_a_page_cannot_bind_its_draft_to_any_other_version(office: Office) -> None:
    first, second = version(office, "name", "fax"), version(office, "name")
    other = version(office, "name", key="other")
    applicant = office.viewer("nguoinop")
    draft = drafts.begin(applicant, "permit", {}, now=office.now)
    for wrong in (first, other, "nothing"):
        saved = drafts.save(applicant, draft.id, {}, seen_version=1, definition_id=wrong, now=office.now)
        assert saved.definition_id == second


def test_a_case_can_be_changed_and_one_that_is_gone_is_asked_for_again(office: Office) -> None:
    version(office, "name", legal=CASES)
    applicant = office.viewer("nguoinop")
    with pytest.raises(InvalidAnswers):
        drafts.begin(applicant, "permit", {}, case="none such", now=office.now)
    draft = drafts.begin(applicant, "permit", {"name": "An"}, case="new", now=office.now)
    with pytest.raises(InvalidAnswers):
        drafts.save(applicant, draft.id, {}, seen_version=1, case="none such", now=office.now)
    saved = drafts.save(applicant, draft.id, {"name": "An"}, seen_version=1, case="again", now=office.now)
    assert saved.case_id == "again"
    version(office, "name", legal=CASES.replace('"again"', '"once"'))
    resumed = filings.resume(applicant, draft.id)
    assert (resumed.case_is_gone, resumed.case) == (True, "")


def test_a_retired_procedure_keeps_its_drafts_to_be_read(office: Office) -> None:
    version(office, "name")
    applicant = office.viewer("nguoinop")
    draft = drafts.begin(applicant, "permit", {"name": "An"}, now=office.now)
    definitions.retire(SYSTEM, draft.definition_id, now=office.now)
    resumed = filings.resume(applicant, draft.id)
    assert (resumed.is_retired, resumed.answers) == (True, {"name": "An"})
    with pytest.raises(WrongState):
        filings.send(applicant, draft.id, seen_version=1, now=office.now)
    assert count() == 1


def test_a_running_task_keeps_the_form_of_its_deployment(office: Office) -> None:
    old = version(office, "name", "fax")
    dossier = office.file_in("permit", {"name": "An", "fax": "024"})
    running = office.open(dossier)["do"]
    version(office, "name", "email")
    assert names(running.form) == ["name", "fax"]
    assert loading.load(running.definition_id).form_id("permit", "apply") == running.form
    assert running.definition_id == old
    later = office.open(office.file_in("permit", {"name": "An", "email": "a@b.vn"}, username="nguoinop2"))["do"]
    assert names(later.form) == ["name", "email"]


def test_a_start_form_is_that_of_its_deployment(office: Office) -> None:
    old, new = version(office, "name", "fax"), version(office, "name", "email")
    assert names(dossiers.form_of(loading.load(old), "")) == ["name", "fax"]
    assert names(dossiers.form_of(loading.load(new), "")) == ["name", "email"]
    office.deploy({"apply.form": json.dumps(form("apply", text("stray"))).encode()})
    assert names(dossiers.form_of(loading.load(new), "")) == ["name", "email"]
