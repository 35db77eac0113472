"""What batches can do: for each kind its permission, the instances that it is for, and the verb of its items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from errors import Detail, IncidentNotOpen, Invalid
from services import batch_changes, calendar_moves, incidents, instances, suspension
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


def _each_incident(verb: Callable[[Viewer, str, str, datetime], object]) -> Do:
    """Do something with every open incident of an instance."""

    def do(viewer: Viewer, instance_id: str, _parameters: Parameters, reason: str, *, now: datetime) -> None:
        reason = instances.reason_given(reason)
        found = list(incident_rows.open_of(instance_id).values())
        if not found:
            raise IncidentNotOpen()
        for incident in found:
            row = incident_rows.load(incident.id)
            if row is not None and row.state == "open":
                verb(viewer, row.id, reason, now)

    return do


def _retry(viewer: Viewer, incident_id: str, _reason: str, now: datetime) -> object:
    """One that fails again stays open, as when it is tried alone."""
    return incidents.retry(viewer, incident_id, now=now)


def _skip(viewer: Viewer, incident_id: str, reason: str, now: datetime) -> object:
    return incidents.skip(viewer, incident_id, reason, now=now)


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
        do=_each_incident(_retry),
        statuses=("running",),
        only_with_incidents=True,
    ),
    "skip_incidents": Kind(
        permission=Permission.MODIFY_INSTANCES,
        label=Text("Bỏ qua các bước gặp sự cố", "Skip what incidents hold up"),
        do=_each_incident(_skip),
        only_with_incidents=True,
    ),
    "modify": Kind(
        permission=Permission.MODIFY_INSTANCES,
        label=Text("Chuyển, huỷ, bắt đầu bước", "Modify"),
        do=batch_changes.modify,
        check=batch_changes.check_modify,
    ),
    "set_variables": Kind(
        permission=Permission.SET_VARIABLES,
        label=Text("Đặt biến", "Set variables"),
        do=batch_changes.set_variables,
        check=batch_changes.check_set_variables,
    ),
    "migrate": Kind(
        permission=Permission.MIGRATE_INSTANCES,
        label=Text("Chuyển sang phiên bản khác", "Migrate"),
        do=batch_changes.migrate,
        check=batch_changes.check_migrate,
    ),
    "return": Kind(
        permission=Permission.RETURN_INSTANCES,
        label=Text("Quay lại bước đã làm", "Return"),
        do=batch_changes.return_,
        check=batch_changes.check_return,
    ),
    "recompute_due": Kind(
        permission=Permission.MANAGE_PEOPLE,
        label=Text("Tính lại hạn theo lịch", "Compute due dates anew"),
        do=calendar_moves.recompute,
        check=calendar_moves.check_recompute,
    ),
}
