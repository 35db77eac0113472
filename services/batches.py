"""Batches: one act on many instances, worked off in the background, each item a transaction of its own.

The outcome of an item is written with what its verb changes, so that nothing happens twice whenever a worker is killed.
Several workers may work on one batch; an item, and an instance, is in the hands of one of them. What fails is written
down in words and holds up nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from errors import ConcurrentUpdate, Detail, Forbidden, Invalid, MotcuaError, NotFound, Unavailable, WrongState
from services import instances, log, people
from services.batch_kinds import KINDS, Kind
from services.bulk_kinds import BULK
from services.permissions import SYSTEM, Permission, Viewer, require
from storage.database import session, verb
from storage.queries import batches as queries
from storage.queries.selection import Selection
from storage.rows import batches as rows
from storage.tables import Batch, BatchItem
from texts import Text

LOG = logging.getLogger("motcua.batches")
CHAIN = "batches"
MOST = 100_000
"""Instances of one batch."""
PORTION = 20
"""Items that are done before it is asked again whether the batch goes on and whose turn it is."""
SAMPLE = 10
LONGEST_MESSAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a batch would be for: how many instances (MOST + 1: more than one batch takes), and some of them."""

    count: int
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What the items of a batch come to, read once a portion."""

    batch_id: str
    kind: str
    parameters: Mapping[str, Any]
    reason: str
    viewer: Viewer | None


def preview(viewer: Viewer, kind: str, wanted: Selection) -> Preview:
    """Say what a batch of a filter would be for; nothing is written."""
    found = _kind(kind)
    require(viewer, found.permission)
    wanted = _fitting(found, wanted)
    return Preview(count=queries.count_wanted(wanted, MOST + 1), sample=tuple(queries.sample(wanted, SAMPLE)))


@verb
def create(
    viewer: Viewer,
    kind: str,
    chosen: Selection | Sequence[str],
    reason: str,
    *,
    now: datetime,
    parameters: Mapping[str, Any] | None = None,
) -> Batch:
    """Make a batch for the instances of a filter as they are now, or for these ids; it is worked off from now on.

    Raises Invalid where an id is unknown, nothing is chosen or more than MOST; Forbidden without the verb's permission.
    """
    found = _kind(kind)
    require(viewer, found.permission)
    reason = instances.reason_given(reason)
    found.check(parameters or {})
    batch = Batch(
        id=uuid4().hex, kind=kind, parameters=dict(parameters or {}), reason=reason, state="waiting", total=0, done=0,
        failed=0, due_at=now, created_at=now, created_by=viewer.username, run_by=viewer.username,
    )  # fmt: skip
    session().add(batch)
    session().flush()
    batch.total = _fill(batch, _fitting(found, chosen) if isinstance(chosen, Selection) else chosen)
    data = {"batch": batch.id, "kind": kind, "total": batch.total, "reason": reason}
    log.append_to(CHAIN, "batch.created", actor=viewer.username, now=now, data=data)
    return batch


@verb
def cancel(viewer: Viewer, batch_id: str, reason: str, *, now: datetime) -> Batch:
    """Do no more items of a batch; what is done stays done. Raises WrongState, NotFound."""
    reason = instances.reason_given(reason)
    batch = _hold(viewer, batch_id)
    if batch.state not in ("waiting", "running"):
        raise WrongState()
    batch.state, batch.due_at, batch.ended_at = "cancelled", None, now
    _note(viewer, batch, "batch.cancelled", reason, now)
    return batch


@verb
def retry(viewer: Viewer, batch_id: str, *, now: datetime, reason: str = "") -> Batch:
    """Do the failed items of a batch again, with the rights of who asks now. Raises WrongState, NotFound.

    `reason`: from now on instead of the one that was given first; the log keeps both.
    """
    rows.failed_again(batch_id)  # items first, as those who do them: no deadlock
    batch = _hold(viewer, batch_id)
    if batch.state == "cancelled" or not batch.failed:
        raise WrongState()
    batch.failed, batch.run_by = 0, viewer.username
    batch.reason = instances.reason_given(reason) if reason.strip() else batch.reason
    batch.state, batch.due_at, batch.ended_at = "running", now, None
    _note(viewer, batch, "batch.retried", batch.reason, now)
    return batch


def due(now: datetime, limit: int = 20) -> list[str]:
    """Give ids of batches with something left to do, those first that have waited longest."""
    return list(rows.due(now, limit))


def advance(batch_id: str, *, now: datetime, portion: int = PORTION) -> bool:
    """Do some items of a batch; False where nothing was left to do. A fault of the database is raised."""
    batch = rows.load(batch_id)
    if batch is None or batch.due_at is None:
        return False
    order, done = _order(batch, now), 0
    while done < portion:
        taken: list[int] = []
        try:
            if not _do(order, taken, now=now):
                break
        except (ConcurrentUpdate, Unavailable):
            raise
        except Exception as error:  # whatever is wrong with one item, the others are to be done
            if not taken:
                raise
            if not isinstance(error, MotcuaError):
                LOG.exception("item %s of the batch %s failed", taken[0], batch_id)
                error = MotcuaError()
            _fail(batch_id, taken[0], error, now=now)
        done += 1
    return done > 0


@verb
def _do(order: _Order, taken: list[int], *, now: datetime) -> bool:
    item = rows.take(order.batch_id)
    if item is None:
        return False
    taken[:] = [item.position]
    if order.viewer is None:
        raise Forbidden(Text("Người tạo lô việc không còn tài khoản.", "Who asked for this has no account any more."))
    _act(order.viewer, order, item, now)
    item.state, item.done_at = "done", now
    session().flush()
    rows.count(order.batch_id, done=1, now=now)  # last: others wait for this row until the commit
    return True


def _act(viewer: Viewer, order: _Order, item: BatchItem, now: datetime) -> None:
    if item.task_id is None:
        KINDS[order.kind].do(viewer, item.instance_id, order.parameters, order.reason, now=now)
    else:
        BULK[order.kind].do(viewer, item.task_id, order.parameters, item.given or {}, order.reason, now=now)


@verb
def _fail(batch_id: str, position: int, error: MotcuaError, *, now: datetime) -> None:
    item = rows.item(batch_id, position)
    if item is None or item.state != "waiting":
        return
    item.state, item.code, item.done_at = "failed", error.code, now
    item.message_vi, item.message_en = _words(error, "vi"), _words(error, "en")
    session().flush()
    rows.count(batch_id, failed=1, now=now)


def _words(error: MotcuaError, language: str) -> str:
    texts = [error.text, *(detail.message for detail in error.details)]
    return " ".join(dict.fromkeys(text.in_(language) for text in texts))[:LONGEST_MESSAGE]


def _order(batch: Batch, now: datetime) -> _Order:
    return _Order(
        batch_id=batch.id, kind=batch.kind, parameters=batch.parameters, reason=batch.reason,
        viewer=_viewer(batch.run_by, now),
    )  # fmt: skip


def _viewer(username: str, now: datetime) -> Viewer | None:
    """Give the person as of now: whoever lost the right meanwhile does nothing more."""
    return SYSTEM if username == SYSTEM.username else people.viewer_now(username, now=now)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        message = Text(f"Chọn một trong: {', '.join(KINDS)}.", f"Choose one of: {', '.join(KINDS)}.")
        raise Invalid(details=[Detail(field="kind", code="unknown", message=message)])
    return KINDS[name]


def _fitting(kind: Kind, wanted: Selection) -> Selection:
    """Leave out those to whom the act is of no use."""
    incidents = True if kind.only_with_incidents else wanted.incidents
    return replace(wanted, statuses=kind.statuses, incidents=incidents)


def _fill(batch: Batch, chosen: Selection | Sequence[str]) -> int:
    if isinstance(chosen, Selection):
        total = rows.fill_with(batch.id, chosen, most=MOST + 1)
    else:
        ids = list(dict.fromkeys(chosen))
        total = len(ids)
        if 0 < total <= MOST:
            _refuse_unknown(ids)
            rows.fill(batch.id, ids)
    if not 0 < total <= MOST:
        empty = Text("Không có phiên chạy nào được chọn.", "No instance is chosen.")
        many = Text(f"Nhiều nhất {MOST} phiên một lô: hãy chọn hẹp lại.", f"At most {MOST} instances: choose fewer.")
        code, message = ("many", many) if total else ("required", empty)
        raise Invalid(details=[Detail(field="instance_ids", code=code, message=message)])
    return total


def _refuse_unknown(ids: Sequence[str]) -> None:
    known = rows.known(ids)
    missing = Text("Không có phiên chạy này.", "There is no such instance.")
    details = [
        Detail(field=f"instance_ids.{place}", code="unknown", message=missing)
        for place, instance_id in enumerate(ids)
        if instance_id not in known
    ]
    if details:
        raise Invalid(details=details)


def _hold(viewer: Viewer, batch_id: str) -> Batch:
    batch = rows.load(batch_id, lock=True)
    if batch is None:
        raise NotFound()
    if batch.kind in KINDS:
        require(viewer, KINDS[batch.kind].permission)
    elif batch.created_by != viewer.username:  # of tasks: who made it, and who keeps the house running
        require(viewer, Permission.OPERATE)
    return batch


def _note(viewer: Viewer, batch: Batch, kind: str, reason: str, now: datetime) -> None:
    data = {"batch": batch.id, "kind": batch.kind, "reason": reason, "done": batch.done, "failed": batch.failed}
    log.append_to(CHAIN, kind, actor=viewer.username, now=now, data=data)
