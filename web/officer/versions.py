"""Earlier versions of what was answered, side by side: supplements point by point, forms that were filled in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from forms.views import FieldView, FileLink, fields, flat
from services import asking, loading, rounds
from services.rounds import Point, Round
from storage.queries import steps as queries
from storage.queries.steps import DoneStep
from texts import Text
from web.officer import parts
from web.officer.parts import DossierView, Paper, Step

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """One point of a request: what there was before, and what was supplied."""

    point: Point
    before: Text
    """What was declared, where the point is about a question."""
    papers_before: tuple[Paper, ...]
    files: tuple[FileLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """One request with what each point came to."""

    round: Round
    points: tuple[Supplied, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field that a later version answers otherwise."""

    label: Text
    before: Text
    after: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A later version of a form, held against the one before it."""

    title: Text
    number: int
    at: datetime | None
    by: str
    changes: tuple[Change, ...]
    same: int
    """Fields that are answered as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One filling of a form."""

    title: Text
    at: datetime | None
    by: str
    answers: Mapping[str, FieldView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """All that was done before: the completed steps, the requests, and forms that were filled in again."""

    steps: tuple[Step, ...]
    supplements: tuple[Supplement, ...]
    versions: tuple[Version, ...]


def of(view: DossierView | None, instance_id: str, files: Mapping[str, FileLink]) -> Earlier:
    """Gather it, for whoever may read the instance; one statement."""
    done = queries.done_steps(instance_id)
    return Earlier(
        steps=parts.steps(done, files),
        supplements=tuple(supplements(view, done, files)),
        versions=tuple(versions(view, done, files)),
    )


def supplements(view: DossierView | None, done: Iterable[DoneStep], files: Mapping[str, FileLink]) -> list[Supplement]:
    """Give the requests of a dossier, the latest first, each point with what there was before."""
    if view is None:
        return []
    found = rounds.rounds(done)
    declared = {path: field.answer for path, field in _declared(view, files).items()} if found else {}
    return [
        Supplement(round=one, points=tuple(_supplied(view, one, point, declared, files) for point in one.points))
        for one in reversed(found)
    ]


def versions(view: DossierView | None, done: Sequence[DoneStep], files: Mapping[str, FileLink]) -> list[Version]:
    """Give each filling of a form that was filled in before, held against the one before, the latest first."""
    groups: dict[object, list[Filled]] = {}
    if view is not None and view.dossier.form_id:
        it = view.dossier
        title = Text("Nội dung người nộp khai", "What the applicant declared")
        first = Filled(title=title, at=it.filed_at, by=it.applicant_name, answers=_declared(view, files))
        groups["filing"] = [first]
    for step in sorted((one for one in done if one.form and one.done_at), key=lambda one: (one.done_at, one.id)):
        shown = _answered(loading.form(step.form), step.answers, files)
        of_filing = view is not None and step.done_by == view.dossier.applicant and "filing" in groups
        if of_filing and set(shown) & set(groups["filing"][0].answers):
            key: object = "filing"
        else:
            key = (step.process_key, step.element_id)
        name = loading.load(step.definition_id).step_name(step.process_key, step.element_id, step.name)
        groups.setdefault(key, []).append(Filled(title=name, at=step.done_at, by=step.done_by_name, answers=shown))
    found = [
        _version(number, before, after)
        for filled in groups.values()
        for number, (before, after) in enumerate(pairwise(filled), start=2)
    ]
    return sorted(found, key=lambda one: one.at.timestamp() if one.at else 0.0, reverse=True)


def _version(number: int, before: Filled, after: Filled) -> Version:
    paths = dict.fromkeys([*after.answers, *(path for path in before.answers if "." in path)])
    changes, same = [], 0
    for path in paths:
        old, new = before.answers.get(path), after.answers.get(path)
        one, other = old.answer if old else NOTHING, new.answer if new else NOTHING
        if one == other:
            same += 1
        else:
            shown = new or old
            label = shown.label if shown is not None and shown.label else Text(path, path)
            changes.append(Change(label=label, before=one, after=other))
    return Version(title=after.title, number=number, at=after.at, by=after.by, changes=tuple(changes), same=same)


def _supplied(
    view: DossierView, asked: Round, point: Point, declared: Mapping[str, Text], files: Mapping[str, FileLink]
) -> Supplied:
    earlier = [
        paper
        for paper in view.papers
        if not paper.is_issued
        and paper.kind == point.component
        and asked.asked_at
        and paper.created_at <= asked.asked_at
    ]
    return Supplied(
        point=point,
        before=declared.get(point.component.removeprefix(asking.FIELD), NOTHING)
        if point.component.startswith(asking.FIELD)
        else NOTHING,
        papers_before=tuple(earlier),
        files=tuple(files[one] for one in point.files if one in files),
    )


def _declared(view: DossierView, files: Mapping[str, FileLink]) -> dict[str, FieldView]:
    if not view.dossier.form_id:
        return {}
    form = loading.form(view.dossier.form_id)
    return _by_path(
        fields(form, view.dossier.answers, readonly=True, variables={"case": view.dossier.case_id}, files=files)
    )


def _answered(form: Any, answers: Mapping[str, object], files: Mapping[str, FileLink]) -> dict[str, FieldView]:
    return _by_path(fields(form, answers, readonly=True, files=files))


def _by_path(views: Iterable[FieldView]) -> dict[str, FieldView]:
    return {view.path: view for view in flat(views)}
