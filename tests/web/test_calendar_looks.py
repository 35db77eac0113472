"""The look before a change of the calendar and after it: counted a second at a time; what moved, what failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from errors import WrongState
from services import calendar_looks, calendar_moves, lapsing
from services.clocks import LOCAL
from tests.engine.diagrams import catch, duration, end, start
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.test_calendar_changes import filed
from tests.services.test_calendar_others import paused
from tests.web.officers import at_desk, quick_app, rows, words


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC))


def test_the_look_goes_on_by_itself_and_then_shows_what_did_move(
    app: Flask, office: Office, monkeypatch: pytest.MonkeyPatch
):
    one, other = filed(office, 2)
    assert one.due_at is not None
    admin = at_desk(app, "quantri")
    monkeypatch.setattr(calendar_looks.count_on, "__kwdefaults__", {"seconds": 0.0})
    admin.get("/admin/calendar/new")
    day = one.due_at.astimezone(LOCAL).date().isoformat()
    url = admin.post("/admin/calendar/new", {"day": day, "kind": "off", "note": "Nghỉ bão"}).headers["Location"]
    first = admin.get(url).text
    assert f'hx-get="{url}/counted"' in first
    assert "các số trên chưa đủ" in words(first)
    assert len(rows(first.split("mc-pagehead mb-2")[-1])) == 2
    last = admin.get(f"{url}/counted").text
    assert "hx-get" not in last
    assert "Hồ sơ dời hạn 2" in words(last)

    def hold(instance_id: str, **_more: object) -> None:
        assert instance_id
        raise WrongState()

    admin.get(url)
    assert admin.post(f"{url}/apply").status_code == 303
    office.now = datetime.now(UTC)
    office.look()
    with monkeypatch.context() as broken:
        broken.setattr(calendar_moves, "hold", hold)
        office.tick()
    failed = words(admin.get(url).text)
    assert "0 hồ sơ đã dời hẹn trả" in failed
    assert "Không tính lại được" in failed
    assert one.code in failed
    batch = re.search(r"/operator/batches/([0-9a-f]{32})", admin.page)
    assert batch is not None
    admin.get(f"/operator/batches/{batch[1]}")
    admin.post(f"/operator/batches/{batch[1]}/retry")
    office.now = datetime.now(UTC)
    office.look()
    assert f'hx-get="{url}/progress"' in admin.get(url).text
    office.tick()
    done = admin.get(url).text
    assert "2 hồ sơ đã dời hẹn trả" in words(done)
    assert "hx-get" not in done
    moved = rows(done.split("Hồ sơ đã dời hạn")[1])
    assert {code for code in (one.code, other.code) for row in moved if code[-11:] in row} == {one.code, other.code}
    assert "Xem các hồ sơ đã dời" not in done
    alone = words(admin.get(f"{url}/progress").text)  # the list is not part of what the page fetches by itself
    assert "2 hồ sơ đã dời hẹn trả" in alone
    assert "Xem các hồ sơ đã dời" in alone
    assert admin.get(f"{url}/moves.csv", buffered=True).text.count("\n") == 3  # a head and both
    assert admin.get(f"{url}/counted").status_code == 404  # it is no longer planned


def test_paused_dossiers_and_timers_stand_on_the_pages_of_a_change(app: Flask, office: Office):
    (asked,) = paused(office)
    office.deploy(bundle("plain", start("s"), catch("wait", duration("3 working days")), end("e"), "s -> wait -> e"))
    waiting = office.start("plain")
    answer_by = lapsing.answer_by(asked)
    assert answer_by is not None
    assert waiting.next_due_at is not None
    admin = at_desk(app, "quantri")
    admin.get("/admin/calendar/new")
    day = min(answer_by, waiting.next_due_at).astimezone(LOCAL).date().isoformat()
    url = admin.post("/admin/calendar/new", {"day": day, "kind": "off", "note": "Nghỉ bão"}).headers["Location"]
    look = words(admin.get(url).text)
    assert "1 hồ sơ đang tạm dừng: ngày hẹn được tính theo lịch mới khi đồng hồ chạy lại." in look
    assert "Hẹn giờ theo giờ làm việc của 1 hồ sơ và quy trình được tính lại." in look
    assert asked.code.partition("-")[2] in admin.get(f"{url}/paused").text
    assert waiting.id in admin.get(f"{url}/timers").text
    assert admin.get(f"{url}/else").status_code == 404
    admin.get(url)
    assert admin.post(f"{url}/apply").status_code == 303
    office.now = datetime.now(UTC)
    office.look()
    office.tick()
    done = words(admin.get(url).text)
    assert "1 hẹn giờ đã dời." in done
    assert "1 hồ sơ đang tạm dừng lúc áp dụng: ngày hẹn được tính khi đồng hồ chạy lại." in done
    assert "1 hạn trả lời của hồ sơ đang tạm dừng đã dời." in done
    assert asked.code.partition("-")[2] in admin.get(f"{url}/paused").text
    assert waiting.id in admin.get(f"{url}/timers?lang=en").text
    assert "The timers that moved." in admin.page
