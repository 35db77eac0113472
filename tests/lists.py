"""First pages of lists that people and programs open, as the calls that read them, for tests and benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from services.permissions import scope_of
from storage.queries import incidents, instances, outbox, task_lists, tasks, turns
from tests.crowd import KEY, Crowd

List = tuple[str, Callable[[], object]]
"""Whose list it is and which, and what reads its first page."""
VIEWS = ("mine", "all", "unassigned", "breached", "soon", "paused", "done")
SUPERVISED = ("unit", "escalated")


def inboxes(crowd: Crowd) -> Iterator[List]:
    """Give every view of every officer's inbox, narrowed ones too, its counts and its next task."""
    now = crowd.office.now
    for who, viewer in crowd.officers.items():
        scope = scope_of(viewer)
        wishes = [tasks.Filter(view=view) for view in VIEWS + SUPERVISED * bool(scope.supervised)]
        wishes += [
            tasks.Filter(key=KEY),
            tasks.Filter(key="none"),
            tasks.Filter(text="so 77"),
            tasks.Filter(text="gone"),
        ]
        for wish in wishes:
            named = " ".join(filter(None, (wish.view, wish.key, wish.text and repr(wish.text))))
            yield f"inbox of {who}: {named}", partial(tasks.inbox, scope, wish, now=now)
        yield f"inbox of {who}: its counts", partial(tasks.counts, scope, now=now)
        yield f"inbox of {who}: the next task", partial(turns.first, scope, 20, own=False)


def of_programs(crowd: Crowd) -> Iterator[List]:
    """Give the lists of GET /tasks."""
    for who, viewer in crowd.officers.items():
        asked: dict[str, dict[str, Any]] = {
            "open": {}, "own": {"assignee": viewer.username}, "of a key": {"key": KEY},
            "soon due": {"due_before": crowd.office.now - timedelta(days=5)}, "done": {"state": "completed"},
        }  # fmt: skip
        if who in ("an officer", "an administrator"):
            asked["of a group"] = {"candidate_group": "group7"}
        for name, wish in asked.items():
            wanted = task_lists.Wanted(**wish)
            for sort, descending in (("created_at", False), ("created_at", True), ("due_at", False)):
                if name == "soon due" and sort != "due_at":
                    continue  # what is sorted by one moment and narrowed by another is walked
                look = partial(task_lists.listed, scope_of(viewer), wanted, sort=sort, descending=descending)
                yield f"GET /tasks of {who}: {name}, {'-' * descending}{sort}", look


def of_operators(crowd: Crowd) -> Iterator[List]:
    """Give the lists of instances, incidents and the outbox."""
    boss = scope_of(crowd.officers["an administrator"])
    for status in (None, *instances.STATUSES):
        for key in (None, KEY):
            wanted = instances.Wanted(status=status, key=key)
            named = f"{status or 'all'}{' of a key' * bool(key)}"
            yield f"instances: {named}", partial(instances.listed, boss, wanted)
            yield f"operator's instances: {named}", partial(instances.watched, boss, wanted)
    named_so = instances.Wanted(business_key="x")
    yield "operator's instances: of a business key", partial(instances.watched, boss, named_so)
    yield "operator's instances: faulty", partial(instances.watched, boss, instances.Wanted(), faulty=True)
    yield "operator's instances: how many are faulty", partial(instances.count_faulty, 1000)
    for state in (None, *incidents.STATES):
        yield f"incidents: {state or 'all'}", partial(incidents.listed, boss, incidents.Wanted(state=state))
    yield "outbox: waiting", partial(outbox.listed, "waiting")
    yield "outbox: counts", outbox.counts
