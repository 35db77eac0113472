"""An operator moves the step of a dossier and changes its variables, on an office screen and without a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Filed
from tests.browser.people import People

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def instance(filed: Filed) -> str:
    """The address of the instance of a new dossier."""
    return filed.instance


def chosen(page: Page, name: str, words: str) -> None:
    """Choose the first option that holds these words."""
    value = page.locator(f"#{name} option").filter(has_text=words).first.get_attribute("value")
    page.select_option(f"#{name}", value)


@pytest.mark.parametrize(("width", "javascript"), [(1366, True), (390, False)])
def test_the_step_of_a_dossier_is_moved(
    new_page: Callable[..., Page],
    instance: str,
    width: int,
    javascript: bool,
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
):
    page = People(new_page).at("vanhanh", width=width, javascript=javascript)
    page.goto(instance)
    page.click(f"a[href='{instance}/modify']")
    chosen(page, "element-0", "● Kiểm tra hồ sơ")
    chosen(page, "to-0", "(Việc của người, check)")
    page.click("button[value=preview]")
    assert page.locator("#preview").is_visible()
    assert sideways(page) <= 0 if javascript else True
    shot(page, f"modify-{width}")
    if javascript:
        assert axe(page) == []
    page.fill("#reason", "nhầm bước")
    page.click("button[value=confirm]")
    page.wait_for_url(lambda url: url.endswith(instance))
    assert "Đã chuyển bước" in page.content()


@pytest.mark.parametrize("width", [1366, 390])
def test_variables_are_changed(
    new_page: Callable[..., Page],
    instance: str,
    width: int,
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    shot: Callable[[Page, str], Path],
):
    page = People(new_page).at("vanhanh", width=width)
    page.goto(f"{instance}/variables")
    page.fill("#name", "ghi_chu")
    page.fill("#value", "Hà Nội")
    page.fill("#reason", "bổ sung")
    page.click("main form[method=post] button[type=submit]")
    assert "chưa phải JSON" in page.content()
    assert sideways(page) <= 0
    assert axe(page) == []
    shot(page, f"variables-{width}")
    page.fill("#value", '"Hà Nội"')
    page.click("main form[method=post] button[type=submit]")
    page.wait_for_url("**tab=variables")
    assert "ghi_chu" in page.content()
