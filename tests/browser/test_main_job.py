"""The main job in a real browser: from the applicant's filing over a supplement to the result in their hands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.people import People, compose
from tests.office import PAPER, course

if TYPE_CHECKING:
    from playwright.sync_api import Page

JOURNEY = "supplement_then_granted"


def test_a_dossier_goes_from_the_applicant_to_the_result(
    new_page: Callable[..., Page], shot: Callable[[Page, str], Path], axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    people, played = People(new_page), course(JOURNEY)
    paper = tmp_path / "so-do.pdf"
    paper.write_bytes(PAPER)
    code = people.file(played["answers"], paper)
    applicant = people.at("applicant")
    shot(applicant, "receipt")
    assert code in applicant.content()
    for number, step in enumerate(played["steps"], start=1):
        if "who" not in step:
            continue
        if step["task"] == "appraise":
            inbox = people.at(step["who"])
            inbox.goto("/inbox")
            shot(inbox, "inbox")  # the README shows a copy of it: docs/images/inbox.png
            assert axe(inbox) == []
        answers, reason = dict(step.get("answers") or {}), step.get("reason", "")
        items = answers.pop("supplement_items") if step["act"] == "supplement" else []
        page = people.do(step["who"], code, step["act"], answers, "" if items else reason)
        if items:
            compose(page, items, reason)
            head = people.at(step["approved_by"])
            head.goto(page.url)
            head.click("text=Duyệt và gửi người nộp")
            head.wait_for_selector("text=Đã duyệt")
        shot(page, f"journey-{number:02}-{step['task']}")
        if step["task"] == "appraise" and step["act"] == "supplement":
            applicant.goto(f"/my/dossiers/{code}")
            shot(applicant, "paused")
            assert "Tạm dừng" in applicant.content()
    applicant.goto(f"/my/dossiers/{code}")
    shot(applicant, "finished")
    assert "Đã trả kết quả" in applicant.content()
    with applicant.expect_download() as download:
        applicant.locator("a[href^='/documents/']").filter(has_text="Giấy").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
