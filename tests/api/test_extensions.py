"""The one extension of a dossier's limit, for programs: looked at, given, refused the second time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from services import dossiers, people
from services.permissions import SYSTEM
from services.setup import basics
from storage.rows import people as rows
from tests.api.program import Program, program, refused, unique
from tests.engine.diagrams import end, start, user
from tests.services.bundles import procedure


@pytest.fixture(scope="module", autouse=True)
def units(served: Flask) -> None:
    with served.app_context():
        basics(now=datetime.fromisoformat("2026-08-20T01:00:00+00:00"))


@pytest.fixture(scope="module")
def instance(served: Flask, admin: Program) -> str:
    """The instance of a dossier that has just been accepted."""
    key = unique("extended")
    do = user("do", motcua__nationalStatus="2", motcua__candidateGroups="specialist_prevention")
    files = procedure(
        key, start("s"), do, end("e", motcua__nationalStatus="10"), "s -> do -> e", limit="9 working_days"
    )
    admin.deploy(*files.items())
    with served.app_context():
        now, name = datetime.now(UTC), unique("applicant")
        people.create(SYSTEM, username=name, name="An", roles=("applicant",), groups=(), unit="", now=now)
        person = rows.load(name)
        assert person is not None
        return dossiers.file(people.viewer_of(person), key, {}, now=now).instance_id


def test_a_limit_is_looked_at_and_extended_once(admin: Program, instance: str) -> None:
    here = f"/instances/{instance}/extension"
    seen = admin.post(f"{here}/preview", {"amount": 3})
    done = admin.post(here, {"amount": 3, "reason": "Lấy ý kiến"})
    assert done == seen
    assert done["due_at"] is not None
    assert done["due_at"] == done["result_at"]
    again = refused(admin.call("POST", here, {"amount": 1, "reason": "Nữa"}), 409)
    assert "only once" in again["message"]
    refused(admin.call("POST", f"{here}/preview", {"amount": 1}), 409)


def test_what_is_wrong_is_named_and_others_may_not(served: Flask, admin: Program, instance: str) -> None:
    here = f"/instances/{instance}/extension"
    error = refused(admin.call("POST", here, {"amount": 0}), 422)
    assert {detail["field"] for detail in error["details"]} == {"amount", "reason"}
    officer = program(served, "officer", username=unique("officer"), groups=("specialist_prevention",))
    refused(officer.call("POST", here, {"amount": 1, "reason": "r"}), 403)
    refused(admin.call("POST", "/instances/none/extension", {"amount": 1, "reason": "r"}), 404)
