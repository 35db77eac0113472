"""Message flows are written out as messages with names; what cannot be delivered is refused by name."""

from __future__ import annotations

import pytest

from bpmn import bundle, reader
from bpmn.checks.collaborations import MAX_MESSAGE_FLOWS
from bpmn.collaborations import TO, awaits, message_name, sends
from bpmn.normalise import normalise
from bpmn.xml import Node, flow_nodes
from findings import Finding, Severity
from tests.engine.diagrams import catch, end, first, message, pools, receive, send, start, throw, user

NAMELESS = "<messageEventDefinition/>"


def node_of(root: Node, id_: str) -> Node:
    return next(node for node in flow_nodes(root) if node.get("id") == id_)


def travels(xml: bytes, source: str, target: str) -> tuple[str, str, str]:
    """Give the names that a source throws and a target awaits, and where the source's flows lead."""
    root = normalise(reader.parse(xml))
    thrower, catcher = node_of(root, source), node_of(root, target)
    sent, awaited = sends(thrower), awaits(catcher)
    return (
        message_name(sent) if sent is not None else "",
        message_name(awaited) if awaited is not None else "",
        thrower.get(TO) or "",
    )


def ask(definition: str) -> tuple[str, ...]:
    return (start("s"), throw("ask", definition), end("e"), "s -> ask -> e")


def hear(definition: str) -> tuple[str, ...]:
    return (start("s2"), catch("hear", definition), end("e2"), "s2 -> hear -> e2")


@pytest.mark.parametrize(
    ("thrown", "awaited", "name"),
    [
        (message("order"), message("order"), "order"),
        (message("order"), NAMELESS, "order"),
        (NAMELESS, message("order"), "order"),
        (NAMELESS, NAMELESS, "q.mf1"),
        (message("order"), message("request"), "request"),
    ],
)
def test_both_ends_of_a_flow_have_one_name(thrown: str, awaited: str, name: str) -> None:
    xml = pools("ask -> hear", p=ask(thrown), q=hear(awaited))
    assert travels(xml, "ask", "hear") == (name, name, "q")
    assert errors(xml) == set()


def test_the_message_of_the_flow_names_both_ends() -> None:
    xml = pools("ask -> hear", p=ask(NAMELESS), q=hear(NAMELESS), inside="").replace(
        b'<messageFlow id="mf1"', b'<messageFlow id="mf1" messageRef="m"'
    )
    xml = xml.replace(b"<collaboration", b'<message id="m" name="letter"/><collaboration')
    assert travels(xml, "ask", "hear") == ("letter", "letter", "q")


def test_a_flow_to_a_pool_takes_the_one_message_that_is_awaited_there() -> None:
    assert travels(pools("ask -> pool_q", p=ask(NAMELESS), q=hear(message("order"))), "ask", "hear") == (
        "order", "order", "q",
    )  # fmt: skip
    assert travels(pools("ask -> pool_q", p=ask(message("x")), q=hear(message("order"))), "ask", "hear")[0] == "x"


def test_a_black_box_gets_and_sends_by_the_flow_s_name() -> None:
    outside = pools("ask -> box", "box -> hear", boxes=("box",), p=ask(NAMELESS), q=hear(NAMELESS))
    assert travels(outside, "ask", "hear") == ("p.mf1", "q.mf2", "")
    assert errors(outside) == set()


def test_tasks_and_ends_send_and_receive_too() -> None:
    xml = pools(
        "t -> take", "e -> s3",
        p=(start("s"), send("t"), end("e", NAMELESS), "s -> t -> e"),
        q=(start("s2"), receive("take"), end("e2"), "s2 -> take -> e2"),
        r=(start("s3", NAMELESS), end("e3"), "s3 -> e3"),
    )  # fmt: skip
    assert travels(xml, "t", "take") == ("q.mf1", "q.mf1", "q")
    assert travels(xml, "e", "s3") == ("r.mf2", "r.mf2", "r")
    assert errors(xml) == set()


def findings(xml: bytes) -> tuple[Finding, ...]:
    return bundle.read({"p.bpmn": xml}).findings


def errors(xml: bytes) -> set[str]:
    return {finding.rule for finding in findings(xml) if finding.severity is Severity.ERROR}


PLAIN = (start("s2"), user("u"), end("e2"), "s2 -> u -> e2")
BEGUN = (start("s3", message("n")), end("x"), "s3 -> x")
RACE = (start("s2"), first("g"), catch("a", message("a")), catch("b", message("b")), "s2 -> g -> a", "g -> b")
SELF = (start("s"), throw("ask", message("m")), catch("c", message("m")), end("e"), "s -> ask -> c -> e")
ASK, HEAR = ask(message("m")), hear(message("m"))
PROPERTY = (
    b'<correlationProperty id="cp"><correlationPropertyRetrievalExpression messageRef="none">'
    b"<messagePath>x</messagePath></correlationPropertyRetrievalExpression></correlationProperty><collaboration"
)
SUBSCRIBED = b'isExecutable="true"><correlationSubscription correlationKeyRef="none"/>'


def keyed(reference: str = "") -> bytes:
    held = f"<correlationPropertyRef>{reference}</correlationPropertyRef>" if reference else ""
    return pools("ask -> hear", p=ASK, q=HEAR, inside=f'<correlationKey id="k">{held}</correlationKey>')


BAD: list[tuple[str, Severity, bytes]] = [
    ("message-flow-dangling", Severity.ERROR, pools("ask -> nowhere", p=ASK)),
    ("message-flow-within-pool", Severity.ERROR, pools("ask -> c", p=SELF)),
    ("message-flow-source", Severity.ERROR, pools("hear -> s3", p=HEAR, q=BEGUN)),
    ("message-flow-target", Severity.ERROR, pools("ask -> s2", p=ASK, q=PLAIN)),
    ("message-flow-target", Severity.ERROR, pools("ask -> g", p=ASK, q=RACE)),
    ("message-flow-two-messages", Severity.ERROR, pools("ask -> hear", "ask -> s3", p=ASK, q=HEAR, r=BEGUN)),
    ("message-flows-too-many", Severity.ERROR, pools(*["ask -> hear"] * (MAX_MESSAGE_FLOWS + 1), p=ASK, q=HEAR)),
    ("message-flow-not-awaited", Severity.WARNING, pools("ask -> pool_q", p=ASK, q=PLAIN)),
    ("message-flow-drawn", Severity.INFO, pools("ask -> u", p=ASK, q=PLAIN)),
    ("message-flow-drawn", Severity.INFO, pools("u -> hear", p=PLAIN, q=HEAR)),
    ("correlation-incomplete", Severity.ERROR, keyed("none")),
    ("correlation-incomplete", Severity.ERROR, keyed()),
    ("correlation-incomplete", Severity.ERROR, keyed("cp").replace(b"<collaboration", PROPERTY, 1)),
    ("correlation-incomplete", Severity.ERROR, keyed().replace(b'isExecutable="true">', SUBSCRIBED, 1)),
]
RULES = {rule for rule, _, _ in BAD}


@pytest.mark.parametrize(("rule", "severity", "xml"), BAD, ids=[f"{n}-{rule}" for n, (rule, _, _) in enumerate(BAD)])
def test_what_is_wrong_with_message_flows_is_said(rule: str, severity: Severity, xml: bytes) -> None:
    told = [finding for finding in findings(xml) if finding.rule == rule]
    assert told
    for finding in told:
        assert finding.severity is severity
        assert finding.line
        assert finding.message.vi
        assert finding.message.en


def test_flows_between_pools_that_do_not_run_are_left_alone() -> None:
    xml = pools("u -> g", p=PLAIN, q=(start("s3"), first("g"), "s3 -> g"), r=ask(message("m")))
    xml = xml.replace(b'<process id="p" isExecutable="true"', b'<process id="p" isExecutable="false"')
    xml = xml.replace(b'<process id="q" isExecutable="true"', b'<process id="q" isExecutable="false"')
    assert errors(xml) == set()
