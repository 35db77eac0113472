"""/operator/outbox: calls to the outside by state; one message, read and sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from errors import NotFound, WrongState
from services import outbox
from services.wiring import Parts
from storage.queries import outbox as queries
from storage.queries.outbox import STATES, MessageRow
from texts import Text
from web import asked, cursors
from web.operator import values
from web.operator.places import operator, places

blueprint = Blueprint("operator_outbox", __name__)
PAGE = 50
STATE_NAMES: Mapping[str, Text] = {
    "dead": Text("Không gửi được", "Dead"),
    "waiting": Text("Đang chờ gửi", "Waiting"),
    "kept": Text("Giữ để đọc", "Kept for reading"),
    "sent": Text("Đã gửi", "Sent"),
}
KIND_NAMES: Mapping[str, Text] = {
    "email": Text("Thư điện tử", "E-mail"),
    "paper": Text("In tài liệu", "Print a document"),
    "event": Text("Sự kiện sang phiên chạy khác", "Event to other instances"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as pages show it."""

    row: MessageRow
    kind: Text
    state: Text

    @property
    def is_email(self) -> bool:
        """Say whether it is an e-mail, whose text can be read."""
        return self.row.kind == "email"

    @property
    def title(self) -> str:
        """Say in one line what it is about."""
        payload = self.row.payload
        return str(payload.get("subject") or payload.get("name") or payload.get("title") or self.row.idempotency_key)

    @property
    def to(self) -> str:
        """Say to whom it goes, or nothing."""
        return str(self.row.payload.get("to") or "")

    @property
    def can_send_again(self) -> bool:
        """Say whether somebody may put it back."""
        return self.row.state in ("dead", "kept")


@blueprint.get("/operator/outbox")
def listed() -> str:
    """Show one page of the messages of a state; without one, of the first state that has some."""
    operator()
    counts = queries.counts()
    state = asked.one_of("state", STATES, next((name for name in STATES if counts.get(name)), "waiting"))
    after, before = asked.text("after", longest=cursors.LONGEST), asked.number("before")
    place = cursors.read(after)
    rows, next_ = queries.listed(state, after=place, limit=PAGE)
    before = before if place else 0
    here = asked.address("/operator/outbox", state=state)
    return render_template(
        "operator/outbox.html",
        places=places(),
        state=state,
        tabs=[
            {
                "label": STATE_NAMES[name],
                "url": asked.address("/operator/outbox", state=name),
                "current": name == state,
                "count": counts.get(name),
            }
            for name in STATES
        ],
        messages=[_message(row) for row in rows],
        before=before,
        next_url=asked.address("/operator/outbox", state=state, after=cursors.written(next_), before=before + len(rows))
        if next_
        else "",
        first_url=here if place else "",
        has_mailer=_has_mailer(),
        now=datetime.now(UTC),
    )


@blueprint.get("/operator/outbox/<message_id>")
def shown(message_id: str) -> str:
    """Show one message whole."""
    operator()
    row = queries.one(message_id)
    if row is None:
        raise NotFound()
    rest: dict[str, Any] = {name: value for name, value in row.payload.items() if name not in ("to", "subject", "body")}
    return render_template(
        "operator/message.html",
        message=_message(row),
        rest=values.lines(row.payload if row.kind != "email" else rest),
        has_mailer=_has_mailer(),
        now=datetime.now(UTC),
    )


@blueprint.post("/operator/outbox/<message_id>/send-again")
def send_again(message_id: str) -> Response:
    """Put a message back, to be sent at once."""
    viewer = operator()
    try:
        outbox.send_again(viewer, message_id, now=datetime.now(UTC))
    except WrongState:
        flash(_("Thư này không còn ở trạng thái gửi lại được."), "soon")
    else:
        flash(_("Đã xếp lại vào hàng chờ, hệ thống gửi ngay."), "ok")
    return redirect(f"/operator/outbox/{message_id}", 303)


def _message(row: MessageRow) -> Message:
    return Message(row=row, kind=KIND_NAMES.get(row.kind, Text(row.kind, row.kind)), state=STATE_NAMES[row.state])


def _has_mailer() -> bool:
    parts: Parts = current_app.extensions["motcua"]
    return parts.mailer is not None
