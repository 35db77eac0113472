"""Forgetting what is too old to be needed, and the lease that lets one process tick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from storage.database import verb
from storage.rows import jobs, messages, old

CHUNK = 1_000
"""Rows that one transaction deletes: a large table is cleaned without holding anybody up."""
MOST_CHUNKS = 200
"""Of one table in one run; the rest is for the next run."""

KEPT_ANSWERS = timedelta(hours=24)
"""Answers to requests with an Idempotency-Key (docs/howto/call-the-api.md promises this long)."""
KEPT_UPLOADS = timedelta(days=2)
KEPT_DROPPED_DRAFTS = timedelta(days=1)
"""Drafts that were thrown away: whoever regrets it takes them back."""
KEPT_WORK = timedelta(hours=24)
"""Finished work for programs, so that a late second report is told that it is done."""
KEPT_MESSAGES = timedelta(hours=24)
"""Early messages after their time to live: who sends one again meanwhile is told what became of it."""
KEPT_CONVERSATIONS = timedelta(days=7)
"""What an ended instance knew of those it talked with: its last words may still be under way."""
KEPT_INCIDENTS = timedelta(days=30)
"""Resolved ones, for the operator's list of what happened lately; the log tells of them for good."""
KEPT_NOTICES = timedelta(days=90)
"""Read ones; each is told once because what it is about is raised once."""
KEPT_LETTERS = timedelta(days=30)
"""Calls to the outside that were made, so that somebody can look up what was written; the log says that they were."""

KEPT_PRESENCE = timedelta(minutes=10)
"""Who looks at a dossier says so every 25 seconds; no longer than that is it anybody's business."""

RULES: tuple[tuple[Callable[[datetime, int], int], timedelta], ...] = (
    (old.answers, KEPT_ANSWERS),
    (old.dropped_drafts, KEPT_DROPPED_DRAFTS),
    (old.uploads, KEPT_UPLOADS),
    (old.work, KEPT_WORK),
    (old.messages, KEPT_MESSAGES),
    (old.conversations, KEPT_CONVERSATIONS),
    (old.incidents, KEPT_INCIDENTS),
    (old.notices, KEPT_NOTICES),
    (old.letters, KEPT_LETTERS),
    (old.presences, KEPT_PRESENCE),
)
"""What is deleted, and how long it is kept."""


def clean(*, idle_hours: int, draft_days: int, now: datetime) -> None:
    """Delete idle sign-ins, old drafts and what else is too old; mark early messages whose time is over.

    Each deletion is a transaction of at most CHUNK rows (of letters twice as many).
    """
    _expire(now)
    settled = ((old.sign_ins, timedelta(hours=idle_hours)), (old.drafts, timedelta(days=draft_days)))
    for forget, kept in (*settled, *RULES):
        for _ in range(MOST_CHUNKS):
            if _chunk(forget, now - kept) < CHUNK:
                break


@verb
def _expire(now: datetime) -> None:
    messages.expire(now)


@verb
def _chunk(forget: Callable[[datetime, int], int], before: datetime) -> int:
    return forget(before, CHUNK)


@verb
def hold_lease(
    name: str, holder: str, *, now: datetime, seconds: float, is_gone: Callable[[str], bool] = lambda _: False
) -> bool:
    """Take or keep a lease for `seconds`; False while another process holds it that is not known to be gone."""
    return jobs.take_lease(name, holder, now, seconds, is_gone)
