"""Suspension: why something is stopped or goes on."""

from __future__ import annotations

from api.schemas.fields import Sent, Text


class Reasoned(Sent):
    """Why it is done; kept in the log."""

    reason = Text(longest=2000, required=True)
