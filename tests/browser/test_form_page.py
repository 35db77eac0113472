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


def test_a_label_is_edited_and_seen_in_our_renderer(people: People, tmp_path: Path, shot: Callable[..., Path]):
    page = people.at("thietke")
    opened(page, tmp_path)
    shot(page, "form-page-editor")
    page.locator("[data-editor] .fjs-element:has(label:has-text('Tuổi'))").last.click()
    label = page.locator("#bio-properties-panel-label").first
    shot(page, "form-page-selected")
    label.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Tuổi tròn")
    preview(page).locator("label:has-text('Tuổi tròn')").wait_for()
    page.wait_for_selector("[data-status]:has-text('Đã lưu lúc')")
    shot(page, "form-page-edited")
