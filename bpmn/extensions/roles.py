"""BPMN's own words for who does a task (10.3.2): resource roles, read as Camunda 7 reads them.

`humanPerformer` and `performer` name the assignee; `potentialOwner` and a plain `resourceRole` name candidates:
`user(an), group(clerks)`, where a bare name is a group. Names may be expressions. A `resource` that a role refers to is
a group: that of its name, or of its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bpmn import xml
from bpmn.bindings import is_computed
from bpmn.extensions.parts import Parts, listed
from bpmn.xml import Node, tag

ASSIGNING = ("humanPerformer", "performer")
OFFERING = ("potentialOwner", "resourceRole")
NAMED = re.compile(r"(user|group)\s*\((.*)\)", re.DOTALL)


def read(node: Node) -> Parts:
    """Read the resource roles of an activity."""
    groups: list[str] = []
    users: list[str] = []
    assignee = None
    for role in roles(node, *OFFERING):
        groups += resource_of(role)
        for kind, name in candidates(expression_of(role)):
            (users if kind == "user" else groups).append(name)
    for role in roles(node, *ASSIGNING):
        groups += resource_of(role)
        for kind, name in candidates(expression_of(role), bare="user"):
            if kind == "user" and assignee is None:
                assignee = name
            else:
                (users if kind == "user" else groups).append(name)
    return Parts(
        candidate_groups=tuple(dict.fromkeys(groups)) or None,
        candidate_users=tuple(dict.fromkeys(users)) or None,
        assignee=assignee,
    )


def roles(node: Node, *kinds: str) -> Iterator[Node]:
    """Give the roles of these kinds."""
    return node.iterchildren(*map(tag, kinds))


def expression_of(role: Node) -> str:
    """Give the text of a role's assignment."""
    return xml.text_of(role.find(tag("resourceAssignmentExpression")))


def candidates(text: str, *, bare: str = "group") -> Iterator[tuple[str, str]]:
    """Split `user(a), group(b), c` into kinds and names; `bare` is the kind of a name that says none."""
    for part in (text,) if is_computed(text) and text.startswith("=") else listed(text) or ():
        match = NAMED.fullmatch(part)
        if match is None:
            yield bare, part
            continue
        for name in listed(match[2]) or ():
            yield match[1], name


def resource_of(role: Node) -> tuple[str, ...]:
    """Give the group that a role's `resourceRef` means."""
    id_ = xml.bare(xml.text_of(role.find(tag("resourceRef"))))
    if not id_:
        return ()
    known = (one for one in xml.root_of(role).iterchildren(tag("resource")) if one.get("id") == id_)
    named = next(((one.get("name") or "").strip() for one in known), "")
    return (named or id_,)
