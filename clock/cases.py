"""Cases as JSON, in the format of the clock vectors (tests/clock/data/): a case in, what the clock answers out.

A case with `limits` instead of `limit` is a chain (rules 50 to 55): `[{id, amount, unit, starts_on?, after?}, …]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from clock.calendar import Calendar
from clock.chain import ChainReading, Link, compute_chain
from clock.compute import Reading, compute
from clock.model import LimitSpec, Paused, Running, Segment, Waiting
from clock.node import Node
from clock.parse import event, limit_spec

MOST_EVENTS = 1000
"""More events than any dossier has: a case of a stranger must not keep the server busy."""
MOST_LIMITS = 50
"""More limits than any chain has."""


def compute_cases(calendar: Calendar | Mapping[str, object], cases: Iterable[object]) -> Iterator[dict[str, Any]]:
    """Give `{"id", "got"}` for each case; a Calendar is taken as the agency's own, JSON is read once for each agency.

    Raises errors.Invalid that names the place in the calendar or, as `cases[3].…`, in a case.
    """
    calendars: dict[str | None, Calendar] = {}
    for index, case in enumerate(cases):
        node = Node(case, f"cases[{index}]")
        yield {"id": node.need("id").value, "got": _answer(_calendar(calendar, node, calendars), node)}


def compute_case(calendar: Calendar | Mapping[str, object], case: object) -> dict[str, Any]:
    """Give what the clock answers to one case, in the shape of `expected`; else as compute_cases."""
    node = Node(case, "")
    return _answer(_calendar(calendar, node, {}), node)


def _calendar(calendar: Calendar | Mapping[str, object], case: Node, known: dict[str | None, Calendar]) -> Calendar:
    if isinstance(calendar, Calendar):
        return calendar
    root, named = Node(calendar, ""), case.find("agency")
    agencies, agency = root.find("agencies"), named.text() if named else None
    if agencies is None or agency is None or agencies.find(agency) is None:
        agency = None  # it has nothing of its own, so that all such share the national calendar
    if agency not in known:
        known[agency] = Calendar.from_json(calendar, agency)
    return known[agency]


def _answer(calendar: Calendar, node: Node) -> dict[str, Any]:
    happened = list(node.list_of("events"))
    if len(happened) > MOST_EVENTS:
        raise node.need("events").wrong(f"Quá {MOST_EVENTS} sự kiện.", f"More than {MOST_EVENTS} events.")
    limits = list(node.list_of("limits"))
    if len(limits) > MOST_LIMITS:
        raise node.need("limits").wrong(f"Quá {MOST_LIMITS} thời hạn.", f"More than {MOST_LIMITS} limits.")
    received_at, asked_at = node.need("received_at").moment(), node.need("asked_at").moment()
    events = [event(item) for item in happened]
    if limits:
        links = _links(limits)
        chain = compute_chain(calendar, received_at=received_at, links=links, events=events, asked_at=asked_at)
        return chain_json(chain)
    limit = limit_spec(node.need("limit"))
    return reading_json(compute(calendar, received_at=received_at, limit=limit, events=events, asked_at=asked_at))


def _links(limits: Sequence[Node]) -> list[Link]:
    """Read the limits of a chain; each has a name of its own and follows such as there are."""
    links = [
        Link(id=each.need("id").text(), limit=limit_spec(each), after=tuple(x.text() for x in each.list_of("after")))
        for each in limits
    ]
    known = [link.id for link in links]
    for index, (node, link) in enumerate(zip(limits, links, strict=True)):
        if link.id in known[:index]:
            raise node.need("id").wrong("Tên này đã có.", "There is one of that name already.")
        for place, name in enumerate(node.list_of("after")):
            if link.after[place] not in known:
                raise name.wrong("Không có thời hạn này trong chuỗi.", "There is no such limit in the chain.")
    return links


def chain_json(chain: ChainReading) -> dict[str, Any]:
    """Write the reading of a chain: that of the limit in force, what is promised, and each limit that ran or runs."""
    return {
        **reading_json(chain.reading),
        "result_at": _moment(chain.result_at),
        "limit": chain.in_force.link.id,
        "coming": [link.id for link in chain.coming],
        "limits": [
            {
                "limit": part.link.id,
                "from": _moment(part.start),
                "until": _moment(part.until),
                "due_at": _moment(part.reading.due_at),
                "state": part.reading.state.value,
            }
            for part in chain.stretches
        ],
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    """Write a reading in the shape of `expected`."""
    left = {"days": reading.remaining_days, "working_minutes": reading.remaining_minutes}
    return {
        "due_at": _moment(reading.due_at),
        "due_soon_at": _moment(reading.due_soon_at),
        "due_soon_percent_at": _moment(reading.due_soon_percent_at),
        "due_soon_days_left_at": _moment(reading.due_soon_days_left_at),
        "remaining": None if reading.remaining_minutes is None else left,
        "lapse_at": _moment(reading.lapse_at),
        "state": reading.state.value,
        "refused_events": [{"event": refusal.event, "why": refusal.why.value} for refusal in reading.refused],
        "explanation_segments": [_segment(segment) for segment in reading.segments],
    }


def _segment(segment: Segment) -> dict[str, Any]:
    ends = {"from": _moment(segment.start), "to": _moment(segment.end)}
    match segment:
        case Waiting():
            return {"kind": "waiting_for_fee", **ends}
        case Paused():
            return {
                "kind": "paused",
                **ends,
                "working_minutes": segment.working_minutes,
                "reasons": [reason.value for reason in segment.reasons],
                "policy": str(segment.policy),
                "days": segment.days,
            }
        case Running():
            return {
                "kind": "running",
                **ends,
                "working_minutes": segment.working_minutes,
                "limit": {**_limit(segment.limit), "extended_by": segment.extended_by},
                "days": segment.days,
                "rolled_from": segment.rolled_from.isoformat() if segment.rolled_from else None,
            }


def _limit(limit: LimitSpec) -> dict[str, Any]:
    amount = {} if limit.amount is None else {"amount": limit.amount}
    return {**amount, "unit": limit.unit.value}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
