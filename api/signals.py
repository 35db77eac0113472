"""Signals from outside."""

from __future__ import annotations

from typing import Any

from api.answers import now
from api.auth import viewer
from api.blueprint import Blueprint
from api.schemas.signals import Reached, Signal
from services import messages

blueprint = Blueprint("signals", "Signals: for everybody who waits for them.")


@blueprint.post("/signals")
@blueprint.body(Signal)
@blueprint.answers(Reached)
def broadcast(sent: dict[str, Any]) -> dict[str, Any]:
    """Broadcast a signal: everyone who waits for it gets it, and processes that begin with it start."""
    return {"instances": list(messages.signal(viewer(), sent["name"], sent["payload"], now=now()))}
