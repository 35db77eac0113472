"""The places of an operator, with what needs somebody counted beside each."""

from __future__ import annotations

from dataclasses import dataclass

from services.permissions import Permission, Viewer
from storage.queries import batches, incidents, instances, outbox
from texts import Text
from web.account import signed_in
from web.i18n.formats import number

MOST_COUNTED = outbox.MOST_COUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the rail; `count` is written, empty for none."""

    url: str
    label: Text
    icon: str
    count: str = ""
    is_late: bool = False


def operator() -> Viewer:
    """Give the signed-in operator; raise Forbidden for others."""
    return signed_in(Permission.OPERATE)


def places() -> tuple[Place, ...]:
    """Give the rail; beside the outbox what is dead, beside the instances those with faults of timers."""
    dead, faulty = outbox.counts()["dead"], instances.count_faulty(MOST_COUNTED)
    incident_count = incidents.count_open(MOST_COUNTED)
    open_batches = batches.count_open(MOST_COUNTED)
    return (
        Place(url="/operator", label=Text("Tổng quan", "Overview"), icon="activity"),
        Place(
            url="/operator/instances",
            label=Text("Phiên chạy", "Instances"),
            icon="play-circle",
            count=counted(faulty) if faulty else "",
            is_late=True,
        ),
        Place(url="/operator/processes", label=Text("Quy trình", "Processes"), icon="diagram-3"),
        Place(
            url="/operator/batches",
            label=Text("Lô việc", "Batches"),
            icon="collection",
            count=counted(open_batches) if open_batches else "",
        ),
        Place(
            url="/operator/incidents",
            label=Text("Sự cố", "Incidents"),
            icon="exclamation-triangle",
            count=counted(incident_count) if incident_count else "",
            is_late=True,
        ),
        Place(
            url="/operator/outbox",
            label=Text("Hộp gửi", "Outbox"),
            icon="send",
            count=counted(dead) if dead else "",
            is_late=True,
        ),
        Place(url="/operator/work", label=Text("Việc bên ngoài", "External work"), icon="robot"),
        Place(url="/operator/log", label=Text("Nhật ký", "Event log"), icon="link-45deg"),
    )


def counted(count: int) -> str:
    """Write a count that stops somewhere: 999+."""
    return number(count) if count < MOST_COUNTED else f"{number(MOST_COUNTED - 1)}+"
