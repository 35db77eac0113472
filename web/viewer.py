"""Who looks at the page, as the frame needs it: name, unit, areas. `g.viewer` is set by whoever reads the session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request

from services.permissions import Permission, Viewer
from storage.queries import notices
from texts import Text

P = Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One place in the staff bar; shown to those who hold one of the permissions."""

    url: str
    label: Text
    needs: frozenset[Permission]
    also: tuple[str, ...] = ()
    """Other addresses that belong to it."""

    @property
    def is_here(self) -> bool:
        """Say whether the page asked for lies in this area."""
        return any(request.path == url or request.path.startswith(f"{url}/") for url in (self.url, *self.also))


AREAS: tuple[Area, ...] = (
    Area(
        url="/inbox",
        label=Text("Hộp việc", "Inbox"),
        needs=frozenset({P.WORK_TASKS, P.WORK_ANY_TASK}),
        also=("/tasks", "/substitutions"),
    ),
    Area(
        url="/dossiers",
        label=Text("Hồ sơ", "Dossiers"),
        needs=frozenset({P.WORK_TASKS, P.SUPERVISE_UNIT, P.SEE_ALL}),
    ),
    Area(url="/board", label=Text("Bảng theo dõi", "Board"), needs=frozenset({P.SEE_BOARD})),
    Area(url="/designer", label=Text("Thiết kế", "Design"), needs=frozenset({P.DESIGN})),
    Area(url="/operator", label=Text("Vận hành", "Operation"), needs=frozenset({P.OPERATE})),
    Area(url="/admin", label=Text("Quản trị", "Administration"), needs=frozenset({P.MANAGE_PEOPLE})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerInFrame:
    """What the frame of a page says about the person."""

    username: str
    """For scripts: whose words a browser keeps until they are saved (web/frontend/site/unsaved.js)."""
    name: str
    unit: Text
    initials: str
    is_staff: bool
    areas: tuple[Area, ...]
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        """Say whether to offer what needs `permission` (the verb itself checks again)."""
        return permission in self.permissions


def init_viewer(app: Flask) -> None:
    """Give every template `viewer` (None for nobody) and the sign-in facts of the frame."""
    app.context_processor(_in_templates)
    app.jinja_env.filters["initials"] = initials
    app.jinja_env.globals["unread_notices"] = unread_notices


def in_frame(viewer: Viewer) -> ViewerInFrame:
    """Give what the frame shows of this viewer."""
    areas = tuple(area for area in AREAS if not area.needs.isdisjoint(viewer.permissions))
    return ViewerInFrame(
        username=viewer.username,
        name=viewer.name,
        unit=viewer.unit_name or Text(viewer.unit, viewer.unit),
        initials=initials(viewer.name),
        is_staff=bool(areas),
        areas=areas,
        permissions=frozenset(str(permission) for permission in viewer.permissions),
    )


def unread_notices() -> int:
    """Count what the viewer was told and has not read, for the bell: one statement, where a page shows it."""
    viewer: Viewer | None = g.get("viewer")
    return notices.unread(viewer.username) if viewer else 0


def initials(name: str) -> str:
    """Give two letters of a name: family and own name ("Lê Hoàng Yến" -> "LY")."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


def _in_templates() -> dict[str, object]:
    viewer: Viewer | None = g.get("viewer")
    return {"viewer": in_frame(viewer) if viewer else None}
