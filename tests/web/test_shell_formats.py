"""How dates, numbers and money are written, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from texts import Text

EVENING = datetime(2026, 9, 30, 10, 0, tzinfo=UTC)  # 17:00 in Vietnam
LATE = datetime(2026, 9, 29, 18, 30, tzinfo=UTC)  # already the 30th in Vietnam


@pytest.mark.parametrize(
    ("filter_", "value", "vi", "en"),
    [
        ("day", EVENING, "30/09/2026", "30 Sep 2026"),
        ("day", LATE, "30/09/2026", "30 Sep 2026"),
        ("day", date(2026, 1, 5), "05/01/2026", "5 Jan 2026"),
        ("day", None, "", ""),
        ("short_day", EVENING, "30/09", "30 Sep"),
        ("long_day", EVENING, "Thứ Tư, 30/09/2026", "Wednesday, 30 Sep 2026"),
        ("long_day", date(2026, 9, 6), "Chủ nhật, 06/09/2026", "Sunday, 6 Sep 2026"),
        ("moment", EVENING, "17:00 30/09/2026", "17:00, 30 Sep 2026"),
        ("moment", date(2026, 9, 30), "30/09/2026", "30 Sep 2026"),
        ("hour", EVENING, "17:00", "17:00"),
        ("iso", EVENING, "2026-09-30T17:00:00+07:00", "2026-09-30T17:00:00+07:00"),
        ("number", 1204, "1.204", "1,204"),
        ("number", 1204.5, "1.204,5", "1,204.5"),
        ("number", None, "", ""),
        ("number(2)", 8, "8,00", "8.00"),
        ("percent", 0.879, "87,9%", "87.9%"),
        ("percent(0)", 1, "100%", "100%"),
        ("money", 3_000_000, "3.000.000 đồng", "VND 3,000,000"),
        ("filesize", 900, "900 B", "900 B"),
        ("filesize", 38_400, "38 KB", "38 KB"),
        ("filesize", 4_200_000, "4,2 MB", "4.2 MB"),
        ("t", Text("Hộp việc", "Inbox"), "Hộp việc", "Inbox"),
        ("t", "as it is", "as it is", "as it is"),
        ("t", None, "", ""),
        ("initials", "Lê Hoàng Yến", "LY", "LY"),
        ("initials", "Đỗ", "Đ", "Đ"),
    ],
)
def test_each_value_is_written_as_its_language_does(render, filter_: str, value: object, vi: str, en: str):
    source = "{{ value|" + filter_ + " }}"
    assert render(source, value=value) == vi
    assert render(source, lang="en", value=value) == en


def test_a_moment_without_offset_is_taken_as_utc(render):
    assert render("{{ value|moment }}", value=datetime(2026, 9, 30, 10, 0)) == "17:00 30/09/2026"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "vi", "en"),
    [
        (datetime(2026, 9, 10, 1, 2, tzinfo=UTC), "hôm nay, 08:02", "today, 08:02"),
        (datetime(2026, 9, 9, 9, 40, tzinfo=UTC), "hôm qua, 16:40", "yesterday, 16:40"),
        (datetime(2026, 9, 8, 3, 5, tzinfo=UTC), "10:05 08/09/2026", "10:05, 8 Sep 2026"),
    ],
)
def test_time_is_relative_only_up_to_yesterday(render, moment: datetime, vi: str, en: str):
    now = datetime(2026, 9, 10, 2, 42, tzinfo=UTC)
    assert render("{{ moment|ago(now) }}", moment=moment, now=now) == vi
    assert render("{{ moment|ago(now) }}", lang="en", moment=moment, now=now) == en


def test_a_constant_is_not_written_once_for_all_languages(shell):
    template = shell.jinja_env.from_string("{{ 1204.5|number }}")
    with shell.test_request_context("/?lang=en"):
        assert template.render() == "1,204.5"
    with shell.test_request_context("/?lang=vi"):
        assert template.render() == "1.204,5"


def test_a_markup_stays_one_through_the_language_filter(render):
    assert render("{{ ('<b>x</b>'|safe)|t }}{{ '<b>'|t }}") == "<b>x</b>&lt;b&gt;"
