"""The usual way through a diagram, as pages forecast it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpmn import reader
from bpmn.model import Process
from bpmn.ways import is_public, way
from tests.bpmn.samples import diagram, flow

SHIPPED = Path(__file__).parents[2] / "bpmn" / "procedures"


def process(body: str) -> Process:
    return reader.processes(reader.parse(diagram(body)))[0]


def task(name: str, more: str = "") -> str:
    return f'<userTask id="{name}" motcua:publicNameVi="{name}" {more}/>'


def ids(found) -> str:
    return " ".join(element.id for element in found)


def test_steps_come_in_the_order_of_the_flows_whatever_the_order_of_the_document():
    parts = f'<endEvent id="e"/>{task("b")}{task("a")}<startEvent id="s"/>'
    assert ids(way(process(parts + flow("b", "e") + flow("s", "a") + flow("a", "b")))) == "s a b e"


def test_a_loop_is_not_taken():
    parts = f'<startEvent id="s"/>{task("a")}<exclusiveGateway id="g"/>{task("again")}<endEvent id="e"/>'
    flows = flow("s", "a") + flow("a", "g") + flow("g", "again") + flow("again", "a") + flow("g", "e")
    assert ids(way(process(parts + flows))) == "s a g e"


def test_what_comes_after_a_step_sent_back_begins_with_the_step_it_is_sent_back_to():
    parts = f'<startEvent id="s"/>{task("a")}<exclusiveGateway id="g"/>{task("again")}<endEvent id="e"/>'
    flows = flow("s", "a") + flow("a", "g") + flow("g", "again") + flow("again", "a") + flow("g", "e")
    assert ids(way(process(parts + flows), after=["again"])) == "a g e"


def test_every_branch_of_a_parallel_gateway_is_on_the_way():
    gates = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    parts = f'<startEvent id="s"/>{gates}{task("a")}{task("b")}<endEvent id="e"/>'
    flows = flow("s", "f") + flow("f", "a") + flow("f", "b") + flow("a", "j") + flow("b", "j") + flow("j", "e")
    found = ids(way(process(parts + flows)))
    assert set(found.split()) == {"s", "f", "a", "b", "j", "e"}
    assert found.endswith("j e")


def test_a_refusal_is_not_foretold():
    refusal = 'motcua:document="refusal_slip"'
    parts = (
        f'<startEvent id="s"/><exclusiveGateway id="g"/>{task("no", refusal)}{task("no2")}'
        f'{task("yes")}<endEvent id="e"/>'
    )
    flows = flow("s", "g") + flow("g", "no") + flow("no", "no2") + flow("no2", "e") + flow("g", "yes")
    assert ids(way(process(parts + flows + flow("yes", "e")))) == "s g yes e"


def test_a_long_chain_is_no_matter():
    names = [f"n{number}" for number in range(3000)]
    parts = '<startEvent id="s"/>' + "".join(f'<task id="{name}"/>' for name in names)
    flows = "".join(flow(a, b) for a, b in zip(["s", *names], names, strict=False))
    assert len(way(process(parts + flows))) == 3001


def test_a_diagram_that_never_ends_has_no_way():
    assert ids(way(process(f"{task('a')}{task('b')}" + flow("a", "b") + flow("b", "a")))) == ""


@pytest.mark.parametrize(
    ("slug", "steps"),
    [
        ("biosafety-level-3", "filing reception_call appraise inspect draft_certificate sign_call return_call"),
        ("imported-cosmetics", "filing reception_call screen collect_fee appraise confirm number_given return_call"),
        (
            "medical-devices",
            "filing reception_call classify collect_fee verify_reference appraise sign_call return_call",
        ),
    ],
)
def test_the_shipped_procedures_show_the_way_to_their_result(slug: str, steps: str):
    shipped = reader.processes(reader.parse((SHIPPED / slug / "process.bpmn").read_bytes()))[0]
    assert ids(e for e in way(shipped) if is_public(e)) == steps
