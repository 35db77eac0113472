"""Correlation as BPMN says it: keys of a conversation, their properties, and how a message holds them (8.4.2).

Read per file: the keys of its collaborations hold for every message of that file for which each of their properties
has a retrieval expression. A key of a process's correlationSubscription is computed from its variables; the values of
any other are fixed by the first message sent or received that holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bpmn.xml import bare, local, tag, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One correlation property; `paths` gives, by the name of a message, the expression on its payload."""

    id: str
    name: str
    paths: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One correlation key: values of these properties, together, tell one conversation from another."""

    id: str
    properties: tuple[Property, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """What a process knows of keys; `bindings` gives, by key and property, the expression on its own variables."""

    by_message: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    bindings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def keys_of(self, message: str) -> tuple[Key, ...]:
        """Give the keys that a message of that name holds."""
        return self.by_message.get(message, ())


NOTHING = Correlation()


def correlation_of(root: Any, process: Any) -> Correlation:
    """Read what a file says of the correlation of one of its processes."""
    keys = list(root.iter(tag("correlationKey")))
    if not keys:
        return NOTHING
    properties = {node.get("id") or "": _property(root, node) for node in root.iter(tag("correlationProperty"))}
    found = [_key(node, properties, number) for number, node in enumerate(keys)]
    messages = {name for one in properties.values() for name in one.paths}
    by_message = {
        name: tuple(key for key in found if key.properties and all(name in one.paths for one in key.properties))
        for name in messages
    }
    bindings = {
        bare(node.get("correlationKeyRef")): {
            bare(binding.get("correlationPropertyRef")): text_of(binding.find(tag("dataPath")))
            for binding in node.findall(tag("correlationPropertyBinding"))
        }
        for node in process.findall(tag("correlationSubscription"))
    }
    return Correlation(by_message={name: held for name, held in by_message.items() if held}, bindings=bindings)


def _property(root: Any, node: Any) -> Property:
    names = {message.get("id"): message.get("name") or "" for message in root.iterchildren(tag("message"))}
    paths = {
        names[bare(path.get("messageRef"))]: text_of(path.find(tag("messagePath")))
        for path in node.findall(tag("correlationPropertyRetrievalExpression"))
        if names.get(bare(path.get("messageRef")))
    }
    return Property(id=node.get("id") or "", name=node.get("name") or "", paths=paths)


def _key(node: Any, properties: Mapping[str, Property], number: int) -> Key:
    wanted = [bare(child.text) for child in node if local(child) == "correlationPropertyRef"]
    known = tuple(properties[id_] for id_ in wanted if id_ in properties)
    return Key(id=node.get("id") or node.get("name") or f"key{number}", properties=known if wanted else ())
