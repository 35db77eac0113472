"""What every node of the library carries and nothing here uses is said once: a worker keeps hundreds of diagrams."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from SpiffWorkflow.util.event import Event

from bpmn.spiff.nodes import Node

EVENTS = ("update_event", "ready_event", "completed_event", "error_event", "cancelled_event", "run_event")
"""Six objects a node, which somebody could subscribe to; nobody does."""
SHARED: dict[str, Any] = {
    **dict.fromkeys(EVENTS, Event()),
    **dict.fromkeys(("data", "defines"), MappingProxyType({})),
    **dict.fromkeys(("pre_assign", "post_assign", "data_input_associations", "data_output_associations"), ()),
    **dict.fromkeys(("description", "documentation", "lane", "io_specification")),
    "lookahead": 2,
}

for _name, _value in SHARED.items():
    setattr(Node, _name, _value)


def slim(node: Node) -> None:
    """Leave out of a node that is complete what it has in common with all others: that stands with the class.

    A node of the library has some thirty attributes, for which Python keeps 1.6 KB and more objects beside.
    """
    node.__dict__ = {name: value for name, value in vars(node).items() if not _is_shared(name, value)}


def _is_shared(name: str, value: Any) -> bool:
    return name in SHARED and (name in EVENTS or value == SHARED[name] or (not value and not SHARED[name]))
