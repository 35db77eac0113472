"""Instructions: what an operator wants changed about where the tokens of an instance are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an instruction does."""

    CANCEL = "cancel"
    """Take away every token at an element, with all that runs inside it, or one of them."""
    START_BEFORE = "start_before"
    """Put a token in front of an element, which it then enters."""
    START_AFTER = "start_after"
    """Put a token behind an element, as if it had just been completed."""
    MOVE = "move"
    """Take away every token at an element, or one, and put one in front of another element for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One change; those of a list are applied in their order, and only then does the instance go on."""

    kind: Kind
    element_id: str
    to_element_id: str | None = None
    """Of a move: where to."""
    activation_id: str | None = None
    """Only this token (engine.activations); None: all at the element."""
    ancestor_id: str | None = None
    """The activation in which to start; scopes between it and the element are opened anew.

    None: in the scope that is open, in a new one where none is.
    """
    flow_id: str | None = None
    """Of a start after an element: the flow to follow; None: those by which the element would be left now."""
    process_key: str | None = None
    """Of the (called) process with the element, as in history; None: the instance's own process, else a called one."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """Written where a new token sees them, before it enters."""


WHOLE = ""
"""The instance itself among its activations."""


class Misplaced(Exception):
    """An instruction cannot be followed: what is wrong with which of its fields, for a person."""

    def __init__(self, field: str, code: str, vi: str, en: str) -> None:
        self.field, self.code, self.vi, self.en = field, code, vi, en
        super().__init__(en)
