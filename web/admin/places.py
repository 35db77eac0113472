"""The places of an administrator, and what its pages do alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import current_app

from errors import Detail
from services.permissions import Permission, Viewer
from services.wiring import Parts
from texts import Text
from web.account import signed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One line of the rail."""

    url: str
    label: Text
    icon: str


PLACES = (
    Place(url="/admin/people", label=Text("Người dùng", "People"), icon="people"),
    Place(url="/admin/units", label=Text("Đơn vị", "Units"), icon="building"),
    Place(url="/admin/groups", label=Text("Nhóm xử lý", "Groups"), icon="diagram-3"),
    Place(url="/admin/calendar", label=Text("Lịch làm việc", "Calendar"), icon="calendar-event"),
)


def administrator() -> Viewer:
    """Give the signed-in administrator; raise Forbidden for others."""
    return signed_in(Permission.MANAGE_PEOPLE)


def is_production() -> bool:
    """Say whether this is a real installation."""
    parts: Parts = current_app.extensions["motcua"]
    return parts.settings.is_production


def first_of(errors: Iterable[Detail]) -> Mapping[str, Text]:
    """Give the first message of each field."""
    return {detail.field: detail.message for detail in reversed(tuple(errors))}
