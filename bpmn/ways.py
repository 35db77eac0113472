"""The usual way through a diagram: which steps come one after the other when nothing is sent back or refused.

For pages that say what will happen. What really happens is decided by conditions that only an instance knows, so the
way is a forecast: loops are not taken, and of several ways on the one with the most public steps is.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from bpmn.model import Element, Process

PUBLIC = 1_000
"""What a public step weighs against one that is only passed."""
RESULT = 10
"""What decides between ways with as many public steps: the one that issues the result itself."""
AGAINST = 1_000_000
"""What a refusal weighs against all other steps together."""
NOT_ACCEPTED, STOPPED = 3, 8


def way(process: Process, *, after: Iterable[str] = ()) -> tuple[Element, ...]:
    """Give the elements on the usual way from the start to an end, in order; of a parallel gateway every branch.

    `after`: ids of elements where it stands now; then what still comes is given, without these.
    """
    here = [one for one in after if one in process.elements]
    map_ = _Map(process, here)
    return tuple(element for element in map_.walk() if element.id not in here)


def following(process: Process, after: Iterable[str], kinds: Container[str]) -> tuple[Element, ...]:
    """Give the nearest elements of these `kinds` that flows lead to from some elements, each way on with its own."""
    leads: dict[str, list[str]] = {}
    for source, target in process.flows:
        leads.setdefault(source, []).append(target)
    todo, found = list(after), list[str]()
    seen = set(todo)
    while todo:
        one = todo.pop(0)
        for target in leads.get(one, ()):
            if target in seen or target not in process.elements:
                continue
            seen.add(target)
            (found if process.elements[target].type in kinds else todo).append(target)
    return tuple(process.elements[one] for one in found)


def is_public(element: Element) -> bool:
    """Say whether the public may read of this step: it has a public name and is not hidden."""
    return element.is_public and bool(element.public_name)


class _Map:
    """What can be reached from some elements, without loops, and how much each way on is worth."""

    def __init__(self, process: Process, begin: list[str]) -> None:
        self.elements = process.elements
        self.next: dict[str, list[str]] = {one: [] for one in process.elements}
        for source, target in process.flows:
            if source in self.next and target in self.next and target not in self.next[source]:
                self.next[source].append(target)
        place = {one: number for number, one in enumerate(process.elements)}
        for targets in self.next.values():
            targets.sort(key=place.__getitem__)  # where two elements lead to each other, the earlier one comes first
        self.begin = begin or self.starts()
        self.worth: dict[str, int | None] = {}
        self.loops: set[str] = set()
        self.order: list[str] = []
        for one in self.begin:
            if one not in self.worth:
                self._measure(one)

    def starts(self) -> list[str]:
        """Give the first start event, or whatever nothing leads to."""
        reached = {target for targets in self.next.values() for target in targets}
        free = [e for e in self.elements.values() if e.id not in reached and e.type != "boundaryEvent"]
        return [e.id for e in sorted(free, key=lambda e: e.type != "startEvent")][:1]

    def walk(self) -> tuple[Element, ...]:
        """Give everything on the way, in an order in which nothing comes before what leads to it."""
        seen: set[str] = set()
        todo = list(self.begin)
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += self._on(one)
        return tuple(self.elements[one] for one in reversed(self.order) if one in seen)

    def _on(self, one: str) -> list[str]:
        """Give where it goes on from an element: every branch of a parallel gateway, else the most worthy way."""
        ways = [target for target in self.next[one] if self.worth[target] is not None]
        if self.elements[one].type == "parallelGateway":
            return ways
        return [max(ways, key=lambda target: self.worth[target] or 0)] if ways else []

    def _measure(self, root: str) -> None:
        """Go through all that `root` leads to, depth first and without recursion; a flow back into the path is cut."""
        path: dict[str, None] = {root: None}
        stack = [(root, iter(tuple(self.next[root])))]
        while stack:
            one, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                stack.pop()
                del path[one]
                self._settle(one)
            elif target in path:
                self.next[one].remove(target)
                self.loops.add(one)
            elif target not in self.worth:
                path[target] = None
                stack.append((target, iter(tuple(self.next[target]))))

    def _settle(self, one: str) -> None:
        """Write the worth of an element once all that follows it has its own; None where it only leads back."""
        self.order.append(one)
        ways = [worth for target in self.next[one] if (worth := self.worth[target]) is not None]
        if not ways and (self.next[one] or one in self.loops):
            self.worth[one] = None
            return
        after = sum(ways) if self.elements[one].type == "parallelGateway" else max(ways, default=0)
        self.worth[one] = after + _weight(self.elements[one])


def _weight(element: Element) -> int:
    against = element.document.startswith("refusal") or element.national_status in (NOT_ACCEPTED, STOPPED)
    weight = 1 + PUBLIC * is_public(element) + RESULT * (element.document == "result")
    return weight - AGAINST if against else weight
