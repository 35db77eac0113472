"""Timers in working time: `3 working days`, `80 % of the limit`, in Vietnamese words too.

What they mean in moments is the clock's: services/timing.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bpmn.model import Limit, LimitUnit
from texts import Text

_UNITS = {
    "working days?|ngày làm việc": LimitUnit.WORKING_DAYS,
    "working hours?|giờ làm việc": LimitUnit.WORKING_HOURS,
    "(?:calendar )?days?|ngày": LimitUnit.CALENDAR_DAYS,
    "months?|tháng": LimitUnit.MONTHS,
}
_AMOUNT = re.compile(r"([0-9]{1,5}) (\S.*)")
_SHARE = re.compile(
    r"([0-9]{1,3}) ?% (?:of the |thời hạn)(?:(?P<legal>legal limit| của thủ tục)|(?P<step>step limit| của bước)|limit|)"
)
WRITTEN = {
    LimitUnit.WORKING_DAYS: Text("ngày làm việc", "working days"),
    LimitUnit.WORKING_HOURS: Text("giờ làm việc", "working hours"),
    LimitUnit.CALENDAR_DAYS: Text("ngày", "days"),
    LimitUnit.MONTHS: Text("tháng", "months"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a limit that runs: `80 % of the limit`, in percent of its working time (as rule 40 of the clock)."""

    percent: int
    of: str = ""
    """`step`, `legal`, or empty: the limit of the step it is attached to, else the legal one of the dossier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """A timer that begins to wait, or waits: its text, and the event that bears it."""

    text: str
    process_key: str
    element_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a timer in working time happens; `moves` where that is asked again when a clock or calendar changes."""

    at: datetime | None
    """None while the clock that it follows stands still."""
    moves: bool = False


def read(text: str) -> Limit | Share | None:
    """Read a timer in working time; None where the text is something else (ISO 8601, cron, an expression)."""
    plain = " ".join(text.replace("_", " ").split()).lower()
    if share := _SHARE.fullmatch(plain):
        percent = int(share[1])
        of = "legal" if share["legal"] else "step" if share["step"] else ""
        return Share(percent=percent, of=of) if 0 < percent <= 100 else None
    if amount := _AMOUNT.fullmatch(plain):
        unit = next((unit for words, unit in _UNITS.items() if re.fullmatch(words, amount[2])), None)
        return Limit(amount=int(amount[1]), unit=unit) if unit and int(amount[1]) else None
    return None


def explained(timing: Limit | Share) -> Text:
    """Say in words when such a timer happens."""
    if isinstance(timing, Limit):
        unit = WRITTEN[timing.unit]
        en = unit.en[:-1] if timing.amount == 1 else unit.en
        return Text(f"sau {timing.amount} {unit.vi}", f"after {timing.amount} {en}")
    which = {
        "": Text("thời hạn của bước, nếu không có thì của thủ tục", "the limit of the step, else of the procedure"),
        "step": Text("thời hạn của bước", "the limit of the step"),
        "legal": Text("thời hạn của thủ tục", "the limit of the procedure"),
    }[timing.of]
    return Text(
        f"khi hết {timing.percent} % {which.vi}, không tính lúc tạm dừng",
        f"when {timing.percent} % of {which.en} are over, pauses left out",
    )
