"""Delegations: a colleague works on a task for its owner."""

from __future__ import annotations

from api.schemas.fields import Sent, Text


class Delegate(Sent):
    """Whom one asks to work on a task, and what for."""

    assignee = Text(required=True)
    reason = Text(load_default="", longest=2000, shortest=0)


class Resolve(Sent):
    """What came of it."""

    reason = Text(load_default="", longest=2000, shortest=0)
