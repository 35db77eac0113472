"""Signals: for everybody who waits for them."""

from __future__ import annotations

from marshmallow import fields

from api.schemas.fields import Answered, Object, Sent, Text


class Signal(Sent):
    """A signal from outside."""

    name = Text(required=True)
    payload = Object(load_default=dict)


class Reached(Answered):
    """The instances that a signal reached or started."""

    instances = fields.List(fields.String(), required=True)
