"""What a draft of a bundle would change: each file against what is in force under the same keys, and the findings."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from errors import NotFound
from findings import Finding
from services import definitions
from services.bundle_drafts import fingerprint
from services.permissions import Permission, Viewer, require
from storage.rows import bundle_drafts as rows
from storage.rows import definitions as definition_rows

MAX_COMPARED = 300_000
"""Bytes of a file whose lines are compared."""
MAX_LINES = 400
"""Lines of one comparison that are shown."""


class State(StrEnum):
    """How a file stands to what is in force."""

    SAME = "same"
    """Exactly what is in force."""
    CHANGED = "changed"
    """Another content under the same keys."""
    NEW = "new"
    """Nothing of it is in force yet."""
    BESIDE = "beside"
    """Defines nothing: a scenario, a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file of the draft."""

    file: str
    state: State
    keys: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    """A unified comparison, from what is in force to the draft; empty: too large, or there is nothing to compare."""
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """All that is to be known before a draft is deployed."""

    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    missing: tuple[str, ...]
    """Files of what the draft began with that it no longer has: their versions in force stay in force."""
    fingerprint: str


def review(viewer: Viewer, draft_id: str) -> Review:
    """Check a draft as an upload and hold it against what is in force."""
    require(viewer, Permission.DESIGN)
    draft = rows.load(draft_id) if draft_id.isprintable() else None
    if draft is None:
        raise NotFound()
    files = rows.files(draft.id)
    looked = definitions.look(viewer, files)
    defined: dict[str, list[tuple[str, str]]] = {}
    for kind, key, file in looked.definitions:
        defined.setdefault(file, []).append((kind, key))
    base = definition_rows.files(draft.base_id) if draft.base_id else {}
    return Review(
        findings=looked.findings if files else (),
        changes=tuple(_change(name, files[name], defined.get(name, []), base) for name in sorted(files)),
        missing=tuple(sorted(set(base) - set(files))),
        fingerprint=fingerprint(files),
    )


def _change(name: str, data: bytes, defined: list[tuple[str, str]], base: Mapping[str, bytes]) -> Change:
    keys = tuple(key for _, key in defined)
    if not defined:
        before = base.get(name)
        state = State.BESIDE if before in (None, data) else State.CHANGED
    else:
        before = _in_force(defined)
        state = State.NEW if before is None else State.SAME if before == data else State.CHANGED
    lines = _compared(before, data) if state is State.CHANGED and before is not None else []
    return Change(
        file=name,
        state=state,
        keys=keys,
        lines=tuple(lines[:MAX_LINES]),
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
    )


def _in_force(defined: list[tuple[str, str]]) -> bytes | None:
    """Give the file that is in force for the first of these keys that is."""
    for kind, key in defined:
        row = definition_rows.published(kind, key)
        if row is not None:
            return definition_rows.file(row.deployment_id, row.file_name)
    return None


def _compared(before: bytes, after: bytes) -> list[str]:
    if max(len(before), len(after)) > MAX_COMPARED:
        return []
    lines = difflib.unified_diff(_lines(before), _lines(after), n=2, lineterm="")
    return [line for number, line in enumerate(lines) if number > 1]  # the first two would name the files


def _lines(data: bytes) -> list[str]:
    """Give the lines of a text; JSON one value a line and its names sorted, however an editor wrote it."""
    text = data.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True).splitlines()
    except (ValueError, RecursionError):
        return text.splitlines()
