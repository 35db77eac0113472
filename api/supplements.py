"""The supplement request of a task: read, composed, sent, approved, returned, recalled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.language import said
from api.schemas.supplements import Compose, ComposedSupplement, ReturnSupplement, SendSupplement, Supplement
from api.schemas.tasks import Nothing
from errors import Detail, InvalidAnswers
from services import asking, supplements
from services.asking import Item, Terms
from services.supplements import Composed, Content

blueprint = Blueprint("supplements", "Requests for a supplement: composed on a task, approved where its act needs it.")
MOMENTS = ("saved_by", "saved_at", "proposed_by", "proposed_at", "decided_by", "decided_at")
OURS = {asking.ITEMS: "points", asking.REPLY_BY: "reply_by", "comment": "reason"}
"""What the verbs say of a request, by the names that this noun has."""


@blueprint.get("/tasks/<task_id>/supplement")
@blueprint.answers(ComposedSupplement)
def one(task_id: str) -> dict[str, Any]:
    """Give the request that is composed on a task, and what it may name; after it went out, what it was."""
    caller = viewer()
    found = supplements.composed(caller, task_id, now=now())
    return {
        **(_out(found.row) if found.row is not None else _empty(found)),
        "approval": list(found.act.approval),
        "variables": found.row.answers if found.is_waiting and found.row is not None else None,
        "can_send": found.opened.can_submit,
        "can_approve": found.may_approve,
        "can_recall": supplements.may_recall(caller, found.opened.task),
        "terms": _terms(found.terms) if found.terms is not None else None,
    }


@blueprint.post("/tasks/<task_id>/supplement")
@blueprint.body(Compose)
@blueprint.answers(Supplement)
def save(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Keep a request as far as it is composed; 409 where somebody else has saved it since `seen_version`."""
    content = Content(items=_items(sent["points"]), reply_by=sent["reply_by"], note=sent["reason"])
    return _out(supplements.save(viewer(), task_id, content, seen_version=sent["seen_version"], now=now()))


@blueprint.post("/tasks/<task_id>/supplement/send")
@blueprint.body(SendSupplement)
@blueprint.answers(Supplement)
def send(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Send a request that is in order: to the applicant (`sent`), or to those who approve it (`proposed`)."""
    caller, at = viewer(), now()
    kept = supplements.content_of(supplements.composed(caller, task_id, now=at).row)
    content = Content(
        items=kept.items if sent["points"] is None else _items(sent["points"]),
        reply_by=kept.reply_by if sent["reply_by"] is None else sent["reply_by"],
        note=kept.note if sent["reason"] is None else sent["reason"],
    )
    with _named():
        row = supplements.send(
            caller, task_id, content, answers=sent["variables"], document_ids=sent["documents"],
            turn_reason=sent["turn_reason"], now=at,
        )  # fmt: skip
    return _out(row)


@blueprint.post("/tasks/<task_id>/supplement/approve")
@blueprint.body(Nothing)
@blueprint.answers(Supplement)
def approve(_: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Approve a waiting request: it goes out in the name of who composed it; never one's own."""
    with _named():
        return _out(supplements.approve(viewer(), task_id, now=now()))


@blueprint.post("/tasks/<task_id>/supplement/return")
@blueprint.body(ReturnSupplement)
@blueprint.answers(Supplement)
def return_(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Give a waiting request back to who composed it, with what is to be changed."""
    with _named():
        return _out(supplements.return_(viewer(), task_id, sent["reason"], now=now()))


@blueprint.post("/tasks/<task_id>/supplement/recall")
@blueprint.body(Nothing)
@blueprint.answers(Supplement)
def recall(_: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Take one's own waiting request back, to change it."""
    return _out(supplements.recall(viewer(), task_id, now=now()))


@contextmanager
def _named() -> Iterator[None]:
    """Say what is wrong by the names of the body that was sent."""
    try:
        yield
    except InvalidAnswers as refused:
        raise InvalidAnswers(refused.text, details=[_ours(detail) for detail in refused.details]) from None


def _ours(detail: Detail) -> Detail:
    name, dot, rest = (detail.field or "").partition(".")
    return replace(detail, field=OURS[name] + dot + rest) if name in OURS else detail


def _items(points: list[Mapping[str, str]]) -> list[Item]:
    return [Item(**point) for point in points]


def _out(row: Any) -> dict[str, Any]:
    content = supplements.content_of(row)
    return {
        "task_id": row.task_id,
        "act": row.act,
        "state": row.state,
        "points": [asdict(item) for item in content.items],
        "reply_by": content.reply_by,
        "reason": content.note,
        "version": row.version,
        **{name: getattr(row, name) for name in MOMENTS},
        "returned_because": row.comment or None,
    }


def _empty(found: Composed) -> dict[str, Any]:
    return {
        "task_id": found.opened.task.id,
        "act": found.act.id,
        "state": "draft",
        "points": [],
        "reply_by": "",
        "reason": "",
        "version": 0,
        **dict.fromkeys((*MOMENTS, "returned_because")),
    }


def _terms(terms: Terms) -> dict[str, Any]:
    return {
        "components": [{"id": id_, "name": said(name)} for id_, name in terms.components.items()],
        "problems": [{"id": id_, "name": said(name)} for id_, name in asking.PROBLEMS.items()],
        "bases": [{"id": basis.number, "name": said(basis.title)} for basis in terms.bases],
        "reply_by": terms.reply_by,
        "is_reply_by_computed": terms.reply is not None,
        "round": terms.round,
        "rounds": terms.rounds,
        "most_points": asking.MOST_ITEMS,
    }
