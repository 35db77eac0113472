"""Variables changed from outside: those of the process itself, or as one activation sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bpmn.definition import Definition
from engine.events import Ports, Step
from engine.steps import loaded, step, take
from errors import Detail, Invalid
from texts import Text

NO_ACTIVATION = Text("Không có lần chạy đang mở nào có mã này.", "There is no open activation of that id.")


def write(
    definition: Definition,
    state: bytes,
    values: Mapping[str, Any],
    *,
    now: datetime,
    ports: Ports,
    activation_id: str | None = None,
) -> tuple[dict[str, Any], Step]:
    """Change variables; give those that could be seen there before, and the step. Conditional events may happen.

    `activation_id`: each is written where that activation sees it, a new one in its process. Raises Invalid where a
    value cannot be kept or nothing of that id is active.
    """
    instance = loaded(definition, state, now, ports)
    take(instance, values)
    if activation_id is None:
        before = dict(instance.data)
        return before, step(instance, lambda: instance.data.update(values))
    token = instance.find(activation_id)
    if token is None:
        raise Invalid(details=[Detail(field="activation_id", code="unknown_activation", message=NO_ACTIVATION)])
    before = dict(token.data)
    return before, step(instance, lambda: token.write_all(values))
