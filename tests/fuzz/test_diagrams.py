"""Whatever is drawn: refused by name, or it runs, with incidents at worst; no step raises, hangs or swells."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from bpmn.bundle import read
from bpmn.definition import load
from engine import runner
from errors import Refused
from findings import errors_among
from tests.engine.play import Play
from tests.engine.random_diagrams import diagrams, trees
from tests.engine.test_state import do, moves
from tests.soak import examples

STEPS = 12
LARGEST_STATE = 2_000_000
ATTRIBUTES = (
    "startQuantity", "completionQuantity", "isForCompensation", "triggeredByEvent", "cancelActivity", "isInterrupting",
    "parallelMultiple", "instantiate", "default", "gatewayDirection", "isSequential", "behavior", "loopMaximum",
    "testBefore", "waitForCompletion", "activityRef", "ordering", "cancelRemainingInstances", "calledElement",
    "messageRef", "signalRef", "errorRef", "escalationRef", "attachedToRef", "sourceRef", "targetRef", "id", "name",
)  # fmt: skip
VALUES = ("true", "false", "1", "2", "0", "-1", "100", "None", "One", "Sequential", "Parallel", "called", "p", "",
          "${n}", "=n", "nobody")  # fmt: skip
TEXTS = ("n", "n > 1", "lost", "=n + 1", "${n}", "1/0", "'a' * 99999999", "[n] * 9999999", "PT1S", "R/PT1S",
         "R3/PT1H", "PT0S", "0 0 * * *", "while True:\n    n = n + 1", "raise BpmnError('E', 'x')", "2",
         "[1, None, {}]", "10000000", "x = [1] * 40000\ny = x\nz = str(x)", "n = n + 1", "{'a': 1}",
         "None", "''")  # fmt: skip


def mutated(xml: bytes, choose: random.Random, times: int) -> bytes:
    """Change attributes, texts and places of a diagram at random."""
    root = etree.fromstring(xml)
    ids = [node.get("id") for node in root.iter("*") if node.get("id")]
    for _ in range(times):
        nodes = [node for node in root.iter("*") if node is not root] or [root]
        node, other = choose.choice(nodes), choose.choice(nodes)
        match choose.randrange(5):
            case 0:
                node.set(choose.choice(ATTRIBUTES), choose.choice((*VALUES, choose.choice(ids) or "")))
            case 1 if node.text and not len(node):
                node.text = choose.choice(TEXTS)
            case 2:
                node.tag = other.tag
            case 3 if node not in list(other.iterancestors()) and node is not other:
                other.append(node)
            case _:
                parent = node.getparent()
                if parent is not None and choose.random() < 0.3:
                    parent.remove(node)
    return etree.tostring(root)


@settings(max_examples=examples(40, soak=20_000), deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(trees(), st.integers(0, 2**32))
def test_diagrams_changed_at_random(tree, seed):
    choose = random.Random(seed)
    whole, called = diagrams(tree)
    xml = mutated(whole, choose, choose.randrange(5))
    bundle = read({"p.bpmn": xml, "called.bpmn": called})
    if errors_among(bundle.findings):
        assert all(finding.message.vi and finding.message.en for finding in bundle.findings)
        return
    play = Play(load(bundle.processes[0].key, [xml, called], id="d", version=1), n=0)
    for _ in range(STEPS):
        assert len(play.step.state) < LARGEST_STATE
        if not (possible := moves(play.step)):
            break
        try:
            do(play, choose.choice(possible), choose.randrange(12))
        except Refused:
            continue  # the caller's doing: a message that no correlation lets in
    assert runner.waits(play.definition, play.step.state) == play.step.waits
