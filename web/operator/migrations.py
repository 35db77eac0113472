"""/operator/instances/<id>/migrate and /operator/definitions/<id>/migrate: running instances go over to a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Invalid, NotFound
from services import batches, instances, loading, migration_trials, migrations
from services.migration_trials import Trial
from services.migrations import Plan, Preview
from services.permissions import Permission, Viewer
from storage.queries import deployments
from storage.queries.deployments import Version
from storage.queries.selection import Selection
from texts import Text
from web import asked
from web.account import signed_in
from web.i18n.formats import t
from web.operator.instances import TYPE_NAMES

blueprint = Blueprint("operator_migrations", __name__)
LONGEST_ID = 600
STATES: Mapping[str, Text] = {
    "published": Text("đang hiệu lực", "in force"),
    "superseded": Text("đã được thay", "superseded"),
}
LOOPS: Mapping[str, Text] = {
    "(loop)": Text(", lặp", ", loop"),
    "(multi-instance)": Text(", lặp cho từng mục", ", for each item"),
    "(event)": Text(", khi có sự kiện", ", on an event"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One element of the version that is left, with what may stand for it."""

    key: str
    name: str
    type: Text
    process: str
    """Of a called process: its key."""
    count: int
    """How many tokens stand there."""
    chosen: str
    options: tuple[tuple[str, str], ...]
    problem: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page is about: a version with its runs, or one run; `to` is the version to go over to."""

    url: str
    source: Version
    targets: tuple[Version, ...]
    to: Version | None
    instance: Any
    """The run; None: all of the version."""

    @property
    def name(self) -> Text:
        """Give the name of the process."""
        return loading.load(self.source.id).name


@blueprint.get("/operator/instances/<instance_id>/migrate")
def of_instance(instance_id: str) -> str | Response:
    """Show where one run stands and what would stand for it in another version."""
    viewer = _viewer()
    instance = instances.readable(viewer, instance_id)
    if instance.status not in instances.OPEN:
        return redirect(f"/operator/instances/{instance_id}")
    return _page(viewer, _asked(instance.definition_id, instance))


@blueprint.post("/operator/instances/<instance_id>/migrate")
def migrate_one(instance_id: str) -> str | Response | tuple[str, int]:
    """Say what taking one run over would do, or do it."""
    viewer = _viewer()
    instance = instances.readable(viewer, instance_id)
    page = _asked(instance.definition_id, instance)
    if page.to is None:
        return redirect(page.url, 303)
    mapping = _mapping(migrations.plan(viewer, page.source.id, page.to.id, {}))
    if asked.typed("step") != "migrate":
        try:
            tried = migrations.preview(viewer, instance_id, page.to.id, mapping, now=datetime.now(UTC))
        except Conflict as conflict:
            return _gone(conflict, instance_id)
        return _page(viewer, page, mapping, preview=tried, reason=asked.typed("reason"))
    reason = asked.typed("reason")
    try:
        migrations.migrate(viewer, instance_id, page.to.id, mapping, reason, now=datetime.now(UTC))
    except Invalid as refused:
        return _page(viewer, page, mapping, errors=refused.details, reason=reason), 422
    except Conflict as conflict:
        return _gone(conflict, instance_id)
    flash(_("Đã chuyển phiên chạy sang phiên bản %(number)s.", number=page.to.version), "ok")
    return redirect(f"/operator/instances/{instance_id}", 303)


@blueprint.get("/operator/definitions/<definition_id>/migrate")
def of_definition(definition_id: str) -> str:
    """Show where the runs of a version stand and what would stand for it in another one."""
    return _page(_viewer(), _asked(definition_id))


@blueprint.post("/operator/definitions/<definition_id>/migrate")
def migrate_all(definition_id: str) -> str | Response | tuple[str, int]:
    """Say what taking the runs of a version over would do, or make a batch that does it."""
    viewer = _viewer()
    page = _asked(definition_id)
    if page.to is None:
        return redirect(page.url, 303)
    now = datetime.now(UTC)
    mapping, reason = _mapping(migrations.plan(viewer, page.source.id, page.to.id, {})), asked.typed("reason")
    if asked.typed("step") != "migrate":
        trial = migration_trials.attempt(viewer, page.source.id, page.to.id, mapping, now=now)
        return _page(viewer, page, mapping, trial=trial, reason=reason)
    parameters = {"definition": page.to.id, "mapping": mapping}
    runs = Selection(definition_id=page.source.id)
    try:
        batch = batches.create(viewer, "migrate", runs, reason, now=now, parameters=parameters)
    except Invalid as refused:
        return _page(viewer, page, mapping, errors=refused.details, reason=reason), 422
    return redirect(f"/operator/batches/{batch.id}", 303)


def _viewer() -> Viewer:
    return signed_in(Permission.MIGRATE_INSTANCES)


def _gone(conflict: Conflict, instance_id: str) -> Response:
    flash(t(conflict.text), "soon")
    return redirect(f"/operator/instances/{instance_id}", 303)


def _asked(definition_id: str, instance: Any = None) -> Asked:
    source = deployments.version(definition_id) if definition_id.isprintable() else None
    if source is None or source.kind != "process" or source.state == "draft":
        raise NotFound()
    versions = [one for one in deployments.versions("process", source.key) if one.state in migrations.TARGETS]
    targets = tuple(one for one in versions if one.id != source.id)
    wanted = request.form.get("to") or request.args.get("to") or ""
    in_force = [one for one in targets if one.state == "published"]
    to = next((one for one in targets if one.id == wanted), next(iter([*in_force, *targets]), None))
    url = f"/operator/instances/{instance.id}" if instance else f"/operator/definitions/{definition_id}"
    return Asked(url=f"{url}/migrate", source=source, targets=targets, to=to, instance=instance)


def _page(
    viewer: Viewer,
    page: Asked,
    mapping: Mapping[str, str | None] | None = None,
    *,
    preview: Preview | None = None,
    trial: Trial | None = None,
    errors: Sequence[Detail] = (),
    reason: str = "",
) -> str:
    plan = migrations.plan(viewer, page.source.id, page.to.id, mapping) if page.to else None
    one = page.instance
    standing = (
        migration_trials.of_instance(viewer, one.id) if one else migration_trials.of_version(viewer, page.source.id)
    )
    refused = [*errors, *(preview.problems if preview else ())]
    counts = standing.counts
    rows = _rows(plan, counts, refused) if plan else []
    own = [line for line in plan.lines if line.process_key == page.source.key] if plan else []
    g.allows_inline_style = True
    return render_template(
        "operator/migrate.html",
        page=page,
        states=STATES,
        standing=standing,
        rows=[row for row in rows if row.count or row.problem],
        others=[row for row in rows if not (row.count or row.problem)],
        preview=preview,
        trial=trial,
        errors=[Detail(code=one.code, message=one.message, field=_field(one)) for one in errors],
        has_errors=bool(errors),
        here=[line.element_id for line in own if counts.get((line.process_key, line.element_id))],
        there=[line.target_id for line in own if counts.get((line.process_key, line.element_id)) and line.target_id],
        reason=reason,
        reason_error=next((one.message for one in errors if one.field == "reason"), ""),
        loads_viewer=True,
    )


def _field(error: Detail) -> str:
    return f"map.{error.element_id}" if error.element_id else error.field


def _rows(plan: Plan, counts: Mapping[tuple[str, str], int], refused: Sequence[Detail]) -> list[Row]:
    said = {one.element_id: one.message for one in (*plan.problems, *refused) if one.element_id}
    rows = []
    for line in plan.lines:
        key = plan.key_of(line)
        count = counts.get((line.process_key, line.element_id), 0)
        rows.append(
            Row(
                key=key,
                name=line.element_name or line.element_id,
                type=_type(line.element_type),
                process="" if line.process_key == plan.source.key else line.process_key,
                count=count,
                chosen=line.target_id or "",
                options=tuple((id_, name or id_) for id_, name in line.options),
                problem=said.get(key) or (line.problem if count else None),
            )
        )
    return rows


def _mapping(plan: Plan) -> dict[str, str | None]:
    """Give what was chosen, where it is another than the element of the same id."""
    found: dict[str, str | None] = {}
    for line in plan.lines:
        chosen = request.form.get(f"map.{plan.key_of(line)}")
        if chosen is None or chosen == (line.target_id or "") or len(chosen) > LONGEST_ID:
            continue
        found[plan.key_of(line)] = chosen or None
    return found


def _type(said: str) -> Text:
    """Name the kind of an element; what stands behind it in brackets says that it is a loop."""
    kind, _blank, more = said.partition(" ")
    name = TYPE_NAMES.get(kind, Text(kind, kind))
    added = LOOPS.get(more, Text("", ""))
    return Text(name.vi + added.vi, name.en + added.en)
