"""The operator's pages that change an instance: moving steps with a preview, variables, skipping an incident."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
from flask import Flask

from services import instances
from services.permissions import SYSTEM
from storage.queries import incidents
from storage.tables import Instance
from tests.engine.diagrams import boundary, duration, each, end, fork, script, start, sub, user, xor
from tests.office import Office
from tests.services.bundles import beside, bundle
from tests.web.visitor import Visitor

STEPS = bundle(
    "steps", start("s"), user("a", name="Bước A"), boundary("late", "a", duration("PT1H")),
    user("b", name="Bước <B>"), user("c"), end("e"), "s -> a -> b -> c -> e", "late -> c",
)  # fmt: skip
FAULTY = bundle(
    "faulty", start("s"), fork("f"), xor("g"), user("do", name="Làm"), user("other"), end("e"),
    "s -> f -> g -> do if n > 1", "g -> other if n > 2", "do -> e", "other -> e", "f -> e",
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


def now(office: Office, instance: Instance) -> Instance:
    office.look()
    return instances.readable(SYSTEM, instance.id)


def row(number: int = 0, **fields: str) -> dict[str, str]:
    return {f"{name}-{number}": value for name, value in {"kind": "move", **fields}.items()}


def seen(visitor: Visitor) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', visitor.page)
    return found[1] if found else ""


def test_steps_are_moved_after_a_preview(office: Office, visitor: Visitor):
    office.deploy(STEPS)
    instance = office.start("steps")
    path = f"/operator/instances/{instance.id}/modify"
    assert path in visitor.get(f"/operator/instances/{instance.id}").text
    page = visitor.get(path).text
    assert "● Bước A" in page
    assert "Bước &lt;B&gt;" in page
    form = {"rows": "1", **row(element="steps a", to="steps c")}
    preview = unescape(visitor.post(path, {**form, "do": "preview"}).text)
    assert all(words in preview for words in ("Xem trước: nếu làm bây giờ", "Bị bỏ", "Không chờ nữa", "Đến giờ hẹn"))
    assert sorted(office.open(instance)) == ["a"]
    mark = seen(visitor)
    refused = visitor.post(path, {**form, "seen": mark, "do": "confirm", "reason": ""})
    assert (refused.status_code, "Cần nêu lý do" in refused.text, seen(visitor)) == (422, True, mark)
    done = visitor.post(path, {**form, "seen": mark, "do": "confirm", "reason": "nhầm bước"})
    assert done.headers["Location"] == f"/operator/instances/{instance.id}"
    assert "Đã chuyển bước" in visitor.get(done.headers["Location"]).text
    office.look()
    assert sorted(office.open(instance)) == ["c"]
    assert "Người vận hành chuyển bước" in visitor.get(f"/operator/instances/{instance.id}?tab=log").text
    assert "nhầm bước" in visitor.page
    assert visitor.get(f"{path}?lang=en").status_code == 200
    assert "Move steps" in visitor.page


def test_instructions_are_added_and_dropped_without_a_script(office: Office, visitor: Visitor):
    office.deploy(STEPS)
    instance = office.start("steps")
    path = f"/operator/instances/{instance.id}/modify"
    visitor.get(path)
    first = row(kind="cancel", element="steps a")
    page = visitor.post(path, {"rows": "1", **first, "do": "add"}).text
    assert 'name="rows" value="2"' in page
    assert 'value="steps a" selected' in page
    both = {"rows": "2", **first, **row(1, kind="start_before", element="steps b")}
    assert 'name="rows" value="1"' in visitor.post(path, {**both, "do": "drop-0"}).text
    assert 'value="steps b" selected' in visitor.page
    text = unescape(visitor.post(path, {**both, "do": "preview"}).text)
    assert "Phiên chạy đi tiếp" in text
    only = unescape(visitor.post(path, {"rows": "1", **first, "do": "preview"}).text)
    assert "Không còn gì trong phiên chạy" in only


def test_what_is_wrong_stands_at_its_field(office: Office, visitor: Visitor):
    office.deploy(STEPS)
    instance = office.start("steps")
    path = f"/operator/instances/{instance.id}/modify"
    visitor.get(path)
    form = {"rows": "2", **row(element="steps b", to="steps c"), **row(1, element="steps a")}
    answer = visitor.post(path, {**form, "do": "preview"})
    assert answer.status_code == 422
    for place in ("element-0", "to-1"):
        assert f'href="#{place}"' in answer.text
        assert f'id="{place}-error"' in answer.text
    empty = visitor.post(path, {"rows": "1", **row(), "do": "preview"})
    assert (empty.status_code, "Chọn phần tử." in empty.text) == (422, True)
    for nonsense in (
        {},
        {"rows": "x"},
        {"rows": "999", "do": "preview"},
        {"kind-0": "jump", "do": "drop-9", "rows": "1"},
    ):
        assert visitor.post(path, nonsense).status_code in (200, 422)
    assert visitor.get("/operator/instances/nothing/modify").status_code == 404


def test_what_is_done_is_what_was_previewed(office: Office, visitor: Visitor):
    office.deploy(STEPS)
    instance = office.start("steps")
    path = f"/operator/instances/{instance.id}/modify"
    visitor.get(path)
    form = {"rows": "1", **row(element="steps a", to="steps c")}
    visitor.post(path, {**form, "do": "preview"})
    other = {"rows": "1", **row(element="steps a", to="steps b"), "seen": seen(visitor), "do": "confirm", "reason": "r"}
    changed = visitor.post(path, other)
    assert (changed.status_code, "đã thay đổi từ lúc xem trước" in changed.text) == (409, True)
    assert sorted(office.open(instance)) == ["a"]
    assert visitor.post(path, {**other, "seen": seen(visitor)}).status_code == 303
    office.look()
    assert sorted(office.open(instance)) == ["b"]


def test_one_instance_of_a_loop_is_named(office: Office, visitor: Visitor):
    inner = sub("sub", each("rows", item="row"), start("s2"), user("x"), user("y"), end("e2"), "s2 -> x -> y -> e2")
    office.deploy(bundle("loops", start("s"), inner, end("e"), "s -> sub -> e"))
    instance = office.start("loops", {"rows": ["mot", "hai"]})
    path = f"/operator/instances/{instance.id}/modify"
    page = unescape(visitor.get(path).text)
    assert "row = 'mot'" in page
    ambiguous = visitor.post(path, {"rows": "1", **row(kind="start_before", element="loops y"), "do": "preview"})
    assert (ambiguous.status_code, "Có nhiều lần chạy đang mở" in ambiguous.text) == (422, True)
    first = re.search(r'<option value="([^"]+)">sub #0 ', unescape(visitor.page))
    assert first is not None
    form = {"rows": "1", **row(kind="start_before", element="loops y", ancestor=first[1])}
    visitor.post(path, {**form, "do": "preview"})
    assert visitor.post(path, {**form, "do": "confirm", "seen": seen(visitor), "reason": "r"}).status_code == 303
    office.look()
    assert sorted(task.element_id for task in office.every_task(instance)) == ["x", "x", "y"]


def test_a_dossier_is_not_ended_here(office: Office, visitor: Visitor):
    office.deploy(beside("desk", 1))
    instance = office.instance(office.file_in("desk"))
    path = f"/operator/instances/{instance.id}/modify"
    visitor.get(path)
    answer = visitor.post(path, {"rows": "1", **row(kind="cancel", element="desk t1"), "do": "preview"})
    assert (answer.status_code, "hãy dừng hồ sơ" in answer.text) == (409, True)


def values_of(visitor: Visitor) -> dict[str, str]:
    """Give what the form of variables would send, unchanged."""
    texts = re.findall(r'<textarea[^>]* name="(value-\d+)"[^>]*>(.*?)</textarea>', visitor.page, re.DOTALL)
    texts += re.findall(r'<input[^>]* name="(value-\d+)" type="text" value="([^"]*)"', visitor.page)
    return dict(visitor.hidden()) | {name: unescape(text) for name, text in texts}


def test_variables_are_edited_as_json_and_keep_their_kinds(office: Office, visitor: Visitor):
    office.deploy(STEPS)
    instance = office.start("steps", {"n": 1, "text": "a\nb", "rows": [1, {"x": None}]})
    path = f"/operator/instances/{instance.id}/variables"
    assert path in visitor.get(f"/operator/instances/{instance.id}").text
    visitor.get(path)
    sent = values_of(visitor)
    names = {sent[f"name-{i}"]: f"value-{i}" for i in range(3)}
    unchanged = visitor.post(path, {**sent, "reason": "r"})
    assert (unchanged.status_code, "Chưa sửa biến nào" in unchanged.text) == (422, True)
    wrong = visitor.post(
        path, {**sent, names["n"]: "Hà Nội", "name": "new", "value": '{"$date": "soon"}', "reason": ""}
    )
    text = unescape(wrong.text)
    assert wrong.status_code == 422
    assert "“n” chưa phải JSON (dòng 1, cột 1)" in text
    assert "Cần nêu lý do" in text
    kind = visitor.post(path, {**sent, "name": "new", "value": '{"$date": "soon"}', "reason": "r"})
    assert (kind.status_code, 'href="#value"' in kind.text) == (422, True)
    good = {**sent, names["n"]: "2", "name": "day", "value": '{"$date": "2026-08-20"}', "reason": "nhập sai"}
    assert visitor.post(path, good).headers["Location"].endswith("?tab=variables")
    office.look()
    assert instances.variables(SYSTEM, instance.id)["n"] == 2
    page = unescape(visitor.get(path).text)
    assert '"$date": "2026-08-20"' in page
    stale = visitor.post(path, {**sent, names["n"]: "3", "reason": "r"})
    assert (stale.status_code, "vừa được nơi khác đổi" in stale.text) == (422, True)
    again = visitor.post(path, {**sent, "name": "n", "value": "1", "reason": "r"})
    assert (again.status_code, "Biến này đã có" in again.text) == (422, True)
    assert "text" not in values_of_names(visitor.get(f"{path}?q=row").text)
    assert visitor.get(f"{path}?lang=en").status_code == 200


def values_of_names(page: str) -> list[str]:
    return re.findall(r'name="name-\d+" value="([^"]*)"', page)


def test_an_incident_is_skipped_by_a_named_flow(office: Office, visitor: Visitor):
    office.deploy(FAULTY)
    instance = office.start("faulty", {"n": 0})
    office.look()
    incident = incidents.open_of([instance.id])[instance.id][0].id
    path = f"/operator/incidents/{incident}"
    assert f"{path}/skip" in visitor.get(path).text
    page = unescape(visitor.get(f"{path}/skip").text)
    assert "đến “Làm” (n > 1)" in page
    refused = visitor.post(f"{path}/skip", {"reason": "", "variables": "x", "flow_id": ""})
    assert refused.status_code == 422
    refused = visitor.post(f"{path}/skip", {"reason": "r", "variables": "", "flow_id": ""})
    assert (refused.status_code, 'href="#flow_id"' in refused.text) == (422, True)
    flow = re.search(r'<option value="([^"]+)">đến “Làm”', unescape(visitor.page))
    assert flow is not None
    done = visitor.post(f"{path}/skip", {"reason": "làm tay", "variables": '{"m": 1}', "flow_id": flow[1]})
    assert done.headers["Location"] == f"/operator/instances/{instance.id}"
    office.look()
    assert list(office.open(instance)) == ["do"]
    assert instances.variables(SYSTEM, instance.id) == {"n": 0, "m": 1}
    assert "Bỏ qua bước gặp sự cố" in visitor.get(f"/operator/instances/{instance.id}?tab=log").text
    assert visitor.get(f"{path}/skip").status_code == 302
    assert visitor.post(f"{path}/skip", {"reason": "r"}).status_code == 303


def test_a_script_is_skipped_without_a_flow_and_an_ended_instance_shows_no_such_pages(office: Office, visitor: Visitor):
    office.deploy(bundle("short", start("s"), script("x", "y = 1 / n"), end("e"), "s -> x -> e"))
    instance = office.start("short", {"n": 0})
    office.look()
    incident = incidents.open_of([instance.id])[instance.id][0].id
    visitor.get(f"/operator/incidents/{incident}/skip?lang=en")
    assert "flow_id" not in visitor.page
    assert "Skip" in visitor.page
    visitor.post(f"/operator/incidents/{incident}/skip", {"reason": "r"})
    assert now(office, instance).status == "completed"
    for page in ("modify", "variables"):
        path = f"/operator/instances/{instance.id}/{page}"
        assert visitor.get(path).status_code == 302
        assert visitor.post(path, {"do": "preview"}).status_code in (303, 422)
