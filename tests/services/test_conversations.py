"""Conversations: what one instance sends reaches the right one among many, by its keys or by who talks with whom."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services import instances, messages, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import instances as lists
from storage.queries.scope import Scope
from storage.tables import BufferedMessage
from tests.engine.diagrams import (
    catch,
    duration,
    end,
    first,
    fork,
    message,
    pools,
    receive,
    script,
    send,
    signal,
    start,
    throw,
    user,
)
from tests.office import Office
from tests.services.bundles import bundle

ALL = Scope(username="system", principals=(), sees_all=True)


def said(office: Office, name: str, payload: dict[str, object] | None = None, **more: Any) -> messages.Correlated:
    return messages.send(SYSTEM, name, payload or {}, now=office.now, **more)


def state(instance_id: str) -> tuple[str, dict[str, object]]:
    session().rollback()
    session().expire_all()
    return instances.readable(SYSTEM, instance_id).status, instances.variables(SYSTEM, instance_id)


def of(key: str) -> list[str]:
    session().rollback()
    session().expire_all()
    return [row.id for row in lists.listed(ALL, lists.Wanted(key=key)).rows]


def do(office: Office, instance_id: str, element: str, **answers: object) -> None:
    tasks.submit(SYSTEM, office.open(instances.readable(SYSTEM, instance_id))[element].id, answers, now=office.now)


def talk(office: Office) -> None:
    """Let everything thrown arrive."""
    for _ in range(6):
        office.tick(seconds=1)


# -- a key of the waiting event

KEYED = bundle(
    "keyed", start("s"), catch("c", message("paid"), motcua__correlationKey="order", motcua__payloadVariable="got"),
    end("e"), "s -> c -> e",
)  # fmt: skip


@pytest.mark.parametrize("said_as", ["correlation", "business key", "variable"])
def test_a_key_finds_the_one_among_many(office: Office, said_as: str) -> None:
    office.deploy(KEYED)
    waiting = [office.start("keyed", {"order": number}) for number in ("a", "b", "c")]
    more: dict[str, Any] = {"correlation": {"key": "b"}}
    if said_as == "business key":
        more = {"business_key": "b"}
    elif said_as == "variable":
        more = {"correlation": {"order": "b"}}
    assert said(office, "paid", {"amount": 5}, **more).instances == (waiting[1].id,)
    assert state(waiting[1].id) == ("completed", {"order": "b", "got": {"amount": 5}})
    assert said(office, "paid", **more).result == "buffered"
    assert said(office, "paid").result == "buffered"  # without a key it is for nobody


def test_an_early_message_waits_for_its_key(office: Office) -> None:
    office.deploy(KEYED)
    for number in range(150):
        assert said(office, "paid", {"n": number}, correlation={"key": number}).result == "buffered"
    assert said(office, "paid", {"n": "by business key"}, business_key="b").result == "buffered"
    found = [office.start("keyed", {"order": number}) for number in (120, Decimal("3.0"), "b", 999)]
    assert [state(one.id)[1].get("got") for one in found] == [{"n": 120}, {"n": 3}, {"n": "by business key"}, None]
    assert session().query(BufferedMessage).filter_by(state="delivered").count() == 3


# -- keys of BPMN

PROPERTY = (
    '<correlationProperty id="number" name="order number">'
    '<correlationPropertyRetrievalExpression messageRef="message_order"><messagePath>no</messagePath>'
    "</correlationPropertyRetrievalExpression>"
    '<correlationPropertyRetrievalExpression messageRef="message_bill"><messagePath>bill["no"]</messagePath>'
    "</correlationPropertyRetrievalExpression></correlationProperty>"
)
KEY = '<correlationKey id="by_number" name="n"><correlationPropertyRef>number</correlationPropertyRef></correlationKey>'


def shop(*seller: str, flows: tuple[str, ...] = ("ask -> s2", "bill -> got")) -> dict[str, bytes]:
    xml = pools(
        *flows, inside=KEY,
        buyer=(
            start("s"), throw("ask", message("order"), motcua__payload='{"no": no, "what": what}'),
            catch("got", message("bill"), motcua__payloadVariable="answer"), end("e"), "s -> ask -> got -> e",
        ),
        seller=(
            start("s2", message("order")), *seller,
            throw("bill", message("bill"), motcua__payload='{"bill": {"no": no, "sum": 7}}'), end("e2"),
        ),
    )  # fmt: skip
    return {"shop.bpmn": xml.replace(b"<collaboration", PROPERTY.encode() + b"<collaboration", 1)}


def test_the_first_message_fixes_the_key_and_the_answer_finds_it(office: Office) -> None:
    office.deploy(shop(user("pack"), "s2 -> pack -> bill -> e2"))
    buyers = [office.start("buyer", {"no": number, "what": "kit"}) for number in (1, 2, 3)]
    talk(office)
    sellers = of("seller")
    assert sorted(state(one)[1]["no"] for one in sellers) == [1, 2, 3]  # type: ignore[type-var]
    for one in reversed(sellers):
        do(office, one, "pack")
    talk(office)
    for buyer in buyers:
        status, variables = state(buyer.id)
        assert (status, variables["answer"]) == ("completed", {"bill": {"no": variables["no"], "sum": 7}})


def test_a_key_of_the_conversation_finds_the_waiting_one_from_outside(office: Office) -> None:
    office.deploy(shop(user("pack"), "s2 -> pack -> bill -> e2"))
    buyers = [office.start("buyer", {"no": number, "what": "kit"}) for number in (1, 2, 3)]
    assert said(office, "bill", {"bill": {"no": 9}}).result == "buffered"
    assert said(office, "bill", {"bill": {"no": 3}}).instances == (buyers[2].id,)
    assert said(office, "bill", correlation={"order number": 2}).instances == (buyers[1].id,)


def test_an_answer_that_comes_early_waits_for_its_conversation(office: Office) -> None:
    office.deploy(shop("s2 -> bill -> e2"))
    said(office, "bill", {"bill": {"no": 2}})
    said(office, "bill", {"bill": {"no": 1}})
    buyers = [office.start("buyer", {"no": number, "what": "kit"}) for number in (1, 2)]
    assert [state(buyer.id)[1]["answer"] for buyer in buyers] == [{"bill": {"no": 1}}, {"bill": {"no": 2}}]


def test_a_subscription_follows_the_variables(office: Office) -> None:
    subscription = (
        '<correlationSubscription correlationKeyRef="by_number"><correlationPropertyBinding '
        'correlationPropertyRef="number"><dataPath>wanted</dataPath></correlationPropertyBinding></correlationSubscription>'
    )
    xml = pools(
        "out -> got",
        inside=KEY,
        waits=(
            start("s"),
            fork("f"),
            user("change"),
            catch("got", message("order")),
            end("e"),
            "s -> f -> change -> e",
            "f -> got -> e",
        ),
        tells=(start("s2"), throw("out", message("order")), end("e2"), "s2 -> out -> e2"),
    ).replace(b"<collaboration", PROPERTY.replace("message_bill", "message_order2").encode() + b"<collaboration", 1)
    xml = xml.replace(b"<message id", b'<message id="message_order2" name="o2"/><message id', 1)
    end_of = b'<process id="waits" isExecutable="true">'
    head, _, tail = xml.partition(end_of)
    inner, _, rest = tail.partition(b"</process>")
    office.deploy({"a.bpmn": head + end_of + inner + subscription.encode() + b"</process>" + rest})
    first_, second = office.start("waits", {"wanted": 1}), office.start("waits", {"wanted": 2})
    assert said(office, "order", {"no": 3}).result == "buffered"
    do(office, first_.id, "change", wanted=4)
    assert said(office, "order", {"no": 1}).result == "buffered"
    assert said(office, "order", {"no": 4}).instances == (first_.id,)
    assert said(office, "order", {"no": 2}).instances == (second.id,)


# -- pools without keys

ASKS = (start("s"), send("ask"), receive("answer"), end("e"), "s -> ask -> answer -> e")
ANSWERS = (
    start("s2", "<messageEventDefinition/>"),
    user("think"),
    send("tell"),
    end("e2"),
    "s2 -> think -> tell -> e2",
)


def test_pools_that_name_no_message_talk_and_the_answer_goes_to_who_asked(office: Office) -> None:
    office.deploy({"talk.bpmn": pools("ask -> s2", "tell -> answer", asks=ASKS, answers=ANSWERS)})
    asking = [office.start("asks", {"n": number}) for number in range(4)]
    talk(office)
    answering = of("answers")
    by_number = {state(one)[1]["n"]: one for one in answering}
    for number in (2, 0, 3, 1):
        do(office, by_number[number], "think", heard=number)
        talk(office)
    for number, one in enumerate(asking):
        assert state(one.id) == ("completed", {"n": number, "heard": number})
    assert len(answering) == 4


def test_an_answer_that_comes_before_it_is_awaited_is_kept_for_who_asked(office: Office) -> None:
    asks = (start("s"), send("ask"), user("wait"), receive("answer"), end("e"), "s -> ask -> wait -> answer -> e")
    answers = (start("s2", "<messageEventDefinition/>"), send("tell"), end("e2"), "s2 -> tell -> e2")
    office.deploy({"talk.bpmn": pools("ask -> s2", "tell -> answer", asks=asks, answers=answers)})
    first_ = office.start("asks", {"n": 1})
    second = office.start("asks", {"n": 2})
    do(office, second.id, "wait")
    talk(office)
    assert (state(second.id), state(first_.id)[0]) == (("completed", {"n": 2}), "running")
    do(office, first_.id, "wait")
    assert state(first_.id) == ("completed", {"n": 1})


def test_what_flows_to_a_pool_is_not_for_others_who_await_the_same_name(office: Office) -> None:
    office.deploy(bundle("stranger", start("s"), catch("c", message("m")), end("e"), "s -> c -> e"))
    stranger = office.start("stranger")
    sends = (start("s"), throw("t", message("m")), end("e"), "s -> t -> e")
    hearer = (start("s2"), catch("h", message("m")), end("e2"), "s2 -> h -> e2")
    office.deploy({"two.bpmn": pools("t -> h", sends=sends, hears=hearer)})
    hears = office.start("hears")
    office.start("sends")
    office.start("sends")
    talk(office)
    assert (state(hears.id)[0], state(stranger.id)[0]) == ("completed", "running")
    late = office.start("hears")
    assert state(late.id)[0] == "completed"  # the second one was kept for the pool


def test_a_message_goes_along_each_of_its_flows(office: Office) -> None:
    def hears(number: str) -> tuple[str, ...]:
        return (start("s" + number, message("m")), user("u" + number), f"s{number} -> u{number}")

    sends = (start("s"), throw("t", message("m")), end("e"), "s -> t -> e")
    office.deploy({"three.bpmn": pools("t -> s1", "t -> s2", sends=sends, one=hears("1"), two=hears("2"))})
    office.start("sends")
    talk(office)
    assert (len(of("one")), len(of("two"))) == (1, 1)


def test_what_nobody_is_meant_by_is_kept_for_an_hour_what_somebody_is_for_long(office: Office) -> None:
    office.deploy(bundle("tells", start("s"), throw("t", message("m")), end("e"), "s -> t -> e"))
    office.deploy(bundle("hears", start("s"), catch("c", message("m")), end("e"), "s -> c -> e"))
    office.start("tells", business_key="k")
    office.start("tells")
    talk(office)
    office.tick(hours=2)
    assert state(office.start("hears", business_key="k").id)[0] == "completed"
    assert state(office.start("hears").id)[0] == "running"


def test_what_an_instance_sends_is_not_for_those_of_another_business_key(office: Office) -> None:
    office.deploy(bundle("hears", start("s"), catch("c", message("m")), end("e"), "s -> c -> e"))
    office.deploy(bundle("tells", start("s"), throw("t", message("m")), end("e"), "s -> t -> e"))
    hearing = {key: office.start("hears", business_key=key) for key in ("a", "b", "c")}
    office.start("tells", business_key="b")
    office.start("tells", business_key="z")
    talk(office)
    assert [state(one.id)[0] for one in hearing.values()] == ["running", "completed", "running"]
    assert state(office.start("hears", business_key="z").id)[0] == "completed"


def test_thrown_keys_find_those_who_ask_for_them(office: Office) -> None:
    office.deploy(KEYED)
    office.deploy(
        bundle(
            "pays", start("s"), throw("t", message("paid"), motcua__correlationKey="no", motcua__payload="{'sum': 3}"),
            end("e"), "s -> t -> e",
        )
    )  # fmt: skip
    waiting = [office.start("keyed", {"order": number}) for number in (1, 2, 3)]
    office.start("pays", {"no": 3})
    talk(office)
    assert [state(one.id)[0] for one in waiting] == ["running", "running", "completed"]
    assert state(waiting[2].id)[1]["got"] == {"sum": 3}


def test_what_is_sent_keeps_its_kind(office: Office) -> None:
    office.deploy(bundle("tells", start("s"), throw("t", message("m")), end("e"), "s -> t -> e"))
    office.deploy(bundle("hears", start("s"), catch("c", message("m")), end("e"), "s -> c -> e"))
    sent = {"sum": Decimal("1.10"), "at": office.now, "on": office.now.date(), "$packed": 1}
    hears = office.start("hears")
    office.start("tells", sent)
    talk(office)
    assert state(hears.id) == ("completed", sent)
    office.start("tells", sent)
    talk(office)
    assert state(office.start("hears").id) == ("completed", sent)  # kept until it was awaited


# -- the order of the clock


def test_a_message_after_a_due_moment_comes_too_late_even_before_the_tick(office: Office) -> None:
    race = bundle(
        "race", start("s"), first("g"), catch("t", duration("PT1H")), catch("m", message("m")),
        script("late", "late = 1"), script("got", "got = 1"), end("e"),
        "s -> g -> t -> late -> e", "g -> m -> got -> e",
    )  # fmt: skip
    office.deploy(race)
    slow, quick = office.start("race", business_key="slow"), office.start("race", business_key="quick")
    office.later(minutes=59)
    assert said(office, "m", business_key="quick").result == "delivered"
    office.later(minutes=2)
    assert said(office, "m", business_key="slow").result == "buffered"
    assert (state(quick.id)[1], state(slow.id)[1]) == ({"got": 1}, {"late": 1})
    assert office.tick().timers == 0


# -- signals


def test_a_thrown_signal_reaches_each_once_and_not_its_thrower_again(office: Office) -> None:
    office.deploy(bundle("hears", start("s"), catch("c", signal("x")), user("do"), end("e"), "s -> c -> do -> e"))
    office.deploy(
        bundle("throws", start("s"), throw("t", signal("x")), catch("c", signal("x")), end("e"), "s -> t -> c -> e")
    )
    hearing = [office.start("hears") for _ in range(3)]
    thrower = office.start("throws")
    office.later(seconds=1)
    late = office.start("hears")
    talk(office)
    assert {tuple(office.open(instances.readable(SYSTEM, one.id))) for one in hearing} == {("do",)}
    assert state(thrower.id)[0] == "running"
    assert not office.open(instances.readable(SYSTEM, late.id))
    assert messages.signal(SYSTEM, "x", {}, now=office.now) != ()
    assert state(thrower.id)[0] == "completed"
