"""Who may open and do what: every page and every verb of the API against every role, none left out.

A new route without a line in AREAS fails the first test: whoever adds a page says here whom it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from services import people
from services.permissions import SYSTEM
from tests.web.visitor import Visitor

ROLES = {
    "applicant": "nguoinop", "officer": "chuyenvien", "head": "truongphong", "manager": "quanly",
    "designer": "thietke", "operator": "vanhanh", "admin": "quantri",
}  # fmt: skip
"""A demo person of each role."""
EVERYBODY = frozenset((*ROLES, ""))
"""The empty name: nobody is signed in."""
SIGNED_IN = frozenset(ROLES)
STAFF = SIGNED_IN - {"applicant"}
DESKS = frozenset(("officer", "head", "admin"))

AREAS: tuple[tuple[str, frozenset[str]], ...] = (
    # longest prefixes first: the first that matches counts
    ("/procedures/<key>/file", frozenset(("applicant",))),
    ("/my/drafts", frozenset(("applicant",))),
    ("/procedures", EVERYBODY),
    ("/track", EVERYBODY),
    ("/sign-in", EVERYBODY),
    ("/sign-out", EVERYBODY),
    ("/register", EVERYBODY),
    ("/assets", EVERYBODY),
    ("/static", EVERYBODY),
    ("/favicon.ico", EVERYBODY),
    ("/health", EVERYBODY),
    ("/metrics", EVERYBODY),
    ("/account", SIGNED_IN),
    ("/notices", STAFF),
    ("/documents", SIGNED_IN),
    ("/uploads", SIGNED_IN),
    ("/diagrams", STAFF),
    ("/my", SIGNED_IN),
    ("/inbox", DESKS),
    ("/substitutions", DESKS),
    ("/tasks/<task_id>/assign", frozenset(("head", "admin"))),
    ("/tasks", DESKS),
    ("/dossiers/<dossier_id>/<any(stop, 'confirm-withdrawal', 'decline-withdrawal'):name>", DESKS),
    ("/dossiers/apologies", frozenset(("head", "manager", "operator", "admin"))),
    ("/dossiers/<dossier_id>/extend", frozenset(("head", "admin"))),
    ("/dossiers", STAFF - {"designer"}),
    ("/board/rebalance", frozenset(("head", "admin"))),
    ("/board/hand-over", frozenset(("head", "admin"))),
    ("/board", frozenset(("head", "manager", "admin"))),
    ("/designer", frozenset(("designer", "admin"))),
    ("/operator", frozenset(("operator", "admin"))),
    ("/admin", frozenset(("admin",))),
    ("/", EVERYBODY),
)
API: dict[str, tuple[set[str], dict[str, Any]]] = {
    # verb: the roles that may and a body that is well-formed; anybody else with a token is refused
    "/api/v1/definitions/<definition>/instances": ({"designer", "operator", "admin"}, {}),
    "/api/v1/messages": ({"operator", "admin"}, {"name": "nobody waits", "payload": {}}),
    "/api/v1/signals": ({"operator", "admin"}, {"name": "nobody waits", "payload": {}}),
    "/api/v1/external-tasks/fetch-and-lock": (
        {"admin"},
        {"worker_id": "w", "max_tasks": 1, "lock_duration_ms": 1000, "topics": ["t"]},
    ),
    "/api/v1/instances/<instance_id>/suspend": ({"operator", "admin"}, {"reason": "r"}),
    "/api/v1/instances/<instance_id>/resume": ({"operator", "admin"}, {"reason": "r"}),
    "/api/v1/definitions/<definition_id>/suspend": ({"operator", "admin"}, {"reason": "r"}),
    "/api/v1/definitions/<definition_id>/resume": ({"operator", "admin"}, {"reason": "r"}),
    "/api/v1/instances/<instance_id>/return": ({"operator", "admin"}, {"task_id": "t", "reason": "r"}),
    "/api/v1/instances/<instance_id>/return/preview": ({"operator", "admin"}, {"task_id": "t"}),
    "/api/v1/instances/<instance_id>/modify": (
        {"operator", "admin"},
        {"instructions": [{"kind": "cancel", "element_id": "x"}], "reason": "r"},
    ),
    "/api/v1/instances/<instance_id>/modify/preview": (
        {"operator", "admin"},
        {"instructions": [{"kind": "cancel", "element_id": "x"}]},
    ),
    "/api/v1/instances/<instance_id>/variables": ({"operator", "admin"}, {"variables": {"n": 1}, "reason": "r"}),
    "/api/v1/incidents/<incident_id>/skip": ({"operator", "admin"}, {"reason": "r"}),
    "/api/v1/batches": ({"operator", "admin"}, {"kind": "suspend", "reason": "r", "filter": {"key": "none"}}),
    "/api/v1/batches/preview": ({"operator", "admin"}, {"kind": "suspend", "filter": {}}),
    "/api/v1/definitions/<definition>/migration-plans": ({"operator", "admin"}, {"definition": "d"}),
    "/api/v1/instances/<instance_id>/migrate": ({"operator", "admin"}, {"definition": "d", "reason": "r"}),
    "/api/v1/instances/<instance_id>/migrate/preview": ({"operator", "admin"}, {"definition": "d"}),
    "/api/v1/instances/<instance_id>/extension": ({"head", "admin"}, {"amount": 1, "reason": "r"}),
    "/api/v1/instances/<instance_id>/extension/preview": ({"head", "admin"}, {"amount": 1}),
    "/api/v1/instances/<instance_id>/cancel": ({"operator", "admin"}, {"reason": "r"}),
}
NOT_LET_IN = (401, 403, 404)


def pages(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Give every route for people with each method."""
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, method


def filled(rule: str) -> str:
    """Put values into a route that name nothing there is."""
    rule = re.sub(r"<any\(([a-z]+)[^>]*>", r"\1", rule)
    return re.sub(r"<[^>]+>", "none", rule.replace("<day>", "2026-05-01"))


def area_of(rule: str) -> frozenset[str]:
    return next(roles for prefix, roles in AREAS if rule == prefix or rule.startswith(prefix.rstrip("/") + "/"))


def test_every_route_is_named_here(shared_app: Flask):
    known = [prefix for prefix, _ in AREAS if prefix != "/"]
    for rule, _ in pages(shared_app):
        assert rule.rule == "/" or any(rule.rule == p or rule.rule.startswith(f"{p}/") for p in known), rule.rule


@pytest.fixture(scope="module")
def visitors(shared_app: Flask) -> dict[str, Visitor]:
    found = {"": Visitor(shared_app)}
    for role, username in ROLES.items():
        found[role] = Visitor(shared_app)
        assert found[role].sign_in(username).status_code in (302, 303)
    return found


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_pages_are_open_to_their_roles_and_closed_to_the_others(
    shared_app: Flask, visitors: dict[str, Visitor], role: str
):
    visitor, wrong = visitors[role], []
    with_token = visitor.get("/track" if role else "/sign-in").text
    for rule, method in pages(shared_app):
        if rule.rule in ("/sign-out", "/account/devices/end", "/sign-in", "/register"):
            continue  # they would end the session of the one who tries; tests/web/test_account.py has them
        path = filled(rule.rule)
        visitor.page = with_token
        answer = visitor.get(path) if method == "GET" else visitor.post(path)
        sent_away = answer.status_code in NOT_LET_IN[:2] or "/sign-in" in answer.headers.get("Location", "")
        hidden = answer.status_code == 404
        if answer.status_code >= 500 or (sent_away if role in area_of(rule.rule) else not (sent_away or hidden)):
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_verbs_of_the_api_are_open_to_their_roles_only(shared_app: Flask, role: str):
    headers = {}
    if role:
        with shared_app.app_context():
            token = people.issue_token(SYSTEM, ROLES[role], now=datetime.now(UTC))
        headers["Authorization"] = f"Bearer {token}"
    client = shared_app.test_client()
    for rule in shared_app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PATCH"}):
            verb, path = f"{method} {rule.rule}", filled(rule.rule)
            if not path.startswith("/api/v1/") or path in ("/api/v1/docs", "/api/v1/openapi.json"):
                continue
            roles, body = API.get(rule.rule, (None, {}))
            answer = client.open(path, method=method, headers=headers, json=body if method != "GET" else None)
            assert answer.status_code < 500, f"{role} {verb}: {answer.text}"
            if not role:
                assert answer.status_code == 401, verb
            elif roles is not None:
                assert (answer.status_code == 403) == (role not in roles), f"{role} {verb}: {answer.text}"
            assert answer.json is not None, verb


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_designers_upload(shared_app: Flask, role: str):
    with shared_app.app_context():
        token = people.issue_token(SYSTEM, ROLES[role], now=datetime.now(UTC))
    for path in ("deployments", "definitions/check"):
        answer = shared_app.test_client().post(
            f"/api/v1/{path}",
            data={"files": (BytesIO(b"<nothing/>"), "p.bpmn")},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code in ((200, 422) if role in ("designer", "admin") else (403,)), answer.text


def test_a_post_without_its_token_changes_nothing(shared_app: Flask, visitors: dict[str, Visitor]):
    for rule, method in pages(shared_app):
        if method == "POST" and rule.rule not in ("/sign-out", "/account/devices/end"):
            answer = visitors["admin"].client.post(filled(rule.rule), data={"act": "x"})
            assert answer.status_code == 400, rule.rule
