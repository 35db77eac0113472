"""Read a multipart body of files, strictly: every part that is not wanted is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import request
from werkzeug.datastructures import FileStorage

from api import wording
from errors import Detail, Invalid, WrongMediaType
from services import definitions
from texts import Text

LONGEST_NAME = 255
FILES = {
    "files": {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "minItems": 1,
        "description": "One or more .bpmn, .dmn, .form files, or one .zip of them.",
    }
}


_MULTIPART = Text("Cần Content-Type: multipart/form-data.", "Send it with Content-Type: multipart/form-data.")


def multipart(**more: object) -> dict[str, object]:
    """Describe a multipart body of files and more parts."""
    shape = {
        "type": "object",
        "required": ["files"],
        "properties": {**FILES, **more},
        "additionalProperties": False,
    }
    return {"required": True, "content": {"multipart/form-data": {"schema": shape}}}


def files(*parts: str) -> dict[str, bytes]:
    """Give the files of the parts named `files`, those of a .zip opened; only `parts` may stand beside them."""
    if request.mimetype != "multipart/form-data":
        raise WrongMediaType(_MULTIPART)
    problems = list(_unwanted(parts))
    sent = [(item.filename or "", _content(item)) for item in request.files.getlist("files")]
    problems += _badly_named([name for name, _ in sent])
    if problems:
        raise Invalid(details=problems)
    return _checked(definitions.opened(*sent[0])) if len(sent) == 1 else dict(sent)


def _content(item: FileStorage) -> bytes:
    item.seek(0)  # the view may be called again
    content: bytes = item.read()
    return content


def text(part: str, *, longest: int = LONGEST_NAME) -> str:
    """Give a part that is a text; empty where it is missing."""
    value = request.form.get(part, "").strip()
    if "\0" in value:
        raise Invalid(details=[wording.detail(part, "nul")])
    if len(value) > longest:
        raise Invalid(details=[wording.detail(part, "length", 0, longest)])
    return value


def boolean(part: str, *, default: bool) -> bool:
    """Give a part that is true or false."""
    value = text(part)
    if value not in ("", "true", "false"):
        raise Invalid(details=[wording.detail(part, "boolean")])
    return value == "true" if value else default


def _unwanted(parts: Iterable[str]) -> Iterator[Detail]:
    yield from (wording.detail(name.replace("\0", ""), "unknown") for name in request.form if name not in parts)
    yield from (wording.detail(name.replace("\0", ""), "unknown") for name in request.files if name != "files")
    yield from (wording.detail(name, "repeated") for name in parts if len(request.form.getlist(name)) > 1)
    yield from (wording.detail(name, "unknown") for name in request.args)


def _badly_named(names: list[str]) -> Iterator[Detail]:
    if not names:
        yield wording.detail("files", "files")
    elif not all(names) or len(set(names)) < len(names) or any(_is_odd(name) for name in names):
        yield wording.detail("files", "file_name")
    elif len(names) > 1 and any(name.lower().endswith(".zip") for name in names):
        yield wording.detail("files", "one_zip")


def _checked(found: dict[str, bytes]) -> dict[str, bytes]:
    if any(_is_odd(name) for name in found):
        raise Invalid(details=[wording.detail("files", "file_name")])
    return found


def _is_odd(name: str) -> bool:
    return "\0" in name or len(name) > LONGEST_NAME or not name.isprintable()
