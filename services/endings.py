"""What is forgotten when an instance ends, however it does: what only a running one needs."""

from __future__ import annotations

from services.runs import Run
from storage.rows import messages, tasks


def forget(run: Run) -> None:
    """Forget the snapshots of an instance that has just ended; what it knows of others is forgotten some days later."""
    if run.instance.log_seq > 1:  # nothing was completed yet where its beginning is its end
        tasks.forget_snapshots(run.instance.id)
    if run.loaded.may_subscribe:
        messages.end_conversations(run.instance.id, run.now)
