"""Migrations: running instances go over to another version; plans and previews before they do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.instances import instance_out
from api.language import said
from api.schemas.instances import Instance
from api.schemas.migrations import Migrate, MigrationPreview, MigrationWanted, Plan, PlanWanted
from errors import Detail
from services import migrations

blueprint = Blueprint("migrations", "Running instances go over to another version of their definition.")


@blueprint.post("/definitions/<definition>/migration-plans")
@blueprint.body(PlanWanted)
@blueprint.answers(Plan)
def plan(sent: dict[str, Any], definition: str) -> dict[str, Any]:
    """Check a mapping from this version to another, or suggest one; nothing is stored."""
    found = migrations.plan(viewer(), definition, sent["definition"], sent["mapping"])
    return {
        "source": found.source.id,
        "target": found.target.id,
        "mapping": dict(found.mapping),
        "elements": [
            {
                "process_key": line.process_key,
                "element_id": line.element_id,
                "element_name": line.element_name,
                "element_type": line.element_type,
                "target_id": line.target_id,
                "problem": None if line.problem is None else said(line.problem),
                "options": [{"element_id": id_, "element_name": name} for id_, name in line.options],
            }
            for line in found.lines
        ],
        "problems": _problems(found.problems),
    }


@blueprint.post("/instances/<instance_id>/migrate/preview")
@blueprint.body(MigrationWanted)
@blueprint.answers(MigrationPreview)
def preview(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Say what migrating an instance would do; nothing is changed."""
    found = migrations.preview(viewer(), instance_id, sent["definition"], sent["mapping"], now=now())
    return {**asdict(found), "problems": _problems(found.problems)}


@blueprint.post("/instances/<instance_id>/migrate")
@blueprint.body(Migrate)
@blueprint.answers(Instance)
def migrate(sent: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Take an instance, a suspended one too, over to another version where it stands."""
    done = migrations.migrate(viewer(), instance_id, sent["definition"], sent["mapping"], sent["reason"], now=now())
    return instance_out(done)


def _problems(details: Iterable[Detail]) -> list[dict[str, str]]:
    return [
        {"element_id": one.element_id, "field": one.field, "code": one.code, "message": said(one.message)}
        for one in details
    ]
