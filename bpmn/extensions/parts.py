"""Parts: what one vocabulary says of a flow node, beyond BPMN."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from bpmn.model import Act, Limit
from texts import Text


class Source(StrEnum):
    """How the text of an assignment is to be read."""

    EXPRESSION = "expression"
    """An expression in any language of expressions/dialect."""
    TEMPLATE = "template"
    """A text with `${…}` parts; where it is one `${…}` only, the value itself."""
    VARIABLE = "variable"
    """The name of a variable; None where there is none."""
    SCRIPT = "script"
    """A Python script, whose last expression or variable `result` is the value."""
    LIST = "list"
    """A list of the `items`' values."""
    MAP = "map"
    """A mapping of the `items`' targets to their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One value given to a name: an input or output parameter, a mapping in or out of a call."""

    target: str
    text: str = ""
    source: Source = Source.EXPRESSION
    items: tuple[Assignment, ...] = ()
    is_local: bool = False
    """Of a call: only variables of the activity's own scope are read or written."""
    is_path: bool = False
    """`target` is a path: `order.total` sets `total` in the mapping `order` (Camunda 8). False: it is a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a call activity finds its process and what goes in and out."""

    binding: str = ""
    """deployment, latest, version, version_tag; empty: not said (as deployment)."""
    wanted: str = ""
    """The version or version tag."""
    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    all_in: bool | None = None
    """Every visible variable goes in; None: not said (then all, unless `inputs` names some)."""
    all_out: bool | None = None
    locals_in: bool = False
    """The activity's own variables go in, whatever `all_in` says (Camunda 8, `variables="all" local="true"`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """What a multi-instance activity runs over, where a vocabulary says it in its own words."""

    collection: str | None = None
    """An expression or a variable's name."""
    item: str | None = None
    output: str | None = None
    """The variable that gets the list of results."""
    output_item: str | None = None
    """The expression or variable of one result."""
    index: str | None = None
    """The variable that gets the index, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of an element that modelers write in extensions; None means that the vocabulary does not say."""

    form: str | None = None
    candidate_groups: tuple[str, ...] | None = None
    candidate_users: tuple[str, ...] | None = None
    assignee: str | None = None
    due: str | None = None
    follow_up: str | None = None
    priority: int | None = None
    priority_text: str | None = None
    """A priority that is an expression."""
    initiator: str | None = None
    """Of a start event: the variable that gets the name of who started the instance."""
    acts: tuple[Act, ...] | None = None
    act_variable: str | None = None
    limit: Limit | None = None
    national_status: int | None = None
    public_name: Text | None = None
    is_public: bool | None = None
    pause: str | None = None
    starts_limit: str | None = None
    document: str | None = None
    fee: str | None = None
    not_by: tuple[str, ...] | None = None
    """Elements whose doers may not do this task."""
    decision: str | None = None
    result_variable: str | None = None
    decision_result: str | None = None
    """singleEntry, singleResult, collectEntries, resultList: the shape in which a decision's result is kept; `none`:
    nothing is kept without a result variable."""
    decision_binding: tuple[str, str] | None = None
    """As `Call.binding` and `Call.wanted`."""
    topic: str | None = None
    """Work for a program outside: external workers fetch it under this topic (also of a class or delegate)."""
    connector: str | None = None
    """Work that the server does itself through this connector (connectors/)."""
    retries: str | None = None
    """How often and when a failed call or script is tried again: `R3/PT5M`, or a number."""
    expression: str | None = None
    """Of a service or send task: an expression whose value goes to `result_variable`."""
    inputs: tuple[Assignment, ...] | None = None
    """Variables of the activity's own scope, evaluated when it is entered."""
    outputs: tuple[Assignment, ...] | None = None
    """Assigned around the activity when it completes."""
    outputs_only: bool | None = None
    """What the activity itself writes stays in its own scope; only `outputs` leave (Camunda 8, where it has some)."""
    call: Call | None = None
    each: Each | None = None
    correlation_key: str | None = None
    """Of a catching message event: the value that a message's correlation key must have (an expression)."""
    payload: str | None = None
    """Of a throwing message event: the expression of what is sent."""
    payload_variable: str | None = None
    """Of a catching message event: the variable that gets the whole payload."""
    script: str | None = None
    """Of a script task: its script, where a vocabulary writes it in its own words (an expression, `zeebe:script`)."""
    pre_script: tuple[str, ...] | None = None
    """Scripts that run when the activity is entered, behind its inputs: Python, or marked `${…}` or `=…`."""
    post_script: tuple[str, ...] | None = None
    """Scripts that run when it is completed, before its outputs."""
    code_variable: str | None = None
    """Of a caught error or escalation: the variable that gets its code."""
    message_variable: str | None = None
    """Of a caught error: the variable that gets its message."""
    active_elements: str | None = None
    """Of an ad-hoc sub-process: an expression for the ids of the activities to begin with."""

    @classmethod
    def overlay(cls, layers: Iterable[Parts]) -> Parts:
        """Combine several, the earlier ones winning."""
        speaking = [layer for layer in layers if layer != NOTHING]
        if len(speaking) < 2:
            return speaking[0] if speaking else NOTHING
        said: dict[str, Any] = {}
        for layer in reversed(speaking):
            said |= {name: value for name in NAMES if (value := getattr(layer, name)) is not None}
        return cls(**said)


NOTHING = Parts()
NAMES = tuple(field.name for field in fields(Parts))


def listed(value: str | None) -> tuple[str, ...] | None:
    """Split a comma list, but never inside an expression (`${…}`, `#{…}`, `=…`)."""
    if value is None:
        return None
    if value.strip().startswith("="):
        return (value.strip(),)
    found, depth, start = [], 0, 0
    for position, character in enumerate(value):
        depth += (character in "{([") - (character in "})]")
        if character == "," and depth <= 0:
            found.append(value[start:position])
            start = position + 1
    return tuple(part.strip() for part in (*found, value[start:]) if part.strip())


def whole(value: str | None) -> int | None:
    """Read a whole number of at most nine digits; anything else is None."""
    value = (value or "").strip()
    return int(value) if value.lstrip("-").isascii() and value.lstrip("-").isdigit() and len(value) < 10 else None


def flag(value: str | None) -> bool | None:
    """Read `true` or `false`; anything else is None."""
    return {"true": True, "1": True, "false": False, "0": False}.get((value or "").strip())
