"""Starting: processes begin with messages, signals, timers and conditions, in the version that is in force."""

from __future__ import annotations

from datetime import timedelta

from services import definitions, instances, messages, starting
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import instances as lists
from storage.queries.scope import Scope
from storage.tables import Definition, StartEvent
from tests.engine.diagrams import (
    catch,
    condition,
    cycle,
    duration,
    end,
    first,
    message,
    pools,
    receive,
    send,
    signal,
    start,
    throw,
    user,
)
from tests.office import Office
from tests.services.bundles import bundle

ALL = Scope(username="system", principals=(), sees_all=True)


def of(key: str) -> list[str]:
    session().rollback()
    session().expire_all()
    return [row.id for row in lists.listed(ALL, lists.Wanted(key=key)).rows]


def said(office: Office, name: str, **payload: object) -> messages.Correlated:
    return messages.send(SYSTEM, name, payload, now=office.now)


def heard(office: Office, name: str) -> tuple[str, ...]:
    return messages.signal(SYSTEM, name, {}, now=office.now)


def begun(key: str, *more: str, event: str) -> dict[str, bytes]:
    return bundle(key, start("s", event), user("do", motcua__priority=(more or ("50",))[0]), end("e"), "s -> do -> e")


def test_only_the_version_in_force_begins(office: Office) -> None:
    office.deploy(begun("told", "1", event=message("go")))
    second = office.deploy(begun("told", "2", event=message("go")))
    draft = begun("told", "3", event=message("go"))
    office.deploy(draft, publish=False)
    assert said(office, "go").result == "started"
    assert {row.version for row in lists.listed(ALL, lists.Wanted(key="told")).rows} == {2}
    definitions.retire(SYSTEM, second.definitions[0].id, now=office.now)
    assert said(office, "go").result == "buffered"
    office.deploy(draft)
    assert said(office, "go").result == "started"
    assert session().query(StartEvent).count() == 1


def test_processes_published_before_starts_were_listed_begin_too(office: Office) -> None:
    office.deploy(begun("told", event=message("go")))
    session().query(StartEvent).delete()
    session().query(Definition).update({"starts_listed": False})
    session().commit()
    assert said(office, "go").result == "started"


def test_of_several_that_begin_with_a_message_the_first_published_gets_it(office: Office) -> None:
    for key in ("b", "a", "c"):
        office.deploy(begun(key, event=message("go")))
        office.later(seconds=1)
    assert [said(office, "go").result for _ in range(2)] == ["started"] * 2
    assert [len(of(key)) for key in ("a", "b", "c")] == [0, 2, 0]


def test_a_signal_begins_every_process_that_waits_for_it(office: Office) -> None:
    for key in ("a", "b"):
        office.deploy(begun(key, event=signal("x")))
    office.deploy(bundle("throws", start("s"), throw("t", signal("x")), end("e"), "s -> t -> e"))
    assert len(heard(office, "x")) == 2
    office.start("throws")
    office.tick(seconds=1)
    assert [len(of(key)) for key in ("a", "b")] == [2, 2]


def test_a_message_prefers_who_waits_to_a_new_instance(office: Office) -> None:
    loop = bundle("loop", start("s", message("m")), catch("c", message("m")), end("e"), "s -> c -> e")
    office.deploy(loop)
    assert [said(office, "m").result for _ in range(4)] == ["started", "delivered", "started", "delivered"]


def test_what_needs_all_its_events_begins_once(office: Office) -> None:
    both = start("s", message("m") + signal("x"), parallelMultiple="true")
    office.deploy(bundle("both", both, user("do"), end("e"), "s -> do -> e"))
    first_ = said(office, "m", a=1)
    second = said(office, "m", a=2)
    assert (first_.result, second.result) == ("started", "started")
    assert set(heard(office, "x")) == {*first_.instances, *second.instances}
    assert all("do" in office.open(instances.readable(SYSTEM, one)) for one in of("both"))
    (third,) = heard(office, "x")
    assert not office.open(instances.readable(SYSTEM, third))
    assert said(office, "m", a=3).instances == (third,)


def test_a_parallel_gateway_gathers_its_messages_in_one_instance(office: Office) -> None:
    gateway = first("g", instantiate="true", eventGatewayType="Parallel")
    office.deploy(
        bundle(
            "gather",
            gateway,
            catch("x", message("x")),
            catch("y", message("y")),
            end("e"),
            "g -> x -> e",
            "g -> y -> e",
        )
    )
    begun_ = messages.send(SYSTEM, "y", {}, now=office.now, business_key="1")
    other = messages.send(SYSTEM, "x", {}, now=office.now, business_key="2")
    assert (begun_.result, other.result) == ("started", "started")
    assert messages.send(SYSTEM, "x", {}, now=office.now, business_key="1").instances == begun_.instances
    assert messages.send(SYSTEM, "y", {}, now=office.now, business_key="2").instances == other.instances
    assert {instances.readable(SYSTEM, one).status for one in of("gather")} == {"completed"}


def test_an_instantiating_receive_task_begins_with_its_message(office: Office) -> None:
    task = receive("r", messageRef="message_m", instantiate="true")
    office.deploy(bundle("receives", task, user("do"), end("e"), "r -> do -> e"))
    answer = said(office, "m", n=1)
    assert answer.result == "started"
    assert instances.variables(SYSTEM, answer.instances[0]) == {"n": 1}


def test_a_thrown_message_begins_the_pool_of_its_flow(office: Office) -> None:
    office.deploy(begun("stranger", event=message("m")))
    office.later(seconds=1)
    asks = (start("s"), send("ask", messageRef="message_m"), end("e"), "s -> ask -> e")
    office.deploy({"a.bpmn": pools("ask -> s2", asks=asks, wanted=(start("s2", message("m")), user("u"), "s2 -> u"))})
    office.start("asks", business_key="k")
    office.tick(seconds=1)
    assert (len(of("stranger")), len(of("wanted"))) == (0, 1)
    assert instances.readable(SYSTEM, of("wanted")[0]).business_key == "k"


def test_every_missed_start_is_made_up_for(office: Office) -> None:
    office.deploy(begun("hourly", event=cycle("R/PT1H")))
    office.deploy(begun("nightly", event=cycle("0 0 2 * * ?")))
    office.deploy(begun("once", event=duration("PT1H")))
    office.tick(hours=5)
    assert [len(of(key)) for key in ("hourly", "nightly", "once")] == [5, 0, 1]
    office.tick(days=2)
    office.tick(seconds=1)
    office.tick(seconds=1)
    assert [lists.count(ALL, lists.Wanted(key=key)) for key in ("hourly", "nightly", "once")] == [53, 2, 1]


def test_two_timers_of_one_start_event_are_kept_apart(office: Office) -> None:
    office.deploy(begun("twice", event=duration("PT1H") + duration("PT3H")))
    counts = []
    for _ in range(4):
        office.tick(hours=1)
        counts.append(len(of("twice")))
    assert counts == [1, 1, 2, 2]


def test_conditions_are_looked_at_when_a_program_asks(office: Office) -> None:
    office.deploy(begun("high", event=condition("water > 3")))
    office.deploy(begun("low", event=condition("water < 1")))
    office.deploy(begun("other", event=condition("fire == True")))
    (one,) = starting.by_conditions(SYSTEM, {"water": 4}, now=office.now, business_key="k")
    assert (instances.readable(SYSTEM, one).key, instances.readable(SYSTEM, one).business_key) == ("high", "k")
    assert instances.variables(SYSTEM, one) == {"water": 4}
    assert starting.by_conditions(SYSTEM, {"water": 4}, now=office.now, key="low") == ()
    assert len(starting.by_conditions(SYSTEM, {"water": 0, "fire": True}, now=office.now)) == 2


def test_a_start_is_due_again_after_the_version_came_back(office: Office) -> None:
    files = begun("hourly", event=cycle("R/PT1H"))
    first_ = office.deploy(files)
    office.later(minutes=30)
    definitions.retire(SYSTEM, first_.definitions[0].id, now=office.now)
    assert office.tick(hours=5).timers == 0
    office.deploy(files)
    assert office.tick(minutes=59).timers == 0
    assert office.tick(minutes=1).timers == 1
    assert len(of("hourly")) == 1
    assert office.now - instances.readable(SYSTEM, of("hourly")[0]).started_at < timedelta(seconds=1)
