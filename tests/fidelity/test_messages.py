"""Message events, send and receive tasks: who gets what, with which payload, and what it does there (10.3.3, 10.5)."""

from __future__ import annotations

import pytest

from errors import NotAwaited
from tests.engine.diagrams import (
    boundary,
    catch,
    each,
    end,
    fork,
    handler,
    message,
    process,
    receive,
    send,
    start,
    sub,
    throw,
    user,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, refusals

GROUP = "Events"


def host(event: str) -> bytes:
    return accepted(process("p", start("s"), user("a"), event, user("b"), end("e"), "s -> a -> e", "m -> b -> e"))


@row("Message catch event", "waits for its message, whose payload becomes variables", section="10.5.5", group=GROUP)
def test_a_catch_event_waits_for_its_message():
    play = Play(accepted(process("p", start("s"), catch("m", message("paid")), end("e"), "s -> m -> e")), n=1)
    assert [(wait.kind, wait.name) for wait in play.step.waits] == [("message", "paid")]
    with pytest.raises(NotAwaited):
        play.message("other")
    play.message("paid", n=2, sum=3)
    assert play.history == [("passed", "s"), ("entered", "m"), ("completed", "m"), ("passed", "e")]
    assert (play.status, play.vars) == ("completed", {"n": 2, "sum": 3})


@row("Message catch event", "the payload goes whole to one variable (motcua:payloadVariable)", section="10.5.5",
     group=GROUP)  # fmt: skip
def test_a_payload_may_go_to_one_variable():
    event = catch("m", message("paid"), motcua__payloadVariable="bill")
    play = Play(accepted(process("p", start("s"), event, end("e"), "s -> m -> e")), n=1).message("paid", n=2)
    assert play.vars == {"n": 1, "bill": {"n": 2}}


@row("Message throw event", "is sent with all variables, or with what its payload expression gives", section="10.5.5",
     group=GROUP)  # fmt: skip
@pytest.mark.parametrize("kind", ["throw", "end", "send"])
def test_a_message_is_thrown_and_the_flow_goes_on(kind: str):
    for payload, sent in (("", {"n": 1}), ("{'x': n + 1}", {"x": 2}), ("=n * 3", {"value": 3})):
        more = {"motcua__payload": payload} if payload else {}
        made = {
            "throw": throw("t", message("m"), **more), "end": end("t", message("m"), **more),
            "send": send("t", messageRef="message_m", **more),
        }[kind]  # fmt: skip
        rest = () if kind == "end" else (end("e"), "t -> e")
        play = Play(accepted(process("p", start("s"), made, "s -> t", *rest)), n=1)
        assert [(one.kind, one.name, dict(one.payload)) for one in play.step.thrown] == [("message", "m", sent)]
        assert play.passed == ["s", "t", *(["e"] if rest else [])]
        assert play.status == "completed"


@row("Receive task", "waits for its message", section="10.3.3.1", group="Activities")
@row("Receive task", "is taken away by its boundary event", section="10.3.3.1", group="Activities")
def test_a_receive_task_waits():
    diagram = accepted(
        process(
            "p", start("s"), receive("r", messageRef="message_m"), boundary("x", "r", message("stop")), end("e"),
            user("b"), "s -> r -> e", "x -> b -> e",
        )
    )  # fmt: skip
    assert Play(diagram).message("m", a=1).history[1:] == [("entered", "r"), ("completed", "r"), ("passed", "e")]
    stopped = Play(diagram).message("stop")
    assert (stopped.tasks, stopped.history[-3:]) == (["b"], [("cancelled", "r"), ("passed", "x"), ("entered", "b")])


@row("Message boundary event", "interrupting: the activity ends", section="10.5.4", group=GROUP)
def test_an_interrupting_boundary_message():
    play = Play(host(boundary("m", "a", message("stop")))).message("stop", why="late")
    assert play.history == [("passed", "s"), ("entered", "a"), ("cancelled", "a"), ("passed", "m"), ("entered", "b")]
    assert (play.tasks, play.vars) == (["b"], {"why": "late"})
    with pytest.raises(NotAwaited):
        play.message("stop")


@row("Message boundary event", "non-interrupting: the activity goes on, each time", section="10.5.4", group=GROUP)
def test_a_non_interrupting_boundary_message():
    play = Play(host(boundary("m", "a", message("hint"), interrupting=False))).message("hint", n=1).message("hint", n=2)
    assert (play.tasks, play.vars) == (["a", "b", "b"], {"n": 2})
    play.do("a")
    with pytest.raises(NotAwaited):
        play.message("hint")
    assert play.do("b").do("b").status == "completed"


@row("Message start event of an event sub-process", "interrupting and not, at any depth", section="10.3.5.1",
     group=GROUP)  # fmt: skip
@pytest.mark.parametrize("interrupts", [True, False])
def test_a_message_starts_an_event_sub_process(interrupts: bool):
    on = handler(
        "on", start("s3", message("m"), isInterrupting=str(interrupts).lower()), user("h"), end("e3"), "s3 -> h -> e3"
    )
    deep = sub("deep", start("s2"), user("a"), end("e2"), "s2 -> a -> e2", on)
    outer = sub("outer", start("s1"), deep, end("e1"), "s1 -> deep -> e1")
    play = Play(accepted(process("p", start("s"), outer, user("last"), end("e"), "s -> outer -> last -> e"))).message(
        "m"
    )
    assert play.tasks == (["h"] if interrupts else ["a", "h"])
    assert (("cancelled", "a") in play.history) is interrupts
    play.do("h")
    if not interrupts:
        play.message("m").do("h").do("a")
    assert play.tasks == ["last"]


@row("Message correlation", "a key of the waiting event (motcua:correlationKey) tells one from another",
     section="8.4.2", group=GROUP)  # fmt: skip
def test_a_key_tells_waiting_tokens_apart():
    inner = receive("r", messageRef="message_m", motcua__correlationKey="order", motcua__payloadVariable="got")
    diagram = process(
        "p", start("s"), sub("each", each("orders", item="order"), start("s2"), inner, user("u"), end("e2"),
        "s2 -> r -> u -> e2"), end("e"), "s -> each -> e",
    )  # fmt: skip
    play = Play(accepted(diagram), orders=["x", "y", "z"])
    for wrong in ({"key": "w"}, None, {}):
        with pytest.raises(NotAwaited):
            play.message("m", wrong)
    play.message("m", {"key": "y"})
    with pytest.raises(NotAwaited):
        play.message("m", {"key": "y"})
    assert play.sees("u")["order"] == "y"
    play.message("m", {"order": "z"})  # by the variable
    assert {play.sees("u", nth)["order"] for nth in (0, 1)} == {"y", "z"}


@row("Message correlation", "the key is as it was when the waiting began", section="8.4.2", group=GROUP)
def test_a_key_is_computed_when_the_waiting_begins():
    diagram = process(
        "p", start("s"), fork("f"), user("a"), catch("m", message("m"), motcua__correlationKey="n"), end("e"),
        "s -> f -> a -> e", "f -> m -> e",
    )  # fmt: skip
    play = Play(accepted(diagram), n=1).do("a", n=2)
    with pytest.raises(NotAwaited):
        play.message("m", {"key": 2})
    assert play.message("m", {"key": 1.0}).status == "completed"


@row("Message correlation", "without any key it goes to the event that has waited longest, once", section="8.4.2",
     group=GROUP)  # fmt: skip
def test_a_message_goes_to_one_event():
    diagram = process(
        "p", start("s"), fork("f"), catch("m1", message("m")), catch("m2", message("m")), end("e"),
        "s -> f -> m1 -> e", "f -> m2 -> e",
    )  # fmt: skip
    play = Play(accepted(diagram)).message("m")
    assert play.passed[-2:] == ["m1", "e"]
    assert play.message("m").status == "completed"


@row("Message correlation", "what is thrown inside carries its key, and finds who asks for it", section="8.4.2",
     group=GROUP)  # fmt: skip
def test_a_thrown_key_finds_the_waiting_token():
    def waiting(n: str) -> str:
        return catch(f"m{n}", message("m"), motcua__correlationKey=n)

    diagram = process(
        "p", start("s"), fork("f"), waiting("1"), waiting("2"), user("a"),
        throw("t", message("m"), motcua__correlationKey="k"), end("e"), "s -> f -> m1 -> e", "f -> m2 -> e",
        "f -> a -> t -> e",
    )  # fmt: skip
    play = Play(accepted(diagram)).do("a", k=2)
    assert play.passed[-4:] == ["t", "m2", "e", "e"]
    assert not play.step.thrown
    stays = Play(diagram).do("a", k=3)
    assert [dict(one.correlation or {}) for one in stays.step.thrown] == [{"key": 3}]


@row("Message correlation", "a key that has no value is an incident, to be tried again", section="8.4.2", group=GROUP)
def test_a_key_without_a_value_is_an_incident():
    event = catch("m", message("m"), motcua__correlationKey="n")
    play = Play(accepted(process("p", start("s"), event, end("e"), "s -> m -> e")), n=None)
    assert [(one.element_id, one.kind) for one in play.step.incidents] == [("m", "expression_failed")]


@row("Message event", "without a message, where no message flow names one", section="10.5.5", group=GROUP, refused=True)
def test_a_message_event_needs_a_message():
    nameless = "<messageEventDefinition/>"
    assert refusals(process("p", start("s"), catch("m", nameless), end("e"), "s -> m -> e")) == {"message-missing"}
    assert refusals(process("p", start("s"), receive("m"), end("e"), "s -> m -> e")) == {"message-missing"}
    assert refusals(process("p", start("s"), end("e", nameless), "s -> e")) == {"message-missing"}


@row("Message event", "a key or payload that the sandbox refuses", section="10.5.5", group=GROUP, refused=True)
def test_a_key_must_be_an_expression():
    event = catch("m", message("m"), motcua__correlationKey="__import__('os')")
    assert refusals(process("p", start("s"), event, end("e"), "s -> m -> e")) == {"expression-refused"}
