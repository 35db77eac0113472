"""Timers: ISO 8601 and cron texts as modelers write them, or expressions that give one; due from the step's `now`.

A naive moment is Vietnamese time (UTC+7, no daylight saving): that is what the designer of a procedure means, and the
server's own zone must not matter. Months are calendar months: 31 January + P1M is the last of February.
Every moment of a cycle happens once and in order, those too that came due while the server was down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import isodate
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition

from bpmn.spiff import cron
from bpmn.spiff.contract import Token
from bpmn.timing import Due, Timing
from errors import ExpressionFailed
from expressions import dialect
from expressions.zone import OFFICE

DURATION = re.compile(
    r"P(?=\d|T\d)(\d+([.,]\d+)?Y)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?W)?(\d+([.,]\d+)?D)?"
    r"(T(?=\d)(\d+([.,]\d+)?H)?(\d+([.,]\d+)?M)?(\d+([.,]\d+)?S)?)?"
)
MOMENT = re.compile(r"\d{4}-?(\d\d|W\d\d|\d{3})-?(\d\d?)?(T.*)?")
ENDLESS = -1
SHORTEST = timedelta(seconds=1)
"""The shortest period of a cycle: a shorter one would be nothing but load."""
YEARS = range(1, 9000)
"""Moments that can be written in every zone: pages show them in that of the office."""


def is_literal(text: str) -> bool:
    """Tell whether a timer's text is ISO 8601 (a duration, a moment, a repetition) or cron, and not an expression."""
    return bool(
        DURATION.fullmatch(text) or MOMENT.fullmatch(text) or re.fullmatch(r"R\d*/.+", text) or cron.is_cron(text)
    )


def problem(text: str, *, repeats: bool) -> str | None:
    """Give the reason why a literal text means no moment, or None (it does, or it is an expression)."""
    text = _unquoted(text)
    if not is_literal(text):
        return None
    if re.match(r"R0+/", text):
        return "R0: it never happens"
    try:
        plan(text, datetime(2026, 1, 1, tzinfo=UTC), repeats=repeats)
    except (ValueError, OverflowError, isodate.ISO8601Error) as found:
        return str(found)
    return None


def is_often(text: str) -> bool:
    """Tell whether a cycle that needs no variables happens more than once a minute."""
    text = _unquoted(text)
    if not is_literal(text) or problem(text, repeats=True):
        return False
    first = plan(text, datetime(2026, 1, 1, tzinfo=UTC), repeats=True)
    second = next_period(first)
    if second is None:
        return False
    return datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"]) < timedelta(minutes=1)


def _unquoted(text: str) -> str:
    text = text.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1].strip() if quoted else text


def schedule(token: Token, definition: Any) -> dict[str, Any]:
    """Give the plan of a timer that starts now: `at` (ISO, UTC), of a cycle `left` (-1: endless) and `every` (ISO) too.

    Raises ExpressionFailed where the text means no moment.
    """
    run = token.workflow.top_workflow.run
    return planned(
        definition,
        token.evaluate,
        now=run.now,
        resolve=run.resolve_timer,
        process_key=token.workflow.address,
        element_id=token.task_spec.bpmn_id,
    )


def planned(
    definition: Any,
    evaluate: Callable[[str], Any],
    *,
    now: datetime,
    resolve: Callable[[Timing, datetime], Due | None],
    process_key: str,
    element_id: str,
) -> dict[str, Any]:
    """Do the same for a timer without a token: a start event of a process that has no instance yet."""
    text = _unquoted(definition.expression or "")
    text = dialect.in_parts(text, evaluate) or text  # `PT${hours}H`, as Camunda 7 and Flowable read it
    try:
        due = resolve(Timing(text=text, process_key=process_key, element_id=element_id), now)
        if due is not None:
            return _resolved(due, text, now)
        value: Any = text if is_literal(text) else evaluate(text)
    except LookupError as problem:
        raise ExpressionFailed(element_id=element_id, reason=f"timer {text!r}: {problem}") from None
    try:
        return plan(value, now, repeats=isinstance(definition, CycleTimerEventDefinition))
    except (ValueError, OverflowError, isodate.ISO8601Error) as problem:
        raise ExpressionFailed(element_id=element_id, reason=f"timer {value!r}: {problem}") from None


def _resolved(due: Due, text: str, since: datetime) -> dict[str, Any]:
    """Write when a timer in working time is due; one that follows a clock keeps what it was asked with."""
    at = {"at": _utc(due.at or since).isoformat(), **({} if due.at else {"left": 0})}
    return {**at, "text": text, "since": since.isoformat()} if due.moves else at


def replanned(token: Token) -> bool:
    """Ask again when the timers of a waiting token are due that follow a clock; say whether one of them moved."""
    due: dict[str, dict[str, Any]] = token.internal_data.get("due", {})
    moved = False
    for index, waiting in due.items():
        if "text" not in waiting:
            continue
        since = datetime.fromisoformat(waiting["since"])
        timing = Timing(text=waiting["text"], process_key=token.workflow.address, element_id=token.task_spec.bpmn_id)
        try:
            now = token.workflow.top_workflow.run.resolve_timer(timing, since)
        except LookupError:  # what it was counted from is gone, or the calendar does not reach: it stays as it was
            continue
        plan_ = waiting if now is None else _resolved(now, waiting["text"], since)
        if plan_ != waiting:
            due[index], moved = plan_, True
    return moved


def plan(value: Any, now: datetime, *, repeats: bool = False) -> dict[str, Any]:
    """Turn the value of a timer into its due moment and repetition. Raises ValueError where it is none."""
    value = value.strip() if isinstance(value, str) else value
    if isinstance(value, str) and value.startswith("R"):
        return _repetition(value, now)
    if isinstance(value, str) and cron.is_cron(value):
        return _by_cron(value, now, repeats=repeats)
    due = moment_of(value, now)
    if repeats and (isinstance(value, timedelta) or (isinstance(value, str) and value.startswith("P"))):
        every = value if isinstance(value, str) else isodate.duration_isoformat(value)
        _not_too_often(now, due)
        return {"at": due.isoformat(), "left": ENDLESS, "every": every}
    return {"at": due.isoformat()}


def moment_of(value: Any, now: datetime) -> datetime:
    """Give the moment (UTC) that a date, a duration from `now` or a text means. Raises ValueError."""
    if isinstance(value, str):
        return after(now, value) if value.startswith("P") else _utc(_parsed(value))
    if isinstance(value, timedelta | isodate.Duration):
        return _utc(now.astimezone(OFFICE) + value)
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return _utc(datetime.combine(value, time()))
    raise ValueError("neither a moment nor a duration")


def after(start: datetime, duration: str, times: int = 1) -> datetime:
    """Give the moment `times` ISO durations after `start`. Raises ValueError."""
    if not DURATION.fullmatch(duration):
        raise ValueError("no ISO 8601 duration")
    step = isodate.parse_duration(duration.replace(",", "."))
    # calendar arithmetic happens in the zone of the people: a month from 1 March 00:00 is 1 April 00:00 there
    return _utc(start.astimezone(OFFICE) + step * times)


def advance(token: Token, index: str) -> None:
    """Note that a timer of a token has fired: its next period, or nothing more."""
    due: dict[str, dict[str, Any]] = token.internal_data.get("due", {})
    timer = due.pop(index, None)
    if timer is not None and (following := next_period(timer)) is not None:
        due[index] = following


def next_period(plan: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give the plan of a timer after it has fired, or None where it was the last time."""
    left, start, number = plan.get("left", 1), plan.get("from", plan["at"]), plan.get("n", 0) + 1
    if left in (0, 1):
        return None
    if "cron" in plan:
        due = cron.parsed(plan["cron"]).after(datetime.fromisoformat(plan["at"]))
        return None if due is None else {**plan, "at": due.isoformat()}
    # counted from the first moment: months must not drift where a shorter one cuts the day
    try:
        at = after(datetime.fromisoformat(start), plan["every"], number).isoformat()
    except (ValueError, OverflowError):
        return None  # beyond the calendar: it never comes
    return {**plan, "at": at, "left": left - 1 if left > 0 else left, "from": start, "n": number}


def _repetition(text: str, now: datetime) -> dict[str, Any]:
    """Read R[n]/duration, R[n]/start/duration, R[n]/duration/end or R[n]/start/end (both ends of the first period)."""
    count, *parts = text[1:].strip().split("/")
    left = int(count) if count else ENDLESS
    if len(parts) == 2 and not any(part.startswith("P") for part in parts):
        first, second = (_utc(_parsed(part)) for part in parts)
        parts[1] = f"PT{(second - first).total_seconds()}S"
    if len(parts) == 1:
        every, at = parts[0], after(now, parts[0])
    elif len(parts) == 2 and parts[1].startswith("P"):
        every, at = parts[1], _utc(_parsed(parts[0]))
    elif len(parts) == 2 and parts[0].startswith("P"):
        every, end = parts[0], _utc(_parsed(parts[1]))
        at = after(now, every)
        fits = max(0, int((end - now) / (at - now)))
        left = min(left, fits) if left >= 0 else fits
    else:
        raise ValueError("a repetition is R5/PT10S, R5/2026-01-01T00:00:00Z/P1D or R5/P1D/2026-02-01T00:00:00Z")
    _not_too_often(now, after(now, every))
    return {"at": at.isoformat(), "left": left, "every": every}


def _by_cron(text: str, now: datetime, *, repeats: bool) -> dict[str, Any]:
    if not repeats:
        raise ValueError("cron stands in a cycle (timeCycle)")
    due = cron.parsed(text).after(now)
    if due is None:
        raise ValueError("it never comes")
    return {"at": due.isoformat(), "left": ENDLESS, "cron": text}


def _not_too_often(now: datetime, following: datetime) -> None:
    if following < now + SHORTEST:
        raise ValueError(f"the period is shorter than {SHORTEST.total_seconds():g} s")


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:  # a day of the year (2026-061), a moment with a comma in its seconds
        return (
            isodate.parse_datetime(text.strip()) if "T" in text else datetime.combine(isodate.parse_date(text), time())
        )


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=OFFICE)
    at = moment.astimezone(UTC)
    if at.year not in YEARS:
        raise ValueError("beyond the calendar")
    return at
