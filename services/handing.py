"""Handing due work to workers: the sweep for what no commit handed over, and what to do when a worker is gone.

For the distributed jobs (jobs/distributed.py); the rows that are due are the truth, and every piece of work looks again
at its row before it does anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from services import connecting
from storage import queue
from storage.database import driver_arguments, handed, session, verb
from storage.queue import Job
from storage.rows import external
from storage.rows import handing as rows
from storage.rows import jobs as calls
from storage.rows.handing import Kind

__all__ = ["INSIDE", "OUTSIDE", "WORKER", "Kind", "connection", "job", "line_of", "rescue", "sweep"]

INSIDE, OUTSIDE, WORKER = queue.INSIDE, queue.OUTSIDE, queue.WORKER
line_of, job = rows.line_of, rows.job

MOST = 5000
"""Rows of a kind that one sweep looks at; the others follow as these are done."""
FEW = 8
"""So many rows due in the same second go one by one, each under its instance's lock; more go by the dozen."""
TOGETHER = 50
"""Rows in one job."""
SILENT = timedelta(seconds=8)
"""A worker that was not heard of for so long is gone, and what it did is given to others."""
DEADLY = 3
"""A row that so many workers died of is put off like one that failed, so that it does not end the rest of them."""


def connection() -> dict[str, Any]:
    """Give what the driver of the database needs for a connection of its own."""
    return driver_arguments()


@verb
def sweep(*, now: datetime) -> int:
    """Hand over what is due by now or soon and is in nobody's hands; give how many rows that were."""
    jobs = handed()
    if jobs is None:
        return 0
    in_hand, swept = rows.in_hand(), 0
    for kind in Kind:
        found = [row for row in rows.due(kind, now + rows.NEAR, MOST) if (kind.value, row[0]) not in in_hand]
        jobs.update(((kind, *job.ids), job) for job in _jobs(kind, found, now))
        swept += len(found)
    return swept


def _jobs(kind: Kind, found: Sequence[tuple[str, datetime, str]], now: datetime) -> Iterator[Job]:
    """Give the jobs of these rows, by the second in which they are due."""
    for at, group in groupby(found, key=lambda row: max(_second_after(row[1]), now)):
        same = list(group)
        if len(same) <= FEW:
            yield from (rows.job(kind, row_id, due_at, instance_id=instance) for row_id, due_at, instance in same)
            continue
        for start in range(0, len(same), TOGETHER):
            ids = tuple(row_id for row_id, _, _ in same[start : start + TOGETHER])
            yield Job(kind=kind.value, ids=ids, at=at, queue=rows.line_of(kind))


def _second_after(moment: datetime) -> datetime:
    return moment.replace(microsecond=0) + timedelta(seconds=1 if moment.microsecond else 0)


@verb
def rescue(*, now: datetime) -> tuple[int, list[tuple[Kind, str]]]:
    """Hand over again what workers did that are gone (their beat is SILENT), row by row.

    What they were calling is called again now, with the same key. Gives how many jobs that were, and the rows that so
    many workers died of (DEADLY) that they are to be put off.
    """
    deadly, taken, jobs = [], queue.take_back(session(), SILENT), handed()
    for job in taken:
        kind = Kind(job.kind)
        for row_id in job.ids:
            again = replace(rows.job(kind, row_id, job.at, instance_id=f"{kind}:{row_id}"), deaths=job.deaths + 1)
            if again.deaths >= DEADLY and len(job.ids) == 1:
                deadly.append((kind, row_id))
            elif jobs is not None:
                jobs[kind, row_id] = again
                _put_down(kind, row_id, now)
    return len(taken), deadly


def _put_down(kind: Kind, row_id: str, now: datetime) -> None:
    """Let a call go that was being made: it would else wait until the longest call were over."""
    if kind is Kind.MESSAGE:
        calls.put_down(now, message_id=row_id)
    elif kind is Kind.WORK:
        external.release(connecting.WORKER, now, task_id=row_id)
