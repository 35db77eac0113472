"""A number as a person types it, in Vietnamese (`1.500,5`) or English (`1,500.5`) notation."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from forms import values

_PLAIN = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?", re.ASCII)
_GROUPED = re.compile(r"([+-]?)(\d{1,3}(?:([.,\s])\d{3})(?:\3\d{3})*)(?:([.,])(\d+))?", re.ASCII)
_LONGEST = 100


def read(text: str, *, whole: bool = False, exact: bool = False) -> Any:
    """Read a number: an int or a float, a string of digits where `exact`, None where nothing was typed.

    `1.5` and `1,5` are one and a half; `1.500.000` and `1,500.5` are grouped, since nothing else makes sense. `1.500`
    alone is fifteen hundred where only a whole number is asked for; elsewhere it is ambiguous and, like anything that
    is no number, comes back as `values.Unreadable`.
    """
    typed = values.trim(text).replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    if not typed:
        return None
    number = _parse(typed, whole) if len(typed) <= _LONGEST else None
    if number is None:
        return values.Unreadable(text)
    if exact:
        return f"{number:f}"
    return int(number) if number == number.to_integral_value() else float(number)


def _parse(typed: str, whole: bool) -> Decimal | None:
    grouped = _GROUPED.fullmatch(typed)
    if grouped and grouped[3] != grouped[4] and not _could_be_decimal(grouped):
        digits = re.sub(r"\D", "", grouped[2])
        return Decimal(f"{grouped[1]}{digits}.{grouped[5] or 0}")
    if grouped and grouped[4] is None and grouped[3] in (".", ",") and not grouped[2].startswith("0"):
        return Decimal(grouped[1] + re.sub(r"\D", "", grouped[2])) if whole else None
    plain = _PLAIN.fullmatch(typed)
    return Decimal(f"{plain[1]}{plain[2]}.{plain[3] or 0}") if plain else None


def _could_be_decimal(grouped: re.Match[str]) -> bool:
    """Say whether one dot or comma before three digits might also be a decimal sign."""
    return grouped[4] is None and grouped[3] in (".", ",") and len(re.findall(r"\D", grouped[2])) == 1
