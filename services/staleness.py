"""Staleness: what happened to an instance since somebody looked at it, and whether it matters for what they decide."""

from __future__ import annotations

from errors import StaleVersion
from services import log
from storage.tables import Instance

UNIMPORTANT = frozenset(
    {
        "task.at_risk", "task.breached", "dossier.at_risk", "dossier.breached", "interest.declared", "interest.lifted",
        "comment.added", "task.follow_up", "task.priority", "attachment.added", "attachment.removed",
    }
)  # fmt: skip
"""Events that change nothing of what is decided on: answers sent across one of them are taken as they are."""
OF_ONESELF = frozenset({"task.claimed", "task.released"})
"""Nor do these, where who decides did them."""


def require_seen(instance: Instance, seen: int, username: str) -> None:
    """Raise StaleVersion where something that matters happened after the first `seen` events of an instance."""
    if instance.log_seq == seen:
        return
    for row, _ in log.events_of(instance.id):
        is_own = row.kind in OF_ONESELF and row.actor == username
        if row.seq > seen and row.kind not in UNIMPORTANT and not is_own:
            raise StaleVersion()
