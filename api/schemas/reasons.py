"""Reasons: what an operator says about an act."""

from __future__ import annotations

from api.schemas.fields import Sent, Text


class Reasoned(Sent):
    """Why it is done; kept in the log."""

    reason = Text(longest=2000, required=True)
