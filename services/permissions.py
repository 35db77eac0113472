"""Who may do what: the permissions, the roles that hold them, and what a viewer's lists show. The one rule table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from errors import Detail, Forbidden
from storage.queries.scope import Scope, Stood
from texts import Text


class Permission(StrEnum):
    """What somebody may do; each verb asks for one."""

    FILE_DOSSIER = "file_dossier"
    """File a dossier, answer about it, withdraw it; always one's own."""
    WORK_TASKS = "work_tasks"
    """Have an inbox: see, claim and complete the tasks of oneself and one's groups, and read their dossiers."""
    ASSIGN_TASKS = "assign_tasks"
    """Give a task that one sees to somebody else."""
    SET_PRIORITY = "set_priority"
    """Say how urgent a task is that one sees."""
    SUPERVISE_UNIT = "supervise_unit"
    """See every task and dossier of one's unit, and what escalates there."""
    STOP_DOSSIER = "stop_dossier"
    """Stop a dossier with a reason (status 8)."""
    EXTEND_DOSSIER = "extend_dossier"
    """Extend the legal limit of a dossier, once, with its ground."""
    CONFIRM_WITHDRAWAL = "confirm_withdrawal"
    """Confirm that an applicant withdraws (7 to 8)."""
    SEE_BOARD = "see_board"
    """See the board of received, in time, at risk and breached, and the lists behind it."""
    SEE_ALL = "see_all"
    """Read every dossier, task and instance."""
    DESIGN = "design"
    """Upload bundles, check, publish and retire procedures."""
    RUN_INSTANCES = "run_instances"
    """Start instances of published definitions and read one's own."""
    OPERATE = "operate"
    """Read every instance, retry incidents, send messages and signals, see the outbox and the log."""
    SUSPEND = "suspend"
    """Suspend and resume instances and definitions."""
    CANCEL_INSTANCES = "cancel_instances"
    """Cancel instances that belong to no dossier."""
    MODIFY_INSTANCES = "modify_instances"
    """Cancel, start and move tokens of a running instance, and skip a step that an incident holds up."""
    SET_VARIABLES = "set_variables"
    """Change variables of a running instance."""
    MIGRATE_INSTANCES = "migrate_instances"
    """Move running instances to another version of their definition."""
    RETURN_INSTANCES = "return_instances"
    """Take a running instance back to an earlier task."""
    WORK_ANY_TASK = "work_any_task"
    """Claim, assign and complete any task (programs and administrators)."""
    WORK_OUTSIDE = "work_outside"
    """Fetch and report work for programs (external tasks)."""
    MANAGE_PEOPLE = "manage_people"
    """Create and deactivate people, set their groups, roles and passwords."""


P = Permission
OPERATING = frozenset(
    {P.SUSPEND, P.CANCEL_INSTANCES, P.MODIFY_INSTANCES, P.SET_VARIABLES, P.MIGRATE_INSTANCES, P.RETURN_INSTANCES}
)
"""What changes the course of an instance from outside; each verb asks for its own."""

ROLES: dict[str, frozenset[Permission]] = {
    "applicant": frozenset({P.FILE_DOSSIER}),
    "officer": frozenset({P.WORK_TASKS, P.CONFIRM_WITHDRAWAL, P.STOP_DOSSIER}),
    "head": frozenset(
        {
            P.WORK_TASKS,
            P.ASSIGN_TASKS,
            P.SET_PRIORITY,
            P.SUPERVISE_UNIT,
            P.STOP_DOSSIER,
            P.EXTEND_DOSSIER,
            P.CONFIRM_WITHDRAWAL,
            P.SEE_BOARD,
        }
    ),
    "leader": frozenset({P.WORK_TASKS, P.SET_PRIORITY, P.CONFIRM_WITHDRAWAL, P.STOP_DOSSIER, P.EXTEND_DOSSIER}),
    "manager": frozenset({P.SEE_BOARD, P.SEE_ALL}),
    "inspector": frozenset({P.SEE_BOARD, P.SEE_ALL}),
    "designer": frozenset({P.DESIGN, P.RUN_INSTANCES}),
    "operator": frozenset({P.OPERATE, P.RUN_INSTANCES, P.SEE_ALL}) | OPERATING,
    "worker": frozenset({P.WORK_OUTSIDE}),
    "admin": frozenset(Permission) - {P.FILE_DOSSIER},
}

ROLE_NAMES: dict[str, Text] = {
    "applicant": Text("Người nộp hồ sơ", "Applicant"),
    "officer": Text("Cán bộ xử lý", "Officer"),
    "head": Text("Trưởng phòng", "Division head"),
    "leader": Text("Lãnh đạo", "Leader"),
    "manager": Text("Quản lý", "Manager"),
    "inspector": Text("Thanh tra", "Inspector"),
    "designer": Text("Thiết kế thủ tục", "Process designer"),
    "operator": Text("Vận hành", "Operator"),
    "worker": Text("Chương trình làm việc", "Worker program"),
    "admin": Text("Quản trị", "Administrator"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """For whom somebody stands now, and with what reach (services/substitutions.py)."""

    username: str
    groups: frozenset[str] = frozenset()
    """Of the absent one."""
    keys: frozenset[str] = frozenset()
    """Of the processes that it holds for; empty: all."""
    until: datetime | None = None

    @property
    def stood(self) -> Stood:
        """Give it as lists know it."""
        names = (f"u:{self.username}", *sorted(f"g:{group}" for group in self.groups))
        return Stood(username=self.username, principals=names, keys=self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks, with everything that permissions depend on."""

    username: str
    name: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    unit: str = ""
    unit_name: Text = Text("", "")
    """For pages; programs have none."""
    sees_all_units: bool = False
    """Belongs to an agency-wide group (one-door, clerk, leader): dossiers of every unit."""
    permissions: frozenset[Permission] = field(default=frozenset())
    stands_for: tuple[Standing, ...] = ()
    """Colleagues who are away, whose tasks this viewer may do."""

    @property
    def is_staff(self) -> bool:
        """Say whether this is anybody but an applicant."""
        return bool(self.permissions - {Permission.FILE_DOSSIER})

    @property
    def principals(self) -> tuple[str, ...]:
        """Give the names under which open tasks are offered to this viewer."""
        return (f"u:{self.username}", *sorted(f"g:{group}" for group in self.groups))


SYSTEM = Viewer(username="system", name="Motcua", permissions=frozenset(Permission))
"""The server itself, when nobody is at the keyboard."""


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Give all permissions of these roles; unknown roles give none."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise Forbidden, naming the permission and who can grant it, unless the viewer holds it."""
    if permission not in viewer.permissions:
        missing = Text(vi=f"Thiếu quyền “{permission}”.", en=f"The permission “{permission}” is missing.")
        raise Forbidden(details=[Detail(code="permission", field=permission, message=missing)])


def require_any(viewer: Viewer, *permissions: Permission) -> None:
    """Raise Forbidden, naming the first, unless the viewer holds at least one of these."""
    if not has_any(viewer, *permissions):
        require(viewer, permissions[0])


def has_any(viewer: Viewer, *permissions: Permission) -> bool:
    """Say whether the viewer holds at least one of these."""
    return not viewer.permissions.isdisjoint(permissions)


def scope_of(viewer: Viewer) -> Scope:
    """Give what this viewer's lists may show; queries keep to it."""
    allowed = viewer.permissions
    works = Permission.WORK_TASKS in allowed
    return Scope(
        username=viewer.username,
        principals=viewer.principals,
        sees_all=has_any(viewer, Permission.SEE_ALL, Permission.WORK_ANY_TASK, Permission.OPERATE),
        supervised=(f"n:{viewer.unit}",) if Permission.SUPERVISE_UNIT in allowed and viewer.unit else (),
        all_dossiers=works and viewer.sees_all_units,
        works=works,
        dossier_units=frozenset({viewer.unit}) if works and viewer.unit else frozenset(),
        standing=tuple(one.stood for one in viewer.stands_for),
    )
