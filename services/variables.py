"""Variables of an instance, changed by an operator: those of the process, or as one activation sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from engine import exact, runner
from engine import variables as engine_variables
from errors import Detail, Invalid, WrongState
from services import instances, loading
from services.permissions import Permission, Viewer, require
from services.record import record
from services.runs import hold
from storage.database import verb
from storage.tables import Instance
from texts import Text


@verb
def set_variables(
    viewer: Viewer,
    instance_id: str,
    values: Mapping[str, Any],
    reason: str,
    *,
    now: datetime,
    activation_id: str | None = None,
) -> Instance:
    """Change variables of a running or suspended instance; conditions that hold now happen at once.

    `values` as engine.exact reads them: null is a value, a name that is not among them stays as it is. They are the
    process's own; with `activation_id` each is written where that activation sees it. Raises Invalid with every
    variable that cannot be kept, WrongState where the instance has ended.
    """
    require(viewer, Permission.SET_VARIABLES)
    reason = instances.reason_given(reason)
    if not values:
        message = Text("Cần ít nhất một biến.", "Send at least one variable.")
        raise Invalid(details=[Detail(field="variables", code="required", message=message)])
    given = exact.read(values)
    run = hold(instance_id, actor=viewer.username, now=now)
    if run.instance.status not in instances.OPEN:
        raise WrongState(Text("Phiên chạy này đã kết thúc.", "This instance has ended."))
    at = None if activation_id in (None, instance_id) else activation_id
    before, step = engine_variables.write(
        run.loaded.definition, run.instance.state, given, now=now, ports=run.ports, activation_id=at
    )
    run.notes = {"reason": reason, "set": {name: [_hash(before, name), _hash(given, name)] for name in sorted(given)}}
    if at:
        run.notes["activation"] = at
    record(run, step, "variables.set")
    instances.drain(run)
    return run.instance


def editable(viewer: Viewer, instance_id: str) -> dict[str, Any]:
    """Give the variables of the process as `set_variables` takes them: kinds that JSON has not are marked."""
    require(viewer, Permission.SET_VARIABLES)
    instance = instances.readable(viewer, instance_id)
    return exact.each(runner.variables(loading.load(instance.definition_id).definition, instance.state))


def _hash(values: Mapping[str, Any], name: str) -> str | None:
    """Give what proves a value without telling it; None where there is none."""
    if name not in values:
        return None
    return hashlib.sha256(orjson.dumps(exact.written(values[name]), option=orjson.OPT_SORT_KEYS)).hexdigest()
