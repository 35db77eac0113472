"""Trials: where the running instances of a version stand, and how many of them could go over to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import migration
from engine.pairing import Given
from errors import Detail
from services import instances, loading, migrations
from services.permissions import Permission, Viewer, require
from storage.queries import standing as queries

MOST = 200
"""Instances whose state is looked at, the latest started: enough to see what is in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where tokens stand: (process key, element id) to how many, in `looked` of all `total` instances."""

    counts: Mapping[tuple[str, str], int]
    looked: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How many of those looked at could go over, and what is in the way of the others, each with how many it stops."""

    looked: int
    total: int
    fit: int
    problems: tuple[tuple[Detail, int], ...]


def of_instance(viewer: Viewer, instance_id: str) -> Standing:
    """Say where an instance stands. Raises NotFound."""
    require(viewer, Permission.MIGRATE_INSTANCES)
    instance = instances.readable(viewer, instance_id)
    source = loading.load(instance.definition_id).definition
    return Standing(counts=migration.standing(source, instance.state), looked=1, total=1)


def of_version(viewer: Viewer, definition_id: str) -> Standing:
    """Say where the running and suspended instances of a version stand. Raises NotFound."""
    require(viewer, Permission.MIGRATE_INSTANCES)
    source = loading.load(definition_id).definition
    counts: Counter[tuple[str, str]] = Counter()
    states = queries.states(definition_id, instances.OPEN, MOST)
    for _, state in states:
        counts.update(migration.standing(source, state))
    return Standing(counts=counts, looked=len(states), total=queries.count(definition_id, instances.OPEN))


def attempt(viewer: Viewer, definition_id: str, target: str, mapping: Given, *, now: datetime) -> Trial:
    """Try a mapping on instances of a version; nothing is changed. Raises NotFound, WrongState."""
    require(viewer, Permission.MIGRATE_INSTANCES)
    ids = [instance_id for instance_id, _ in queries.states(definition_id, instances.OPEN, MOST)]
    found: Counter[Detail] = Counter()
    fit = 0
    for instance_id in ids:
        problems = migrations.preview(viewer, instance_id, target, mapping, now=now).problems
        fit += not problems
        found.update(set(problems))
    total = queries.count(definition_id, instances.OPEN)
    return Trial(looked=len(ids), total=total, fit=fit, problems=tuple(found.most_common()))
