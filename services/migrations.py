"""Migrations: running instances go over to another version of their definition, or to another definition.

What stands where goes over as engine/migration.py says; the rows follow (rebinding.py). A dossier stays with its
procedure and with the legal limit it was received under: only how it is handled changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bpmn.model import Element
from engine import migration
from engine.migration import Line, Migrated, Moved, Place
from engine.pairing import Given
from errors import Detail, NotFound, NotMigratable, WrongState
from services import instances, loading, rebinding, timing
from services.loading import Loaded
from services.permissions import Permission, Viewer, require
from services.record import record
from services.runs import Run, hold, look
from services.statuses import Status
from storage.database import session, verb
from storage.rows import definitions
from storage.tables import Definition, Instance
from texts import Text

TARGETS = ("published", "superseded")
"""What an instance may go over to: a draft may still change, what was retired is cut."""
WAITING = (Status.SUPPLEMENT_REQUESTED, Status.PAYMENT_REQUESTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a mapping between two versions means, whatever the instance."""

    source: Definition
    target: Definition
    mapping: Given
    """As suggested, or as given."""
    lines: tuple[Line, ...]
    problems: tuple[Detail, ...]

    def key_of(self, line: Line) -> str:
        """Give the name under which a mapping has an element."""
        return line.element_id if line.process_key == self.source.key else f"{line.process_key}:{line.element_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What migrating one instance would do; nothing but `problems` where it is refused."""

    problems: tuple[Detail, ...]
    moved: tuple[Moved, ...] = ()
    armed: tuple[Place, ...] = ()
    gone: tuple[Place, ...] = ()
    happens: tuple[Place, ...] = ()
    """Events and steps that would happen at once: conditions newly awaited that hold, joins that are complete."""
    is_over: bool = False
    """The instance would end by it."""


def plan(viewer: Viewer, source: str, target: str, mapping: Given | None = None) -> Plan:
    """Check a mapping between two versions, or (None) suggest one: by equal ids, then by equal names and kinds.

    `source` and `target` are ids of definitions, or a key for its version in force. Raises NotFound, WrongState.
    """
    require(viewer, Permission.MIGRATE_INSTANCES)
    one, other = _process(source), _target(target)
    old, new = loading.load(one.id).definition, loading.load(other.id).definition
    given = migration.suggest(old, new) if mapping is None else mapping
    return Plan(
        source=one,
        target=other,
        mapping=given,
        lines=migration.lines(old, new, given),
        problems=migration.check(old, new, given),
    )


def preview(viewer: Viewer, instance_id: str, target: str, mapping: Given, *, now: datetime) -> Preview:
    """Say what migrating an instance would do; nothing is changed. Raises NotFound, WrongState."""
    require(viewer, Permission.MIGRATE_INSTANCES)
    run = look(instance_id, actor=viewer.username, now=now)
    try:
        _, migrated = _migrated(run, target, mapping)
    except NotMigratable as refused:
        return Preview(problems=refused.details)
    return Preview(
        problems=(),
        moved=migrated.moved,
        armed=migrated.armed,
        gone=migrated.gone,
        happens=tuple(
            Place(
                activation_id=event.activation_id,
                process_key=event.process_key,
                element_id=event.element_id,
                element_name=event.element_name,
                element_type=event.element_type,
            )
            for event in migrated.step.events
        ),
        is_over=migrated.step.status != "running",
    )


@verb
def migrate(viewer: Viewer, instance_id: str, target: str, mapping: Given, reason: str, *, now: datetime) -> Instance:
    """Take an instance, a suspended one too, over to `target`: the id of a definition, or a key (its version in force).

    `mapping` says which element stands for which where their ids differ. Raises NotMigratable, which names everything
    that stands in the way, NotFound, WrongState.
    """
    require(viewer, Permission.MIGRATE_INSTANCES)
    reason = instances.reason_given(reason)
    run = hold(instance_id, actor=viewer.username, now=now)
    loaded, migrated = _migrated(run, target, mapping)
    before, instance = run.loaded, run.instance
    run.notes = _notes(run, loaded, mapping, migrated, reason)
    run.loaded, instance.definition_id = loaded, loaded.id
    instance.key, instance.version = loaded.definition.key, loaded.definition.version
    with session().no_autoflush:  # the instance is written once, at the commit
        unclear = rebinding.follow(run, before, migrated.step)
    if unclear:
        raise NotMigratable(details=_unclear(migrated.moved, unclear))
    record(run, migrated.step, "instance.migrated")
    instances.drain(run)
    return instance


def _migrated(run: Run, target: str, mapping: Given) -> tuple[Loaded, Migrated]:
    if run.instance.status not in instances.OPEN:
        raise WrongState(Text("Phiên chạy này đã kết thúc.", "This instance has ended."))
    row = _target(target)
    if row.id == run.instance.definition_id:
        raise WrongState(Text("Phiên chạy này đã theo phiên bản đó.", "This instance is of that version already."))
    loaded = loading.load(row.id)
    problems = list(_of_procedure(run, loaded))
    try:
        migrated = migration.migrate(
            run.loaded.definition,
            run.instance.state,
            loaded.definition,
            mapping,
            now=run.now,
            ports=timing.ports(loaded, run.dossier, now=run.now),
        )
    except NotMigratable as refused:
        raise NotMigratable(details=[*problems, *refused.details]) from None
    problems += _of_clock(run, loaded, migrated.moved)
    if problems:
        raise NotMigratable(details=problems)
    return loaded, migrated


def _process(wanted: str) -> Definition:
    row = definitions.load(wanted) or definitions.published("process", wanted)
    if row is None or row.kind != "process":
        raise NotFound()
    return row


def _target(wanted: str) -> Definition:
    row = _process(wanted)
    if row.state not in TARGETS:
        raise WrongState(
            Text(
                "Chỉ chuyển được sang phiên bản đã công bố và chưa bãi bỏ.",
                "Instances go over to versions only that were published and not retired.",
            )
        )
    return row


def _of_procedure(run: Run, loaded: Loaded) -> Sequence[Detail]:
    """A dossier stays with its procedure, whose new version must still have its case."""
    if run.dossier is None:
        return ()
    procedure = loaded.procedure
    if procedure is None or loaded.definition.key != run.instance.key:
        message = Text("Hồ sơ chỉ chuyển sang phiên bản khác của cùng thủ tục.", "A dossier stays with its procedure.")
        return [Detail(code="other_procedure", field="definition", message=message)]
    if run.dossier.case_id and run.dossier.case_id not in {case.id for case in procedure.cases}:
        message = Text(
            f"Phiên bản mới không còn trường hợp “{run.dossier.case_id}” của hồ sơ.",
            f"The new version has no case “{run.dossier.case_id}”, which this dossier was filed for.",
        )
        return [Detail(code="case_gone", field="definition", message=message)]
    return ()


def _of_clock(run: Run, loaded: Loaded, moved: Sequence[Moved]) -> Sequence[Detail]:
    """Where a dossier's clock stands still, or it waits for the applicant, the new element must mean the same."""
    if run.dossier is None:
        return ()
    waits = run.dossier.status in WAITING
    return [
        Detail(code="other_pause", element_id=one.before.element_id, message=OTHER_PAUSE)
        for one in moved
        if _pause(run.loaded, one.before, waits=waits) != _pause(loaded, one.after, waits=waits)
    ]


def _pause(loaded: Loaded, place: Place, *, waits: bool) -> tuple[Any, ...]:
    element = loaded.element(place.process_key, place.element_id) or Element(id="", type="")
    return element.pause, element.national_status if waits and element.national_status in WAITING else None


OTHER_PAUSE = Text(
    "Ở bước này thời hạn của hồ sơ đang tạm dừng hoặc đang chờ người nộp; bước mới phải dừng vì cùng lý do.",
    "Here the dossier's clock stands still or it waits for the applicant: the new step must stand for the same.",
)


def _unclear(moved: Sequence[Moved], reasons: Mapping[str, str]) -> list[Detail]:
    places = {one.before.activation_id: one.before.element_id for one in moved}
    return [
        Detail(
            code="nobody_chosen",
            element_id=places.get(task_id, ""),
            message=Text(
                f"Không xác định được ai làm việc này ở phiên bản mới: {reason}",
                f"Who does this in the new version cannot be told: {reason}",
            ),
        )
        for task_id, reason in reasons.items()
    ]


def _notes(run: Run, loaded: Loaded, mapping: Given, migrated: Migrated, reason: str) -> dict[str, Any]:
    """What the log says; history.py reads `before` and `moved` to name what came before and what goes on."""
    old = run.instance
    moved = [
        [one.before.activation_id, one.after.element_id, one.after.process_key]
        for one in migrated.moved
        if (one.before.element_id, one.before.process_key) != (one.after.element_id, one.after.process_key)
    ]
    return {
        "reason": reason,
        "before": {"definition": old.definition_id, "key": old.key, "version": old.version},
        "after": {"definition": loaded.id, "key": loaded.definition.key, "version": loaded.definition.version},
        **({"mapping": dict(mapping)} if mapping else {}),
        **({"moved": moved} if moved else {}),
    }
