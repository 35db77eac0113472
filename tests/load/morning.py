"""What an officer does all morning: looks at lists, opens tasks, takes some, completes some, and thinks in between."""

from __future__ import annotations

import asyncio
import html
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlencode

from services.demo import courses, generate
from services.demo.courses import Act
from services.setup import SHIPPED
from tests.load.office import _answers
from tests.load.wire import Page, Wire

VIEWS = {
    "": 30,
    "?view=mine": 30,
    "?view=unassigned": 20,
    "?view=soon": 6,
    "?view=breached": 6,
    "?view=paused": 3,
    "?view=done": 3,
}
"""The lists that officers look at, and how often."""
SEARCHES = ("/inbox?q=sao+mai", "/dossiers?q=sao+mai", "/dossiers?q=duoc+pham+binh+minh", "/dossiers?q=nguyen")
SEARCHED = 0.04
"""How often somebody looks for words instead of at a list."""
EVERY = 20.0
"""Seconds after which a shown list is asked about again by its page (web/frontend/site/news.js)."""
NEWS = re.compile(r'data-news="([^"]*)" data-news-since="([^"]*)" data-news-tag="([^"]+)"')
ROW = re.compile(r'data-task="([^"]*)"')
TASK = re.compile(r'href="(/tasks/[^"/?]+)([^"]*)"')
CLAIM = re.compile(r'action="(/tasks/[^"/?]+/claim[^"]*)"')
SUBMIT = re.compile(r'<form[^>]*action="(/tasks/[^"/?]+/submit[^"]*)".*?</form>', re.S)
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
PART = re.compile(r'\b(name|value)="([^"]*)"')
BUTTON = re.compile(r'name="act"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="act"')
ANSWER = re.compile(r'name="answers\.([A-Za-z_0-9]+)')
OUT_OF_TURN = "Doanh nghiệp đề nghị xử lý gấp."
REFUSED = (403, 404, 409)
"""A colleague was first, or the applicant took it back: told kindly, no error."""


@dataclass
class Seen:
    """What all officers together met."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    rush: Seen | None = None
    """What they met before, when all came at once."""

    def figures(self) -> str:
        """Say how long each kind of request took."""
        lines = []
        for kind, taken in sorted(self.seconds.items()):
            parts = statistics.quantiles(taken, n=100) if len(taken) > 1 else [taken[0]] * 99
            said = ", ".join(f"{part}% {parts[part - 1] * 1e3:.0f} ms" for part in (50, 95, 99))
            lines.append(f"{kind:8} {len(taken):7,} requests: {said}, longest {max(taken) * 1e3:.0f} ms")
        return "\n".join([*lines, f"also: {dict(self.counts)}; {len(self.errors)} errors"])

    def tail(self, kind: str) -> float:
        """Give the 95th percentile of a kind in seconds."""
        taken = self.seconds[kind]
        return statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else sum(taken)


@dataclass
class Officer:
    """One person with a browser and a chance of their own."""

    wire: Wire
    rng: Random
    seen: Seen
    acts: Sequence[Act]
    think: float
    """Seconds between two requests, on average."""
    shown: str = ""
    """The page that is open, and asks for news."""
    listed: frozenset[str] = frozenset()
    """The tasks in its list; those that are opened then are put beside it (web/frontend/site/desk.js)."""

    async def work(self) -> None:
        """Work until one is called away."""
        await asyncio.sleep(self.rng.uniform(0, self.think))
        asking = asyncio.create_task(self._ask_for_news())
        try:
            await self._work()
        finally:
            asking.cancel()
            self.wire.close()

    async def _work(self) -> None:
        while True:
            if self.rng.random() < SEARCHED:
                await self._get("search", self.rng.choice(SEARCHES))
                await self._think()
            page = await self._get("list", "/inbox" + self.rng.choices([*VIEWS], [*VIEWS.values()])[0])
            await self._think()
            wanted = self.rng.random()
            if wanted < 0.25 and (claims := CLAIM.findall(page.text)):
                page = await self._claim(page, self.rng.choice(claims))
            found = TASK.findall(page.text)
            for number, (path, query) in enumerate(self.rng.sample(found, min(2, len(found)))):
                opened = await self._get("open", html.unescape(path + query), beside=number > 0)
                await self._think(2)
                if self.rng.random() < 0.5:
                    await self._submit(opened)

    async def _ask_for_news(self) -> None:
        """Do what the script of a page does: ask now and then whether its list is still what it was."""
        wire, shown, tag = Wire(self.wire.port, self.wire.cookie), "", ""
        while True:
            await asyncio.sleep(min(EVERY, 3 * self.think) * self.rng.uniform(0.75, 1.25))
            asks = NEWS.search(self.shown)
            if asks is None:
                continue
            if shown is not self.shown:
                shown, tag = self.shown, f'"{asks[3]}"'
            path = html.unescape(asks[1])
            rows = "*".join(ROW.findall(shown))
            about = urlencode({"since": html.unescape(asks[2]), "rows": rows})
            page = await self._timed(
                "poll", partial(wire.get, f"{path}{'&' if '?' in path else '?'}{about}", known=tag)
            )
            tag = page.tag or tag

    async def _think(self, times: float = 1) -> None:
        await asyncio.sleep(min(self.rng.expovariate(1 / (self.think * times)), self.think * times * 4))

    async def _claim(self, page: Page, action: str) -> Page:
        start = page.text.index(f'action="{action}"')
        fields = _hidden(page.text[start : page.text.index("</form>", start)])
        done = await self._post("claim", html.unescape(action), fields)
        if "/do/claim" in done.location:  # another was filed before
            asked = await self._get("open", done.location)
            fields = [*_hidden(asked.text), ("reason", OUT_OF_TURN)]
            done = await self._post("claim", done.location, fields)
        if done.status not in (302, 303):
            return page
        return await self._get("open" if done.location.startswith("/tasks/") else "list", done.location)

    async def _submit(self, opened: Page) -> None:
        form = SUBMIT.search(opened.text)
        if form is None:
            self.seen.counts["not one's own"] += 1
            return
        act = self._act(form[0])
        if act is None:
            self.seen.counts["no answers known"] += 1
            return
        sent = [*_hidden(form[0]), *_answers(act.answers), ("act", str(act.act)), ("turn_reason", OUT_OF_TURN)]
        pairs = [(part[0], str(part[1])) for part in sent]
        done = await self._post("submit", html.unescape(form[1]), pairs, beside=True)
        if done.status in (302, 303) and done.location.startswith("/tasks/"):
            await self._get("open", done.location, beside=True)
            if done.location.partition("?")[0] not in self.listed:  # the list beside it is fetched anew
                await self._get("open", done.location)
        elif done.status in (302, 303):
            await self._get("list", done.location)
        elif done.status not in REFUSED:
            self.seen.errors.append(f"submit {act.task} {act.act}: {done.status} {_said(done)}")

    def _act(self, form: str) -> Act | None:
        """Give an act that the page offers, with answers for which it has fields."""
        offered = {one or other for one, other in BUTTON.findall(form)}
        fields = set(ANSWER.findall(form))
        fitting = [act for act in self.acts if act.act in offered and set(act.answers) <= fields and not act.reason]
        most = max((len(act.answers) for act in fitting), default=0)
        return self.rng.choice([act for act in fitting if len(act.answers) == most]) if fitting else None

    async def _get(self, kind: str, path: str, *, beside: bool = False) -> Page:
        page = await self._timed(kind, partial(self.wire.get, path, beside=beside))
        if not beside:
            self.shown, self.listed = page.text, frozenset(path for path, _ in TASK.findall(page.text))
        return page

    async def _post(self, kind: str, path: str, fields: Sequence[tuple[str, str]], *, beside: bool = False) -> Page:
        return await self._timed(kind, partial(self.wire.post, path, fields, beside=beside))

    async def _timed(self, kind: str, ask: partial[Coroutine[Any, Any, Page]]) -> Page:
        path, began = ask.args[0], time.monotonic()
        try:
            page = await ask()
        except OSError as error:
            self.seen.errors.append(f"{kind} {path}: {type(error).__name__} {error}")
            return Page(0, "", "")
        self.seen.seconds[kind].append(time.monotonic() - began)
        if page.status in REFUSED:
            self.seen.counts[f"{kind} {page.status}"] += 1
        elif page.status >= 400 and kind != "submit":
            self.seen.errors.append(f"{kind} {path}: {page.status}")
        return page


def every_act() -> list[Act]:
    """Give all acts of the courses that demo data are made of."""
    folders = [each for each in (*SHIPPED.iterdir(), *generate.OWN.iterdir()) if each.is_dir()]
    return [act for folder in folders for course in courses.read(folder) for act in course.acts]


def _hidden(form: str) -> list[tuple[str, str]]:
    found: list[Mapping[str, Any]] = [dict(PART.findall(field)) for field in HIDDEN.findall(form)]
    return [
        (each["name"], html.unescape(each.get("value", "")))
        for each in found
        if "name" in each and not each["name"].startswith("answers.")
    ]


def _said(page: Page) -> str:
    problem = re.search(r"mc-errorsum.*?</(?:div|section)>", page.text, re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", problem[0] if problem else page.text[:300]).split())[:300]
