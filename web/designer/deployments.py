"""/designer/deployments/<id>: one upload: its files byte for byte, what was found, and publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from errors import InvalidBundle, NotFound, WrongState
from findings import Finding
from services import definitions
from services.permissions import Permission
from storage.queries import deployments as queries
from storage.queries.deployments import Runs, Upload, Version
from texts import Text
from web.account import signed_in
from web.designer.upload import sorted_findings
from web.designer.words import author, kind_of

blueprint = Blueprint("designer_deployments", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One definition of the upload, and what publishing it would supersede."""

    version: Version
    kind: Text
    supersedes: Version | None
    runs: Runs
    """What runs on the superseded version; it stays on it."""


@blueprint.get("/designer/deployments/<deployment_id>")
def shown(deployment_id: str) -> str:
    """Show one upload."""
    signed_in(Permission.DESIGN)
    upload = _existing(deployment_id)
    return _page(upload, definitions.findings_of(upload.id))


@blueprint.post("/designer/deployments/<deployment_id>/publish")
def publish(deployment_id: str) -> BaseResponse | tuple[str, int]:
    """Put its drafts in force."""
    viewer = signed_in(Permission.DESIGN)
    upload = _existing(deployment_id)
    if not _is_draft(upload):
        raise WrongState(Text("Bộ này đã công bố rồi.", "This bundle was published already."))
    try:
        definitions.publish(viewer, upload.id, now=datetime.now(UTC))
    except InvalidBundle as refused:
        return _page(upload, refused.findings, is_refused=True), 422
    flash(_("Đã công bố. Hồ sơ mới dùng phiên bản này, hồ sơ đang chạy giữ phiên bản cũ."), "ok")
    return redirect(f"/designer/deployments/{upload.id}", 303)


@blueprint.get("/designer/deployments/<deployment_id>/files/<path:name>")
def downloaded(deployment_id: str, name: str) -> Response:
    """Send a file as it was uploaded, byte for byte; never shown as a page of ours."""
    signed_in(Permission.DESIGN)
    data = queries.file(deployment_id, name) if (deployment_id + name).isprintable() else None
    if data is None:
        raise NotFound()
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, headers=headers, content_type="application/octet-stream")


def _existing(deployment_id: str) -> Upload:
    upload = queries.upload(deployment_id) if deployment_id.isprintable() else None
    if upload is None:
        raise NotFound()
    return upload


def _is_draft(upload: Upload) -> bool:
    return any(version.state == "draft" for version in upload.versions)


def _page(upload: Upload, findings: tuple[Finding, ...], *, is_refused: bool = False) -> str:
    lines = _lines(upload)
    return render_template(
        "designer/deployment.html",
        upload=upload,
        lines=lines,
        author=author(upload.created_by),
        findings=sorted_findings(findings),
        is_draft=_is_draft(upload),
        is_refused=is_refused,
        has_older=any(line.supersedes and line.supersedes.version > line.version.version for line in lines),
    )


def _lines(upload: Upload) -> list[Line]:
    in_force: dict[tuple[str, str], Version] = {}
    for kind in ("process", "decision", "form"):
        keys = [version.key for version in upload.versions if version.kind == kind]
        in_force |= {(kind, key): version for key, version in queries.in_force(kind, keys).items()} if keys else {}
    runs: Mapping[str, Runs] = queries.runs(version.id for version in in_force.values())
    lines = []
    for version in upload.versions:
        before = in_force.get((version.kind, version.key))
        supersedes = before if before is not None and before.id != version.id and version.state == "draft" else None
        there = runs.get(before.id, Runs()) if before else Runs()
        lines.append(Line(version=version, kind=kind_of(version), supersedes=supersedes, runs=there))
    return lines
