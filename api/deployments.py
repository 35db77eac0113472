"""Deployments: bundles are uploaded, checked and put in force."""

from __future__ import annotations

from typing import Any

from api import uploads
from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.errors import finding_out
from api.schemas.deployments import Deployment
from services import definitions

blueprint = Blueprint("deployments", "Bundles of diagrams, decision tables and forms.")


@blueprint.post("/deployments")
@blueprint.upload(
    name={"type": "string", "maxLength": 255, "description": "What people call it."},
    publish={"type": "string", "enum": ["true", "false"], "default": "true"},
)
@blueprint.also(200, Deployment, "This content was there already.")
@blueprint.answers(Deployment, 201)
def deploy() -> tuple[int, dict[str, Any]]:
    """Deploy a bundle.

    The files bind to each other first, then to what is published. The same content again answers 200 with the same ids.
    What cannot run faithfully: 422 with every finding, nothing stored.
    """
    files = uploads.files("name", "publish")
    name, publish = uploads.text("name"), uploads.boolean("publish", default=True)
    done = definitions.deploy(viewer(), files, now=now(), name=name, publish=publish)
    body = {
        "id": done.id,
        "definitions": [
            {"id": d.id, "key": d.key, "version": d.version, "name": d.name, "kind": d.kind} for d in done.definitions
        ],
        "findings": [finding_out(finding) for finding in done.findings],
    }
    return 201 if done.is_new else 200, body
