"""Times of day on offer, as a datetime component's interval and clock ask for them."""

from __future__ import annotations

from functools import cache

from forms.view_model import ChoiceView
from texts import Text

FINEST = 10
"""Minutes; below that there would be too many times to choose from, and any time is typed."""


def offered(interval: int, held: str, *, use24h: bool) -> tuple[ChoiceView, ...]:
    """Give the times on offer, the one that is held among them; none where any time is typed."""
    if interval < FINEST:
        return ()
    times = _times(interval)
    if held and held not in times:
        times = tuple(sorted({*times, held}))
    return tuple(ChoiceView(id="", value=one, label=_label(one, use24h), chosen=one == held) for one in times)


@cache
def _times(interval: int) -> tuple[str, ...]:
    return tuple(f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, interval))


@cache
def _halves(time: str) -> Text:
    hour, rest = int(time[:2]), time[2:]
    twelve = f"{hour % 12 or 12}{rest}"
    return Text(f"{twelve} {'SA' if hour < 12 else 'CH'}", f"{twelve} {'AM' if hour < 12 else 'PM'}")


def _label(time: str, use24h: bool) -> Text:
    is_clock = len(time) == 5 and time[:2].isdigit() and time[2] == ":"
    return Text(time, time) if use24h or not is_clock else _halves(time)
