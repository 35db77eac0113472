"""Drafts of bundles on the designer's pages: begun from what is in force, edited, looked at, deployed, discarded."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask

from storage.queries import bundle_drafts, deployments
from tests.office import PROCEDURE
from tests.services.bundles import form, number, one_task, text
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor

FILING = "biosafety-filing.form"


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    yield from quick_app("module")


@pytest.fixture
def designer(app: Flask, tries: None) -> Visitor:
    return at_desk(app, "thietke")


def begun(designer: Visitor, **files: dict[str, object]) -> str:
    """Begin an empty draft, put forms into it, and give its address."""
    designer.get("/designer/drafts")
    begun.number += 1  # type: ignore[attr-defined]
    answer = designer.post("/designer/drafts", {"name": f"Bộ {begun.number}"})  # type: ignore[attr-defined]
    assert answer.status_code == 303
    base = answer.headers["Location"]
    if files:
        put(designer, base, {f"{name}.form": json.dumps(schema).encode() for name, schema in files.items()})
    return str(base)


begun.number = 0  # type: ignore[attr-defined]


def put(designer: Visitor, base: str, files: dict[str, bytes]):
    designer.get(base)
    return designer.post(f"{base}/files", [("files", (BytesIO(data), name)) for name, data in files.items()])


def saved(app: Flask, base: str, name: str) -> str:
    with app.app_context():
        found = bundle_drafts.content(base.rpartition("/")[2], name)
        return found[0].decode() if found else ""


def test_a_draft_of_what_is_in_force_begins_at_the_procedure(app: Flask, designer: Visitor):
    with app.app_context():
        version = deployments.in_force("process", [PROCEDURE])[PROCEDURE]
    page = designer.get(f"/designer/definitions/{version.id}").text
    assert f'name="deployment" value="{version.deployment_id}"' in page
    answer = designer.post("/designer/drafts", {"deployment": version.deployment_id, "in_force": "yes"})
    base = answer.headers["Location"]
    page = designer.get(base).text
    assert any("Như đang hiệu lực" in row and FILING in row for row in rows(page))
    assert 'href="' + base + "/forms/" + FILING in page
    again = designer.post("/designer/drafts", {"deployment": version.deployment_id, "in_force": "yes", "form": FILING})
    assert again.headers["Location"].endswith(f"/forms/{FILING}")
    form_page = designer.get(again.headers["Location"])
    assert form_page.status_code == 200
    assert "'unsafe-inline'" in form_page.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in designer.get(base).headers["Content-Security-Policy"]


def test_without_javascript_a_form_is_edited_as_json_and_looked_at(app: Flask, designer: Visitor):
    base = begun(designer)
    answer = designer.post(f"{base}/forms", {"file": "phiếu mới"})
    url = answer.headers["Location"]
    page = designer.get(url).text
    assert "Lưu và xem thử" in page
    schema = json.dumps(form("phieu", text("name", required=True), number("age")), ensure_ascii=False)
    answer = designer.post(url, {"source": schema, "seen": "1", "sample": '{"name": "Ánh"}'})
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    assert saved(app, base, "phiếu mới.form") == schema
    preview = designer.get(f"{url}/preview")
    assert 'value="Ánh"' in preview.text
    assert designer.post(f"{url}/preview", {"answers.name": "", "validate": "yes"}).text.count("#f-name") == 1
    judged = designer.post(f"{url}/preview", {"answers.name": "Bình", "answers.age": "1", "validate": "yes"}).text
    assert "Mọi câu trả lời đều hợp lệ" in judged
    assert '"age": 1' in html.unescape(judged)


def test_the_preview_has_a_tighter_policy_and_stands_in_our_frames_only(designer: Visitor):
    base = begun(designer, ask=form("ask", text("name")))
    for answer in (designer.get(f"{base}/forms/ask.form/preview"), designer.post(f"{base}/forms/ask.form/preview")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "sandbox allow-forms allow-same-origin" in policy
        assert "script" not in policy
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_the_preview_speaks_the_language_that_is_asked_and_the_findings_that_of_the_page(designer: Visitor):
    ask = form("ask", {**text("name"), "label": "Họ tên", "properties": {"labelEn": "Full name"}}, {"type": "select"})
    base = begun(designer, ask=ask)
    source = json.dumps(form("ask", *ask["components"][:1], {"type": "select", "key": "x", "label": "X"}))
    page = designer.post(f"{base}/forms/ask.form/preview", {"source": source, "in": "en"}).text
    assert "Full name" in page
    assert '<html lang="en">' in page
    assert "Chưa có mục nào để chọn" in page
    assert '<html lang="vi">' in designer.get(f"{base}/forms/ask.form/preview").text


def test_the_editor_saves_by_itself_and_is_told_whose_save_it_would_undo(app: Flask, designer: Visitor, tries: None):
    base = begun(designer, ask=form("ask"))
    url = f"{base}/forms/ask.form"
    page = designer.get(url).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None

    def send(who: Visitor, **body: object):
        return who.client.post(url, json=body, headers={"X-CSRFToken": token[1]})

    first = send(designer, source='{"a":1}', seen=1, sample=None, auto=True)
    assert (first.status_code, first.json["version"]) == (200, 2)
    refused = send(designer, source='{"a":2}', seen=1, auto=True)
    assert (refused.status_code, refused.json["version"], refused.json["error"]["code"]) == (409, 2, "stale_version")
    assert refused.json["who"]
    assert send(designer, source='{"a":2}', seen=2, sample="x" * 100_001).status_code == 422
    assert send(designer, source="x" * 2_000_001, seen=2).status_code == 413
    for body in ({"seen": 1}, {"source": 5}, {"source": "\0", "seen": 2}, {"source": "{}", "sample": []}):
        assert send(designer, **body).status_code == 400
    assert saved(app, base, "ask.form") == '{"a":1}'


def test_a_conflict_without_javascript_keeps_what_was_typed(app: Flask, designer: Visitor):
    base = begun(designer, ask=form("ask"))
    url = f"{base}/forms/ask.form"
    designer.get(url)
    designer.post(url, {"source": '{"theirs": 1}', "seen": "1"})
    answer = designer.post(url, {"source": '{"mine": 1}', "seen": "1"})
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert '{"mine": 1}</textarea>' in page
    assert "Ghi đè bằng bản của tôi" in page
    assert 'name="seen" value="2"' in page
    designer.post(url, {"source": '{"mine": 1}', "seen": "2"})
    assert saved(app, base, "ask.form") == '{"mine": 1}'
    restored = designer.post(f"{base}/files/ask.form/restore", {"version": "2", "seen": "3", "back": "form"})
    assert restored.headers["Location"] == url
    assert saved(app, base, "ask.form") == '{"theirs": 1}'


def test_a_draft_is_deployed_with_its_findings_in_sight(designer: Visitor):
    base = begun(designer)
    files = one_task("drafted", motcua__form="ask.form")
    put(designer, base, files)
    page = designer.get(base).text
    assert "Triển khai bộ này" not in page
    assert any("ask.form" in row and row.startswith("Lỗi") for row in rows(page))
    put(designer, base, {"ask.form": json.dumps(form("ask", text("name"))).encode()})
    page = designer.get(base).text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen is not None
    stale = designer.post(f"{base}/deploy", {"seen": "0" * 64})
    assert (stale.status_code, "Chưa triển khai" in words(stale.text)) == (409, True)
    answer = designer.post(f"{base}/deploy", {"seen": seen[1]})
    assert answer.status_code == 303
    page = designer.get(answer.headers["Location"]).text
    assert "Công bố bộ này" in page
    assert "Đã triển khai" in words(designer.get("/designer/drafts").text)
    assert "từ đó chưa sửa gì" in words(designer.get(base).text)


def test_files_are_renamed_removed_and_brought_back(app: Flask, designer: Visitor):
    base = begun(designer, ask=form("ask"), other=form("other"))
    assert designer.post(f"{base}/files/ask.form/rename", {"file": "other.form", "seen": "1"}).status_code == 409
    assert designer.post(f"{base}/files/ask.form/rename", {"file": "../x", "seen": "1"}).status_code == 422
    assert designer.post(f"{base}/files/ask.form/rename", {"file": "new.form", "seen": "1"}).status_code == 303
    assert designer.post(f"{base}/files/new.form/remove", {"seen": "1"}).status_code == 303
    page = designer.get(base).text
    assert "Lấy lại new.form" in words(page)
    assert designer.post(f"{base}/files/new.form/restore", {"version": "1", "seen": "0"}).status_code == 303
    assert saved(app, base, "new.form") == json.dumps(form("ask"))
    sent = designer.get(f"{base}/files/new.form")
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert designer.get(f"{base}/files/new.form?version=1").data == sent.data
    assert designer.get(f"{base}/files/new.form?version=9").status_code == 404


def test_a_draft_is_discarded_after_a_second_question(designer: Visitor):
    base = begun(designer, ask=form("ask"))
    assert "ask.form" in designer.get(f"{base}/discard").text
    assert designer.post(f"{base}/discard").headers["Location"] == "/designer/drafts"
    assert designer.get(base).status_code == 404


def test_a_form_is_made_once_under_one_name(designer: Visitor):
    base = begun(designer, ask=form("ask"))
    for name, status in (("ask.form", 409), ("", 422), ("a/b", 422), ("x" * 200, 422)):
        answer = designer.post(f"{base}/forms", {"file": name})
        assert answer.status_code == status, name
        assert "mc-errorsum" in answer.text
    assert designer.post(f"{base}/files").status_code == 422
    assert designer.post("/designer/drafts", {"name": " "}).status_code == 422
    assert designer.post("/designer/drafts", {"deployment": "none"}).status_code == 404
    assert designer.get(f"{base}/forms/none.form").status_code == 404


def test_a_form_may_begin_with_the_fields_of_another(app: Flask, designer: Visitor):
    base = begun(designer, ask=form("ask", text("name"), number("age")), broken={"components": 5})
    assert "các ô của ask.form" in html.unescape(designer.get(base).text)
    url = designer.post(f"{base}/forms", {"file": "review", "from": "ask.form"}).headers["Location"]
    assert json.loads(saved(app, base, "review.form")) == form("review", text("name"), number("age"))
    assert 'name="answers.age"' in designer.get(f"{url}/preview").text
    for number_, other in enumerate(("none.form", "broken.form", "..")):
        assert designer.post(f"{base}/forms", {"file": f"f{number_}", "from": other}).status_code == 303


def test_styles_of_its_own_are_allowed_on_the_form_page_only(designer: Visitor):
    base = begun(designer, ask=form("ask"))
    loose = [
        path
        for path in ("/designer", "/designer/drafts", base, f"{base}/discard", f"{base}/forms/ask.form")
        if "'unsafe-inline'" in designer.get(path).headers["Content-Security-Policy"]
    ]
    assert loose == [f"{base}/forms/ask.form"]
    assert "script-src 'self';" in designer.get(loose[0]).headers["Content-Security-Policy"]


def test_a_form_of_a_thousand_endless_expressions_is_answered_in_time(
    designer: Visitor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("forms.allowance.SECONDS", 0.3)
    endless = "=count(for i in 1..99999 return i) > 5"
    parts = [{"type": "expression", "key": f"e{n}", "expression": endless} for n in range(1000)]
    parts[::2] = [{"type": "text", "text": f"{{{{ {endless[1:]} }}}}"} for _ in parts[::2]]
    base = begun(designer, ask=form("ask", *parts))
    began = time.process_time()
    assert designer.get(f"{base}/forms/ask.form/preview").status_code == 200
    assert time.process_time() - began < 20, "their own limits would add up to some hundred seconds"


MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}"
HOSTILE = [
    "", "null", "[]", "5", '"x"', "{", '{"components": 5}', '{"components": [5, null, [], "x"]}', '{"components": NaN}',
    '{"a":' * 5000 + "1" + "}" * 5000,
    '{"components": [' + '{"type": "group", "components": [' * 200 + "]}" * 200 + "]}",
    json.dumps({"type": "default", "components": [{"type": "textfield", "key": "a\ud800", "label": "\ud800"}]}),
    json.dumps({"type": "default", "components": [{"type": "select", "key": "a", "values": {"x": 1}}]}),
    json.dumps({"type": "default", "components": [{"type": "number", "key": "a", "validate": {"min": "=1/0"}}]}),
    json.dumps(form("x", {"type": "textfield", "key": "a", "validate": {"pattern": "(a+)+$"}})),
    json.dumps(form("x", {"type": "expression", "key": "a", "expression": "=for i in 1..9999999 return i"})),
    json.dumps({"type": "default", "id": MARKUP, "components": [
        {"type": "textfield", "key": "a", "id": MARKUP, "label": MARKUP, "description": MARKUP, "defaultValue": MARKUP},
        {"type": "text", "text": MARKUP}, {"type": "html", "content": MARKUP},
        {"type": MARKUP, "key": MARKUP}, {"type": "group", "label": MARKUP, "components": []},
    ]}),
    json.dumps({"type": "default", "components": [
        {"type": "text", "text": MARKUP}, {"type": "html", "content": MARKUP},
        {"type": "textfield", "key": "a", "label": MARKUP, "appearance": {"prefixAdorner": MARKUP}},
    ]}),
]  # fmt: skip


@pytest.mark.parametrize("source", HOSTILE)
def test_a_hostile_schema_gives_findings_and_nothing_of_it_runs(designer: Visitor, source: str):
    base = begun(designer, ask=form("ask"))
    url = f"{base}/forms/ask.form"
    designer.get(url)
    preview = designer.post(f"{url}/preview", {"source": source, "validate": "yes", "answers.a": "x" * 50})
    assert preview.status_code == 200
    saved_ = designer.post(url, {"source": source, "seen": "1", "sample": source[:1000]})
    assert saved_.status_code == 303
    for page in (preview, designer.get(url), designer.get(f"{url}/preview"), designer.get(base)):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
