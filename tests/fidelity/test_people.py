"""Who may do a task: lanes (10.7) and resource roles (10.3.2)."""

from __future__ import annotations

import pytest

from bpmn.model import Element
from tests.engine.diagrams import end, process, start, sub, user
from tests.engine.play import definition
from tests.fidelity import accepted, refused, row


def lane(id_: str, name: str, *nodes: str, inside: str = "") -> str:
    named = f' name="{name}"' if name else ""
    children = f"<childLaneSet>{inside}</childLaneSet>" if inside else ""
    return f'<lane id="{id_}"{named}>{"".join(f"<flowNodeRef>{n}</flowNodeRef>" for n in nodes)}{children}</lane>'


def element(xml: bytes, id_: str = "a") -> Element:
    return definition(xml).element("p", id_)


@row("Lane", "the candidate group of the user tasks in it for which nobody is named", section="10.7", group="Structure")
def test_a_lane_is_the_candidate_group():
    lanes = f"<laneSet>{lane('L1', 'Clerks', 's', 'a', 'b', 'c', 'e')}</laneSet>"
    xml = process(
        "p", lanes, start("s"), user("a"), user("b", motcua__assignee="an"), user("c", motcua__candidateGroups="g"),
        end("e"), "s -> a -> b -> c -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert element(xml).candidate_groups == ("Clerks",)
    assert (element(xml, "b").candidate_groups, element(xml, "b").assignee) == ((), "an")
    assert element(xml, "c").candidate_groups == ("g",)
    assert element(xml, "e").candidate_groups == ()


@row("Lane", "nested: the innermost one with a name; what lies in a sub-process lies in its lane", section="10.7",
     group="Structure")  # fmt: skip
def test_nested_lanes():
    inner = lane("L2", "Head", "a") + lane("L3", "", "b")
    lanes = f"<laneSet>{lane('L1', 'Office', 's', 'a', 'b', 'in', 'e', inside=inner)}</laneSet>"
    xml = process(
        "p", lanes, start("s"), user("a"), user("b"), sub("in", start("s2"), user("c"), end("e2"), "s2 -> c -> e2"),
        end("e"), "s -> a -> b -> in -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert [element(xml, id_).candidate_groups for id_ in "abc"] == [("Head",), ("Office",), ("Office",)]


def role(kind: str, text: str) -> str:
    return (
        f"<{kind}><resourceAssignmentExpression><formalExpression>{text}</formalExpression>"
        f"</resourceAssignmentExpression></{kind}>"
    )


def with_role(*roles: str) -> bytes:
    return process("p", start("s"), user("a", "".join(roles)), end("e"), "s -> a -> e")


@row("Resource role", "potentialOwner: candidates, `user(x), group(y)`; a bare name is a group", section="10.3.2",
     group="Activities")  # fmt: skip
@pytest.mark.parametrize(
    ("text", "users", "groups"),
    [
        ("user(an), group(clerks)", ("an",), ("clerks",)),
        ("clerks, heads", (), ("clerks", "heads")),
        ("user(an, binh), group(clerks), desk", ("an", "binh"), ("clerks", "desk")),
        ("group(${f == 'x' ? 'a' : 'b'}), user(${who})", ("${who}",), ("${f == 'x' ? 'a' : 'b'}",)),
        ("=if f = 1 then [\"a\", \"b\"] else []", (), ('=if f = 1 then ["a", "b"] else []',)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["potentialOwner", "resourceRole"])
def test_who_may_do_a_task(kind, text, users, groups):
    xml = with_role(role(kind, text.replace("=if", "=if")))
    assert accepted(xml)
    found = element(xml)
    assert (found.candidate_users, found.candidate_groups, found.assignee) == (users, groups, "")


@row("Resource role", "humanPerformer and performer: the assignee", section="10.3.2", group="Activities")
@pytest.mark.parametrize("kind", ["humanPerformer", "performer"])
@pytest.mark.parametrize(("text", "assignee"), [("an", "an"), ("user(an)", "an"), ("${who}", "${who}")])
def test_who_does_a_task(kind, text, assignee):
    xml = with_role(role(kind, text))
    assert accepted(xml)
    assert (element(xml).assignee, element(xml).candidate_groups) == (assignee, ())


@row("Resource role", "resourceRef: the resource's name is a group", section="10.3.2", group="Activities")
def test_a_resource_is_a_group():
    xml = with_role("<potentialOwner><resourceRef>R1</resourceRef></potentialOwner>").replace(
        b"<process ", b'<resource id="R1" name="clerks"/><process '
    )
    assert accepted(xml)
    assert element(xml).candidate_groups == ("clerks",)


@row("Resource role", "one that names nobody", section="10.3.2", group="Activities", refused=True)
def test_a_role_that_names_nobody_is_refused():
    assert refused(with_role('<potentialOwner id="o"/>')) == {"resource-role"}
