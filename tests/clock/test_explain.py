"""The sum behind a due date: at most five lines in both languages, the last one the promise."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from clock.calendar import Calendar, vietnam
from clock.compute import compute
from clock.explain import explain
from clock.model import LimitSpec, PauseEnded, PauseStarted, Reason, Unit
from clock.node import Node
from clock.parse import event, limit_spec

DATA = Path(__file__).parent / "data"
CALENDAR = json.loads((DATA / "calendar.json").read_bytes())
CASES = {case["id"]: case for case in json.loads((DATA / "vectors.json").read_bytes())["cases"]}
VIETNAM = vietnam([2025, 2026, 2027])
PROMISED = ("running", "due_soon", "overdue", "early", "on_time", "late")


def read(case, calendar=None):
    node = Node(case, "")
    return compute(
        calendar or Calendar.from_json(CALENDAR, case["agency"]),
        received_at=node.need("received_at").moment(),
        limit=limit_spec(node.need("limit")),
        events=[event(item) for item in node.list_of("events")],
        asked_at=node.need("asked_at").moment(),
    )


def said(case_id, language="vi", **changes):
    return [line.text.in_(language) for line in explain(read({**CASES[case_id], **changes}, VIETNAM))]


def dates(case_id):
    lines = explain(read(CASES[case_id]))
    return [f"{line.moment:%d/%m}" if line.moment else "" for line in lines]


@pytest.mark.parametrize("case_id", CASES)
def test_at_most_five_lines_in_both_languages_end_in_the_promise(case_id):
    reading = read(CASES[case_id])
    lines = explain(reading)
    assert 1 <= len(lines) <= 5
    assert all(line.text.vi and line.text.en for line in lines)
    if reading.state in PROMISED:
        assert lines[-1].moment == reading.due_at
        assert f"{reading.due_at:%H:%M}" in lines[-1].text.vi
        moments = [line.moment for line in lines if line.moment]
        assert moments[-2] == reading.due_at, "the sum adds up to the promise"


def test_the_holiday_that_moved_the_date_is_named():
    assert said("c001") == [
        "Thời hạn 5 ngày làm việc, không tính ngày bắt đầu 12/02",
        "Không tính ngày nghỉ: Tết Nguyên Đán 16/02 đến 20/02",
        "Hẹn trả kết quả: 17:00 Thứ Năm 26/02/2026",
    ]
    assert said("c001", "en")[1:] == [
        "Days off not counted: Lunar New Year 16 Feb to 20 Feb",
        "Result promised: 17:00 Thursday 26 Feb 2026",
    ]


def test_a_make_up_saturday_that_counted_is_named():
    assert said("c002")[1] == "Tính cả ngày làm bù: 22/08"


def test_each_pause_adds_its_days():
    assert said("c105")[1:3] == [
        "Tạm dừng chờ bổ sung (04/03 đến 06/03): cộng 2 ngày làm việc",
        "Tạm dừng chờ nộp phí (10/03 đến 12/03): cộng 2 ngày làm việc",
    ]
    assert dates("c105") == ["16/03", "18/03", "20/03", "20/03"]


def test_a_pause_within_a_day_says_that_it_adds_nothing():
    assert said("c082")[1] == "Tạm dừng chờ bổ sung (09/03): không cộng ngày nào"


def test_a_pause_of_hours_adds_hours():
    assert said("c098")[1] == "Tạm dừng chờ bổ sung (03/03 đến 05/03): cộng 17 giờ làm việc"


def test_an_end_that_rolls_says_from_which_day():
    assert said("c006")[1] == "Ngày cuối 15/03 không phải ngày làm việc, chuyển sang ngày làm việc kế tiếp"
    assert dates("c006") == ["15/03", "16/03", "16/03"]


def test_a_sum_with_a_pause_on_the_day_to_which_the_end_rolled_never_goes_back():
    assert dates("c095") == ["15/03", "20/03", "20/03", "20/03"]


def test_a_restart_and_a_phase_and_new_rules_say_what_began_them():
    assert said("c106")[1] == "Hết tạm dừng chờ bổ sung ngày 11/03: tính lại từ đầu 10 ngày làm việc"
    assert said("c107", "en")[1] == "Pause for a supplement over on 11 Mar: a phase of 7 working days"
    assert said("c185")[1] == "Quy định mới từ 04/02: 7 ngày làm việc"


def test_an_extension_is_said():
    assert said("c137")[2] == "Gia hạn thêm 3 ngày làm việc"


def test_a_pause_from_the_starting_day_on_adds_what_moves_the_sum():
    moments = [datetime(2026, 3, day, 9, tzinfo=VIETNAM.rules.zone) for day in (2, 4)]
    pause = [PauseStarted(at=moments[0], pause="a", reason=Reason.PAYMENT), PauseEnded(at=moments[1], pause="a")]
    for unit, last in (("calendar_days", "13/03"), ("working_days", "17/03")):
        reading = compute(
            VIETNAM, received_at=moments[0], limit=LimitSpec(amount=10, unit=Unit(unit)), events=pause,
            asked_at=moments[1],
        )  # fmt: skip
        line = explain(reading)[1]
        assert line.text.vi.startswith("Tạm dừng chờ nộp phí (02/03 đến 04/03): cộng 1 ngày")
        assert line.moment is not None
        assert f"{line.moment:%d/%m}" == last


def test_a_fee_that_was_awaited_is_said():
    assert said("c165")[0] == "Chờ nộp phí (02/03 đến 04/03): chưa tính thời hạn"


def test_a_paused_clock_says_what_is_left_and_when_a_reply_is_needed():
    assert said("c171", "en")[1:] == [
        "Reply needed by",
        "Paused for a supplement since 5 Mar, 7 working days left when it runs again",
    ]
    assert said("c117", "en")[-1] == "Paused for a supplement since 12 Mar, then the full 10 working days begin again"
    assert said("c118")[-1] == "Tạm dừng chờ bổ sung từ 12/03, khi chạy lại có giai đoạn 7 ngày làm việc"
    assert said("c118", "en")[-1] == "Paused for a supplement since 12 Mar, then a phase of 7 working days begins"


@pytest.mark.parametrize(
    ("case_id", "end"),
    [
        ("c161", "Đã dừng xử lý: 09:00 Thứ Ba 10/03/2026"),
        ("c164", "Chưa nhận phí: thời hạn chưa bắt đầu"),
        (
            "c172",
            "Tạm dừng chờ bổ sung từ 05/03, không có trả lời đúng hạn: hồ sơ hết hiệu lực 17:00 Thứ Năm 19/03/2026",
        ),
        ("c187", "Chưa tính được: lịch làm việc chưa có năm cần tính"),
    ],
)
def test_a_clock_without_promise_says_why(case_id, end):
    assert said(case_id)[-1] == end


def test_too_many_pauses_become_one_line():
    events = []
    for number, day in enumerate((3, 5, 9, 11, 13)):
        name, reason = f"p{number}", ("supplement", "payment")[number % 2]
        start = {"type": "pause_started", "pause": name, "reason": reason, "policy": "resume"}
        events.append({**start, "at": f"2026-03-{day:02}T10:00:00+07:00"})
        events.append({"type": "pause_ended", "pause": name, "at": f"2026-03-{day + 1:02}T10:00:00+07:00"})
    asked = "2026-03-16T10:00:00+07:00"
    lines = explain(read({**CASES["c105"], "events": events, "asked_at": asked}))
    assert lines[1].text.vi == "5 lần tạm dừng chờ nộp phí và chờ bổ sung: cộng 5 ngày làm việc"
    assert [line.moment for line in lines[1:]] == [datetime.fromisoformat("2026-03-23T17:00:00+07:00")] * 2


def test_half_an_hour_is_written_as_each_language_writes_it():
    assert said("c051")[0] == "Thời hạn 0,5 giờ làm việc, tính từ 10:30 ngày 02/03"
    assert said("c051", "en")[0] == "Limit of 0.5 working hours, from 10:30 on 2 Mar"
