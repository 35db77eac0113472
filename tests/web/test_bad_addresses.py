"""Addresses that are none, and what is somebody else's: not found or forbidden, never an error, nothing is changed."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest

from api import auth
from services import people
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import SignIn
from tests.api.program import Program, program
from tests.soak import examples
from tests.web.edge import Edge, everything, first_of, unchanged
from tests.web.officers import at_desk


@pytest.fixture(scope="module")
def deployer(edge: Edge) -> Program:
    return program(edge.app, "designer")


IDS = (
    "-1", "%00", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%27%20OR%201%3D1--", "%25", "%ed%a0%80", "%0d%0aX-A:%20b",
    "%e2%80%ae{{7*7}}", "x" * 4000,
)  # fmt: skip
TRIED = examples(3, soak=len(IDS))
"""So many of them at each address, in turn."""


def test_ids_that_are_none_are_not_found(edge: Edge):
    """Whoever may do all: nothing hides behind a missing permission."""
    administrator = edge.desk("quantri")
    applicant = edge.desk("nguoinop")
    with_token = {person: person.get("/account").text for person in (administrator, applicant)}
    wrong = []
    with unchanged(edge.app):
        for turn, rule in enumerate(edge.app.url_map.iter_rules()):
            if not rule.arguments or str(rule).startswith(("/api/", "/static/")):
                continue
            for number in range(turn, turn + TRIED):
                id_ = IDS[number % len(IDS)]
                path = "".join(
                    part if n % 2 == 0 else first_of(part) or id_
                    for n, part in enumerate(re.split(r"<([^>]+)>", str(rule)))
                )
                person = applicant if "/my/" in path or path.endswith("/file") else administrator
                for method in (rule.methods or set()) & {"GET", "POST"}:
                    if method == "POST" and number % 2:
                        continue
                    person.page = with_token[person]
                    answer = person.get(path) if method == "GET" else person.post(path, {"reason": "x"})
                    if answer.status_code not in (400, 403, 404, 405, 308):
                        wrong.append((method, path[:80], answer.status_code))
    assert wrong == []


def packed(cursor: str) -> str:
    return urlsafe_b64encode(cursor.encode()).decode().rstrip("=")


LISTS = {
    "nguoinop": ("/my/dossiers", "/procedures", "/track"),
    "truongphong": ("/inbox", "/dossiers", "/board"),
    "quantri": ("/board/list", "/board/list.csv", "/designer", "/operator/instances", "/operator/outbox",
                "/operator/work",
                "/admin/people", "/admin/calendar"),
}  # fmt: skip
NAMES = ("after", "before", "limit", "from", "to", "year", "page", "view", "tab", "kind", "state", "q", "field")
CURSORS = (
    "2026-01-01_", "_1", "2026-01-01T00:00:00_a", "2026-01-01T00:00:00%2B00:00_%27", "0001-01-01T00:00:00%2B14:00_a",
    "9999-12-31T23:59:59-14:00_a", "e30", packed('["v", "x", "y"]'), packed('["v", null, "y"]'),
    packed('["m", "x", "y"]'), packed('["m", "9999-12-31T23:59:59-14:00", "y"]'), packed('["w", {}, []]'),
    packed('["m", "2026-01-01T00:00:00+00:00", "\\u0000"]'), "x" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("username", LISTS)
def test_odd_cursors_begin_the_list_anew(edge: Edge, username: str):
    person = edge.desk(username)
    with unchanged(edge.app):
        for path in LISTS[username]:
            for value in CURSORS:
                answer = person.get(f"{path}?what=received&after={value}&before={value}", buffered=True)
                assert answer.status_code == 200, (path, value)


@pytest.mark.parametrize("value", ["-1", "9" * 30, "%00", "²", "%D9%A3", "%ff", "%22%7D"])
def test_odd_counts_and_words_are_ignored_or_refused(edge: Edge, deployer: Program, value: str):
    desks = {username: edge.desk(username) for username in LISTS}
    query = "&".join(f"{name}={value}" for name in NAMES)
    with unchanged(edge.app):
        for username, paths in LISTS.items():
            for path in paths:
                answer = desks[username].get(f"{path}?what=received&{query}", buffered=True)
                assert answer.status_code in (200, 302, 400, 404, 422), path
        for path in ("/tasks", "/instances", "/definitions"):
            for name in ("cursor", "limit", "sort", "state", "status", "key"):
                assert deployer.call("GET", f"{path}?{name}={value}").status_code in (200, 422), (path, name)


def test_a_session_that_ended_changes_nothing(edge: Edge):
    """Signed out elsewhere, deactivated, or gone from the database: the cookie is worth nothing."""
    with edge.app.app_context():
        people.create(SYSTEM, username="tam.thoi", name="Tạm Thời", roles=["admin"], now=datetime.now(UTC))
        token = people.issue_token(SYSTEM, "tam.thoi", now=datetime.now(UTC))
    person, elsewhere = at_desk(edge.app, "tam.thoi"), at_desk(edge.app, "tam.thoi")
    person.get("/account")
    page, call = person.page, Program(app=edge.app, username="tam.thoi", token=token)
    assert call.call("GET", "/tasks").status_code == 200
    with edge.app.app_context():
        people.set_active(SYSTEM, "tam.thoi", active=False, now=datetime.now(UTC))
        assert session().query(SignIn).filter_by(username="tam.thoi").count() == 0
    auth.forget()
    with unchanged(edge.app):
        for visitor in (person, elsewhere):
            visitor.page = page
            assert visitor.get("/admin/people").status_code == 302
            visitor.page = page
            answer = visitor.post("/admin/people/motcua/deactivate", {})
            assert answer.status_code in (400, 401)
        assert call.call("GET", "/tasks").status_code == 401
        assert call.call("POST", f"/tasks/{edge.task}/claim", {}).status_code == 401


def test_what_is_somebody_elses_is_not_there(edge: Edge):
    """Another applicant and an officer of another unit: 404 or 403, in pages and programs, and nothing is changed."""
    strangers = {name: edge.desk(name) for name in ("nguoinop2", "chuyenvienduoc", "thietke")}
    pages = (f"/my/dossiers/{edge.code}", f"/my/dossiers/{edge.code}/receipt", f"/my/dossiers/{edge.code}/withdraw",
             f"/my/dossiers/{edge.code}/tasks/{edge.task}", f"/tasks/{edge.task}", f"/dossiers/{edge.dossier}",
             f"/dossiers/{edge.dossier}/control-sheet", f"/documents/{edge.upload}", f"/documents/{edge.paper}",
             f"/dossiers/{edge.dossier}/stop")  # fmt: skip
    acts = (f"/my/dossiers/{edge.code}/withdraw", f"/my/dossiers/{edge.code}/keep", f"/tasks/{edge.task}/claim",
            f"/tasks/{edge.task}/submit", f"/tasks/{edge.task}/assign", f"/tasks/{edge.task}/unclaim",
            f"/dossiers/{edge.dossier}/stop", f"/my/dossiers/{edge.code}/tasks/{edge.task}",
            f"/operator/instances/{edge.instance}/cancel")  # fmt: skip
    with unchanged(edge.app):
        for name, stranger in strangers.items():
            for page in pages:
                assert stranger.get(page).status_code in (403, 404), (name, page)
            for act in acts:
                stranger.get("/account")
                answer = stranger.post(act, {"reason": "x", "act": "assign", "assignee": name})
                assert answer.status_code in (403, 404), (name, act)
                assert edge.code not in answer.text or act.startswith("/my/"), (name, act)


def test_a_program_without_the_right_sees_nothing_of_others(edge: Edge):
    stranger = program(edge.app, "officer")
    with unchanged(edge.app):
        assert stranger.call("GET", f"/tasks/{edge.task}").status_code == 404
        assert stranger.call("GET", f"/instances/{edge.instance}").status_code == 404
        for act in ("claim", "unclaim", "complete"):
            assert stranger.call("POST", f"/tasks/{edge.task}/{act}", {}).status_code == 404, act
        assert stranger.call("POST", f"/tasks/{edge.task}/assign", {"assignee": "motcua"}).status_code == 403
        assert stranger.call("POST", f"/instances/{edge.instance}/cancel", {"reason": "x"}).status_code in (403, 404)
        assert stranger.call("GET", "/tasks").json["items"] == []
        assert stranger.upload("/deployments", {"a.bpmn": b"<x/>"}).status_code == 403


def test_the_ledger_sees_a_change(edge: Edge):
    before = everything(edge.app)
    program(edge.app, "officer")
    after = everything(edge.app)
    assert {name for name in before if before[name] != after[name]} == {"person", "api_token", "log_event"}
