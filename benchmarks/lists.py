"""Every first page that people and programs open, as the calls that read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from services.permissions import scope_of
from storage.queries import dossiers, incidents, instances, outbox, task_lists, tasks
from tests.crowd import KEY, Crowd

VIEWS = ("mine", "all", "unassigned", "breached", "soon", "paused", "done")
SUPERVISED = ("unit", "escalated")


def lists(crowd: Crowd) -> Iterator[tuple[str, Callable[[], object]]]:
    """Give (whose list it is and which, what reads its first page)."""
    now = crowd.office.now
    for who, viewer in crowd.officers.items():
        scope = scope_of(viewer)
        views = VIEWS + SUPERVISED * bool(scope.supervised)
        wishes = [tasks.Filter(view=view) for view in views]
        wishes += [
            tasks.Filter(key=KEY),
            tasks.Filter(key="none"),
            tasks.Filter(text="so 77"),
            tasks.Filter(text="nothing"),
        ]
        for wish in wishes:
            named = " ".join(filter(None, (wish.view, wish.key, wish.text and repr(wish.text))))
            yield f"inbox of {who}: {named}", partial(tasks.inbox, scope, wish, now=now)
        yield f"counts of {who}", partial(tasks.counts, scope, now=now)
        yield f"next task of {who}", partial(tasks.next_of, scope, now=now)
        yield f"dossiers of {who}", partial(dossiers.search, scope)
        yield f"dossiers of {who}, running", partial(dossiers.search, scope, key=KEY, clock_state="running")
        asked: dict[str, dict[str, Any]] = {
            "open": {}, "own": {"assignee": viewer.username}, "of a group": {"candidate_group": "group7"},
            "of a key": {"key": KEY}, "found by text": {"text": "so 77"}, "completed": {"state": "completed"},
            "due before": {"due_before": now - timedelta(days=9)}, "of another": {"assignee": "officer9"},
        }  # fmt: skip
        for name, wish_ in asked.items():
            wanted = task_lists.Wanted(**wish_)
            for sort in task_lists.SORTS:
                for descending in (False, True):
                    sign = "-" * descending
                    look = partial(task_lists.listed, scope, wanted, sort=sort, descending=descending)
                    yield f"GET /tasks of {who}: {name}, {sign}{sort}", look
    boss = scope_of(crowd.officers["an administrator"])
    for status in (None, *instances.STATUSES):
        yield f"instances, {status}", partial(instances.listed, boss, instances.Wanted(status=status))
        yield (
            f"instances, {status}, of a key",
            partial(instances.listed, boss, instances.Wanted(status=status, key=KEY)),
        )
        yield f"operator's instances, {status}", partial(instances.watched, boss, instances.Wanted(status=status))
    yield (
        "operator's instances, of a business key",
        partial(instances.watched, boss, instances.Wanted(business_key="x")),
    )
    yield "operator's instances, faulty", partial(instances.watched, boss, instances.Wanted(), faulty=True)
    yield "count of faulty instances", partial(instances.count_faulty, 1000)
    for state in (None, *incidents.STATES):
        yield f"incidents, {state}", partial(incidents.listed, boss, incidents.Wanted(state=state))
    yield "outbox", partial(outbox.listed, "waiting")
    yield "outbox counts", outbox.counts
