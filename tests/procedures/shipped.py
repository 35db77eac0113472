"""The shipped bundles and their courses, read once for the tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bpmn.bundle import Bundle, read
from bpmn.model import Element, Process
from forms import schema
from forms.model import Form

FOLDER = Path(__file__).parents[2] / "bpmn" / "procedures"
SHARED = ("reception", "return-result", "sign-number-seal", "supplement")
"""Diagrams that procedures call; they have no legal parts and no courses of their own."""
PROCEDURES = ("biosafety-level-3", "imported-cosmetics", "medical-devices")
SLUGS = (*SHARED, *PROCEDURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStep:
    """One act at a moment; without a task only time passes, so that timers and deadlines come due."""

    at: datetime
    who: str = ""
    """A group whose member does it, or `applicant`."""
    task: str = ""
    act: str = ""
    reason: str = ""
    approved_by: str = ""
    """A group whose member approves the act, where the diagram asks for it."""
    answers: Mapping[str, Any] | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One dossier from its filing to its end, and what is expected of it."""

    name: str
    title: str
    filed_at: datetime
    case: str
    answers: Mapping[str, Any]
    steps: tuple[CourseStep, ...]
    expect: Mapping[str, Any]


@cache
def files_of(slug: str) -> Mapping[str, bytes]:
    """Give the files of one bundle by name."""
    return {path.name: path.read_bytes() for path in sorted((FOLDER / slug).iterdir())}


@cache
def bundle_of(slug: str) -> Bundle:
    """Read one bundle as an upload would, with the shared diagrams published."""
    published = {key: files_of(key)["process.bpmn"] for key in SHARED}
    return read(files_of(slug), published=published.get)


def process_of(slug: str) -> Process:
    """Give the process of a bundle; its key is the folder's name."""
    return bundle_of(slug).processes[0].process


@cache
def form_of(slug: str, name: str) -> Form:
    """Read one form of a bundle."""
    return schema.read(json.loads(files_of(slug)[name]))


def element_of(slug: str, element_id: str) -> tuple[str, Element]:
    """Find a flow node in a procedure or in what it calls; gives the bundle that has it, too."""
    for owner in (slug, *process_of(slug).calls):
        if element_id in process_of(owner).elements:
            return owner, process_of(owner).elements[element_id]
    raise KeyError(element_id)


@cache
def courses_of(slug: str) -> tuple[Course, ...]:
    """Read scenario.yaml of a procedure (docs/howto/add-a-procedure.md describes it)."""
    written = yaml.load(files_of(slug)["scenario.yaml"], yaml.CSafeLoader)
    return tuple(_course(course) for course in written["courses"])


def _course(written: dict[str, Any]) -> Course:
    steps = tuple(CourseStep(**{**step, "at": datetime.fromisoformat(step["at"])}) for step in written["steps"])
    return Course(
        name=written["name"],
        title=written["title"],
        filed_at=datetime.fromisoformat(written["filed_at"]),
        case=written.get("case", ""),
        answers=written["answers"],
        steps=steps,
        expect=written["expect"],
    )
