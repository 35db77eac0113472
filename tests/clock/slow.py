"""The clock's rules done slowly: every minute and every day is looked at, nothing is summed up or kept.

Written from the rules alone, and the other way round than clock/: pauses are merged from the whole list of events each
time, not one event after the other. Only what is needed to judge state, due moment, due-soon moments, what remains,
lapse and refusals; moments are naive local datetimes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
STRENGTH = ["resume", "phase", "restart", "migrate"]


class Uncovered(Exception):
    """The rules have no answer."""


def local(text):
    return datetime.fromisoformat(text).astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).replace(tzinfo=None)


class SlowCalendar:
    def __init__(self, data, agency, changes):
        self.data, self.own = data, data["agencies"].get(agency, {})
        self.off = {row["date"] for row in data["days_off"]}
        self.makeup = {row["date"]: row["as_weekday"] for row in data["makeup_days"]}
        for change in changes:
            for row in change.get("days_off", []):
                self.off.add(row["date"])
                self.makeup.pop(row["date"], None)
            for row in change.get("makeup_days", []):
                self.off.discard(row["date"])
                self.makeup[row["date"]] = row["as_weekday"]
        self._periods = {}

    def periods(self, day):
        if day not in self._periods:
            rows = self._rows(day.isoformat(), day.weekday())
            self._periods[day] = [tuple(int(t[:2]) * 60 + int(t[3:]) for t in row) for row in rows]
        return self._periods[day]

    def _rows(self, day, weekday):
        hours = {row["date"]: row["periods"] for row in self.own.get("hours", [])}
        if day in self.off or day in {row["date"] for row in self.own.get("days_off", [])}:
            return []
        if day in hours:
            return hours[day]
        name = self.makeup.get(day, WEEKDAYS[weekday])
        return self.own.get("weekly", {}).get(name, self.data["weekly"][name])

    def works(self, moment):
        of_day = moment.hour * 60 + moment.minute
        return any(start <= of_day < end for start, end in self.periods(moment.date()))

    def effective(self, moment):
        while not self.works(moment):
            moment += MINUTE
        return moment

    def closing(self, day):
        return datetime.combine(day, time()) + self.periods(day)[-1][1] * MINUTE

    def minutes(self, start, end):
        """Give every working minute of [start, end)."""
        found, moment = [], start
        while moment < end:
            if self.works(moment):
                found.append(moment)
            moment += MINUTE
        return found


@dataclass
class Merged:
    start: datetime
    end: datetime | None
    policy: str
    limit: dict | None
    last_event: int


def in_span(moment, spans):
    return any(a <= moment < b for a, b in spans)


def day_paused(day, spans):
    return any(a.date() <= day < b.date() for a, b in spans)


def hand_over(calendar, start):
    """Closing of the day; after the cut-off, when the first minutes of the next working day have passed."""
    rules = calendar.data["hand_over"]
    hour, minute = rules["cut_off"].split(":")
    if (start.hour, start.minute) <= (int(hour), int(minute)):
        return calendar.closing(start.date())
    moment, left = datetime.combine(start.date() + DAY, time()), rules["next_day_minutes"]
    while True:
        left -= calendar.works(moment)
        moment += MINUTE
        if left == 0:
            return moment


def end_of(calendar, limit, start, spans=(), extended_by=0):
    unit = limit["unit"]
    if unit == "hand_over":
        return hand_over(calendar, start)
    if unit == "working_hours":
        left, moment = round((limit["amount"] + extended_by) * 60), start
        while True:
            if calendar.works(moment) and not in_span(moment, spans):
                left -= 1
            moment += MINUTE
            if left == 0:
                return moment
    left = limit["amount"] + extended_by
    if unit == "months":
        left = ((start + relativedelta(months=left)).date() - start.date()).days
    day = start.date()
    while left:
        day += DAY
        if not day_paused(day, spans) and (unit != "working_days" or calendar.periods(day)):
            left -= 1
    while day_paused(day, spans) or not calendar.periods(day):
        day += DAY
    return calendar.closing(day)


class SlowClock:
    """The answer to one case, made of the events that were accepted so far."""

    def __init__(self, data, case):
        self.case, self.asked = case, local(case["asked_at"])
        known = [(i, e) for i, e in enumerate(case["events"]) if local(e["at"]) <= self.asked]
        known.sort(key=lambda item: local(item[1]["at"]))
        ends = [n for n, (_, e) in enumerate(known) if e["type"] in ("finished", "stopped")]
        counted = known[: ends[0]] if ends else known
        changes = [e for _, e in counted if e["type"] == "calendar_changed"]
        self.calendar = SlowCalendar(data, case["agency"], changes)
        self.accepted, self.refused, self.ended = [], [], None
        for index, event in known:
            if event["type"] != "calendar_changed":
                self.take(index, event, local(event["at"]))
        self.check_lapse(self.asked)

    def take(self, index, event, at):
        self.check_lapse(at)
        why = "after_end" if self.ended else self.why_refused(event, at)
        if why:
            self.refused.append({"event": index, "why": why})
        elif event["type"] in ("finished", "stopped"):
            if event["type"] == "finished" and (self.is_open() or self.start() is None):
                raise Uncovered
            self.ended = (event["type"], at)
        else:
            self.accepted.append(event)
            self.merged()

    def why_refused(self, event, at):
        kind = event["type"]
        if kind == "pause_ended":
            return None if event["pause"] in self.open_names() else "no_such_pause"
        if kind not in ("pause_started", "extension", "transition"):
            return None
        if self.start() is None or (kind == "pause_started" and event["pause"] in self.open_names()):
            raise Uncovered
        if self.in_force()[0]["unit"] == "hand_over":
            raise Uncovered
        if kind == "extension" and any(e["type"] == "extension" for e in self.accepted):
            return "second_extension"
        if not self.is_open() and at >= self.due():
            return "after_due"
        if kind == "extension" and event["unit"] != self.in_force()[0]["unit"]:
            raise Uncovered
        return None

    def check_lapse(self, at):
        lapse = None if self.ended else self.lapse()
        if lapse and at > lapse:
            self.ended = ("lapsed", lapse)

    # What follows from the accepted events.

    def start(self):
        received = self.calendar.effective(local(self.case["received_at"]))
        if self.case["limit"].get("starts_on") != "receipt_and_fee":
            return received
        fees = [self.calendar.effective(local(e["at"])) for e in self.accepted if e["type"] == "fee_paid"]
        return max(received, fees[0]) if fees else None

    def parts(self):
        """Give each pause as [effective start, effective end or None, event of its start, number of its last event]."""
        parts = []
        for number, event in enumerate(self.accepted):
            if event["type"] == "pause_started":
                parts.append([self.calendar.effective(local(event["at"])), None, event, number])
            if event["type"] == "pause_ended":
                part = next(p for p in parts if p[1] is None and p[2]["pause"] == event["pause"])
                part[1], part[3] = self.calendar.effective(local(event["at"])), number
        return parts

    def open_names(self):
        return {part[2]["pause"] for part in self.parts() if part[1] is None}

    def is_open(self):
        return bool(self.open_names())

    def merged(self):
        merged: list[Merged] = []
        for start, end, event, number in sorted(self.parts(), key=lambda part: part[0]):
            limit = event.get("phase_limit") if event["policy"] == "phase" else None
            last = merged[-1] if merged else None
            if last and (last.end is None or start <= last.end):
                if event["policy"] == "phase" == last.policy and limit != last.limit:
                    raise Uncovered
                stronger = STRENGTH.index(event["policy"]) > STRENGTH.index(last.policy)
                last.policy, last.limit = (event["policy"], limit) if stronger else (last.policy, last.limit)
                last.end = None if last.end is None or end is None else max(last.end, end)
                last.last_event = max(last.last_event, number)
            else:
                merged.append(Merged(start, end, event["policy"], limit, number))
        return merged

    def in_force(self, closed_at=None):
        """Give the limit in force, its start, its closed pauses and its extension."""
        pauses = self.merged()
        for pause in pauses:
            if pause.end is None and closed_at:
                pause.end, pause.last_event = closed_at, len(self.accepted)
        starts = [(self.start(), -1, self.case["limit"])]
        migrations = []
        for number, event in enumerate(self.accepted):
            if event["type"] == "transition" and event["rule"] == "migrate":
                at = self.calendar.effective(local(event["at"]))
                within = [p for p in pauses if p.start <= at and (p.end is None or at <= p.end)]
                if within:
                    within[0].policy, within[0].limit = "migrate", event["limit"]
                else:
                    starts.append((at, number, event["limit"]))
                migrations.append((number, event["limit"]))
        for pause in pauses:
            if pause.end is not None and pause.policy != "resume":
                full = [limit for number, limit in migrations if number < pause.last_event]
                restarted = (full or [self.case["limit"]])[-1]
                starts.append((pause.end, pause.last_event, restarted if pause.policy == "restart" else pause.limit))
        begin, number, limit = max(starts, key=lambda item: (item[0], item[1]))
        spans = [(p.start, p.end) for p in pauses if p.end is not None and p.start >= begin and p.last_event > number]
        given = [e["amount"] for n, e in enumerate(self.accepted) if e["type"] == "extension" and n > number]
        return limit, begin, spans, given[0] if given else 0

    def due(self):
        limit, start, spans, extended_by = self.in_force()
        return end_of(self.calendar, limit, start, spans, extended_by)

    def lapse(self):
        limits = [(part[2].get("reply_limit"), part[0]) for part in self.parts() if part[1] is None]
        return min((end_of(self.calendar, limit, start) for limit, start in limits if limit), default=None)

    # The answer.

    def answer(self):
        kind, at = self.ended or (None, self.asked)
        answer = {
            "due_at": None, "due_soon_percent_at": None, "due_soon_days_left_at": None, "due_soon_at": None,
            "remaining": None, "lapse_at": None, "refused_events": self.refused,
        }  # fmt: skip
        if self.start() is None:
            return {**answer, "state": kind or "not_started"}
        if self.is_open():
            if kind is None:
                end = self.calendar.effective(at)
                answer |= {"lapse_at": self.lapse(), "remaining": self.remaining(end, *self.in_force(end))}
            return {**answer, "state": kind or "paused"}
        answer |= self.due_soon()
        if kind != "stopped":
            answer["remaining"] = self.remaining(at, *self.in_force())
        return {**answer, "state": self.state(kind, at, answer["due_at"], answer["due_soon_at"])}

    def state(self, kind, at, due, soon):
        if kind == "finished":
            return "late" if at > due else "early" if at.date() < due.date() else "on_time"
        return kind or ("overdue" if at > due else "due_soon" if at >= soon else "running")

    def due_soon(self):
        limit, start, spans, extended_by = self.in_force()
        due = end_of(self.calendar, limit, start, spans, extended_by)
        minutes = [m for m in self.calendar.minutes(start, due) if not in_span(m, spans)]
        percent = minutes[math.ceil(len(minutes) * 80 / 100) - 1] + MINUTE
        days = minutes[len(minutes) - 481] + MINUTE if len(minutes) > 480 else None
        soon = min(percent, days) if days else percent
        return {"due_at": due, "due_soon_percent_at": percent, "due_soon_days_left_at": days, "due_soon_at": soon}

    def remaining(self, at, limit, start, spans, extended_by):
        due = end_of(self.calendar, limit, start, spans, extended_by)
        late = at > due
        minutes = len(self.calendar.minutes(due, at) if late else self.calendar.minutes(at, due))
        days, day = 0, due.date() if late else max(at.date(), start.date())
        while day < (at.date() if late else due.date()):
            day += DAY
            counts = limit["unit"] != "working_days" or self.calendar.periods(day)
            days += bool(counts and not day_paused(day, spans))
        sign = -1 if late else 1
        return {
            "days": None if limit["unit"] in ("working_hours", "hand_over") else sign * days,
            "working_minutes": sign * minutes,
        }


def slow_answer(data, case):
    """Give the answer in the shape of `expected` without segments, with naive local moments; raises Uncovered."""
    return SlowClock(data, case).answer()


def year_of_days(year):
    first = date(year, 1, 1)
    return [first + n * DAY for n in range((date(year + 1, 1, 1) - first).days)]
