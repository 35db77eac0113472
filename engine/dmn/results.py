"""What an evaluation tells beside its value: the rules that matched, warnings, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from errors import ExpressionFailed
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedRule:
    """A rule that matched: what it saw and what it said, for the dossier's explanation."""

    decision: str
    """The decision's (or business knowledge model's) key."""
    table: str
    """The table's id; the decision's where it has none."""
    rule_id: str
    """Its id; where the file has none, the table's with its number."""
    number: int
    """From 1, as the modeler shows it."""
    inputs: Mapping[str, Any]
    """The values of the input columns, by label."""
    outputs: Mapping[str, Any]
    """The values of the output columns, by name."""
    annotation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Why something is null that is perhaps not meant to be."""

    element_id: str
    text: Text


class Exhausted(Exception):
    """The evaluation has spent what it may: never turned into null."""


def failed(element: str, vi: str, en: str) -> ExpressionFailed:
    """Give the error of a decision."""
    text = Text(vi=f"Quyết định bị lỗi: {vi}.", en=f"The decision failed: {en}.")
    return ExpressionFailed(text, element_id=element, reason=en)
