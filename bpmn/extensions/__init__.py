"""What modelers add to BPMN: each foreign namespace read into the one vocabulary of bpmn/model.py.

`motcua.moddle.json` describes our own namespace for the browser and for the checks; motcua.py, camunda.py, zeebe.py,
flowable.py and spiffworkflow.py each turn a node into `Parts`; `parts_of` lays them over each other, our own first.
May import bpmn.model, bpmn.xml and expressions. Must never drop or change what a file says.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bpmn import xml
from bpmn.bindings import is_computed
from bpmn.extensions import camunda, flowable, motcua, roles, spiffworkflow, zeebe
from bpmn.extensions.parts import Parts
from bpmn.extensions.used import spaces_of
from bpmn.xml import Node

FOREIGN: tuple[tuple[str, Callable[[Node], Parts]], ...] = (
    *((space, partial(camunda.read, space=space)) for space in camunda.SPACES),
    (xml.ZEEBE, zeebe.read),
    *((space, partial(flowable.read, space=space)) for space in flowable.SPACES),
    (xml.SPIFFWORKFLOW, spiffworkflow.read),
)
"""Foreign namespaces and what reads them, in the order of their weight."""


def parts_of(node: Node) -> Parts:
    """Read what every known vocabulary says of a flow node; the first that says something wins: ours, then theirs."""
    used = spaces_of(node)
    foreign = [read(node) for space, read in FOREIGN if space in used]
    return Parts.overlay((motcua.read(node), *foreign, roles.read(node)))


def called_by(node: Node) -> str:
    """Give the key of the process that a call activity calls, an expression that gives it, or an empty string."""
    written = (node.get("calledElement") or "").strip()
    return (written if is_computed(written) else xml.bare(written)) or zeebe.called(node)


def version_tag(process: Node) -> str:
    """Give the version tag that a modeler set."""
    return camunda.version_tag(process) or zeebe.version_tag(process)


def documented(node: Node) -> str:
    """Give what vocabularies tell the person who does a task."""
    return spiffworkflow.instructions(node)
