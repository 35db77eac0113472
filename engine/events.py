"""What a step takes and gives: ports, waits, element events, what was thrown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.correlation import Labels

from bpmn.definition import Definition
from bpmn.timing import Due, Timing
from texts import Text


class Outcome(Protocol):
    """What a decision gives (engine.decisions.Decided)."""

    @property
    def outputs(self) -> Any: ...
    @property
    def variables(self) -> Mapping[str, Any]: ...


def _no_decisions(key: str, variables: Mapping[str, Any], now: datetime) -> Outcome:
    raise LookupError(key)


def _no_working_time(timing: Timing, since: datetime) -> Due | None:
    return None


def _nothing_stored(store: str) -> Any:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A version of a process that a call chose when it was made; a running call keeps it."""

    ref: str
    """By which `Ports.version` gives it again; no `@` in it."""
    definition: Definition
    ports: Ports
    """What it is bound to itself."""


def _no_processes(caller: str, bound: str) -> Called:
    raise LookupError(bound)


def _no_versions(ref: str) -> Called:
    raise LookupError(ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the engine asks of others while a step runs; they must not change anything."""

    decide: Callable[[str, Mapping[str, Any], datetime], Outcome] = _no_decisions
    """Evaluate the decision of that key with these variables, now. Raises LookupError where there is none."""
    resolve_timer: Callable[[Timing, datetime], Due | None] = _no_working_time
    """Give when a timer's text (`10 working_days`) is due that waits since then; None: it is ISO or an expression.

    Raises LookupError where the text is in working time and there is no limit that it could mean.
    """
    stored: Callable[[str], Any] = _nothing_stored
    """Give what the data store of that name holds; None where nothing."""
    called: Callable[[str, str], Called] = _no_processes
    """Find what the process of that key calls now, as bpmn.bindings writes it. Raises LookupError."""
    version: Callable[[str], Called] = _no_versions
    """Give a version by its `ref`. Raises LookupError."""


class Status(StrEnum):
    """Where an instance stands after a step."""

    RUNNING = "running"
    """It waits for something."""
    COMPLETED = "completed"
    """No token is left."""
    CANCELLED = "cancelled"
    """It was ended from outside."""
    FAILED = "failed"
    """An error end event was reached and nothing caught it: `error_code` says which."""


class Happening(StrEnum):
    """What happened to an element."""

    PASSED = "passed"
    """Entered and completed within this step."""
    ENTERED = "entered"
    """Entered; it is still active, or a later event of this step cancels it."""
    COMPLETED = "completed"
    """Was entered in an earlier step, is completed now."""
    CANCELLED = "cancelled"
    """Was active and was interrupted."""
    FAILED = "failed"
    """Threw the error that nothing caught."""


class WaitKind(StrEnum):
    """What a wait is for."""

    TASK = "task"
    """Work of a person."""
    EXTERNAL_TASK = "external_task"
    """Work of a program outside: `name` is its topic."""
    JOB = "job"
    """Work of the server itself: `name` is the connector that does it."""
    TIMER = "timer"
    """A moment: `due_at`."""
    MESSAGE = "message"
    """A message of that name."""
    SIGNAL = "signal"
    """A signal of that name."""
    CONDITION = "condition"
    """A condition on variables: looked at by itself in each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One thing the instance waits for; `id` stays the same until it is over, and is unique among all instances."""

    id: str
    kind: WaitKind
    process_key: str
    element_id: str
    element_name: str
    element_type: str
    due_at: datetime | None = None
    name: str = ""
    """Of the message, signal or connector, or the topic."""
    retries: str = ""
    """Of work outside: how often and when it is tried again, as the diagram says (bpmn/retries.py)."""
    found_by: Labels | None = None
    """Of a message: by what the wait is found in an index (engine/correlation.py)."""
    variables: Mapping[str, Any] | None = None
    """What a task in an inner scope or a loop sees; None: the variables of the process itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A technical fault that holds one token up; `id` stays the same until the token has gone on or is taken away."""

    id: str
    process_key: str
    element_id: str
    """Where to mend: the element of the token, or one that hangs at it (the timer of a boundary event)."""
    element_name: str
    kind: str
    """The code of the error (errors.EngineError and its kinds)."""
    message: Text
    reason: str
    """For whoever mends it, in English; may quote values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementEvent:
    """One line of history; the same `activation_id` pairs an entry with its end (a task's is the id of its wait)."""

    kind: Happening
    activation_id: str
    process_key: str
    element_id: str
    element_name: str
    element_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrown:
    """A message that nothing in the instance took, or a signal; `element_id` threw it."""

    kind: str
    name: str
    payload: Mapping[str, Any]
    correlation: Mapping[str, Any] | None = None
    carried: Mapping[str, Any] | None = None
    """Values of the instance's correlation properties, by their ids."""
    to: tuple[str, ...] = ()
    """Keys of the processes that message flows lead to; empty: whoever waits for it."""
    process_key: str = ""
    element_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision that an element asked: which of its rules matched, those of required decisions first."""

    decision: str
    element_id: str
    rules: tuple[tuple[str, str], ...]
    """Table and rule, each by its id."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one call gives: the new state, and everything that happened, in order."""

    state: bytes
    status: Status
    error_code: str | None
    variables: dict[str, Any]
    """Of the process itself, not of its inner scopes."""
    opened: tuple[Wait, ...]
    """The tasks that this step has opened."""
    looked: Callable[[], tuple[Wait, ...]] = field(compare=False, repr=False)
    """Gives `waits`."""
    events: tuple[ElementEvent, ...]
    next_due: datetime | None
    thrown: tuple[Thrown, ...]
    stored: Mapping[str, Any] = field(default_factory=dict)
    """What data stores hold now, of those that were written."""
    incidents: tuple[Incident, ...] = ()
    """All that are open, the oldest token's first."""
    error_message: str = ""
    """What was said of the error that nothing caught."""
    rulings: tuple[Ruling, ...] = ()
    """The decisions that were asked, in order."""

    @cached_property
    def waits(self) -> tuple[Wait, ...]:
        """Everything that the instance waits for now; gathered when asked for: it may be a hundred tasks."""
        return self.looked()
