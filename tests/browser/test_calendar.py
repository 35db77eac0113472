"""A decreed holiday: what it moves is looked at first, then applied, and the appointment of the dossier has moved."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from services.clocks import LOCAL
from storage.rows import dossiers
from tests.browser.people import People
from tests.office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Page


def due(office: Office, dossier_id: str) -> date:
    office.look()
    found = dossiers.load(dossier_id)
    assert found is not None
    assert found.due_at is not None
    return found.due_at.astimezone(LOCAL).date()


def test_a_decreed_holiday_moves_due_dates(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
) -> None:
    dossier = office.accepted()
    before = due(office, dossier.id)
    seen: list[str] = []

    def look(page: Page, name: str) -> None:
        here = page.url
        for language in ("en", "vi"):
            page.goto(f"{here}{'&' if '?' in here else '?'}lang={language}")
            for width in (390, 1366):
                page.set_viewport_size({"width": width, "height": 844 if width == 390 else 768})
                assert sideways(page) <= 0, f"{name} at {width}"
                shot(page, f"{name}-{width}-{language}")
        seen.extend(axe(page))

    page = People(new_page).at("quantri")
    page.goto(f"/admin/calendar?year={before.year}")
    look(page, "calendar")
    page.get_by_role("link", name="Nhập ngày").click()
    page.get_by_label("Ngày", exact=True).fill(before.isoformat())
    page.get_by_label("Lý do, số văn bản").fill("Công điện 12/CĐ-TTg")
    shot(page, "calendar-day")
    seen.extend(axe(page))
    page.get_by_role("button", name="Xem hồ sơ nào dời hạn").click()
    page.get_by_text("Chưa có gì thay đổi").wait_for()
    assert page.locator(f"a[href='/dossiers/{dossier.id}']").count()
    look(page, "calendar-preview")
    assert due(office, dossier.id) == before
    page.get_by_role("button", name="Áp dụng").click()
    page.get_by_text("Lịch mới đã có hiệu lực").wait_for()
    until = time.monotonic() + 30
    while due(office, dossier.id) == before and time.monotonic() < until:
        time.sleep(0.2)
    assert due(office, dossier.id) > before
    page.reload()
    look(page, "calendar-applied")
    page.goto("/admin/calendar/changes")
    look(page, "calendar-changes")
    page.goto(f"/dossiers/{dossier.id}?tab=history")
    assert page.get_by_text("Hạn được tính lại vì lịch làm việc thay đổi").count()
    assert seen == []
