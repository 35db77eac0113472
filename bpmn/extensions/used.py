"""Which namespaces speak of a flow node, so that only their vocabularies are asked."""

from __future__ import annotations

from collections.abc import Iterator

from bpmn import xml
from bpmn.extensions.platform import Platform, platform_of
from bpmn.extensions.words import message_declared
from bpmn.model import BPMN

OF_PLATFORM = {
    Platform.CAMUNDA_7: xml.CAMUNDA,
    Platform.CAMUNDA_8: xml.ZEEBE,
    Platform.FLOWABLE: xml.FLOWABLE,
}
MEAN_SOMETHING_SILENTLY = ("callActivity", "intermediateThrowEvent", "endEvent")
"""What a platform reads in its own way even where its vocabulary says nothing."""
MAY_NAME_A_MESSAGE = (*xml.EVENTS, "receiveTask", "sendTask")


def spaces_of(node: xml.Node) -> set[str]:
    """Give the foreign namespaces of a flow node's attributes and of what belongs to it."""
    found = set(_spaces(node))
    kind = xml.local(node)
    if kind in MAY_NAME_A_MESSAGE and (message := message_declared(node)) is not None:
        found.update(_spaces(message))
    if kind in MEAN_SOMETHING_SILENTLY and (space := OF_PLATFORM.get(platform_of(node))):
        found.add(space)
    if kind == "scriptTask" and node.get("scriptFormat"):
        found.add(xml.CAMUNDA)  # what its language means is said there for all
    return found


def _spaces(node: xml.Node, depth: int = 3) -> Iterator[str]:
    for name in node.attrib:
        if name[0] == "{":
            yield xml.namespace(name)
    for child in node:
        space = xml.namespace(child.tag)
        if space != BPMN:
            yield space
        elif depth and xml.local(child) not in xml.FLOW_NODES:
            yield from _spaces(child, depth - 1)
