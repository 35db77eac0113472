"""A form that takes more computing than it may: wherever it is filled in or sent, a sentence or a code, no fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.api.program import program
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import form, procedure, text
from tests.web.filing import begun, pages_of
from tests.web.officers import at_desk, quick_app, task_of, words

SAID = "phải tính toán quá nhiều"
FIELDS = ({**text("kind"), "id": "kind"}, {**text("more"), "id": "more", "conditional": {"hide": '=kind = "a"'}})
HEAVY = json.dumps(form("ask", *FIELDS)).encode()
GROUP = {"type": "group", "id": "g", "label": "Phần một", "components": list(FIELDS)}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))
        do = user("do", motcua__form="one.form", motcua__candidateGroups="one_door")
        parts = start("s", motcua__nationalStatus="1", motcua__form="asked.form"), do, end("e"), "s -> do -> e"
        files: dict[str, Any] = {"asked__form": form("asked", GROUP), "one__form": form("one", *FIELDS)}
        office.deploy(procedure("heavy", *parts, **files))
        yield office


@pytest.fixture
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forms.allowance.SECONDS", 0.0)


def test_an_officer_reads_it_on_the_task_page_after_a_refresh_and_after_a_submit(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
):
    task = task_of(office, office.file_in("heavy", {"kind": "a"}), "do")
    door = at_desk(app, "motcua")
    assert SAID not in words(door.get(task).text)
    monkeypatch.setattr("forms.allowance.SECONDS", 0.0)
    shown = door.get(task)
    assert shown.status_code == 200
    assert SAID in words(shown.text)
    typed = [("answers.kind", "a"), ("answers.more", "đã gõ")]
    refreshed = door.post(f"{task}/submit", [*door.hidden(), *typed, ("answers-do", "refresh")])
    assert refreshed.status_code == 200
    assert SAID in words(refreshed.text)
    assert 'value="đã gõ"' in refreshed.text
    sent = door.post(f"{task}/submit", [*door.hidden(), *typed])
    assert sent.status_code == 422
    assert 'value="đã gõ"' in sent.text
    assert "Hãy bỏ bớt mục đã thêm" in words(sent.text.partition('id="error-summary"')[2].partition("</ul>")[0])
    assert door.post(f"{task}/draft", [*door.hidden(), *typed]).status_code == 303
    assert SAID in words(door.get(task).text)
    monkeypatch.undo()
    done = door.post(f"{task}/submit", [*door.hidden(), ("answers.kind", "a")])
    assert done.status_code == 303


@pytest.mark.usefixtures("nothing_left")
def test_an_applicant_reads_it_on_each_page_of_a_filing_and_cannot_send_it(app: Flask, office: Office):
    visitor = at_desk(app, "nguoinop")
    draft = begun(visitor, "heavy")
    page = pages_of(visitor, draft)[0]
    assert SAID in words(visitor.get(page).text)
    saved = visitor.post(page, [*visitor.hidden(), ("answers.kind", "a"), ("step", "next")])
    assert saved.status_code == 303
    check = visitor.get(f"{draft}/check")
    assert check.status_code == 200
    assert "Hãy bỏ bớt mục đã thêm" in words(check.text)
    assert visitor.post(f"{draft}/check", [*visitor.hidden(), ("step", "send")]).status_code == 422


@pytest.mark.usefixtures("nothing_left")
def test_programs_are_told_the_code(app: Flask, office: Office):
    designer = program(app, "designer")
    answer = designer.call("POST", "/forms/validate", {"schema": form("x", *FIELDS), "data": {"kind": "b"}})
    assert answer.status_code == 422
    assert [detail["code"] for detail in answer.json["error"]["details"]] == ["form_too_heavy"]


@pytest.mark.usefixtures("nothing_left")
def test_a_designer_sees_it_in_the_preview(app: Flask, office: Office):
    visitor = at_desk(app, "thietke")
    visitor.get("/designer/drafts")
    base = visitor.post("/designer/drafts", {"name": "Bộ nặng"}).headers["Location"]
    visitor.get(base)
    assert visitor.post(f"{base}/files", [("files", (BytesIO(HEAVY), "ask.form"))]).status_code == 303
    preview = visitor.get(f"{base}/forms/ask.form/preview")
    assert preview.status_code == 200
    assert SAID in words(preview.text)
