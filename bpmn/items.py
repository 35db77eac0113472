"""Items: which variable, or which store, each element of a diagram that holds data is.

The rule for the variable's name: the element's `name` where it is an identifier (`order`, `đơn`), else its id. A data
object reference means its data object: that one's name, else the name of the first reference to it that has one, else
the data object's id. A data store keeps its value under its `name`, whatever signs it has, else under its id. In files
of SpiffArena (they declare `spiffworkflow:`) it is always the id, as there.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass

from bpmn import xml
from bpmn.xml import Node, bare, local, tag

VARIABLES = ("dataObject", "dataInput", "dataOutput", "property", "inputDataItem", "outputDataItem")
PLACEHOLDER = "__targetRef_placeholder"
"""The name of the property that bpmn.io's modeler invents as the target of a drawn association."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What an element that holds data is when the process runs."""

    kind: str
    """The local name of its element; `dataObject` and `dataStore` for references, too."""
    variable: str
    store: str = ""
    """The name under which a data store keeps its value."""


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a variable in every language of expressions."""
    return text.isidentifier() and not keyword.iskeyword(text)


def variable_of(node: Node) -> str:
    """Give the name of the variable that an element is: its name where that is an identifier, else its id."""
    name = (node.get("name") or "").strip()
    return name if is_name(name) and not goes_by_ids(node) else (node.get("id") or name)


def goes_by_ids(node: Node) -> bool:
    """Tell whether a file is of SpiffArena, where data goes by ids and names are for people."""
    return xml.SPIFFWORKFLOW in node.nsmap.values()


def is_placeholder(node: Node) -> bool:
    """Tell whether a property was invented by a modeler and holds nothing."""
    return local(node) == "property" and (node.get("name") or "") == PLACEHOLDER


def items(root: Node) -> Mapping[str, Item]:
    """Map the ids of all elements of a file that hold data to what they are."""
    found = {
        node.get("id") or "": Item(kind=local(node), variable=variable_of(node))
        for node in root.iter(*map(tag, VARIABLES))
        if not is_placeholder(node)
    }
    _data_objects(root, found)
    stores = {node.get("id"): node for node in root.iterchildren(tag("dataStore"))}
    for node in root.iter(tag("dataStore"), tag("dataStoreReference")):
        store = stores.get(bare(node.get("dataStoreRef")), node)
        names = [(one.get("name") or "").strip() for one in (store, node)]
        name = next(filter(None, names), store.get("id") or "")
        variable = next(filter(is_name, names), store.get("id") or "")
        found[node.get("id") or ""] = Item(kind="dataStore", variable=variable, store=name)
    found.pop("", None)
    return found


def _data_objects(root: Node, found: dict[str, Item]) -> None:
    for node in root.iter(tag("dataObjectReference")):
        target, name = bare(node.get("dataObjectRef")), variable_of(node)
        if target in found:
            if found[target].variable == target and is_name(name) and name != node.get("id") and not goes_by_ids(node):
                found[target] = Item(kind="dataObject", variable=name)
        else:
            found[node.get("id") or ""] = Item(kind="dataObject", variable=name)
    for node in root.iter(tag("dataObjectReference")):
        if (target := bare(node.get("dataObjectRef"))) in found:
            found[node.get("id") or ""] = found[target]


def declared(scope: Node, known: Mapping[str, Item]) -> tuple[str, ...]:
    """Give the variables of the data objects that stand directly in a process or sub-process."""
    ids = [node.get("id") or "" for node in scope.iterchildren(tag("dataObject"))]
    return tuple(dict.fromkeys(known[id_].variable for id_ in ids if id_ in known))


def properties(node: Node) -> tuple[str, ...]:
    """Give the variables of the properties of an activity or event."""
    found = (variable_of(child) for child in node.iterchildren(tag("property")) if not is_placeholder(child))
    return tuple(filter(None, found))


def specified(node: Node, kind: str) -> dict[str, str]:
    """Map the ids of the data inputs or outputs (`dataInput`, `dataOutput`) of an element to their variables."""
    holders = [node, *node.iterchildren(tag("ioSpecification"))]
    return {child.get("id") or "": variable_of(child) for holder in holders for child in holder.iterchildren(tag(kind))}


def optional(node: Node) -> frozenset[str]:
    """Give the ids of the data inputs that may be without a value."""
    return frozenset(bare(xml.text_of(one)) for one in node.iterdescendants(tag("optionalInputRefs")))
