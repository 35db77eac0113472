"""What an event's row says already is not said again in its data: the ids of an instance's tasks begin with its own.

`{"task": ".4", "elements": [["c", "check", ".4"], ["p", "gateway"]]}` in the chain `06f…` means the task `06f….4`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

LISTED = ("opened", "dues")
"""Lists of objects, each about a task."""


def short(chain: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event's data as it is kept."""
    own, cut = f"{chain}.", len(chain)
    return _each(data, lambda task_id: task_id[cut:] if task_id.startswith(own) else task_id)


def whole(chain: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Give an event's data as it is read: each element with its four parts, of which the last may be empty.

    They are kind, element, activation and process; the process is left empty where it is the instance's.
    """
    found = _each(data, lambda task_id: chain + task_id if task_id.startswith(".") else task_id)
    if "elements" in found:
        found["elements"] = [[*entry, "", ""][:4] for entry in found["elements"]]
    return found


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
