"""/operator: is the system well, what failed, what waits to go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, render_template

from errors import MotcuaError
from services import health, loading, log
from services.permissions import scope_of
from services.wiring import Parts
from storage.queries import health as health_queries
from storage.queries import incidents, instances, jobs, outbox
from storage.queries.instances import Wanted
from texts import Text
from web.operator.incidents import shown_as
from web.operator.instances import named
from web.operator.places import MOST_COUNTED, counted, operator, places

blueprint = Blueprint("operator_overview", __name__)
MOST = 10
OPEN = incidents.Wanted(state="open")
LATE_SECONDS = 60
"""Due work that waits longer than this says that nobody does it, or that it fails."""
OVERDUE_SECONDS = 10
"""Due work that waits longer than this is listed."""
KINDS: Mapping[str, Text] = {
    "timers": Text("Hẹn giờ của phiên chạy", "Timers of instances"),
    "starts": Text("Quy trình tự bắt đầu theo giờ", "Processes that begin by the clock"),
    "retries": Text("Sự cố tự chạy lại", "Incidents tried again by themselves"),
    "messages": Text("Thư, tài liệu và sự kiện chờ gửi", "E-mails, papers and events to be sent"),
    "work": Text("Việc của hệ thống với bên ngoài", "Calls of connectors"),
    "deadlines": Text("Hạn của bước", "Deadlines of steps"),
    "batches": Text("Lô việc", "Batches"),
    "limits": Text("Hạn của hồ sơ", "Deadlines of dossiers"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Due work of one kind that nobody did yet."""

    kind: Text
    count: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """A timer start event that failed."""

    definition_id: str
    process: Text
    element: str
    next_try_at: datetime
    faults: int


@blueprint.get("/operator")
def shown() -> str:
    """Show health, faults and counts."""
    viewer = operator()
    parts: Parts = current_app.extensions["motcua"]
    now = datetime.now(UTC)
    found = health.check(now=now)
    ticking = health_queries.ticking_until()
    workers = jobs.workers()
    proofs = log.proofs(1)
    waiting = outbox.counts()
    open_incidents = incidents.count_open(MOST_COUNTED)
    return render_template(
        "operator/overview.html",
        places=places(),
        health=found,
        is_behind=(found.oldest_due_seconds or 0) > LATE_SECONDS,
        open_tasks=int(health.figures(now=now).get("motcua_open_tasks", 0)),
        mode=parts.settings.jobs,
        is_working=bool(workers) if workers is not None else ticking is not None and ticking > now,
        workers=workers,
        late=[
            Late(kind=KINDS[each.kind], count=counted(each.count), since=each.since)
            for each in jobs.overdue(now - timedelta(seconds=OVERDUE_SECONDS), MOST_COUNTED)
        ],
        has_mailer=parts.mailer is not None,
        outbox={state: counted(count) for state, count in waiting.items()},
        dead=waiting["dead"],
        incident_count=open_incidents,
        incident_words=counted(open_incidents),
        incidents=[shown_as(row) for row in incidents.listed(scope_of(viewer), OPEN, limit=MOST)[0]]
        if open_incidents
        else (),
        faults=instances.count_faulty(MOST_COUNTED),
        faulty=[named(row) for row in instances.watched(scope_of(viewer), Wanted(), faulty=True, limit=MOST).rows],
        put_off=[_put_off(*each) for each in instances.put_off()],
        proof=proofs[0] if proofs else None,
        now=now,
    )


def _put_off(definition_id: str, element: str, next_try_at: datetime, faults: int) -> PutOff:
    try:
        loaded = loading.load(definition_id)
        process, found = loaded.name, loaded.element(loaded.definition.key, element)
        element = found.name if found and found.name else element
    except MotcuaError:
        process = Text(definition_id, definition_id)
    return PutOff(definition_id=definition_id, process=process, element=element, next_try_at=next_try_at, faults=faults)
