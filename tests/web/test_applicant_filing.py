"""Filing without JavaScript: a draft at once, one thing per page, the papers, the last look, the receipt."""

from __future__ import annotations

import html
import re
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from forms import fill
from services import documents
from storage.queries import dossiers as lists
from tests.office import course
from tests.web.filing import begun, filled, on_page, pages_of, posted, sent_off
from tests.web.visitor import Visitor, pdf

KEY = "biosafety-level-3"
PATH = f"/procedures/{KEY}/file"
DEVICES = "medical-devices"
LABORATORY, RETURN, EQUIPMENT, PAPERS = "Group_laboratory", "Group_return", "List_equipment", "papers"
PARTS = ("staff_list", "floor_plan", "incident_plan", "practice_rules")
KEPT = re.compile(r'<input type="hidden" name="document" value="([0-9a-f]{32})">')


@pytest.fixture
def visitor(shared_app: Flask, tries: None) -> Visitor:
    visitor = Visitor(shared_app)
    visitor.sign_in("nguoinop2")
    return visitor


@pytest.fixture
def draft(visitor: Visitor) -> str:
    """A draft that was just begun: its address."""
    return begun(visitor, KEY)


def answers(**changes: Any) -> list[tuple[str, Any]]:
    return list(posted({**course("granted_at_once")["answers"], **changes}))


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


def states(visitor: Visitor, draft: str) -> list[str]:
    """Give what the list of pages says of each."""
    page = visitor.get(draft).text
    return [re.sub("<[^>]+>", "", chip).strip() for chip in re.findall(r'<span class="mc-chip.*?</span>', page)]


def test_a_dossier_is_filed_through_its_pages_check_and_receipt(demo_app: Flask, tries: None):
    visitor = Visitor(demo_app)
    visitor.sign_in("nguoinop")
    draft = begun(visitor, KEY)
    assert states(visitor, draft) == ["Chưa làm"] * 7 + ["Làm xong các mục trên đã"]
    filled(visitor, draft, answers(), files(*PARTS))
    assert states(visitor, draft) == ["Đã xong"] * 7 + ["Sẵn sàng"]
    checked = visitor.get(f"{draft}/check")
    assert "Kiểm tra trước khi gửi" in checked.text
    for part in PARTS:
        assert f"{part}.pdf" in checked.text
    assert count(demo_app, "nguoinop") == 0  # nothing is filed yet
    sent = sent_off(visitor, draft, answers())
    assert sent.status_code == 303
    receipt = visitor.get(sent.headers["Location"])
    assert receipt.status_code == 200
    code = sent.headers["Location"].split("/")[3]
    assert re.fullmatch(r"000\.00\.00\.G18-\d{6}-0001", code)
    for words in ("BIÊN NHẬN NỘP HỒ SƠ", "Mã tra cứu", "Trả lời tiếp nhận chậm nhất", "<svg", "data-print"):
        assert words in receipt.text, words
    assert receipt.text.count('<td class="mc-mono text-break">') == len(PARTS)
    assert re.search(r'<td class="mc-mono text-break">[0-9a-f]{64}</td>', receipt.text)
    assert "Bạn không có bản nháp nào" in visitor.get("/my/drafts").text


def test_the_same_filing_sent_twice_is_one_dossier(shared_app: Flask, visitor: Visitor, draft: str):
    before = count(shared_app)
    filled(visitor, draft, answers(), files(*PARTS))
    visitor.get(f"{draft}/check")
    filing = [*visitor.hidden(), *answers(), ("step", "send")]
    first, second = visitor.post(f"{draft}/check", filing), visitor.post(f"{draft}/check", filing)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert count(shared_app) == before + 1
    code = first.headers["Location"].split("/")[3]
    for address in (draft, f"{draft}/check", f"{draft}/{LABORATORY}"):  # another tab finds the dossier it became
        assert visitor.get(address).headers["Location"] == f"/my/dossiers/{code}"
    assert visitor.post(f"{draft}/{LABORATORY}", answers()).headers["Location"] == f"/my/dossiers/{code}"


def test_nobody_sees_or_sends_somebody_elses_draft(shared_app: Flask, visitor: Visitor, draft: str):
    other = Visitor(shared_app)
    other.sign_in("nguoinop")
    assert other.get(draft).status_code == 404
    for address in (f"{draft}/{LABORATORY}", f"{draft}/papers", f"{draft}/check", f"{draft}/case"):
        assert other.get(address).status_code == 404
        assert other.post(address, [*answers(), ("step", "send")]).status_code == 404
    assert other.post(f"{draft}/swap").status_code == 404
    assert visitor.get(draft).status_code == 200


def test_what_is_wrong_with_a_page_is_said_at_once_and_nothing_typed_is_lost(visitor: Visitor, draft: str):
    hostile = 'Sao Mai <script>alert("x")</script>'
    wrong = answers(laboratory_name=hostile, laboratory_area="many", phone="12")
    page = on_page(visitor, f"{draft}/{LABORATORY}", wrong)
    assert page.status_code == 422
    assert "<title>Lỗi:" in page.text
    assert ["Diện tích" in line for line in errors(page.text)] == [True]  # the phone is another page's
    for text in (page.text, visitor.get(f"{draft}/{LABORATORY}").text):
        assert html.escape(hostile, quote=True) in text.replace("&#34;", "&quot;")
        assert "<script>alert" not in text
        assert 'value="many"' in text
    assert states(visitor, draft)[1] == "Đang làm"
    assert on_page(visitor, f"{draft}/{LABORATORY}", answers(laboratory_name=hostile)).status_code == 303
    assert states(visitor, draft)[1] == "Đã xong"


def test_a_page_saved_for_later_asks_nothing_and_comes_back_on_another_device(shared_app: Flask, visitor: Visitor):
    draft = begun(visitor, KEY)
    saved = on_page(
        visitor,
        f"{draft}/{LABORATORY}",
        [("answers.laboratory_name", "Sao Mai"), *posted({"laboratory_area": "?"})],
        "later",
    )
    assert (saved.status_code, saved.headers["Location"]) == (303, draft)
    assert "Đã lưu lúc" in visitor.get(draft).text
    phone = Visitor(shared_app)
    phone.sign_in("nguoinop2")
    assert f'href="{draft}"' in phone.get(PATH).text
    assert "Đang làm" in states(phone, draft)
    page = phone.get(f"{draft}/{LABORATORY}").text
    assert 'value="Sao Mai"' in page
    assert 'value="?"' in page


def test_missing_papers_are_named_and_files_already_there_stay(shared_app: Flask, visitor: Visitor, draft: str):
    before = count(shared_app)
    page = on_page(visitor, f"{draft}/papers", files("floor_plan"))
    assert page.status_code == 422
    said = errors(page.text)
    for part in ("Bản kê khai nhân sự", "Kế hoạch phòng ngừa", "Quy định về thực hành"):
        assert any(part in line for line in said), (part, said)
    assert not any("Sơ đồ mặt bằng" in line for line in said)
    assert 'href="#component-staff_list"' in page.text
    assert 'id="component-staff_list-error"' in page.text
    assert "floor_plan.pdf" in page.text  # kept
    again = on_page(visitor, f"{draft}/papers", files("staff_list", "incident_plan", "practice_rules"))
    assert again.status_code == 303
    assert "máy chủ đã nhận 4 tệp" in visitor.get(f"{draft}/check").text
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
def test_a_file_that_is_not_accepted_is_named_at_its_component(
    visitor: Visitor, draft: str, name: str, content: bytes, said: str
):
    for step in ("next", "upload", "later"):
        sent = [*files("staff_list"), ("component.floor_plan", (BytesIO(content), name))]
        page = on_page(visitor, f"{draft}/papers", sent, step)
        assert page.status_code == 422
        lines = [line for line in errors(page.text) if name in line]
        assert len(lines) == 1
        assert said in lines[0]
        assert not any("Cần tải lên: Sơ đồ mặt bằng" in line for line in errors(page.text))
        assert len(kept(page.text)) == 1  # the same paper sent again is one paper
        assert "staff_list.pdf" in page.text


def test_a_kept_file_can_be_removed(visitor: Visitor, draft: str):
    on_page(visitor, f"{draft}/papers", files("floor_plan", "staff_list"), "upload")
    (_, first), (_, second) = kept(visitor.get(f"{draft}/papers").text)
    on_page(visitor, f"{draft}/papers", [("remove", first)], "upload")
    assert kept(visitor.get(f"{draft}/papers").text) == [("document", second)]
    assert visitor.get(f"/documents/{first}").status_code == 404
    assert visitor.get(f"/documents/{second}").status_code == 200


def test_somebody_elses_upload_cannot_be_filed(shared_app: Flask, visitor: Visitor, draft: str):
    on_page(visitor, f"{draft}/papers", files("floor_plan"), "upload")
    stolen = kept(visitor.get(f"{draft}/papers").text)
    other = Visitor(shared_app)
    other.sign_in("nguoinop")
    theirs = on_page(other, f"{begun(other, KEY)}/papers", stolen)
    assert theirs.status_code == 422
    assert any("Sơ đồ mặt bằng" in line for line in errors(theirs.text))
    assert kept(theirs.text) == []


def test_from_the_last_look_one_goes_to_a_page_and_back(visitor: Visitor, draft: str):
    filled(visitor, draft, answers(), files(*PARTS))
    page = visitor.get(f"{draft}/check").text
    assert f'href="{draft}/{LABORATORY}?back=check"' in page
    visitor.get(f"{draft}/{LABORATORY}?back=check")
    assert ("back", "check") in visitor.hidden()
    sent = [
        *(pair for pair in visitor.hidden() if not pair[0].startswith("answers.")),
        *answers(laboratory_name="Phòng Quỳnh"),
    ]
    answer = visitor.post(f"{draft}/{LABORATORY}", [*sent, ("step", "next")])
    assert answer.headers["Location"] == f"{draft}/check"
    assert "Phòng Quỳnh" in visitor.get(f"{draft}/check").text


def test_the_last_look_names_what_is_left_and_sends_nothing(shared_app: Flask, visitor: Visitor, draft: str):
    before = count(shared_app)
    on_page(visitor, f"{draft}/{LABORATORY}", answers())
    page = visitor.get(f"{draft}/check")
    assert page.status_code == 200
    assert f'href="{draft}/Group_applicant?back=check#f-phone"' in page.text
    assert f'href="{draft}/papers?back=check#component-floor_plan"' in page.text
    assert 'value="send"' not in page.text
    assert sent_off(visitor, draft, answers()).status_code == 422
    assert count(shared_app) == before


def test_too_many_papers_are_counted_on_the_last_look(visitor: Visitor, draft: str, monkeypatch: pytest.MonkeyPatch):
    filled(visitor, draft, answers(), files(*PARTS))
    monkeypatch.setattr(documents, "MOST_PER_DOSSIER", 3)
    refused = sent_off(visitor, draft, answers())
    assert refused.status_code == 422
    assert errors(refused.text) == ["Hồ sơ có 4 tệp, nhiều nhất là 3. Hãy bỏ bớt hoặc gộp tệp ở mục giấy tờ."]


def test_what_is_declared_stands_beside_the_last_look(shared_app: Flask, visitor: Visitor, draft: str):
    before = count(shared_app)
    filled(visitor, draft, answers(), files(*PARTS))
    page = visitor.get(f"{draft}/check").text
    assert 'name="answers.commitment"' in page
    assert "error-summary" not in page
    refused = sent_off(visitor, draft)
    assert refused.status_code == 422
    assert 'href="#f-commitment"' in refused.text
    assert count(shared_app) == before
    assert sent_off(visitor, draft, answers()).status_code == 303


def test_buttons_that_change_the_form_check_nothing_and_save(visitor: Visitor, draft: str):
    other = on_page(visitor, f"{draft}/{RETURN}", [("answers.return_way", "online")], "later")
    assert other.status_code == 303
    stale = visitor.hidden()
    page = on_page(visitor, f"{draft}/{RETURN}", [("answers.return_way", "post"), ("answers-do", "refresh")], "")
    assert page.status_code == 200
    assert 'name="answers.return_address"' in page.text
    assert "error-summary" not in page.text
    assert "Đã lưu nháp lúc" in page.text
    assert 'name="answers.return_address"' in visitor.get(f"{draft}/{RETURN}").text
    old = [*stale, ("answers.return_way", "counter"), ("answers-do", "refresh")]
    assert "Giữ bản của tôi" in visitor.post(f"{draft}/{RETURN}", old).text
    page = on_page(
        visitor, f"{draft}/{EQUIPMENT}", [("answers.equipment", ""), ("answers-do", "add answers.equipment")], ""
    )
    assert 'name="answers.equipment[0].name"' in page.text


def test_the_last_look_fills_the_form_once_for_all_its_pages(
    visitor: Visitor, draft: str, monkeypatch: pytest.MonkeyPatch
):
    filled(visitor, draft, answers(), files(*PARTS))
    filling, fills = fill.Filling, []

    def counted(**how: Any) -> Any:
        fills.append(how)
        return filling(**how)

    monkeypatch.setattr(fill, "Filling", counted)
    assert visitor.get(f"{draft}/check").status_code == 200
    assert len(fills) <= 6, len(fills)  # what is wrong, the files, how far, the pages for reading, the declaration


def test_a_procedure_with_cases_asks_for_the_case_first(visitor: Visitor):
    path = f"/procedures/{DEVICES}/file"
    page = visitor.get(path)
    assert page.status_code == 200
    assert "Bạn nộp theo trường hợp nào?" in page.text
    for case in ("", "nope"):
        refused = visitor.post(path, {"case": case})
        assert refused.status_code == 422
        assert "Chọn trường hợp của bạn" in refused.text
    reference = "Giấy phép lưu hành của nước tham chiếu"
    assert reference in visitor.get(f"{begun(visitor, DEVICES, 'fast_track')}/papers").text
    assert reference not in visitor.get(f"{begun(visitor, DEVICES, 'class_a')}/papers").text


def test_another_case_can_be_chosen_and_files_of_the_old_one_stay_behind(visitor: Visitor):
    draft = begun(visitor, DEVICES, "fast_track")
    on_page(visitor, f"{draft}/papers", files("reference_licence", "label"), "upload")
    assert len(kept(visitor.get(f"{draft}/papers").text)) == 2
    on_page(visitor, f"{draft}/Group_company", [("answers.organization_name", "Sao Mai")], "later")
    for case in ("", "nope"):
        visitor.get(f"{draft}/case")
        assert visitor.post(f"{draft}/case", {"case": case}).status_code == 422
    assert visitor.post(f"{draft}/case", {"case": "class_a"}).headers["Location"] == draft
    assert len(kept(visitor.get(f"{draft}/papers").text)) == 1
    assert 'value="Sao Mai"' in visitor.get(f"{draft}/Group_company").text
    visitor.post(f"{draft}/case", {"case": "fast_track"})
    assert len(kept(visitor.get(f"{draft}/papers").text)) == 2  # and comes back with it


def test_answers_that_another_case_does_not_ask_are_named_before_they_go(visitor: Visitor):
    draft = begun(visitor, "imported-cosmetics", "changes")
    assert len(pages_of(visitor, draft)) == 7
    visitor.get(f"{draft}/Group_previous")
    field = re.search(r'type="text" [^>]*name="(answers\.[a-z_]+)"', visitor.page)
    assert field is not None
    on_page(visitor, f"{draft}/Group_previous", [(field[1], "Số 12/2025")], "later")
    visitor.get(f"{draft}/case")
    asked = visitor.post(f"{draft}/case", {"case": "new"})
    assert asked.status_code == 200
    assert "Số 12/2025" in asked.text
    assert visitor.post(f"{draft}/case", {"case": "new", "sure": "new"}).status_code == 303
    assert len(pages_of(visitor, draft)) == 6


def test_unknown_fields_are_refused_and_unknown_files_ignored(visitor: Visitor, draft: str):
    page = on_page(visitor, f"{draft}/{LABORATORY}", [*answers(), ("answers.is_admin", "true")])
    assert page.status_code == 422
    assert any("is_admin" in line for line in errors(page.text))
    page = on_page(visitor, f"{draft}/papers", [("component.nope", pdf()), *files(*PARTS)])
    assert page.status_code == 303
    assert visitor.get(f"{draft}/nope").status_code == visitor.post(f"{draft}/nope").status_code == 404


def test_filing_needs_a_sign_in_and_the_permission(shared_app: Flask, tries: None, draft: str):
    nobody = Visitor(shared_app)
    answer = nobody.get(PATH)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in?next=%2Fprocedures%2Fbiosafety-level-3%2Ffile"
    assert nobody.get(draft).status_code == nobody.get(f"{draft}/papers").status_code == 302
    officer = Visitor(shared_app)
    officer.sign_in("motcua")
    for address in (PATH, draft, f"{draft}/check"):
        assert officer.get(address).status_code == 403
        assert "file_dossier" in officer.page


def test_a_form_without_its_token_is_refused(visitor: Visitor, draft: str):
    for address in (PATH, f"{draft}/{LABORATORY}", f"{draft}/check"):
        assert visitor.client.post(address, data={"case": "", "step": "send"}).status_code == 400


def test_a_body_that_is_too_large_gets_a_page(visitor: Visitor, draft: str):
    visitor.get(f"{draft}/papers")
    large = ("component.floor_plan", (BytesIO(b"%PDF-" + b"0" * (65 * 1024 * 1024)), "a.pdf"))
    answer = visitor.post(f"{draft}/papers", [large])
    assert answer.status_code == 413
    assert "Dung lượng vượt giới hạn" in answer.text
