"""Our vocabulary: the descriptor that the modeler reads and what the parser reads are the same."""

from __future__ import annotations

import json
from typing import cast

import pytest

from bpmn import reader, xml
from bpmn.extensions import motcua
from bpmn.extensions.descriptor import FILE, added_to, descriptor
from bpmn.extensions.parts import Parts, listed
from bpmn.model import MOTCUA
from tests.bpmn.samples import chain, diagram


class Spy:
    """Stands for a node and remembers which attributes were asked for."""

    tag = "spy"

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:
        self.asked.add(name.removeprefix(xml.own("")))
        return default

    def findall(self, path: str) -> list[object]:
        return []


READERS = {
    "Act": motcua.act,
    "Input": motcua.parameter,
    "Output": motcua.parameter,
    "Case": motcua.case,
    "Component": motcua.component,
    "Limit": motcua.legal_limit,
    "Pause": motcua.pause_rule,
    "Fee": motcua.fee,
    "Condition": lambda node: motcua.pair(node, "text"),
    "Result": motcua.result,
    "LegalBasis": motcua.legal_basis,
    "Publication": motcua.publication,
    "Procedure": lambda node: motcua.procedure(node, ()),
}


@pytest.mark.parametrize("name", [type_.name for type_ in descriptor().types if not type_.extends])
def test_each_element_of_the_descriptor_is_read_attribute_for_attribute(name):
    spy = Spy()
    READERS[name](cast(xml.Node, spy))
    assert spy.asked == {p.name for type_ in descriptor().types if type_.name == name for p in type_.attributes}


def test_the_attributes_of_flow_nodes_are_those_of_the_descriptor():
    spy = Spy()
    motcua.read(cast(xml.Node, spy))
    assert spy.asked == {p.name for type_ in descriptor().types if type_.extends for p in type_.attributes}


WRITTEN_BY_OTHERS_ONLY = {
    "active_elements", "call", "correlation_key", "decision_binding", "decision_result", "each", "expression",
    "initiator", "outputs_only", "payload", "payload_variable", "post_script", "pre_script", "priority_text", "script",
}  # fmt: skip
"""Parts that foreign dialects say and our own namespace does not (or says in BPMN's own words)."""


def test_every_part_that_we_read_has_a_place_in_the_model():
    everything = chain(
        '<userTask id="u" motcua:form="a.form" motcua:candidateGroups="a" motcua:candidateUsers="b" '
        'motcua:assignee="c" '
        'motcua:dueDate="d" motcua:followUpDate="f" motcua:priority="1" motcua:actVariable="v" motcua:limit="1 months" '
        'motcua:nationalStatus="1" motcua:publicNameVi="p" motcua:isPublic="false" motcua:pause="payment" '
        'motcua:startsLimit="l" '
        'motcua:document="result" motcua:fee="x" motcua:notBy="n" motcua:decision="y" '
        'motcua:resultVariable="z" motcua:topic="t" '
        'motcua:connector="mail" motcua:retries="3" motcua:codeVariable="c" '
        'motcua:messageVariable="m"><extensionElements>'
        '<motcua:act id="a"/><motcua:input target="i" source="1"/><motcua:output target="o" source="1"/>'
        "</extensionElements></userTask>"
    )
    node = next(x for x in reader.parse(diagram(everything)).iter() if x.get("id") == "u")
    parts = motcua.read(node)
    assert {name for name in Parts.__slots__ if getattr(parts, name) is None} == WRITTEN_BY_OTHERS_ONLY


def test_the_descriptor_has_the_shape_that_moddle_reads():
    data = json.loads(FILE.read_text("utf-8"))
    assert (data["uri"], data["prefix"], data["xml"]["tagAlias"]) == (MOTCUA, "motcua", "lowerCase")
    names = {type_["name"] for type_ in data["types"]} | {kind["name"] for kind in data["enumerations"]}
    for type_ in data["types"]:
        assert ("extends" in type_) != ("superClass" in type_)
        for property_ in type_["properties"]:
            assert property_["type"] in names | {"String", "Integer", "Boolean"}
            assert property_.get("listOf", "Channel") in names
            assert property_.get("isAttr") or property_["type"] in names


def test_an_attribute_belongs_to_the_kinds_of_node_that_use_it():
    assert "form" in added_to("startEvent")
    assert "candidateGroups" not in added_to("startEvent")
    assert "decision" in added_to("businessRuleTask")
    assert added_to("sequenceFlow") == {}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (None, None),
        ("", ()),
        ("a", ("a",)),
        (" a , b ,", ("a", "b")),
        ("${f(a, b)},c", ("${f(a, b)}", "c")),
        ("=if a then b, c", ("=if a then b, c",)),
    ],
)
def test_a_comma_list_is_split_outside_expressions_only(written, read):
    assert listed(written) == read
