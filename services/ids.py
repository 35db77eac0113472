"""Ids of rows that are written often: short, and in the order in which they were given."""

from __future__ import annotations

import secrets
from datetime import datetime

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""In the order in which databases sort them; without those that are mistaken for another."""
LENGTH = 16


def new(now: datetime) -> str:
    """Give an id of 16 letters: 40 bits of time in hundredths of a second, then 40 bits of chance.

    Rows that come after each other so stand beside each other in an index: it is written at its end, its pages are
    full, and nothing old is read for it.
    """
    number = int(now.timestamp() * 100) << 40 | secrets.randbits(40)
    return "".join(LETTERS[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))
