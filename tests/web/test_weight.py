"""What a first visit to the inbox loads, as the server sends it: the page and all that it names, fonts of icons too.

Counted are the bodies of the answers (gzip, as any browser takes it; no cache): the page of fifty tasks, its style
sheet, its scripts with all that they import at once, the font of icons, the small picture. What is fetched only when a
task is opened in place (site/work.js) is not among it, nor are headers of answers (about 0.7 kB each).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.office import Office
from tests.services.bundles import beside
from tests.web.officers import at_desk, rows
from tests.web.visitor import Visitor
from web.assets import DIST, manifest
from web.officer.inbox import PAGE

MOST = 60_000
NAMED = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
IMPORTED = re.compile(r'(?:from|import)"\./([^"]+)"')
FONT = re.compile(r'url\(["\']?\./(bootstrap-icons[^"\')]+)')
TAKES = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def office(demo_app: Flask, tries: None) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=40))


def loaded(desk: Visitor, url: str) -> dict[str, int]:
    """Load a page and all it names as a browser without a cache does; give what each weighs."""
    page = desk.client.get(url, headers=TAKES)
    weights = {url: len(page.data)}
    waiting = NAMED.findall(gzip.decompress(page.data).decode())
    while waiting:
        name = waiting.pop()
        if name in weights:
            continue
        answer = desk.client.get(name, headers=TAKES)
        assert answer.status_code == 200, name
        weights[name] = len(answer.data)
        text = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        if name.endswith(".js"):
            waiting += [f"/assets/{other}" for other in IMPORTED.findall(text.decode())]
        if name.endswith(".css"):
            waiting += [f"/assets/{other}" for other in FONT.findall(text.decode())]
    return weights


def test_a_first_visit_to_a_full_inbox_is_light(demo_app: Flask, office: Office) -> None:
    if not manifest():
        pytest.skip("the browser's part is not built")
    office.deploy(beside("beside", PAGE + 5))
    office.file_in("beside")
    desk = at_desk(demo_app, "chuyenvien")
    assert len(rows(desk.get("/inbox").text)) == PAGE
    weights = loaded(desk, "/inbox")
    kinds = {name.partition("?")[0].rpartition(".")[2] for name in weights}
    assert kinds >= {"css", "js", "woff2", "svg"}, weights
    assert sum(weights.values()) < MOST, weights
    assert not [name for name in weights if "be-vietnam" in name]


def test_a_page_is_told_apart_by_no_size(demo_app: Flask, office: Office) -> None:
    desk = at_desk(demo_app, "motcua")
    assert desk.client.get("/inbox").headers.get("Content-Encoding") is None
    answers = [desk.client.get("/inbox", headers=TAKES) for _ in range(6)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in answers)
    assert len({len(answer.data) for answer in answers}) > 1


def test_every_icon_that_is_named_has_its_picture() -> None:
    if not manifest():
        pytest.skip("the browser's part is not built")
    style = (DIST / manifest()["site.css"]).read_text("utf-8")
    known = set(re.findall(r"\.bi-([a-z0-9-]+)::?before", style))
    asked: set[str] = set()
    for path in DIST.parents[1].rglob("*.html"):
        text = path.read_text("utf-8")
        asked |= set(re.findall(r'icon\("([a-z0-9-]+)"', text)) | set(re.findall(r'icon_name="([a-z0-9-]+)"', text))
    for path in DIST.parents[1].rglob("*.py"):
        asked |= set(re.findall(r'icon="([a-z0-9-]+)"', path.read_text("utf-8")))
    assert len(asked) > 40
    assert asked <= known, asked - known
