"""The form of a saved view: its words, what may be chosen, and how what was typed is read.

A condition is one choice (field and comparison) and one line of values, several with a semicolon between. Values that
have a name are shown and may be typed by it ("Tôi", a procedure's name), accents or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from services import legal
from services.folding import fold
from services.permissions import Permission, Viewer
from services.viewconditions import MOST_CONDITIONS
from services.views import Content
from storage.queries import dossiers as dossier_queries
from storage.queries import people
from storage.queries.conditions import COMPARISONS, FIELDS, ME, NOBODY, WITHOUT_VALUE, Comparison
from texts import Text
from web.officer.columns import CLOCKS, DEFAULT, LABELS
from web.officer.listing import Line

SPARE = 3
"""Empty conditions that the form offers beside those that are typed."""
FIELD_WORDS: Mapping[str, Text] = {
    **{name: label for name, label in LABELS.items() if name in FIELDS},
    "due": Text("Hạn của bước", "Due moment of the step"),
    "applicant": Text("Tài khoản người nộp", "Applicant's account"),
    "at_risk": Text("Sắp đến hạn", "Due soon"),
    "breached": Text("Quá hạn", "Overdue"),
    "draft": Text("Có bản nháp", "Has a draft"),
    "suspended": Text("Vận hành tạm dừng", "Suspended by an operator"),
    "dossier": Text("Thuộc một hồ sơ", "Belongs to a dossier"),
    "text": Text("Nội dung", "Content"),
}
COMPARISON_WORDS: Mapping[Comparison, Text] = {
    Comparison.IS: Text("là", "is"),
    Comparison.IS_NOT: Text("không là", "is not"),
    Comparison.BEFORE: Text("trước", "before"),
    Comparison.AFTER: Text("từ", "from"),
    Comparison.EMPTY: Text("để trống", "is empty"),
    Comparison.AT_LEAST: Text("từ mức", "at least"),
    Comparison.AT_MOST: Text("đến mức", "at most"),
    Comparison.YES: Text("có", "yes"),
    Comparison.NO: Text("không", "no"),
    Comparison.HOLDS: Text("có các từ", "holds the words"),
}
ORDER_WORDS: Mapping[str, Text] = {
    "due": FIELD_WORDS["due"],
    **{name: LABELS[name] for name in ("dossier_due", "filed", "opened", "follow_up", "priority", "code", "status")},
}
BASE_WORDS: Mapping[str, Text] = {
    "own": Text("Việc của tôi và nhóm tôi", "My tasks and my groups'"),
    "unit": Text("Việc của đơn vị tôi", "My unit's tasks"),
}
STATUSES: Mapping[str, Text] = {
    "1": Text("Mới đăng ký", "Submitted"),
    "2": Text("Được tiếp nhận", "Accepted"),
    "4": Text("Đang xử lý", "In process"),
    "5": Text("Yêu cầu bổ sung giấy tờ", "Supplement requested"),
    "6": Text("Yêu cầu thực hiện nghĩa vụ tài chính", "Payment requested"),
    "7": Text("Công dân yêu cầu rút hồ sơ", "Withdrawal requested"),
    "9": Text("Đã xử lý xong", "Processed"),
}

Named = Mapping[str, Mapping[str, Text]]
"""Field -> value -> its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One condition as the form shows it: what was chosen (`field:comparison`), and the values as they are typed."""

    ask: str = ""
    value: str = ""


def named(lines: Sequence[Line]) -> Named:
    """Give the values that have names; steps and cases are those of some tasks that are open now."""
    return {
        "procedure": dict(dossier_queries.procedures()),
        "assignee": {ME: Text("Tôi", "Me"), NOBODY: Text("Chưa ai nhận", "Nobody")},
        "unit": {unit.code: unit.name for unit in people.units()},
        "clock": CLOCKS,
        "channel": legal.CHANNELS,
        "status": STATUSES,
        "step": {line.row.element_id: line.step for line in lines},
        "case": {line.row.case_id: line.case for line in lines if line.row.case_id},
    }


def asks() -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Give what a condition may be, by field."""
    return [
        (words, [(f"{name}:{each}", _said(words, each)) for each in COMPARISONS[FIELDS[name]]])
        for name, words in FIELD_WORDS.items()
    ]


def shown(conditions: Sequence[Mapping[str, Any]], names: Named, lang: str) -> list[Row]:
    """Write conditions as the form shows them, with some empty ones behind."""
    rows = [
        Row(
            ask=f"{each['field']}:{each['comparison']}",
            value="; ".join(_name(names.get(each["field"], {}), value, lang) for value in each["values"]),
        )
        for each in conditions
    ]
    return with_spare(rows)


def with_spare(rows: Sequence[Row]) -> list[Row]:
    """Add empty conditions to type into."""
    return [*rows, *(Row() for _ in range(min(SPARE, MOST_CONDITIONS - len(rows))))]


def typed() -> list[Row]:
    """Give the conditions that were sent, those that were left empty not among them."""
    pairs = zip(request.form.getlist("ask"), request.form.getlist("value"), strict=False)
    rows = [Row(ask=ask[:60], value=value.strip()[:2000]) for ask, value in pairs]
    return [row for row in rows if row.ask][: MOST_CONDITIONS + 1]


def content(names: Named) -> Content:
    """Read a view that was sent."""
    return Content(
        name=request.form.get("name", "")[:200],
        base=request.form.get("base", "own"),
        conditions=[_condition(row, names) for row in typed()],
        columns=request.form.getlist("column")[:40] or DEFAULT,
        order=request.form.get("order", "due"),
        descending=request.form.get("descending") == "yes",
    )


def bases(viewer: Viewer) -> list[tuple[str, Text]]:
    """Give among which tasks this viewer's views may look."""
    all_of = BASE_WORDS.items() if Permission.SUPERVISE_UNIT in viewer.permissions else [("own", BASE_WORDS["own"])]
    return list(all_of)


def _condition(row: Row, names: Named) -> dict[str, Any]:
    field, _, comparison = row.ask.partition(":")
    values = [value.strip() for value in row.value.split(";") if value.strip()]
    if comparison in WITHOUT_VALUE:
        values = []
    known = {fold(word): value for value, text in names.get(field, {}).items() for word in (text.vi, text.en) if word}
    return {
        "field": field,
        "comparison": comparison,
        "values": [value if value in names.get(field, {}) else known.get(fold(value), value) for value in values],
    }


def _name(names: Mapping[str, Text], value: str, lang: str) -> str:
    text = names.get(value)
    word = (text.en if lang == "en" and text.en else text.vi) if text else ""
    return word if word and ";" not in word else value


def _said(field: Text, comparison: Comparison) -> Text:
    words = COMPARISON_WORDS[comparison]
    return Text(f"{field.vi} {words.vi}", f"{field.en} {words.en}")
