"""A definition: one immutable version of a diagram, read and compiled, shared by all its instances and threads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpmn import reader
from bpmn.model import Element, Process
from bpmn.normalise import normalise
from bpmn.spiff.compiler import Compiled, compile_roots


def _no_version(ref: str) -> Any:
    raise LookupError(ref)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a process with the processes that it calls."""

    id: str
    key: str
    version: int
    process: Process
    processes: Mapping[str, Process]
    """Itself and what it calls, by key."""
    compiled: Compiled
    called_version: Callable[[str], Any] = _no_version
    """Give the version (engine.events.Called) that a running call chose, by its ref. Raises LookupError."""

    def element(self, process_key: str, element_id: str) -> Element:
        """Give a flow node of one of its processes. Raises KeyError where there is none."""
        return self.processes[process_key].elements[element_id]


def load(
    key: str, xmls: Sequence[bytes], *, id: str, version: int, apart: Collection[tuple[str, str]] = ()
) -> Definition:
    """Read and compile the process `key`; `xmls` are the files, as uploaded, that hold it and all it calls.

    `apart`: calls, as (caller, called), that mean another version than the one in these files.

    Raises Malformed where a file cannot be read or a process is missing. Takes milliseconds: keep what it gives.
    """
    roots = [reader.parse(xml) for xml in xmls]
    processes: dict[str, Process] = {}
    for root in roots:
        for process in reader.processes(root):
            processes.setdefault(process.key, process)
    compiled = compile_roots(key, [normalise(root) for root in roots], apart)
    return Definition(id=id, key=key, version=version, process=processes[key], processes=processes, compiled=compiled)
