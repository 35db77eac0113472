"""How much a test does: little by default, all of it with MOTCUA_SOAK=1 (`make soak`)."""

from __future__ import annotations

import os

SOAK = os.environ.get("MOTCUA_SOAK") == "1"


def examples(default: int, *, soak: int) -> int:
    """Give how many examples, rounds or dossiers to go through."""
    return soak if SOAK else default
