"""Filing without JavaScript: the case, the form, the papers, the last look, the receipt."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from storage.queries import dossiers as lists
from tests.office import course
from tests.web.visitor import Visitor, pdf

KEY = "biosafety-level-3"
PATH = f"/procedures/{KEY}/file"
PARTS = ("staff_list", "floor_plan", "incident_plan", "practice_rules")
KEPT = re.compile(r'<input type="hidden" name="document" value="([0-9a-f]{32})">')


@pytest.fixture
def visitor(shared_app: Flask, tries: None) -> Visitor:
    visitor = Visitor(shared_app)
    visitor.sign_in("nguoinop2")
    return visitor


def posted(answers: Mapping[str, Any], prefix: str = "answers.") -> Iterator[tuple[str, str]]:
    """Give answers as the form would post them."""
    for name, value in answers.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, dict):
                    yield from posted(row, f"{prefix}{name}[{number}].")
                else:
                    yield f"{prefix}{name}", str(row)
        elif isinstance(value, dict):
            yield from posted(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", "true" if value is True else "" if value is None else str(value)


def answers(**changes: Any) -> list[tuple[str, Any]]:
    return [("case", ""), *posted({**course("granted_at_once")["answers"], **changes})]


def files(*parts: str) -> list[tuple[str, Any]]:
    return [(f"component.{part}", pdf(f"{part}.pdf")) for part in parts]


def kept(page: str) -> list[tuple[str, str]]:
    return [("document", one) for one in dict.fromkeys(KEPT.findall(page))]


def errors(page: str) -> list[str]:
    """Give the lines of the error summary."""
    summary = page[page.index('id="error-summary"') : page.index("</ul>", page.index('id="error-summary"'))]
    return [html.unescape(re.sub("<[^>]+>", "", line)) for line in re.findall(r"<li>.*?</li>", summary)]


def count(app: Flask, username: str = "nguoinop2") -> int:
    with app.app_context():
        return len(lists.of_applicant(username, limit=1000).rows)


def test_a_dossier_is_filed_through_form_check_and_receipt(demo_app: Flask, tries: None):
    visitor = Visitor(demo_app)
    visitor.sign_in("nguoinop")
    assert visitor.get(PATH).status_code == 200
    checked = visitor.post(PATH, [*answers(), *files(*PARTS), ("step", "check")])
    assert checked.status_code == 200
    assert "Kiểm tra trước khi gửi" in checked.text
    for part in PARTS:
        assert f"{part}.pdf" in checked.text
    assert count(demo_app, "nguoinop") == 0  # nothing is filed yet
    sent = visitor.post(PATH, [*visitor.hidden(), ("step", "send")])
    assert sent.status_code == 303
    receipt = visitor.get(sent.headers["Location"])
    assert receipt.status_code == 200
    code = sent.headers["Location"].split("/")[3]
    assert re.fullmatch(r"000\.00\.00\.G18-\d{6}-0001", code)
    for words in ("BIÊN NHẬN NỘP HỒ SƠ", "Mã tra cứu", "Trả lời tiếp nhận chậm nhất", "<svg", "data-print"):
        assert words in receipt.text, words
    assert receipt.text.count('<td class="mc-mono text-break">') == len(PARTS)
    assert re.search(r'<td class="mc-mono text-break">[0-9a-f]{64}</td>', receipt.text)


def test_the_same_filing_sent_twice_is_one_dossier(shared_app: Flask, visitor: Visitor):
    before = count(shared_app)
    visitor.get(PATH)
    visitor.post(PATH, [*answers(), *files(*PARTS), ("step", "check")])
    filing = [*visitor.hidden(), ("step", "send")]
    first, second = visitor.post(PATH, filing), visitor.post(PATH, filing)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert count(shared_app) == before + 1


def test_a_filing_cannot_take_the_number_of_another_persons(shared_app: Flask, visitor: Visitor):
    visitor.get(PATH)
    visitor.post(PATH, [*answers(), *files(*PARTS), ("step", "check")])
    filing = dict(visitor.hidden())["filing"]
    visitor.post(PATH, [*visitor.hidden(), ("step", "send")])
    other = Visitor(shared_app)
    other.sign_in("nguoinop")
    assert other.post(PATH, [*answers(), ("filing", filing), ("step", "send")]).status_code == 404
    assert other.post(PATH, [*answers(), ("filing", "x" * 32), ("step", "send")]).status_code == 400


def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(shared_app: Flask, visitor: Visitor):
    before = count(shared_app)
    visitor.get(PATH)
    hostile = 'Sao Mai <script>alert("x")</script>'
    wrong = answers(laboratory_name=hostile, phone="12")
    wrong = [(name, value) for name, value in wrong if name != "answers.commitment"]
    page = visitor.post(PATH, [*wrong, *files("floor_plan"), ("step", "check")])
    assert page.status_code == 422
    assert "<title>Lỗi:" in page.text
    said = errors(page.text)
    for part in ("Bản kê khai nhân sự", "Kế hoạch phòng ngừa", "Quy định về thực hành"):
        assert any(part in line for line in said), (part, said)
    assert not any("Sơ đồ mặt bằng" in line for line in said)
    assert 'href="#component-staff_list"' in page.text
    assert 'id="component-staff_list-error"' in page.text
    assert "floor_plan.pdf" in page.text  # kept
    assert html.escape(hostile, quote=True) in page.text.replace("&#34;", "&quot;")
    assert "<script>alert" not in page.text
    again = visitor.post(
        PATH, [*answers(), *kept(page.text), *files("staff_list", "incident_plan", "practice_rules"), ("step", "check")]
    )
    assert again.status_code == 200
    assert "máy chủ đã nhận 4 tệp" in again.text
    assert count(shared_app) == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("evil.pdf", b"MZ this is a program", "không thuộc loại được nhận"),
        ("empty.pdf", b"", "rỗng"),
        ("page.pdf", b"<html><script>alert(1)</script>", "không thuộc loại được nhận"),
        ("large.pdf", b"%PDF-1.4\n" + b"0" * (20 * 1024 * 1024), "lớn hơn 20 MB"),
    ],
)
def test_a_file_that_is_not_accepted_is_named_at_its_component(visitor: Visitor, name: str, content: bytes, said: str):
    visitor.get(PATH)
    sent = [*answers(), *files("staff_list"), ("component.floor_plan", (BytesIO(content), name)), ("step", "check")]
    page = visitor.post(PATH, sent)
    assert page.status_code == 422
    lines = [line for line in errors(page.text) if name in line]
    assert len(lines) == 1
    assert said in lines[0]
    assert not any("Cần tải lên: Sơ đồ mặt bằng" in line for line in errors(page.text))
    assert "staff_list.pdf" in page.text


def test_a_kept_file_can_be_removed(visitor: Visitor):
    visitor.get(PATH)
    page = visitor.post(PATH, [*answers(), *files("floor_plan", "staff_list"), ("step", "upload")])
    assert page.status_code == 200
    (_, first), (_, second) = kept(page.text)
    page = visitor.post(
        PATH, [*answers(), ("document", first), ("document", second), ("remove", first), ("step", "upload")]
    )
    assert kept(page.text) == [("document", second)]
    assert visitor.get(f"/documents/{first}").status_code == 404
    assert visitor.get(f"/documents/{second}").status_code == 200


def test_somebody_elses_upload_cannot_be_filed(shared_app: Flask, visitor: Visitor):
    visitor.get(PATH)
    page = visitor.post(PATH, [*answers(), *files("floor_plan"), ("step", "upload")])
    other = Visitor(shared_app)
    other.sign_in("nguoinop")
    other.get(PATH)
    theirs = other.post(PATH, [*answers(), *kept(page.text), ("step", "check")])
    assert theirs.status_code == 422
    assert any("Sơ đồ mặt bằng" in line for line in errors(theirs.text))
    assert kept(theirs.text) == []


def test_from_the_last_look_one_goes_back_with_everything(visitor: Visitor):
    visitor.get(PATH)
    visitor.post(PATH, [*answers(laboratory_name="Phòng Ngô Thị Thuý Quỳnh"), *files(*PARTS), ("step", "check")])
    page = visitor.post(PATH, [*visitor.hidden(), ("step", "edit")])
    assert page.status_code == 200
    assert 'value="Phòng Ngô Thị Thuý Quỳnh"' in page.text
    assert len(kept(page.text)) == len(PARTS)


def test_buttons_that_change_the_form_check_nothing(visitor: Visitor):
    visitor.get(PATH)
    page = visitor.post(PATH, [("case", ""), ("answers.laboratory_name", "Sao"), ("answers-do", "refresh")])
    assert page.status_code == 200
    assert 'value="Sao"' in page.text
    assert "error-summary" not in page.text


def test_a_procedure_with_cases_asks_for_the_case_first(visitor: Visitor):
    path = "/procedures/medical-devices/file"
    page = visitor.get(path)
    assert page.status_code == 200
    assert "Bạn nộp theo trường hợp nào?" in page.text
    assert visitor.get(f"{path}?asked=1").status_code == 422
    assert visitor.get(f"{path}?case=nope").status_code == 422
    form = visitor.get(f"{path}?case=fast_track")
    assert form.status_code == 200
    assert "Giấy phép lưu hành của nước tham chiếu" in form.text
    assert "Giấy phép lưu hành của nước tham chiếu" not in visitor.get(f"{path}?case=class_a").text
    assert visitor.post(path, {"case": "nope", "step": "send"}).status_code == 422


def test_files_of_another_case_stay_behind(visitor: Visitor):
    path = "/procedures/medical-devices/file"
    visitor.get(f"{path}?case=fast_track")
    page = visitor.post(path, [("case", "fast_track"), *files("reference_licence", "label"), ("step", "upload")])
    assert len(kept(page.text)) == 2
    page = visitor.post(path, [("case", "class_a"), *kept(page.text), ("step", "upload")])
    assert len(kept(page.text)) == 1


def test_unknown_fields_and_files_are_refused_or_ignored(visitor: Visitor):
    visitor.get(PATH)
    page = visitor.post(PATH, [*answers(), ("answers.is_admin", "true"), *files(*PARTS), ("step", "check")])
    assert page.status_code == 422
    assert any("is_admin" in line for line in errors(page.text))
    page = visitor.post(PATH, [*answers(), ("component.nope", pdf()), *files(*PARTS), ("step", "check")])
    assert page.status_code == 200


def test_filing_needs_a_sign_in_and_the_permission(shared_app: Flask, tries: None):
    nobody = Visitor(shared_app)
    answer = nobody.get(PATH)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=%2Fprocedures%2Fbiosafety-level-3%2Ffile"
    officer = Visitor(shared_app)
    officer.sign_in("motcua")
    assert officer.get(PATH).status_code == 403
    assert "file_dossier" in officer.page


def test_a_form_without_its_token_is_refused(visitor: Visitor):
    visitor.get(PATH)
    assert visitor.client.post(PATH, data={"case": "", "step": "send"}).status_code == 400


def test_a_body_that_is_too_large_gets_a_page(visitor: Visitor):
    visitor.get(PATH)
    answer = visitor.post(PATH, [("component.floor_plan", (BytesIO(b"%PDF-" + b"0" * (65 * 1024 * 1024)), "a.pdf"))])
    assert answer.status_code == 413
    assert "Dung lượng vượt giới hạn" in answer.text
