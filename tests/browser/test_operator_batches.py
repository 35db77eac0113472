"""Suspending one instance and many, as an operator does it with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.conftest import Filed
from tests.browser.people import People

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_instances_are_chosen_suspended_and_resumed_together(
    new_page: Callable[..., Page],
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    filed: Filed,
) -> None:
    people, code = People(new_page), filed.code
    seen = []

    def look(page: Page, name: str) -> None:
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert sideways(page) <= 0, f"{name} at {width}"
            shot(page, f"{name}-{width}")
        page.set_viewport_size({"width": 1366, "height": 768})
        seen.extend(axe(page))

    page = people.at("vanhanh")
    page.goto("/operator/batches")
    look(page, "batches-empty")
    page.goto("/operator/instances?status=running")
    page.locator("tbody input[type=checkbox]").first.check()
    look(page, "instances-ticked")
    page.get_by_role("button", name="Làm với phiên đã chọn…").click()
    page.get_by_role("button", name="Xem trước").click()
    look(page, "batch-new-wrong")
    page.get_by_label("Chuyển, huỷ, bắt đầu bước").check()
    page.get_by_label("Lý do").fill("Kiểm tra máy chủ")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Thêm chỉ dẫn").click()
    page.locator("#element-1").wait_for()
    page.get_by_role("button", name="Xem trước").click()
    page.locator(".mc-errorsum").wait_for()
    look(page, "batch-details")
    page.get_by_role("button", name="Bỏ mục này").last.click()
    page.locator("#act-0").select_option("start_before")
    page.locator("#element-0").select_option(index=3)
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("Sẽ làm ở từng phiên").wait_for()
    look(page, "batch-details-sure")
    page.goto("/operator/instances?status=running")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name="Làm với phiên đã chọn…").click()
    page.get_by_label("Tạm dừng").check()
    page.get_by_label("Lý do").fill("Kiểm tra máy chủ")
    page.get_by_role("button", name="Xem trước").click()
    look(page, "batch-sure")
    page.get_by_role("button", name="Bắt đầu làm").click()
    page.wait_for_url("**/operator/batches/*")
    page.locator("#progress").get_by_text("Đã xong").wait_for()  # asked for again by itself
    page.reload()
    look(page, "batch-done")
    page.goto("/operator/batches")
    look(page, "batches")
    page.goto(f"/operator/instances?q={code}")
    page.get_by_text("Tạm dừng từ").wait_for()
    look(page, "instance-suspended")
    officer = people.at("motcua")
    officer.goto(f"/inbox?q={code}")
    officer.locator("tbody").get_by_text("Vận hành tạm dừng").wait_for()
    look(officer, "inbox-suspended")
    officer.locator("tbody a[href*='/tasks/']").first.click()
    officer.get_by_text("Người vận hành đang tạm dừng việc này.").wait_for()
    look(officer, "task-suspended")
    page.get_by_role("link", name="Chạy tiếp…").click()
    look(page, "resume")
    page.get_by_label("Lý do").fill("Xong")
    page.get_by_role("button", name="Chạy tiếp phiên").click()
    page.get_by_text("Phiên đang chạy tiếp.").wait_for()
    page.goto("/operator/processes")
    look(page, "processes")
    page.locator("tbody a[href*='biosafety-level-3']").first.click()
    look(page, "process")
    page.get_by_role("link", name="Tạm ngưng…").first.click()
    look(page, "out-of-service")
    page.get_by_label("Lý do").fill("Sơ đồ sai nhánh")
    page.get_by_role("button", name="Tạm ngưng").click()
    page.get_by_text("Đã tạm ngưng phiên bản này.").wait_for()
    look(page, "process-suspended")
    anybody = new_page()
    anybody.goto("/procedures/biosafety-level-3")
    anybody.get_by_text("Thủ tục này đang tạm ngừng tiếp nhận hồ sơ.").wait_for()
    look(anybody, "procedure-suspended")
    page.get_by_role("link", name="Cho hoạt động lại…").click()
    page.get_by_label("Lý do").fill("Đã sửa")
    page.get_by_role("button", name="Cho hoạt động trở lại").click()
    page.get_by_text("Phiên bản này hoạt động trở lại.").wait_for()
    assert seen == []
