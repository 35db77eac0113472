"""BPMN's own data of an activity or event (10.4): io specification, data associations, properties, as moves.

A data input that an association fills, a data output that an association empties and a property are variables of the
element's own scope. One that no association names is the variable of that name around. An association that is only
drawn (no source or target of its own, as modelers write them) copies nothing: data objects are variables that every
step of their scope sees; drawn to a data store, it copies the variable of the store's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bpmn.extensions.parts import Assignment, Source
from bpmn.items import Item, optional, properties, specified
from bpmn.spiff.data import Io, Move
from bpmn.xml import bare, local, tag, text_of

CALLED = re.compile(
    r"(?:\w+:)?get(?:DataInput|DataOutput|DataObject|ActivityProperty|EventProperty|ProcessProperty)"
    r"\(\s*['\"]([^'\"]+)['\"]\s*(?:,\s*['\"]([^'\"]+)['\"]\s*)?\)"
)
"""XPath's functions for data (10.4.3), as assignments to a place are written in the specification."""
PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Associations:
    """What an element says of data, read from its XML."""

    node: Any
    items: Mapping[str, Item]

    @property
    def inputs(self) -> dict[str, str]:
        """Ids and variables of its data inputs."""
        return specified(self.node, "dataInput")

    @property
    def outputs(self) -> dict[str, str]:
        """Ids and variables of its data outputs."""
        return specified(self.node, "dataOutput")

    def io(self) -> Io | None:
        """Give what is to be done when the element is entered and left; None: nothing."""
        ins = [(a, tuple(self.moves_in(a))) for a in self.node.iterchildren(tag("dataInputAssociation"))]
        outs = [(a, tuple(self.moves_out(a))) for a in self.node.iterchildren(tag("dataOutputAssociation"))]
        known = self.outputs
        emptied = dict.fromkeys(known[s] for a, moves in outs if moves for s in sources(a) if s in known)
        if local(self.node) == "startEvent":
            emptied = {}  # what starts a process is among its variables already
        filled = {self.inputs[target(a)]: None for a, moves in ins if moves and target(a) in self.inputs}
        found = Io(
            names=tuple(dict.fromkeys((*properties(self.node), *emptied))),
            inputs=tuple(move for _, moves in ins for move in moves),
            outputs=tuple(move for _, moves in outs for move in moves),
            sends=tuple(filled) if self.is_thrown else (),
            receives=tuple(emptied) if self.is_caught else (),
        )
        return found if found != Io() else None

    @property
    def is_thrown(self) -> bool:
        """Tell whether it throws what its data inputs hold."""
        return local(self.node) in ("intermediateThrowEvent", "endEvent", "sendTask")

    @property
    def is_caught(self) -> bool:
        """Tell whether what it catches goes to its data outputs."""
        return local(self.node) in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")

    def moves_in(self, association: Any) -> Iterator[Move]:
        """Give the moves of a data input association."""
        known, reads = target(association) in self.items, self.stores(association)
        if not known:  # drawn
            yield from (replace(read, if_there=True) for read in reads)
            return
        item = self.items[target(association)]
        if not is_computed(association):
            yield from self.copied(association, item, may_lack=target(association) in optional(self.node))
            return
        yield from reads
        yield from self.computed(association, item)

    def moves_out(self, association: Any) -> Iterator[Move]:
        """Give the moves of a data output association."""
        item = self.items.get(target(association))
        if item is None:
            return
        if is_computed(association):
            yield from self.computed(association, item)
        elif sources(association):
            yield from self.copied(association, item, may_lack=True)
        elif item.store:  # drawn
            copy = Assignment(target="", text=item.variable, source=Source.VARIABLE)
            yield Move(assignment=copy, to_store=item.store, if_there=True)

    def stores(self, association: Any) -> Iterator[Move]:
        """Read the data stores among the sources into the variables of their names."""
        for source in sources(association):
            item = self.items.get(source)
            if item is not None and item.store:
                yield Move(assignment=Assignment(target=item.variable), from_store=item.store)

    def copied(self, association: Any, item: Item, *, may_lack: bool) -> Iterator[Move]:
        """Copy the one source to the target (10.4.2)."""
        for source in [self.items[one] for one in sources(association) if one in self.items][:1]:
            may_lack = may_lack or source.kind in ("inputDataItem", "dataStore")
            yield Move(
                assignment=Assignment(target=item.variable, text=source.variable, source=Source.VARIABLE),
                needs=() if may_lack else (source.variable,),
                from_store=source.store,
                to_store=item.store,
            )

    def computed(self, association: Any, item: Item) -> Iterator[Move]:
        """Carry out the transformation, then the assignments."""
        if text := text_of(association.find(tag("transformation"))):
            yield Move(assignment=Assignment(target=item.variable, text=text), to_store=item.store)
        for one in association.iterchildren(tag("assignment")):
            path = self.place(text_of(one.find(tag("to"))), item)
            is_path = path != item.variable
            yield Move(
                assignment=Assignment(target=path, text=text_of(one.find(tag("from"))), is_path=is_path),
                to_store=item.store if path.startswith(item.variable) else "",
            )

    def place(self, written: str, item: Item) -> str:
        """Give the variable, with a path in it, that the `to` of an assignment names; the target itself where empty."""
        first, _, rest = as_path(written).partition(".")
        if not first:
            return item.variable
        name = self.items[first].variable if first in self.items else first
        return f"{name}.{rest}" if rest else name


def as_path(written: str) -> str:
    """Write the place of an assignment as a path with dots: from an expression `${a.b}` or XPath, too."""
    text = CALLED.sub(lambda call: call[2] or call[1], written.strip())
    if text.startswith(("${", "#{")) and text.endswith("}"):
        text = text[2:-1].strip()
    return text.strip("/").replace("/", ".")


def is_place(written: str) -> bool:
    """Tell whether the `to` of an assignment can be read."""
    return not written or PATH.fullmatch(as_path(written)) is not None


def is_computed(association: Any) -> bool:
    """Tell whether an association does more than copy."""
    return any(local(child) in ("transformation", "assignment") for child in association)


def sources(association: Any) -> list[str]:
    """Give the ids of an association's sources."""
    return [bare(text_of(one)) for one in association.iterchildren(tag("sourceRef"))]


def target(association: Any) -> str:
    """Give the id of an association's target."""
    return bare(text_of(association.find(tag("targetRef"))))


def apart(io: Io, loop_input: str, loop_output: str) -> tuple[Io | None, Io | None]:
    """Split what a loop does with data into what the activity as a whole does, and what each of its instances does.

    What fills the collection and what empties the list of results is done once (10.3.8).
    """
    whole = Io(
        names=tuple(name for name in io.names if name == loop_output),
        inputs=tuple(move for move in io.inputs if loop_input and move.assignment.target == loop_input),
        outputs=tuple(move for move in io.outputs if loop_output and loop_output in reads(move)),
    )
    each = replace(
        io,
        names=tuple(name for name in io.names if name not in whole.names),
        inputs=tuple(move for move in io.inputs if move not in whole.inputs),
        outputs=tuple(move for move in io.outputs if move not in whole.outputs),
    )
    return (whole if whole != Io() else None), (each if each != Io() else None)


def reads(move: Move) -> tuple[str, ...]:
    """Give the variable that a move copies, if that is all it does."""
    return (move.assignment.text,) if move.assignment.source is Source.VARIABLE else ()
