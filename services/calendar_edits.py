"""Edits of the calendar: what was typed for a day, read and refused in words; all that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from errors import Detail
from storage.queries.calendar import Entries, Entry
from texts import Text

KINDS = ("off", "working", "hours")
NONE = "none"
"""The kind of an edit that takes an entered day back."""
YEAR, NO_YEAR = "year", "no_year"
"""The kinds of edits that make a whole year imported (of 1 January), and that undo it."""
OF_YEAR = (YEAR, NO_YEAR)
LONGEST_NOTE = 200
MOST_DAYS = 400
"""Days of one change."""
MOST_PERIODS = 4
SATURDAY = 5
WEEKDAYS = range(SATURDAY)
"""Whose hours a working day can have: Monday to Friday."""
_PERIOD = re.compile(r"(\d{1,2})[:h](\d{2})\s*[-–]\s*(\d{1,2})[:h](\d{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A day as it was typed into a form, or sent."""

    day: str
    kind: str = "off"
    as_weekday: str = ""
    hours: str = ""
    """Of kind `hours`: such as 08:00-12:00, 13:00-15:00."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One day that a change enters or (kind `none`) takes back."""

    day: date
    kind: str
    as_weekday: int | None = None
    periods: tuple[tuple[int, int], ...] = ()
    note: str = ""
    note_en: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """Give it as a change keeps it."""
        return {
            "day": self.day.isoformat(), "kind": self.kind, "as_weekday": self.as_weekday,
            "periods": [list(period) for period in self.periods], "note": self.note, "note_en": self.note_en,
        }  # fmt: skip

    def entry(self, agency: str) -> Entry:
        """Give it as a calendar reads it."""
        return Entry(agency, self.day, self.kind, self.as_weekday, self.periods, self.note, self.note_en)

    @property
    def takes_back(self) -> bool:
        """Say whether nothing is entered after it."""
        return self.kind in (NONE, NO_YEAR)


def kept(data: Mapping[str, Any]) -> Edit:
    """Read an edit that a change keeps."""
    periods = tuple((start, end) for start, end in data.get("periods") or ())
    return Edit(
        day=date.fromisoformat(data["day"]), kind=data["kind"], as_weekday=data["as_weekday"], periods=periods,
        note=data["note"], note_en=data.get("note_en", ""),
    )  # fmt: skip


def over(entries: Entries, edits: Iterable[Edit], agency: str) -> Entries:
    """Give the entries as they are after these edits, in the order in which they are read."""
    found = {(each.day, each.agency, each.kind == YEAR): each for each in entries}
    for edit in edits:
        key = (edit.day, agency, edit.kind in OF_YEAR)
        found.pop(key, None)
        if not edit.takes_back:
            found[key] = edit.entry(agency)
    return tuple(found[key] for key in sorted(found))


def read(typed: Sequence[Typed], *, years: Collection[int]) -> tuple[list[Edit], list[Detail]]:
    """Read typed days of these years; give those that can be read, and what is wrong.

    The field of one day is `day`, of several `days.1.day`.
    """
    edits: list[Edit] = []
    problems: list[Detail] = []
    for place, each in enumerate(typed):
        where = f"days.{place}." if len(typed) > 1 else ""
        on = read_day(each.day)
        found = list(_problems(each, on, years, where))
        if on is not None and any(edit.day == on for edit in edits):
            found.append(_detail(f"{where}day", "duplicate", "Ngày này có hai lần.", "This day is there twice."))
        problems += found
        if on is not None and not found:
            edits.append(_edit(each, on))
    if not 0 < len(typed) <= MOST_DAYS:
        problems.append(
            _detail("day", "required", f"Cần từ 1 đến {MOST_DAYS} ngày.", f"Give from 1 to {MOST_DAYS} days.")
        )
    return edits, problems


def read_day(text: str) -> date | None:
    """Read a day as a date field sends it (2026-09-30) or as people here write it (30/09/2026)."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no offset
        except ValueError:
            continue
    return None


def read_hours(text: str) -> tuple[tuple[int, int], ...]:
    """Read working periods such as 08:00-12:00, 13:00-15:00; empty where they make no sense."""
    parts = [part for part in re.split(r"[,;]", text) if part.strip()]
    if not 0 < len(parts) <= MOST_PERIODS:
        return ()
    found: list[tuple[int, int]] = []
    for part in parts:
        match = _PERIOD.fullmatch(part.strip())
        if match is None:
            return ()
        hour, minute, to_hour, to_minute = (int(group) for group in match.groups())
        start, end = hour * 60 + minute, to_hour * 60 + to_minute
        after = found[-1][1] if found else -1
        if minute > 59 or to_minute > 59 or not after < start < end <= 1440:
            return ()
        found.append((start, end))
    return tuple(found)


def note_problem(text: str, field: str = "note") -> Detail | None:
    """Say what is wrong with a note, or None."""
    if len(text.strip()) <= LONGEST_NOTE and (not text or text.isprintable()):
        return None
    return _detail(
        field, "length", f"Ghi chú là một dòng, dài nhất {LONGEST_NOTE} ký tự.",
        f"A note is one line of at most {LONGEST_NOTE} characters.",
    )  # fmt: skip


def _edit(typed: Typed, on: date) -> Edit:
    weekday = int(typed.as_weekday) if typed.kind == "working" and typed.as_weekday else None
    periods = read_hours(typed.hours) if typed.kind == "hours" else ()
    note = typed.note.strip()
    return Edit(day=on, kind=typed.kind, as_weekday=weekday, periods=periods, note=note, note_en=note)


def _problems(typed: Typed, on: date | None, years: Collection[int], where: str) -> Iterable[Detail]:
    if on is None:
        yield _detail(f"{where}day", "date", "Ngày phải có dạng 30/09/2026.", "Give a day such as 2026-09-30.")
    elif on.year not in years:
        known = f"{min(years)}–{max(years)}"
        yield _detail(
            f"{where}day", "range", f"Lịch chỉ có các năm {known}.", f"The calendar has the years {known} only."
        )
    if typed.kind not in KINDS:
        yield _detail(
            f"{where}kind", "choice", "Chọn ngày nghỉ, ngày làm việc hoặc giờ riêng.",
            "Choose a day off, a working day or hours of its own.",
        )  # fmt: skip
    if typed.as_weekday and typed.as_weekday not in {str(number) for number in WEEKDAYS}:
        yield _detail(
            f"{where}as_weekday", "choice", "Chọn một ngày từ thứ Hai đến thứ Sáu.", "Choose one of Monday to Friday."
        )
    elif typed.kind == "working" and not typed.as_weekday and on is not None and on.weekday() >= SATURDAY:
        yield _detail(
            f"{where}as_weekday", "required", "Thứ Bảy, Chủ nhật làm bù cần cho biết theo giờ của thứ nào.",
            "A working Saturday or Sunday must say which weekday's hours it has.",
        )  # fmt: skip
    if typed.kind == "hours" and not read_hours(typed.hours):
        yield _detail(
            f"{where}hours", "hours", "Giờ làm việc có dạng 08:00-12:00, 13:00-15:00, nối tiếp nhau trong ngày.",
            "Give working hours such as 08:00-12:00, 13:00-15:00, one after the other.",
        )  # fmt: skip
    problem = note_problem(typed.note, f"{where}note")
    if problem is not None:
        yield problem


def _detail(field: str, code: str, vi: str, en: str) -> Detail:
    return Detail(field=field, code=code, message=Text(vi, en))
