"""A busy office over HTTP: applicants file through the pages, officers complete every step over the REST API."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lxml import html

from services import people
from services.passwords import DEMO_PASSWORD
from services.permissions import SYSTEM
from tests.databases import Place, settings_of
from tests.load.http import Answer, Browser, Part
from tests.office import PAPER, PROCEDURE, course
from tests.server import Server

COURSE = "granted_at_once"
STEPS = len(course(COURSE)["steps"])
OFFICERS = {
    "motcua": {"one_door"},
    "truongphong": {"head_prevention"},
    "chuyenvien": {"specialist_prevention", "inspection_prevention"},
    "lanhdao": {"leader"},
    "vanthu": {"clerk"},
}
"""The demo officers and their groups: a head also sees tasks that are not hers to do."""
APPLICANTS = ("nguoinop", "nguoinop2")
IDLE = 0.05


@dataclass
class Done:
    """What a run came to."""

    codes: list[str] = field(default_factory=list)
    completed: int = 0
    lost: int = 0
    """Requests that had no answer because the server was killed, and were sent again."""
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    filing: list[float] = field(default_factory=list)
    """Seconds that each filing took its applicant: every page of the form, the papers, the check, the sending."""
    completing: list[float] = field(default_factory=list)
    """Seconds that each completion of a step took its officer."""

    def figures(self) -> str:
        """Say how quick it was."""
        count = len(self.codes)
        return (
            f"{count} dossiers, {self.completed} steps in {self.seconds:.1f} s ({count / self.seconds:.1f} dossiers, "
            f"{self.completed / self.seconds:.0f} steps a second); filing (all pages) {_spread(self.filing)}; "
            f"completing {_spread(self.completing)}; {self.lost} requests without an answer sent again"
        )


def _spread(taken: Sequence[float]) -> str:
    tail = statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else sum(taken)
    return f"{statistics.median(taken or [0]) * 1e3:.0f} ms, 95% {tail * 1e3:.0f} ms"


@dataclass
class Office:
    """Everybody who works on `count` dossiers at the same time, against a server that may be killed meanwhile."""

    server: Server
    place: Place
    count: int
    clients: int = 4
    done: Done = field(default_factory=Done)
    lock: threading.Lock = field(default_factory=threading.Lock)
    left: int = 0

    def run(self) -> Done:
        """File and work off all dossiers; give what happened."""
        self.left = self.count
        tokens = self._tokens()
        begin = time.monotonic()
        threads = [threading.Thread(target=self._guarded, args=(self._files, n)) for n in range(self.clients)]
        threads += [threading.Thread(target=self._guarded, args=(self._works, name, tokens[name])) for name in OFFICERS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.done.seconds = time.monotonic() - begin
        return self.done

    def _tokens(self) -> dict[str, str]:
        from app import create_app

        application = create_app(settings_of(self.place))
        with application.app_context():
            return {name: people.issue_token(SYSTEM, name, now=datetime.now(UTC)) for name in OFFICERS}

    @property
    def progress(self) -> float:
        """How much of the work is done, from 0 to 1."""
        return (len(self.done.codes) + self.done.completed) / (self.count * (1 + STEPS))

    @property
    def is_over(self) -> bool:
        """Whether every step of every dossier was completed, or something went wrong."""
        return bool(self.done.errors) or self.done.completed >= self.count * STEPS

    def _guarded(self, work: Callable[..., None], *about: Any) -> None:
        try:
            work(*about)
        except Exception as error:  # whatever it was, the run is over and says so
            self.done.errors.append(f"{type(error).__name__}: {error}"[:500])

    def _files(self, number: int) -> None:
        browser = Browser(self.server.url)
        sign_in(browser, APPLICANTS[number % len(APPLICANTS)])
        while self._take() and not self.done.errors:
            began = time.monotonic()
            code = file(browser)
            with self.lock:
                self.done.codes.append(code)
                self.done.filing.append(time.monotonic() - began)
        with self.lock:
            self.done.lost += browser.lost

    def _take(self) -> bool:
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def _works(self, name: str, token: str) -> None:
        program = Browser(self.server.url, headers={"Authorization": f"Bearer {token}"})
        while not self.is_over:
            seen = _ok(program.get("/api/v1/tasks?state=open&sort=created_at&limit=50")).json["items"]
            tasks = [task for task in seen if not OFFICERS[name].isdisjoint(task["candidate_groups"])]
            if not tasks:
                time.sleep(IDLE)
            for task in tasks:
                self._complete(program, task)
        with self.lock:
            self.done.lost += program.lost

    def _complete(self, program: Browser, task: Mapping[str, Any]) -> None:
        step = next(s for s in course(COURSE)["steps"] if s.get("task") == task["element_id"])
        body = {"variables": step.get("answers") or {}, "act": step["act"], "turn_reason": "Hồ sơ của ca tải"}
        began = time.monotonic()
        answer = program.post_json(f"/api/v1/tasks/{task['id']}/complete", body, key=task["id"])
        if answer.status in (404, 409):
            return  # a colleague was quicker
        _ok(answer)
        with self.lock:
            self.done.completed += 1
            self.done.completing.append(time.monotonic() - began)


def sign_in(browser: Browser, username: str) -> None:
    """Sign in on the page."""
    page = browser.get("/sign-in")
    parts: list[Part] = [*_hidden(page, "/sign-in"), ("username", username), ("password", DEMO_PASSWORD)]
    answer = browser.post_form("/sign-in", parts)
    assert answer.status in (302, 303), f"{answer.status} {_problems(answer)}"


def file(browser: Browser) -> str:
    """File a dossier, page by page; give its code. Every post can be sent again: each page saves into one draft."""
    address = f"/procedures/{PROCEDURE}/file"
    started = browser.post_form(address, _hidden(_ok(browser.get(address)), address))
    draft = _next(started)
    pages = dict.fromkeys(re.findall(rf'href="({draft}/(?!check|drop)[^"?#]+)"', _ok(browser.get(draft)).text))
    for page in pages:
        shown = _ok(browser.get(page))
        papers: list[Part] = [(name, "giay.pdf", PAPER) for name in _names(shown) if name.startswith("component.")]
        answers = () if papers else _answers(course(COURSE)["answers"])
        _next(browser.post_form(page, [*_hidden(shown, page), *answers, *papers, ("step", "next")]))
    check = f"{draft}/check"
    declared: list[Part] = [*_hidden(_ok(browser.get(check)), check), *_answers(course(COURSE)["answers"])]
    return _next(browser.post_form(check, [*declared, ("step", "send")])).split("/my/dossiers/")[1].split("/")[0]


def _next(answer: Answer) -> str:
    """Give where an answer leads to."""
    assert answer.status in (302, 303), f"{answer.status} {_problems(answer)}"
    return str(answer.headers["Location"])


def _answers(answers: Mapping[str, Any], prefix: str = "answers") -> Iterator[Part]:
    for key, value in answers.items():
        name = f"{prefix}.{key}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                yield from _answers(row, f"{name}[{number}]")
        else:
            for item in value if isinstance(value, list) else [value]:
                yield name, "true" if item is True else str(item)


def _form(page: Answer, address: str) -> Any:
    return next(f for f in html.fromstring(page.text).forms if (f.action or "").endswith(address))


def _hidden(page: Answer, address: str) -> list[Part]:
    fields = _form(page, address).xpath(".//input[@type='hidden']")
    sent = [(str(field.get("name")), str(field.get("value", ""))) for field in fields]
    return [(name, value) for name, value in sent if not name.startswith("answers.")]


def _names(page: Answer) -> list[str]:
    return [str(name) for name in html.fromstring(page.text).xpath("//input[@type='file']/@name")]


def _problems(page: Answer) -> str:
    found = html.fromstring(page.text).xpath("//*[contains(@class,'mc-errorsum')]") if page.text else []
    return " ".join(found[0].text_content().split()) if found else page.text[:300]


def _ok(answer: Answer) -> Answer:
    assert answer.status == 200, f"{answer.status} {_problems(answer)}"
    return answer
