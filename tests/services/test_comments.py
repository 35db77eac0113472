"""Colleagues talk about a dossier, mention each other, and keep notes of their own."""

from __future__ import annotations

from uuid import uuid4

import pytest

from errors import InvalidAnswers, NotFound
from services import comments, log, notes, tasks
from services.permissions import Viewer
from storage.queries import notices
from storage.tables import Dossier, Task
from tests.office import Office
from tests.services.bundles import beside


@pytest.fixture
def officer(office: Office) -> Viewer:
    return office.viewer("chuyenvien")


@pytest.fixture
def dossier(office: Office) -> Dossier:
    office.deploy(beside("beside", 2))
    return office.file_in("beside")


def task(office: Office, dossier: Dossier) -> Task:
    office.look()
    return office.open(dossier)["t1"]


def test_a_comment_is_read_by_colleagues_and_tells_those_it_mentions(
    office: Office, officer: Viewer, dossier: Dossier
) -> None:
    comments.add(
        officer, task(office, dossier).id, "Nhờ @truongphong. @chuyenvien xem thêm, @truongphong!", now=office.now
    )
    (said,) = comments.of_task(office.viewer("truongphong"), task(office, dossier))
    assert (said.author, said.mentions) == ("chuyenvien", ("truongphong", "chuyenvien"))
    (told,) = notices.listed("truongphong", limit=10)[0]
    assert (told.kind, told.url) == ("mention", f"/tasks/{task(office, dossier).id}")
    assert notices.unread("chuyenvien") == 0
    *_, (row, data) = log.events_of(dossier.instance_id)
    assert (row.kind, data["comment"], data["mentions"]) == ("comment.added", said.id, list(said.mentions))
    assert "Nhờ" not in row.data


def test_a_comment_sent_twice_is_written_once(office: Office, officer: Viewer, dossier: Dossier) -> None:
    number = uuid4().hex
    for _ in range(2):
        comments.add(officer, task(office, dossier).id, "Đã gọi", now=office.now, comment_id=number)
    assert len(comments.of_task(officer, task(office, dossier))) == 1
    with pytest.raises(NotFound):
        comments.add(office.viewer("truongphong"), task(office, dossier).id, "Tôi", now=office.now, comment_id=number)


def test_all_that_is_wrong_with_a_comment_is_said_at_once(office: Office, officer: Viewer, dossier: Dossier) -> None:
    text = "@nguoinop @nobody @chuyenvienduoc " + "x" * 4000
    with pytest.raises(InvalidAnswers) as refused:
        comments.add(officer, task(office, dossier).id, text, now=office.now)
    assert sorted(detail.code for detail in refused.value.details) == [
        "length",
        "may_not_read",
        "may_not_read",
        "unknown",
    ]
    with pytest.raises(InvalidAnswers) as refused:
        comments.add(officer, task(office, dossier).id, " ", now=office.now)
    assert [detail.code for detail in refused.value.details] == ["required"]


def test_applicants_and_strangers_neither_write_nor_read_comments(
    office: Office, officer: Viewer, dossier: Dossier
) -> None:
    comments.add(officer, task(office, dossier).id, "Nội bộ", now=office.now)
    for who in ("nguoinop", "chuyenvienduoc", "thietke"):
        with pytest.raises(NotFound):
            comments.add(office.viewer(who), task(office, dossier).id, "Tôi đọc được", now=office.now)
        assert comments.of_task(office.viewer(who), task(office, dossier)) == ()


def test_one_may_comment_on_a_task_that_is_done(office: Office, officer: Viewer, dossier: Dossier) -> None:
    task_id = task(office, dossier).id
    tasks.submit(officer, task_id, {}, now=office.now)
    assert comments.add(officer, task_id, "Đã xong", now=office.now).text == "Đã xong"


def test_a_mail_address_mentions_nobody() -> None:
    assert comments.mentioned("viết cho a@b.vn, @Lan.Anh. và (@hoa)") == ("lan.anh", "hoa")


def test_a_note_is_its_writers_alone_and_no_event(office: Office, officer: Viewer, dossier: Dossier) -> None:
    head, before = office.viewer("truongphong"), len(list(log.events_of(dossier.instance_id)))
    one = task(office, dossier)
    notes.save(officer, one.id, "Hỏi lại ông Bình", now=office.now)
    notes.save(officer, one.id, "Đã hỏi", now=office.now)
    found = notes.of_task(officer, one)
    assert found is not None
    assert found.text == "Đã hỏi"
    assert notes.of_task(head, one) is None
    notes.save(officer, one.id, "", now=office.now)
    assert notes.of_task(officer, one) is None
    assert len(list(log.events_of(dossier.instance_id))) == before
    with pytest.raises(InvalidAnswers):
        notes.save(officer, one.id, "x" * 4001, now=office.now)
    with pytest.raises(NotFound):
        notes.save(office.viewer("nguoinop"), one.id, "x", now=office.now)
