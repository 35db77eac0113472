"""The operator's pages of suspension and batches, and what others see of what is suspended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from services import suspension
from services.permissions import SYSTEM
from storage.queries import batches as lists
from storage.queries import tasks as lists_of
from storage.rows import definitions as definition_rows
from tests.office import PROCEDURE, Office
from tests.services.bundles import one_task
from tests.web import filing
from tests.web.visitor import Visitor


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC))


def at(app: Flask, username: str) -> Visitor:
    visitor = Visitor(app)
    visitor.sign_in(username)
    return visitor


def test_an_operator_suspends_and_resumes_an_instance_with_a_reason(demo_app: Flask, office: Office) -> None:
    office.deploy(one_task())
    instance, visitor = office.start("one"), at(demo_app, "vanhanh")
    url = f"/operator/instances/{instance.id}"
    assert f"{url}/suspend" in visitor.get(url).text
    assert "luật không dừng" in visitor.get(f"{url}/suspend").text
    assert visitor.post(f"{url}/suspend", {"reason": " "}).status_code == 422
    assert visitor.post(f"{url}/suspend", {"reason": "bảo trì <1>"}).status_code == 303
    page = visitor.get(url).text
    assert "bảo trì &lt;1&gt;" in page
    assert f"{url}/resume" in page
    assert visitor.get(f"{url}/suspend").status_code == 302
    assert "Suspended by an operator" in visitor.get(f"{url}?tab=log&lang=en").text
    assert visitor.post(f"{url}/resume", {"reason": "xong"}).status_code == 303
    assert f"{url}/suspend" in visitor.get(url).text


def test_an_officer_sees_a_suspended_task_marked_and_loses_nothing_typed(demo_app: Flask, office: Office) -> None:
    dossier, visitor = office.file(), at(demo_app, "motcua")
    task = office.open(dossier)["check"]
    suspension.suspend(SYSTEM, dossier.instance_id, "bảo trì", now=office.now)
    inbox = visitor.get("/inbox").text
    assert dossier.code[-11:] in inbox
    assert "Vận hành tạm dừng" in inbox
    assert visitor.post("/inbox/next").headers["Location"] == "/inbox"
    page = visitor.get(f"/tasks/{task.id}").text
    assert "Người vận hành đang tạm dừng việc này" in page
    assert "bảo trì" not in page
    answer = visitor.post(f"/tasks/{task.id}/submit", {"act": "accept", "reason": "điều tôi đã gõ"})
    assert answer.status_code == 409
    assert "điều tôi đã gõ" in answer.text
    assert visitor.post(f"/tasks/{task.id}/claim").status_code == 303
    assert "đang tạm dừng việc xử lý" in visitor.get(f"/dossiers/{dossier.id}").text
    suspension.resume(SYSTEM, dossier.instance_id, "xong", now=office.now)
    assert visitor.post("/inbox/next").headers["Location"] == f"/tasks/{task.id}"


def test_an_applicant_is_told_kindly_and_may_file_later(demo_app: Flask, office: Office) -> None:
    row = definition_rows.published("process", PROCEDURE)
    assert row is not None
    visitor = at(demo_app, "nguoinop")
    draft = filing.begun(visitor, PROCEDURE)
    suspension.suspend_definition(SYSTEM, row.id, "lỗi bí mật", now=office.now)
    page = visitor.get(f"/procedures/{PROCEDURE}").text
    assert "đang tạm ngừng tiếp nhận" in page
    assert "bí mật" not in page
    assert f"/procedures/{PROCEDURE}/file" not in page
    assert "Tạm ngừng tiếp nhận" in visitor.get("/procedures").text
    assert visitor.get(f"/procedures/{PROCEDURE}/file").headers["Location"] == f"/procedures/{PROCEDURE}"
    assert visitor.post(f"/procedures/{PROCEDURE}/file").status_code == 409
    typed = [("answers.organization_name", "Phòng đã gõ")]
    assert filing.on_page(visitor, filing.pages_of(visitor, draft)[0], typed, "later").status_code == 303
    page = visitor.get(f"{draft}/check").text
    assert "đang tạm ngừng tiếp nhận" in page
    assert "Phòng đã gõ" in page
    assert 'value="send"' not in page
    suspension.resume_definition(SYSTEM, row.id, "xong", now=office.now)
    assert visitor.get(f"/procedures/{PROCEDURE}/file").status_code == 200


def test_a_version_is_put_out_of_service_with_what_runs(demo_app: Flask, office: Office) -> None:
    office.deploy(one_task())
    office.start("one")
    row = definition_rows.published("process", "one")
    assert row is not None
    visitor = at(demo_app, "vanhanh")
    assert "/operator/processes/one" in visitor.get("/operator/processes").text
    url = f"/operator/definitions/{row.id}"
    assert f"{url}/suspend" in visitor.get("/operator/processes/one").text
    assert visitor.post(f"{url}/suspend", {"reason": ""}).status_code == 422
    answer = visitor.post(f"{url}/suspend", {"reason": "lỗi", "with_instances": "yes"})
    assert answer.headers["Location"].startswith("/operator/batches/")
    office.tick(minutes=10)
    assert f"{url}/resume" in visitor.get("/operator/processes/one").text
    assert "lỗi" in at(demo_app, "thietke").get(f"/designer/definitions/{row.id}").text
    assert visitor.get("/operator/processes/none").status_code == 404


def test_instances_of_the_list_become_a_batch(demo_app: Flask, office: Office) -> None:
    office.deploy(one_task())
    ids = [office.start("one", business_key=f"K{number}").id for number in range(3)]
    visitor = at(demo_app, "vanhanh")
    assert ids[0] in visitor.get("/operator/instances").text
    assert visitor.get("/operator/batches/new").headers["Location"] == "/operator/instances"
    visitor.get(f"/operator/batches/new?selected={ids[0]}&selected={ids[1]}")
    chosen = visitor.hidden()
    assert [value for name, value in chosen if name == "selected"] == ids[:2]
    wrong = visitor.post("/operator/batches/new", chosen)
    assert wrong.status_code == 422
    assert wrong.text.count("mc-error") >= 2
    visitor.get(f"/operator/batches/new?selected={ids[0]}&selected={ids[1]}")
    visitor.post("/operator/batches/new", [*chosen, ("kind", "suspend"), ("reason", "bảo trì")])
    assert "K0" in visitor.page
    answer = visitor.post("/operator/batches/new", [*visitor.hidden(), ("step", "start")])
    url = answer.headers["Location"]
    assert "0 trên 2" in visitor.get(url).text
    assert "hx-get" in visitor.get(f"{url}/progress").text
    office.tick(minutes=10)
    page = visitor.get(url).text
    assert "2 trên 2" in page
    assert ids[0] in page
    assert "hx-get" not in page
    visitor.get("/operator/batches/new?all=yes&key=one")
    visitor.post("/operator/batches/new", [*visitor.hidden(), ("kind", "cancel"), ("reason", "thôi")])
    assert "3 phiên" in visitor.page


def test_a_batch_is_cancelled_and_tried_again_from_its_page(demo_app: Flask, office: Office) -> None:
    dossier, visitor = office.file(), at(demo_app, "vanhanh")
    visitor.get(f"/operator/batches/new?selected={dossier.instance_id}")
    visitor.post(
        "/operator/batches/new", [*visitor.hidden(), ("kind", "cancel"), ("reason", "thôi"), ("step", "start")]
    )
    office.tick(minutes=10)
    office.look()
    (batch,) = lists.listed()[0]
    url = f"/operator/batches/{batch.id}"
    page = visitor.get(f"{url}?state=failed").text
    assert "hãy dừng hồ sơ" in page
    assert dossier.code[-11:] in page
    assert "stop the dossier" in visitor.get(f"{url}?lang=en").text
    assert visitor.post(f"{url}/retry").status_code == 303
    assert visitor.post(f"{url}/cancel", {"reason": ""}).status_code == 422
    assert visitor.post(f"{url}/cancel", {"reason": "thôi"}).status_code == 303
    assert re.search(r"Đã huỷ|Cancelled", visitor.get(url).text)
    assert visitor.post(f"{url}/retry").status_code == 303
    assert visitor.get("/operator/batches/none").status_code == 404
    for path in ("/operator/batches", "/operator/batches?after=broken", f"{url}?state=x&after=y"):
        assert visitor.get(path).status_code == 200


def test_an_act_with_details_asks_for_them_and_each_instance_is_done_so(demo_app: Flask, office: Office) -> None:
    office.deploy(one_task())
    ids = [office.start("one", business_key=f"K{number}").id for number in range(2)]
    visitor = at(demo_app, "vanhanh")

    def details(kind: str, *more: tuple[str, str]) -> str:
        visitor.get(f"/operator/batches/new?selected={ids[0]}&selected={ids[1]}")
        visitor.post("/operator/batches/new", [*visitor.hidden(), ("kind", kind), ("reason", "nhầm")])
        visitor.post("/operator/batches/new", [*visitor.hidden(), *more])
        return visitor.page

    def start() -> str:
        answer = visitor.post("/operator/batches/new", [*visitor.hidden(), ("step", "start")])
        office.look()
        office.tick(minutes=10)
        page = str(visitor.get(answer.headers["Location"]).text)
        assert "2 trên 2" in page
        return page

    page = details("set_variables", ("step", "look"), ("name-0", ""), ("value-0", "Hà Nội"))
    assert "Nhập tên biến" in page
    assert "chưa phải JSON" in page
    page = details("set_variables", ("do", "add"), ("name-0", "city"), ("value-0", '"Hà Nội"'))
    assert 'id="name-1"' in page
    assert "city = Hà Nội" in details("set_variables", ("step", "look"), ("name-0", "city"), ("value-0", '"Hà Nội"'))
    start()
    for one in ids:
        assert "Hà Nội" in visitor.get(f"/operator/instances/{one}?tab=variables").text

    assert "Chọn phần tử" in details("modify", ("step", "look"), ("act-0", "move"))
    page = details("modify", ("step", "look"), ("act-0", "start_before"), ("element-0", "one do"))
    assert "Bắt đầu trước phần tử: do" in page
    assert "Bắt đầu trước phần tử: do" in start()
    assert [len(lists_of.open_of(one)) for one in ids] == [2, 2]

    assert "Về bước do" in details("return", ("step", "look"), ("element-0", "one do"), ("whole", "yes"))
    assert "Chưa ai làm xong" in start()
