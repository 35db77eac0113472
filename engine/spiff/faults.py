"""Faults: what goes wrong while a token runs names its element."""

from __future__ import annotations

from typing import TypeVar

from engine.spiff.token import Token
from errors import EngineError

Fault = TypeVar("Fault", bound=EngineError)


def located(fault: Fault, token: Token) -> Fault:
    """Give a fault with the element's id, if it has none yet."""
    if fault.element_id:
        return fault
    return type(fault)(fault.text, element_id=token.task_spec.bpmn_id, reason=fault.reason)
