"""Time zones: offsets and names of the IANA database (DMN 1.4, 10.3.2.3.4)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from expressions.feel.values import SECOND, Zone
from expressions.zone import OFFICE

WIDEST: Final = 18 * 3600
"""Seconds of the largest offset."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,3}")
_OFFSET: Final = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?")
UTC: Final = Zone(0)
HOUSE: Final = Zone(round(OFFICE.utcoffset(None).total_seconds()))
"""What a moment without a zone is told in, where it meets one that has a zone."""

TYPICAL: Final = 730_120
"""The first of January 2000: whose offset a time of day without a day has, where its zone is a name."""


def zone_of(text: str) -> Zone | None:
    """Read `Z`, `+07:00` or `@Asia/Ho_Chi_Minh`; None where it is none of them."""
    if text in ("Z", "z"):
        return UTC
    if text.startswith("@"):
        return Zone(0, text[1:]) if _known(text[1:]) else None
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    hours, minutes, seconds = int(match[2]), int(match[3]), int(match[4] or 0)
    offset = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or offset > WIDEST:
        return None
    return Zone(-offset if match[1] == "-" else offset)


def shown(zone: Zone | None) -> str:
    """Write a zone as zone_of reads it."""
    if zone is None:
        return ""
    if zone.name:
        return f"@{zone.name}"
    if zone.offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(zone.offset), 60)
    text = f"{'-' if zone.offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{seconds:02}" if seconds else text


def offset_at(zone: Zone, days: int, nanos: int) -> int:
    """Give the seconds east of Greenwich that hold in a zone at a local day and time of day."""
    info = _known(zone.name) if zone.name else None
    if info is None:
        return zone.offset
    day = min(max(days, 2), 3_652_058)  # the years 1 to 9999
    moment = datetime.fromordinal(day) + timedelta(seconds=nanos // SECOND)
    found = moment.replace(tzinfo=info).utcoffset()
    return round(found.total_seconds()) if found is not None else 0


@lru_cache(maxsize=128)
def _known(name: str) -> ZoneInfo | None:
    if not _NAME.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None
