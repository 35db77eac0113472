"""Messages from outside."""

from __future__ import annotations

from typing import Any

from api import wording
from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.messages import Correlated, Message
from errors import Invalid
from services import messages

blueprint = Blueprint("messages", "Messages: for the one instance that waits for them, or that they start.")


@blueprint.post("/messages")
@blueprint.body(Message)
@blueprint.answers(Correlated)
def send(sent: dict[str, Any]) -> dict[str, Any]:
    """Send a message: it is delivered, starts an instance, or is kept until its time to live ends."""
    if sent["business_key"] is not None and sent["correlation"] is not None:
        raise Invalid(details=[wording.detail("correlation", "either", "business_key", "correlation")])
    done = messages.send(viewer(), **sent, now=now())
    return {"result": done.result, "instances": list(done.instances)}
