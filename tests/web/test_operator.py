"""The operator's pages: what runs and fails, what goes out, the proof of the log; and who may see them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from services import log, outbox
from storage.database import session, unit_of_work
from storage.queries import incidents
from storage.queries import instances as queries
from storage.tables import Instance, LogEvent, OutboxMessage
from tests.engine.diagrams import catch, duration, end, script, start
from tests.office import Office
from tests.services.bundles import bundle, one_task
from tests.web.visitor import Visitor
from web.operator import values

LATE = bundle(
    "late", start("s"), catch("wait", duration("PT1M"), name="Chờ"), script("bad", "x = missing + 1"), end("e"),
    "s -> wait -> bad -> e",
)  # fmt: skip
PATHS = ("/operator", "/operator/incidents", "/operator/outbox", "/operator/instances", "/operator/log")


@pytest.fixture
def office(demo_app: Flask) -> Iterator[Office]:
    with demo_app.app_context():
        yield Office(parts=demo_app.extensions["motcua"], now=datetime.now(UTC))


@pytest.fixture
def visitor(demo_app: Flask) -> Visitor:
    visitor = Visitor(demo_app)
    visitor.sign_in("vanhanh")
    return visitor


def message(office: Office, key: str, state: str, **more: object) -> str:
    """Put a message into the outbox as it would be after its tries."""
    payload = {"to": "lan@vi.example", "subject": f"Thư {key}", "body": "Dòng một\nDòng <hai>\n", "dossier": "X-1"}
    with unit_of_work() as current:
        outbox.add("email", payload, key=key, now=office.now)
        current.flush()
        row = current.query(OutboxMessage).filter_by(idempotency_key=key).one()
        row.state = state
        for name, value in more.items():
            setattr(row, name, value)
        return row.id


def test_only_operators_and_administrators_see_these_pages(shared_app: Flask):
    for username in ("nguoinop", "motcua", "quanly", "thietke"):
        visitor = Visitor(shared_app)
        visitor.sign_in(username)
        assert {visitor.get(path).status_code for path in (*PATHS, "/operator/instances/x")} == {403}, username
        assert visitor.post("/operator/log/verify").status_code == 403
        assert visitor.post("/operator/outbox/x/send-again").status_code == 403
        assert visitor.post("/operator/incidents/x/retry").status_code == 403
    assert Visitor(shared_app).get("/operator").headers["Location"].startswith("/sign-in")


def test_an_empty_system_shows_its_pages_in_both_languages_whatever_is_asked(visitor: Visitor):
    for path in PATHS:
        assert {visitor.get(f"{path}?lang={lang}").status_code for lang in ("vi", "en")} == {200}
    assert visitor.get("/operator/outbox?state=nonsense&after=broken&before=x").status_code == 200
    assert visitor.get("/operator/instances?status=nonsense&key=zz&after=broken").status_code == 200


def faulty(office: Office) -> tuple[Instance, str]:
    """Give an instance with an incident behind its timer, and the incident's id."""
    office.deploy(LATE)
    late = office.start("late", {"a": 1})
    office.tick(minutes=2)
    office.look()
    return late, incidents.open_of([late.id])[late.id][0].id


def test_an_incident_stands_on_the_overview_in_its_list_and_at_its_instance(office: Office, visitor: Visitor):
    late, incident = faulty(office)
    office.deploy(one_task("fine"))
    office.start("fine")
    for path in ("/operator", "/operator/incidents", "/operator/incidents?key=late", f"/operator/instances/{late.id}"):
        assert f"/operator/incidents/{incident}" in visitor.get(path).text, path
        assert f"/operator/instances/{late.id}" in visitor.page
    assert "1 sự cố" in visitor.get("/operator/instances?status=running").text
    page = visitor.get(f"/operator/incidents/{incident}").text
    assert "Biểu thức hoặc đoạn mã lỗi" in page
    assert "variable &#34;missing&#34; has no value" in page
    assert "missing" in visitor.get(f"/operator/incidents/{incident}?lang=en").text
    assert "Try again" in visitor.page


def test_an_operator_mends_variables_and_tries_again_from_the_page(office: Office, visitor: Visitor):
    late, incident = faulty(office)
    path = f"/operator/incidents/{incident}"
    visitor.get(path)
    bad = visitor.post(f"{path}/retry", {"variables": "missing = 1"})
    assert bad.status_code == 422
    assert "Cần một đối tượng JSON" in bad.text
    assert "missing = 1" in bad.text
    again = visitor.post(f"{path}/retry", {"variables": ""})
    assert again.headers["Location"] == path
    assert "vẫn gặp sự cố" in visitor.get(path).text
    done = visitor.post(f"{path}/retry", {"variables": '{"missing": 1}'})
    assert done.headers["Location"] == f"/operator/instances/{late.id}"
    assert "Đã chạy lại, phiên đi tiếp." in visitor.get(done.headers["Location"]).text
    assert "Đã xong" in visitor.page
    late_one = visitor.post(f"{path}/retry", {"variables": ""})
    assert late_one.status_code == 303
    assert incident in visitor.get("/operator/incidents?state=resolved").text
    assert "Không có sự cố nào đang mở" in visitor.get("/operator/incidents").text


def test_lists_are_narrowed_by_status_and_process_and_a_code_leads_to_its_instance(office: Office, visitor: Visitor):
    office.deploy(one_task("one"))
    first, second = office.start("one", business_key="K-1"), office.start("one")
    dossier = office.file()
    assert visitor.get("/operator/instances?key=one&status=running").text.count("<tr") == 3
    assert "không" in visitor.get("/operator/instances?key=one&status=completed").text
    for text, wanted in (("K-1", first.id), (second.id, second.id), (dossier.code, dossier.instance_id)):
        answer = visitor.get(f"/operator/instances?q={text}")
        assert answer.headers["Location"] == f"/operator/instances/{wanted}", text
    assert "Không có phiên chạy nào khớp “zzz”" in visitor.get("/operator/instances?q=zzz").text


def test_pages_of_instances_follow_each_other_without_gap_or_double(
    office: Office, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.operator.instances.PAGE", 3)
    office.deploy(one_task("one"))
    wanted = {office.start("one").id for _ in range(7)}
    seen: list[str] = []
    path = "/operator/instances"
    while path:
        page = visitor.get(path).text
        seen += [part.split('"')[0] for part in page.split('class="mc-code" href="/operator/instances/')[1:]]
        path = (
            page.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&") if 'rel="next"' in page else ""
        )
    assert sorted(seen) == sorted(wanted)


def test_an_instance_shows_its_data_escaped_and_folded_its_steps_and_its_log(office: Office, visitor: Visitor):
    office.deploy(one_task("one"))
    instance = office.start("one", {"x<y": "<script>alert(1)</script>", "long": "dài " * 100, "deep": {"a": [1, {}]}})
    page = visitor.get(f"/operator/instances/{instance.id}?tab=variables").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<details><summary>dài dài" in page
    assert "Làm" in visitor.get(f"/operator/instances/{instance.id}?tab=history").text
    assert "Bắt đầu" in visitor.get(f"/operator/instances/{instance.id}?tab=log").text
    assert "Bộ phận Một cửa" in visitor.get(f"/operator/instances/{instance.id}").text
    assert visitor.get(f"/operator/instances/{instance.id}?lang=en").text.count("One-door desk") == 2


def test_cancelling_asks_twice_needs_a_reason_and_is_in_the_log(office: Office, visitor: Visitor):
    office.deploy(one_task("one"))
    instance = office.start("one")
    url = f"/operator/instances/{instance.id}"
    assert f"{url}/cancel" in visitor.get(url).text
    visitor.get(f"{url}/cancel")
    answer = visitor.post(f"{url}/cancel", {"reason": "   "})
    assert answer.status_code == 422
    assert "Cần nêu lý do" in answer.text
    assert visitor.post(f"{url}/cancel", {"reason": "Chạy nhầm"}).status_code == 303
    assert "Đã huỷ phiên chạy." in visitor.get(url).text
    assert f"{url}/cancel" not in visitor.page
    assert visitor.post(f"{url}/cancel", {"reason": "Lần nữa"}).status_code == 303  # told, nothing changed
    office.look()
    kinds = [(row.kind, data.get("reason")) for row, data in log.events_of(instance.id)]
    assert kinds[-1] == ("instance.cancelled", "Chạy nhầm")


def test_the_instance_of_a_dossier_is_not_cancelled_here(office: Office, visitor: Visitor):
    dossier = office.file()
    url = f"/operator/instances/{dossier.instance_id}"
    page = visitor.get(url).text
    assert f"{url}/cancel" not in page
    assert f'href="/dossiers/{dossier.id}"' in page
    assert visitor.get(f"{url}/cancel").status_code == 302
    assert visitor.post(f"{url}/cancel", {"reason": "x"}).status_code == 303
    assert "hãy dừng hồ sơ" in visitor.get(url).text
    assert office.instance(dossier).status == "running"


def test_a_dead_message_can_be_read_and_a_kept_one_waits_for_a_mail_server(office: Office, visitor: Visitor):
    dead, kept = message(office, "dead", "dead", last_error="timed out", tries=8), message(office, "kept", "kept")
    assert "Thư dead" in visitor.get("/operator/outbox").text  # what needs somebody first
    assert "Thư kept" in visitor.get("/operator/outbox?state=kept").text
    page = visitor.get(f"/operator/outbox/{kept}").text
    assert "Dòng &lt;hai&gt;" in page
    assert "MOTCUA_SMTP_URL" in page
    assert "send-again" not in page
    visitor.get(f"/operator/outbox/{dead}")
    assert visitor.post(f"/operator/outbox/{dead}/send-again").status_code == 303
    office.look()
    found = session().get(OutboxMessage, dead)
    assert found is not None
    assert (found.state, found.tries) == ("waiting", 0)
    assert [row.kind for row, _ in log.events_of("outbox")] == ["message.sent_again"]
    assert visitor.post(f"/operator/outbox/{dead}/send-again").status_code == 303
    assert "không còn ở trạng thái gửi lại được" in visitor.get(f"/operator/outbox/{dead}").text


def test_other_calls_show_their_data_and_can_be_sent_again_without_a_mail_server(office: Office, visitor: Visitor):
    with unit_of_work() as current:
        outbox.add("paper", {"document": "d1"}, key="p1", now=office.now, due_at=office.now + timedelta(hours=1))
        current.flush()
        row = current.query(OutboxMessage).filter_by(idempotency_key="p1").one()
        row.state, row.last_error = "dead", "no printer"
        paper = row.id
    page = visitor.get(f"/operator/outbox/{paper}").text
    assert "no printer" in page
    assert "send-again" in page


def test_the_log_is_proved_and_each_proof_stays_readable(office: Office, visitor: Visitor):
    visitor.get("/operator/log")
    assert visitor.post("/operator/log/verify").status_code == 303
    assert "Nhật ký nguyên vẹn." in visitor.get("/operator/log").text
    dossier = office.file()
    with unit_of_work() as current:
        event = current.get(LogEvent, (dossier.instance_id, 1))
        assert event is not None
        event.data = "{}"
    assert visitor.post("/operator/log/verify").status_code == 303
    page = visitor.get("/operator/log").text
    assert "1 chuỗi không còn nguyên vẹn." in page
    assert f"/operator/instances/{dossier.instance_id}" in page
    assert "sự kiện 1 (dossier.filed) không nối tiếp sự kiện 0" in page
    assert page.count("Nguyên vẹn") == 1  # the proof of before
    assert "does not follow event 0" in visitor.get("/operator/log?lang=en").text


def test_what_does_not_exist_is_said_so(visitor: Visitor):
    for path in (
        "instances/nope",
        "incidents/nope",
        "instances/nope/cancel",
        "outbox/nope",
        "instances/%00",
        "outbox/%00",
    ):
        assert visitor.get(f"/operator/{path}").status_code in (400, 404), path


def test_the_list_of_faulty_instances_reads_one_index(office: Office):
    """The number of instances with faults must not cost what all instances do."""
    office.deploy(one_task("one"))
    office.start("one")
    assert queries.count_faulty(10) == 0
    with unit_of_work() as current:
        current.query(Instance).update({"faults": 2})
    assert queries.count_faulty(10) == 1


@pytest.mark.parametrize(
    ("value", "type_", "short", "folds"),
    [
        (None, "null", "null", False),
        (True, "boolean", "true", False),
        (1.5, "number", "1.5", False),
        ("", "text", "", False),
        ("một dòng", "text", "một dòng", False),
        ("hai\ndòng", "text", "hai dòng", True),
        ([1, 2], "list", "[1,2]", False),
        ({"a": "x" * 200}, "object", '{"a":"' + "x" * 94 + "…", True),
    ],
)
def test_values_stand_in_a_line_and_fold_where_they_are_long(value: object, type_: str, short: str, folds: bool):
    line = values.line("v", value)
    assert (line.type, line.short, bool(line.whole)) == (type_, short, folds)


def test_an_endless_value_is_cut():
    line = values.line("v", "x" * 50_000)
    assert len(line.whole) == values.LONGEST
    assert line.is_cut
