"""Journeys: what the public may read of a procedure's steps and of a dossier's way through them, by public names only.

No person, no unit and no internal step stands here, so that the page behind the QR code can show it to anybody.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bpmn import ways
from bpmn.model import Element, Limit, Process
from services import history, loading
from services.history import Passage
from services.loading import Loaded
from services.statuses import ENDED, NAMES, Status
from storage.database import session
from storage.tables import Dossier, Instance
from texts import Text

AT_WORK = Text("Cơ quan đang xử lý", "The agency is working on it")
DEEPEST = 5
"""Processes called by called processes are looked into this far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLimit:
    """How long a step may take; `name` where it is one of several within a step."""

    limit: Limit
    name: Text = Text("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step as the public sees it."""

    name: Text
    state: str = "todo"
    """done, now, cancelled, todo."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    pause: str = ""
    """The ground on which the clock stands still meanwhile."""
    limits: tuple[StepLimit, ...] = ()
    task_id: str | None = None
    """The person's task behind it, where it is one."""
    document: str = ""
    """The kind of the paper that it issues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An element that can come next; its name is empty where the diagram has none."""

    id: str
    type: str
    name: Text
    groups: tuple[str, ...]


def steps_of(definition_id: str) -> tuple[Stage, ...]:
    """Give the usual way of a procedure from filing to the result."""
    loaded = loading.load(definition_id)
    return _forecast(loaded, ways.way(loaded.definition.process))


def has_supplement(definition_id: str) -> bool:
    """Say whether the diagram, or one it calls, can ask the applicant for more papers."""
    processes = loading.load(definition_id).definition.processes.values()
    return any(element.pause == "supplement" for process in processes for element in process.elements.values())


def coming(loaded: Loaded, process_key: str, here: Sequence[str], kinds: Container[str]) -> tuple[Coming, ...]:
    """Give what can come right after some elements of a process, of these kinds, whichever way is taken."""
    version, key = loaded.of(process_key)
    process = version.definition.processes.get(key)
    if process is None or not here:
        return ()
    return tuple(
        Coming(
            id=element.id,
            type=element.type,
            name=loaded.step_name(process_key, element.id, element.name),
            groups=element.candidate_groups,
        )
        for element in ways.following(process, here, kinds)
    )


def journey(dossier: Dossier) -> tuple[Stage, ...]:
    """Give what happened to a dossier, where it stands, and what probably comes."""
    instance = session().get(Instance, dossier.instance_id)
    if instance is None:
        return ()
    loaded = loading.load(instance.definition_id)
    passages = sorted(history.passages(instance), key=lambda passage: passage.started_at)
    past = [stage for passage in passages if (stage := _past(loading.load(passage.definition_id), passage)) is not None]
    status = Status(dossier.status)
    if status in ENDED:
        return (*past, *_end(dossier, past))
    here = [p for p in passages if p.state == "active" and p.process_key == loaded.definition.key]
    position = [p.element_id for p in here if p.element_type != "boundaryEvent"]
    comes = _forecast(loaded, ways.way(loaded.definition.process, after=position)) if position else ()
    if not any(stage.state == "now" for stage in past):
        past.append(Stage(name=AT_WORK, state="now"))
    return (*past, *comes)


def _end(dossier: Dossier, past: Sequence[Stage]) -> Iterable[Stage]:
    """A dossier that was stopped or withdrawn has no step of the diagram that says so."""
    if dossier.status == Status.STOPPED:
        yield Stage(
            name=NAMES[Status.STOPPED], state="cancelled", started_at=dossier.ended_at, ended_at=dossier.ended_at
        )


def _past(loaded: Loaded, passage: Passage) -> Stage | None:
    element = loaded.element(passage.process_key, passage.element_id)
    if element is None or not ways.is_public(element) or element.type == "boundaryEvent":
        return None
    if element.called and _says_more(loaded, element.called):
        return None
    states = {"active": "now", "completed": "done"}
    return Stage(
        name=element.public_name,
        state=states.get(passage.state, "cancelled"),
        started_at=passage.started_at,
        ended_at=passage.ended_at,
        pause=element.pause,
        limits=_limits(loaded, element),
        task_id=passage.task_id,
        document=element.document,
    )


def _says_more(loaded: Loaded, key: str) -> bool:
    process = loaded.definition.processes.get(key)
    return process is not None and any(ways.is_public(element) for element in process.elements.values())


def _forecast(loaded: Loaded, elements: Iterable[Element], depth: int = 0) -> tuple[Stage, ...]:
    """Give the public steps among these; a call without a public name of its own shows those of what it calls."""
    found: list[Stage] = []
    for element in elements:
        if ways.is_public(element):
            found.append(
                Stage(
                    name=element.public_name,
                    pause=element.pause,
                    limits=_limits(loaded, element),
                    document=element.document,
                )
            )
        elif element.is_public and (called := _called(loaded, element)) and depth < DEEPEST:
            found += _forecast(loaded, ways.way(called), depth + 1)
    return tuple(found)


def _limits(loaded: Loaded, element: Element, depth: int = 0) -> tuple[StepLimit, ...]:
    """Give the limit of a step, or those on the way through the process that it calls."""
    if element.limit is not None:
        return (StepLimit(limit=element.limit),)
    called = _called(loaded, element)
    if called is None or depth >= DEEPEST:
        return ()
    found: list[StepLimit] = []
    for inner in ways.way(called):
        for limit in _limits(loaded, inner, depth + 1):
            name = limit.name or (inner.public_name if ways.is_public(inner) else Text("", ""))
            found.append(StepLimit(limit=limit.limit, name=name))
    return (StepLimit(limit=found[0].limit),) if len(found) == 1 else tuple(found)


def _called(loaded: Loaded, element: Element) -> Process | None:
    return loaded.definition.processes.get(element.called) if element.called else None
