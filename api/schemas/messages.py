"""Messages: for the one instance that waits for them."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Duration, Object, Sent, Text


class Message(Sent):
    """A message from outside."""

    name = Text(required=True)
    business_key = Text(
        load_default=None, allow_none=True, metadata={"description": "Of the instance, or the key its event asks for."}
    )
    correlation = Object(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "What tells who is meant: `key` (of an event that asks for one), correlation properties, "
            "variables, each with its value where it waits."
        },
    )
    payload = Object(load_default=dict)
    time_to_live = Duration(
        load_default=None, allow_none=True, metadata={"description": "How long it is kept until it is awaited: PT1H."}
    )
    message_id = Text(load_default=None, allow_none=True, metadata={"description": "The same id again does nothing."})


class Correlated(Answered):
    """What became of a message."""

    result = fields.String(required=True, metadata={"enum": ["delivered", "started", "buffered", "duplicate"]})
    instances = fields.List(fields.String(), required=True)
