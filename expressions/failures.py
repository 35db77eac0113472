"""How an expression fails: one sentence in both languages, and the error made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from errors import ExpressionFailed, VariableMissing
from texts import Text

LONGEST_MESSAGE = 200
"""Characters of a foreign message that are repeated to a person."""


class Refusal(Exception):
    """An expression asks for something that is not offered, or for too much of it; `text` says what."""

    def __init__(self, vi: str, en: str) -> None:
        self.text = Text(vi=vi, en=en)
        super().__init__(en)


class Missing(Refusal):
    """An expression reads what has no value yet."""


class BpmnError(Exception):
    """What a script raised with `raise BpmnError("CODE", "message")`: the diagram says who catches it, it is no fault.

    `variables` are those after the script: what it assigned before is kept.
    """

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message
        self.variables: Mapping[str, Any] = {}
        super().__init__(message or code)


def failed(reason: Text, *, is_missing: bool = False) -> ExpressionFailed:
    """Give the error that reports `reason`; `is_missing`: a value is not there (yet)."""
    kind = VariableMissing if is_missing else ExpressionFailed
    return kind(Text(vi=f"Biểu thức bị lỗi: {reason.vi}.", en=f"Expression failed: {reason.en}."), reason=reason.en)


def told(error: BaseException) -> str:
    """Give the message of a foreign exception, cut short; never raises (a message may be as large as the data)."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 (whatever its text raises, a person must be told something)
        message = ""
    return message[:LONGEST_MESSAGE]
