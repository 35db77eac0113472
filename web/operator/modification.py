"""/operator/instances/<id>/modify: what is active, instructions to change it, what they would do, and doing it.

Without a script: each button sends the whole form. What is done is what was previewed: a mark of the instructions and
of the instance's state goes with the preview, and where either has changed since the page shows a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import Conflict, Detail, Invalid
from services import instances, loading, modifications
from services.modifications import Activation, Instruction, Kind, Line, Preview
from services.permissions import Viewer
from services.statuses import NAMES
from storage.queries import tasks as task_queries
from texts import Text
from web import asked
from web.officer import diagrams
from web.operator.instances import STATUS_NAMES, TYPE_NAMES, WAIT_NAMES, View, view_of
from web.operator.places import operator

blueprint = Blueprint("operator_modification", __name__)
MOST = 20
"""Instructions on a page; the API takes more."""
KIND_NAMES: Mapping[str, Text] = {
    "move": Text("Chuyển sang phần tử khác", "Move to another element"),
    "cancel": Text("Huỷ ở phần tử", "Cancel at an element"),
    "start_before": Text("Bắt đầu trước phần tử", "Start before an element"),
    "start_after": Text("Bắt đầu sau phần tử", "Start after an element"),
}
SENT_NAMES: Mapping[str, Text] = {**WAIT_NAMES, "paper": Text("Giấy tờ", "A paper")}
FIELDS: Mapping[str, str] = {
    "kind": "kind", "element_id": "element", "to_element_id": "to", "activation_id": "activation",
    "ancestor_id": "ancestor", "flow_id": "flow",
}  # fmt: skip
"""The fields of an instruction by the names they have on the page, each with the number of its row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instruction as it was typed; elements are `process element`."""

    kind: str = "move"
    element: str = ""
    to: str = ""
    activation: str = ""
    ancestor: str = ""
    flow: str = ""

    @property
    def has_more(self) -> bool:
        """Say whether one of the fields that are folded away is filled."""
        return bool(self.activation or self.ancestor or self.flow)

    @property
    def instruction(self) -> Instruction:
        """Give what it means."""
        process_key, _space, element_id = self.element.partition(" ")
        kind = Kind(self.kind)
        return Instruction(
            kind=kind,
            element_id=element_id,
            process_key=process_key or None,
            to_element_id=(self.to.partition(" ")[2] or None) if kind is Kind.MOVE else None,
            activation_id=self.activation or None if kind in (Kind.MOVE, Kind.CANCEL) else None,
            ancestor_id=self.ancestor or None if kind is not Kind.CANCEL else None,
            flow_id=self.flow or None if kind is Kind.START_AFTER else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The form as it was sent, and what is wrong with it."""

    rows: tuple[Row, ...] = (Row(),)
    reason: str = ""
    errors: Sequence[Detail] = ()
    preview: Preview | None = None
    note: Text | None = None
    messages: Mapping[str, Text] = field(default_factory=dict)
    """The errors by the ids of their fields."""


@blueprint.get("/operator/instances/<instance_id>/modify")
def shown(instance_id: str) -> str | Response:
    """Show what is active and an empty instruction; where nothing can be changed any more, show the instance."""
    view = view_of(operator(), instance_id)
    return _page(view, Typed()) if view.instance.status in instances.OPEN else redirect(view.url)


@blueprint.post("/operator/instances/<instance_id>/modify")
def modify(instance_id: str) -> str | Response | tuple[str, int]:
    """Add or drop an instruction, show what they would do, or do it."""
    viewer = operator()
    view = view_of(viewer, instance_id)
    if view.instance.status not in instances.OPEN:
        flash(_("Phiên chạy này đã kết thúc."), "soon")
        return redirect(view.url, 303)
    typed, wanted = _typed(), asked.typed("do")
    if wanted == "add":
        return _page(view, replace(typed, rows=(*typed.rows, Row())[:MOST]))
    if wanted.startswith("drop-"):
        kept = tuple(row for number, row in enumerate(typed.rows) if wanted != f"drop-{number}")
        return _page(view, replace(typed, rows=kept or (Row(),)))
    try:
        return _done(viewer, view, typed) if wanted == "confirm" else _previewed(viewer, view, typed)
    except Invalid as refused:
        return _page(view, _with(typed, refused.details)), 422
    except Conflict as conflict:
        return _page(view, _with(typed, [Detail(code=conflict.code, message=conflict.text)])), 409


def _previewed(viewer: Viewer, view: View, typed: Typed, note: Text | None = None) -> str:
    given = [row.instruction for row in _meant(typed)]
    found = modifications.preview(viewer, view.instance.id, given, now=datetime.now(UTC))
    return _page(view, replace(typed, preview=found, note=note))


def _done(viewer: Viewer, view: View, typed: Typed) -> str | Response | tuple[str, int]:
    rows = _meant(typed)
    if asked.typed("seen") != _mark(view, rows):
        changed = Text(
            "Phiên chạy hoặc các chỉ dẫn đã thay đổi từ lúc xem trước: hãy xem lại rồi xác nhận.",
            "The instance or the instructions have changed since the preview: look again, then confirm.",
        )
        return _previewed(viewer, view, typed, changed), 409
    given = [row.instruction for row in rows]
    try:
        modifications.modify(viewer, view.instance.id, given, typed.reason, now=datetime.now(UTC))
    except Invalid as refused:
        found = modifications.preview(viewer, view.instance.id, given, now=datetime.now(UTC))
        return _page(view, replace(_with(typed, refused.details), preview=found)), 422
    flash(_("Đã chuyển bước như xem trước."), "ok")
    return redirect(view.url, 303)


def _typed() -> Typed:
    count = asked.typed("rows")
    number = min(int(count), MOST) if count.isdecimal() and count.isascii() and len(count) < 4 else 1
    rows = tuple(
        Row(**{name: asked.typed(f"{name}-{index}")[:300] for name in FIELDS.values()}) for index in range(number)
    )
    known = tuple(row if row.kind in KIND_NAMES else replace(row, kind="move") for row in rows)
    return Typed(rows=known or (Row(),), reason=asked.typed("reason"))


def _meant(typed: Typed) -> tuple[Row, ...]:
    """Give the instructions; raise Invalid where one has no element."""
    wanted = Text("Chọn phần tử.", "Choose an element.")
    missing = [
        Detail(field=f"instructions.{index}.element_id", code="required", message=wanted)
        for index, row in enumerate(typed.rows)
        if not row.element
    ]
    if missing:
        raise Invalid(details=missing)
    return typed.rows


def _with(typed: Typed, details: Sequence[Detail]) -> Typed:
    """Give the form with its errors, each at its field."""
    placed = [replace(detail, field=_field(detail.field)) for detail in details]
    return replace(typed, errors=placed, messages={detail.field: detail.message for detail in placed})


def _field(name: str) -> str:
    parts = name.split(".")
    return f"{FIELDS[parts[2]]}-{parts[1]}" if len(parts) == 3 and parts[2] in FIELDS else name


def _mark(view: View, rows: Sequence[Row]) -> str:
    text = repr((view.instance.id, view.instance.revision, rows))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _page(view: View, typed: Typed) -> str:
    g.allows_inline_style = True
    now = datetime.now(UTC)
    active = modifications.activations(operator(), view.instance.id)
    open_steps = task_queries.open_of(view.instance.id)
    found = typed.preview
    return render_template(
        "operator/modification.html",
        view=view,
        typed=typed,
        errors=typed.errors,
        has_errors=bool(typed.errors),
        kinds=list(KIND_NAMES.items()),
        groups=_elements(view, active),
        active=[_active(view, one) for one in active[1:]],
        activations=[(one.id, _label(view, one)) for one in active[1:]],
        ancestors=[(one.id, _label(view, one)) for one in active if _may_hold(one, active)],
        preview=found,
        parts=_parts(found) if found else (),
        status=STATUS_NAMES[found.status] if found else Text("", ""),
        statuses=[NAMES[status] for status in found.statuses] if found else [],
        mark=_mark(view, typed.rows),
        may_add=len(typed.rows) < MOST,
        course=diagrams.course(view.instance, open_steps, now=now),
        new=[line.element_id for line in found.started] if found else [],
        loads_viewer=True,
        now=now,
    )


def _elements(view: View, active: Sequence[Activation]) -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Give the elements of every process that the instance runs or may call, what is active marked."""
    loaded = loading.load(view.instance.definition_id)
    here = {(one.process_key, one.element_id) for one in active}
    keys = dict.fromkeys([loaded.definition.key, *loaded.definition.processes, *(one.process_key for one in active)])
    groups = []
    for key in keys:
        version, bare = loaded.of(key)
        process = version.definition.processes[bare]
        name = version.name if bare == version.definition.key else Text(process.name or key, process.name or key)
        options = [
            (f"{key} {id_}", named(loaded.step_name(key, id_, element.name), element.type, id_, (key, id_) in here))
            for id_, element in process.elements.items()
        ]
        groups.append((name, options))
    return groups


def named(name: Text, type_: str, id_: str, is_here: bool = False) -> Text:
    """Name an element for a list to choose from; a mark stands before one that is active."""
    kind = TYPE_NAMES.get(type_, Text(type_, type_))
    mark = "● " if is_here else ""

    def written(language: str) -> str:
        own = name.in_(language)
        return (
            f"{mark}{own} ({kind.in_(language)}, {id_})"
            if own and own != id_
            else f"{mark}{id_} ({kind.in_(language)})"
        )

    return Text(written("vi"), written("en"))


def _active(view: View, one: Activation) -> dict[str, Any]:
    return {
        "one": one,
        "step": _step(view, one),
        "type": TYPE_NAMES.get(one.element_type, Text(one.element_type, one.element_type)),
        "local": ", ".join(f"{name} = {value!r:.40}" for name, value in sorted((one.local or {}).items())),
    }


def _label(view: View, one: Activation) -> Text:
    if one.parent_id is None:
        return Text("Phiên chạy (mở mới mọi quy trình con)", "The instance (all sub-processes anew)")
    step = _step(view, one)
    counter = (one.local or {}).get("loopCounter")
    more = f" #{counter}" if counter is not None and not one.is_loop else ""
    return Text(f"{step.vi}{more} ({one.id})", f"{step.en}{more} ({one.id})")


def _step(view: View, one: Activation) -> Text:
    loaded = loading.load(view.instance.definition_id)
    return loaded.step_name(one.process_key, one.element_id, one.element_name or one.element_id)


def _may_hold(one: Activation, active: Sequence[Activation]) -> bool:
    return one.parent_id is None or one.is_loop or any(other.parent_id == one.id for other in active)


def _parts(found: Preview) -> list[dict[str, Any]]:
    """Give the parts of a preview that say something."""
    named: list[tuple[Text, Sequence[Line], Mapping[str, Text]]] = [
        (Text("Bị bỏ", "Cancelled"), found.cancelled, TYPE_NAMES),
        (Text("Bắt đầu", "Started"), found.started, TYPE_NAMES),
        (Text("Chạy qua ngay", "Run through at once"), found.passed, TYPE_NAMES),
        (Text("Không chờ nữa", "No longer waited for"), found.lost, WAIT_NAMES),
        (Text("Sẽ chờ", "Waited for then"), found.awaited, WAIT_NAMES),
        (Text("Gửi ra ngoài", "Sent outside"), found.sent, SENT_NAMES),
        (Text("Sẽ gặp sự cố", "Would be an incident"), found.incidents, {"incident": Text("Sự cố", "Incident")}),
    ]
    return [
        {
            "label": label,
            "lines": [{"line": line, "kind": names.get(line.kind, Text(line.kind, line.kind))} for line in lines],
        }
        for label, lines, names in named
        if lines
    ]
