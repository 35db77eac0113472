"""The form page: a form is edited by mouse and keyboard, seen in our renderer, saved, deployed, and filed with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.people import People
from tests.services.bundles import form, number, text

if TYPE_CHECKING:
    from playwright.sync_api import FrameLocator, Page

SCHEMA = form(
    "ask",
    {**text("name", required=True), "id": "Field_name", "label": "Họ và tên"},
    {**number("age"), "id": "Field_age", "label": "Tuổi"},
    {"type": "select", "key": "kind", "id": "Field_kind", "label": "Loại"},
)


@pytest.fixture
def people(new_page: Callable[..., Page]) -> People:
    return People(new_page)


def opened(page: Page, tmp_path: Path, schema: dict[str, object] = SCHEMA, name: str = "Bộ thử") -> None:
    """Begin a draft with one form and open it."""
    page.goto("/designer/drafts")
    page.fill("[name=name]", name)
    page.click("main button:has-text('Bắt đầu')")
    (tmp_path / "ask.form").write_text(json.dumps(schema))
    page.set_input_files("input[type=file]", tmp_path / "ask.form")
    page.click("main button:has-text('Thêm vào bản soạn')")
    page.click("a:has-text('ask.form')")
    page.wait_for_selector("[data-form-page][data-ready]")


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("[data-frame]")


def choose(page: Page, label: str) -> None:
    """Select a component of the editor by the mouse."""
    page.locator(f"[data-editor] .fjs-element:has(label:has-text('{label}'))").last.click()


def retype(page: Page, words: str) -> None:
    """Replace what stands in the field that has the focus, by the keyboard."""
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def is_saved(page: Page) -> None:
    page.wait_for_selector("[data-status]:has-text('Đã lưu lúc'), [data-status]:has-text('Saved at')")


def test_a_label_is_edited_seen_in_our_renderer_saved_and_taken_back(
    people: People, tmp_path: Path, shot: Callable[..., Path], sideways: Callable[..., int]
):
    page = people.at("thietke")
    opened(page, tmp_path)
    assert page.get_attribute("[data-form-page]", "data-ready") == "editor"
    choose(page, "Tuổi")
    page.locator("#bio-properties-panel-label").first.click()
    retype(page, "Tuổi tròn")
    preview(page).locator("label:has-text('Tuổi tròn')").wait_for()
    is_saved(page)
    shot(page, "form-page-1366")
    assert sideways(page) <= 0
    assert page.locator("a[href*='bpmn.io']").first.is_visible(), "the licence of form-js asks for its logo"
    choose(page, "Tuổi tròn")
    page.keyboard.press("Control+z")
    preview(page).locator("label:text-matches('^Tuổi( |$)')").wait_for()
    page.keyboard.press("Control+y")
    preview(page).locator("label:has-text('Tuổi tròn')").wait_for()
    page.keyboard.press("Control+s")
    is_saved(page)
    page.reload()
    preview(page).locator("label:has-text('Tuổi tròn')").wait_for()


def test_our_own_properties_are_set_in_the_panel_and_seen_in_english(
    people: People, tmp_path: Path, shot: Callable[..., Path]
):
    page = people.at("thietke")
    opened(page, tmp_path)
    choose(page, "Họ và tên")
    page.click("[data-group-id=group-motcua] .bio-properties-panel-group-header-title")
    page.fill("#bio-properties-panel-motcua-labelEn", "Full name")
    page.select_option("#bio-properties-panel-motcua-autocomplete", "name")
    page.click("[data-in=en]")
    preview(page).locator("label:has-text('Full name')").wait_for()
    assert preview(page).locator("#f-name").get_attribute("autocomplete") == "name"
    shot(page, "form-page-own-properties")
    page.click("[data-width=desktop]")
    is_saved(page)
    shot(page, "form-page-wide")
    page.click("[data-act=json]")
    written = json.loads(page.input_value("#source"))
    assert written["components"][0]["properties"] == {"labelEn": "Full name", "autocomplete": "name"}


def test_answers_are_tried_out_in_the_preview_and_findings_select_their_component(
    people: People, tmp_path: Path, shot: Callable[..., Path]
):
    page = people.at("thietke")
    opened(page, tmp_path)
    page.click("[data-findings] button:has-text('Loại')")
    page.wait_for_selector(".fjs-properties-panel[data-field=Field_kind]")
    preview(page).locator("#f-name").fill("")
    page.click("[data-act=validate]")
    preview(page).locator("#error-summary a").first.wait_for()
    shot(page, "form-page-errors")
    preview(page).locator("#f-name").fill("Ánh")
    preview(page).locator("button[name=validate]").click()
    preview(page).locator("text=Mọi câu trả lời đều hợp lệ").wait_for()
    page.click("summary:has-text('Dữ liệu mẫu')")
    page.click("[data-act=take-answers]")
    page.wait_for_timeout(500)
    is_saved(page)
    assert json.loads(page.input_value("#sample"))["name"] == "Ánh"


def test_two_designers_do_not_overwrite_each_other(people: People, tmp_path: Path, shot: Callable[..., Path]):
    page, other = people.at("thietke"), people.at("quantri")
    opened(page, tmp_path)
    other.goto(page.url)
    other.wait_for_selector("[data-form-page][data-ready]")
    for designer, words in ((other, "Của người khác"), (page, "Của tôi")):
        choose(designer, "Họ và tên")
        designer.locator("#bio-properties-panel-label").first.click()
        retype(designer, words)
        if designer is other:
            is_saved(other)
    page.wait_for_selector("[data-conflict]:not([hidden])")
    shot(page, "form-page-conflict")
    page.click("text=Ghi đè bằng bản của tôi")
    is_saved(page)
    page.reload()
    preview(page).locator("label:has-text('Của tôi')").wait_for()
    page.click("summary:has-text('Nội dung trước')")
    page.locator(".mc-formpage-earlier button").first.click()
    preview(page).locator("label:has-text('Của người khác')").wait_for()


def test_a_form_that_the_editor_cannot_open_is_mended_as_json(people: People, tmp_path: Path):
    page = people.at("thietke")
    broken = form("ask", {"type": "hologram", "key": "x", "id": "X"})
    opened(page, tmp_path, broken)
    assert page.get_attribute("[data-form-page]", "data-ready") == "json"
    page.fill("#source", json.dumps(SCHEMA))
    preview(page).locator("label:has-text('Họ và tên')").wait_for()
    page.click("[data-act=json]")
    page.wait_for_selector("[data-editor] label:has-text('Họ và tên')")


def test_an_edited_form_is_deployed_published_and_filed_with(
    people: People, tmp_path: Path, shot: Callable[..., Path], axe: Callable[..., list[str]]
):
    page = people.at("thietke")
    page.goto("/designer?kind=forms&q=cosmetics-filing")
    page.click("td a")
    page.click("button:has-text('Sửa biểu mẫu này')")
    page.wait_for_selector("[data-form-page][data-ready=editor]")
    page.locator("[data-editor] .fjs-element label").first.click()
    page.locator("#bio-properties-panel-label").first.click()
    retype(page, "Nhãn vừa sửa")
    preview(page).locator("main :is(label, legend):has-text('Nhãn vừa sửa')").first.wait_for()
    page.keyboard.press("Control+s")
    is_saved(page)
    shot(page, "form-page-shipped")
    page.click("text=Kiểm tra cả bộ")
    page.wait_for_selector("text=Triển khai bộ này")
    page.click("summary:has-text('Xem thay đổi')")
    shot(page, "draft-1366")
    assert axe(page) == []
    page.click("text=Triển khai bộ này")
    page.click("text=Công bố bộ này")
    page.wait_for_selector("text=Đã công bố")
    applicant = people.at("applicant")
    applicant.goto("/procedures/imported-cosmetics")
    applicant.locator("a[href^='/procedures/imported-cosmetics/file']:visible").first.click()
    applicant.locator("input[type=radio]").first.check()
    applicant.locator("form[action$='/file'] button[type=submit]").click()
    applicant.wait_for_url("**/my/drafts/**")
    applicant.locator("main :is(a, h1, h2, label, legend):has-text('Nhãn vừa sửa')").first.wait_for()


@pytest.mark.parametrize("width", [1366, 390])
def test_the_pages_are_well_in_both_languages(
    new_page: Callable[..., Page], tmp_path: Path, shot: Callable[..., Path], axe: Callable[..., list[str]],
    sideways: Callable[[Page], int], width: int,
):  # fmt: skip
    page = People(new_page).at("thietke", width=width)
    opened(page, tmp_path)
    url = page.url
    for lang in ("vi", "en"):
        for name, address in (("form", url), ("draft", url.partition("/forms/")[0]), ("drafts", "/designer/drafts")):
            page.goto(f"{address}?lang={lang}")
            if name == "form":
                page.wait_for_selector("[data-form-page][data-ready]")
                preview(page).locator("form").wait_for()
            shot(page, f"design-{name}-{width}-{lang}")
            assert sideways(page) <= 0, name
            assert axe(page) == [], name


def test_without_javascript_all_of_it_is_there(
    new_page: Callable[..., Page], tmp_path: Path, shot: Callable[..., Path]
):
    page = People(new_page).at("thietke", javascript=False)
    page.goto("/designer/drafts")
    page.fill("[name=name]", "Không có JavaScript")
    page.click("main button:has-text('Bắt đầu')")
    page.fill("#file", "ask")
    page.click("text=Tạo và mở")
    page.fill("#source", json.dumps(SCHEMA))
    page.click("text=Lưu và xem thử")
    preview(page).locator("#f-name").fill("")
    preview(page).locator("button[name=validate]").click()
    preview(page).locator("#error-summary").wait_for()
    assert page.locator("[data-findings] li").count() == 1
    shot(page, "form-page-no-javascript")
