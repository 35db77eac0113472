"""How an expression fails: one sentence in both languages, and the error made of it."""

from __future__ import annotations

from errors import ExpressionFailed
from texts import Text

LONGEST_MESSAGE = 200
"""Characters of a foreign message that are repeated to a person."""


class Refusal(Exception):
    """An expression asks for something that is not offered, or for too much of it; `text` says what."""

    def __init__(self, vi: str, en: str) -> None:
        self.text = Text(vi=vi, en=en)
        super().__init__(en)


def failed(reason: Text) -> ExpressionFailed:
    """Give the error that reports `reason`."""
    return ExpressionFailed(
        Text(vi=f"Biểu thức bị lỗi: {reason.vi}.", en=f"Expression failed: {reason.en}."), reason=reason.en
    )


def told(error: BaseException) -> str:
    """Give the message of a foreign exception, cut short; never raises (a message may be as large as the data)."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 (whatever its text raises, a person must be told something)
        message = ""
    return message[:LONGEST_MESSAGE]
