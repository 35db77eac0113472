"""People at their browsers: sign in, file, answer, complete a step, as anybody would with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.passwords import DEMO_PASSWORD
from tests.office import PROCEDURE

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WHO = {
    "applicant": "nguoinop",
    "one_door": "motcua",
    "cashier": "motcua",
    "head_prevention": "truongphong",
    "specialist_prevention": "chuyenvien",
    "inspection_prevention": "chuyenvien",
    "leader": "lanhdao",
    "clerk": "vanthu",
}
"""The demo person who does the work of a group."""


SESSIONS: dict[str, Sequence[Any]] = {}
"""The cookies of those who have signed in at the live server: each does so once, and keeps the session elsewhere."""


@dataclass
class People:
    """Everybody's browser, opened when first needed."""

    new_page: Callable[..., Page]
    pages: dict[str, Page] = field(default_factory=dict)
    sessions: dict[str, Sequence[Any]] = field(default_factory=lambda: SESSIONS)
    """An own one at another server."""

    def at(self, who: str, **how: Any) -> Page:
        """Give the browser of somebody who is signed in."""
        username = WHO.get(who, who)
        if username not in self.pages:
            page = self.new_page(**how)
            if username in self.sessions:
                page.context.add_cookies(self.sessions[username])
            else:
                sign_in(page, username)
                self.sessions[username] = page.context.cookies()
            self.pages[username] = page
        return self.pages[username]

    def file(self, answers: Mapping[str, Any], paper: Path, key: str = PROCEDURE) -> str:
        """File a dossier with one paper for each component; give its code."""
        page = self.at("applicant")
        page.goto(f"/procedures/{key}")
        page.locator(f"a[href^='/procedures/{key}/file']:visible").first.click()
        page.locator("form[action$='/file'] button[type=submit]").click()
        page.wait_for_url("**/my/drafts/**")
        if page.locator(".mc-tasks").count():
            with page.expect_navigation():
                page.locator("a.btn-primary").click()
        while not page.url.endswith("/check"):
            page.wait_for_load_state()
            fill(page, answers)
            for chooser in page.locator("input[type=file][name^='component.']").all():
                chooser.set_input_files(paper)
            go_on(page)
        fill(page, answers)
        page.click("button[name=step][value=send]")
        page.wait_for_url("**/receipt*")
        return page.url.split("/my/dossiers/")[1].split("/")[0]

    def do(self, who: str, code: str, act: str, answers: Mapping[str, Any], reason: str = "") -> Page:
        """Complete the step of a dossier that waits for `who`, found in their inbox or among their dossiers."""
        page = self.at(who)
        if who == "applicant":
            page.goto(f"/my/dossiers/{code}")
            page.locator(f"a[href*='/my/dossiers/{code}/tasks/']").first.click()
        else:
            page.goto("/inbox")
            page.locator("[data-rows] tr, tbody tr").filter(has_text=code[-11:]).first.locator(
                "a[href*='/tasks/']"
            ).first.click()
        arrived(page)
        fill(page, answers)
        if reason:
            page.fill("textarea[name=reason]", reason)
        for asked in page.locator("textarea[name=turn_reason]").all():
            asked.fill("Hồ sơ của hành trình này")
        send(page, act)
        return page


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def compose(page: Page, items: Sequence[Mapping[str, str]], note: str) -> None:
    """Compose a supplement request on its page, and send it or submit it for approval."""
    for number, item in enumerate(items):
        if number:
            page.click("button[value=add]")
        page.wait_for_selector(f"[name='supplement_items.{number}.todo']")
        for part in ("component", "problem", "basis"):
            page.select_option(f"[name='supplement_items.{number}.{part}']", item[part])
        page.fill(f"[name='supplement_items.{number}.todo']", item["todo"])
    page.fill("[name=reason]", note)
    page.click("button[value=send]")
    page.wait_for_load_state()


def go_on(page: Page) -> None:
    """Save a page of a filing and go on to the next; what is wrong with it stops here."""
    before = page.url
    with page.expect_navigation():
        page.click("button[name=step][value=next]")
    problems = page.locator(".mc-errorsum").all_inner_texts()
    assert page.url != before, f"{before}: {problems}"


def send(page: Page, act: str) -> None:
    """Press the button of an act, and once more where a last look is asked for."""
    before = page.url
    page.locator(f"button[name=act][value='{act}']").click()
    arrived(page)
    if page.locator("input[name=sure]").count():
        page.locator(f"button[name=act][value='{act}']").click()
        arrived(page)
    problems = page.locator(".mc-errorsum").all_inner_texts()
    assert not problems, f"{before}: {problems}"


def arrived(page: Page) -> None:
    """Wait for the next page, or until the script has shown the next task beside its list."""
    page.wait_for_load_state()
    page.locator(".mc-shell[aria-busy]").wait_for(state="detached")


def fill(page: Page, answers: Mapping[str, Any], prefix: str = "answers") -> None:
    """Fill in the fields of a form by their names; ask once for the questions that answers bring up."""
    hidden = [key for key, value in answers.items() if not _fill(page, f"{prefix}.{key}", value)]
    more = page.locator("button.btn[name='answers-do'][value='refresh']")
    if hidden and more.count():
        settled(page)
        if more.first.is_visible():
            more.first.click()
            page.wait_for_load_state()
        for key in hidden:
            _fill(page, f"{prefix}.{key}", answers[key])


def settled(page: Page) -> None:
    """Wait until the form's script has asked for nothing more and shown every answer."""
    page.locator("form[data-live-busy]").wait_for(state="detached")


def _fill(page: Page, name: str, value: Any) -> bool:
    """Fill in one field; False where the form does not show it."""
    if not page.locator(f"[name='{name}'], [name^='{name}['], button[value='add {name}']").count():
        return False
    if isinstance(value, list) and value and isinstance(value[0], dict):
        _rows(page, name, value)
    elif isinstance(value, list):
        for item in value:
            page.locator(f"[name='{name}'][value='{item}']").first.check()
    else:
        _one(page.locator(f"[name='{name}']"), value)
    return True


def _rows(page: Page, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows):
        if not page.locator(f"[name^='{name}[{number}].']").count():
            page.locator(f"button[name='answers-do'][value='add {name}']").first.click()
            page.wait_for_load_state()
            settled(page)
        for key, value in row.items():
            _fill(page, f"{name}[{number}].{key}", value)


def _one(control: Locator, value: Any) -> None:
    if not control.count():
        return
    kind = control.first.get_attribute("type") or control.first.evaluate("e => e.tagName.toLowerCase()")
    if kind == "radio":
        control.locator(f"xpath=self::*[@value='{value}']").check()
    elif any(one.get_attribute("type") == "checkbox" for one in control.all()):
        control.locator("xpath=self::*[@type='checkbox']").set_checked(bool(value))
    elif kind == "select" or control.first.evaluate("e => e.tagName") == "SELECT":
        control.first.select_option(str(value))
    elif kind != "hidden" and control.first.is_editable():
        control.first.fill(str(value))
