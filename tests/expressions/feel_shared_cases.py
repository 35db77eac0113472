"""What both evaluators of FEEL give: the exact one of diagrams and decisions, and bpmn.io's of forms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

EARLY = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
"""05:30 of 22 November in Hà Nội."""
OFFICE = timezone(timedelta(hours=7))

VARIABLES: dict[str, Any] = {
    "tuổi": 20,
    "amount": 1_500_000,
    "rows": [{"fee": 5, "kind": "a"}, {"fee": 7, "kind": "b"}],
    "hồ sơ": {"người nộp": "An", "mã-số": "X1"},
    "fee": Decimal("12.5"),
    "whole": Decimal("12"),
    "rate": 0.1,
    "day": date(2026, 1, 31),
    "moment": datetime(2026, 1, 31, 1, 0, tzinfo=UTC),
    "nothing": None,
    "empty": "",
}

VALUES: list[tuple[str, Any]] = [
    ("tuổi >= 18 and amount > 1000000", True),
    ('if tuổi >= 18 then "đủ" else "thiếu"', "đủ"),
    ("sum(rows.fee)", 12),
    ("rows[fee > 5].kind", ["b"]),
    ("for row in rows return row.fee * 2", [10, 14]),
    ("some row in rows satisfies row.fee = 7", True),
    ("hồ sơ.người nộp", "An"),
    ("hồ sơ.mã-số", "X1"),
    ("fee * 2 + whole", 37),
    ("missing", None),
    ("missing > 3", None),
    ("nothing = null", True),
    ('"a" + 1', None),
    ("{a: 1, b: [true, null]}", {"a": 1, "b": [True, None]}),
    ('contains("giấy phép", "phép")', True),
    ("day", date(2026, 1, 31)),
    ('day = date("2026-01-31")', True),
    ('day + duration("P1M")', date(2026, 2, 28)),
    ("day.month", 1),
    ("moment", datetime(2026, 1, 31, 8, 0, tzinfo=OFFICE)),
    ("moment.hour", 8),
    ('moment + duration("PT1H")', datetime(2026, 1, 31, 9, 0, tzinfo=OFFICE)),
    ('date and time("2026-01-31T08:00:00") = moment', True),
    ('date and time("2026-01-31T01:00:00Z") = moment', True),
    ('date and time("2026-01-31T08:00:00") = date and time("2026-01-31T01:00:00Z")', True),
    ('time("08:30:00") = time(8, 30, 0)', True),
    ('moment in [date and time("2026-01-31T07:00:00")..date and time("2026-01-31T09:00:00")]', True),
    ('date and time(day, time("08:00:00")) = moment', True),
    ('date and time("2026-01-31T08:00:00")', datetime(2026, 1, 31, 8, 0, tzinfo=OFFICE)),
    ("[day, {at: day}]", [date(2026, 1, 31), {"at": date(2026, 1, 31)}]),
    ('(date("2026-03-01") - date("2026-01-01")).days', 59),
    ('date("2026-03-01") - date("2026-01-01")', "P59D"),
    ('date("2026-01-01") - date("2026-03-01")', "-P59D"),
    ('duration("P1Y2M")', "P1Y2M"),
    ('years and months duration(date("2024-01-31"), date("2026-03-01"))', "P2Y1M"),
    ('time("08:30:00")', "08:30:00"),
    ("date(moment)", date(2026, 1, 31)),
    ('date(date and time("2026-01-31T05:00:00"))', date(2026, 1, 31)),
    ("date(2026, 2, 3)", date(2026, 2, 3)),
    ("date(2026, 2, 30)", None),
    ('date("nonsense")', None),
    ('date(from: "2026-02-03")', date(2026, 2, 3)),
]

MOMENTS: list[tuple[str, Any]] = [
    ("today()", date(2026, 11, 22)),
    ("now()", EARLY),
    ("date(now())", date(2026, 11, 22)),
    ('today() = date("2026-11-22")', True),
    ('today() - duration("P1D")', date(2026, 11, 21)),
    ("now().hour", 5),
    ('(today() - date("2026-11-01")).days', 21),
]
