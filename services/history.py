"""What the log tells of one instance: every element that was passed, and who held it how long (the control sheet)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bpmn.model import Element, Limit
from services import loading, log
from services.clocks import A_MINUTE, LOCAL
from services.loading import Loaded
from storage.tables import Instance, LogEvent
from texts import Text

MIGRATED = "instance.migrated"
STATES = {"p": "completed", "c": "completed", "x": "cancelled", "f": "failed", "e": "active"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One activation of one element; `task_id` and `actor` where it was a person's work."""

    id: str
    element_id: str
    element_name: str
    element_type: str
    process_key: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    task_id: str | None = None
    actor: str | None = None
    definition_id: str = ""
    """The version that the instance was of when it ended, or is of while it is active."""

    @property
    def is_own(self) -> bool:
        """Say whether it belongs to the process itself, not to a called one."""
        return self.process_key == loading.load(self.definition_id).definition.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A line of the control sheet (form 05): who held the dossier, from when to when, and whether in time."""

    task_id: str
    element_id: str
    name: str
    groups: tuple[str, ...]
    holder: str
    handed_over_at: datetime
    received_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    verdict: str
    """early, on_time, late; or open, overdue while it runs; cancelled; none without a limit."""
    act: str = ""
    act_label: Text = Text("", "")
    is_pause: bool = False
    """The clock stands still meanwhile: the step waits for the applicant."""
    reason: str = ""
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event of the log as a page tells it; empty where an event has no such thing."""

    kind: str
    at: datetime
    actor: str
    step: Text
    act: Text
    reason: str
    assignee: str
    """To whom a task was given, or whom the event is about."""
    due_at: datetime | None
    """The new appointment, where the event changed it or warns of it."""
    behalf: str
    """In whose name it was done, by a delegate or a substitute."""
    leaver: str
    """Who handed it over."""
    statuses: tuple[int, ...]
    paused: bool
    resumed: bool
    fee_paid: bool
    papers: tuple[str, ...]
    """Kinds of the papers issued."""
    documents: tuple[str, ...]
    """Names of the files handed in."""
    opened: tuple[Text, ...]
    """Names of the steps that began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was written about the end or the withdrawal of a dossier, and when."""

    kind: str
    """withdrawal_requested, withdrawal_declined, withdrawn, stopped or lapsed."""
    reason: str
    actor: str
    at: datetime


def last_said(instance_id: str) -> Said | None:
    """Give the latest of these events with its reason, for the applicant to read."""
    found: Said | None = None
    for row, data in log.events_of(instance_id):
        kind = row.kind.removeprefix("dossier.")
        if kind in ("withdrawal_requested", "withdrawal_declined", "withdrawn", "stopped", "lapsed"):
            found = Said(kind=kind, reason=data.get("reason", ""), actor=row.actor, at=row.at)
    return found


def versioned(instance: Instance) -> Iterator[tuple[Loaded, LogEvent, dict[str, Any]]]:
    """Give every event in order, with the version that the instance was of: it may have gone over to another."""
    events = list(log.events_of(instance.id))
    moves = [data["before"]["definition"] for row, data in events if row.kind == MIGRATED]
    loaded = loading.load(moves[0] if moves else instance.definition_id)
    for row, data in events:
        if row.kind == MIGRATED:
            loaded = loading.load(data["after"]["definition"])
        yield loaded, row, data


def passages(instance: Instance) -> tuple[Passage, ...]:
    """Give every activation in order of completion; what is still active comes last."""
    open_: dict[str, Passage] = {}
    done: list[Passage] = []
    for loaded, row, data in versioned(instance):
        if row.kind == MIGRATED:
            _go_over(open_, loaded, data)
        for number, (letter, element_id, activation, process_key) in enumerate(data.get("elements", ())):
            process_key = process_key or loaded.definition.key
            element = loaded.element(process_key, element_id)
            kind = element.type if element else ""
            before = open_.pop(activation, None) if activation else None
            passage = before or Passage(
                id=activation or f"{row.seq}.{number}",
                element_id=element_id,
                element_name=element.name if element else "",
                element_type=kind,
                process_key=process_key,
                state="active",
                started_at=row.at,
                ended_at=None,
                task_id=activation if kind == "userTask" else None,
                definition_id=loaded.id,
            )
            if letter == "e":
                open_[activation] = passage
                continue
            actor = row.actor if data.get("task") == passage.id else None  # a person's task or a program's work
            done.append(replace(passage, state=STATES[letter], ended_at=row.at, actor=actor))
    ended = instance.ended_at
    rest = [replace(p, state="cancelled", ended_at=ended) if ended else p for p in open_.values()]
    return (*done, *rest)


def _go_over(open_: dict[str, Passage], loaded: Loaded, data: dict[str, Any]) -> None:
    """Let what is active go on at the elements of the version that the instance went over to."""
    moved = {activation: (element_id, key) for activation, element_id, key in data.get("moved", ())}
    for activation, passage in open_.items():
        element_id, key = moved.get(activation, (passage.element_id, passage.process_key))
        element = loaded.element(key, element_id)
        open_[activation] = replace(
            passage,
            element_id=element_id,
            process_key=key,
            element_name=element.name if element else "",
            element_type=element.type if element else "",
            definition_id=loaded.id,
        )


def control_sheet(instance: Instance, *, now: datetime) -> tuple[Holding, ...]:
    """Give who held the dossier from when to when, derived from the log alone, in order of hand-over."""
    sheet: dict[str, Holding] = {}
    versions: dict[str, Loaded] = {}
    for loaded, row, data in versioned(instance):
        if row.kind == MIGRATED:
            _move(sheet, loaded, data)
        versions |= dict.fromkeys([task for task in sheet if not sheet[task].finished_at], loaded)
        for opened in data.get("opened", ()):
            sheet[opened["task"]] = _opened(opened, row.at)
            versions[opened["task"]] = loaded
        if row.kind == "task.undone":
            _go_on(sheet, data)
        for moved in data.get("dues", ()):
            if moved["task"] in sheet:
                sheet[moved["task"]] = replace(sheet[moved["task"]], due_at=_moment(moved["due_at"]))
        _holder(sheet, row.kind, row.actor, row.at, data)
        for letter, _element, activation, _process in data.get("elements", ()):
            if letter in "cxf" and activation in sheet:
                sheet[activation] = _finished(sheet[activation], letter, row.at, data)
    end = instance.ended_at
    lines = [
        replace(
            line,
            act_label=_act(versions[line.task_id], line.element_id, line.act),
            is_pause=any(element.pause for element in _elements(versions[line.task_id], line.element_id)),
            limit=next((e.limit for e in _elements(versions[line.task_id], line.element_id) if e.limit), None),
        )
        for line in sheet.values()
    ]
    return tuple(
        _judged(line if line.finished_at or not end else replace(line, finished_at=end, verdict="cancelled"), now)
        for line in lines
    )


def told(instance: Instance) -> tuple[Told, ...]:
    """Tell every event of an instance, the newest first."""
    return tuple(_told(loaded, row.at, row.kind, row.actor, data) for loaded, row, data in versioned(instance))[::-1]


def step_name(instance: Instance, element_id: str, name: str) -> Text:
    """Name a step of the log: as it was called then, in English by its public name where it has one."""
    return _step(loading.load(instance.definition_id), element_id, name)


def act_label(instance: Instance, element_id: str, act_id: str) -> Text:
    """Name the act by which a step was completed; empty where there was none."""
    return _act(loading.load(instance.definition_id), element_id, act_id)


def acts(instance: Instance) -> Sequence[tuple[datetime, str, str, dict[str, Any]]]:
    """Give (at, kind, actor, data) of every event, the newest first, for the history tab."""
    return [(row.at, row.kind, row.actor, data) for row, data in log.events_of(instance.id)][::-1]


def _told(loaded: Loaded, at: datetime, kind: str, actor: str, data: dict[str, Any]) -> Told:
    clock = [event["type"] for event in data.get("clock", ())]
    return Told(
        kind=kind,
        at=at,
        actor=actor,
        step=_step(loaded, data.get("element", ""), data.get("name", "")),
        act=_act(loaded, data.get("element", ""), data.get("act") or ""),
        reason=data.get("reason") or data.get("why") or "",
        assignee=data.get("to") or data.get("who") or "",
        due_at=_moment(data.get("due_at")),
        behalf=data.get("for") or "",
        leaver=data.get("leaver") or "",
        statuses=tuple(data.get("statuses", ())),
        paused="pause_started" in clock,
        resumed="pause_ended" in clock,
        fee_paid="fee_paid" in clock,
        papers=tuple(paper["kind"] for paper in data.get("papers", ())),
        documents=tuple(document["name"] for document in data.get("documents", ())),
        opened=tuple(_step(loaded, opened["element"], opened["name"]) for opened in data.get("opened", ())),
    )


def _elements(loaded: Loaded, element_id: str) -> list[Element]:
    """The log names an element without its process; the processes of one definition hardly share an id."""
    processes = loaded.definition.processes.values()
    return [process.elements[element_id] for process in processes if element_id in process.elements]


def _step(loaded: Loaded, element_id: str, name: str) -> Text:
    found = next(iter(_elements(loaded, element_id)), None)
    vi = name or (found.name if found else "") or element_id
    return Text(vi, (found.public_name.en if found else "") or vi)


def _act(loaded: Loaded, element_id: str, act_id: str) -> Text:
    acts = [act for element in _elements(loaded, element_id) for act in element.acts]
    return next((act.label for act in acts if act.id == act_id), Text(act_id, act_id))


def _move(sheet: dict[str, Holding], loaded: Loaded, data: dict[str, Any]) -> None:
    for activation, element_id, process_key in data.get("moved", ()):
        if (line := sheet.get(activation)) is not None:
            element = loaded.element(process_key, element_id)
            name = element.name if element else ""
            sheet[activation] = replace(line, element_id=element_id, name=name or line.name)


def _go_on(sheet: dict[str, Holding], data: dict[str, Any]) -> None:
    """Let a line whose completion was undone go on under the task that opened in its place."""
    before = sheet.pop(data["undone"], None)
    for opened in data.get("opened", ()):
        if before is not None and opened["element"] == data["element"]:
            now = sheet[opened["task"]]
            sheet[opened["task"]] = replace(
                now, handed_over_at=before.handed_over_at, received_at=before.received_at or now.received_at
            )


def _opened(opened: dict[str, Any], at: datetime) -> Holding:
    return Holding(
        task_id=opened["task"],
        element_id=opened["element"],
        name=opened["name"],
        groups=tuple(opened.get("groups", ())),
        holder=opened.get("assignee", ""),
        handed_over_at=at,
        received_at=at if opened.get("assignee") else None,
        finished_at=None,
        due_at=_moment(opened.get("due_at")),
        verdict="open",
    )


def _holder(sheet: dict[str, Holding], kind: str, actor: str, at: datetime, data: dict[str, Any]) -> None:
    line = sheet.get(data.get("task", ""))
    if line is None:
        return
    if kind in (
        "task.claimed",
        "task.assigned",
        "task.released",
        "task.delegated",
        "task.resolved",
        "task.transferred",
        "supplement.proposed",
        "supplement.returned",
        "supplement.recalled",
        "supplement.approved",
    ):
        holder = data.get("to") or ""
        groups = tuple(data.get("groups") or line.groups)
        sheet[line.task_id] = replace(line, holder=holder, received_at=at if holder else None, groups=groups)
    elif kind == "task.handed_over" and (holder := data.get("assignee") or "") != line.holder:
        sheet[line.task_id] = replace(line, holder=holder, received_at=at if holder else None)
    elif kind == "task.completed":
        sheet[line.task_id] = replace(line, holder=actor, received_at=line.received_at or at)


def _finished(line: Holding, letter: str, at: datetime, data: dict[str, Any]) -> Holding:
    own = data.get("task") == line.task_id
    verdict = "done" if letter == "c" else "cancelled"
    act, reason = (data.get("act") or "", data.get("reason") or "") if own else ("", "")
    return replace(line, finished_at=at, verdict=verdict, act=act, reason=reason)


def _judged(line: Holding, now: datetime) -> Holding:
    """Early is before the due day, on time on that day up to the due minute, late after it (rule 32)."""
    if line.verdict == "cancelled":
        return line
    if line.due_at is None:
        return replace(line, verdict="none" if line.finished_at else "open")
    end = line.finished_at or now
    if end >= line.due_at + A_MINUTE:
        return replace(line, verdict="late" if line.finished_at else "overdue")
    if line.finished_at is None:
        return line
    same_day = end.astimezone(LOCAL).date() == line.due_at.astimezone(LOCAL).date()
    return replace(line, verdict="on_time" if same_day else "early")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
