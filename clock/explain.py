"""explain(): why this date, as a sum of at most five lines, the last one the promise (DESIGN.md, "Clock line")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

from clock import words
from clock.compute import Reading
from clock.limits import End, count
from clock.model import LimitSpec, Paused, Policy, Running, State, Unit, Waiting
from clock.table import DAY
from errors import NoCalendar
from texts import Text

MOST = 5
NAMED_DAYS_OFF = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule and where it brings the sum: None where it moves nothing, 00:00 of a day from which the end rolls."""

    text: Text
    moment: datetime | None = None


def explain(reading: Reading) -> tuple[Line, ...]:
    """Give the lines that lead to the due moment; the last is the promise, or says why there is none now."""
    return (*sum_of(reading, most=MOST - 1), promise_of(reading))


def sum_of(reading: Reading, *, most: int) -> tuple[Line, ...]:
    """Give the lines before the promise, at most so many: then all pauses are one, and what says least is left out."""
    parts = _Sum(reading)
    lines = list(parts.lines(merge=False))
    if len(lines) > most:
        lines = list(parts.lines(merge=True))
    while len(lines) > most:
        lines.remove(min(lines, key=lambda line: line.rank))
    return tuple(Line(text=line.text, moment=line.moment) for line in lines)


class _Rank(IntEnum):
    """What a line says; where there are too many, the lowest are left out first."""

    FEE = 1
    """How long the fee was awaited."""
    SUPERSEDED = 2
    """The first limit, where another is in force now."""
    DAYS_OFF = 3
    """Days off and make-up days on the way."""
    ROLL = 4
    """The end rolls to a working day."""
    PAUSE = 5
    """What a pause gives back."""
    EXTENSION = 6
    """The extension."""
    REPLY = 7
    """Until when the applicant must reply."""
    LIMIT = 8
    """The limit in force."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    rank: _Rank
    text: Text
    moment: datetime | None = None


@dataclass(slots=True)
class _Limit:
    """One limit in force, read back from the segments: what began it, and the pauses that were given back."""

    spec: LimitSpec
    since: datetime
    extended_by: int | float
    begun_by: Paused | None
    pauses: list[Paused] = field(default_factory=list)


def _limits(reading: Reading) -> list[_Limit]:
    limits: list[_Limit] = []
    since: list[Paused] = []
    for segment in reading.segments:
        if isinstance(segment, Paused) and segment.end is not None:
            since.append(segment)
        if isinstance(segment, Running):
            if not limits or limits[-1].since != segment.since:
                begins = [pause for pause in since if pause.end == segment.since and pause.policy != Policy.RESUME]
                begun_by = begins[-1] if begins else None
                limits.append(_Limit(segment.limit, segment.since, segment.extended_by, begun_by))
            limits[-1].pauses += [pause for pause in since if pause.policy == Policy.RESUME]
            since = []
    return limits


class _Sum:
    """The lines before the promise: fee, limit, pauses, extension, end that rolls, days off, reply."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._calendar = reading.calendar
        self._limits = _limits(reading)

    def lines(self, *, merge: bool) -> Iterator[_Ranked]:
        """Give the lines in the order of the sum; `merge` makes one line of all pauses."""
        yield from self._fee()
        if self._limits:
            yield from self._superseded()
            yield from self._in_force(self._limits[-1], merge=merge)
            yield from self._days_off(self._limits[-1])
        if (lapse := self._reading.lapse_at) is not None:
            yield _Ranked(_Rank.REPLY, Text(vi="Hạn trả lời yêu cầu", en="Reply needed by"), lapse)

    def _fee(self) -> Iterator[_Ranked]:
        first = self._reading.segments[0] if self._reading.segments else None
        if isinstance(first, Waiting) and first.end is not None:
            between = words.days(first.start.date(), first.end.date())
            vi, en = (
                f"Chờ nộp phí ({between.vi}): chưa tính thời hạn",
                f"Waiting for the fee ({between.en}): not counted",
            )
            yield _Ranked(_Rank.FEE, Text(vi=vi, en=en), first.end)

    def _superseded(self) -> Iterator[_Ranked]:
        if len(self._limits) > 1:
            first = self._limits[0]
            yield _Ranked(_Rank.SUPERSEDED, _limit_text(first), self._moment(self._count(first, 0)))

    def _in_force(self, limit: _Limit, *, merge: bool) -> Iterator[_Ranked]:
        """Give the limit, what pauses and an extension add, and last how the end rolls, so that the sum adds up."""
        is_first = len(self._limits) == 1 and limit.begun_by is None
        text, end = _limit_text(limit) if is_first else _next_limit_text(limit), self._count(limit, 0)
        yield _Ranked(_Rank.LIMIT, text, self._full(limit, end, 0))
        every = len(limit.pauses)
        for number in [every] if merge and every else range(1, every + 1):
            text = _pauses_text(limit, limit.pauses if merge else limit.pauses[number - 1 : number])
            end = self._count(limit, number)
            yield _Ranked(_Rank.PAUSE, text, self._full(limit, end, number))
        if limit.extended_by:
            added = words.amount(limit.extended_by, limit.spec.unit)
            end = self._count(limit, every, limit.extended_by)
            text = Text(vi=f"Gia hạn thêm {added.vi}", en=f"Extended by {added.en}")
            yield _Ranked(_Rank.EXTENSION, text, self._full(limit, end, every))
        if end is not None and end.rolled_from is not None:
            full = words.day(date.fromordinal(end.rolled_from))
            vi = f"Ngày cuối {full.vi} không phải ngày làm việc, chuyển sang ngày làm việc kế tiếp"
            en = f"The last day, {full.en}, is no working day: the next one counts"
            yield _Ranked(_Rank.ROLL, Text(vi=vi, en=en), self._moment(end))

    def _days_off(self, limit: _Limit) -> Iterator[_Ranked]:
        due = self._reading.due_at
        if due is None or limit.spec.unit in (Unit.CALENDAR_DAYS, Unit.MONTHS):
            return
        first, last = limit.since.date() + timedelta(days=1), due.date()
        off = [row for row in self._calendar.days_off(first, last) if not _within(row[0], limit.pauses)]
        worked = [day for day, _ in self._calendar.makeup_days(first, last) if not _within(day, limit.pauses)]
        if off or worked:
            yield _Ranked(_Rank.DAYS_OFF, _days_off_text(off, worked))

    def _count(self, limit: _Limit, pauses: int, extended_by: int | float = 0) -> End | None:
        """Count the limit with its first pauses only, None where the calendar does not reach."""
        minute = self._calendar.minute_of
        spans = [(minute(pause.start), minute(pause.end)) for pause in limit.pauses[:pauses] if pause.end is not None]
        start = minute(limit.since)
        try:
            return count(self._calendar.table(start // DAY), limit.spec, start, spans, extended_by)
        except NoCalendar:
            return None

    def _full(self, limit: _Limit, end: End | None, pauses: int) -> datetime | None:
        """Give the end before it rolls (00:00 of that day), unless the count was full before its last pause."""
        last = limit.pauses[pauses - 1].start.date().toordinal() if pauses else 0
        if end is None or end.rolled_from is None or end.rolled_from <= last:
            return self._moment(end)
        return self._calendar.moment_of(end.rolled_from * DAY)

    def _moment(self, end: End | None) -> datetime | None:
        return None if end is None else self._calendar.moment_of(end.minute)


def _within(day: date, pauses: Sequence[Paused]) -> bool:
    return any(pause.end is not None and pause.start.date() <= day < pause.end.date() for pause in pauses)


def _limit_text(limit: _Limit) -> Text:
    since, unit = words.day(limit.since.date()), limit.spec.unit
    if limit.spec.amount is None:
        vi, en = "Chuyển hồ sơ đến đơn vị xử lý trong ngày", "To be handed over the same day"
        return Text(vi=f"{vi}, tính từ {limit.since:%H:%M} {since.vi}", en=f"{en}, from {limit.since:%H:%M} {since.en}")
    given = words.amount(limit.spec.amount, unit)
    if unit is Unit.WORKING_HOURS:
        vi, en = f"tính từ {limit.since:%H:%M} ngày {since.vi}", f"from {limit.since:%H:%M} on {since.en}"
    else:
        vi, en = f"không tính ngày bắt đầu {since.vi}", f"not counting the starting day {since.en}"
    return Text(vi=f"Thời hạn {given.vi}, {vi}", en=f"Limit of {given.en}, {en}")


def _next_limit_text(limit: _Limit) -> Text:
    """Say why another limit than the first is in force."""
    since, pause = words.day(limit.since.date()), limit.begun_by
    given = words.amount(limit.spec.amount or 0, limit.spec.unit)
    if pause is None or pause.policy == "migrate":
        return Text(vi=f"Quy định mới từ {since.vi}: {given.vi}", en=f"New rules from {since.en}: {given.en}")
    why = words.reasons(pause.reasons)
    vi, en = f"Hết tạm dừng {why.vi} ngày {since.vi}", f"Pause for {why.en} over on {since.en}"
    if pause.policy == Policy.RESTART:
        return Text(vi=f"{vi}: tính lại từ đầu {given.vi}", en=f"{en}: the full {given.en} again")
    return Text(vi=f"{vi}: giai đoạn tiếp theo {given.vi}", en=f"{en}: a phase of {given.en}")


def _pauses_text(limit: _Limit, pauses: Sequence[Paused]) -> Text:
    """Say how much one pause, or all of them, give back."""
    reasons = sorted({reason for pause in pauses for reason in pause.reasons})
    why, back = words.reasons(reasons), _given_back(limit, pauses)
    if len(pauses) > 1:
        times = len(pauses)
        return Text(vi=f"{times} lần tạm dừng {why.vi}: {back.vi}", en=f"{times} pauses for {why.en}: {back.en}")
    ends = words.days(pauses[0].start.date(), (pauses[0].end or pauses[0].start).date())
    return Text(vi=f"Tạm dừng {why.vi} ({ends.vi}): {back.vi}", en=f"Pause for {why.en} ({ends.en}): {back.en}")


def _given_back(limit: _Limit, pauses: Sequence[Paused]) -> Text:
    """Say what is added to the sum: the day on which the limit starts is not counted, paused or not (rule 11)."""
    unit, since = limit.spec.unit, limit.since.date()
    if not unit.counts_days:
        added = words.minutes(sum(pause.working_minutes for pause in pauses))
    elif days := sum(pause.days - (pause.start.date() == since) for pause in pauses if pause.days):
        added = words.amount(days, Unit.WORKING_DAYS if unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS)
    else:
        return Text(vi="không cộng ngày nào", en="no day added")
    return Text(vi=f"cộng {added.vi}", en=f"{added.en} added")


def _days_off_text(off: Sequence[tuple[date, Text]], worked: Sequence[date]) -> Text:
    names, days = [_named(stretch) for stretch in _stretches(off)], [words.day(day) for day in worked]
    more = len(names) - NAMED_DAYS_OFF
    vi = [name.vi for name in names[:NAMED_DAYS_OFF]] + [f"{more} dịp khác"] * (more > 0)
    en = [name.en for name in names[:NAMED_DAYS_OFF]] + [f"{more} more"] * (more > 0)
    said_vi = [f"Không tính ngày nghỉ: {', '.join(vi)}"] * bool(vi)
    said_en = [f"Days off not counted: {', '.join(en)}"] * bool(en)
    said_vi += [f"Tính cả ngày làm bù: {', '.join(day.vi for day in days)}"] * bool(days)
    said_en += [f"Make-up days counted: {', '.join(day.en for day in days)}"] * bool(days)
    return Text(vi=". ".join(said_vi), en=". ".join(said_en))


def _stretches(off: Sequence[tuple[date, Text]]) -> list[list[tuple[date, Text]]]:
    """Put days off together that only a weekend parts."""
    stretches: list[list[tuple[date, Text]]] = []
    for day, name in off:
        before = stretches[-1][-1][0] if stretches else None
        together = before is not None and (day - before).days <= (3 if day.weekday() < before.weekday() else 1)
        stretches[-1].append((day, name)) if together else stretches.append([(day, name)])
    return stretches


def _named(stretch: Sequence[tuple[date, Text]]) -> Text:
    """Name a stretch by the names in it; one that is part of all others stands for all (the days of Tết)."""
    when = words.days(stretch[0][0], stretch[-1][0])
    vi, en = _common([name.vi for _, name in stretch]), _common([name.en for _, name in stretch])
    return Text(vi=f"{vi} {when.vi}".strip(), en=f"{en} {when.en}".strip())


def _common(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(name for name in names if name))
    shortest = min(different, key=len, default="")
    return shortest if all(shortest in name for name in different) else ", ".join(different)


def promise_of(reading: Reading) -> Line:
    """Say what is promised, or why nothing is promised now."""
    match reading.state:
        case State.NO_CALENDAR:
            vi, en = "Chưa tính được: lịch làm việc chưa có năm cần tính", "Not known: the calendar lacks a year"
            return Line(text=Text(vi=vi, en=en))
        case State.NOT_STARTED:
            vi, en = "Chưa nhận phí: thời hạn chưa bắt đầu", "No fee yet: the limit has not started"
            return Line(text=Text(vi=vi, en=en))
        case State.PAUSED:
            return Line(text=_when_it_runs_again(reading))
        case State.STOPPED | State.LAPSED:
            return Line(text=_ended(reading), moment=reading.ended_at)
        case _:
            return result_promised(reading.due_at)


def explain_due(reading: Reading, name: Text) -> tuple[Line, ...]:
    """Give the lines that lead to the due moment of something other than a result, such as a step."""
    last = promise_of(reading)
    if reading.due_at is not None:
        due = words.moment(reading.due_at)
        last = Line(text=Text(vi=f"{name.vi}: {due.vi}", en=f"{name.en}: {due.en}"), moment=reading.due_at)
    return (*sum_of(reading, most=MOST - 1), last)


def result_promised(due_at: datetime | None) -> Line:
    """Say when the result is promised."""
    due = words.moment(due_at) if due_at else Text(vi="", en="")
    return Line(text=Text(vi=f"Hẹn trả kết quả: {due.vi}", en=f"Result promised: {due.en}"), moment=due_at)


def _when_it_runs_again(reading: Reading) -> Text:
    pause, days = reading.segments[-1], reading.remaining_days
    assert isinstance(pause, Paused)
    why, since = words.reasons(pause.reasons), words.day(pause.start.date())
    left = words.minutes(reading.remaining_minutes or 0)
    if days is not None:
        left = words.amount(days, Unit.WORKING_DAYS if reading.unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS)
    vi, en = f"Tạm dừng {why.vi} từ {since.vi}", f"Paused for {why.en} since {since.en}"
    if pause.policy == Policy.PHASE:
        return Text(vi=f"{vi}, khi chạy lại có giai đoạn {left.vi}", en=f"{en}, then a phase of {left.en} begins")
    if pause.policy == Policy.RESTART:
        return Text(vi=f"{vi}, khi chạy lại tính từ đầu {left.vi}", en=f"{en}, then the full {left.en} begin again")
    return Text(vi=f"{vi}, còn {left.vi} khi chạy lại", en=f"{en}, {left.en} left when it runs again")


def _ended(reading: Reading) -> Text:
    at = words.moment(reading.ended_at) if reading.ended_at else Text(vi="", en="")
    if reading.state is State.STOPPED:
        return Text(vi=f"Đã dừng xử lý: {at.vi}", en=f"Stopped: {at.en}")
    pause = reading.segments[-1] if reading.segments else None
    if not isinstance(pause, Paused):
        return Text(vi=f"Hết hạn trả lời, hồ sơ hết hiệu lực: {at.vi}", en=f"No reply in time, lapsed: {at.en}")
    why, since = words.reasons(pause.reasons), words.day(pause.start.date())
    vi = f"Tạm dừng {why.vi} từ {since.vi}, không có trả lời đúng hạn: hồ sơ hết hiệu lực {at.vi}"
    return Text(vi=vi, en=f"Paused for {why.en} since {since.en}, no reply in time: lapsed {at.en}")
