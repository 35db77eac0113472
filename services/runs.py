"""Run: one instance in the hands of one verb: its locked row, its parsed definition and its dossier, if it has one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bpmn.model import Limit
from engine.events import Ports
from errors import NotFound
from services import loading, timing
from services.loading import Loaded
from storage.database import session
from storage.rows import dossiers, instances, tasks
from storage.tables import Dossier, Instance, Task


@dataclass(slots=True, kw_only=True)
class Run:
    """What a verb holds while it moves one instance on; `notes` become the data of its event in the log."""

    instance: Instance
    loaded: Loaded
    dossier: Dossier | None
    actor: str
    now: datetime
    notes: dict[str, Any] = field(default_factory=dict)
    again: Task | None = None
    """The task whose completion is being undone: the one that opens in its place goes on where it was."""

    @property
    def ports(self) -> Ports:
        """Give what the engine may ask of others, with the timers that follow this dossier's clock."""
        return timing.ports(self.loaded, self.dossier, now=self.now)

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Give the legal limits of the dossier's case: those of the version it was received under, for good."""
        if self.dossier is None:
            return ()
        is_other = self.dossier.definition_id != self.loaded.id
        procedure = (loading.load(self.dossier.definition_id) if is_other else self.loaded).procedure
        return procedure.limits_of(self.dossier.case_id, self.dossier.channel) if procedure else ()


def hold(instance_id: str, *, actor: str, now: datetime) -> Run:
    """Lock an instance for this verb and load what belongs to it; raise NotFound."""
    return _run(instances.lock(instance_id), actor, now)


def look(instance_id: str, *, actor: str, now: datetime) -> Run:
    """Load an instance and what belongs to it without holding it, to say what a verb would do; raise NotFound."""
    return _run(session().get(Instance, instance_id), actor, now)


def hold_of_task(task_id: str, *, actor: str, now: datetime) -> tuple[Run, Task]:
    """Lock a task and its instance, and load the rest as `hold`; raise NotFound."""
    instance, task = tasks.lock(task_id) or (None, None)
    if task is None:
        raise NotFound()
    return _run(instance, actor, now), task


def hold_locked(instance: Instance | None, *, actor: str, now: datetime) -> Run:
    """Do the same for an instance that is locked already; raise NotFound where there is none."""
    return _run(instance, actor, now)


def hold_due(instance_ids: Iterable[str], *, actor: str, now: datetime) -> Iterator[Run]:
    """Lock those of these running instances that have a timer due and that nobody holds; those due longest first."""
    held = instances.lock_due(list(instance_ids), now)
    owned = [instance.id for instance in held if loading.load(instance.definition_id).procedure is not None]
    owners = dossiers.of_instances(owned) if owned else {}
    for instance in held:
        loaded = loading.load(instance.definition_id)
        yield Run(instance=instance, loaded=loaded, dossier=owners.get(instance.id), actor=actor, now=now)


def _run(instance: Instance | None, actor: str, now: datetime) -> Run:
    if instance is None:
        raise NotFound()
    loaded = loading.load(instance.definition_id)
    dossier = dossiers.of_instance(instance.id) if loaded.procedure is not None else None
    return Run(instance=instance, loaded=loaded, dossier=dossier, actor=actor, now=now)
