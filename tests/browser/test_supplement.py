"""A supplement that stops the clock: composed, returned, approved by the head, answered point by point, compared."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.conftest import SHOTS
from tests.browser.people import People, fill, send, settled
from tests.office import PAPER, Office, course
from tests.soak import SOAK

if TYPE_CHECKING:
    from playwright.sync_api import Page

Look = Callable[["Page", str], list[str]]
ITEM = "supplement_items.{}.{}"


def both(page: Page, name: str, shot: Callable[[Page, str], Path], axe: Callable[[Page], list[str]]) -> list[str]:
    """Look at a page in both windows and languages; give what axe and the width find."""
    wrong, url = [], page.url.partition("#")[0].partition("?")[0]
    for width, height, lang in ((390, 844, "vi"), (390, 844, "en"), (1366, 768, "en"), (1366, 768, "vi")):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{url}?lang={lang}")
        shot(page, f"{name}-{width}-{lang}")
        if SOAK or (width == 390) == (lang == "vi"):  # the other two share their markup
            wrong += axe(page)
        root = "document.documentElement"
        if beyond := page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"):
            wrong.append(f"{name}: {beyond} pixels too wide at {width}")
    return wrong


def test_a_supplement_that_stops_the_clock(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    dossier = office.accepted()
    office.step(dossier, "truongphong", "assign", "assign")
    task = f"/tasks/{office.open(dossier)['appraise'].id}"
    people = People(new_page)
    officer, head, applicant = people.at("chuyenvien"), people.at("truongphong"), people.at("nguoinop")
    checked = course("supplement_then_granted")["steps"][2]["answers"]

    officer.goto(task)
    fill(officer, {name: value for name, value in checked.items() if name != "supplement_items"})
    officer.click("button[value=supplement]")
    officer.wait_for_url("**/supplement")
    officer.click("button[value=send]")  # all that is missing is said at once
    assert officer.locator(".mc-errorsum li").count() == 4
    shot(officer, "supplement-wrong")
    compose(officer, 0, "floor_plan", "Thể hiện vùng đệm và hướng luồng khí.")
    officer.click("button[value=add]")
    officer.wait_for_selector(f"[name='{ITEM.format(1, 'todo')}']")
    compose(officer, 1, "field:laboratory_name", "Nêu đúng tên theo quyết định thành lập.")
    officer.click("[data-draft-save]")
    officer.wait_for_selector("[data-draft-status]:not(:empty)")
    wrong = both(officer, "supplement-composer", shot, axe)
    officer.goto(f"{task}/supplement")
    assert officer.input_value(f"[name='{ITEM.format(1, 'todo')}']") == "Nêu đúng tên theo quyết định thành lập."
    assert "Thể hiện vùng đệm" in officer.locator(".mc-slip").inner_text()
    officer.click("button[value=send]")
    officer.wait_for_selector("text=Rút phiếu về để sửa")

    officer.goto("/inbox")
    assert "bạn trình đang chờ duyệt" in officer.content()
    wrong += both(officer, "supplement-inbox-waiting", shot, axe)
    head.goto("/inbox")
    shot(head, "supplement-inbox-head")
    head.locator(f"a[href*='{task}']").first.click()
    head.click("text=Xem phiếu")
    wrong += both(head, "supplement-approval", shot, axe)
    head.fill("#comment", "Nêu rõ tỉ lệ của sơ đồ.")
    head.click("text=Trả lại để sửa")
    officer.goto("/inbox")
    shot(officer, "supplement-inbox-returned")
    officer.goto(task)
    assert "Nêu rõ tỉ lệ của sơ đồ." in officer.content()
    officer.click("text=Sửa phiếu")
    officer.fill(f"[name='{ITEM.format(0, 'todo')}']", "Thể hiện vùng đệm, tỉ lệ 1:100.")
    officer.keyboard.press("Control+Enter")  # asks once: it moves to the button
    officer.keyboard.press("Control+Enter")
    officer.wait_for_selector("text=Rút phiếu về để sửa")
    head.goto(f"{task}/supplement")
    head.click("text=Duyệt và gửi người nộp")
    head.wait_for_selector("text=Đã duyệt")

    applicant.goto(f"/my/dossiers/{dossier.code}")
    assert "Tạm dừng" in applicant.content()
    assert "Thể hiện vùng đệm, tỉ lệ 1:100." in applicant.content()
    wrong += both(applicant, "supplement-applicant", shot, axe)
    applicant.goto(f"/my/dossiers/{dossier.code}")
    applicant.click("text=Mở để trả lời")
    applicant.wait_for_url("**/tasks/*")
    answer = applicant.url
    wrong += both(applicant, "supplement-answer", shot, axe)
    applicant.goto(answer)
    paper = tmp_path / "so-do-moi.pdf"
    paper.write_bytes(PAPER)
    applicant.fill("[name='answers.supplement_items[0].reply']", "Đã vẽ lại theo tỉ lệ 1:100.")
    applicant.locator("input[type=file][name='answers.supplement_items[0].files']").set_input_files(paper)
    applicant.fill("[name='answers.supplement_items[1].reply']", "Phòng xét nghiệm Sao Mai")
    applicant.check("input[type=checkbox][name='answers.supplement_commitment']")
    settled(applicant)
    applicant.wait_for_selector("text=so-do-moi.pdf")
    send(applicant, "answer")
    office.look()
    again = office.again(dossier)
    assert (again.status, again.clock_state) == (4, "running")

    reopened = f"/tasks/{office.open(again)['appraise'].id}"
    head.goto(f"/dossiers/{dossier.id}")
    officer.goto(reopened)
    officer.wait_for_selector("[data-presence-others] .mc-chip")
    assert "đang xem" in officer.locator("[data-presence-others]").inner_text()
    shot(officer, "task-presence")
    officer.goto(f"{reopened}?tab=dossier")
    compared = officer.locator("details:has-text('Bổ sung lần 1')").first.inner_text()
    for wanted in ("so-do-moi.pdf", "floor_plan.pdf", "Đã vẽ lại theo tỉ lệ 1:100.", "Phòng xét nghiệm Sao Mai"):
        assert wanted in compared, compared
    shot(officer, "task-compared")
    wrong += axe(officer)
    officer.set_viewport_size({"width": 390, "height": 844})
    officer.goto(f"{reopened}?tab=dossier&lang=en")
    shot(officer, "task-compared-390-en")
    wrong += axe(officer)
    officer.set_viewport_size({"width": 1366, "height": 768})
    if os.environ.get("MOTCUA_SHOTS"):
        for name, url in (("task", f"{reopened}?lang=vi"), ("dossier", f"/dossiers/{dossier.id}?lang=vi")):
            officer.goto(url)
            officer.pdf(path=str(SHOTS / f"print-{name}.pdf"), format="A4")
    assert wrong == []


def compose(page: Page, number: int, component: str, todo: str) -> None:
    page.select_option(f"[name='{ITEM.format(number, 'component')}']", component)
    page.select_option(f"[name='{ITEM.format(number, 'problem')}']", "unclear")
    page.select_option(f"[name='{ITEM.format(number, 'basis')}']", "103/2016/NĐ-CP")
    page.fill(f"[name='{ITEM.format(number, 'todo')}']", todo)
