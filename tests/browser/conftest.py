"""Fixtures of the browser tests.

    live_server     the real server with the demo, one per process of the run: tests make dossiers of their own on it
    new_page        open a page of its own session: new_page(), new_page(width=390), new_page(javascript=False)
    page            one such page, 1366 px wide
    office          the office that the live server shows, without its pages: what a test needs to begin with
    filed           a dossier just filed there
    shot            save a screenshot, with MOTCUA_SHOTS=1: shot(page, "inbox") -> tests/browser/shots/inbox.png
    axe             the serious and critical findings of axe on a page, one sentence each
    sideways        how many pixels a page is too wide for its window, once it is there

A page on which something goes wrong (an error in its console, a script that fails, a request to another host, an answer
of 500) fails its test at the end, whatever the test looks at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dev.machine import chromium
from tests import apps
from tests.databases import Place, settings_of
from tests.lacking import missing
from tests.office import Office
from tests.server import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Response

SHOTS = Path(__file__).parent / "shots"
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup",
)  # fmt: skip
"""The last one: no pages for the address bar nobody sees. Each context made two, at 0.5 s of processor time."""
OWN = ("chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/", "chrome://resources/")
"""Where Chromium keeps its own viewer of PDF files."""
HEIGHT = {1366: 768, 390: 844}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A dossier's code and the addresses of its pages."""

    code: str
    dossier: str
    task: str
    instance: str
    definition: str


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        missing("Chromium is missing (apt install chromium).")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="session")
def live_server(demo_sqlite: Place) -> Iterator[Server]:
    """The real server with the demo people and shipped procedures."""
    started = Server(data=demo_sqlite.data, settings={"MOTCUA_SIGN_IN_LIMIT": "1000 per minute"}).start()
    yield started
    started.stop()


@pytest.fixture
def office(live_server: Server, demo_sqlite: Place) -> Iterator[Office]:
    """The office that the live server shows, without its pages."""
    with apps.served(settings_of(demo_sqlite)) as application, application.app_context():
        yield Office(parts=application.extensions["motcua"], now=datetime.now(UTC))


@pytest.fixture
def filed(live_server: Server, demo_sqlite: Place) -> Filed:
    """A dossier that nobody has looked at yet (test_main_job.py and test_filing_pages.py file at the keyboard)."""
    with apps.served(settings_of(demo_sqlite)) as application, application.app_context():
        own = Office(parts=application.extensions["motcua"], now=datetime.now(UTC))
        dossier = own.file()
        return Filed(
            code=dossier.code,
            dossier=f"/dossiers/{dossier.id}",
            task=f"/tasks/{own.open(dossier)['check'].id}",
            instance=f"/operator/instances/{dossier.instance_id}",
            definition=f"/designer/definitions/{dossier.definition_id}",
        )


@pytest.fixture
def new_page(browser: Browser, live_server: Server) -> Iterator[Callable[..., Page]]:
    """Open pages, each in a session of its own, as different people sit at different machines."""
    contexts = []
    wrong: list[str] = []

    def open_page(*, width: int = 1366, javascript: bool = True, base_url: str = live_server.url) -> Page:
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": HEIGHT.get(width, 900)},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, base_url, wrong)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, "a page was not well:\n" + "\n".join(wrong)


def watch(page: Page, base_url: str, wrong: list[str]) -> None:
    """Note down all that goes wrong on a page."""

    def console(kind: str, text: str) -> None:
        # A refusal (4xx) is an answer like any other; the browser calls it an error all the same.
        if kind == "error" and "Failed to load resource" not in text:
            wrong.append(f"{page.url}: console: {text}")

    def request(sent: Request) -> None:
        if not sent.url.startswith((base_url, "data:", "blob:", "about:", *OWN)):
            wrong.append(f"{page.url}: asks another host: {sent.url}")

    def response(got: Response) -> None:
        if got.status >= 500:
            wrong.append(f"{page.url}: {got.status} from {got.url}")

    page.on("console", lambda message: console(message.type, message.text))
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("request", request)
    page.on("response", response)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page as wide as an office screen."""
    return new_page()


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], Path]:
    """Save what a page looks like, whole, for who wants to look (MOTCUA_SHOTS=1): each takes half a second."""

    def save(page: Page, name: str) -> Path:
        if not os.environ.get("MOTCUA_SHOTS"):
            return SHOTS / f"{name}.png"
        SHOTS.mkdir(exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return save


@pytest.fixture(scope="session")
def sideways() -> Callable[[Page], int]:
    """Measure how far a page reaches beyond its window, after it has come: a click does not wait for the next page."""

    def measure(page: Page) -> int:
        page.wait_for_load_state()
        root = "document.documentElement"
        return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))

    return measure


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Look for serious accessibility faults: no sentence means none."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Error

    tool = Axe()

    def violations(page: Page) -> list[Any]:
        page.wait_for_load_state()
        if not page.evaluate("'axe' in window"):
            page.evaluate(tool.axe_script)
        return list(page.evaluate("axe.run({ resultTypes: ['violations'] }).then((all) => all.violations)"))

    def look(page: Page) -> list[str]:
        try:
            found = violations(page)
        except Error as gone:  # a form that was asked for while its draft was being saved asks once more
            if "context was destroyed" not in str(gone):
                raise
            found = violations(page)
        return [
            f"{page.url}: {rule['id']}: {rule['help']}: {node['html'][:200]}"
            for rule in found
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]

    return look
