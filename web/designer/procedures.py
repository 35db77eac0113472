"""/designer: procedures, other processes, decisions and forms by key: what is in force, what runs, what has a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from services.folding import fold
from services.permissions import Permission
from storage.queries import deployments as queries
from storage.queries.deployments import Version
from texts import Text
from web import asked
from web.account import signed_in
from web.designer.words import authors

blueprint = Blueprint("designer_procedures", __name__)
PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One tab of the page: definitions of a kind, procedures apart from other processes."""

    name: str
    label: Text
    kind: str
    is_procedure: bool = False


KINDS = (
    Kind(name="procedures", label=Text("Thủ tục", "Procedures"), kind="process", is_procedure=True),
    Kind(name="processes", label=Text("Quy trình khác", "Other processes"), kind="process"),
    Kind(name="decisions", label=Text("Bảng quyết định", "Decisions"), kind="decision"),
    Kind(name="forms", label=Text("Biểu mẫu", "Forms"), kind="form"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """All versions of one key in one line."""

    key: str
    newest: Version
    in_force: Version | None
    running: int = 0

    @property
    def shown(self) -> Version:
        """Give the version that its name and diagram are taken from."""
        return self.in_force or self.newest

    @property
    def state(self) -> str:
        """Give the state of the whole: in force while one version is."""
        return self.shown.state

    @property
    def draft(self) -> Version | None:
        """Give a draft that is newer than what is in force."""
        return self.newest if self.newest.state == "draft" else None


FILTERS: tuple[tuple[str, Text, Callable[[Entry], bool]], ...] = (
    ("", Text("Tất cả", "All"), lambda entry: True),
    ("in_force", Text("Đang hiệu lực", "In force"), lambda entry: entry.in_force is not None),
    ("draft", Text("Có bản nháp", "With a draft"), lambda entry: entry.draft is not None),
    ("warnings", Text("Có cảnh báo", "With warnings"), lambda entry: entry.newest.warnings > 0),
    ("abolished", Text("Bãi bỏ", "Abolished"), lambda entry: entry.state in ("retired", "superseded")),
)


@blueprint.get("/designer")
def listed() -> str:
    """Show one tab, narrowed by state and words."""
    signed_in(Permission.DESIGN)
    kind = next((kind for kind in KINDS if kind.name == asked.text("kind")), KINDS[0])
    state, text = asked.text("state"), asked.text("q")
    entries = _entries(queries.of_kinds("process", "decision", "form"))
    own = [entry for entry in entries if _belongs(entry, kind)]
    found = [entry for entry in own if _matches(entry, text)]
    chosen = next((item for item in FILTERS if item[0] == state), FILTERS[0])
    wanted = [entry for entry in found if chosen[2](entry)]
    first = number if (number := asked.number("from")) < len(wanted) else 0
    page = _with_running(wanted[first : first + PAGE])

    def url(**more: object) -> str:
        tab = kind.name if kind is not KINDS[0] else ""
        return asked.address("/designer", **{"kind": tab, "state": chosen[0], "q": text, **more})

    return render_template(
        "designer/procedures.html",
        kind=kind,
        tabs_=[_tab(item, kind, entries, text) for item in KINDS],
        filters=[(label, sum(map(test, found)), url(state=name), name == chosen[0]) for name, label, test in FILTERS],
        entries=page,
        authors=authors(entry.newest.created_by for entry in page),
        state=chosen[0],
        text=text,
        is_filtered=bool(text or chosen[0]),
        total=len(wanted),
        first=first,
        clear_url=url(state="", q=""),
        previous_url=url(**{"from": max(0, first - PAGE)}) if first else "",
        next_url=url(**{"from": first + PAGE}) if first + PAGE < len(wanted) else "",
    )


def _entries(versions: Sequence[Version]) -> list[Entry]:
    by_key: dict[tuple[str, str], list[Version]] = {}
    for version in versions:
        by_key.setdefault((version.kind, version.key), []).append(version)
    entries = [
        Entry(
            key=key,
            newest=max(several, key=lambda version: version.version),
            in_force=next((version for version in several if version.state == "published"), None),
        )
        for (_kind, key), several in by_key.items()
    ]
    return sorted(entries, key=lambda entry: (fold(entry.shown.name.vi), entry.key))


def _with_running(entries: Sequence[Entry]) -> list[Entry]:
    keys = [entry.key for entry in entries if entry.newest.kind == "process"]
    running: Mapping[str, int] = queries.running(keys) if keys else {}
    return [Entry(key=e.key, newest=e.newest, in_force=e.in_force, running=running.get(e.key, 0)) for e in entries]


def _belongs(entry: Entry, kind: Kind) -> bool:
    return entry.newest.kind == kind.kind and entry.shown.is_procedure == kind.is_procedure


def _matches(entry: Entry, text: str) -> bool:
    shown = entry.shown
    folded = shown.search_text or fold(f"{shown.name.vi} {shown.name.en} {shown.key} {shown.file_name}")
    return all(word in folded for word in fold(text).split())


def _tab(item: Kind, here: Kind, entries: Sequence[Entry], text: str) -> dict[str, object]:
    count = sum(_belongs(entry, item) and _matches(entry, text) for entry in entries)
    url = asked.address("/designer", kind=item.name if item is not KINDS[0] else "", q=text)
    return {"label": item.label, "url": url, "current": item is here, "count": count}
