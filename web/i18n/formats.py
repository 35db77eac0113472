"""How dates, moments, numbers, money and sizes are written in Vietnamese and in English: the Jinja filters.

Moments are aware; they are shown in Vietnam's time. None and "" give "" so that an empty cell stays empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext
from jinja2 import pass_context
from jinja2.runtime import Context

from texts import Text
from web.i18n.language import lang

A_HOUR = 60
"""In minutes."""
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = int | float | Decimal
Day = date | datetime


def local(moment: datetime) -> datetime:
    """Give the moment in Vietnam's time; one without offset is taken as UTC, as the database keeps them."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZONE)


def _date(value: Day) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def t(value: Text | str | None) -> str:
    """Give a Text in the language of the page; a plain string, or a Markup, stays what it is."""
    return value.in_(lang()) if isinstance(value, Text) else value or ""


def day(value: Day | None) -> str:
    """Write a day: 30/09/2026 or 30 Sep 2026."""
    if not value:
        return ""
    on = _date(value)
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}" if lang() == "en" else f"{on:%d/%m/%Y}"


def short_day(value: Day | None) -> str:
    """Write a day of this year: 30/09 or 30 Sep."""
    if not value:
        return ""
    on = _date(value)
    return f"{on.day} {_MONTHS[on.month - 1]}" if lang() == "en" else f"{on:%d/%m}"


def long_day(value: Day | None) -> str:
    """Write a promised day: Thứ Tư, 30/09/2026 or Wednesday, 30 Sep 2026."""
    return f"{_WEEKDAYS[lang()][_date(value).weekday()]}, {day(value)}" if value else ""


def hour(value: datetime | None) -> str:
    """Write the hour: 17:00."""
    return f"{local(value):%H:%M}" if value else ""


def moment(value: Day | None) -> str:
    """Write a moment: 17:00 30/09/2026 or 17:00, 30 Sep 2026; a mere day stays one."""
    if not isinstance(value, datetime):
        return day(value)
    return f"{hour(value)}{', ' if lang() == 'en' else ' '}{day(value)}"


def ago(value: datetime | None, now: datetime | None = None) -> str:
    """Write a moment near now: hôm nay, 08:02; hôm qua, 16:40; earlier ones as 10:05 08/09/2026."""
    if not value:
        return ""
    today = local(now or datetime.now(UTC)).date()
    if _date(value) == today:
        return str(_("hôm nay, %(hour)s", hour=hour(value)))
    if _date(value) == today - timedelta(days=1):
        return str(_("hôm qua, %(hour)s", hour=hour(value)))
    return moment(value)


def number(value: Number | None, decimals: int | None = None) -> str:
    """Write a number: 1.204,5 or 1,204.5; `decimals` fixes how many digits follow the sign."""
    if value is None:
        return ""
    written = f"{value:,}" if decimals is None else f"{value:,.{decimals}f}"
    return written if lang() == "en" else written.translate(str.maketrans(",.", ".,"))


def percent(value: Number | None, decimals: int = 1) -> str:
    """Write a share of one: 0.879 gives 87,9% or 87.9%."""
    return "" if value is None else f"{number(value * 100, decimals)}%"


def money(value: Number | None) -> str:
    """Write đồng: 3.000.000 đồng or VND 3,000,000."""
    if value is None:
        return ""
    return f"VND {number(value)}" if lang() == "en" else f"{number(value)} đồng"


def filesize(value: int | None) -> str:
    """Write bytes: 38 KB, 4,2 MB."""
    if value is None:
        return ""
    if value < 1000:
        return f"{value} B"
    if value < 1_000_000:
        return f"{number(round(value / 1000))} KB"
    return f"{number(value / 1_000_000, 1)} MB"


def lasting(minutes: int | None, hours: int = 24) -> str:
    """Write how long something took: 3 ngày 4 giờ, 35 phút; a day has so many `hours` (8 of working time)."""
    if minutes is None:
        return ""
    days, rest = divmod(minutes, hours * 60)
    parts = [ngettext("%(num)s ngày", "%(num)s ngày", days)] if days else []
    if rest >= A_HOUR:
        parts.append(ngettext("%(num)s giờ", "%(num)s giờ", rest // A_HOUR))
    if not days and (rest % A_HOUR or not parts):
        parts.append(ngettext("%(num)s phút", "%(num)s phút", rest % A_HOUR))
    return " ".join(parts)


def iso(value: Day | None) -> str:
    """Write for `<time datetime>`: ISO 8601 with offset."""
    if not value:
        return ""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def _at_run_time(written: Callable[..., Any]) -> Callable[..., Any]:
    """Keep Jinja from computing a filter of a constant once for all, in the language of whoever came first."""

    @pass_context
    def filter_(_context: Context, *args: Any, **named: Any) -> Any:
        return written(*args, **named)

    return filter_


FILTERS: Mapping[str, Callable[..., Any]] = {
    written.__name__: _at_run_time(written)
    for written in (t, day, short_day, long_day, hour, moment, ago, number, percent, money, filesize, lasting, iso)
}
