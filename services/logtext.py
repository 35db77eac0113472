"""What an event says already is not said again in its data: ids begin with the chain, `elements` names the tasks' own.

`{"task": ".4", "elements": [["c", "check", ".4"], ["p", "gateway"]]}` in the chain `06f…` means the task `06f….4`,
whose element is `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

LISTED = ("opened", "dues")
"""Lists of objects, each about a task."""


def short(chain: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event's data as it is kept."""
    own, cut = f"{chain}.", len(chain)
    entered = _entered(data)
    found = _each(data, lambda task_id: task_id[cut:] if task_id.startswith(own) else task_id)
    for item, said in _about_tasks(found, data):
        if "element" in said and said["element"] == entered.get(said["task"]):
            del item["element"]
    return found


def whole(chain: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event's data as it is read: each element with its four parts, of which the last may be empty.

    They are kind, element, activation and process; the process is left empty where it is the instance's. A task that is
    among the elements has its `element`.
    """
    entered = _entered(data)
    found = _each(data, lambda task_id: chain + task_id if task_id.startswith(".") else task_id)
    for item, said in _about_tasks(found, data):
        if said["task"] in entered:
            item.setdefault("element", entered[said["task"]])
    if "elements" in found:
        found["elements"] = [[*entry, "", ""][:4] for entry in found["elements"]]
    return found


def _entered(data: Mapping[str, Any]) -> dict[str, str]:
    """Give the element of each activation that the event names."""
    return {entry[2]: entry[1] for entry in data.get("elements", ()) if len(entry) > 2 and entry[2]}


def _about_tasks(found: dict[str, Any], data: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Give each object that is about a task, with what it was made of."""
    if isinstance(data.get("task"), str):
        yield found, data
    yield from zip(found.get("opened", ()), data.get("opened", ()), strict=True)


def _each(data: Mapping[str, Any], named: Callable[[str], str]) -> dict[str, Any]:
    found = dict(data)
    if isinstance(found.get("task"), str):
        found["task"] = named(found["task"])
    for name in LISTED:
        if name in found:
            found[name] = [{**item, "task": named(item["task"])} for item in found[name]]
    if "elements" in found:
        found["elements"] = [
            [*entry[:2], named(entry[2]), *entry[3:]] if len(entry) > 2 else entry for entry in found["elements"]
        ]
    return found
