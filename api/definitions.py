"""Definitions: which versions there are, their files, and what would be found in an upload."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from api import uploads
from api.auth import viewer
from api.blueprint import Blueprint
from api.errors import finding_out
from api.paging import given, taken
from api.schemas.definitions import Definition, DefinitionPage, ListParameters
from api.schemas.deployments import Checked
from errors import NotFound
from services import definitions
from services.permissions import Permission, require_any
from storage.queries import definitions as queries

blueprint = Blueprint("definitions", "Versions of processes, decisions and forms.")
KINDS = {"form": "application/json"}


def _may_read() -> None:
    require_any(viewer(), Permission.DESIGN, Permission.RUN_INSTANCES, Permission.OPERATE, Permission.SEE_ALL)


@blueprint.get("/definitions")
@blueprint.filters(ListParameters)
@blueprint.answers(DefinitionPage)
def list_(wanted: dict[str, Any]) -> dict[str, Any]:
    """List definitions, the newest first."""
    _may_read()
    filters = queries.Wanted(**{name: wanted.get(name) for name in queries.Wanted.__slots__})
    page = queries.listed(filters, **taken(wanted))
    return given(page.rows, page.next, wanted, asdict)


@blueprint.post("/definitions/check")
@blueprint.upload()
@blueprint.answers(Checked)
def check() -> dict[str, Any]:
    """Say what would be found in a bundle; nothing is stored."""
    return {"findings": [finding_out(finding) for finding in definitions.check(viewer(), uploads.files())]}


@blueprint.get("/definitions/<definition_id>")
@blueprint.answers(Definition)
def one(definition_id: str) -> dict[str, Any]:
    """Give one definition."""
    return asdict(_one(definition_id))


@blueprint.get("/definitions/<definition_id>/xml")
@blueprint.file("application/xml")
def xml(definition_id: str) -> Response:
    """Give a definition's file, byte for byte as it was uploaded (a form's is JSON)."""
    row, data = _one(definition_id), queries.file_of(definition_id)
    if data is None:
        raise NotFound()
    return Response(data, mimetype=KINDS.get(row.kind, "application/xml"))


def _one(definition_id: str) -> queries.DefinitionRow:
    _may_read()
    row = queries.one(definition_id)
    if row is None:
        raise NotFound()
    return row
