"""What batches can do: for each kind its permission, the instances that it is for, and the verb of its items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from errors import Detail, IncidentNotOpen, Invalid
from services import incidents, instances, suspension
from services.permissions import Permission, Viewer
from storage.rows import incidents as incident_rows
from texts import Text

Parameters = Mapping[str, Any]


class Do(Protocol):
    """The verb of a kind, for one instance; it joins the transaction of its item."""

    def __call__(
        self, viewer: Viewer, instance_id: str, parameters: Parameters, reason: str, /, *, now: datetime
    ) -> object: ...


def nothing(parameters: Parameters) -> None:
    """Refuse parameters where a kind takes none."""
    if parameters:
        message = Text("Việc này không có tham số.", "This kind takes no parameters.")
        raise Invalid(
            details=[Detail(field=f"parameters.{name}", code="unknown", message=message) for name in parameters]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One act on many instances."""

    permission: Permission
    label: Text
    do: Do
    statuses: tuple[str, ...] = instances.OPEN
    """What a filter chooses among: the act is of no use to others."""
    only_with_incidents: bool = False
    check: Callable[[Parameters], None] = field(default=nothing)
    """Raise Invalid for parameters that no item could be done with."""

    @property
    def is_plain(self) -> bool:
        """Say whether it takes no parameters."""
        return self.check is nothing


def _plain(verb: Callable[..., object]) -> Do:
    def do(viewer: Viewer, instance_id: str, _parameters: Parameters, reason: str, *, now: datetime) -> object:
        return verb(viewer, instance_id, reason, now=now)

    return do


def _retry(viewer: Viewer, instance_id: str, _parameters: Parameters, reason: str, *, now: datetime) -> None:
    """Try every open incident of an instance again; one that fails again stays open, as when it is tried alone."""
    instances.reason_given(reason)
    found = list(incident_rows.open_of(instance_id).values())
    if not found:
        raise IncidentNotOpen()
    for incident in found:
        if (row := incident_rows.load(incident.id)) is not None and row.state == "open":
            incidents.retry(viewer, incident.id, now=now)


KINDS: Mapping[str, Kind] = {
    "suspend": Kind(
        permission=Permission.SUSPEND,
        label=Text("Tạm dừng", "Suspend"),
        do=_plain(suspension.suspend),
        statuses=("running",),
    ),
    "resume": Kind(
        permission=Permission.SUSPEND,
        label=Text("Chạy tiếp", "Resume"),
        do=_plain(suspension.resume),
        statuses=("suspended",),
    ),
    "cancel": Kind(permission=Permission.CANCEL_INSTANCES, label=Text("Huỷ", "Cancel"), do=_plain(instances.cancel)),
    "retry_incidents": Kind(
        permission=Permission.OPERATE,
        label=Text("Chạy lại các sự cố", "Retry incidents"),
        do=_retry,
        statuses=("running",),
        only_with_incidents=True,
    ),
}
