"""For programs: the REST interface under /api/v1, its OpenAPI description and a page to read it on.

One blueprint and one schema file (schemas/) per noun. May import services (verbs), storage.queries (reads), errors,
findings, texts, http_status. Must never hold a rule about tasks or dossiers, commit, or answer a person with a page of
the office (that is web/). /api/v1/openapi.json is made of the code here.
"""

from __future__ import annotations

from flask import Flask

from api import (
    attachments,
    batches,
    clock,
    comments,
    conditions,
    decisions,
    definitions,
    deployments,
    docs,
    external_tasks,
    forms,
    incidents,
    instances,
    interests,
    messages,
    migrations,
    modification,
    notices,
    resumable,
    returning,
    signals,
    substitutions,
    supplements,
    suspension,
    task_verbs,
    tasks,
    views,
)
from api.blueprint import Blueprint
from api.errors import answer_error
from api.openapi import MotcuaApi

PREFIX = "/api/v1"
BLUEPRINTS: tuple[Blueprint, ...] = (
    deployments.blueprint,
    definitions.blueprint,
    instances.blueprint,
    suspension.blueprint,
    modification.blueprint,
    batches.blueprint,
    migrations.blueprint,
    incidents.blueprint,
    returning.blueprint,
    tasks.blueprint,
    task_verbs.blueprint,
    comments.blueprint,
    attachments.blueprint,
    supplements.blueprint,
    interests.blueprint,
    substitutions.blueprint,
    views.blueprint,
    notices.blueprint,
    external_tasks.blueprint,
    messages.blueprint,
    signals.blueprint,
    conditions.blueprint,
    decisions.blueprint,
    forms.blueprint,
    resumable.blueprint,
    clock.blueprint,
)
"""Every noun, in the order in which a program meets them."""


LONG_POLLS = frozenset({f"{PREFIX}/external-tasks/fetch-and-lock"})
"""Where callers wait for work."""


def init_api(app: Flask) -> None:
    """Wire every noun, the description and the answers to errors into `app`; call once, after init_web."""
    app.config |= {
        "API_TITLE": "Motcua",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": PREFIX,
        "OPENAPI_JSON_PATH": "openapi.json",
    }
    api = MotcuaApi(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=PREFIX)
        app.extensions["csrf"].exempt(blueprint)  # callers send a bearer token, which no foreign page can
    app.register_blueprint(docs.blueprint, url_prefix=PREFIX)
    app.extensions["motcua.api_errors"] = answer_error
