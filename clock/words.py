"""Dates, amounts and reasons as a person reads them, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from clock.model import Reason, Unit
from texts import Text

_WEEKDAYS_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {
    Unit.WORKING_DAYS: Text(vi="ngày làm việc", en="working day"),
    Unit.CALENDAR_DAYS: Text(vi="ngày", en="day"),
    Unit.WORKING_HOURS: Text(vi="giờ làm việc", en="working hour"),
    Unit.MONTHS: Text(vi="tháng", en="month"),
}
_REASONS = {
    Reason.SUPPLEMENT: Text(vi="chờ bổ sung", en="a supplement"),
    Reason.PAYMENT: Text(vi="chờ nộp phí", en="payment"),
    Reason.FOREIGN_VERIFICATION: Text(vi="chờ xác minh ở nước ngoài", en="verification abroad"),
    Reason.AGENCY_OPINION: Text(vi="chờ ý kiến cơ quan khác", en="the opinion of another agency"),
}


def day(at: date) -> Text:
    """Write a date without its year: 26/02, 26 Feb."""
    return Text(vi=f"{at:%d/%m}", en=f"{at.day} {_MONTHS[at.month - 1]}")


def days(first: date, last: date) -> Text:
    """Write one date, or from the first to the last."""
    if first == last:
        return day(first)
    a, b = day(first), day(last)
    return Text(vi=f"{a.vi} đến {b.vi}", en=f"{a.en} to {b.en}")


def moment(at: datetime) -> Text:
    """Write an hour with its full date: 17:00 Thứ Năm 26/02/2026, 17:00 Thursday 26 Feb 2026."""
    vi, en = _WEEKDAYS_VI[at.weekday()], _WEEKDAYS_EN[at.weekday()]
    return Text(vi=f"{at:%H:%M} {vi} {at:%d/%m/%Y}", en=f"{at:%H:%M} {en} {day(at).en} {at.year}")


def amount(number: int | float, unit: Unit) -> Text:
    """Write an amount of a unit that has amounts: 10 ngày làm việc, 10 working days."""
    name, plain = _UNITS[unit], f"{number:g}"
    return Text(vi=f"{plain.replace('.', ',')} {name.vi}", en=f"{plain} {name.en}{'' if number == 1 else 's'}")


def minutes(number: int) -> Text:
    """Write working minutes: 4 giờ 30 phút làm việc, 4 h 30 min of working time."""
    hours, rest = divmod(number, 60)
    vi = [f"{hours} giờ"] * (hours > 0) + [f"{rest} phút"] * (rest > 0 or not hours)
    en = [f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0 or not hours)
    return Text(vi=f"{' '.join(vi)} làm việc", en=f"{' '.join(en)} of working time")


def reasons(of: Sequence[Reason]) -> Text:
    """Write why the clock stands still: chờ bổ sung và chờ nộp phí."""
    names = [_REASONS[reason] for reason in of]
    return Text(vi=" và ".join(name.vi for name in names), en=" and ".join(name.en for name in names))
