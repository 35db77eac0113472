"""The designer's pages: the list, upload with its findings, publishing, versions, retiring, files byte for byte."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from services import definitions
from services.permissions import SYSTEM
from services.setup import SHIPPED
from storage.queries import deployments
from tests.engine.diagrams import call, end, script, start, user
from tests.office import Office
from tests.services.bundles import acts, bundle, form, one_task, procedure, text
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor

XML = b'<?xml version="1.0"?>'
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><definitions>&b;</definitions>'


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    yield from quick_app("module")


@pytest.fixture
def designer(app: Flask, tries: None) -> Visitor:
    return at_desk(app, "thietke")


def upload(designer: Visitor, files: Mapping[str, bytes] | list[tuple[str, bytes]], act: str = "upload", **more: str):
    """Choose files on the upload page and press one of its buttons."""
    designer.get("/designer/upload")
    pairs = files.items() if isinstance(files, Mapping) else files
    sent: list[tuple[str, Any]] = [("files", (BytesIO(data), name)) for name, data in pairs]
    return designer.post("/designer/upload", [*sent, *more.items(), ("act", act)])


def zipped(files: Mapping[str, bytes], folder: str = "") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return packed.getvalue()


def small(key: str, label: str = "Xem hồ sơ") -> dict[str, bytes]:
    """Give a procedure of one step."""
    check = user("check", acts("pass"), name=label, motcua__candidateGroups="one_door", motcua__form="check.form")
    return procedure(
        key, start("s", motcua__nationalStatus="1"), check, end("e"), "s -> check -> e",
        check__form=form("check", text("note")),
    )  # fmt: skip


def stored(app: Flask) -> int:
    with app.app_context():
        return len(deployments.of_kinds("process", "decision", "form"))


def test_the_list_shows_what_is_in_force_and_what_runs(app: Flask, designer: Visitor):
    with app.app_context():
        Office(parts=app.extensions["motcua"]).file()
    page = designer.get("/designer").text
    row = next(row for row in rows(page) if "biosafety-level-3" in row)
    assert "Đang hiệu lực" in row
    assert re.search(r" 1 1 ", row), row  # version, running
    assert len(rows(page)) == 3
    others = rows(designer.get("/designer?kind=processes").text)
    assert len([row for row in others if "sign-number-seal" in row]) == 1
    assert rows(designer.get("/designer?kind=decisions").text)
    assert rows(designer.get("/designer?kind=forms").text)


def test_the_list_is_searched_without_marks_and_narrowed_by_state(designer: Visitor):
    assert len(rows(designer.get("/designer?q=my pham").text)) == 1
    assert len(rows(designer.get("/designer?state=in_force&q=an toan").text)) == 1
    page = designer.get("/designer?q=khong co gi nhu vay").text
    assert "Không có mục nào khớp “khong co gi nhu vay”" in html.unescape(page)
    assert rows(designer.get("/designer?state=abolished").text) == []
    assert designer.get("/designer?state=nonsense&kind=nonsense&from=-1").status_code == 200


def test_a_check_tells_what_it_finds_and_stores_nothing(app: Flask, designer: Visitor):
    before = stored(app)
    answer = upload(designer, small("checked"), act="check")
    assert answer.status_code == 200
    shown = words(answer.text)
    assert "Bộ này chạy được" in shown
    assert "checked.bpmn" in shown
    assert stored(app) == before


def test_findings_name_the_element_the_file_and_the_line_and_nothing_is_stored(app: Flask, designer: Visitor):
    before = stored(app)
    files = bundle("broken", start("s"), script("bad", "import os", ""), end("e"), "s -> bad -> e")
    for act in ("upload", "check"):
        answer = upload(designer, files, act=act, name="Bộ thử của tôi")
        assert answer.status_code == 422
        shown = words(answer.text)
        assert "Chưa lưu gì" in shown
        row = next(row for row in rows(answer.text) if "bad" in row)
        assert row.startswith("Lỗi")
        assert "broken.bpmn" in row
        assert "dòng " in row
        assert 'value="Bộ thử của tôi"' in html.unescape(answer.text)
        assert "<title>Lỗi:" in answer.text
    assert stored(app) == before


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("text.bpmn", b"this is no XML"),
        ("cut.bpmn", one_task("cut")["cut.bpmn"][:-40]),
        ("entity.bpmn", XML + BOMB),
        ("html.bpmn", b"<html><body>no diagram</body></html>"),
        ("huge.bpmn", b"<x>" + b"a" * 2_100_000),
        ("empty.bpmn", b""),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
        ("broken.form", b'{"type": "default", "components": ['),
        ("list.form", b"[]"),
        ("broken.dmn", b"<definitions/>"),
        ("fake.zip", b"PK\x03\x04 no archive"),
        ("bomb.zip", zipped({f"{n}.bpmn": b"\0" * 1_900_000 for n in range(12)})),
        ("twice.zip", zipped({"a/x.bpmn": b"1", "b/x.bpmn": b"2"})),
        ("out.zip", zipped({"../x.bpmn": b"1"})),
        ("none.zip", zipped({})),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(app: Flask, designer: Visitor, name: str, data: bytes):
    before = stored(app)
    answer = upload(designer, {name: data})
    assert 400 <= answer.status_code < 500
    shown = words(answer.text)
    assert (name in shown) or name == "none.zip", shown
    assert "Tải lên bộ thủ tục" in shown  # the page itself, not an error page
    assert stored(app) == before


def test_files_are_needed_and_two_may_not_have_one_name(app: Flask, designer: Visitor):
    before = stored(app)
    answer = upload(designer, {})
    assert answer.status_code == 422
    assert "Chọn ít nhất một tệp." in words(answer.text)
    assert 'href="#files"' in answer.text
    data = one_task("double")["double.bpmn"]
    answer = upload(designer, [("double.bpmn", data), ("double.bpmn", data)])
    assert answer.status_code == 422
    assert "Có hai tệp tên double.bpmn." in words(answer.text)
    answer = upload(designer, one_task("longname"), name="x" * 201)
    assert answer.status_code == 422
    assert "Tên dài quá 200 ký tự." in words(answer.text)
    assert stored(app) == before


def test_a_form_without_its_token_is_refused(app: Flask, designer: Visitor):
    before = stored(app)
    answer = designer.client.post("/designer/upload", data={"files": (BytesIO(b"x"), "x.bpmn"), "act": "upload"})
    assert answer.status_code == 400
    assert stored(app) == before


def test_an_upload_is_a_draft_until_it_is_published(app: Flask, designer: Visitor):
    answer = upload(designer, {"bo.zip": zipped(small("drafted"), folder="any/folder/")}, name="Bộ nháp")
    assert answer.status_code == 303
    deployment = answer.location
    page = designer.get(deployment).text
    assert "<h1>Bộ nháp</h1>" in page
    assert "Chưa có gì thay đổi với người nộp" in words(page)
    assert "Bản nháp" in words(page)
    visitor = Visitor(app)
    assert visitor.get("/procedures/drafted").status_code == 404
    published = designer.post(f"{deployment}/publish")
    assert published.status_code == 303
    assert "Đang hiệu lực" in words(designer.get(deployment).text)
    assert visitor.get("/procedures/drafted").status_code == 200
    designer.get("/designer")
    assert designer.post(f"{deployment}/publish").status_code == 409


def test_publishing_says_what_it_supersedes_and_how_many_stay_on_it(app: Flask, designer: Visitor):
    first = upload(designer, small("versions")).location
    designer.get(first)
    designer.post(f"{first}/publish")
    with app.app_context():
        Office(parts=app.extensions["motcua"]).file_in("versions")
    second = upload(designer, small("versions", label="Xem kỹ hơn")).location
    shown = words(designer.get(second).text)
    assert "Thay phiên bản 1" in shown
    assert "1 hồ sơ đang chạy ở lại phiên bản cũ" in shown
    listed = next(row for row in rows(designer.get("/designer?q=versions").text) if "versions" in row)
    assert "1, nháp 2" in listed
    designer.get(second)
    designer.post(f"{second}/publish")
    row = next(row for row in rows(designer.get("/designer?q=versions").text) if "versions" in row)
    definition = re.search(r"/designer/definitions/[0-9a-z]{16}", designer.page)
    assert definition is not None
    assert " 2 1 " in row
    versions = [row for row in rows(designer.get(definition[0]).text) if row.startswith(("1 ", "2 "))]
    assert versions[0].startswith("2 đang xem Đang hiệu lực")
    assert versions[1].startswith("1 Đã thay thế")
    assert versions[1].split()[-4] == "1"  # runs on, under the version it was filed with


def test_the_same_files_again_lead_to_the_same_upload(designer: Visitor):
    files = small("again")
    first, second = upload(designer, files), upload(designer, files)
    assert second.location == first.location
    assert "đã được tải lên trước đây" in words(designer.get(second.location).text)


def test_a_bundle_whose_called_process_is_gone_is_not_published(app: Flask, designer: Visitor):
    with app.app_context():
        called = definitions.deploy(SYSTEM, one_task("called"), now=Office(parts=app.extensions["motcua"]).now)
    calling = bundle("calling", start("s"), call("c", "called"), end("e"), "s -> c -> e")
    deployment = upload(designer, calling).location
    with app.app_context():
        definitions.retire(SYSTEM, called.definitions[0].id, now=Office(parts=app.extensions["motcua"]).now)
    designer.get(deployment)
    answer = designer.post(f"{deployment}/publish")
    assert answer.status_code == 422
    assert "Chưa công bố" in words(answer.text)
    assert "called" in words(answer.text)
    assert "Bản nháp" in words(designer.get(deployment).text)


def test_files_are_given_back_byte_for_byte(app: Flask, designer: Visitor):
    with app.app_context():
        version = deployments.in_force("process", ["biosafety-level-3"])["biosafety-level-3"]
    for path in (SHIPPED / "biosafety-level-3").iterdir():
        answer = designer.get(f"/designer/deployments/{version.deployment_id}/files/{path.name}")
        assert answer.data == path.read_bytes()
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert designer.get(f"/designer/deployments/{version.deployment_id}/files/none.bpmn").status_code == 404
    assert designer.get(f"/diagrams/{version.id}.bpmn").data.startswith(b"<?xml")


def test_a_file_with_a_vietnamese_name_comes_back_under_it(designer: Visitor):
    data = one_task("vietnamese")["vietnamese.bpmn"]
    deployment = upload(designer, {"Thẩm định “hồ sơ”.bpmn": data}).location
    link = re.search(rf"{deployment}/files/[^\"]+", designer.get(deployment).text)
    assert link is not None
    answer = designer.get(html.unescape(link[0]))
    assert answer.data == data
    assert "filename*=UTF-8''Th%E1%BA%A9m" in answer.headers["Content-Disposition"]


def test_a_version_shows_its_diagram_its_steps_and_its_legal_parts(app: Flask, designer: Visitor):
    with app.app_context():
        version = deployments.in_force("process", ["imported-cosmetics"])["imported-cosmetics"]
    answer = designer.get(f"/designer/definitions/{version.id}")
    assert f'data-diagram="/diagrams/{version.id}.bpmn"' in answer.text
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    shown = words(answer.text)
    for part in ("MINH-HOA.02", "500.000 đồng", "Cục Quản lý Dược", "Tiếp nhận hồ sơ", "Căn cứ pháp lý"):
        assert part in shown
    forms = re.search(r"/designer/definitions/[0-9a-z]{16}", designer.get("/designer?kind=forms").text)
    assert forms is not None
    assert "data-diagram" not in designer.get(forms[0]).text
    assert designer.get("/designer/definitions/none").status_code == 404


def test_retiring_takes_two_steps(app: Flask, designer: Visitor):
    deployment = upload(designer, small("old")).location
    designer.get(deployment)
    designer.post(f"{deployment}/publish")
    definition = re.search(r"/designer/definitions/[0-9a-z]{16}", designer.get(deployment).text)
    assert definition is not None
    assert f'href="{definition[0]}/retire"' in designer.get(definition[0]).text
    sure = words(designer.get(f"{definition[0]}/retire").text)
    assert "Từ lúc này không ai nộp được hồ sơ mới." in sure
    assert "0 hồ sơ đang chạy vẫn được giải quyết đến cùng" in sure
    assert designer.post(f"{definition[0]}/retire").status_code == 303
    assert "Bãi bỏ" in words(designer.get(definition[0]).text)
    assert designer.get(f"{definition[0]}/retire").status_code == 404
    assert designer.post(f"{definition[0]}/retire").status_code == 409
    assert [row for row in rows(designer.get("/designer?state=abolished").text) if "old" in row]


def test_only_designers_come_in(app: Flask, tries: None):
    officer = at_desk(app, "motcua")
    for path in ("/designer", "/designer/upload", "/designer/definitions/x", "/designer/deployments/x"):
        assert officer.get(path).status_code == 403
        assert Visitor(app).get(path).status_code == 302
    assert upload(officer, {}).status_code == 403


def test_the_pages_speak_english(designer: Visitor):
    assert "Upload a bundle" in words(designer.get("/designer?lang=en").text)
    answer = upload(designer, {"text.bpmn": b"no XML"})
    assert "Nothing was stored" in words(answer.text)
    designer.get("/designer?lang=vi")
