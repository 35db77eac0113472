"""Passwords: argon2id hashes, and what a password must be."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from errors import Detail
from texts import Text

HASHER = PasswordHasher()
SHORTEST_PASSWORD = 10
DEMO_PASSWORD = "motcua-demo-2026"  # noqa: S105  # printed by `make run`; refused in production

_EASY = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and figures that nobody takes for another."""


def generated() -> str:
    """Make a password that can be read out: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_EASY) for _ in range(4)) for _ in range(4))


@cache
def nobody() -> str:
    """Give a hash that is verified where there is no account, so that the time taken tells nothing."""
    return HASHER.hash("nobody has this password")


def matches(password_hash: str, password: str) -> bool:
    """Say whether a password is that of a hash; an empty hash takes as long and matches nothing."""
    try:
        HASHER.verify(password_hash or nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def password_problem(password: str, *, production: bool = False) -> Detail | None:
    """Say what is wrong with a password, or None."""
    if production and password == DEMO_PASSWORD:
        message = Text("Không dùng mật khẩu minh hoạ.", "Do not use the demo password.")
        return Detail(field="password", code="demo", message=message)
    if not SHORTEST_PASSWORD <= len(password) <= 200:
        message = Text(
            f"Mật khẩu cần ít nhất {SHORTEST_PASSWORD} ký tự.", f"A password needs {SHORTEST_PASSWORD} characters."
        )
        return Detail(field="password", code="length", message=message)
    return None
