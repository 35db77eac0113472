"""/designer/definitions/<id>: one version: its diagram, its steps and legal parts, all versions, and retiring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import NotFound
from services import definitions, legal, timing
from services.permissions import Permission
from storage.queries import deployments as queries
from storage.queries import people
from storage.queries.deployments import Runs, Version
from texts import Text
from web.account import signed_in
from web.designer.words import LEVELS, author, kind_of

blueprint = Blueprint("designer_definitions", __name__)
SHOWN: Mapping[str, Text] = {
    "userTask": Text("Việc của người", "Task"),
    "manualTask": Text("Việc của người", "Task"),
    "callActivity": Text("Quy trình con", "Called process"),
    "subProcess": Text("Quy trình con", "Sub-process"),
    "adHocSubProcess": Text("Quy trình con tuỳ ứng", "Ad-hoc sub-process"),
    "transaction": Text("Giao dịch", "Transaction"),
    "businessRuleTask": Text("Bảng quyết định", "Decision"),
    "scriptTask": Text("Tự động", "Automatic"),
    "serviceTask": Text("Tự động", "Automatic"),
    "sendTask": Text("Gửi thông điệp", "Message sent"),
    "receiveTask": Text("Chờ thông điệp", "Message awaited"),
    "boundaryEvent": Text("Sự kiện biên", "Boundary event"),
    "intermediateCatchEvent": Text("Chờ sự kiện", "Event awaited"),
    "startEvent": Text("Bắt đầu", "Start"),
}
"""Types of elements that the table under the diagram lists, if they have a name (a start: if it has a form)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element of the diagram in the table under it."""

    name: Text
    type: Text
    who: tuple[Text, ...]
    form: str
    limit: Text | None
    acts: tuple[Text, ...]


@blueprint.get("/designer/definitions/<definition_id>")
def shown(definition_id: str) -> str:
    """Show one version."""
    signed_in(Permission.DESIGN)
    version = _existing(definition_id)
    versions = queries.versions(version.kind, version.key)
    runs = queries.runs(item.id for item in versions) if version.kind == "process" else {}
    process = definitions.process_of(version.id) if version.kind == "process" else None
    g.allows_inline_style = process is not None  # the drawing library sets styles
    return render_template(
        "designer/definition.html",
        loads_viewer=process is not None,
        version=version,
        kind=kind_of(version),
        versions=[(item, runs.get(item.id, Runs())) for item in versions],
        runs=runs.get(version.id, Runs()),
        author=author(version.created_by),
        steps=_steps(process.elements.values()) if process else [],
        **_legal(process.procedure if process else None),
    )


@blueprint.get("/designer/definitions/<definition_id>/retire")
def sure(definition_id: str) -> str:
    """Say what retiring means, and ask again."""
    signed_in(Permission.DESIGN)
    version = _retirable(definition_id)
    return render_template(
        "designer/retire.html", version=version, runs=queries.runs([version.id]).get(version.id, Runs())
    )


@blueprint.post("/designer/definitions/<definition_id>/retire")
def retire(definition_id: str) -> Response:
    """Retire it: no new filings and starts, what runs finishes."""
    viewer = signed_in(Permission.DESIGN)
    definitions.retire(viewer, _existing(definition_id).id, now=datetime.now(UTC))
    flash(_("Đã bãi bỏ: không nhận hồ sơ mới, hồ sơ đang chạy được giải quyết đến cùng."), "ok")
    return redirect(f"/designer/definitions/{definition_id}", 303)


def _existing(definition_id: str) -> Version:
    version = queries.version(definition_id) if definition_id.isprintable() else None
    if version is None:
        raise NotFound()
    return version


def _retirable(definition_id: str) -> Version:
    version = _existing(definition_id)
    if version.state != "published" or version.kind != "process":
        raise NotFound()
    return version


def _steps(elements: Iterable[Any]) -> list[Step]:
    shown = [e for e in elements if e.type in SHOWN and e.name and (e.form or e.type != "startEvent")]
    groups = people.group_names(group for element in shown for group in element.candidate_groups)
    return [
        Step(
            name=Text(element.name, element.public_name.en or element.name),
            type=SHOWN[element.type],
            who=_who(element, groups),
            form=element.form,
            limit=legal.amount(element.limit) if element.limit else timing.explained(element.timer),
            acts=tuple(act.label for act in element.acts),
        )
        for element in shown
    ]


def _who(element: Any, groups: Mapping[str, Text]) -> tuple[Text, ...]:
    """Name the candidates; what is an expression stands as it is written."""
    users = [user for user in (element.assignee, *element.candidate_users) if user]
    return (*(groups.get(code) or Text(code, code) for code in element.candidate_groups), *(Text(u, u) for u in users))


def _legal(procedure: Any) -> dict[str, object]:
    """Give the legal parts in words; nothing of them for what is no procedure."""
    if procedure is None:
        return {"procedure": None}
    return {
        "procedure": procedure,
        "terms": legal.terms(procedure, now=datetime.now(UTC)),
        "needed": legal.needed(procedure),
        "charges": legal.charges(procedure),
        "channels": legal.named(procedure.channels, legal.CHANNELS),
        "applicants": legal.named(procedure.applicants, legal.APPLICANTS),
        "level": legal.named([procedure.service_level], LEVELS)[0],
        "authority": legal.named([procedure.authority_level], legal.AUTHORITIES)[0],
        "unit": people.unit_names([procedure.unit]).get(procedure.unit) or Text(procedure.unit, procedure.unit),
    }
