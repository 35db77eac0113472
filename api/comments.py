"""Comments on tasks, and private notes."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.comments import Comment, Comments, Note, Say, Write
from services import comments, notes, tasks

blueprint = Blueprint("talk", "What colleagues say about a dossier, and what one notes for oneself.")
COLUMNS = tuple(Comment().fields)


@blueprint.get("/tasks/<task_id>/comments")
@blueprint.answers(Comments)
def list_(task_id: str) -> dict[str, Any]:
    """List what was said about the instance of a task."""
    task = tasks.open_task(viewer(), task_id, now=now()).task
    return {"items": [_out(row) for row in comments.of_task(viewer(), task)]}


@blueprint.post("/tasks/<task_id>/comments")
@blueprint.body(Say)
@blueprint.answers(Comment, 201)
def add(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Say something about it; who is mentioned is told."""
    return _out(comments.add(viewer(), task_id, sent["text"], now=now(), comment_id=sent["comment_id"]))


@blueprint.get("/tasks/<task_id>/note")
@blueprint.answers(Note)
def note(task_id: str) -> dict[str, Any]:
    """Give one's own note about the instance of a task."""
    return _noted(notes.of_task(viewer(), tasks.open_task(viewer(), task_id, now=now()).task))


@blueprint.post("/tasks/<task_id>/note")
@blueprint.body(Write)
@blueprint.answers(Note)
def write(sent: dict[str, Any], task_id: str) -> dict[str, Any]:
    """Keep a note for oneself in place of the one before."""
    return _noted(notes.save(viewer(), task_id, sent["text"], now=now()))


def _out(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COLUMNS}


def _noted(note: Any) -> dict[str, Any]:
    return {"text": note.text if note else "", "saved_at": note.saved_at if note else None}
