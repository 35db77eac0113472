"""The public catalogue and the page of a procedure."""

from __future__ import annotations

import pytest
from flask import Flask

from services import definitions
from services.permissions import SYSTEM
from storage.queries import catalogue
from tests.office import Office
from tests.web.visitor import Visitor


@pytest.fixture
def visitor(shared_app: Flask) -> Visitor:
    return Visitor(shared_app)


def test_the_start_page_lists_the_procedures_in_force_with_their_terms(visitor: Visitor):
    for path in ("/", "/procedures"):
        page = visitor.get(path).text
        assert "3 thủ tục đang nhận hồ sơ" in page
        assert '<a href="/procedures/biosafety-level-3">' in page
        assert "10 ngày + 10 ngày + 7 ngày làm việc" in page
        assert "500.000 đồng" in page
        assert "Toàn trình" in page


def test_words_without_marks_find_words_with_marks_in_any_case(demo_app: Flask):
    visitor = Visitor(demo_app)
    for words in ("sinh+hoc", "SINH+HỌC", "so+luu+hanh", "bo+y+te"):
        assert "thủ tục phù hợp" in visitor.get(f"/procedures?q={words}").text, words
    page = visitor.get("/procedures?q=my+pham").text
    assert "1 thủ tục phù hợp" in page
    assert "biosafety" not in page


def test_a_field_narrows_the_list_and_is_kept_in_the_search(visitor: Visitor):
    page = visitor.get("/procedures?field=G18-MH.CO").text
    assert "1 thủ tục phù hợp" in page
    assert '<input type="hidden" name="field" value="G18-MH.CO">' in page
    assert "biosafety" not in page


def test_nothing_found_repeats_the_words_as_they_were_typed(visitor: Visitor):
    page = visitor.get("/procedures?q=%3Cscript%3Ezzz").text
    assert "Không có thủ tục nào khớp “&lt;script&gt;zzz”" in page
    assert "<script>zzz" not in page
    assert "Xoá bộ lọc" in page


@pytest.mark.parametrize("query", ["q=%25", "q=_", "q='", "q=%5C", "field=nope", "after=nope", "q=" + "a" * 5000])
def test_odd_searches_find_nothing_and_harm_nothing(visitor: Visitor, query: str):
    assert visitor.get(f"/procedures?{query}").status_code == 200
    assert 'href="/procedures/biosafety-level-3"' not in visitor.page


def test_names_are_in_the_language_of_the_page(visitor: Visitor):
    page = visitor.get("/procedures?lang=en").text
    assert "New certificate of biosafety level III for a laboratory" in page
    assert "10 days + 10 days + 7 working days" in page
    assert "VND 500,000" in page


def test_a_page_of_the_catalogue_leads_on_without_gap_or_double(demo_app: Flask):
    with demo_app.app_context():
        seen, after = [], None
        while True:
            page = catalogue.search(after=after, limit=2)
            seen += [row.key for row in page.rows]
            after = page.next
            if after is None:
                break
    assert sorted(seen) == ["biosafety-level-3", "imported-cosmetics", "medical-devices"]


@pytest.mark.parametrize("key", ["biosafety-level-3", "imported-cosmetics", "medical-devices"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_procedure_shows_all_its_legal_parts(visitor: Visitor, key: str, lang: str):
    answer = visitor.get(f"/procedures/{key}?lang={lang}")
    assert answer.status_code == 200
    wanted = {
        "vi": (
            "Thời hạn",
            "Phí, lệ phí",
            "Kết quả",
            "Bạn cần chuẩn bị",
            "Trình tự và thời hạn",
            "Đối tượng thực hiện",
            "Yêu cầu, điều kiện",
            "Cơ quan thực hiện",
            "Căn cứ pháp lý",
            "Quyết định công bố",
            "Cách thức thực hiện",
            "118/2025/NĐ-CP",
            "MINH-HOA/QĐ-BYT",
            "000.00.00.G18",
        ),
        "en": ("Time limit", "What to prepare", "Steps and times", "Who can file", "Legal basis", "Publication"),
    }
    for words in wanted[lang]:
        assert words in answer.text, words
    assert f'href="/procedures/{key}/file"' in answer.text


def test_steps_are_public_names_with_their_limits(visitor: Visitor):
    page = visitor.get("/procedures/biosafety-level-3").text
    steps = page[page.index("Trình tự và thời hạn") : page.index("Đối tượng thực hiện")]
    for words in (
        "Tiếp nhận hồ sơ",
        "8 giờ làm việc",
        "Thẩm định hồ sơ",
        "10 ngày",
        "Thẩm định tại cơ sở",
        "Trả kết quả",
    ):
        assert words in steps, words
    assert "Phân công chuyên viên" not in steps  # not public


def test_cases_have_their_own_time_fee_and_papers(visitor: Visitor):
    page = visitor.get("/procedures/medical-devices").text
    for words in ("Loại A: công bố", "1.000.000 đồng", "3.000.000 đồng", "Giải quyết ngay", "10 ngày làm việc"):
        assert words in page, words
    assert "Chỉ với: Loại C, D: cấp nhanh số lưu hành" in page


def test_a_retired_procedure_says_so_and_takes_no_filing(demo_app: Flask):
    visitor = Visitor(demo_app)
    with demo_app.app_context():
        office = Office(parts=demo_app.extensions["motcua"])
        row = catalogue.find("imported-cosmetics")
        assert row is not None
        definitions.retire(SYSTEM, row.id, now=office.now)
    assert "imported-cosmetics" not in visitor.get("/procedures").text
    page = visitor.get("/procedures/imported-cosmetics").text
    assert "Thủ tục này đã bãi bỏ" in page
    assert "/file" not in page
    visitor.sign_in("nguoinop")
    assert visitor.get("/procedures/imported-cosmetics/file").status_code == 409


@pytest.mark.parametrize("path", ["/procedures/none", "/procedures/reception", "/procedures/%3Cscript%3E"])
def test_what_is_no_procedure_is_not_found(visitor: Visitor, path: str):
    assert visitor.get(path).status_code == 404
