"""Bindings: which stored version a diagram means when it calls a process or asks a decision."""

from __future__ import annotations

from bpmn.bindings import LATEST, VERSION, VERSION_TAG, Bound
from storage.rows import definitions as rows


def resolve(kind: str, text: str, *, deployment_id: str = "") -> str | None:
    """Give the definition id that a binding means now, or None.

    `deployment_id`: the caller's; what was deployed with it comes first, other versions must be published or have been.
    """
    bound = Bound.read(text)
    if bound.binding == LATEST:
        found = rows.published(kind, bound.key)
        return found.id if found else None
    own = [row for row in rows.of_deployment(deployment_id) if (row.kind, row.key) == (kind, bound.key)]
    if bound.binding == VERSION:
        number = int(bound.wanted) if bound.wanted.isascii() and bound.wanted.isdigit() else 0
        version = rows.by_version(kind, bound.key, number) if number < 2**31 else None
        return version.id if version and (version.state != "draft" or version in own) else None
    if bound.binding == VERSION_TAG:
        tagged = [row for row in own if row.version_tag == bound.wanted]
        last = tagged[0] if tagged else rows.by_tag(kind, bound.key, bound.wanted)
        return last.id if last else None
    found = own[0] if own else rows.published(kind, bound.key)
    return found.id if found else None


def exists(kind: str, text: str) -> bool:
    """Say whether there is such a version."""
    return resolve(kind, text) is not None
