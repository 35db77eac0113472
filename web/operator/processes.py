"""/operator/processes: what runs on each process, version by version; a version is put out of service, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from errors import Detail, InvalidAnswers, NotFound
from services import out_of_service
from services.permissions import Permission, Viewer
from storage.queries import deployments
from storage.queries import processes as queries
from storage.queries.deployments import Version
from storage.queries.processes import Standing
from texts import Text
from web import asked
from web.account import signed_in
from web.operator.places import operator, places

blueprint = Blueprint("operator_processes", __name__)
VERBS = {"suspend": out_of_service.suspend, "resume": out_of_service.resume}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One version and what runs on it."""

    version: Version
    standing: Standing
    can_suspend: bool
    can_resume: bool
    can_migrate: bool


@blueprint.get("/operator/processes")
def listed() -> str:
    """Show every process that is or was in force, with what runs on all its versions."""
    operator()
    versions = [v for v in deployments.of_kinds("process") if v.state != "draft"]
    standing = queries.by_key()
    return render_template(
        "operator/processes.html",
        places=places(),
        lines=[
            (version, standing.get(version.key, Standing()))
            for version in sorted(_one_each(versions), key=lambda v: v.name.vi)
        ],
    )


@blueprint.get("/operator/processes/<key>")
def shown(key: str) -> str:
    """Show the versions of one process."""
    viewer = operator()
    lines = _lines(viewer, key)
    return render_template("operator/process.html", places=places(), key=key, name=lines[0].version.name, lines=lines)


@blueprint.get("/operator/definitions/<definition_id>/<any(suspend, resume):name>")
def ask(definition_id: str, name: str) -> str:
    """Say what the act does and ask for its reason."""
    signed_in(Permission.SUSPEND)
    return _question(_version(definition_id), name)


@blueprint.post("/operator/definitions/<definition_id>/<any(suspend, resume):name>")
def act(definition_id: str, name: str) -> Response | tuple[str, int]:
    """Put a version out of service or back, with what runs on it where that was ticked."""
    viewer = signed_in(Permission.SUSPEND)
    version = _version(definition_id)
    reason, with_instances = asked.typed("reason"), asked.typed("with_instances") == "yes"
    try:
        _row, batch = VERBS[name](viewer, definition_id, reason, now=datetime.now(UTC), with_instances=with_instances)
    except InvalidAnswers as refused:
        return _question(version, name, refused.details, reason, with_instances=with_instances), 422
    flash(_("Đã tạm ngưng phiên bản này.") if name == "suspend" else _("Phiên bản này hoạt động trở lại."), "ok")
    if batch is None:
        return redirect(f"/operator/processes/{version.key}", 303)
    flash(ngettext("%(num)s phiên đang được xử lý.", "%(num)s phiên đang được xử lý.", batch.total), "note")
    return redirect(f"/operator/batches/{batch.id}", 303)


def _one_each(versions: Sequence[Version]) -> Sequence[Version]:
    """Give one version of each key, the one in force before others."""
    found: dict[str, Version] = {}
    for version in versions:
        if version.key not in found or version.state == "published":
            found[version.key] = version
    return tuple(found.values())


def _lines(viewer: Viewer, key: str) -> list[Line]:
    versions = [v for v in deployments.versions("process", key) if v.state != "draft"] if key.isprintable() else []
    if not versions:
        raise NotFound()
    standing: Mapping[str, Standing] = queries.by_definition(version.id for version in versions)
    may = Permission.SUSPEND in viewer.permissions
    found = [(version, standing.get(version.id, Standing())) for version in versions]
    return [
        Line(
            version=version,
            standing=here,
            can_suspend=may and version.suspended_at is None and (version.state != "retired" or here.running > 0),
            can_resume=may and (version.suspended_at is not None),
            can_migrate=Permission.MIGRATE_INSTANCES in viewer.permissions and here.running + here.suspended > 0,
        )
        for version, here in found
    ]


def _version(definition_id: str) -> Version:
    version = deployments.version(definition_id) if definition_id.isprintable() else None
    if version is None or version.kind != "process":
        raise NotFound()
    return version


def _question(
    version: Version, name: str, errors: Sequence[Detail] = (), reason: str = "", *, with_instances: bool = False
) -> str:
    return render_template(
        "operator/out_of_service.html",
        version=version,
        standing=queries.by_definition([version.id]).get(version.id, Standing()),
        name=name,
        title=Text("Tạm ngưng", "Suspend") if name == "suspend" else Text("Cho hoạt động trở lại", "Resume"),
        errors=errors,
        has_errors=bool(errors),
        reason=reason,
        with_instances=with_instances,
    )
