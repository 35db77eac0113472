"""Accent-insensitive search: `ho so` finds `hồ sơ`, and đ counts as d (SQLite's and PostgreSQL's own ways differ)."""

from __future__ import annotations

import unicodedata

LONGEST = 4000


def fold(text: str, most: int = LONGEST) -> str:
    """Give a text without case and marks, single-spaced, for storing and for comparing; `most` of its characters."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return " ".join(letters.split())[:most]
