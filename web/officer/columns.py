"""Columns of the inbox: their words, and which a view shows. A saved view keeps its own; others a browser remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from services.views import SHOWN
from storage.queries.views import COLUMNS
from texts import Text
from web.officer import places
from web.officer.places import Place

blueprint = Blueprint("officer_columns", __name__)
COOKIE = "columns"
A_YEAR = 365 * 24 * 3600
LABELS: Mapping[str, Text] = {
    "code": Text("Mã hồ sơ", "Dossier code"),
    "applicant": Text("Người nộp", "Applicant"),
    "procedure": Text("Thủ tục", "Procedure"),
    "step": Text("Bước", "Step"),
    "due": Text("Còn lại", "Time left"),
    "assignee": Text("Người xử lý", "Assignee"),
    "unit": Text("Đơn vị", "Unit"),
    "case": Text("Trường hợp", "Case"),
    "channel": Text("Kênh nộp", "Channel"),
    "status": Text("Trạng thái", "Status"),
    "clock": Text("Đồng hồ", "Clock"),
    "dossier_due": Text("Hẹn trả", "Appointment"),
    "filed": Text("Nộp lúc", "Filed"),
    "opened": Text("Mở lúc", "Opened"),
    "follow_up": Text("Xem lại", "Follow-up"),
    "priority": Text("Ưu tiên", "Priority"),
}
"""The words at the head of each column, in the order in which a chooser offers them."""
DEFAULT = ("code", "applicant", "procedure", "step", "due", "assignee")
CLOCKS: Mapping[str, Text] = {
    "not_started": Text("Chưa chạy", "Not started"),
    "running": Text("Đang chạy", "Running"),
    "paused": Text("Tạm dừng", "Paused"),
    "due_soon": Text("Sắp đến hạn", "Due soon"),
    "overdue": Text("Quá hạn", "Overdue"),
    "early": Text("Trước hạn", "Early"),
    "on_time": Text("Đúng hạn", "On time"),
    "late": Text("Trễ hạn", "Late"),
    "stopped": Text("Đã dừng", "Stopped"),
    "lapsed": Text("Hết thời gian trả lời", "Lapsed"),
    "no_calendar": Text("Thiếu lịch làm việc", "No calendar"),
}


def of(place: Place) -> tuple[str, ...]:
    """Give the columns of a view, those that identify a task first where nothing was chosen."""
    if place.saved is not None:
        chosen: Sequence[str] = place.saved.columns
        return DEFAULT if set(chosen) == set(SHOWN) and tuple(chosen) == SHOWN else _known(chosen)
    return _known(_remembered().get(place.view, "").split(".")) or DEFAULT


def label(name: str, view: str) -> Text:
    """Give the words at the head of a column; of what is done, the end counts."""
    if view == "done" and name == "due":
        return Text("Kết quả so với hạn", "Against the limit")
    if view == "done" and name == "assignee":
        return Text("Làm xong", "Done")
    return LABELS[name]


@blueprint.post("/inbox/columns")
def choose() -> Response:
    """Remember which columns a built-in view shows in this browser; none: the ordinary ones again."""
    viewer = places.worker()
    place = places.here(viewer)
    chosen = ".".join(_known(request.form.getlist("column")))
    kept = {name: columns for name, columns in _remembered().items() if name in places.NAMES}
    kept[place.view] = "" if _known(chosen.split(".")) == DEFAULT else chosen
    written = "|".join(f"{name}:{columns}" for name, columns in kept.items() if columns)
    answer = redirect(place.inbox, 303)
    if place.saved is None:
        answer.set_cookie(COOKIE, written, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def _remembered() -> dict[str, str]:
    pairs = (part.partition(":") for part in request.cookies.get(COOKIE, "")[:2000].split("|"))
    return {name: columns for name, sign, columns in pairs if sign}


def _known(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name in COLUMNS)
