"""Read the JSON of calendars, limits and events into values; what is missing or wrong is named by its path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clock.days import DayRules, Periods
from clock.model import (
    CalendarChanged,
    ClockEvent,
    Extension,
    FeePaid,
    Finished,
    LimitSpec,
    LimitStarted,
    MakeUpDay,
    PauseEnded,
    PauseStarted,
    Policy,
    Reason,
    StartsOn,
    Stopped,
    Transition,
    TransitionRule,
    Unit,
    fits,
)
from clock.node import WEEKDAYS, Node
from texts import Text

MOST_YEARS = 60
"""More than any limit runs over: each year costs memory."""


def day_rules(data: Mapping[str, object], agency: str | None) -> DayRules:
    """Read a calendar and what the agency has of its own; an agency that is not listed has nothing of its own."""
    root = Node(data, "")
    own = (root.find("agencies") or Node({}, "agencies")).find(agency or "") or Node({}, f"agencies.{agency}")
    soon, hand_over = root.find("due_soon") or Node({}, ""), root.find("hand_over") or Node({}, "")
    return DayRules(
        zone=_zone(root),
        covered_years=_years(root.need("covered_years")),
        weekly=_weekly(root.need("weekly"), own.find("weekly") or Node({}, "")),
        days_off=_days_off(root),
        makeup_days=_makeup_days(root),
        agency_days_off=_days_off(own),
        agency_hours={row.need("date").day(): row.need("periods").periods() for row in own.list_of("hours")},
        minutes_per_working_day=_integer(root, "minutes_per_working_day", 480),
        due_soon_percent=_integer(soon, "percent", 80),
        due_soon_days_left=_integer(soon, "working_days_left", 1),
        cut_off=(hand_over.find("cut_off") or Node("15:00", "")).minutes(),
        next_day_minutes=_integer(hand_over, "next_day_minutes", 120),
    )


def _integer(node: Node, key: str, otherwise: int) -> int:
    found = node.find(key)
    return found.integer() if found else otherwise


def _zone(root: Node) -> ZoneInfo:
    node = root.find("timezone") or Node("Asia/Ho_Chi_Minh", "timezone")
    try:
        return ZoneInfo(node.text())
    except (ZoneInfoNotFoundError, ValueError):
        raise node.wrong("Không biết múi giờ này.", "This time zone is not known.") from None


def _years(node: Node) -> frozenset[int]:
    years = frozenset(item.integer() for item in node.items())
    if not 0 < len(years) <= MOST_YEARS or not all(1900 <= year <= 2200 for year in years):
        raise node.wrong(
            f"Cần từ 1 đến {MOST_YEARS} năm, trong khoảng 1900 đến 2200.",
            f"From 1 to {MOST_YEARS} years between 1900 and 2200 are needed.",
        )
    return years


def _weekly(national: Node, own: Node) -> tuple[Periods, ...]:
    days = (own.find(name) or national.find(name) for name in WEEKDAYS)
    return tuple(day.periods() if day else () for day in days)


def _name(row: Node) -> Text:
    name = row.find("name")
    return Text(vi=name.text(), en=name.text()) if name else Text(vi="", en="")


def _days_off(node: Node) -> dict[date, Text]:
    return {row.need("date").day(): _name(row) for row in node.list_of("days_off")}


def _makeup_days(node: Node) -> dict[date, MakeUpDay]:
    return {
        row.need("date").day(): MakeUpDay(weekday=row.need("as_weekday").weekday(), name=_name(row))
        for row in node.list_of("makeup_days")
    }


def limit_spec(node: Node) -> LimitSpec:
    """Read a limit `{amount, unit, starts_on?}`."""
    unit, found, starts_on = node.need("unit").choice(Unit), node.find("amount"), node.find("starts_on")
    amount = found.number() if found else None
    if not fits(amount, unit):
        raise node.wrong(f"Số lượng {amount} không hợp lệ cho {unit}.", f"An amount of {amount} does not fit {unit}.")
    starting = starts_on.choice(StartsOn) if starts_on else StartsOn.RECEIPT
    return LimitSpec(amount=amount, unit=unit, starts_on=starting)


def event(node: Node) -> ClockEvent:
    """Read one event; a type that is not known is refused by name."""
    reader = _EVENTS.get(node.need("type").text())
    if reader is None:
        raise node.need("type").wrong(
            f"Sự kiện không được hỗ trợ; cần một trong: {', '.join(_EVENTS)}.",
            f"This event is not supported; it must be one of: {', '.join(_EVENTS)}.",
        )
    return reader(node)


def _pause_started(node: Node) -> PauseStarted:
    policy = node.need("policy").choice(Policy)
    phase = node.need("phase_limit") if policy is Policy.PHASE else None
    reply = node.find("reply_limit")
    return PauseStarted(
        at=node.need("at").moment(),
        pause=node.need("pause").text(),
        reason=node.need("reason").choice(Reason),
        policy=policy,
        phase_limit=limit_spec(phase) if phase else None,
        reply_limit=limit_spec(reply) if reply else None,
    )


def _extension(node: Node) -> Extension:
    amount, unit = node.need("amount"), node.need("unit").choice(Unit)
    if not fits(amount.number(), unit):
        raise amount.wrong("Số lượng gia hạn không hợp lệ.", f"This amount does not fit {unit}.")
    return Extension(at=node.need("at").moment(), amount=amount.number(), unit=unit)


def _transition(node: Node) -> Transition:
    rule, limit = node.need("rule").choice(TransitionRule), limit_spec(node.need("limit"))
    return Transition(at=node.need("at").moment(), rule=rule, limit=limit)


def _calendar_changed(node: Node) -> CalendarChanged:
    days_off, makeup_days = tuple(_days_off(node).items()), tuple(_makeup_days(node).items())
    return CalendarChanged(at=node.need("at").moment(), days_off=days_off, makeup_days=makeup_days)


_EVENTS: Mapping[str, Callable[[Node], ClockEvent]] = {
    "fee_paid": lambda node: FeePaid(at=node.need("at").moment()),
    "pause_started": _pause_started,
    "pause_ended": lambda node: PauseEnded(at=node.need("at").moment(), pause=node.need("pause").text()),
    "extension": _extension,
    "transition": _transition,
    "calendar_changed": _calendar_changed,
    "limit_started": lambda node: LimitStarted(at=node.need("at").moment(), limit=node.need("limit").text()),
    "finished": lambda node: Finished(at=node.need("at").moment()),
    "stopped": lambda node: Stopped(at=node.need("at").moment()),
}
