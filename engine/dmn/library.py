"""Models that belong together: who imports whom, what an href means, and what must not be (cycles, gaps)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.dmn.model import Decision, Input, Item, Knowledge, Model, Node, Reference, Service
from engine.dmn.types import feel_types
from expressions.feel import Type
from texts import Text


@dataclass(frozen=True, slots=True)
class Place:
    """A model as it was reached from the one that is asked: by these names of imports."""

    model: Model
    path: tuple[str, ...] = ()


Found = tuple[Place, Node]


@dataclass(frozen=True, slots=True)
class Library:
    """One model and those that it may import, by namespace."""

    main: Model
    others: Mapping[str, Model] = field(default_factory=dict)
    _types: dict[str, Mapping[str, Type]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def start(self) -> Place:
        """Give where the main model's elements are."""
        return Place(self.main)

    def resolve(self, place: Place, reference: Reference) -> Found | None:
        """Find what an href of a model means."""
        there = self._model(place, reference.namespace)
        node = there.model.nodes.get(reference.id) if there else None
        return (there, node) if there and node else None

    def prefix(self, place: Place, reference: Reference) -> str:
        """Give the name under which a model sees the elements of the one that an href names; empty: as its own."""
        for one in place.model.imports:
            if reference.namespace and one.namespace == reference.namespace:
                return one.name
        return ""

    def item(self, place: Place, name: str) -> Item | None:
        """Find an item definition: its own, or `prefix.name` of an imported model."""
        found = place.model.items.get(name)
        if found is not None:
            return found
        for one in place.model.imports:
            other = self.others.get(one.namespace)
            if other is not None and one.name and name.startswith(f"{one.name}."):
                return self._outside(other.items.get(name[len(one.name) + 1 :]), one.name, other)
        return None

    def types(self, place: Place) -> Mapping[str, Type]:
        """Give the types of a model as FEEL sees them, imported ones as `prefix.name`; computed once."""
        found = self._types.get(place.model.namespace)
        if found is None:
            items = dict(place.model.items)
            for one in place.model.imports:
                other = self.others.get(one.namespace)
                for name in other.items if other else ():
                    full = f"{one.name}.{name}" if one.name else name
                    item = self.item(place, full)
                    if item is not None:
                        items.setdefault(full, item)
            found = self._types[place.model.namespace] = feel_types(items, lambda name: self.item(place, name))
        return found

    def _outside(self, item: Item | None, prefix: str, model: Model) -> Item | None:
        """Give an imported definition with the names of types as the importing model has them."""
        if item is None:
            return None
        parts = tuple(part for each in item.components if (part := self._outside(each, prefix, model)) is not None)
        base = f"{prefix}.{item.base}" if item.base in model.items else item.base
        return Item(
            name=item.name,
            base=base,
            kind=item.kind,
            is_collection=item.is_collection,
            allowed=item.allowed,
            constraint=item.constraint,
            components=parts,
        )

    def _model(self, place: Place, namespace: str) -> Place | None:
        if not namespace:
            return place
        if namespace == place.model.namespace or namespace in place.model.merged:
            return place
        other = self.others.get(namespace)
        if other is None:
            return None
        return Place(other, (*place.path, self.prefix(place, Reference(namespace, ""))))


def problems(library: Library, own: Model) -> Iterator[tuple[str, str, Text]]:
    """Say what does not fit in a model (the main one before it took over others): element, rule, message."""
    yield from _imports(library, own)
    start = library.start
    for key in own.nodes:
        node = library.main.nodes[key]
        for reference in wanted(node):
            if library.resolve(start, reference) is None:
                yield node.id, "decision-requirement", _missing(reference)
        if _is_in_cycle(library, start, node):
            text = Text(
                "Quyết định này cần chính nó: hãy bỏ vòng lặp.", "This decision needs itself: remove the cycle."
            )
            yield node.id, "decision-cycle", text


def wanted(node: Node) -> tuple[Reference, ...]:
    """Give what an element needs."""
    match node:
        case Decision():
            return (*node.needs, *node.calls)
        case Knowledge():
            return node.calls
        case Service():
            return (*node.outputs, *node.inputs, *node.inside)
        case Input():
            return ()


def closure(library: Library, place: Place, node: Node) -> Iterator[Found]:
    """Give an element and all that it needs, each once, and where those are."""
    seen: set[tuple[str, str]] = set()
    waiting: list[Found] = [(place, node)]
    while waiting:
        there, one = waiting.pop()
        key = (there.model.namespace, one.id)
        if key in seen:
            continue
        seen.add(key)
        yield there, one
        waiting.extend(found for ref in reversed(wanted(one)) if (found := library.resolve(there, ref)))


def _is_in_cycle(library: Library, place: Place, node: Node) -> bool:
    needed = (found for reference in wanted(node) if (found := library.resolve(place, reference)))
    return any(one is node for there, start in needed for _, one in closure(library, there, start))


def _imports(library: Library, own: Model) -> Iterator[tuple[str, str, Text]]:
    for one in own.imports:
        if one.namespace not in library.others and one.namespace != library.main.namespace:
            yield (
                "",
                "decision-import",
                Text(
                    f"Không có tệp nào mang namespace “{one.namespace}”: hãy tải nó lên cùng tệp này.",
                    f'No file has the namespace "{one.namespace}": upload it together with this one.',
                ),
            )


def _missing(reference: Reference) -> Text:
    name = f"{reference.namespace}#{reference.id}" if reference.namespace else reference.id
    return Text(
        f"Cần “{name}” nhưng không tệp nào có.", f'It needs "{name}", which is not in the file, nor in an imported one.'
    )
