"""Collaborations: pools, message flows, and the correlation keys of their conversations (9.3, 8.4.2)."""

from __future__ import annotations

import pytest

from bpmn import bundle
from bpmn.definition import Definition, load
from engine import runner
from engine.events import Ports
from errors import NotAwaited
from tests.engine.diagrams import catch, end, message, pools, receive, script, send, start, throw, user
from tests.engine.play import MORNING, Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, findings, refusals

GROUP = "Structure"
NAMELESS = "<messageEventDefinition/>"


def pool(xml: bytes, key: str) -> Definition:
    return load(key, [xml], id=key, version=1)


def thrown(play: Play) -> list[tuple[str, dict[str, object], tuple[str, ...]]]:
    return [(one.name, dict(one.payload), one.to) for one in play.step.thrown]


ASK = (start("s"), send("ask", motcua__payload='{"n": n}'), receive("answer"), end("e"), "s -> ask -> answer -> e")
TELL = (start("s2", NAMELESS), script("x", "n = n * 2"), throw("tell", NAMELESS), end("e2"), "s2 -> x -> tell -> e2")


@row("Collaboration", "each pool is a process of its own, with its own instances", section="9.2", group=GROUP)
def test_each_pool_is_a_process():
    xml = accepted(pools("ask -> s2", "tell -> answer", asks=ASK, tells=TELL))
    assert [one.key for one in bundle.read({"a.bpmn": xml}).processes] == ["asks", "tells"]
    assert Play(pool(xml, "asks"), n=1).passed == ["s", "ask"]


@row(
    "Message flow",
    "delivers to the event it leads to, where neither side names the message",
    section="9.3",
    group=GROUP,
)
@row("Message flow", "starts the other pool, and brings the answer back", section="9.3", group=GROUP)
def test_a_message_flow_names_the_message_by_itself():
    xml = pools("ask -> s2", "tell -> answer", asks=ASK, tells=TELL)
    asking = Play(pool(xml, "asks"), n=2)
    assert thrown(asking) == [("tells.mf1", {"n": 2}, ("tells",))]
    known = pool(xml, "tells")
    (begins,) = runner.starts(known)
    assert (begins.kind, begins.name, begins.element_id) == ("message", "tells.mf1", "s2")
    trigger = runner.Trigger(payload={"n": 2}, message=runner.Message(name="tells.mf1"))
    step = runner.start(known, {}, now=MORNING, ports=Ports(), start_element_id="s2", trigger=trigger)
    (answer,) = step.thrown
    assert (answer.name, dict(answer.payload), answer.to) == ("asks.mf2", {"n": 4}, ("asks",))
    assert asking.message("asks.mf2", n=4).status == "completed"
    assert asking.vars == {"n": 4}


@row("Message flow", "takes the name of the one side that has it, or of the flow", section="9.3", group=GROUP)
@pytest.mark.parametrize(
    ("sent", "awaited"), [(message("m"), NAMELESS), (NAMELESS, message("m")), (message("x"), message("m"))]
)
def test_a_message_flow_takes_the_name_that_is_there(sent: str, awaited: str):
    xml = accepted(
        pools(
            "t -> c", p=(start("s"), throw("t", sent), end("e"), "s -> t -> e"),
            q=(start("s2"), catch("c", awaited), end("e2"), "s2 -> c -> e2"),
        )
    )  # fmt: skip
    assert thrown(Play(pool(xml, "p"))) == [("m", {}, ("q",))]
    assert Play(pool(xml, "q")).message("m").status == "completed"


@row("Message flow", "to and from a black box: sent by its name, awaited by its name", section="9.3", group=GROUP)
def test_a_black_box_is_the_world_outside():
    xml = pools("ask -> world", "world -> answer", boxes=("world",), asks=ASK)
    play = Play(pool(accepted(xml), "asks"), n=1)
    assert thrown(play) == [("asks.mf1", {"n": 1}, ())]
    assert play.message("asks.mf2").status == "completed"


@row("Message flow", "leading to another pool is not taken by an event of the own instance", section="9.3", group=GROUP)
def test_what_leaves_the_pool_is_not_for_itself():
    own = (user("a"), catch("own", message("m")), end("e3"), "s -> own -> e3", "s -> a -> e")
    sends = (start("s"), throw("t", message("m")), end("e"), "s -> t -> e", *own)
    xml = pools("t -> c", p=sends, q=(start("s2"), catch("c", message("m")), end("e2"), "s2 -> c -> e2"))
    play = Play(pool(xml, "p"))
    assert thrown(play) == [("m", {}, ("q",))]
    assert [wait.element_id for wait in play.step.waits if wait.kind == "message"] == ["own"]


@row("Message flow", "at a step that neither sends nor receives is a drawing, and said so", section="9.3", group=GROUP)
def test_a_flow_at_a_user_task_is_a_drawing():
    xml = pools("u -> world", boxes=("world",), p=(start("s"), user("u"), end("e"), "s -> u -> e"))
    assert "message-flow-drawn" in {finding.rule for finding in findings(accepted(xml))}


CATCH = (start("s2"), catch("c", message("m")), end("e2"), "s2 -> c -> e2")
THROW = (start("s"), throw("t", message("m")), end("e"), "s -> t -> e")
OTHER = (start("s3", message("n")), end("e3"), "s3 -> e3")


@row("Message flow", "within one pool", section="9.3", group=GROUP, refused=True)
@row("Message flow", "from what awaits, or to what sends or does not await", section="9.3", group=GROUP, refused=True)
@row("Message flow", "to something that is not there", section="9.3", group=GROUP, refused=True)
@row("Message flow", "from one sender to two different messages", section="9.3", group=GROUP, refused=True)
@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (pools("t -> pool_p", p=THROW), "message-flow-within-pool"),
        (pools("c -> s3", p=CATCH, q=OTHER), "message-flow-source"),
        (pools("t -> s2", p=THROW, q=CATCH), "message-flow-target"),
        (pools("t -> nowhere", p=THROW), "message-flow-dangling"),
        (pools("t -> c", "t -> s3", p=THROW, q=CATCH, r=OTHER), "message-flow-two-messages"),
    ],
)
def test_message_flows_that_cannot_be_delivered_are_refused(xml: bytes, rule: str):
    assert rule in refusals(xml)


# -- correlation keys

PROPERTY = (
    '<correlationProperty id="{0}" name="{0}">'
    '<correlationPropertyRetrievalExpression messageRef="message_m"><messagePath>{1}</messagePath>'
    "</correlationPropertyRetrievalExpression></correlationProperty>"
)


def keyed(*parts: str, paths: dict[str, str] | None = None, more: str = "") -> bytes:
    """A pool that awaits and throws the message m, whose key is made of the payload's `paths`."""
    paths = paths or {"no": "no"}
    properties = "".join(PROPERTY.format(name, path) for name, path in paths.items())
    held = "".join(f"<correlationPropertyRef>{name}</correlationPropertyRef>" for name in paths)
    xml = pools(boxes=("world",), inside=f'<correlationKey id="k">{held}</correlationKey>', p=parts)
    xml = xml.replace(b"<collaboration", properties.encode() + b"<collaboration", 1)
    return accepted(xml.replace(b"</process>", more.encode() + b"</process>"))


TWICE = (start("s"), catch("c1", message("m")), catch("c2", message("m")), end("e"), "s -> c1 -> c2 -> e")


@row("Correlation key", "the first message received fixes its values, later ones must hold the same", section="8.4.2",
     group=GROUP)  # fmt: skip
def test_the_first_message_received_fixes_the_key():
    play = Play(keyed(*TWICE)).message("m", no=7)
    with pytest.raises(NotAwaited):
        play.message("m", no=8)
    with pytest.raises(NotAwaited):
        play.message("m", other=7)
    assert play.message("m", no=7).status == "completed"


@row("Correlation key", "the first message sent fixes its values, and carries them", section="8.4.2", group=GROUP)
def test_the_first_message_sent_fixes_the_key():
    out = throw("t", message("m"), motcua__payload='{"no": n, "x": 1}')
    play = Play(keyed(start("s"), out, catch("c", message("m")), end("e"), "s -> t -> c -> e"), n=3)
    (sent,) = play.step.thrown
    assert dict(sent.carried or {}) == {"no": 3}
    with pytest.raises(NotAwaited):
        play.message("m", no=4)
    assert play.message("m", no=3).status == "completed"


@row("Correlation key", "of several properties: all must agree; numbers are compared as numbers", section="8.4.2",
     group=GROUP)  # fmt: skip
def test_all_properties_of_a_key_must_agree():
    play = Play(keyed(*TWICE, paths={"no": "no", "year": "of.year"})).message("m", no=7, of={"year": 2026})
    for no, year in ((7, 2025), (8, 2026), (7, None)):
        with pytest.raises(NotAwaited):
            play.message("m", no=no, of={"year": year})
    assert play.message("m", no=7.0, of={"year": 2026}).status == "completed"


@row("Correlation key", "what the sender says of a property counts before the payload", section="8.4.2", group=GROUP)
def test_a_sender_may_name_the_properties():
    play = Play(keyed(*TWICE)).message("m", {"no": 7})
    with pytest.raises(NotAwaited):
        play.message("m", {"no": 8}, no=7)
    assert play.message("m", {"no": 7}).status == "completed"


@row("Correlation subscription", "its values are computed from the variables, and follow them", section="8.4.2",
     group=GROUP)  # fmt: skip
def test_a_subscription_is_computed_from_the_variables():
    more = (
        '<correlationSubscription correlationKeyRef="k"><correlationPropertyBinding correlationPropertyRef="no">'
        "<dataPath>wanted</dataPath></correlationPropertyBinding></correlationSubscription>"
    )
    play = Play(keyed(*TWICE, more=more), wanted=1)
    with pytest.raises(NotAwaited):
        play.message("m", no=2)
    play.message("m", no=1, wanted=5)
    with pytest.raises(NotAwaited):
        play.message("m", no=1)
    assert play.message("m", no=5).status == "completed"


@row("Correlation key", "without its properties, or with one that no message holds", section="8.4.2", group=GROUP,
     refused=True)  # fmt: skip
def test_a_key_must_be_complete():
    xml = pools(boxes=("world",), inside='<correlationKey id="k"/>', p=CATCH)
    assert refusals(xml) == {"correlation-incomplete"}
