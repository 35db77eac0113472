"""BPMN's own data (10.4): data objects, io specifications, associations, properties, data stores."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from bpmn import bundle
from bpmn.xml import SPIFFWORKFLOW
from engine import runner
from tests.engine.diagrams import (
    boundary,
    call,
    catch,
    each,
    end,
    message,
    process,
    receive,
    rule,
    script,
    send,
    start,
    sub,
    throw,
    user,
)  # fmt: skip
from tests.engine.play import Outputs, Play
from tests.fidelity import accepted, refused, row


def spec(inputs: str = "", outputs: str = "", optional: str = "") -> str:
    """An ioSpecification: names of data inputs and outputs; their ids begin with `in_` and `out_`."""
    ins, outs = inputs.split(), outputs.split()
    return (
        "<ioSpecification>"
        + "".join(f'<dataInput id="in_{name}" name="{name}"/>' for name in ins)
        + "".join(f'<dataOutput id="out_{name}" name="{name}"/>' for name in outs)
        + "<inputSet>"
        + "".join(f"<dataInputRefs>in_{name}</dataInputRefs>" for name in ins)
        + "".join(f"<optionalInputRefs>in_{name}</optionalInputRefs>" for name in optional.split())
        + "</inputSet><outputSet>"
        + "".join(f"<dataOutputRefs>out_{name}</dataOutputRefs>" for name in outs)
        + "</outputSet></ioSpecification>"
    )


def into(target: str, *sources: str, change: str = "", **assigned: str) -> str:
    return _association("dataInputAssociation", target, sources, change, assigned)


def out_of(target: str, *sources: str, change: str = "", **assigned: str) -> str:
    return _association("dataOutputAssociation", target, sources, change, assigned)


def _association(kind: str, target: str, sources: tuple[str, ...], change: str, assigned: dict[str, str]) -> str:
    from_ = "".join(f"<sourceRef>{source}</sourceRef>" for source in sources)
    transformation = f"<transformation>{escape(change)}</transformation>" if change else ""
    places = "".join(
        f"<assignment><from>{escape(value)}</from><to>{to.replace('__', '.')}</to></assignment>"
        for to, value in assigned.items()
    )
    return f"<{kind}>{from_}<targetRef>{target}</targetRef>{transformation}{places}</{kind}>"


def data(name: str, *, id: str = "", of: str = "") -> str:
    """A data object with a reference to it."""
    id = id or f"object_{name}"
    return f'<dataObject id="{id}"/><dataObjectReference id="ref_{id}{of}" name="{name}" dataObjectRef="{id}"/>'


@row("Data object", "a variable of the process, by its name", section="10.4.1", group="Data")
def test_a_data_object_of_the_process_is_a_variable():
    xml = process(
        "p", data("order"), start("s"), script("a", "order = {'total': 1}"), user("u", motcua__candidateGroups="g"),
        end("e"), "s -> a -> u -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert Play(xml).sees("u") == {"order": {"total": 1}}


@pytest.mark.parametrize(
    ("drawn", "variable"),
    [
        ('<dataObject id="o" name="order"/>', "order"),
        ('<dataObject id="o" name="My order"/><dataObjectReference id="r" name="đơn" dataObjectRef="o"/>', "đơn"),
        ('<dataObject id="o"/><dataObjectReference id="r" name="My order" dataObjectRef="o"/>', "o"),
        ('<dataObject id="o"/><dataObjectReference id="r" name="class" dataObjectRef="o"/>', "o"),
        (
            (
                '<dataObject id="o"/><dataObjectReference id="r" name="My order" dataObjectRef="o"/>'
                '<dataObjectReference id="q" name="order" dataObjectRef="o"/>'
            ),
            "order",
        ),
    ],
)
@row("Data object reference", "the variable's name: an identifier among its names, else its id", section="10.4.1",
     group="Data")  # fmt: skip
def test_the_variable_of_a_data_object(drawn, variable):
    ref = "r" if 'id="r"' in drawn else "o"
    xml = process(
        "p", drawn, start("s"), script("a", "x = 5", spec("", "x") + out_of(ref, "out_x")), end("e"), "s -> a -> e"
    )
    assert Play(xml).vars == {variable: 5}


@row("Data object", "of a sub-process: nobody around sees it", section="10.4.1", group="Data")
def test_a_data_object_of_a_sub_process_is_its_own():
    inside = sub(
        "in", data("order"), start("s2"), script("a", "order = 2\nother = order"), user("u"), end("e2"),
        "s2 -> a -> u -> e2",
    )  # fmt: skip
    xml = process("p", start("s"), inside, end("e"), "s -> in -> e")
    play = Play(xml, order=1)
    assert play.sees("u") == {"order": 2, "other": 2}
    assert play.do("u", order=3).vars == {"order": 1, "other": 2}


@row("Data object", "of a multi-instance sub-process: one for each instance", section="10.4.1", group="Data")
@pytest.mark.parametrize("sequential", [True, False])
def test_each_instance_has_its_own_data_object(sequential):
    inside = sub(
        "in", each("rows", item="row", sequential=sequential, out="sums", out_item="sum"), data("mine"), start("s2"),
        script("a", "mine = row * 10"), user("u"), script("b", "sum = mine"), end("e2"), "s2 -> a -> u -> b -> e2",
    )  # fmt: skip
    play = Play(process("p", start("s"), inside, end("e"), "s -> in -> e"), rows=[1, 2, 3])
    for _ in range(3):
        play.do("u")
    assert play.vars == {"rows": [1, 2, 3], "sums": [10, 20, 30]}


@row("Data input", "an association copies a data object into the activity", section="10.4.2", group="Data")
def test_an_input_association_copies():
    xml = process(
        "p", data("order"), start("s"),
        user("a", spec("o") + into("in_o", "ref_object_order"), motcua__candidateGroups="g"), end("e"), "s -> a -> e",
    )  # fmt: skip
    assert accepted(xml)
    play = Play(xml, order={"n": 1})
    assert play.sees("a") == {"order": {"n": 1}, "o": {"n": 1}}
    assert play.do("a", o=5).vars == {"order": {"n": 1}}


@row("Data output", "an association copies it from the activity to a data object", section="10.4.2", group="Data")
def test_an_output_association_copies():
    xml = process(
        "p", data("order"), start("s"),
        user("a", spec("", "result") + out_of("ref_object_order", "out_result"), motcua__candidateGroups="g"),
        end("e"), "s -> a -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert Play(xml).do("a", result=7, note="x").vars == {"order": 7, "note": "x"}


@row("Data association", "a transformation gives what is copied", section="10.4.2", group="Data")
def test_a_transformation_is_evaluated():
    xml = process(
        "p", data("a1"), data("b1"), start("s"),
        script("a", "y = x * 2", spec("x", "y") + into("in_x", "ref_object_a1", "ref_object_b1", change="a1 + b1")
               + out_of("ref_object_a1", "out_y", change="y + 1")),
        end("e"), "s -> a -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert Play(xml, a1=1, b1=2).vars == {"a1": 7, "b1": 2}


@row("Data association", "assignments set parts of the target", section="10.4.2", group="Data")
def test_assignments_set_parts():
    xml = process(
        "p", data("order"), start("s"),
        script("a", "r = x['n'] + x['m']", spec("x", "r")
               + into("in_x", "ref_object_order", x__n="order['k']", in_x__m="10")
               + out_of("ref_object_order", "out_r", order__total="r")),
        end("e"), "s -> a -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert Play(xml, order={"k": 1}).vars == {"order": {"k": 1, "total": 11}}


@pytest.mark.parametrize(
    "to", ["getDataOutput('out_x')/y", "bpmn:getDataObject('ref_object_order')/y", "${order.y}", "order/y", "order.y"]
)
def test_a_place_may_be_written_as_the_specification_does(to):
    association = out_of("ref_object_order", "out_x", order="x").replace("<to>order</to>", f"<to>{to}</to>")
    xml = process("p", data("order"), start("s"), script("a", "x = 1", spec("", "x") + association), end("e"),
                  "s -> a -> e")  # fmt: skip
    assert accepted(xml)
    place = "x" if "Output" in to else "order"
    assert Play(xml).vars == {place: {"y": 1}}


@row("Data input", "without a value the activity does not begin, unless the input is optional", section="10.4.2",
     group="Data")  # fmt: skip
def test_an_input_that_has_no_value():
    def xml(optional: str) -> bytes:
        return process("p", data("order"), start("s"),
                       user("a", spec("o", optional=optional) + into("in_o", "ref_object_order")), end("e"),
                       "s -> a -> e")  # fmt: skip

    play = Play(xml(""))
    assert (play.tasks, play.incidents) == ([], [("a", "expression_failed")])
    assert "'order' has no value" in play.step.incidents[0].reason
    play.take(runner.set_variables, {"order": 1})
    assert play.retry("a").sees("a") == {"order": 1, "o": 1}
    assert Play(xml("o")).sees("a") == {"o": None}


@row("Data input and output", "one that no association names is the variable of that name", section="10.4.2",
     group="Data")  # fmt: skip
def test_an_input_without_association_hides_nothing():
    xml = process("p", start("s"), script("a", "r = n + m", spec("n", "r")), end("e"), "s -> a -> e")
    assert accepted(xml)
    assert Play(xml, n=1, m=2).vars == {"n": 1, "m": 2, "r": 3}


@row("Data association", "one that is only drawn copies nothing: steps share the variable", section="10.4.2",
     group="Data")  # fmt: skip
def test_a_drawn_association_copies_nothing():
    drawn = (
        '<property id="P1" name="__targetRef_placeholder"/>' + into("P1", "ref_object_order")
        + "<dataOutputAssociation><targetRef>ref_object_order</targetRef></dataOutputAssociation>"
    )  # fmt: skip
    xml = process("p", data("order"), start("s"), script("a", "order = order + 1", drawn), end("e"), "s -> a -> e")
    assert accepted(xml)
    assert Play(xml, order=1).vars == {"order": 2}


@row("Property", "of an activity: a variable of its own", section="10.3.1", group="Data")
def test_a_property_is_a_variable_of_its_activity():
    xml = process(
        "p", start("s"), user("a", '<property id="P1" name="draft"/>' + into("P1", "ref_object_order")),
        data("order"), user("z"), end("e"), "s -> a -> z -> e",
    )  # fmt: skip
    play = Play(xml, order=1)
    assert play.sees("a") == {"order": 1, "draft": 1}
    assert play.do("a", draft=2).vars == {"order": 1}
    plain = process("p", start("s"), user("a", '<property id="draft"/>'), end("e"), "s -> a -> e")
    assert Play(plain).do("a", draft=2, x=1).vars == {"x": 1}


@row("Property", "of a sub-process: a variable of its scope", section="10.3.5", group="Data")
def test_a_property_of_a_sub_process():
    inside = sub("in", '<property id="count"/>', start("s2"), script("a", "count = 1"), user("u"), end("e2"),
                 "s2 -> a -> u -> e2")  # fmt: skip
    play = Play(process("p", start("s"), inside, end("e"), "s -> in -> e"))
    assert play.sees("u") == {"count": 1}
    assert play.do("u").vars == {}


@row("Property", "of a process: a variable of the process", section="10.2", group="Data")
def test_a_property_of_a_process():
    xml = process("p", '<property id="count"/>', start("s"), script("a", "count = 1"), end("e"), "s -> a -> e")
    assert accepted(xml)
    assert Play(xml).vars == {"count": 1}


@row("Process", "its data inputs and outputs are all that a call copies", section="10.4.1", group="Data")
def test_a_called_process_names_what_goes_in_and_out():
    called = process("q", spec("n", "new"), start("s2"), script("set", "n = 7\nnew = n\nhidden = 1"), end("e2"),
                     "s2 -> set -> e2")  # fmt: skip
    caller = process("p", start("s"), call("c", "q"), end("e"), "s -> c -> e")
    assert accepted(caller, called)
    assert Play(caller, called, n=1, other=2).vars == {"n": 1, "other": 2, "new": 7}
    only_out = process("q", spec("", "new"), start("s2"), user("u"), end("e2"), "s2 -> u -> e2")
    assert Play(caller, only_out, n=1).sees("u") == {}


@row("Call activity", "its data inputs and outputs meet those of the process it calls", section="10.3.6", group="Data")
def test_the_associations_of_a_call_meet_the_process():
    called = process("q", spec("n", "r"), start("s2"), script("t", "r = n * 2"), end("e2"), "s2 -> t -> e2")
    caller = process(
        "p", data("order"), data("bill"), start("s"),
        call("c", "q", spec("n", "r") + into("in_n", "ref_object_order") + out_of("ref_object_bill", "out_r")),
        end("e"), "s -> c -> e",
    )  # fmt: skip
    assert Play(caller, called, order=4).vars == {"order": 4, "bill": 8}


@row("Multi-instance", "its collection and its results may be data inputs and outputs", section="10.3.8", group="Data")
def test_a_collection_may_be_a_data_input():
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="false"><loopDataInputRef>in_rows</loopDataInputRef>'
        '<loopDataOutputRef>out_all</loopDataOutputRef><inputDataItem id="I1" name="row"/>'
        '<outputDataItem id="O1" name="done"/></multiInstanceLoopCharacteristics>'
    )
    xml = process(
        "p", data("orders"), data("bills"), start("s"),
        script(
            "a", "y = x * 2",
            spec("rows x", "all y") + into("in_rows", "ref_object_orders") + into("in_x", "I1")
            + out_of("O1", "out_y") + out_of("ref_object_bills", "out_all") + loop,
        ),
        end("e"), "s -> a -> e",
    )  # fmt: skip
    assert accepted(xml)
    assert Play(xml, orders=[1, 0, 5]).vars == {"orders": [1, 0, 5], "bills": [2, 0, 10]}


def test_a_collection_may_be_a_data_object():
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>ref_object_orders</loopDataInputRef>'
        '<loopDataOutputRef>object_bills</loopDataOutputRef><inputDataItem name="row"/>'
        '<outputDataItem name="bill"/></multiInstanceLoopCharacteristics>'
    )
    xml = process("p", data("orders"), data("bills"), start("s"), script("a", "bill = row", loop), end("e"),
                  "s -> a -> e")  # fmt: skip
    assert accepted(xml)
    assert Play(xml, orders=[None, 2]).vars == {"orders": [None, 2], "bills": [None, 2]}


OUT = '<dataOutput id="out_x" name="x"/>'


@row("Catching event", "its data output gets what it receives", section="10.4.2", group="Data")
@pytest.mark.parametrize("payload", [{"x": 5}, {"amount": 5}])
def test_a_caught_message_goes_to_the_data_output(payload):
    xml = process(
        "p", data("order"), start("s"), catch("c", OUT + out_of("ref_object_order", "out_x") + message("m")), end("e"),
        "s -> c -> e",
    )  # fmt: skip
    assert Play(xml).message("m", **payload).vars == {"order": 5}
    task = receive("c", spec("", "x") + out_of("ref_object_order", "out_x"), messageRef="message_m")
    xml = process("p", data("order"), start("s"), task, boundary("b", "c", message("m")), end("e"), "s -> c -> e",
                  "b -> e")  # fmt: skip
    assert Play(xml).message("m", **payload).vars == {"order": 5}


def test_a_whole_message_goes_to_the_one_data_output():
    at_border = boundary("b", "a", OUT + out_of("ref_object_order", "out_x") + message("m"))
    xml = process("p", data("order"), start("s"), user("a"), at_border, end("e"), "s -> a -> e", "b -> e")
    assert Play(xml).message("m", a=1, b=2).vars == {"order": {"a": 1, "b": 2}}


@row("Throwing event", "it sends its data inputs", section="10.4.2", group="Data")
def test_a_thrown_message_carries_the_data_inputs():
    given = '<dataInput id="in_x" name="x"/>' + into("in_x", "ref_object_order")
    xml = process("p", data("order"), start("s"), throw("t", given + message("m")), end("e"), "s -> t -> e")
    assert Play(xml, order=4, other=1).step.thrown[0].payload == {"x": 4}
    task = send("t", spec("x") + into("in_x", "ref_object_order"), messageRef="message_m")
    xml = process("p", data("order"), start("s"), task, boundary("b", "t", message("m")), end("e"), "s -> t -> e",
                  "b -> e")  # fmt: skip
    assert Play(xml, order=4, other=1).step.thrown[0].payload == {"x": 4}


@row("Data association", "with data that the file does not have", section="10.4.2", group="Data", refused=True)
def test_an_association_with_nothing_is_refused():
    xml = process("p", start("s"), script("a", "x = 1", spec("", "x") + out_of("none", "out_x")), end("e"),
                  "s -> a -> e")  # fmt: skip
    assert "data-reference-unknown" in refused(xml)


@row("Data association", "with an assignment to what is no place", section="10.4.2", group="Data", refused=True)
def test_an_assignment_to_an_expression_is_refused():
    xml = process("p", data("o"), start("s"),
                  script("a", "x = 1", spec("", "x") + out_of("ref_object_o", "out_x", o="1")), end("e"),
                  "s -> a -> e").replace(b"<to>o", b"<to>o+1")  # fmt: skip
    assert "data-assignment-target" in refused(xml)


@row("Item definition, data state", "kept, without effect", section="10.4.1", group="Data")
def test_item_definitions_and_states_have_no_effect():
    xml = process(
        "p", '<dataObject id="o" name="order" itemSubjectRef="I1" isCollection="true"><dataState name="approved"/>'
        "</dataObject>", start("s"), script("a", "order = 1"), end("e"), "s -> a -> e",
    ).replace(b"<process ", b'<itemDefinition id="I1" structureRef="string"/><process ')  # fmt: skip
    assert accepted(xml)
    assert {"data-object", "data-state"} <= {f.rule for f in bundle.read({"a.bpmn": xml}).findings}
    assert Play(xml).vars == {"order": 1}


def test_a_decision_reads_its_data_input_and_writes_its_data_output():
    xml = process(
        "p", data("order"), data("bill"), start("s"),
        rule("a", spec("age", "fee") + into("in_age", "ref_object_order", change="order['age']")
             + out_of("ref_object_bill", "out_fee"), motcua__decision="d"),
        end("e"), "s -> a -> e",
    )  # fmt: skip
    play = Play(xml, decide=lambda key, given, now: Outputs({"fee": given["age"]}), order={"age": 3})
    assert play.vars == {"order": {"age": 3}, "bill": 3}


def test_data_of_spiffarena_goes_by_ids():
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="false"><loopDataInputRef>rows</loopDataInputRef>'
        '<loopDataOutputRef>sums</loopDataOutputRef><inputDataItem id="row" name="line"/>'
        '<outputDataItem id="sum" name="total"/></multiInstanceLoopCharacteristics>'
    )
    xml = process(
        "p", '<dataObject id="order" name="purchase"/>', start("s"), script("t", "order = 1"),
        script("a", "sum = row + order", loop), end("e"), "s -> t -> a -> e",
    ).replace(b"<definitions ", f'<definitions xmlns:spiffworkflow="{SPIFFWORKFLOW}" '.encode(), 1)  # fmt: skip
    assert accepted(xml)
    assert Play(xml, rows=[1, 2]).vars == {"order": 1, "rows": [1, 2], "sums": [2, 3]}
