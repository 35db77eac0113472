"""Every operation and field that programs outside rely on is there, as the contract of /api/v1 names them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from tests.api.test_description import description

OPERATIONS = """
POST /deployments
GET /definitions · GET /definitions/{} · GET /definitions/{}/xml · POST /definitions/check
POST /definitions/{}/instances
GET /instances · GET /instances/count · GET /instances/{} · GET /instances/{}/history
POST /instances/{}/suspend · POST /instances/{}/resume · POST /instances/{}/cancel
PATCH /instances/{}/variables · POST /instances/{}/modify
POST /incidents/{}/retry
GET /tasks · GET /tasks/{} · POST /tasks/{}/claim · POST /tasks/{}/unclaim · POST /tasks/{}/assign
POST /tasks/{}/delegate · POST /tasks/{}/resolve · POST /tasks/{}/complete
POST /tasks/next · POST /tasks/{}/undo · POST /tasks/{}/send-back · GET /tasks/{}/earlier-tasks
POST /tasks/{}/transfer · POST /tasks/{}/follow-up · POST /tasks/{}/priority · POST /tasks/{}/interest
GET /tasks/{}/comments · POST /tasks/{}/comments · GET /tasks/{}/note · POST /tasks/{}/note
GET /tasks/{}/attachments · POST /tasks/{}/attachments · POST /tasks/{}/attachments/{}/remove
GET /instances/{}/interests · POST /instances/{}/interests/lift
GET /substitutions · POST /substitutions · POST /substitutions/{}/end
GET /views · GET /views/counts · GET /views/{}/tasks
POST /views · PATCH /views/{} · POST /views/{}/share · POST /views/{}/remove
GET /tasks/{}/supplement · POST /tasks/{}/supplement · POST /tasks/{}/supplement/send
POST /tasks/{}/supplement/approve · POST /tasks/{}/supplement/return · POST /tasks/{}/supplement/recall
GET /notices · GET /notices/count · POST /notices/read
POST /messages · POST /signals
POST /decisions/{}/evaluate · POST /decisions/evaluate · POST /forms/validate
POST /external-tasks/fetch-and-lock · POST /external-tasks/{}/complete · POST /external-tasks/{}/failure
POST /external-tasks/{}/bpmn-error · POST /external-tasks/{}/extend-lock · POST /external-tasks/{}/unlock
POST /clock/compute · POST /instances/{}/extension · POST /instances/{}/extension/preview
"""
ANSWERED = {
    "Instance": "id definition_id key version business_key status variables parent_id started_at ended_at incidents "
    "waiting_for error_code",
    "Task": "id instance_id definition_id key element_id name assignee candidate_groups candidate_users priority "
    "created_at due_at follow_up_at state business_key form_key",
    "OpenedTask": "form variables seen_version",
}


def test_every_operation_of_the_contract_is_there(app: Flask) -> None:
    wanted = {tuple(each.split()) for line in OPERATIONS.split("\n") for each in line.split("·") if each.strip()}
    there = {(method.upper(), _bare(path)) for path, methods in description(app)["paths"].items() for method in methods}
    assert wanted - there == set()


def test_what_is_answered_has_the_fields_of_the_contract(app: Flask) -> None:
    schemas: dict[str, Any] = description(app)["components"]["schemas"]
    for name, fields in ANSWERED.items():
        assert set(fields.split()) <= set(schemas[name]["properties"]), name


def _bare(path: str) -> str:
    """Write a path without the prefix and the names of its parts."""
    parts = path.removeprefix("/api/v1").split("/")
    return "/".join("{}" if part.startswith("{") else part for part in parts)
