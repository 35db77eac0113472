"""/designer/drafts/<id>/files: put files into a draft, take them out, rename them, bring earlier contents back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from errors import Conflict, Detail, Invalid, Malformed, MotcuaError, NotFound, TooLarge
from http_status import status_of
from services import bundle_drafts, definitions
from services.permissions import Permission
from storage.queries import bundle_drafts as queries
from texts import Text
from web import asked
from web.account import signed_in
from web.designer.drafts import at, existing, page

blueprint = Blueprint("designer_draft_files", __name__)
NEWEST = 2**31 - 1


@blueprint.post("/designer/drafts/<draft_id>/files")
def put(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Take files from the designer's machine, those of a zip one by one; what a file of that name held is kept."""
    viewer = signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    try:
        there = {file.name: file.version for file in queries.files(draft.id)}
        received: dict[str, bytes] = {}
        for upload in request.files.getlist("files"):
            name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
            if name:
                received |= definitions.opened(name, upload.read())
        if not received:
            message = Text("Chọn ít nhất một tệp.", "Choose one file at least.")
            raise Invalid(details=[Detail(field="files", code="required", message=message)])
        for name, data in received.items():
            bundle_drafts.put(viewer, draft.id, name, data, seen_version=there.get(name, 0), now=datetime.now(UTC))
    except (Invalid, Malformed, TooLarge) as refused:
        return page(existing(draft_id), _details(refused, "files")), status_of(refused)
    return redirect(at(draft.id), 303)


@blueprint.post("/designer/drafts/<draft_id>/forms")
def begin_form(draft_id: str) -> BaseResponse | tuple[str, int]:
    """Make a new form in it, empty or with the fields of another one, and open it."""
    viewer = signed_in(Permission.DESIGN)
    draft = existing(draft_id)
    typed = request.form.get("file", "").strip()
    name = typed if typed.lower().endswith(".form") or not typed else f"{typed}.form"
    schema = _fields_of(draft.id, request.form.get("from", "")) | {"id": name.removesuffix(".form")}
    data = json.dumps(schema, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    try:
        bundle_drafts.put(viewer, draft.id, name, data, seen_version=0, now=datetime.now(UTC))
    except Conflict:
        message = Text(f"Đã có tệp tên {name}.", f"There is a file named {name} already.")
        return page(draft, (Detail(field="file", code="duplicate", message=message),), typed=typed), 409
    except (Invalid, TooLarge) as refused:
        return page(draft, _details(refused, "file"), typed=typed), status_of(refused)
    return redirect(at(draft.id, "forms", name), 303)


@blueprint.get("/designer/drafts/<draft_id>/files/<name>")
def downloaded(draft_id: str, name: str) -> Response:
    """Send a file as it is now, or as it was at `version`; never shown as a page of ours."""
    signed_in(Permission.DESIGN)
    draft, version = existing(draft_id), asked.number("version")
    if version:
        data = queries.earlier_content(draft.id, name, version) if name.isprintable() else None
    else:
        found = queries.content(draft.id, name) if name.isprintable() else None
        data = found[0] if found else None
    if data is None:
        raise NotFound()
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, headers=headers, content_type="application/octet-stream")


@blueprint.post("/designer/drafts/<draft_id>/files/<name>/<any(remove, rename, restore):act>")
def change(draft_id: str, name: str, act: str) -> BaseResponse | tuple[str, int]:
    """Remove a file, rename it, or give it what it held before."""
    viewer = signed_in(Permission.DESIGN)
    draft, now = existing(draft_id), datetime.now(UTC)
    seen = _number("seen")
    back = at(draft.id)
    try:
        if act == "remove":
            bundle_drafts.remove(viewer, draft.id, name, seen_version=seen, now=now)
            flash(_("Đã bỏ tệp %(name)s khỏi bản soạn.", name=name), "ok")
        elif act == "rename":
            new = request.form.get("file", "").strip()
            bundle_drafts.rename_file(viewer, draft.id, name, new, seen_version=seen, now=now)
        else:
            bundle_drafts.restore(viewer, draft.id, name, _number("version"), seen_version=seen, now=now)
            flash(_("Tệp %(name)s có lại nội dung trước.", name=name), "ok")
            back = at(draft.id, "forms", name) if request.form.get("back") == "form" else back
    except (Invalid, TooLarge, Conflict) as refused:
        return page(draft, _details(refused, "")), status_of(refused)
    return redirect(back, 303)


def _fields_of(draft_id: str, other: str) -> dict[str, Any]:
    """Give the schema of another form of the draft to begin with; an empty one where there is none that can be read."""
    found = queries.content(draft_id, other) if other else None
    try:
        schema = json.loads(found[0].decode("utf-8-sig")) if found else None
    except (ValueError, RecursionError):
        schema = None
    return schema if isinstance(schema, dict) else {"type": "default", "id": "", "schemaVersion": 19, "components": []}


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return min(int(text), NEWEST) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _details(refused: MotcuaError, field: str) -> tuple[Detail, ...]:
    """Give what is wrong, each point at the field of the page that it came from."""
    found = refused.details or (Detail(field=field, code=refused.code, message=refused.text),)
    return tuple(Detail(field=field, code=one.code, message=one.message) for one in found)
