"""From normalised XML to the specs of a process and of all that it calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bpmn import reader
from bpmn.spiff.activities import ServiceTask
from bpmn.spiff.calls import CallActivity
from bpmn.spiff.compensation import mark
from bpmn.spiff.correlation import NOTHING, Correlation, correlation_of
from bpmn.spiff.events import kind_of
from bpmn.spiff.nodes import Node, ProcessSpec
from bpmn.spiff.parser import Parser
from bpmn.spiff.slim import slim
from bpmn.xml import tag
from errors import Malformed
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Specs that every instance and thread shares; nothing writes to them."""

    spec: ProcessSpec
    subprocess_specs: Mapping[str, ProcessSpec]
    """Called processes by their key, insides of sub-processes by `process/sub-process`."""
    has_conditions: bool = False
    """Some event waits for a condition on variables, which must be looked at after each change."""
    has_work: bool = False
    """Some task is done by a program outside or by a connector."""
    correlations: Mapping[str, Correlation] = field(default_factory=dict)
    """What each process knows of correlation keys, by its key; those that know none are left out."""
    calls_out: bool = False
    """Some call finds its process when it is made: what is true of some diagram may be true of that one."""
    undoes: bool = False
    """Something triggers compensation."""
    size: int = 0
    """How many nodes there are, those of called processes too."""


def compile(key: str, xmls: Sequence[bytes]) -> Compiled:
    """Parse the process `key` and the processes it calls from normalised XML.

    Safe to call from several threads: nothing is shared between two calls. Raises Malformed where a process is missing.
    """
    return compile_roots(key, [reader.parse(xml) for xml in xmls])


def compile_roots(key: str, roots: Sequence[Any], apart: Collection[tuple[str, str]] = ()) -> Compiled:
    """Do the same from parsed files; `apart`: calls (caller, called) that find their process when they are made."""
    parsers: dict[str, Parser] = {}
    keyed: dict[str, Correlation] = {}
    for root in roots:
        for process in root.iter(tag("process")):
            keyed.setdefault(process.get("id"), correlation_of(root, process))
        parser = Parser()
        parser.add_bpmn_xml(root)
        for name in parser.process_parsers:
            parsers.setdefault(name, parser)
    specs: dict[str, ProcessSpec] = {}
    wanted = [key]
    while wanted:
        name = wanted.pop()
        if name in specs:
            continue
        if name not in parsers:
            raise Malformed(
                Text(vi=f"Không có quy trình “{name}” trong các tệp.", en=f"There is no process “{name}” in the files.")
            )
        parser = parsers[name]
        specs[name] = parser.get_spec(name)
        insides = {inside: spec for inside, spec in parser.insides.items() if spec.process_key == name}
        specs.update(insides)
        for spec in (specs[name], *insides.values()):
            wanted += _called(spec, parsers, apart)
    undoes = mark(specs)
    nodes = [node for spec in specs.values() for node in spec.task_specs.values()]
    for node in nodes:
        if isinstance(node, Node):
            slim(node)
    for parser in parsers.values():
        parser.__dict__.clear()  # it and what it read know each other: the trees would stay until a collection
    calls_out = any(isinstance(node, CallActivity) and not node.is_static for node in nodes)
    return Compiled(
        spec=specs[key],
        subprocess_specs=specs,
        has_conditions=calls_out or any(map(_has_conditions, specs.values())),
        has_work=calls_out or any(isinstance(node, ServiceTask) for node in nodes),
        calls_out=calls_out,
        undoes=undoes,
        size=len(nodes),
        correlations={name: found for name, found in keyed.items() if name in specs and found is not NOTHING},
    )


def _called(spec: ProcessSpec, known: Collection[str], apart: Collection[tuple[str, str]]) -> Iterator[str]:
    """Give the processes of these files that a process calls, also those of which it may find another version."""
    for node in spec.task_specs.values():
        if isinstance(node, CallActivity):
            if (spec.process_key, node.spec) in apart:
                node.is_static = False
            if node.is_static or node.spec in known:
                yield node.spec


def _has_conditions(spec: ProcessSpec) -> bool:
    definitions = [d for node in spec.task_specs.values() for d in getattr(node, "definitions", ())]
    return any(kind_of(definition) == "condition" for definition in definitions)
