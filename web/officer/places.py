"""Place: where an officer is in the inbox (view, filters, page). Links carry it, so that the list is found again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import request

from errors import Forbidden, NotFound
from services import views as saved_views
from services.permissions import Permission, Viewer, has_any, require
from services.searching import sought
from storage.queries.tasks import Filter
from storage.queries.views import Question
from texts import Text
from web import asked
from web.account import signed_in

LONGEST = 200
"""Of any part of the address that is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view of the inbox, as the rail names it."""

    name: str
    label: Text
    icon: str
    number: str = ""
    """How many tasks it has; built-in views are counted together (inbox.counts_of)."""


SAVED = "v."
"""Begins the name of a saved view: its id follows."""
OWN = (
    View(name="mine", label=Text("Của tôi", "Mine"), icon="person"),
    View(name="all", label=Text("Tôi và nhóm tôi", "Mine and my groups'"), icon="people"),
    View(name="unassigned", label=Text("Chưa ai nhận", "Unclaimed"), icon="inbox"),
    View(name="breached", label=Text("Quá hạn", "Overdue"), icon="exclamation-octagon"),
    View(name="soon", label=Text("Sắp đến hạn", "Due soon"), icon="hourglass-split"),
    View(name="paused", label=Text("Đang tạm dừng", "Paused"), icon="pause-circle"),
    View(name="done", label=Text("Tôi đã làm xong", "Done by me"), icon="check2-circle"),
)
SUPERVISED = (
    View(name="unit", label=Text("Đơn vị tôi", "My unit"), icon="building"),
    View(name="escalated", label=Text("Cần can thiệp", "Escalated"), icon="flag"),
)
STANDING = (View(name="standing", label=Text("Làm thay người vắng", "For those I stand in for"), icon="person-check"),)
NAMES: Mapping[str, Text] = {view.name: view.label for view in (*OWN, *SUPERVISED, *STANDING)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A view, what it is narrowed to, and the page of it."""

    view: str = "all"
    text: str = ""
    key: str = ""
    after: str = ""
    """The cursor of the page; empty: the first."""
    before: int = 0
    """How many rows stand before the page."""
    saved: Any = None
    """The saved view that it is (storage.tables.SavedView), or None."""
    is_lost: bool = False
    """A saved view was asked for that is no longer there for this viewer."""

    @property
    def title(self) -> Text:
        """Give the name of the view."""
        return Text(self.saved.name, self.saved.name) if self.saved is not None else NAMES[self.view]

    @property
    def filter(self) -> Filter:
        """Give what the query is asked."""
        return Filter(view=self.view, key=self.key, text=self.folded)

    @property
    def folded(self) -> str:
        """Give the words that are looked for."""
        return " ".join(sought(self.text).words)

    def question(self, now: datetime) -> Question:
        """Give what a saved view is asked."""
        assert self.saved is not None
        return saved_views.question(self.saved, now=now, key=self.key, text=self.folded)

    @property
    def cursor(self) -> tuple[str, str] | None:
        """Give the cursor for the query; a broken one starts at the beginning."""
        if self.saved is not None and (self.saved.order != "due" or self.saved.descending):
            value, sign, last = self.after.rpartition("_")
            return (value, last) if sign and last else None
        return cursor(self.after)

    @property
    def is_filtered(self) -> bool:
        """Say whether the view is narrowed."""
        return bool(self.text or self.key)

    def at(self, path: str, **more: object) -> str:
        """Give an address that carries this place."""
        own = {"view": self.view if self.view != "all" else "", "q": self.text, "procedure": self.key}
        own |= {"after": self.after, "before": str(self.before) if self.before and self.after else ""}
        pairs = {name: value for name, value in {**own, **more}.items() if value not in ("", None)}
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def inbox(self) -> str:
        """Give the address of this page of the list."""
        return self.at("/inbox")

    @property
    def unfiltered(self) -> str:
        """Give the address of the whole view."""
        return Place(view=self.view).inbox

    @property
    def first(self) -> str:
        """Give the address of the view's first page."""
        return Place(view=self.view, text=self.text, key=self.key, saved=self.saved).inbox


def worker() -> Viewer:
    """Give the signed-in officer; raise Forbidden for others."""
    viewer = signed_in()
    if not has_any(viewer, Permission.WORK_TASKS, Permission.WORK_ANY_TASK):
        require(viewer, Permission.WORK_TASKS)
    return viewer


def is_part() -> bool:
    """Say whether a script asks for the task alone, to show it beside the list that is there (site/desk.js)."""
    return request.headers.get("X-Part") == "task"


def here(viewer: Viewer) -> Place:
    """Read the place from the address; a view that is not this viewer's is the default one."""
    known = {view.name for view in views_of(viewer)}
    view = _kept("view")
    saved = _saved(viewer, view)
    before = _kept("before")
    return Place(
        view=view if view in known or saved is not None else "all",
        text=_kept("q"),
        key=_kept("procedure"),
        after=_kept("after"),
        before=int(before) if before.isdecimal() and len(before) < 7 else 0,
        saved=saved,
        is_lost=saved is None and view.startswith(SAVED),
    )


def views_of(viewer: Viewer) -> tuple[View, ...]:
    """Give the built-in views that this viewer has."""
    supervised = SUPERVISED if Permission.SUPERVISE_UNIT in viewer.permissions else ()
    return (*OWN, *supervised, *(STANDING if viewer.stands_for else ()))


def _saved(viewer: Viewer, name: str) -> Any:
    if not name.startswith(SAVED):
        return None
    try:
        return saved_views.one(viewer, name.removeprefix(SAVED))
    except (NotFound, Forbidden):
        return None


def cursor(text: str) -> tuple[str, str] | None:
    """Read a cursor (moment_id); None where it is broken. A saved view in another order begins with another value."""
    moment, sign, last = text.rpartition("_")
    return (moment, last) if sign and last and asked.moment(moment) else None


def _kept(name: str) -> str:
    return request.args.get(name, "").strip()[:LONGEST]
