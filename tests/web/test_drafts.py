"""Drafts on the pages: saved by a button or by the page's script, filled in again, thrown away, chosen between."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import drafts, migrations
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import Draft
from tests.engine.diagrams import end, start, user
from tests.office import PROCEDURE, Office
from tests.services.bundles import bundle, form, text
from tests.web.officers import at_desk, posted, quick_app, rows, task_of, words
from tests.web.visitor import Value, Visitor, pdf

FINDINGS = "answers.findings"
SCRIPT = {"X-Draft": "1"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))


@pytest.fixture
def desk(app: Flask) -> Visitor:
    return at_desk(app, "motcua")


@pytest.fixture
def check(office: Office) -> str:
    """The address of the check of a new dossier, offered to everybody at the desk."""
    return task_of(office, office.file(), "check")


@pytest.fixture
def colleague(app: Flask, office: Office) -> Visitor:
    office.hire("an", "officer", groups=["one_door"])
    return at_desk(app, "an")


def field(page: str) -> str:
    """Give the name of the first field of the form that takes a text."""
    found = re.search(r'<(?:textarea|input type="text")[^>]*name="(answers\.[a-z_]+)"', page) or re.search(
        r'name="(answers\.[a-z_]+)"[^>]*>', page
    )
    assert found is not None
    return found[1]


def sent(visitor: Visitor, values: dict[str, str]) -> list[tuple[str, Any]]:
    hidden = [(name, value) for name, value in visitor.hidden() if not name.startswith("answers.")]
    return [*((name, value) for name, value in hidden if name not in values), *values.items()]


def count() -> int:
    session().rollback()
    return session().scalar(select(func.count()).select_from(Draft)) or 0


def version(page: str) -> str:
    found = re.search(r'name="draft_version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_the_button_saves_and_the_page_comes_back_filled(office: Office, desk: Visitor, check: str):
    page = desk.get(check).text
    assert version(page) == "0"
    answer = desk.post(f"{check}/draft", sent(desk, {"reason": "Chờ hỏi lại", "draft": "save"}))
    assert (answer.status_code, answer.headers["Location"]) == (303, check)
    page = desk.get(check).text
    assert "Đã lưu nháp lúc" in page
    assert "Bản nháp của bạn, lưu hôm nay" in words(page)
    assert "Chờ hỏi lại" in page
    assert version(page) == "1"


def test_the_script_gets_a_few_words(office: Office, desk: Visitor, check: str):
    desk.get(check)
    answer = desk.post(f"{check}/draft", sent(desk, {"reason": "một"}), headers=SCRIPT)
    told = json.loads(answer.data)
    assert (answer.status_code, told["version"]) == (200, 1)
    assert re.fullmatch(r"Đã lưu nháp lúc \d\d:\d\d\.", told["words"])
    token = desk.page
    assert not token, "no page came"
    desk.get(check)
    answer = desk.post(f"{check}/draft", sent(desk, {"reason": "x" * 300_000}), headers=SCRIPT)
    assert answer.status_code == 413
    assert "256 KB" in json.loads(answer.data)["words"]


def test_a_colleague_who_saved_meanwhile_is_named_and_both_contents_shown(
    office: Office, desk: Visitor, colleague: Visitor, check: str
):
    desk.get(check)
    colleague.get(check)
    colleague.post(
        f"{check}/draft", sent(colleague, {"reason": "của An <b>"}), headers={"User-Agent": "Firefox/130 Windows"}
    )
    answer = desk.post(f"{check}/draft", sent(desk, {"reason": "của tôi", "draft": "save"}))
    assert answer.status_code == 409
    page = words(answer.text)
    assert "An đã lưu bản nháp này, hôm nay" in page
    assert "(Firefox, Windows)" in page
    assert rows(answer.text)[-1] == "Lý do của tôi của An <b>"
    assert ">của tôi</textarea>" in answer.text
    assert "<b>của An" not in answer.text
    assert version(answer.text) == "0", "what was typed goes on from what was seen"
    script = desk.post(f"{check}/draft", sent(desk, {"reason": "của tôi"}), headers=SCRIPT)
    assert script.status_code == 409
    assert 'id="draft-choice"' in script.text
    assert "<html" not in script.text


@pytest.mark.parametrize(("keep", "other"), [("mine", "của An"), ("theirs", "của tôi")])
def test_whatever_is_chosen_the_other_is_set_aside_and_can_be_taken_back(
    office: Office, desk: Visitor, colleague: Visitor, check: str, keep: str, other: str
):
    for visitor in (desk, colleague):
        visitor.get(check)
    colleague.post(f"{check}/draft", sent(colleague, {"reason": "của An"}))
    desk.post(f"{check}/draft", sent(desk, {"reason": "của tôi", "draft": "save"}))
    desk.post(f"{check}/draft", sent(desk, {"reason": "của tôi", "draft": keep}))
    page = desk.get(check).text
    kept = "của tôi" if keep == "mine" else "của An"
    assert f">{kept}</textarea>" in page
    assert "được để riêng" in page
    swap = {"draft_id": re.findall(r'name="draft_id" value="([^"]+)"', page)[0], "draft_version": version(page)}
    assert desk.post(f"{check}/draft/swap", swap).status_code == 303
    assert f">{other}</textarea>" in desk.get(check).text


def test_a_draft_is_thrown_away_and_taken_back(office: Office, desk: Visitor, check: str):
    desk.get(check)
    desk.post(f"{check}/draft", sent(desk, {"reason": "dở dang"}))
    page = desk.get(check).text
    draft_id = re.findall(r'name="draft_id" value="([^"]+)"', page)[0]
    answer = desk.post(f"{check}/draft/drop", {"draft_id": draft_id})
    page = desk.get(answer.headers["Location"]).text
    assert "Đã bỏ bản nháp." in page
    assert "dở dang" not in page
    desk.post(f"{check}/draft/restore", {"draft_id": draft_id})
    assert "dở dang" in desk.get(check).text


def test_sending_ends_the_draft_and_a_refusal_keeps_it(office: Office, desk: Visitor, check: str):
    desk.get(check)
    desk.post(f"{check}/draft", sent(desk, {"reason": "dở dang"}))
    desk.get(check)
    refused = desk.post(f"{check}/submit", sent(desk, {"act": "accept"}))
    assert (refused.status_code, count()) == (422, 1)
    assert version(refused.text) == "1"
    answers = dict(posted(_answers("check", "accept")))
    done = desk.post(f"{check}/submit", sent(desk, {**answers, "act": "accept"}))
    assert (done.status_code, count()) == (303, 0)
    late = desk.post(f"{check}/draft", {"reason": "muộn", "draft_version": "1"}, headers=SCRIPT)
    assert late.status_code == 409
    assert "không còn mở" in json.loads(late.data)["words"]


def test_a_task_that_is_not_ones_own_takes_no_draft(app: Flask, office: Office, check: str):
    for username in ("chuyenvien", "thietke", "nguoinop"):
        stranger = at_desk(app, username)
        assert stranger.post(f"{check}/draft", {"reason": "x"}).status_code in (403, 404)
        assert stranger.post(f"{check}/draft", {"reason": "x"}, headers=SCRIPT).status_code in (403, 404)
    assert count() == 0


@pytest.mark.parametrize("name", ["drop", "restore", "swap"])
def test_a_draft_that_is_not_there_is_not_found(desk: Visitor, check: str, name: str):
    for draft_id in ("", "x", "0" * 16, "../../etc"):
        assert desk.post(f"{check}/draft/{name}", {"draft_id": draft_id}).status_code == 404


def test_hostile_versions_are_no_versions(office: Office, desk: Visitor, check: str):
    desk.get(check)
    desk.post(f"{check}/draft", sent(desk, {"reason": "một"}))
    for wrong in ("-1", "9" * 40, "١", "1e3", ""):
        answer = desk.post(f"{check}/draft", {"reason": "hai", "draft_version": wrong, "draft": "save"})
        assert answer.status_code == 409, wrong
    answer = desk.post(f"{check}/draft", {"reason": "hai", "draft": "mine", "draft_id": "x", "draft_other": "1"})
    assert answer.status_code == 404


def test_an_applicant_goes_on_with_an_answer_and_its_files_on_another_device(app: Flask, office: Office):
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    office.step(dossier, "chuyenvien", "appraise", "supplement", reason="Thiếu sơ đồ")
    url = f"/my/dossiers/{dossier.code}/tasks/{office.open(dossier)['answer_supplement'].id}"
    phone, desktop = at_desk(app, "nguoinop"), at_desk(app, "nguoinop")
    phone.get(url)
    values: list[tuple[str, Value]] = [
        ("answers.supplement_items[0].reply", "Đang viết"),
        ("answers.supplement_files", pdf("moi.pdf")),
        ("draft", "save"),
    ]
    assert phone.post(f"{url}/draft", values, headers={"User-Agent": "Chrome/1 Android"}).status_code == 303
    page = desktop.get(url).text
    assert "Đang viết" in page
    assert "moi.pdf" in page
    assert "(Chrome, Android)" in words(page)
    files = re.findall(r'name="answers.supplement_files" value="([0-9a-f]{32})"', page)
    assert len(files) == 1
    replies = {f"answers.supplement_items[{number}].reply": "Xong" for number in range(2)}
    answers = {**replies, "answers.supplement_commitment": "true", "act": "answer"}
    done = desktop.post(url, [*sent(desktop, answers), ("answers.supplement_files", files[0])])
    assert (done.status_code, count()) == (303, 0)
    assert phone.post(f"{url}/draft", {"draft_version": "1"}, headers=SCRIPT).status_code == 409


def test_answers_that_a_migrated_task_no_longer_asks_for_are_named(app: Flask, office: Office, desk: Visitor):
    def deployed(*fields: str) -> str:
        parts = (start("s"), user("do", motcua__candidateGroups="one_door", motcua__form="ask"), end("e"))
        asked = form("ask", *(text(name) for name in fields))
        found = office.deploy(bundle("moves", *parts, "s -> do -> e", ask__form=asked)).definitions
        return next(row.id for row in found if row.kind == "process")

    deployed("name", "fax")
    instance = office.start("moves")
    task_id = office.open(instance)["do"].id
    typed = {"name": "An", "fax": "024 <i>"}
    drafts.save_task(office.viewer("motcua"), task_id, typed, seen_version=0, now=office.now)
    migrations.migrate(SYSTEM, instance.id, deployed("name", "email"), {}, "Biểu mẫu mới", now=office.now)
    page = desk.get(f"/tasks/{task_id}").text
    assert "Biểu mẫu mới không còn hỏi những câu này: fax: 024 <i>" in words(page)
    assert "<i>" not in page.partition("fax")[2][:200].replace("<i class", "")
    assert 'value="An"' in page
    assert 'name="answers.email"' in page


def test_the_enter_key_chooses_nothing_where_two_have_changed_a_draft(
    office: Office, desk: Visitor, colleague: Visitor, check: str
):
    for visitor in (desk, colleague):
        visitor.get(check)
    colleague.post(f"{check}/draft", sent(colleague, {"reason": "của An"}))
    page = desk.post(f"{check}/draft", sent(desk, {"reason": "của tôi", "draft": "save"})).text
    sending = page[page.index(f'action="{check}/submit"') :]
    first = re.search(r'<button[^>]* name="([^"]+)"', sending)
    assert first is not None
    assert first[1] == "answers-do"


def test_my_drafts_are_listed_dropped_and_taken_back(app: Flask, office: Office):
    applicant, visitor = office.viewer("nguoinop"), at_desk(app, "nguoinop")
    assert "Bạn không có bản nháp nào" in visitor.get("/my/drafts").text
    draft = drafts.begin(applicant, PROCEDURE, {}, device="Chrome, Android", now=office.now)
    case = drafts.begin(applicant, "imported-cosmetics", {}, case=_first_case("imported-cosmetics"), now=office.now)
    page = visitor.get("/my/drafts").text
    assert f'href="/my/drafts/{draft.id}"' in page
    assert f'href="/my/drafts/{case.id}"' in page
    assert "Chrome, Android" in page
    assert "Bản nháp của tôi (2)" in visitor.get("/my/dossiers").text
    stranger = at_desk(app, "nguoinop2")
    assert "Bạn không có bản nháp nào" in stranger.get("/my/drafts").text
    assert stranger.post(f"/my/drafts/{draft.id}/drop").status_code == 404
    answer = visitor.post(f"/my/drafts/{draft.id}/drop")
    page = visitor.get(answer.headers["Location"]).text
    assert f'href="/my/drafts/{draft.id}"' not in page
    assert "Hoàn tác" in page
    visitor.post(f"/my/drafts/{draft.id}/restore")
    assert f'href="/my/drafts/{draft.id}"' in visitor.get("/my/drafts").text


def _first_case(key: str) -> str:
    from services import dossiers, loading

    legal = loading.load(dossiers.definition_in_force(key).id).procedure
    assert legal is not None
    return next((case.id for case in legal.cases), "")


def _answers(element: str, act: str) -> dict[str, Any]:
    from tests.office import _answers as of_step

    return dict(of_step(element, act))
