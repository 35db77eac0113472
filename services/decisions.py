"""Decisions asked for by themselves: those in force, and those of files that are only tried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import decisions
from engine.decisions import Decided, Question
from errors import Detail, Invalid, NotFound, TooLarge
from findings import Finding
from services import loading
from services.permissions import Permission, Viewer, require
from storage.rows import definitions as rows
from storage.tables import Definition
from texts import Text

__all__ = [
    "BadMoment",
    "Decided",
    "Question",
    "Tried",
    "evaluate",
    "marked",
    "questions",
    "try_out",
    "try_version",
]

MOMENTS = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration"}
"""How JSON marks a moment -> FEEL's word for it."""


MOST_FILES = 20
MOST_BYTES = 4_000_000
_TOO_LARGE = Text(
    f"Chỉ thử được {MOST_FILES} tệp, tổng {MOST_BYTES // 10**6} MB.",
    f"At most {MOST_FILES} files of {MOST_BYTES // 10**6} MB in all are tried out.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a decision of some files gives, and what the check says of its file."""

    decided: Decided
    findings: tuple[Finding, ...]


def evaluate(viewer: Viewer, key: str, variables: Mapping[str, Any], *, now: datetime) -> Decided:
    """Evaluate the decision in force under a key as a process would; raise NotFound, ExpressionFailed."""
    require(viewer, Permission.RUN_INSTANCES)
    row = rows.published("decision", key)
    if row is None:
        raise NotFound()
    return decisions.evaluate(loading.decisions_of(row.id), key, variables, now=now)


def questions(viewer: Viewer, definition_id: str) -> tuple[Question, ...]:
    """Give what a version of a decision, drafts too, wants to be given; raise NotFound."""
    require(viewer, Permission.DESIGN)
    row = _version(definition_id)
    return decisions.questions(loading.decisions_of(row.id), row.key)


def try_version(viewer: Viewer, definition_id: str, variables: Mapping[str, Any], *, now: datetime) -> Decided:
    """Evaluate a version of a decision, drafts too, as a process would; raise NotFound, ExpressionFailed."""
    require(viewer, Permission.DESIGN)
    row = _version(definition_id)
    return decisions.evaluate(loading.decisions_of(row.id), row.key, variables, now=now)


def _version(definition_id: str) -> Definition:
    row = rows.load(definition_id)
    if row is None or row.kind != "decision":
        raise NotFound()
    return row


def try_out(
    viewer: Viewer,
    files: Mapping[str, bytes],
    name: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    model: str = "",
) -> Tried:
    """Evaluate a decision (or service, or business knowledge model) of files, by id or name; nothing is stored.

    `model` is the name of the model, or of its file, where several have the decision. Raises Malformed, TooLarge,
    Invalid where it is not there, ExpressionFailed where it takes too much time.
    """
    require(viewer, Permission.DESIGN)
    models = [(file, data) for file, data in files.items() if file.lower().endswith((".dmn", ".xml"))]
    if not models:
        raise _invalid("files", "no_decision", "Không có tệp .dmn nào.", "There is no .dmn file here.")
    if len(models) > MOST_FILES or sum(len(data) for _, data in models) > MOST_BYTES:
        raise TooLarge(_TOO_LARGE)
    asked = [(file, data) for file, data in models if not model or model in (file, decisions.name_of(data))]
    holding = [(file, data) for file, data in asked if decisions.is_own(data, name)]
    if len(holding) > 1:
        raise _invalid(
            "model",
            "ambiguous",
            f"Nhiều tệp có “{name}”: hãy nêu tên mô hình.",
            f'More than one file has "{name}": name the model.',
        )
    for file, data in holding or asked:
        others = tuple((other, content) for other, content in models if other != file)
        read = decisions.read(data, file=file, others=others)
        if decisions.has(read, name):
            return Tried(decided=decisions.try_out(read, name, variables, now=now), findings=read.findings)
    raise _invalid(
        "decision",
        "no_decision",
        f"Không tệp nào có quyết định “{name}”.",
        f'No file has a decision, service or business knowledge model "{name}".',
    )


class BadMoment(ValueError):
    """A text is not the date, time, moment or duration that it is marked as."""


def marked(value: Any) -> Any:
    """Give JSON with moments in it: `{"date": text}`, and so time, dateTime, duration, become what they write.

    Raises BadMoment with the text.
    """
    if isinstance(value, list):
        return [marked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((kind, text),) = value.items()
        if kind in MOMENTS and isinstance(text, str):
            found = decisions.moment(text, MOMENTS[kind])
            if found is None:
                raise BadMoment(text[:80])
            return found
    return {key: marked(one) for key, one in value.items()}


def _invalid(field: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(details=[Detail(field=field, code=code, message=Text(vi, en))])
