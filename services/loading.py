"""Parsed definitions, shared by all threads: a version never changes, so what was parsed once stays right."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Any

from bpmn import bundle
from bpmn import definition as definitions
from bpmn.bindings import Bound
from bpmn.model import Element, Procedure
from engine import decisions, runner, state
from engine.events import Called, Ports
from errors import NotFound
from forms import schema
from forms.model import Form
from services import bindings
from storage.rows import definitions as rows
from storage.rows import stores
from storage.tables import Definition
from texts import Text

KEPT = 300
"""Parsed processes and forms kept per worker; the least recently used goes first."""
MOST_NODES = 45_000
"""Flow nodes of all parsed processes together (each takes about 2 KB): fewer are kept where they are huge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A process with everything that its version is bound to."""

    id: str
    definition: definitions.Definition
    name: Text
    forms: Mapping[tuple[str, str], str]
    """(process key, form name) -> definition id of the form."""
    parts: Mapping[str, str]
    """Process key -> definition id: this process and those it calls, in the versions it is bound to."""
    may_subscribe: bool
    """Whether an instance can wait for messages or signals."""
    has_work: bool
    """Whether an instance can wait for programs or connectors."""
    follows_clock: bool
    """Whether an instance can have timers that follow the dossier's clock."""
    messages: frozenset[str]
    """Names of the messages that a running instance may wait for."""
    ports: Ports

    @property
    def procedure(self) -> Procedure | None:
        """Give the legal parts, or None where this is no procedure."""
        return self.definition.process.procedure

    def element(self, process_key: str, element_id: str) -> Element | None:
        """Give what the diagram says of an element, or None for one of the engine's own."""
        loaded, key = self.of(process_key)
        process = loaded.definition.processes.get(key)
        return process.elements.get(element_id) if process else None

    def of(self, process_key: str) -> tuple[Loaded, str]:
        """Give the version that a process of an event, wait or task belongs to, and its bare key.

        Behind an `@` the engine writes the version that a call chose when it was made.
        """
        key, _, ref = process_key.partition("@")
        return (load(ref) if ref else self), key

    def part(self, process_key: str) -> str | None:
        """Give the definition id of a process that an instance runs, or None."""
        loaded, key = self.of(process_key)
        return loaded.parts.get(key)

    def step_name(self, process_key: str, element_id: str, name: str) -> Text:
        """Name a step: as in the diagram, in English by its public name where it has one."""
        element = self.element(process_key, element_id)
        return Text(name, (element.public_name.en if element else "") or name)

    def form_id(self, process_key: str, name: str) -> str:
        """Give the definition id of a form that an element of this version names, or an empty string."""
        loaded, key = self.of(process_key)
        return loaded.forms.get((key, name), "")


class Kept:
    """The parsed processes that were used last, as many as there is room for."""

    def __init__(self) -> None:
        self.found: OrderedDict[str, Loaded] = OrderedDict()
        self.nodes = 0
        self._lock = Lock()

    def get(self, definition_id: str) -> Loaded | None:
        """Give one that is kept; it is the last to go then."""
        with self._lock:
            found = self.found.get(definition_id)
            if found is not None:
                self.found.move_to_end(definition_id)
            return found

    def keep(self, loaded: Loaded) -> None:
        """Keep one more; others go where there is no room for it."""
        with self._lock:
            if loaded.id not in self.found:
                self.found[loaded.id] = loaded
                self.nodes += loaded.definition.compiled.size
            while len(self.found) > 1 and (len(self.found) > KEPT or self.nodes > MOST_NODES):
                self.nodes -= self.found.popitem(last=False)[1].definition.compiled.size

    def forget(self) -> None:
        """Drop all."""
        with self._lock:
            self.found.clear()
            self.nodes = 0


_kept = Kept()


def load(definition_id: str) -> Loaded:
    """Give a version, parsed with all that it calls; raise NotFound.

    A draft is parsed each time: it is bound to what it calls only when it is published.
    """
    found = _kept.get(definition_id)
    if found is not None:
        return found
    row = rows.load(definition_id)
    if row is None or row.kind != "process":
        raise NotFound()
    loaded = parsed(row)
    if row.state != "draft":
        _kept.keep(loaded)
    return loaded


def parsed(row: Definition) -> Loaded:
    """Parse a version now, without keeping it."""
    called: dict[str, str] = {}  # process key -> definition id
    deployed: dict[str, str] = {}  # process key -> deployment id
    bound: dict[tuple[str, str], str] = {}  # (caller's key, what it calls) -> definition id
    forms: dict[tuple[str, str], str] = {}
    decided: dict[str, str] = {}
    xmls: list[bytes] = []
    todo = [row]
    while todo:
        current = todo.pop(0)
        called[current.key], deployed[current.key] = current.id, current.deployment_id
        xmls.append(rows.file(current.deployment_id, current.file_name))
        forms |= {(current.key, name): target for name, target in current.binds.get("form", {}).items()}
        decided |= current.binds.get("decision", {})
        for text, target in current.binds.get("process", {}).items():
            bound[current.key, text] = target
            if "@" not in text and text not in called and (found := rows.load(target)) is not None:
                todo.append(found)
                called[text] = target
    apart = {pair for pair, target in bound.items() if called.get(pair[1], target) != target}
    process = definitions.load(row.key, xmls, id=row.id, version=row.version, apart=apart)
    return Loaded(
        id=row.id,
        definition=replace(process, called_version=version),
        name=Text(row.name, row.name_en or row.name),
        forms=forms,
        parts=called,
        may_subscribe=runner.subscribes(process),
        has_work=runner.has_work(process),
        follows_clock=runner.follows_clock(process),
        messages=runner.awaited_messages(process),
        ports=Ports(
            decide=_decider(decided, row.deployment_id),
            stored=_stored,
            called=_caller(bound, deployed),
            version=version,
        ),
    )


@lru_cache(maxsize=KEPT)
def form(definition_id: str) -> Form:
    """Read a form; raise NotFound."""
    return schema.read(form_schema(definition_id))


@lru_cache(maxsize=KEPT)
def form_key(definition_id: str) -> str:
    """Give the key of a form; raise NotFound."""
    row = rows.load(definition_id)
    if row is None:
        raise NotFound()
    return row.key


@lru_cache(maxsize=KEPT)
def form_schema(definition_id: str) -> dict[str, Any]:
    """Give a form's schema as it was uploaded; raise NotFound."""
    row = rows.load(definition_id)
    if row is None or row.kind != "form":
        raise NotFound()
    return bundle.form_in(row.file_name, rows.file(row.deployment_id, row.file_name), row.key)


@lru_cache(maxsize=KEPT)
def decisions_of(definition_id: str) -> decisions.Decisions:
    """Read the file of a decision, with those of its deployment that it imports; raise NotFound."""
    row = rows.load(definition_id)
    if row is None:
        raise NotFound()
    files = {name: data for name, data in rows.files(row.deployment_id).items() if name.lower().endswith(".dmn")}
    data = files.pop(row.file_name)
    return decisions.read(data, file=row.file_name, others=tuple(files.items()))


def version(ref: str) -> Called:
    """Give the version that a running call chose. Raises LookupError where it is gone."""
    try:
        found = load(ref)
    except NotFound:
        raise LookupError(ref) from None
    return Called(ref=found.id, definition=found.definition, ports=found.ports)


def _caller(bound: Mapping[tuple[str, str], str], deployed: Mapping[str, str]) -> Callable[[str, str], Called]:
    def called(caller: str, text: str) -> Called:
        target = bound.get((caller, text)) or bindings.resolve("process", text, deployment_id=deployed.get(caller, ""))
        if target is None:
            raise LookupError(text)
        return version(target)

    return called


def _stored(store: str) -> Any:
    held = stores.read(store)
    return None if held is None else state.load_value(held)


def _decider(bound: Mapping[str, str], deployment_id: str) -> Any:
    def decide(text: str, variables: Mapping[str, Any], now: datetime) -> Any:
        target = bound.get(text) or bindings.resolve("decision", text, deployment_id=deployment_id)
        if target is None:
            raise LookupError(text)
        return decisions.evaluate(decisions_of(target), Bound.read(text).key, variables, now=now)

    return decide


def forget() -> None:
    """Drop everything parsed (tests that put another database under the same process)."""
    _kept.forget()
    for cached in (form, form_key, form_schema, decisions_of):
        cached.cache_clear()
