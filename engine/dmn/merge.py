"""Imports without a name: what they bring is the importing model's own, unless it has something of that name already.

DMN 1.4, 6.3.3. Imports of imports come too, each model once, in the order in which the imports stand, depth first.
What is not taken over because of its name is replaced by what has the name, also for those that need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.dmn.model import Decision, Item, Knowledge, Model, Node, Reference, Service


def merged(model: Model, others: Mapping[str, Model]) -> Model:
    """Give a model with all that its imports without a name bring; itself where it has none."""
    models = list(_reached(model, others, set()))
    if len(models) == 1:
        return model
    spaces = {one.namespace for one in models}
    nodes: dict[str, Node] = {}
    named: dict[str, Node] = {}
    items: dict[str, Item] = {}
    for one in models:
        for key, node in one.nodes.items():
            taken = named.setdefault(node.name, _at_home(node, spaces))
            nodes.setdefault(key, taken)
        for name, item in one.items.items():
            items.setdefault(name, item)
    return replace(
        model,
        nodes=nodes,
        items=items,
        imports=tuple(dict.fromkeys(each for one in models for each in one.imports if each.name)),
        faults={key: text for one in reversed(models) for key, text in one.faults.items()},
        merged=frozenset(spaces),
    )


def _reached(model: Model, others: Mapping[str, Model], seen: set[str]) -> Iterator[Model]:
    seen.add(model.namespace)
    yield model
    for one in model.imports:
        other = others.get(one.namespace)
        if not one.name and other is not None and other.namespace not in seen:
            yield from _reached(other, others, seen)


def _at_home(node: Node, spaces: set[str]) -> Node:
    """Give an element whose references into the merged models are references into its own."""

    def own(references: tuple[Reference, ...]) -> tuple[Reference, ...]:
        return tuple(Reference("", one.id) if one.namespace in spaces else one for one in references)

    match node:
        case Decision():
            return replace(node, needs=own(node.needs), calls=own(node.calls))
        case Knowledge():
            return replace(node, calls=own(node.calls))
        case Service():
            return replace(node, outputs=own(node.outputs), inputs=own(node.inputs), inside=own(node.inside))
    return node
