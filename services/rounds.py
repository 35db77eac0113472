"""Rounds of supplements: what was asked for point by point, and what was answered to each, read from tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services import asking, loading
from storage.queries.steps import DoneStep
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point, in words; `reply` and `files` (document ids) once it is answered."""

    component: str
    """Its id, or `field:PATH`; empty in letters of before they were composed."""
    name: Text
    problem: Text
    basis: str
    todo: str
    reply: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One request with its answer."""

    number: int
    asked_at: datetime | None
    asked_by: str
    note: str
    reply_by: date | None
    points: tuple[Point, ...]
    answered_at: datetime | None = None


def rounds(done: Iterable[DoneStep]) -> tuple[Round, ...]:
    """Give the requests of an instance with their answers, the first one first; `done`: its completed steps."""
    found: list[Round] = []
    for step in sorted((step for step in done if step.done_at), key=lambda step: (step.done_at, step.id)):
        items = _items(step.answers)
        if not items:
            continue
        if any("reply" in item for item in items):
            if found and found[-1].answered_at is None:
                found[-1] = _answered(found[-1], items, step.done_at)
        else:
            found.append(_asked(step, items, len(found) + 1))
    return tuple(found)


def _asked(step: DoneStep, items: Sequence[Mapping[str, Any]], number: int) -> Round:
    names = _names(step.definition_id)
    return Round(
        number=number,
        asked_at=step.done_at,
        asked_by=step.done_by_name,
        note=step.reason,
        reply_by=_day(step.answers.get(asking.REPLY_BY)),
        points=tuple(_point(item, names) for item in items),
    )


def _answered(asked: Round, replies: Sequence[Mapping[str, Any]], at: datetime | None) -> Round:
    """Rows answer the points in their order: the form neither adds nor removes any."""
    points = [
        replace(point, reply=str(row.get("reply") or ""), files=_files(row))
        for point, row in zip(asked.points, [*replies, *({},) * len(asked.points)], strict=False)
    ]
    return replace(asked, points=tuple(points), answered_at=at)


def _point(item: Mapping[str, Any], names: Mapping[str, Text]) -> Point:
    said = {name: str(item.get(name) or "") for name in ("component", "component_id", "problem", "basis", "todo")}
    known = asking.PROBLEMS.get(str(item.get("problem_id") or ""))
    return Point(
        component=said["component_id"],
        name=names.get(said["component_id"]) or Text(said["component"], said["component"]),
        problem=known or Text(said["problem"], said["problem"]),
        basis=said["basis"],
        todo=said["todo"],
    )


def _names(definition_id: str) -> Mapping[str, Text]:
    procedure = loading.load(definition_id).procedure
    return {part.id: part.name for part in procedure.components} if procedure else {}


def _items(answers: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    sent = answers.get(asking.ITEMS)
    return [item for item in sent if isinstance(item, Mapping)] if isinstance(sent, list) else []


def _files(row: Mapping[str, Any]) -> tuple[str, ...]:
    sent = row.get("files")
    return tuple(str(one) for one in sent) if isinstance(sent, list) else ()


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None
