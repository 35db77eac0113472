"""Internal files: colleagues add and read them, the applicant never; removed by who added them, within the step."""

from __future__ import annotations

import pytest

from errors import Forbidden, Invalid, InvalidAnswers, NotFound, TaskNotOpen
from services import attachments, documents, log, tasks, undoing
from services.permissions import Viewer
from storage.tables import Dossier, Task
from tests.office import Office
from tests.services.bundles import beside, one_task


@pytest.fixture
def dossier(office: Office) -> Dossier:
    office.deploy(beside("beside", 2))
    return office.file_in("beside")


@pytest.fixture
def officer(office: Office) -> Viewer:
    return office.viewer("chuyenvien")


def opened(office: Office, dossier: Dossier, element: str = "t1") -> Task:
    office.look()
    return office.open(dossier)[element]


def added(office: Office, dossier: Dossier, name: str = "ghi-chu.pdf") -> str:
    paper = office.paper("chuyenvien", attachments.COMPONENT, name=name)
    attachments.add(office.viewer("chuyenvien"), opened(office, dossier).id, [paper], now=office.now)
    return paper


def test_colleagues_read_it_and_the_applicant_does_not(office: Office, dossier: Dossier, officer: Viewer) -> None:
    paper = added(office, dossier)
    task_id = opened(office, dossier).id
    attachments.add(officer, task_id, [paper], now=office.now)  # again: it is there once
    for colleague in (officer, office.viewer("truongphong")):
        assert [one.file_name for one in attachments.of_dossier(colleague, dossier)] == ["ghi-chu.pdf"]
        assert documents.download(colleague, paper, office.parts.blobs)[0].id == paper
    applicant = office.viewer("nguoinop")
    assert attachments.of_dossier(applicant, dossier) == ()
    assert documents.of_dossier(applicant, dossier) == []
    assert documents.of_dossier(officer, dossier) == []
    with pytest.raises(NotFound):
        documents.download(applicant, paper, office.parts.blobs)
    told = [data["documents"] for row, data in log.events_of(dossier.instance_id) if row.kind == "attachment.added"]
    assert [[one["name"] for one in named] for named in told] == [["ghi-chu.pdf"]]


def test_an_officer_who_is_the_applicant_does_not_see_it_either(office: Office, officer: Viewer) -> None:
    both = office.hire("both", "officer", "applicant", groups=["specialist_prevention"])
    office.deploy(beside("beside", 1))
    dossier = office.file_in("beside", username="both")
    paper = added(office, dossier)
    assert attachments.of_dossier(both, dossier) == ()
    with pytest.raises(NotFound):
        documents.download(both, paper, office.parts.blobs)
    with pytest.raises(NotFound):
        attachments.remove(office.viewer("nguoinop"), opened(office, dossier).id, paper, now=office.now)


def test_it_is_removed_by_who_added_it_while_the_step_is_open(
    office: Office, dossier: Dossier, officer: Viewer
) -> None:
    first, second = added(office, dossier), added(office, dossier, "hai.pdf")
    task_id = opened(office, dossier).id
    with pytest.raises(Forbidden):
        attachments.remove(office.viewer("truongphong"), task_id, first, now=office.now)
    with pytest.raises(Forbidden):
        attachments.remove(officer, opened(office, dossier, "t2").id, first, now=office.now)
    attachments.remove(officer, task_id, first, now=office.now)
    office.look()
    assert [one.id for one in attachments.of_dossier(officer, dossier)] == [second]
    with pytest.raises(NotFound):
        attachments.remove(officer, task_id, first, now=office.now)
    tasks.submit(officer, task_id, {}, now=office.now)
    with pytest.raises(TaskNotOpen):
        attachments.remove(officer, task_id, second, now=office.now)
    again = undoing.undo(officer, task_id, now=office.now)
    attachments.remove(officer, again.id, second, now=office.now)


def test_what_is_wrong_is_said(office: Office, dossier: Dossier, officer: Viewer) -> None:
    task_id = opened(office, dossier).id
    for ids, kind in (([], InvalidAnswers), (["nothing"], Invalid)):
        with pytest.raises(kind) as refused:
            attachments.add(officer, task_id, ids, now=office.now)
        assert [detail.field for detail in refused.value.details] == ["documents"]
    with pytest.raises(Invalid):  # an upload of somebody else
        attachments.add(officer, task_id, [office.paper("truongphong", "internal")], now=office.now)
    with pytest.raises(NotFound):
        attachments.add(office.viewer("nguoinop"), task_id, [office.paper("nguoinop", "x")], now=office.now)
    office.deploy(one_task())
    bare = office.open(office.start("one"))["do"].id
    with pytest.raises(InvalidAnswers):
        attachments.add(office.viewer("quantri"), bare, ["x"], now=office.now)
