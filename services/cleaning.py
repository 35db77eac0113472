"""Forgetting what is too old to be needed, and the lease that lets one process tick."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from storage.database import verb
from storage.rows import external, jobs, messages, people

KEPT_ANSWERS = timedelta(hours=24)
KEPT_UPLOADS = timedelta(days=2)

KEPT_WORK = timedelta(hours=24)
"""Finished work for programs, so that a late second report is told that it is done."""


@verb
def clean(*, idle_hours: int, now: datetime) -> None:
    """Delete idle sign-ins, old kept answers and unsent uploads; mark early messages whose time is over."""
    people.end_old_sign_ins(now - timedelta(hours=idle_hours))
    jobs.forget_answers(now - KEPT_ANSWERS)
    jobs.forget_staged(now - KEPT_UPLOADS)
    messages.expire(now)
    external.forget(now - KEPT_WORK)


@verb
def hold_lease(
    name: str, holder: str, *, now: datetime, seconds: float, is_gone: Callable[[str], bool] = lambda _: False
) -> bool:
    """Take or keep a lease for `seconds`; False while another process holds it that is not known to be gone."""
    return jobs.take_lease(name, holder, now, seconds, is_gone)
