"""Step limits added up along the ways of a procedure, called processes included: they must fit the legal limit.

Each way counts a loop once; branches that run beside each other count as the longest of them. Times in calendar days
are measured as 5 working days in 7.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bpmn.bindings import Bound
from bpmn.checks.base import found, warned
from bpmn.checks.legal import parts
from bpmn.model import Element, Limit, LimitUnit, Process
from bpmn.xml import Node
from findings import Finding
from texts import Text

HOURS = {LimitUnit.WORKING_HOURS: 1.0, LimitUnit.WORKING_DAYS: 8.0, LimitUnit.CALENDAR_DAYS: 40 / 7,
         LimitUnit.MONTHS: 1200 / 7}  # fmt: skip
"""Working hours in one of each unit; a month as 30 days."""
UNITS = {
    LimitUnit.WORKING_DAYS: Text("ngày làm việc", "working days"),
    LimitUnit.CALENDAR_DAYS: Text("ngày", "days"),
    LimitUnit.WORKING_HOURS: Text("giờ làm việc", "working hours"),
    LimitUnit.MONTHS: Text("tháng", "months"),
}
ACCEPTANCE = Limit(amount=8, unit=LimitUnit.WORKING_HOURS)
"""How long the one-door desk may take to answer an online filing (DOMAIN.md 1.2)."""
ACCEPTED, OVER = 2, frozenset({3, 8, 9, 10})
"""National statuses: the limit begins; it is over."""
MOST_STEPS = 5000
"""Of all processes together; more are not added up."""
SLACK = 1e-6

Find = Callable[[str], Process | None]
Place = tuple[str, ...]
"""The ids that lead to an element, through the calls and sub-processes it lies in."""


def sums(process_xml: Node, process: Process, called: Find) -> Iterator[Finding]:
    """Warn where the steps of some way together take longer than the legal limit, refuse where those of all ways do."""
    procedure = process.procedure
    if procedure is None:
        return
    ways = _Ways(process, called)
    if len(ways.elements) > MOST_STEPS:
        return
    if "online" in procedure.channels and ways.says_accepted():
        yield from _acceptance(process_xml, ways)
    written = parts(process_xml, "limit")
    of_id: dict[str, list[Limit]] = {}
    for limit in procedure.limits:
        of_id.setdefault(limit.id, []).append(limit)
    for place, (id_, limits) in enumerate(of_id.items()):
        longest_limit = max(limits, key=_hours)
        follows = {limit.id for limit in procedure.limits if id_ in limit.after}
        starts = ways.starting(id_) if place else ways.accepted()
        node = next((one for one in written if (one.get("id") or "") == id_), process_xml)
        ways_of = [ways.between(start, follows) for start in starts]
        longest = max((way for way, _ in ways_of), key=_sum, default=())
        shortest = min((way for _, way in ways_of if way is not None), key=_sum, default=())
        if _sum(shortest) > _generous(longest_limit) + SLACK:
            yield found("step-limits-never-fit", node, *_message(longest_limit, shortest, is_every=True))
        elif _sum(longest) > _hours(longest_limit) + SLACK:
            yield warned("step-limits-sum", node, *_message(longest_limit, longest, is_every=False))


def _acceptance(process_xml: Node, ways: _Ways) -> Iterator[Finding]:
    longest = max((ways.to_acceptance(start) for start in ways.entries), key=_sum, default=())
    if _sum(longest) > _hours(ACCEPTANCE):
        node = next(iter(parts(process_xml)), process_xml)
        steps = _steps(longest)
        yield warned(
            "acceptance-too-long",
            node,
            f"Hồ sơ nộp trực tuyến phải được trả lời tiếp nhận trong 8 giờ làm việc, các bước trước đó được giao lâu "
            f"hơn: {steps.vi}. Hãy rút ngắn.",
            f"An online filing is answered within 8 working hours, but the steps before that may take longer: "
            f"{steps.en}. Shorten them.",
        )


@dataclass(slots=True)
class _Ways:
    """All steps of a procedure as one graph; `after` has no loops left once a way is looked for."""

    process: Process
    called: Find
    elements: dict[Place, Element] = field(default_factory=dict)
    after: dict[Place, list[Place]] = field(default_factory=dict)
    entries: list[Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entries, _ = self._add(self.process, "", (), (self.process.key,))

    def _add(
        self, process: Process, scope: str, around: Place, keys: tuple[str, ...]
    ) -> tuple[list[Place], list[Place]]:
        """Add the elements of one scope; give where it is entered and left."""
        inside = {id_: element for id_, element in process.elements.items() if element.scope == scope}
        into: dict[str, list[Place]] = {}
        out: dict[str, list[Place]] = {}
        for id_, element in inside.items():
            if len(self.elements) > MOST_STEPS:
                break
            place = (*around, id_)
            self.elements[place] = element
            into[id_], out[id_] = [place], [place]
            inner = self._inner(process, element, place, keys)
            if inner is not None and inner[0]:
                self.after.setdefault(place, []).extend(inner[0])
                out[id_] = inner[1] or [place]
        targets = {target for _, target in process.flows}
        for source, target in [*process.flows, *((e.attached_to, id_) for id_, e in inside.items() if e.attached_to)]:
            for place in out.get(source, ()) if target in into else ():
                self.after.setdefault(place, []).extend(into[target])
        sources = {source for source, _ in process.flows}
        first = [e for e in inside.values() if e.id not in targets and not e.attached_to and e.type != "subProcess"]
        starts = [e for e in first if e.type == "startEvent"] or first
        last = [place for id_ in inside if id_ not in sources for place in out.get(id_, ())]
        return [place for e in starts for place in into.get(e.id, ())], last

    def _inner(
        self, process: Process, element: Element, place: Place, keys: tuple[str, ...]
    ) -> tuple[list[Place], list[Place]] | None:
        if element.type == "callActivity":
            key = Bound.read(element.called).key
            process_ = None if key in keys else self.called(key)
            return self._add(process_, "", place, (*keys, key)) if process_ else None
        if any(other.scope == element.id for other in process.elements.values()):
            return self._add(process, element.id, place, keys)
        return None

    def starting(self, limit: str) -> list[Place]:
        """Give the steps from which a limit of the chain counts."""
        return [place for place, element in self.elements.items() if element.starts_limit == limit]

    def accepted(self) -> list[Place]:
        """Give the steps at which a dossier is accepted; where none says so, the beginning."""
        marked = [place for place, element in self.elements.items() if element.national_status == ACCEPTED]
        return marked or self.entries

    def says_accepted(self) -> bool:
        """Tell whether a step says that the dossier is accepted."""
        return any(element.national_status == ACCEPTED for element in self.elements.values())

    def between(self, start: Place, follows: Collection[str]) -> tuple[tuple[Element, ...], tuple[Element, ...] | None]:
        """Give the steps of the longest and of the shortest way from `start` to the end of its limit.

        It ends where the dossier is done or a limit of `follows` begins; the shortest is None where no way gets there.
        """

        def ends(place: Place) -> bool:
            element = self.elements[place]
            return element.national_status in OVER or element.starts_limit in follows

        longest, shortest = self._walk(start, ends)
        return longest, shortest

    def to_acceptance(self, start: Place) -> tuple[Element, ...]:
        """Give the steps of the longest way from `start` to the answer."""
        return self._walk(start, lambda place: self.elements[place].national_status in (ACCEPTED, *OVER))[0]

    def _walk(
        self, start: Place, ends: Callable[[Place], bool]
    ) -> tuple[tuple[Element, ...], tuple[Element, ...] | None]:
        order, kept = self._without_loops(start, ends)
        longest: dict[Place, tuple[Element, ...]] = {}
        shortest: dict[Place, tuple[Element, ...] | None] = {}
        for place in order:  # what follows a step comes before it
            if ends(place) and place != start:
                longest[place] = shortest[place] = ()
                continue
            own = self._own(place)
            longest[place] = own + max((longest[next_] for next_ in kept[place]), key=_sum, default=())
            ways = [way for next_ in kept[place] if (way := shortest[next_]) is not None]
            shortest[place] = own + min(ways, key=_sum) if ways else None
        return longest[start], shortest[start]

    def _own(self, place: Place) -> tuple[Element, ...]:
        element = self.elements[place]
        return (element,) if element.limit is not None and not element.pause else ()

    def _without_loops(
        self, start: Place, ends: Callable[[Place], bool]
    ) -> tuple[list[Place], Mapping[Place, list[Place]]]:
        """Give all that `start` leads to, what comes last first, and the flows without those that lead back."""
        order: list[Place] = []
        kept: dict[Place, list[Place]] = {start: []}
        open_, done = {start}, set[Place]()
        stack = [(start, iter(self.after.get(start, ())))]
        while stack:
            place, following = stack[-1]
            next_ = next(following, None)
            if next_ is None:
                stack.pop()
                open_.discard(place)
                done.add(place)
                order.append(place)
            elif next_ not in open_:
                kept[place].append(next_)
                if next_ not in done:
                    kept[next_] = []
                    open_.add(next_)
                    stack.append((next_, iter(() if ends(next_) else self.after.get(next_, ()))))
        return order, kept


def _hours(limit: Limit) -> float:
    return limit.amount * HOURS[limit.unit]


def _generous(limit: Limit) -> float:
    """Give the most working hours that a limit can hold: the working days of its best stretch of the week."""
    days = limit.amount * {LimitUnit.MONTHS: 31, LimitUnit.CALENDAR_DAYS: 1}.get(limit.unit, 0)
    return 8.0 * (days // 7 * 5 + min(days % 7, 5)) if days else _hours(limit)


def _sum(steps: tuple[Element, ...]) -> float:
    return sum(_hours(step.limit) for step in steps if step.limit)


def _steps(steps: tuple[Element, ...]) -> Text:
    named = [(step.name or step.id, step.public_name.en or step.name or step.id, step.limit) for step in steps]
    return Text(
        vi=", ".join(f"“{vi}” {limit.amount} {UNITS[limit.unit].vi}" for vi, _, limit in named if limit),
        en=", ".join(f"“{en}” {_in_english(limit)}" for _, en, limit in named if limit),
    )


def _in_english(limit: Limit) -> str:
    unit = UNITS[limit.unit].en
    return f"{limit.amount} {unit.removesuffix('s') if limit.amount == 1 else unit}"


def _message(limit: Limit, steps: tuple[Element, ...], *, is_every: bool) -> tuple[str, str]:
    name, unit, added = limit.name or Text(limit.id, limit.id), UNITS[limit.unit], _steps(steps)
    vi_name, en_name = (f" “{name.vi}”", f" “{name.en or name.vi}”") if name.vi else ("", "")
    vi = "Cách giải quyết nhanh nhất cũng" if is_every else "Có cách giải quyết"
    en = "Even the shortest way takes" if is_every else "One way takes"
    return (
        f"{vi} dài hơn thời hạn{vi_name} {limit.amount} {unit.vi}: {added.vi}. Hãy rút ngắn các bước.",
        f"{en} longer than the limit{en_name} of {_in_english(limit)}: {added.en}. Shorten the steps.",
    )
