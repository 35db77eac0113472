"""The clock line and the share bar, as geometry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

import pytest

from web.figures import ClockLine, clock_line, share_bar


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour - 7, tzinfo=UTC)


PAUSED_ONCE = [
    ("running", at(8, 20), at(8, 26)),
    ("paused", at(8, 26), at(9, 7)),
    ("running", at(9, 7), at(9, 30)),
]


@pytest.fixture(autouse=True)
def _in_vietnamese(shell):
    with shell.test_request_context("/"):
        yield


def kinds(line: ClockLine | None) -> list[str]:
    assert line is not None
    return [bar.kind for bar in line.bars]


def test_used_paused_and_coming_time_follow_each_other():
    line = clock_line(PAUSED_ONCE, now=at(9, 10), due=at(9, 30))
    assert kinds(line) == ["run", "pause", "run", "todo"]
    assert line is not None
    for one, other in zip(line.bars, line.bars[1:], strict=False):
        assert one.x + one.width == pytest.approx(other.x, abs=1.2)
    assert line.sentence == "Tiếp nhận 20/08, tạm dừng từ 26/08 đến 07/09, hôm nay 10/09, hẹn trả 30/09"
    assert [label.text for label in line.labels if label.row == "above"] == ["Tạm dừng 12 ngày"]


def test_time_beyond_the_promise_is_red_and_the_promise_stays_marked():
    line = clock_line([("running", at(8, 20), at(9, 4))], now=at(9, 10), due=at(9, 4))
    assert kinds(line) == ["run", "over"]
    assert line is not None
    assert line.due_x is not None
    assert line.due_x < line.now_x == pytest.approx(638)


def test_an_open_pause_reaches_to_now_and_promises_nothing():
    line = clock_line([("running", at(8, 20), at(9, 4)), ("paused", at(9, 4), None)], now=at(9, 10))
    assert kinds(line) == ["run", "pause"]
    assert line is not None
    assert line.due_x is None


def test_waiting_for_the_fee_stands_still_like_a_pause():
    assert kinds(clock_line([("waiting_for_fee", at(9, 1), None)], now=at(9, 10))) == ["pause"]


def test_a_finished_line_says_so():
    line = clock_line(PAUSED_ONCE, now=at(9, 28), due=at(9, 30), finished=True)
    assert line is not None
    assert "Xong 28/09" in [label.text for label in line.labels] or "xong 28/09" in line.sentence


def test_a_clock_that_has_not_begun_has_no_drawing():
    assert clock_line([], now=at(9, 10), due=at(9, 30)) is None


def test_segments_may_be_objects_of_the_clock():
    @dataclass(frozen=True)
    class Segment:
        kind: str
        start: datetime
        end: datetime | None

    assert kinds(clock_line([Segment("running", at(8, 20), None)], now=at(9, 1), due=at(9, 5))) == ["run", "todo"]


@pytest.mark.parametrize("width", [320, 640])
@pytest.mark.parametrize("day", range(20, 31))
def test_labels_never_touch_nor_leave_the_drawing(width: int, day: int):
    line = clock_line(
        PAUSED_ONCE, now=at(9, day), due=at(9, 30, 17), step_due=at(9, min(day + 1, 30)), width=width
    )  # fmt: skip
    assert line is not None
    for row in ("above", "below"):
        labels = [label for label in line.labels if label.row == row]
        assert all(one.right < other.left or other.right < one.left for one, other in combinations(labels, 2))
        assert all(label.left >= 0 and label.right <= width for label in labels)


def test_a_share_never_leaves_its_track():
    assert share_bar(0.5) == (44.0, None)
    assert share_bar(1.4, 0.95) == (88.0, 83.6)
    assert share_bar(-1) == (0.0, None)
