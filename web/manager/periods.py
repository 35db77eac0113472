"""The period of the board: two days in the address, both counted in; without them this month up to today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from errors import Detail
from services.clocks import LOCAL
from storage.queries.board import Period
from texts import Text
from web import asked

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A period that one click chooses."""

    label: Text
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What was asked for, and what is wrong with it; `first` and `last` are days of Viet Nam."""

    first: date
    last: date
    typed: tuple[str, str]
    errors: tuple[Detail, ...] = ()

    def period(self, now: datetime) -> Period:
        """Give the moments: from midnight to midnight."""
        start, end = (datetime.combine(day, time(), tzinfo=LOCAL) for day in (self.first, self.last + DAY))
        return Period(start=start, end=end, now=now)

    @property
    def query(self) -> dict[str, str]:
        """Give the parameters that lead back to this period."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}


def days(from_: str, to: str, *, today: date) -> Days:
    """Read the two days; where one is wrong, this month stands in and the error is told."""
    first, last = _day(from_), _day(to)
    errors = [
        Detail(field=name, code="date", message=Text("Ngày phải có dạng 30/09/2026.", "Give a day such as 30/09/2026."))
        for name, text, day in (("from", from_, first), ("to", to, last))
        if text and day is None
    ]
    month = today.replace(day=1)
    first = month if first is None else first
    last = max(today, first) if last is None else last
    if not errors and first > last:
        message = Text("Ngày cuối phải từ ngày đầu trở đi.", "The last day must not be before the first.")
        errors.append(Detail(field="to", code="order", message=message))
    if errors:
        first, last = month, today
    return Days(
        first=first, last=last, typed=(from_ or first.isoformat(), to or last.isoformat()), errors=tuple(errors)
    )


def presets(chosen: Days, *, today: date) -> tuple[Preset, ...]:
    """Give this month, the month before and this year."""
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    before = month - DAY
    spans = (
        (Text("Tháng này", "This month"), month, today),
        (Text("Tháng trước", "Last month"), before.replace(day=1), before),
        (Text("Năm nay", "This year"), year, today),
    )
    return tuple(
        Preset(
            label=label,
            url=asked.address("/board", **{"from": first, "to": last}),
            is_here=(first, last) == (chosen.first, chosen.last),
        )
        for label, first, last in spans
    )


def _day(text: str) -> date | None:
    """Read a day as browsers send it, or as people here write it where the browser has no calendar."""
    parts = text.strip().split("/")
    written = "-".join(reversed([part.zfill(2) for part in parts])) if len(parts) == 3 else text.strip()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if FIRST <= day < LAST else None
