"""What an address or a form asks for, cleaned: no blanks around, nothing unprintable, nothing endless."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import request

LONGEST = 200


def text(name: str, *, longest: int = LONGEST) -> str:
    """Give a parameter of the address."""
    return _clean(request.args.get(name, ""))[:longest]


def number(name: str) -> int:
    """Give a parameter that counts, 0 where it is none."""
    typed = text(name)
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < 8 else 0


def one_of(name: str, known: Iterable[str], default: str = "") -> str:
    """Give a parameter that is one of these, else the default."""
    typed = text(name)
    return typed if typed in set(known) else default


def moment(written: str) -> datetime | None:
    """Read a moment of a cursor; None where it is none, or one that cannot be written in every zone."""
    try:
        at = datetime.fromisoformat(written)
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def typed(name: str) -> str:
    """Give a line of the form that was sent, as typed but for blanks around it."""
    return request.form.get(name, "").strip()


def address(path: str, **pairs: object) -> str:
    """Give a path with those parameters that have a value."""
    given = {name: str(value) for name, value in pairs.items() if value not in ("", None, 0, False)}
    return f"{path}?{urlencode(given)}" if given else path


def _clean(value: str) -> str:
    return "".join(letter for letter in value if letter.isprintable()).strip()
