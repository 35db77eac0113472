"""Acts of batches that take parameters: read and refused when a batch is made, given to the verb of each item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine import exact
from errors import Detail, Invalid, NotFound
from services import migrations, modifications, returning, variables
from services.modifications import Instruction
from services.permissions import Viewer
from storage.rows import tasks as task_rows
from texts import Text

Parameters = Mapping[str, Any]

REQUIRED = Text("Bắt buộc phải có.", "This is required.")
UNKNOWN = Text("Không có trường này.", "There is no such field.")
TEXT = Text("Phải là mã của một phần tử, hoặc null.", "This must be the id of an element, or null.")
KIND = Text(
    "Chọn một trong: cancel, start_before, start_after, move.", "Choose cancel, start_before, start_after or move."
)
OF_INSTRUCTION = ("kind", "element_id", "to_element_id", "flow_id", "process_key", "variables")
"""Fields of an instruction that mean the same in many instances: those that name one activation do not."""


def modify(viewer: Viewer, instance_id: str, parameters: Parameters, reason: str, /, *, now: datetime) -> object:
    """Apply the same instructions to each instance."""
    return modifications.modify(viewer, instance_id, _instructions(parameters), reason, now=now)


def check_modify(parameters: Parameters) -> None:
    """Refuse instructions that cannot be read; whether an element is there each instance says."""
    _instructions(parameters)


def set_variables(viewer: Viewer, instance_id: str, parameters: Parameters, reason: str, /, *, now: datetime) -> object:
    """Set the same variables of each instance's process."""
    return variables.set_variables(viewer, instance_id, parameters["variables"], reason, now=now)


def check_set_variables(parameters: Parameters) -> None:
    """Refuse what is no object of variables."""
    _read(parameters, variables=dict)
    exact.read(parameters["variables"])


def return_(viewer: Viewer, instance_id: str, parameters: Parameters, reason: str, /, *, now: datetime) -> object:
    """Take each instance back to the last completed task of an element."""
    task_id = task_rows.last_completed(instance_id, parameters["element_id"])
    if task_id is None:
        raise NotFound(Text("Chưa ai làm xong việc này ở phiên.", "Nobody has completed such a task in this instance."))
    whole = bool(parameters.get("variables_of_the_time"))
    return returning.return_to(viewer, instance_id, task_id, reason, now=now, with_data_of_the_time=whole)


def check_return(parameters: Parameters) -> None:
    """Refuse what names no element."""
    _read(parameters, element_id=str, variables_of_the_time=(bool, None))


def migrate(viewer: Viewer, instance_id: str, parameters: Parameters, reason: str, /, *, now: datetime) -> object:
    """Take each instance over to the same version, by the same mapping."""
    mapping = parameters.get("mapping") or {}
    return migrations.migrate(viewer, instance_id, parameters["definition"], mapping, reason, now=now)


def check_migrate(parameters: Parameters) -> None:
    """Refuse what names no version, or maps to something else than elements; what fits each instance says."""
    _read(parameters, definition=str, mapping=(dict, None))
    wrong = [
        Detail(field=f"parameters.mapping.{name}", code="text", message=TEXT)
        for name, to in (parameters.get("mapping") or {}).items()
        if not (to is None or isinstance(to, str))
    ]
    if wrong:
        raise Invalid(details=wrong)


def _instructions(parameters: Parameters) -> list[Instruction]:
    _read(parameters, instructions=list)
    given = parameters["instructions"]
    wrong = [problem for place, one in enumerate(given) for problem in _wrong(one, f"parameters.instructions.{place}")]
    if not given:
        wrong.append(Detail(field="parameters.instructions", code="required", message=REQUIRED))
    if wrong:
        raise Invalid(details=wrong)
    return [Instruction(**{**one, "kind": modifications.Kind(one["kind"])}) for one in given]


def _wrong(one: Any, where: str) -> list[Detail]:
    if not isinstance(one, dict):
        return [Detail(field=where, code="object", message=REQUIRED)]
    found = [
        Detail(field=f"{where}.{name}", code="unknown", message=UNKNOWN) for name in one.keys() - {*OF_INSTRUCTION}
    ]
    if one.get("kind") not in {kind.value for kind in modifications.Kind}:
        found.append(Detail(field=f"{where}.kind", code="choice", message=KIND))
    texts = ("element_id", *(name for name in ("to_element_id", "flow_id", "process_key") if one.get(name) is not None))
    found += [
        Detail(field=f"{where}.{name}", code="required", message=REQUIRED)
        for name in texts
        if not isinstance(one.get(name), str) or not one[name]
    ]
    if not isinstance(one.get("variables", {}), dict):
        found.append(Detail(field=f"{where}.variables", code="object", message=REQUIRED))
    return found


def _read(parameters: Parameters, **wanted: Any) -> None:
    """Raise Invalid with every parameter that is missing, of another type or unknown; (type, None) may be left out."""
    found = [
        Detail(field=f"parameters.{name}", code="unknown", message=UNKNOWN)
        for name in parameters.keys() - wanted.keys()
    ]
    for name, kind in wanted.items():
        kinds, optional = (kind[0], True) if isinstance(kind, tuple) else (kind, False)
        value = parameters.get(name)
        if (value is None and not optional) or (value is not None and not isinstance(value, kinds)):
            found.append(Detail(field=f"parameters.{name}", code="required", message=REQUIRED))
    if found:
        raise Invalid(details=found)
