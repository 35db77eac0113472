"""The normaliser writes out what is implicit and changes nothing else."""

from __future__ import annotations

from lxml import etree

from bpmn import reader
from bpmn.normalise import is_inserted, normalise, original_id
from bpmn.xml import local, tag
from tests.bpmn.samples import chain, diagram, flow
from tests.fidelity import row


def normalised(body: str, *, around: str = ""):
    return normalise(reader.parse(diagram(body, around=around)))


def edges(root) -> set[tuple[str, str]]:
    return {(x.get("sourceRef"), x.get("targetRef")) for x in root.iter(tag("sequenceFlow"))}


def by_id(root, id_: str):
    return next(x for x in root.iter() if x.get("id") == id_)


def test_a_sound_diagram_stays_as_it_is():
    root = reader.parse(diagram(chain('<userTask id="u"/>', '<exclusiveGateway id="g"/>')))
    assert etree.tostring(normalise(root)) == etree.tostring(root)


def test_the_given_tree_is_not_changed():
    root = reader.parse(diagram('<startEvent id="Start"/><userTask/>'))
    before = etree.tostring(root)
    normalise(root)
    assert etree.tostring(root) == before


def test_an_implicit_parallel_split_becomes_a_gateway():
    root = normalised(chain('<userTask id="u"/>') + '<endEvent id="f"/>' + flow("u", "f"))
    assert local(by_id(root, "_g_u")) == "parallelGateway"
    assert edges(root) == {("s", "u"), ("u", "_g_u"), ("_g_u", "e"), ("_g_u", "f")}
    assert all(is_inserted(x.get("id")) for x in root.iter(tag("sequenceFlow")) if x.get("sourceRef") == "u")


def test_conditional_flows_of_a_task_become_an_inclusive_gateway():
    root = normalised(
        '<startEvent id="s"/><userTask id="u" default="d"/><endEvent id="a"/><endEvent id="b"/>'
        + flow("s", "u")
        + flow("u", "a", "x > 1")
        + flow("u", "b", id="d")
    )
    gateway = by_id(root, "_g_u")
    assert (local(gateway), gateway.get("default")) == ("inclusiveGateway", "d")
    assert by_id(root, "u").get("default") is None


def test_a_single_conditional_flow_of_a_task_is_asked_too():
    root = normalised(
        '<startEvent id="s"/><userTask id="u"/><endEvent id="e"/>' + flow("s", "u") + flow("u", "e", "x > 1")
    )
    assert ("_g_u", "e") in edges(root)
    assert local(by_id(root, "_g_u")) == "inclusiveGateway"


def test_unconditional_flows_beside_conditional_ones_are_always_taken():
    root = normalised(
        '<startEvent id="s"/><userTask id="u"/><endEvent id="a"/><endEvent id="b"/>'
        + flow("s", "u")
        + flow("u", "a", "x > 1")
        + flow("u", "b")
    )
    assert {("_g_u", "b"), ("_g_u", "_g_u_c"), ("_g_u_c", "a")} <= edges(root)
    assert by_id(root, "_g_u_c").get("default")


@row("Link event", "thrown and caught within a scope", section="10.5.5", group="Events")
def test_a_link_becomes_a_flow():
    root = normalised(
        '<startEvent id="s"/><intermediateThrowEvent id="t"><linkEventDefinition name=" A "/></intermediateThrowEvent>'
        '<intermediateCatchEvent id="c"><linkEventDefinition name="A"/></intermediateCatchEvent><endEvent id="e"/>'
        + flow("s", "t")
        + flow("c", "e")
    )
    assert ("t", "c") in edges(root)
    assert not list(root.iter(tag("linkEventDefinition")))


def test_implicit_starts_and_ends_are_written_out():
    root = normalised(
        '<startEvent id="s"/><subProcess id="sub"><userTask id="a"/><userTask id="b"/>'
        '<subProcess id="handler" triggeredByEvent="1"><startEvent id="hs"><errorEventDefinition/></startEvent>'
        "</subProcess>"
        "</subProcess>" + flow("s", "sub")
    )
    assert {("_g_sub_start", "a"), ("_g_sub_start", "b"), ("a", "_g_a_end"), ("sub", "_g_sub_end")} <= edges(root)
    assert not any("handler" in edge for edge in edges(root))
    assert by_id(root, "handler").get("triggeredByEvent") == "true"


@row("Ids", "`Start`, `End`, `Root` and the like are free", section="8.2.1", group="Structure")
def test_ids_that_the_engine_uses_itself_are_renamed_everywhere_and_given_back():
    around = '<collaboration id="col"><participant id="pa" processRef="p"/></collaboration>'
    root = normalised(
        '<laneSet id="ls"><lane id="l"><flowNodeRef>Root</flowNodeRef></lane></laneSet><startEvent id="Start"/>'
        '<exclusiveGateway id="Root" default="End"/><endEvent id="u.EndJoin"/><endEvent id="x"/>'
        + flow("Start", "Root")
        + flow("Root", "u.EndJoin", id="End")
        + flow("Root", "x", "y"),
        around=around,
    )
    assert by_id(root, "_r_Root").get("default") == "_r_End"
    assert ("_r_Root", "_r_u.EndJoin") in edges(root)
    assert next(root.iter(tag("flowNodeRef"))).text == "_r_Root"
    assert original_id("_r_Root") == "Root"


def test_an_id_that_looks_inserted_is_not_taken_for_one():
    root = normalised(chain('<userTask id="_g_u"/>'))
    assert not is_inserted(by_id(root, "_r__g_u").get("id"))


def test_a_step_and_an_act_may_have_the_same_id():
    root = normalised(
        chain('<userTask id="ok"><extensionElements><motcua:act id="ok"/></extensionElements></userTask>')
    )
    assert len([x for x in root.iter() if x.get("id") == "ok"]) == 1


def test_a_step_and_a_foreign_parameter_may_have_the_same_id():
    root = normalised(
        chain(
            '<userTask id="ok"><extensionElements><camunda:formData><camunda:formField id="ok"/></camunda:formData>'
            "</extensionElements></userTask>"
        )
    )
    assert ("s", "_r_ok") in edges(root)


@row(
    "eventDefinitionRef",
    "a shared event definition is used where it is referred to",
    section="10.5.5",
    group="Structure",
)
def test_shared_event_definitions_are_put_where_they_are_used():
    root = normalised(
        chain('<intermediateCatchEvent id="c"><eventDefinitionRef>m</eventDefinitionRef></intermediateCatchEvent>'),
        around='<messageEventDefinition id="m" messageRef="x"/>',
    )
    assert by_id(root, "c").find(tag("messageEventDefinition")).get("messageRef") == "x"


def test_what_only_the_model_is_read_for_does_not_reach_the_engine():
    root = normalised(
        '<dataStoreReference id="ds"/>'
        + chain(
            '<userTask id="u"><extensionElements><motcua:act id="a"/></extensionElements><dataInputAssociation id="i">'
            "<sourceRef>ds</sourceRef></dataInputAssociation></userTask>"
        ),
        around='<dataStore id="store"/>',
    )
    assert [local(x) for x in root.iter() if local(x) in ("dataStore", "dataInputAssociation", "act")] == [
        "dataStore",
        "dataInputAssociation",
    ]


def test_flows_written_outside_their_scope_are_put_inside():
    root = normalised(
        '<startEvent id="s"/><subProcess id="sub"><startEvent id="a"/><endEvent id="b"/></subProcess>'
        + flow("s", "sub")
        + flow("a", "b")
    )
    moved = next(x for x in root.iter(tag("sequenceFlow")) if x.get("sourceRef") == "a")
    assert moved.getparent().get("id") == "sub"


def test_booleans_are_written_out_and_called_names_lose_their_prefix():
    root = normalised(
        chain('<callActivity id="c" calledElement="tns:other"/>').replace('id="s"', 'id="s" isInterrupting="0"')
    )
    assert by_id(root, "c").get("calledElement") == "other"
    assert by_id(root, "s").get("isInterrupting") == "false"
