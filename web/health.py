"""/health/live, /health/ready and /metrics: for monitors, without a session."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from services import health

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
def live() -> Response:
    """Say that the process answers."""
    return jsonify(status="live")


@blueprint.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Say whether requests can be served: 200, or 503 with what is missing."""
    found = health.check(now=datetime.now(UTC))
    body = jsonify(
        status="ready" if found.is_ready else "not ready",
        database=found.database,
        migrated=found.migrated,
        oldest_due_seconds=found.oldest_due_seconds,
        workers=found.workers,
    )
    return body, 200 if found.is_ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give the gauges in Prometheus' text format."""
    registry = CollectorRegistry()
    for name, value in health.figures(now=datetime.now(UTC)).items():
        Gauge(name, name, registry=registry).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
