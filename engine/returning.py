"""Return to an earlier task: an instance goes back to where it stood just before the task was completed.

What it goes back to is a snapshot: the state's bytes of then. Either only what the task's completion led to is taken
back (what other branches have done since stays, and so do today's variables), or the whole instance with its variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bpmn.definition import Definition
from engine.events import Ports, Step
from engine.spiff.instance import Instance
from engine.spiff.returning import Return
from engine.spiff.token import Token
from engine.steps import NO_MOMENT, loaded, step
from errors import Detail, EngineError, WrongState
from texts import Text

ENDED = Text("Phiên chạy này đã kết thúc, không quay lại được.", "This instance has ended: it cannot go back.")
STILL_OPEN = Text("Việc này đang mở: không có gì để quay lại.", "This task is open: there is nothing to go back from.")
OTHER_DIAGRAM = Text(
    "Sơ đồ của phiên chạy đã khác lúc việc này được làm: không quay lại được. Hãy dùng chức năng điều chỉnh.",
    "The diagram is not the one this task was done in: it cannot be returned to. Modify the instance instead.",
)
LOST = Text(
    "Phiên chạy con mà lúc đó đang gọi không còn phiên bản của nó: không quay lại được.",
    "A process that was called then has lost its version: this task cannot be returned to.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One token of a snapshot: where it stood."""

    process_key: str
    element_id: str
    element_type: str


def return_to(
    definition: Definition,
    state: bytes,
    snapshot: bytes,
    task_id: str,
    *,
    keep_variables: bool,
    now: datetime,
    ports: Ports,
) -> Step:
    """Open a completed task again, from the snapshot that was taken just before it was completed.

    `keep_variables`: only the task's own branch goes back, with today's variables (those of scopes that had ended come
    from the snapshot); else the whole instance does, with its variables of then. Raises WrongState.
    """
    instance = loaded(definition, state, now, ports)
    if instance.completed:
        raise WrongState(ENDED)
    then = _then(definition, snapshot, now, ports)
    chosen = then.find(task_id)
    if chosen is None or not chosen.is_task:
        raise WrongState(OTHER_DIAGRAM)
    present = instance.find(task_id)
    if present is not None and present.is_task:
        raise WrongState(STILL_OPEN)
    return step(instance, Return(instance, then, chosen, whole=not keep_variables).go)


def stands_at(definition: Definition, snapshot: bytes) -> tuple[Moment, ...]:
    """Give where the tokens of a snapshot stand, so that another version can be compared. Raises WrongState."""
    then = _then(definition, snapshot, NO_MOMENT, Ports(version=definition.called_version))
    return tuple(_moment(token) for scope in then.scopes for token in scope.tasks.values())


def _then(definition: Definition, snapshot: bytes, now: datetime, ports: Ports) -> Instance:
    try:
        return loaded(definition, snapshot, now, ports)
    except (EngineError, KeyError) as problem:
        element_id = getattr(problem, "element_id", "") or str(problem).strip("'")
        raise WrongState(
            OTHER_DIAGRAM,
            details=[Detail(code="unknown_element", element_id=element_id, message=OTHER_DIAGRAM)],
        ) from problem


def _moment(token: Token) -> Moment:
    spec = token.task_spec
    return Moment(process_key=token.workflow.address, element_id=spec.bpmn_id, element_type=type(spec).__name__)
