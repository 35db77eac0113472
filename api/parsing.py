"""From a request to what a schema makes of it; every refusal names the field or parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import marshmallow as ma
from flask import Request, g
from webargs.flaskparser import FlaskParser

from api import strict_json, wording
from errors import Detail, Invalid, TooLarge, WrongMediaType
from texts import Text

LARGEST_JSON = 4 * 1024 * 1024
_JSON_WANTED = Text("Cần Content-Type: application/json.", "Send it with Content-Type: application/json.")
_TOO_LARGE = Text(
    f"JSON lớn hơn {LARGEST_JSON >> 20} MB không được nhận.", f"JSON of more than {LARGEST_JSON >> 20} MB is refused."
)


class Parser(FlaskParser):
    """Reads bodies by strict_json and parameters one value each; refuses in our own words."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": None, "query": None}  # the schemas say it: what is unknown is refused

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        """Read the body; none at all is an empty object."""
        g.sent = body = _json_body(req)
        return body

    def load_querystring(self, req: Request, schema: ma.Schema) -> dict[str, str]:
        """Give each parameter's one value."""
        found: dict[str, str] = {}
        for name, value in req.args.items(multi=True):
            if name in found:
                raise Invalid(details=[wording.detail(name, "repeated")])
            if "\0" in value or "\0" in name:
                raise Invalid(details=[wording.detail(name.replace("\0", ""), "nul")])
            found[name] = value
        return found

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_: Any) -> NoReturn:
        """Refuse with every field."""
        (messages,) = error.messages_dict.values()  # webargs puts the location around them
        raise Invalid(details=list(_flat(messages)))


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
