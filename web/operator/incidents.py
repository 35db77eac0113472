"""/operator/incidents: technical faults that hold up an instance; one of them with its data, to mend and try again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Invalid, NotFound
from services import incidents, loading
from services.permissions import Viewer, scope_of
from storage.queries import incidents as queries
from storage.queries import instances
from storage.queries.incidents import STATES, IncidentRow, Wanted
from texts import Text
from web import asked, cursors
from web.i18n.formats import t
from web.operator import values
from web.operator.places import MOST_COUNTED, operator, places

blueprint = Blueprint("operator_incidents", __name__)
PAGE = 50
LONGEST_TYPED = 100_000
STATE_NAMES: Mapping[str, Text] = {"open": Text("Đang mở", "Open"), "resolved": Text("Đã xử lý", "Resolved")}
KIND_NAMES: Mapping[str, Text] = {
    "expression_failed": Text("Biểu thức hoặc đoạn mã lỗi", "An expression or script failed"),
    "no_path_chosen": Text("Cổng rẽ không có nhánh nào đúng", "No path out of a gateway applies"),
    "step_budget": Text("Chạy quá nhiều bước", "Too many steps without waiting"),
    "too_many_instances": Text("Lặp cho quá nhiều phần tử", "Too many items to run for"),
    "nested_too_deep": Text("Quy trình gọi nhau quá sâu", "Processes call each other too deeply"),
    "too_much_data": Text("Dữ liệu quá lớn", "Too much data"),
    "nobody_chosen": Text("Không rõ ai làm việc này", "Nobody can be found for a task"),
    "work_failed": Text("Việc bên ngoài không làm được", "Work outside failed"),
    "engine_error": Text("Lỗi kỹ thuật của sơ đồ", "Technical fault of the diagram"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as pages show it."""

    row: IncidentRow
    process: Text
    step: Text
    message: Text
    kind: Text

    @property
    def url(self) -> str:
        """Give the address of its page."""
        return f"/operator/incidents/{self.row.id}"


def shown_as(row: IncidentRow) -> Incident:
    """Give a row with the names that people know."""
    loaded = loading.load(row.definition_id)
    return Incident(
        row=row,
        process=loaded.name,
        step=loaded.step_name(row.process_key, row.element_id, row.element_name or row.element_id),
        message=Text(row.message_vi, row.message_en),
        kind=KIND_NAMES.get(row.kind, Text(row.kind, row.kind)),
    )


@blueprint.get("/operator/incidents")
def listed() -> str:
    """Show one page of the incidents of a state."""
    viewer = operator()
    state, key = asked.one_of("state", STATES, "open"), asked.text("key")
    place = cursors.read(asked.text("after", longest=cursors.LONGEST))
    before = asked.number("before") if place else 0
    rows, next_ = queries.listed(scope_of(viewer), Wanted(state=state, key=key or None), after=place, limit=PAGE)
    more = {"after": cursors.written(next_), "before": before + len(rows)} if next_ else {}
    return render_template(
        "operator/incidents.html",
        places=places(),
        key=key,
        keys=instances.keys(),
        state=state,
        tabs=[
            {
                "label": STATE_NAMES[name],
                "url": asked.address("/operator/incidents", state=name if name != "open" else "", key=key),
                "current": name == state,
                "count": queries.count_open(MOST_COUNTED) if name == "open" else None,
            }
            for name in STATES
        ],
        incidents=[shown_as(row) for row in rows],
        before=before,
        next_url=asked.address("/operator/incidents", state=state, key=key, **more) if more else "",
        first_url=asked.address("/operator/incidents", state=state, key=key) if place else "",
        now=datetime.now(UTC),
    )


@blueprint.get("/operator/incidents/<incident_id>")
def shown(incident_id: str) -> str:
    """Show one incident with what its step sees."""
    viewer = operator()
    return _page(viewer, one_of(viewer, incident_id))


@blueprint.post("/operator/incidents/<incident_id>/retry")
def retry(incident_id: str) -> Response | tuple[str, int]:
    """Try an incident again, with variables mended before where some were typed."""
    viewer = operator()
    row = one_of(viewer, incident_id)
    typed = asked.typed("variables")[:LONGEST_TYPED]
    try:
        instance = incidents.retry(viewer, incident_id, variables=read_variables(typed), now=datetime.now(UTC))
    except Invalid as refused:
        details = refused.details or [Detail(code=refused.code, field="variables", message=refused.text)]
        return _page(viewer, row, details, typed), 422
    except Conflict as conflict:
        flash(t(conflict.text), "soon")
        return redirect(f"/operator/instances/{row.instance_id}", 303)
    after = queries.one(scope_of(viewer), incident_id)
    if after is not None and after.state == "open":
        flash(_("Đã chạy lại nhưng vẫn gặp sự cố. Không mất gì: sửa rồi chạy lại lần nữa."), "soon")
        return redirect(f"/operator/incidents/{incident_id}", 303)
    flash(_("Đã chạy lại, phiên đi tiếp."), "ok")
    return redirect(f"/operator/instances/{instance.id}", 303)


def read_variables(typed: str) -> dict[str, Any]:
    """Read variables that were typed as a JSON object. Raises Invalid."""
    if not typed:
        return {}
    try:
        found = orjson.loads(typed)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        message = Text('Cần một đối tượng JSON, ví dụ {"n": 1}.', 'This must be a JSON object such as {"n": 1}.')
        raise Invalid(details=[Detail(field="variables", code="object", message=message)])
    return found


def one_of(viewer: Viewer, incident_id: str) -> IncidentRow:
    """Give an incident that the viewer may read; raise NotFound."""
    row = queries.one(scope_of(viewer), incident_id)
    if row is None:
        raise NotFound()
    return row


def _page(viewer: Viewer, row: IncidentRow, errors: Sequence[Detail] = (), typed: str = "") -> str:
    incident = shown_as(row)
    return render_template(
        "operator/incident.html",
        incident=incident,
        state=STATE_NAMES[row.state],
        variables=values.lines(incidents.variables(viewer, row.id)) if row.state == "open" else (),
        errors=errors,
        has_errors=bool(errors),
        typed=typed,
        now=datetime.now(UTC),
    )
