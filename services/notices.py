"""Notices: what an officer is told of, as rows written with the act; pages, mail and digests are made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services import ids
from services.runs import Run
from storage.database import session
from storage.tables import Notification, Task

KINDS = ("mention", "transfer", "sent_back")


def tell(run: Run, kind: str, usernames: Iterable[str], *, task: Task | None, data: Mapping[str, Any]) -> None:
    """Write a notification for each of these people, never for who acts."""
    session().add_all(
        Notification(
            id=ids.new(run.now),
            username=username,
            kind=kind,
            instance_id=run.instance.id,
            task_id=task.id if task is not None else None,
            actor=run.actor,
            data=dict(data),
            at=run.now,
        )
        for username in sorted(set(usernames) - {run.actor})
    )
