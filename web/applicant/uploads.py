"""Uploads of a page that is sent again and again: each file is kept at once and comes back as a hidden id.

Without script a browser forgets a chosen file whenever a form is shown anew, so a file is staged as soon as it arrives
(services.documents.stage), whatever else is wrong with the form; a day later unused ones are deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from flask import request
from werkzeug.datastructures import FileStorage

from errors import Detail, Invalid, NotScanned, TooLarge, WrongMediaType
from forms.submission import PREFIX
from forms.views import FileLink
from services import documents
from services.documents import Upload
from services.permissions import Viewer
from services.wiring import Parts
from texts import Text
from web.i18n.formats import filesize

COMPONENT = "component."
"""Prefix of the names of file inputs for components of a dossier."""
ID = re.compile(r"[0-9a-f]{32}")
MOST = 500
"""Ids looked up at once; a person has no more files that are not sent yet (services/room.py)."""
KEPT, REMOVED = "document", "remove"
"""Names of the hidden ids, and of the boxes that drop one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One staged file as a page lists it; `kind` is the component, or the path of the form's file field."""

    id: str
    kind: str
    name: str
    size: int
    sha256: str
    media_type: str

    @property
    def url(self) -> str:
        """Give where it opens."""
        return f"/documents/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a post brought: the files kept so far, the answers with their files, and what was wrong with files."""

    files: tuple[Kept, ...]
    pairs: tuple[tuple[str, str], ...]
    """Names and values of the form's answers, the ids of files in file fields among them."""
    errors: tuple[Detail, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the ids of all files."""
        return tuple(file.id for file in self.files)

    @property
    def links(self) -> dict[str, FileLink]:
        """Give what the form's macros call these files."""
        return {
            file.id: FileLink(name=file.name, url=file.url, note=_size(file.size), media_type=file.media_type)
            for file in self.files
        }

    def of(self, component: str) -> tuple[Kept, ...]:
        """Give the files of one component."""
        return tuple(file for file in self.files if file.kind == component)


NOTHING = Received(files=(), pairs=(), errors=())
"""Before anything was sent."""


def of_draft(documents_kept: Iterable[Any]) -> Received:
    """Give the files (storage.tables.Document) that a draft keeps, as the post that saved it had brought them."""
    return Received(files=tuple(_kept(document) for document in documents_kept), pairs=(), errors=())


def receive(viewer: Viewer, parts: Parts, *, components: Iterable[str], now: datetime, task: Any = None) -> Received:
    """Stage the files of this post, drop those marked for removal, and give everything that is kept now.

    `task` (storage.tables.Task): the files of its draft are known as well, whoever brought them.
    """
    wanted = {f"{COMPONENT}{name}": name for name in components}
    errors: list[Detail] = []
    fresh: list[str] = []
    pairs = [(name, value) for name, value in request.form.items(multi=True) if name.startswith((PREFIX, "answers-do"))]
    for name, file in request.files.items(multi=True):
        if not file.filename or not (name in wanted or name.startswith(PREFIX)):
            continue
        field = name if name in wanted else name.removeprefix(PREFIX)
        kind = wanted.get(name, field)
        document_id = _stage(viewer, parts, file, field=field, kind=kind, now=now, errors=errors)
        if document_id and name in wanted:
            fresh.append(document_id)
        elif document_id:
            pairs.append((name, document_id))
    removed = set(request.form.getlist(REMOVED))
    for document in documents.staged(viewer, list(removed)[:MOST]):
        documents.unstage(viewer, document.id)
    named = [value for name, value in pairs if name.startswith(PREFIX) and ID.fullmatch(value)]
    ids = [one for one in dict.fromkeys([*request.form.getlist(KEPT), *fresh, *named]) if one not in removed]
    found = {document.id: document for document in documents.staged(viewer, ids[:MOST], task=task)}
    files = [
        _kept(d)
        for d in (found[one] for one in ids if one in found)
        if d.id in named or d.kind in wanted.values()  # those of another case stay behind
    ]
    return Received(files=tuple(files), pairs=tuple(pairs), errors=tuple(errors))


def _kept(d: Any) -> Kept:
    return Kept(id=d.id, kind=d.kind, name=d.file_name, size=d.size or 0, sha256=d.sha256, media_type=d.media_type)


def _stage(
    viewer: Viewer, parts: Parts, file: FileStorage, *, field: str, kind: str, now: datetime, errors: list[Detail]
) -> str | None:
    """Keep one file; what is wrong with it becomes an error of its field, so that the others are not lost."""
    name = documents.safe_name(file.filename or "")
    try:
        upload = Upload(name=name, stream=cast(BinaryIO, file.stream), component=kind)
        return documents.stage(viewer, upload, parts.intake, now=now).id
    except (TooLarge, WrongMediaType, Invalid, NotScanned) as error:
        errors += [Detail(field=field, code=detail.code, message=detail.message) for detail in error.details]
    return None


def _size(size: int) -> Text:
    return Text(filesize(size), filesize(size))
