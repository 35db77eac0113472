"""From a request to what a schema makes of it; every refusal names the field or parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import marshmallow as ma
from flask import Request, g, request

from api import strict_json, wording
from errors import Detail, Invalid, TooLarge, WrongMediaType
from texts import Text

LARGEST_JSON = 4 * 1024 * 1024
LONGEST_KEPT = 400
"""Bytes of an address's parameters that are kept as they were read."""
_JSON_WANTED = Text("Cần Content-Type: application/json.", "Send it with Content-Type: application/json.")
_TOO_LARGE = Text(
    f"JSON lớn hơn {LARGEST_JSON >> 20} MB không được nhận.", f"JSON of more than {LARGEST_JSON >> 20} MB is refused."
)


def body(schema: ma.Schema) -> Any:
    """Read the JSON body of this request by a schema; none at all is an empty object. Raises Invalid, Malformed."""
    g.sent = sent = _json_body(request)
    return _loaded(schema, sent)


def query(schema: ma.Schema) -> Any:
    """Read the parameters of this request's address by a schema, one value each. Raises Invalid."""
    text = request.query_string
    return dict(_kept(schema, text) if len(text) <= LONGEST_KEPT else _parameters(schema))


@lru_cache(maxsize=500)
def _kept(schema: ma.Schema, _text: bytes) -> Any:
    """Programs ask the same all day."""
    return _parameters(schema)


def _parameters(schema: ma.Schema) -> Any:
    found: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name in found:
            raise Invalid(details=[wording.detail(name, "repeated")])
        if "\0" in value or "\0" in name:
            raise Invalid(details=[wording.detail(name.replace("\0", ""), "nul")])
        found[name] = value
    return _loaded(schema, found)


READERS: Mapping[str, Callable[[ma.Schema], Any]] = {"json": body, "query": query}
"""By where the description says that the arguments stand."""


def _loaded(schema: ma.Schema, sent: Any) -> Any:
    try:
        return schema.load(sent)
    except ma.ValidationError as error:
        raise Invalid(details=list(_flat(error.messages))) from error


def _json_body(request: Request) -> Any:
    if (request.content_length or 0) > LARGEST_JSON:
        raise TooLarge(_TOO_LARGE)
    request.max_content_length = LARGEST_JSON
    body = request.get_data()
    if not body:
        return {}
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise WrongMediaType(_JSON_WANTED)
    return strict_json.loads(body)


def _flat(messages: Any, place: str = "") -> Iterator[Detail]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            part = "" if name == "_schema" else str(name)
            yield from _flat(inner, f"{place}.{part}" if place and part else place or part)
    else:
        for message in messages:
            yield wording.read(place, message)
