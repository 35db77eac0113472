"""startQuantity and completionQuantity: how many tokens an activity takes in and gives out (10.3, 13.3.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpmn.spiff.contract import Token
from bpmn.spiff.nodes import Flow, Node, ProcessSpec


class Gathering(Node):
    """Stands in front of an activity until it has as many tokens as that one needs, whichever flows they came by."""

    is_reported = False
    wanted = 1

    def _update_hook(self, my_task: Token) -> bool:
        my_task.wait()
        waiting = my_task.workflow.waiting_at(self.name)
        if len(waiting) < self.wanted:
            return False
        for token in waiting[: self.wanted]:
            if token is not my_task:
                my_task.workflow.drop(token)
        return True


def gather(spec: ProcessSpec, nodes: dict[str, Node], xml: Mapping[str, Any]) -> None:
    """Put a gathering in front of each activity that needs several tokens, and multiply what leaves it."""
    for id_, node in list(nodes.items()):
        wanted, given = (quantity(xml[id_], name) for name in ("startQuantity", "completionQuantity"))
        if given > 1:
            node.flows = node.flows * given
        if wanted > 1 and node.incoming:
            before = Gathering(spec, f"{id_} [gather]")
            before.bpmn_id, before.wanted, before.incoming = node.bpmn_id, wanted, node.incoming
            before.flows = (Flow(id=f"{id_} [gathered]", target=node.name),)
            for other in nodes.values():
                other.flows = tuple(_led(flow, node, before) for flow in other.flows)
            node.incoming = (before.flows[0].id,)
            nodes[before.name] = before


def quantity(xml: Any, name: str) -> int:
    """Read a quantity; 1 where the file does not say."""
    return int((xml.get(name) or "1").strip())


def _led(flow: Flow, node: Node, before: Gathering) -> Flow:
    return Flow(id=flow.id, target=before.name, condition=flow.condition) if flow.target == node.name else flow
