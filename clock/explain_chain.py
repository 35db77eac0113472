"""explain_chain(): why this date, where several limits follow each other; as explain(), at most five lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clock import words
from clock.chain import ChainReading, Link, Stretch
from clock.explain import MOST, Line, explain, promise_of, result_promised, sum_of
from clock.model import State
from texts import Text

_RUNS = frozenset({State.RUNNING, State.DUE_SOON, State.OVERDUE})


def explain_chain(chain: ChainReading) -> tuple[Line, ...]:
    """Give the limits that are over, the sum of the one in force, what is still to come, and the promise."""
    before, reading = chain.stretches[:-1], chain.reading
    coming = chain.coming if reading.state in _RUNS else ()
    if not before and not coming:
        return explain(reading)
    over = (_over(before),) if before else ()
    lines = _named(chain.in_force.link, sum_of(reading, most=MOST - 1 - bool(before) - bool(coming)))
    if not coming:
        return (*over, *lines, promise_of(reading))
    return (*over, *lines, _coming(coming), result_promised(chain.result_at))


def _named(link: Link, lines: Sequence[Line]) -> Sequence[Line]:
    """Say first which limit the sum is of."""
    if not lines:
        return lines
    name, text = _name(link), lines[0].text
    return replace(lines[0], text=Text(vi=f"{name.vi}: {text.vi}", en=f"{name.en}: {text.en}")), *lines[1:]


def _over(before: Sequence[Stretch]) -> Line:
    """Say which limits are over, and how each was kept."""
    vi, en = [], []
    for part in before:
        assert part.until is not None
        name, at = _name(part.link), words.day(part.until.date())
        due = words.day(part.reading.due_at.date()) if part.reading.due_at else None
        is_late = part.reading.state is State.LATE
        kept_vi = f"{'trễ, ' if is_late else ''}hạn {due.vi}" if due else "không có hạn"
        kept_en = f"{'late, ' if is_late else ''}due {due.en}" if due else "nothing due"
        vi.append(f"{name.vi} {at.vi} ({kept_vi})")
        en.append(f"{name.en} {at.en} ({kept_en})")
    return Line(text=Text(vi=f"Đã xong: {'; '.join(vi)}", en=f"Done: {'; '.join(en)}"), moment=before[-1].until)


def _coming(links: Sequence[Link]) -> Line:
    parts = [(_name(link), words.amount(link.limit.amount or 0, link.limit.unit)) for link in links]
    vi = ", ".join(f"{name.vi} {amount.vi}" for name, amount in parts)
    en = ", ".join(f"{name.en} {amount.en}" for name, amount in parts)
    return Line(text=Text(vi=f"Tiếp theo: {vi}", en=f"Then: {en}"))


def _name(link: Link) -> Text:
    return Text(vi=link.name.vi or link.id, en=link.name.en or link.name.vi or link.id)
