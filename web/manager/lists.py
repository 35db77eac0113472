"""/board/list and /board/list.csv: the dossiers behind one number of the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, render_template

from errors import NotFound
from services import loading
from services.clocks import LOCAL
from services.permissions import Permission, Viewer, scope_of
from services.statuses import NAMES, Status
from storage.queries import board as queries
from storage.queries.board import BoardRow, Step, Wanted
from texts import Text
from web import asked, cursors, sheets
from web.account import signed_in
from web.i18n import lang
from web.manager import periods
from web.manager.board import list_url, procedure_names, unit_names
from web.manager.periods import Days
from web.manager.wording import NUMBERS, Number
from web.officer import dues

blueprint = Blueprint("manager_lists", __name__)
PAGE = 50
HEAD = (
    Text("Mã hồ sơ", "Dossier code"),
    Text("Thủ tục", "Procedure"),
    Text("Đơn vị", "Unit"),
    Text("Người nộp", "Applicant"),
    Text("Nộp lúc", "Filed at"),
    Text("Tiếp nhận lúc", "Accepted at"),
    Text("Hẹn trả", "Appointment"),
    Text("Xử lý xong lúc", "Processed at"),
    Text("Kết thúc lúc", "Ended at"),
    Text("Trạng thái", "Status"),
    Text("Trong kỳ", "In the period"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the address asks for."""

    days: Days
    number: Number
    wanted: Wanted
    now: datetime

    @property
    def period(self) -> queries.Period:
        """Give the moments of the period."""
        return self.days.period(self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dossier as the page lists it."""

    row: BoardRow
    procedure: Text
    unit: Text
    steps: tuple[tuple[Text, str], ...]
    """Name and holder of each open step."""
    due: dues.Due | None
    kind: Number


@blueprint.get("/board/list")
def listed() -> str | tuple[str, int]:
    """Show one page of the dossiers behind a number."""
    viewer = signed_in(Permission.SEE_BOARD)
    wish = _wish()
    scope, wanted, days = scope_of(viewer), wish.wanted, wish.days
    after = asked.text("after", longest=cursors.LONGEST)
    before = asked.number("before") if after else 0
    page = queries.behind(scope, wish.period, wanted, after=cursors.read(after), limit=PAGE)
    following = cursors.written(page.next)
    shown = before + len(page.rows)
    here = partial(list_url, days, wanted.what, unit=wanted.unit, key=wanted.key)
    answer = render_template(
        "manager/list.html",
        days=days,
        number=wish.number,
        unit=unit_names([wanted.unit])[wanted.unit] if wanted.unit else "",
        procedure=procedure_names([wanted.key])[wanted.key] if wanted.key else "",
        total=queries.count(scope, wish.period, wanted),
        lines=_lines(page.rows, wish.now),
        before=before,
        first_url=here() if after else "",
        next_url=here(after=following, before=shown) if following else "",
        csv_url=here().replace("/board/list?", "/board/list.csv?"),
        now=wish.now,
    )
    return (answer, 422) if days.errors else answer


@blueprint.get("/board/list.csv")
def downloaded() -> Response:
    """Stream all dossiers behind a number as CSV that spreadsheets read (UTF-8 with its mark)."""
    viewer = signed_in(Permission.SEE_BOARD)
    wish = _wish()
    name = f"{wish.wanted.what}-{wish.days.first}-{wish.days.last}.csv"
    return sheets.streamed(_csv(viewer, wish, lang()), name)


def _wish() -> Wish:
    """Read the address; raise NotFound for a number that the board does not have."""
    now = datetime.now(UTC)
    what = asked.one_of("what", NUMBERS)
    if not what:
        raise NotFound()
    today = now.astimezone(LOCAL).date()
    days = periods.days(asked.text("from"), asked.text("to"), today=today)
    wanted = Wanted(what=what, unit=asked.text("unit"), key=asked.text("key"))
    return Wish(days=days, number=NUMBERS[what], wanted=wanted, now=now)


def _lines(rows: Sequence[BoardRow], now: datetime) -> list[Line]:
    units = unit_names(sorted({row.dossier.unit_code for row in rows}))
    steps = queries.open_steps([row.dossier.id for row in rows])
    return [
        Line(
            row=row,
            procedure=Text(row.dossier.procedure_name, row.dossier.procedure_name_en),
            unit=units[row.dossier.unit_code],
            steps=tuple(_step(step) for step in steps.get(row.dossier.id, ())),
            due=dues.of_dossier(row.dossier, now=now),
            kind=NUMBERS[row.kind],
        )
        for row in rows
    ]


def _step(step: Step) -> tuple[Text, str]:
    loaded = loading.load(step.definition_id)
    return loaded.step_name(step.process_key, step.element_id, step.name), step.holder


def _csv(viewer: Viewer, wish: Wish, language: str) -> Iterator[str]:
    """Write lines as they are read, so that a large list needs no memory."""
    units: Mapping[str, Text] = {}
    yield sheets.MARK + sheets.line([label.in_(language) for label in HEAD])
    for row in queries.all_behind(scope_of(viewer), wish.period, wish.wanted):
        dossier = row.dossier
        if dossier.unit_code not in units:
            units = {**units, **unit_names([dossier.unit_code])}
        yield sheets.line(
            [
                dossier.code,
                Text(dossier.procedure_name, dossier.procedure_name_en).in_(language),
                units[dossier.unit_code].in_(language),
                dossier.applicant_name,
                *map(sheets.moment, (dossier.filed_at, dossier.accepted_at, dossier.due_at)),
                *map(sheets.moment, (dossier.finished_at, dossier.ended_at)),
                NAMES[Status(dossier.status)].in_(language),
                NUMBERS[row.kind].label.in_(language),
            ]
        )
