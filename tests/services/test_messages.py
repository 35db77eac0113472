"""Events from outside: messages are delivered, start something, wait their time, and happen once; signals reach all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors import Forbidden
from services import cleaning, instances, log, messages, outbox, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import instances as lists
from storage.queries.scope import Scope
from storage.tables import BufferedMessage, Instance, OutboxMessage
from tests.engine.diagrams import catch, end, fork, message, script, signal, start, throw, user
from tests.office import Office
from tests.services.bundles import bundle

ALL = Scope(username="system", principals=(), sees_all=True)
WAITS = bundle("waits", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e")
LATER = bundle("later", start("s"), user("do"), catch("c", message("paid")), end("e"), "s -> do -> c -> e")


def send(
    office: Office, name: str = "paid", payload: dict[str, object] | None = None, **more: object
) -> messages.Correlated:
    return messages.send(SYSTEM, name, payload or {}, now=office.now, **more)  # type: ignore[arg-type]


def state(instance: Instance) -> str:
    session().rollback()
    session().expire_all()
    return str(instances.readable(SYSTEM, instance.id).status)


def submit(office: Office, instance: Instance) -> None:
    tasks.submit(SYSTEM, office.open(instance)["do"].id, {}, now=office.now)


def test_a_message_is_delivered_to_the_one_who_waits_with_its_payload(office: Office) -> None:
    office.deploy(WAITS)
    first, second = office.start("waits", business_key="a"), office.start("waits", business_key="b")
    answer = send(office, payload={"amount": 5}, business_key="b")
    assert (answer.result, answer.instances) == ("delivered", (second.id,))
    assert (state(first), state(second)) == ("running", "completed")
    assert instances.variables(SYSTEM, second.id)["amount"] == 5
    assert send(office, business_key="b").result == "buffered"  # nobody of that key waits any more
    assert send(office).instances == (first.id,)


def test_the_oldest_who_waits_gets_it(office: Office) -> None:
    office.deploy(WAITS)
    waiting = []
    for _ in range(3):
        waiting.append(office.start("waits"))
        office.later(seconds=1)
    assert [send(office).instances for _ in waiting] == [(instance.id,) for instance in waiting]


def test_a_message_starts_what_begins_with_it(office: Office) -> None:
    office.deploy(bundle("begins", start("s", message("order")), user("do"), end("e"), "s -> do -> e"))
    answer = send(office, "order", {"item": "kit"}, business_key="o1")
    assert answer.result == "started"
    (row,) = lists.listed(ALL, lists.Wanted(key="begins")).rows
    assert answer.instances == (row.id,)
    assert row.business_key == "o1"
    assert instances.variables(SYSTEM, row.id) == {"item": "kit"}


def test_an_early_message_is_delivered_on_arrival(office: Office) -> None:
    office.deploy(LATER)
    instance, other = office.start("later", business_key="a"), office.start("later", business_key="b")
    assert send(office, payload={"amount": 5}, business_key="a").result == "buffered"
    submit(office, other)
    assert state(other) == "running"
    submit(office, instance)
    assert state(instance) == "completed"
    assert instances.variables(SYSTEM, instance.id)["amount"] == 5
    kinds = [row.kind for row, _ in log.events_of(instance.id)]
    assert kinds == ["instance.started", "task.completed", "message.delivered"]


def test_an_early_message_without_a_key_goes_to_the_first_who_arrives_and_to_one_only(office: Office) -> None:
    office.deploy(LATER)
    first, second = office.start("later"), office.start("later")
    send(office)
    submit(office, second)
    submit(office, first)
    assert (state(first), state(second)) == ("running", "completed")


def test_a_message_that_came_too_early_is_gone_when_its_time_is_over(office: Office) -> None:
    office.deploy(LATER)
    instance = office.start("later")
    send(office, time_to_live=timedelta(minutes=10), message_id="m1")
    office.later(minutes=11)
    submit(office, instance)
    assert state(instance) == "running"
    cleaning.clean(idle_hours=12, draft_days=90, now=office.now)
    kept = session().get(BufferedMessage, "m1")
    assert kept is not None
    assert kept.state == "expired"
    assert send(office, message_id="m1").result == "duplicate"


def test_the_same_message_id_again_does_nothing(office: Office) -> None:
    office.deploy(WAITS)
    first, second = office.start("waits"), office.start("waits")
    assert send(office, message_id="m1").result == "delivered"
    assert send(office, message_id="m1").result == "duplicate"
    assert sorted([state(first), state(second)]) == ["completed", "running"]
    assert send(office, "never", message_id="m2").result == "buffered"
    assert send(office, "never", message_id="m2").result == "duplicate"


def test_an_early_message_that_makes_a_diagram_fail_does_not_stop_who_arrives(office: Office) -> None:
    files = bundle(
        "fragile", start("s"), user("do"), catch("c", message("paid")), script("x", "y = 1 / zero"), end("e"),
        "s -> do -> c -> x -> e",
    )  # fmt: skip
    office.deploy(files)
    instance = office.start("fragile")
    send(office, payload={"zero": 0})
    submit(office, instance)
    assert state(instance) == "running"
    assert [row.kind for row, _ in log.events_of(instance.id)][-2:] == ["message.delivered", "incident.opened"]
    assert instances.readable(SYSTEM, instance.id).incidents == 1


def test_a_signal_reaches_everybody_and_starts_what_begins_with_it(office: Office) -> None:
    office.deploy(bundle("hears", start("s"), catch("c", signal("alarm")), end("e"), "s -> c -> e"))
    office.deploy(bundle("woken", start("s", signal("alarm")), end("e"), "s -> e"))
    hearers = [office.start("hears") for _ in range(3)]
    reached = messages.signal(SYSTEM, "alarm", {"floor": 3}, now=office.now)
    assert {instance.id for instance in hearers} < set(reached)
    assert len(reached) == 4
    assert {state(instance) for instance in hearers} == {"completed"}
    assert instances.variables(SYSTEM, hearers[0].id)["floor"] == 3
    assert len(messages.signal(SYSTEM, "alarm", {}, now=office.now)) == 1  # only the start event still listens
    assert messages.signal(SYSTEM, "silence", {}, now=office.now) == ()


def test_what_a_diagram_throws_is_delivered_after_its_commit_and_once(office: Office) -> None:
    office.deploy(WAITS)
    office.deploy(bundle("hears", start("s"), catch("c", signal("alarm")), end("e"), "s -> c -> e"))
    office.deploy(
        bundle(
            "throws",
            start("s"),
            fork("f"),
            throw("m", message("paid")),
            throw("g", signal("alarm")),
            end("e1"),
            end("e2"),
            "s -> f -> m -> e1",
            "f -> g -> e2",
        )
    )
    waiting, spare = office.start("waits"), office.start("waits")
    hearing = office.start("hears")
    office.start("throws")
    assert (state(waiting), state(hearing)) == ("running", "running")
    thrown = session().query(OutboxMessage).filter_by(kind="event").all()
    assert len(thrown) == 2
    # a crash between the delivery and its note makes the outbox deliver again
    late = office.start("hears")
    for event in thrown:
        office.parts.handlers["event"](event.idempotency_key, event.payload, office.now)
    late_again = office.start("hears")
    for event in thrown:
        assert outbox.send(event.id, office.parts.handlers, now=office.now).state == "sent"
    assert {state(waiting), state(spare)} == {"completed", "running"}
    assert (state(hearing), state(late), state(late_again)) == ("completed", "completed", "running")


def test_only_operators_send_events(office: Office) -> None:
    for username in ("nguoinop", "motcua", "thietke", "quanly"):
        with pytest.raises(Forbidden):
            messages.send(office.viewer(username), "paid", {}, now=office.now)
        with pytest.raises(Forbidden):
            messages.signal(office.viewer(username), "alarm", {}, now=office.now)
