"""motcua.moddle.json, read once: which attribute of ours may stand where, and of what kind it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bpmn import xml

FILE = Path(__file__).with_name("motcua.moddle.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One attribute: its type (String, Integer, Boolean or an enumeration) and what its text must look like."""

    name: str
    type: str
    format: str = ""
    """limit, list, template, name, money, date or national_status; empty: any text."""
    list_of: str = ""
    """The enumeration that a comma list chooses from."""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """One element of ours, or what ours add to elements of BPMN (`extends`)."""

    name: str
    extends: tuple[str, ...]
    """Local names of BPMN types, as `FlowNode` or `UserTask`."""
    attributes: tuple[Property, ...]
    children: tuple[str, ...]
    """Names of the types of its child elements."""
    allowed_in: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The local name of its element (`LegalBasis` is `<motcua:legalBasis>`)."""
        return self.name[0].lower() + self.name[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Descriptor:
    """The whole vocabulary."""

    types: tuple[Type, ...]
    enumerations: dict[str, frozenset[str]]

    def element(self, tag: str) -> Type | None:
        """Give the type of an element of ours."""
        return next((t for t in self.types if t.tag == tag and not t.extends), None)


@cache
def added_to(kind: str) -> dict[str, Property]:
    """Give the attributes of ours that an element of that BPMN local name may bear."""
    names = {kind[:1].upper() + kind[1:]} | ({"FlowNode"} if kind in xml.FLOW_NODES else set())
    return {p.name: p for t in descriptor().types if names & set(t.extends) for p in t.attributes}


@cache
def descriptor() -> Descriptor:
    """Read the descriptor file, once per process."""
    data = json.loads(FILE.read_text("utf-8"))
    return Descriptor(
        types=tuple(map(_type, data["types"])),
        enumerations={e["name"]: frozenset(v["name"] for v in e["literalValues"]) for e in data["enumerations"]},
    )


def _type(data: dict[str, object]) -> Type:
    properties = data["properties"]
    assert isinstance(properties, list)
    meta = data.get("meta")
    return Type(
        name=str(data["name"]),
        extends=_locals(data.get("extends")),
        allowed_in=_locals(meta.get("allowedIn")) if isinstance(meta, dict) else (),
        children=tuple(str(p["type"]) for p in properties if not p.get("isAttr")),
        attributes=tuple(
            Property(
                name=p["name"],
                type=p["type"],
                format=p.get("format", ""),
                list_of=p.get("listOf", ""),
                required=p.get("required", False),
            )
            for p in properties
            if p.get("isAttr")
        ),
    )


def _locals(names: object) -> tuple[str, ...]:
    return tuple(str(name).rpartition(":")[2] for name in names) if isinstance(names, list) else ()
