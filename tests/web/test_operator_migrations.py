"""Migrating on a page: which element stands for which, a look first, the act; without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from services import instances
from services.permissions import SYSTEM
from storage.tables import Instance
from tests.engine.diagrams import boundary, duration, end, start, user
from tests.office import Office
from tests.services.bundles import bundle
from tests.web.visitor import Visitor

OLD = bundle("over", start("s"), user("do", name="Làm"), end("e"), "s -> do -> e")
NEW = bundle(
    "over", start("s"), user("sign", name="Ký"), boundary("late", "sign", duration("PT1H")), end("e"),
    "s -> sign -> e", "late -> e",
)  # fmt: skip


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC))


@pytest.fixture
def visitor(demo_app: Flask) -> Visitor:
    visitor = Visitor(demo_app)
    visitor.sign_in("vanhanh")
    return visitor


def deploy(office: Office, files: dict[str, bytes]) -> str:
    return office.deploy(files).definitions[0].id


def again(office: Office, instance: Instance) -> Instance:
    office.look()
    return instances.readable(SYSTEM, instance.id)


def test_one_run_goes_over_by_its_page(office: Office, visitor: Visitor):
    deploy(office, OLD)
    instance = office.start("over")
    path = f"/operator/instances/{instance.id}/migrate"
    assert "chưa có phiên bản nào khác" in visitor.get(path).text
    new = deploy(office, NEW)
    assert f'href="{path}"' in visitor.get(f"/operator/instances/{instance.id}").text
    page = visitor.get(path).text
    assert 'name="map.do"' in page
    assert '<option value="sign">Ký (sign)</option>' in page
    assert "Phiên bản mới không có phần tử tương ứng" in page
    refused = visitor.post(path, {"to": new, "step": "preview", "map.do": ""})
    assert "Chưa chuyển được" in refused.text
    said = visitor.post(path, {"to": new, "step": "preview", "map.do": "sign"})
    assert "đi tiếp ở “Ký”" in said.text
    assert "late" in said.text
    assert '<option value="sign" selected>' in said.text
    assert again(office, instance).version == 1
    assert visitor.post(path, {"to": new, "step": "migrate", "map.do": "sign"}).status_code == 422
    done = visitor.post(path, {"to": new, "step": "migrate", "map.do": "sign", "reason": "luật mới"})
    assert (done.status_code, done.headers["Location"]) == (303, f"/operator/instances/{instance.id}")
    assert again(office, instance).definition_id == new
    page = visitor.get(f"/operator/instances/{instance.id}?tab=log").text
    assert "Chuyển sang phiên bản khác của quy trình" in page
    assert "luật mới" in page


def test_a_refusal_stands_at_its_element(office: Office, visitor: Visitor):
    deploy(office, OLD)
    instance = office.start("over")
    new = deploy(office, NEW)
    path = f"/operator/instances/{instance.id}/migrate"
    answer = visitor.post(path, {"to": new, "step": "migrate", "map.do": "", "reason": "x"})
    assert answer.status_code == 422
    assert 'href="#map.do"' in answer.text
    assert 'id="map.do-error"' in answer.text


def test_the_runs_of_a_version_are_counted_and_tried(office: Office, visitor: Visitor):
    old = deploy(office, OLD)
    for _ in range(3):
        office.start("over")
    deploy(office, NEW)
    path = f"/operator/definitions/{old}/migrate"
    page = visitor.get(path).text
    assert "3 phiên đang chạy" in page
    assert visitor.post(path, {"step": "preview", "map.do": "sign"}).text.count("đều chuyển được") == 1
    refused = visitor.post(path, {"step": "migrate", "map.do": "sign"})
    assert (refused.status_code, "Cần nêu lý do" in refused.text) == (422, True)
    made = visitor.post(path, {"step": "migrate", "map.do": "sign", "reason": "luật mới"})
    assert made.status_code == 303
    assert "Chuyển sang phiên bản khác" in visitor.get(made.headers["Location"]).text
    assert "0 phiên chuyển được" in visitor.post(path, {"step": "preview", "map.do": ""}).text
    for language in ("vi", "en"):
        assert visitor.get(f"{path}?lang={language}").status_code == 200
    assert visitor.get(f"{path}?to=nonsense").status_code == 200
    assert visitor.get("/operator/definitions/none/migrate").status_code == 404


def test_what_has_ended_has_no_such_page(office: Office, visitor: Visitor):
    deploy(office, OLD)
    instance = office.start("over")
    instances.cancel(SYSTEM, instance.id, "x", now=office.now)
    path = f"/operator/instances/{instance.id}"
    assert visitor.get(f"{path}/migrate").headers["Location"] == path


def test_only_operators_see_it(office: Office, demo_app: Flask):
    old = deploy(office, OLD)
    for username in ("motcua", "quanly", "thietke"):
        visitor = Visitor(demo_app)
        visitor.sign_in(username)
        assert visitor.get(f"/operator/definitions/{old}/migrate").status_code == 403
