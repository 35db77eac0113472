"""XML read with suspicion: the one parser for diagrams and decision tables, and the words to walk a tree with."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from functools import lru_cache
from typing import Any, Protocol, cast, overload
from xml.parsers import expat

from lxml import etree

from bpmn.model import BPMN, MOTCUA
from errors import Malformed, TooLarge
from texts import Text


class Node(Protocol):
    """What we use of an lxml element (lxml brings no types)."""

    tag: str
    text: str | None
    tail: str | None

    @property
    def sourceline(self) -> int | None: ...
    @property
    def attrib(self) -> MutableMapping[str, str]: ...
    @property
    def nsmap(self) -> dict[str | None, str]: ...
    @overload
    def get(self, key: str, /) -> str | None: ...
    @overload
    def get(self, key: str, default: str, /) -> str: ...
    def set(self, key: str, value: str, /) -> None: ...
    def find(self, path: str, /) -> Node | None: ...
    def findall(self, path: str, /) -> list[Node]: ...
    def iter(self, *tags: str) -> Iterator[Node]: ...
    def iterchildren(self, *tags: str) -> Iterator[Node]: ...
    def iterdescendants(self, *tags: str) -> Iterator[Node]: ...
    def iterancestors(self, *tags: str) -> Iterator[Node]: ...
    def itertext(self) -> Iterator[str]: ...
    def getparent(self) -> Node | None: ...
    def getroottree(self) -> Any: ...
    def append(self, element: Node, /) -> None: ...
    def insert(self, index: int, element: Node, /) -> None: ...
    def remove(self, element: Node, /) -> None: ...
    def index(self, element: Node, /) -> int: ...
    def __iter__(self) -> Iterator[Node]: ...
    def __len__(self) -> int: ...


CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
OPERATON = "http://operaton.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FLOWABLE = "http://flowable.org/bpmn"
ACTIVITI = "http://activiti.org/bpmn"
SPIFFWORKFLOW = "http://spiffworkflow.org/bpmn/schema/1.0/core"
MODELER = "http://camunda.org/schema/modeler/1.0"

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
MAX_NODES = 40_000
"""Elements a file may have; a diagram of 200 flow nodes with its drawing has about 3,000."""

EVENTS = (
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
)
TASKS = (
    "task",
    "userTask",
    "manualTask",
    "scriptTask",
    "serviceTask",
    "businessRuleTask",
    "sendTask",
    "receiveTask",
)
SUB_PROCESSES = ("subProcess", "transaction", "adHocSubProcess")
ACTIVITIES = (*TASKS, "callActivity", *SUB_PROCESSES)
GATEWAYS = (
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
    "complexGateway",
)
CHOREOGRAPHY = ("choreographyTask", "callChoreography", "subChoreography")
FLOW_NODES = frozenset((*EVENTS, *ACTIVITIES, *GATEWAYS, *CHOREOGRAPHY))


def tag(local: str) -> str:
    """Give the qualified tag of a BPMN element."""
    return f"{{{BPMN}}}{local}"


def own(local: str) -> str:
    """Give the qualified name in the namespace of Motcua."""
    return f"{{{MOTCUA}}}{local}"


def local(node: Node) -> str:
    """Give the local name of a node."""
    return _local(node.tag)


@lru_cache(maxsize=200)
def _local(tag_: str) -> str:
    return tag_.rpartition("}")[2]


def namespace(name: str) -> str:
    """Give the namespace of a qualified tag or attribute name, or an empty string."""
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def is_flow_node(node: Node) -> bool:
    """Tell whether a node is a BPMN event, activity or gateway."""
    return namespace(node.tag) == BPMN and local(node) in FLOW_NODES


def flow_nodes(scope: Node) -> Iterator[Node]:
    """Walk the flow nodes of a process or sub-process at any depth, in the order of the document."""
    return (node for node in scope.iterdescendants(f"{{{BPMN}}}*") if local(node) in FLOW_NODES)


def event_definitions(node: Node) -> list[Node]:
    """Give the event definitions of an event (shared ones once normalise.inline has put them there)."""
    return [child for child in node if local(child).endswith("EventDefinition") and namespace(child.tag) == BPMN]


def compensation_handlers(boundary: Node) -> list[Node]:
    """Give the activities to which associations lead from a compensation boundary event (10.5.6)."""
    scope = boundary.getparent()
    inside = {node.get("id"): node for node in scope if is_flow_node(node)} if scope is not None else {}
    found = {}
    for association in root_of(boundary).iter(tag("association")):
        ends = [bare(association.get("sourceRef")), bare(association.get("targetRef"))]
        if boundary.get("id") in ends:
            ends.remove(str(boundary.get("id")))
            if (handler := inside.get(ends[0])) is not None and local(handler) in ACTIVITIES:
                found[ends[0]] = handler
    return list(found.values())


def extension_elements(node: Node) -> list[Node]:
    """Give the children of a node's extensionElements."""
    return [child for holder in node.findall(tag("extensionElements")) for child in holder]


def root_of(node: Node) -> Node:
    """Give the root element of a node's document."""
    return cast(Node, node.getroottree().getroot())


def bare(qualified: str | None) -> str:
    """Strip the prefix of a reference (`tns:abc`): ids hold no colon."""
    return (qualified or "").strip().rpartition(":")[2]


def text_of(node: Node | None) -> str:
    """Give the text of a node, stripped; empty for no node."""
    return "".join(str(part) for part in node.itertext()).strip() if node is not None else ""


def enclosing_process(node: Node) -> Node | None:
    """Give the process that holds a node."""
    return next(node.iterancestors(tag("process")), None)


class _Guard:
    """Refuses what must not even be built as a tree: DOCTYPE, depth, number of elements."""

    def __init__(self) -> None:
        self.depth = self.nodes = 0

    def doctype(self, *_: object) -> None:
        raise Malformed(
            Text(
                vi="Tệp XML không được có DOCTYPE. Hãy xoá khai báo đó.",
                en="An XML file must not have a DOCTYPE. Remove that declaration.",
            )
        )

    def start(self, *_: object) -> None:
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise TooLarge(
                Text(
                    vi=f"Tệp XML lồng quá {MAX_DEPTH} cấp hoặc có quá {MAX_NODES} phần tử. Hãy tách nhỏ sơ đồ.",
                    en=f"The XML nests deeper than {MAX_DEPTH} or has more than {MAX_NODES} elements. Split it.",
                )
            )

    def end(self, *_: object) -> None:
        self.depth -= 1


def _scan(xml: bytes) -> None:
    guard, parser = _Guard(), expat.ParserCreate()
    parser.StartDoctypeDeclHandler = guard.doctype
    parser.StartElementHandler = guard.start
    parser.EndElementHandler = guard.end
    parser.Parse(xml, True)


def parse(xml: bytes) -> Node:
    """Parse untrusted XML of at most 2 MB into a tree without comments, entities or network.

    Raises Malformed (not XML, a DOCTYPE) and TooLarge (size, depth, number of elements).
    """
    if len(xml) > MAX_BYTES:
        raise TooLarge(
            Text(
                vi="Tệp XML lớn hơn 2 MB. Hãy tách nhỏ sơ đồ.",
                en="The XML is larger than 2 MB. Split the diagram.",
            )
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        _scan(xml)  # first, so that libxml2 never sees an entity declaration
        root = cast(Node, etree.fromstring(xml, parser))
    except (expat.ExpatError, etree.LxmlError, ValueError, LookupError) as problem:
        reason = " ".join(str(problem).split())[:300]
        raise Malformed(
            Text(
                vi=f"Tệp không phải XML hợp lệ: {reason}",
                en=f"The file is not well-formed XML: {reason}",
            )
        ) from None
    if root.getroottree().docinfo.doctype:
        _Guard().doctype()
    return root
