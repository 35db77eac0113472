"""A dossier that will be late: its officer writes the apology, the head looks at the slip and sends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from services import tasks
from tests.browser.people import People
from tests.office import Office

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_an_apology_is_approved_by_the_head(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
) -> None:
    office.now = datetime.now(UTC) - timedelta(days=200)
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    (task,) = office.open(dossier).values()
    tasks.claim(office.viewer("chuyenvien"), task.id, now=office.now)
    office.now = datetime.now(UTC)
    office.tick()
    seen: list[str] = []

    def look(page: Page, name: str, *, again: bool = True) -> None:
        here = page.url
        for language in ("en", "vi") if again else ("vi",):
            if again:
                page.goto(f"{here.split('?')[0]}?lang={language}")
            for width in (390, 1366):
                page.set_viewport_size({"width": width, "height": 844 if width == 390 else 768})
                assert sideways(page) <= 0, f"{name} at {width}"
                shot(page, f"{name}-{width}-{language}")
        seen.extend(axe(page))

    people = People(new_page)
    officer = people.at("chuyenvien")
    officer.goto(f"/dossiers/{dossier.id}")
    officer.get_by_role("link", name="Phiếu xin lỗi", exact=True).click()
    officer.get_by_label("Lý do chậm").fill("Chờ ý kiến của Viện Vệ sinh dịch tễ Trung ương.")
    look(officer, "apology-officer", again=False)
    officer.get_by_role("button", name="Lưu dự thảo").click()
    officer.get_by_text("Đã lưu dự thảo.").wait_for()

    head = people.at("truongphong")
    head.goto("/inbox")
    head.locator("a.mc-bell").click()
    look(head, "notices")
    head.goto("/notices/settings")
    look(head, "notice-settings")
    head.goto("/notices")
    head.get_by_role("link", name="đã soạn phiếu xin lỗi").first.click()
    head.wait_for_url(f"**/dossiers/{dossier.id}/apology")
    head.goto("/dossiers/apologies")
    look(head, "apologies")
    head.locator(f"a[href='/dossiers/{dossier.id}/apology']").first.click()
    head.get_by_label("Hẹn lại thêm mấy ngày làm việc").fill("5")
    head.get_by_role("button", name="Xem phiếu trước khi gửi").click()
    head.get_by_text("Phiếu sẽ gửi như dưới đây.").wait_for()
    look(head, "apology-look", again=False)
    head.get_by_role("button", name="Duyệt và gửi").click()
    head.get_by_text("Đã gửi phiếu xin lỗi và ngày hẹn mới.").wait_for()
    look(head, "apology-sent")
    with head.expect_download() as download:
        head.get_by_role("link", name="Tải phiếu đã gửi (PDF)").click()
    assert Path(download.value.path()).read_bytes()[:4] == b"%PDF"

    applicant = people.at("nguoinop")
    applicant.goto(f"/my/dossiers/{dossier.code}")
    assert applicant.get_by_text("Hẹn lại:").count()
    look(applicant, "apology-applicant")
    assert seen == []
