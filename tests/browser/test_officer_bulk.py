"""Two hundred tasks at once, as an officer does it with mouse and keyboard; and their head, who shares the work out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from services import tasks
from tests.browser.people import People
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import form, procedure, text

if TYPE_CHECKING:
    from playwright.sync_api import Page

MANY = 200
OPINION = {**text("opinion", required=True), "label": "Ý kiến", "properties": {"labelEn": "Opinion"}}


def test_two_hundred_tasks_are_claimed_and_completed_with_one_form(
    new_page: Callable[..., Page],
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
    office: Office,
) -> None:
    work = user("work", name="Rà soát", camunda__formKey="opinion", motcua__candidateGroups="specialist_prevention")
    parts = start("s", motcua__nationalStatus="1"), work, end("e"), "s -> work -> e"
    office.deploy(procedure("bulk-review", *parts, opinion__form=form("opinion", OPINION)))
    for _ in range(MANY):
        office.file_in("bulk-review")
    people, seen = People(new_page), list[str]()

    def look(page: Page, name: str) -> None:
        for width in (1366, 390):
            page.set_viewport_size({"width": width, "height": 768 if width == 1366 else 844})
            assert sideways(page) <= 0, f"{name} at {width}"
            shot(page, f"bulk-{name}-{width}")
        page.set_viewport_size({"width": 1366, "height": 768})
        seen.extend(axe(page))

    page = people.at("chuyenvien")
    page.goto("/inbox?view=unassigned&procedure=bulk-review")
    assert page.locator("#bulk").is_hidden()  # nothing is ticked yet
    page.locator("tbody input[name=task]").first.check()
    page.get_by_text("Đã chọn 1 việc").wait_for()
    page.locator("[data-tick-all]").check()
    page.get_by_text("Đã chọn 50 việc").wait_for()
    look(page, "ticked")
    page.get_by_label("Cả danh sách này").check()
    page.get_by_role("button", name="Nhận việc", exact=True).first.click()
    page.get_by_role("heading", name=f"Nhận việc: {MANY} việc").wait_for()
    look(page, "claim")
    page.get_by_role("button", name="Nhận các việc này").click()
    page.wait_for_url("**/inbox/bulk/*")
    page.reload()  # it goes on, whatever the browser does
    page.get_by_text(f"{MANY} trên {MANY}").wait_for(timeout=60_000)  # asked for again by itself
    page.locator("#results").get_by_text("Đã xong").wait_for()
    look(page, "claimed")

    page.goto("/inbox?view=mine&procedure=bulk-review")
    page.locator("[data-tick-all]").check()
    page.get_by_label("Cả danh sách này").check()
    page.get_by_role("button", name="Làm xong cùng biểu mẫu…").click()
    page.get_by_role("heading", name=f"{MANY} việc").wait_for()
    page.wait_for_load_state()
    for _ in range(2):  # it asks once
        page.keyboard.press("Control+Enter")
    page.locator(".mc-errorsum").wait_for()
    look(page, "form-wrong")
    page.get_by_label("Ý kiến").fill("Hồ sơ đạt yêu cầu")
    page.get_by_role("button", name="Hoàn thành bước này").click()
    page.wait_for_url("**/inbox/bulk/*")
    look(page, "under-way")
    page.get_by_text(f"{MANY} trên {MANY}").wait_for(timeout=60_000)
    page.locator("#results").get_by_text("Đã xong").wait_for()
    assert page.get_by_text("việc không làm được").count() == 0
    page.goto("/inbox/bulk")
    look(page, "earlier")
    assert [row for row in page.locator("tbody tr").all_inner_texts() if f"{MANY} trên {MANY}" not in row] == []

    office.hire("dongnghiep", "officer", groups=["specialist_prevention"], unit="prevention")
    for dossier in [office.file_in("bulk-review") for _ in range(6)]:
        task_id = next(iter(office.open(dossier).values())).id
        tasks.claim(office.viewer("chuyenvien"), task_id, now=office.now, reason="Cùng một doanh nghiệp")
    head = people.at("truongphong")
    head.goto("/board/load")
    look(head, "load")
    head.goto("/board/load/chuyenvien")
    look(head, "load-person")
    head.goto("/board/rebalance")
    head.get_by_role("button", name=re.compile(r"Chuyển \d+ việc")).wait_for()  # other tests left some, perhaps
    look(head, "rebalance")
    head.goto("/board/hand-over/chuyenvien")
    look(head, "hand-over")
    head.get_by_role("button", name="Tính lại").last.click()
    head.wait_for_load_state()
    assert seen == []
