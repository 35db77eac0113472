"""What forms show of elsewhere: headers for frames and previews, documents inside a page, the form's own buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from lxml import html

from config import BadSettings, Settings, checked
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import bundle, form, procedure, text
from tests.web.filing import begun, pages_of
from tests.web.officers import at_desk, quick_app, rows, task_of, words
from tests.web.visitor import Visitor, pdf

MAPS = "https://maps.example.org"
FRAME = {"type": "iframe", "label": "Bản đồ", "url": f"{MAPS}/?q={{{{what}}}}", "security": {"geolocation": True}}
OTHER = {"type": "iframe", "label": "Tra cứu", "url": "https://example.org/"}
RESET = {"type": "button", "label": "Làm lại", "action": "reset"}
SUBMIT = {"type": "button", "label": "Gửi đi", "action": "submit"}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))


@pytest.fixture
def door(app: Flask) -> Visitor:
    return at_desk(app, "motcua")


ACTS = """<extensionElements>
<motcua:act id="good" labelVi="Đạt" labelEn="Good" kind="advance" reason="none" form="true"/>
<motcua:act id="bad" labelVi="Không đạt" labelEn="Bad" kind="refuse" reason="required" form="false"/>
</extensionElements>"""


def allow(app: Flask, monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    parts = app.extensions["motcua"]
    monkeypatch.setitem(
        app.extensions, "motcua", replace(parts, settings=replace(parts.settings, frame_origins=origins))
    )


def task_with(office: Office, *fields: dict[str, Any], acts: str = "") -> str:
    do = user("do", acts, motcua__form="one.form", motcua__candidateGroups="one_door")
    office.deploy(bundle("one", start("s"), do, end("e"), "s -> do -> e", one__form=form("one", *fields)))
    instance = office.start("one", {"what": "Phố Huế"})
    return f"/tasks/{office.open(instance)['do'].id}"


def test_without_permission_a_frame_is_a_link_and_the_policy_stays_strict(office: Office, door: Visitor):
    answer = door.get(task_with(office, FRAME))
    assert "<iframe" not in answer.text
    assert f'href="{MAPS}/?q=Phố%20Huế" target="_blank" rel="noopener noreferrer"' in answer.text
    assert "frame-src" not in answer.headers["Content-Security-Policy"]


def test_an_allowed_origin_is_framed_in_a_sandbox_and_only_it_is_let_through(
    app: Flask, office: Office, door: Visitor, monkeypatch: pytest.MonkeyPatch
):
    allow(app, monkeypatch, MAPS)
    answer = door.get(task_with(office, FRAME, OTHER))
    assert answer.text.count("<iframe") == 1
    assert f'src="{MAPS}/?q=Phố%20Huế" title="Bản đồ" height="300" sandbox="" allow="geolocation"' in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert f"; frame-src 'self' {MAPS}" in policy
    assert "example.org/" not in policy
    assert "script-src 'self'; style-src 'self';" in policy
    permissions = answer.headers["Permissions-Policy"]
    assert f'geolocation=("{MAPS}")' in permissions
    assert "camera=()" in permissions
    assert "frame-src" not in door.get("/inbox").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "origins", ["http://example.org", "https://example.org/a", "https://*", "'self'", "https://a;x"]
)
def test_an_origin_that_is_none_stops_the_start(origins: str):
    with pytest.raises(BadSettings, match="MOTCUA_FRAME_ORIGINS"):
        checked(Settings(env="test", secret_key="x", frame_origins=origins))


def test_a_document_is_seen_inside_our_pages_and_only_by_those_who_may(app: Flask, office: Office):
    picker = {"type": "filepicker", "key": "scan", "label": "Bản quét", "multiple": True}
    preview = {"type": "documentPreview", "label": "Xem", "dataSource": "=scan"}
    office.deploy(
        procedure(
            "seen", start("s", motcua__nationalStatus="1"),
            user("scan", motcua__form="scan.form", motcua__candidateGroups="one_door"),
            user("look", motcua__form="look.form", motcua__candidateGroups="one_door"),
            end("e"), "s -> scan -> look -> e",
            scan__form=form("scan", picker), look__form=form("look", preview, text("note")),
        )
    )  # fmt: skip
    dossier = office.file_in("seen")
    door = at_desk(app, "motcua")
    task = task_of(office, dossier, "scan")
    door.get(task)
    sent: list[tuple[str, Any]] = [*door.hidden(), ("answers.scan", pdf("bien-ban.pdf"))]
    assert door.post(f"{task}/submit", sent).status_code == 303
    office.look()
    page = door.get(task_of(office, dossier, "look"))
    assert "object-src 'self'" in page.headers["Content-Security-Policy"]
    address = page.text.split('<object class="mc-frame" data="')[1].partition('"')[0]
    seen = door.get(address)
    assert seen.mimetype == "application/pdf"
    assert seen.headers["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in seen.headers["Content-Security-Policy"]
    assert seen.headers["X-Frame-Options"] == "SAMEORIGIN"
    saved = door.get(address.removesuffix("/view"))
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    assert at_desk(app, "chuyenvienduoc").get(address).status_code == 404
    assert Visitor(app).get(address).status_code == 302


def test_the_forms_submit_button_stands_for_the_only_act_that_leads_on(office: Office, door: Visitor):
    task = task_with(office, text("note", required=True), SUBMIT, acts=ACTS)
    door.get(task)
    wrong = door.post(f"{task}/submit", [*door.hidden(), ("answers.note", ""), ("answers-do", "submit")])
    assert wrong.status_code == 422
    done = door.post(f"{task}/submit", [*door.hidden(), ("answers.note", "xong"), ("answers-do", "submit")])
    assert done.status_code == 303
    office.look()
    assert "Đạt" in words(door.get(task).text)


def test_the_reset_button_takes_the_form_back_and_completes_nothing(office: Office, door: Visitor):
    task = task_with(office, text("what"), text("note", required=True), RESET)
    assert "Bỏ hết và làm lại" in door.get(task).text
    sent = [*door.hidden(), ("answers.what", "khác"), ("answers.note", "chữ của tôi"), ("answers-do", "reset")]
    again = door.post(f"{task}/submit", sent)
    assert again.status_code == 200
    assert "chữ của tôi" not in again.text
    assert 'value="Phố Huế"' in again.text
    assert door.get(task).status_code == 200


def test_an_applicants_form_has_the_same_buttons(app: Flask, office: Office):
    office.deploy(
        procedure(
            "asked", start("s", motcua__form="ask.form", motcua__nationalStatus="1"),
            user("do", motcua__candidateGroups="one_door"), end("e"), "s -> do -> e",
            ask__form=form("ask", text("name", required=True), SUBMIT, RESET),
        )
    )  # fmt: skip
    applicant = at_desk(app, "nguoinop")
    draft = begun(applicant, "asked")
    page = pages_of(applicant, draft)[0]
    applicant.get(page)
    wrong = applicant.post(page, [*applicant.hidden(), ("answers.name", ""), ("answers-do", "submit")])
    assert wrong.status_code == 422
    blank = applicant.post(page, [*applicant.hidden(), ("answers.name", "đã gõ"), ("answers-do", "reset")])
    assert blank.status_code == 200
    assert "đã gõ" not in blank.text
    looked = applicant.post(page, [*applicant.hidden(), ("answers.name", "Lê An"), ("answers-do", "submit")])
    assert looked.status_code == 303
    assert "Lê An" in applicant.get(f"{draft}/check").text


def test_a_table_is_sorted_and_paged_by_buttons_of_the_form_and_what_was_typed_stays(office: Office, door: Visitor):
    data = '=[{n: "b", v: 2}, {n: "a", v: 3}, {n: "c", v: 1}]'
    columns = [{"key": "n", "label": "Tên"}, {"key": "v", "label": "Số"}]
    table = {"type": "table", "id": "bang", "label": "Bảng kê", "columns": columns, "dataSource": data, "rowCount": 2}
    task = task_with(office, text("note"), table)

    def pressed(button: str) -> list[str]:
        value = html.document_fromstring(door.page).get_element_by_id(button).get("value")
        answer = door.post(f"{task}/submit", [*door.hidden(), ("answers.note", "đã gõ"), ("answers-do", value)])
        assert answer.status_code == 200
        assert 'value="đã gõ"' in answer.text
        return rows(answer.text)

    assert rows(door.get(task).text) == ["b 2", "a 3"]
    assert pressed("g-bang-sort-1") == ["c 1", "b 2"]
    assert pressed("g-bang-next") == ["a 3"]
    assert 'aria-sort="ascending"' in door.page
    assert pressed("g-bang-sort-1") == ["a 3", "b 2"]
    assert pressed("g-bang-sort-1") == ["b 2", "a 3"]
    assert "aria-sort" not in door.page
