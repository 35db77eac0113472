"""Supplement requests for programs: composed, handed in, approved, returned, recalled; and who may do which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from api.schemas.supplements import ComposedSupplement, Supplement
from services import people, tasks
from services.permissions import SYSTEM
from tests import apps
from tests.api.program import Program, codes, program, refused
from tests.conftest import clean_place
from tests.databases import settings_of
from tests.office import Office

CHECKED = dict.fromkeys(("facilities_check", "equipment_check", "staff_check", "practice_check"), "pass") | {
    "appraisal_comment": "Thiếu giấy tờ"
}
PLAN = {"component": "floor_plan", "problem": "unclear", "basis": "103/2016/NĐ-CP", "todo": "Thể hiện vùng đệm."}
NAME = {"component": "field:laboratory_name", "problem": "differs", "basis": "155/2018/NĐ-CP", "todo": "Nêu đúng tên."}
STAFF = ("chuyenvien", "truongphong", "chuyenvienduoc", "truongphongduoc", "motcua", "nguoinop")


@pytest.fixture(scope="module")
def demo(database: str) -> Iterator[Flask]:
    """An application with the shipped procedures and demo people."""
    with apps.served(settings_of(clean_place(database, demo=True, lives="module"))) as application:
        yield application


@dataclass
class Desk:
    """A dossier that an officer appraises, and the programs of those around it."""

    office: Office
    task_id: str
    callers: dict[str, Program] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/tasks/{self.task_id}/supplement"

    def __getattr__(self, username: str) -> Program:
        return self.callers[username]


@pytest.fixture
def desk(demo: Flask) -> Desk:
    with demo.app_context():
        office = Office(parts=demo.extensions["motcua"], now=datetime.now(UTC))
        dossier = office.accepted()
        office.step(dossier, "truongphong", "assign", "assign")
        task_id = office.open(dossier)["appraise"].id
        tasks.claim(office.viewer("chuyenvien"), task_id, now=office.now, reason="Phép thử khác nộp trước")
        callers = {
            name: Program(app=demo, username=name, token=people.issue_token(SYSTEM, name, now=office.now))
            for name in STAFF
        }
    return Desk(office=office, task_id=task_id, callers={**callers, "admin": program(demo, "admin")})


def sent(desk: Desk, *points: Any) -> Any:
    return desk.chuyenvien.post(f"{desk.url}/send", {"points": list(points) or [PLAN, NAME], "variables": CHECKED})


def test_a_request_is_composed_handed_in_returned_and_approved(desk: Desk) -> None:
    officer, head, url = desk.chuyenvien, desk.truongphong, desk.url
    begun = officer.get(url)
    assert (begun["state"], begun["version"], begun["points"], begun["approval"]) == (
        "draft", 0, [], ["head_prevention"],
    )  # fmt: skip
    terms = begun["terms"]
    assert {"floor_plan", "field:laboratory_name"} <= {one["id"] for one in terms["components"]}
    assert [one["id"] for one in terms["bases"]] == ["103/2016/NĐ-CP", "155/2018/NĐ-CP", "118/2025/NĐ-CP"]
    assert (terms["round"], terms["rounds"], terms["is_reply_by_computed"]) == (1, 2, False)
    assert (begun["can_send"], begun["can_approve"], begun["can_recall"]) == (True, False, False)
    kept = officer.post(url, {"points": [PLAN, {}], "reason": "Dở dang", "seen_version": 0})
    assert (kept["version"], kept["points"][1], kept["saved_by"]) == (1, dict.fromkeys(PLAN, ""), "chuyenvien")
    refused(officer.call("POST", url, {"points": [NAME], "seen_version": 0}), 409, "draft_changed")
    kept = officer.post(url, {"points": [PLAN], "reason": "", "seen_version": 1})
    waiting = officer.post(f"{url}/send", {"variables": CHECKED})  # the points as they were saved
    assert (waiting["state"], waiting["points"], waiting["proposed_by"]) == ("proposed", [PLAN], "chuyenvien")
    assert officer.get(url)["can_recall"] is True
    seen = head.get(url)
    assert (seen["can_approve"], seen["can_send"], seen["variables"]) == (True, False, CHECKED)
    assert codes(refused(head.call("POST", f"{url}/return", {}), 422)) == {"reason": "required"}
    assert codes(refused(head.call("POST", f"{url}/return", {"reason": " "}), 422)) == {"reason": "required"}
    back = head.post(f"{url}/return", {"reason": "Gộp hai điểm"})
    assert (back["state"], back["returned_because"], back["decided_by"]) == ("returned", "Gộp hai điểm", "truongphong")
    assert officer.get(url)["returned_because"] == "Gộp hai điểm"
    assert sent(desk, PLAN)["returned_because"] is None
    assert officer.post(f"{url}/recall")["state"] == "draft"
    sent(desk, PLAN, NAME)
    assert head.post(f"{url}/approve")["state"] == "sent"
    gone = officer.get(url)
    assert [ComposedSupplement().validate(answer) for answer in (begun, seen, gone)] == [{}] * 3
    assert Supplement().validate(waiting) == {}
    assert (gone["state"], gone["points"], gone["terms"], gone["can_send"]) == ("sent", [PLAN, NAME], None, False)
    kinds = [notice["kind"] for notice in officer.get("/notices")["items"]]
    assert kinds[:2] == ["supplement_approved", "supplement_returned"]


def test_all_that_is_wrong_is_said_at_once_by_the_names_that_were_sent(desk: Desk) -> None:
    wrong = [{"component": "diploma", "problem": "?", "basis": "1/1990/NĐ-CP", "todo": " "}, {}]
    error = refused(desk.chuyenvien.call("POST", f"{desk.url}/send", {"points": wrong, "reply_by": "2020-01-01"}), 422)
    found = codes(error)
    assert (
        found
        | {
            "points.0.component": "unknown",
            "points.0.basis": "not_in_force",
            "points.1.component": "required",
            "points.1.todo": "required",
            "reply_by": "date",
        }
        == found
    )
    assert "facilities_check" in found  # the form's own, too
    assert codes(refused(desk.chuyenvien.call("POST", f"{desk.url}/send", {"variables": CHECKED}), 422)) == {
        "points": "required"
    }
    long = {"points": [{"todo": "x" * 2001, "law": ""}], "reason": "x" * 4001, "reply_by": 1}
    assert codes(refused(desk.chuyenvien.call("POST", desk.url, long), 422)) == {
        "points.0.todo": "length", "points.0.law": "unknown", "reason": "length", "reply_by": "text",
        "seen_version": "required",
    }  # fmt: skip
    many = {"points": [PLAN] * 31, "seen_version": 0}
    assert codes(refused(desk.chuyenvien.call("POST", desk.url, many), 422)) == {"points": "entries"}
    assert desk.chuyenvien.get(desk.url)["version"] == 0


BODIES: dict[str, Any] = {
    "": {"points": [PLAN], "seen_version": 0},
    "/send": {"points": [PLAN], "variables": CHECKED},
    "/approve": {},
    "/return": {"reason": "Sửa"},
    "/recall": {},
}
UNSEEN = dict.fromkeys(("GET", *BODIES), 404)
COMPOSED: dict[str, dict[str, int]] = {
    "truongphong": {"GET": 409, "": 409, "/send": 409, "/approve": 409, "/return": 409, "/recall": 409},
    **dict.fromkeys(("chuyenvienduoc", "truongphongduoc", "motcua", "nguoinop"), UNSEEN),
}
"""While the officer composes: their head sees the task, which is somebody's; others do not see it."""
WAITING: dict[str, dict[str, int]] = {
    "chuyenvien": {"": 409, "/send": 409, "/approve": 403, "/return": 403},
    "truongphong": {"GET": 200, "": 409, "/send": 409, "/recall": 403},
    **dict.fromkeys(("chuyenvienduoc", "truongphongduoc", "motcua", "nguoinop"), UNSEEN),
}


def test_who_may_do_what_while_it_is_composed_and_while_it_waits(desk: Desk) -> None:
    for may in (COMPOSED, WAITING):
        for username, expected in may.items():
            for operation, status in expected.items():
                caller = desk.callers[username]
                answer = (
                    caller.call("GET", desk.url)
                    if operation == "GET"
                    else caller.call("POST", f"{desk.url}{operation}", BODIES[operation])
                )
                assert answer.status_code == status, (username, operation, answer.text)
        if may is COMPOSED:
            for operation in ("/approve", "/return", "/recall"):  # nothing waits yet
                refused(desk.chuyenvien.call("POST", f"{desk.url}{operation}", BODIES[operation]), 409)
            sent(desk)
    assert desk.truongphong.post(f"{desk.url}/approve")["state"] == "sent"
    for operation, body in BODIES.items():
        refused(desk.chuyenvien.call("POST", f"{desk.url}{operation}", body), 409)


def test_who_may_work_any_task_takes_a_waiting_request_back_and_its_officer_is_told(desk: Desk) -> None:
    sent(desk)
    assert desk.admin.post(f"{desk.url}/recall")["state"] == "draft"
    (notice, *_) = desk.chuyenvien.get("/notices")["items"]
    assert (notice["kind"], notice["url"]) == ("supplement_recalled", f"/tasks/{desk.task_id}")


def test_the_same_key_sends_once_and_another_step_has_no_request(desk: Desk) -> None:
    key = {"Idempotency-Key": desk.task_id}
    body = {"points": [PLAN], "variables": CHECKED}
    first = desk.chuyenvien.post(f"{desk.url}/send", body, headers=key)
    assert desk.chuyenvien.post(f"{desk.url}/send", body, headers=key) == first
    with desk.callers["admin"].app.app_context():
        task_id = desk.office.open(desk.office.file())["check"].id
    refused(desk.motcua.call("GET", f"/tasks/{task_id}/supplement"), 409, "wrong_state")
    refused(desk.motcua.call("POST", f"/tasks/{task_id}/supplement", BODIES[""]), 409, "wrong_state")
    refused(desk.motcua.call("GET", "/tasks/none/supplement"), 404)
