"""Somebody goes away: a colleague acts in their name, the log says so, and after the date nothing of it remains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import update

from services import substitutions
from services.clocks import LOCAL
from storage.database import session, unit_of_work
from storage.tables import Substitution
from tests.browser.people import People
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure

if TYPE_CHECKING:
    from playwright.sync_api import Page

SKILLED = {"motcua__candidateGroups": "specialist_prevention"}
Look = tuple[Callable[["Page", str], Path], Callable[["Page"], list[str]], Callable[["Page"], int]]


def test_a_goes_away_and_b_acts_for_a(
    new_page: Callable[..., Page],
    office: Office,
    shot: Callable[[Page, str], Path],
    axe: Callable[[Page], list[str]],
    sideways: Callable[[Page], int],
) -> None:
    step = user("work", name="Thẩm định", **SKILLED)
    office.deploy(procedure("absence", start("s", motcua__nationalStatus="1"), step, end("e"), "s -> work -> e"))
    done, kept = office.file_in("absence"), office.file_in("absence")
    look = (shot, axe, sideways)
    people, wrong = People(new_page), list[str]()
    away, stands = people.at("chuyenvien"), people.at("chuyenvientb")

    away.goto("/inbox")
    away.click("text=Vắng mặt, làm thay")
    away.click("a:has-text('Cử người làm thay')")
    away.select_option("#substitute", "chuyenvientb")
    away.fill("#last", (datetime.now(LOCAL) + timedelta(days=3)).date().isoformat())
    away.check("input[name=scope][value=some]")
    away.check("input[name=keys][value=absence]")
    away.fill("#reason", "Nghỉ phép năm")
    wrong += seen(away, "/substitutions/new", "substitution-new", look, stay=True)
    away.click("button:has-text('Cử người làm thay')")
    away.wait_for_selector("text=Đang làm thay")
    wrong += seen(away, "/substitutions", "substitutions", look)

    stands.goto("/inbox")
    stands.click("nav a:has-text('Làm thay người vắng')")
    stands.wait_for_url("**view=standing")
    wrong += seen(stands, "/inbox?view=standing", "substitution-inbox", look)
    task = f"/tasks/{office.open(done)['work'].id}"
    wrong += seen(stands, task, "substitution-task", look)
    stands.goto(f"{task}?lang=vi")
    assert "Bạn làm thay" in stands.inner_text("main")
    for _ in range(2):  # the first press moves to the button
        stands.keyboard.press("Control+Enter")
    stands.wait_for_url(lambda url: task not in url or "done=" in url)
    stands.goto(f"/dossiers/{done.id}?tab=history")
    assert "(thay " in stands.inner_text("main")
    other = f"/tasks/{office.open(kept)['work'].id}"
    stands.goto(other)
    with stands.expect_response(lambda answer: "/claim" in answer.url):
        stands.click("button:has-text('Nhận việc')")

    with unit_of_work():  # the date passes
        session().execute(update(Substitution).values(ends_at=datetime.now(UTC) - timedelta(seconds=1)))
    stands.goto("/inbox")
    assert stands.locator("nav a:has-text('Làm thay người vắng')").count() == 0
    for each in substitutions.over(datetime.now(UTC)):
        substitutions.close(each, now=datetime.now(UTC))
    assert stands.goto(other).status == 404  # type: ignore[union-attr]  # a page was asked for
    office.look()
    assert office.open(kept)["work"].assignee == "chuyenvien"
    assert wrong == []


def seen(page: Page, url: str, name: str, look: Look, *, stay: bool = False) -> list[str]:
    """Look at a page in both windows and languages; `stay`: what is typed there is not lost, so one window does."""
    shot, axe, sideways = look
    wrong = []
    for width, height, lang in ((390, 844, "en"), (1366, 768, "vi")):
        page.set_viewport_size({"width": width, "height": height})
        if not stay:
            page.goto(f"{url}{'&' if '?' in url else '?'}lang={lang}")
        page.wait_for_load_state()
        shot(page, f"{name}-{width}")
        wrong += axe(page)
        if beyond := sideways(page):
            wrong.append(f"{name}: {beyond} pixels too wide at {width}")
    return wrong
