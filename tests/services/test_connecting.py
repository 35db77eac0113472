"""Connectors do the server's own work: after the commit, once more after a fault, as the diagram says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from sqlalchemy import select

from connectors.base import Rejected
from services import connecting, external_tasks, instances, log
from services.external_tasks import Wanted
from services.permissions import SYSTEM
from storage.database import is_inside, session
from storage.tables import ExternalTask, OutboxMessage
from tests.engine.diagrams import boundary, end, error, message, process, send, service, signal, start, user
from tests.office import Office
from tests.services.bundles import bundle
from tests.services.works import incidents_of, status, try_again


@dataclass
class Machine:
    """A connector of the tests: answers or raises what it is told."""

    gives: Mapping[str, Any] | Exception = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def call(self, *, key: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        assert not is_inside()
        assert not session().in_transaction()
        self.calls.append((key, inputs))
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives

    def check_config(self) -> str | None:
        return None


def inputs(**given: str) -> str:
    written = "".join(f"<motcua:input target={quoteattr(n)} source={quoteattr(t)}/>" for n, t in given.items())
    return f"<extensionElements>{written}</extensionElements>"


def one(*parts: str, inside: str = "", **attributes: str) -> dict[str, bytes]:
    work = service("w", inside, motcua__connector="mail", **attributes)
    return bundle("one", start("s"), work, user("after"), end("e"), "s -> w -> after -> e", *parts)


def perform(office: Office, machine: Machine) -> list[bool]:
    return [connecting.perform(i, {"mail": machine}, now=office.now) for i in connecting.due(office.now)]


def test_a_connector_is_called_with_its_inputs_and_its_results_come_back(office: Office) -> None:
    office.deploy(one(inside=inputs(to="=who", text='="Xin " + who'), motcua__resultVariable="sent"))
    instance = office.start("one", {"who": "lan", "other": 1})
    (wait,) = instances.waiting_for(SYSTEM, instance.id)
    assert (wait.kind, wait.name) == ("job", "mail")
    machine = Machine({"id": 7})
    assert perform(office, machine) == [True]
    assert machine.calls == [(f"work:{wait.id}", {"to": "lan", "text": "Xin lan"})]
    assert instances.variables(SYSTEM, instance.id) == {"who": "lan", "other": 1, "sent": {"id": 7}}
    assert list(office.open(instance)) == ["after"]
    assert perform(office, machine) == []
    assert log.verify().breaks == ()


def test_without_inputs_it_sees_all_and_without_a_variable_each_result_is_one(office: Office) -> None:
    office.deploy(one())
    instance = office.start("one", {"a": 1})
    machine = Machine({"b": 2})
    perform(office, machine)
    assert [given for _, given in machine.calls] == [{"a": 1}]
    assert instances.variables(SYSTEM, instance.id) == {"a": 1, "b": 2}


def test_no_worker_can_fetch_what_a_connector_does(office: Office) -> None:
    office.deploy(one())
    office.start("one")
    wanted = [Wanted(topic=topic, lock=timedelta(minutes=1)) for topic in ("", "mail")]
    assert external_tasks.fetch_and_lock(SYSTEM, "w", wanted, most=5, now=office.now) == ()


def test_a_fault_is_tried_again_as_the_diagram_says_then_it_is_an_incident(office: Office) -> None:
    office.deploy(one(motcua__retries="R3/PT5M"))
    instance = office.start("one")
    machine = Machine(ConnectionRefusedError("nobody answers"))
    for _ in range(2):
        assert perform(office, machine) == [True]
        assert perform(office, machine) == []
        office.later(minutes=5)
    assert incidents_of(office, instance) == ()
    perform(office, machine)
    office.later(hours=5)
    assert perform(office, machine) == []
    (incident,) = incidents_of(office, instance)
    assert (incident.kind, incident.reason) == ("work_failed", "ConnectionRefusedError: nobody answers")
    assert len({key for key, _ in machine.calls}) == 1
    machine.gives = {}
    try_again(office, instance, incident.id)
    assert perform(office, machine) == [True]
    assert list(office.open(instance)) == ["after"]


def test_a_server_that_is_down_for_a_night_is_no_incident(office: Office) -> None:
    office.deploy(one())
    instance = office.start("one")
    machine = Machine(TimeoutError())
    for _ in range(100):
        perform(office, machine)
        office.later(minutes=10)
    assert incidents_of(office, instance) == ()
    assert 5 < len(machine.calls) < 9


def test_what_a_connector_refuses_goes_where_the_diagram_catches_it(office: Office) -> None:
    office.deploy(one(boundary("no", "w", error("mail_invalid")), user("mend"), "no -> mend -> e"))
    caught, uncaught = office.start("one"), office.start("one")
    ids = connecting.due(office.now)
    first, second = sorted(ids, key=lambda task_id: instance_of(task_id) != caught.id)
    connecting.perform(first, {"mail": Machine(Rejected("mail_invalid", "no address"))}, now=office.now)
    assert list(office.open(caught)) == ["mend"]
    connecting.perform(second, {"mail": Machine(Rejected("other", "no"))}, now=office.now)
    (incident,) = incidents_of(office, uncaught)  # no instance fails of an error that nobody drew
    assert incident.reason == "other: no"
    assert status(office, uncaught) == "running"


def instance_of(task_id: str) -> str:
    task = session().get(ExternalTask, task_id)
    assert task is not None
    return task.instance_id


def test_what_is_interrupted_while_the_connector_works_is_not_reported(office: Office) -> None:
    office.deploy(one(boundary("stop", "w", signal("stop")), "stop -> e"))
    instance = office.start("one")

    class Interrupted(Machine):
        def call(self, *, key: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
            instances.cancel(SYSTEM, instance.id, "enough", now=office.now)
            return {}

    assert perform(office, Interrupted()) == [True]
    assert status(office, instance) == "cancelled"
    assert perform(office, Machine()) == []


def test_what_crashed_is_done_again_after_its_lock(office: Office) -> None:
    office.deploy(one())
    office.start("one")
    (task_id,) = connecting.due(office.now)

    class PowerCut(BaseException):
        pass

    class Cut(Machine):
        def call(self, *, key: str, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
            raise PowerCut

    with pytest.raises(PowerCut):
        connecting.perform(task_id, {"mail": Cut()}, now=office.now)
    assert connecting.due(office.now) == []
    office.later(minutes=10)
    machine = Machine()
    assert perform(office, machine) == [True]
    assert [key for key, _ in machine.calls] == [f"work:{task_id}"]


def test_what_cannot_be_kept_is_a_failure(office: Office) -> None:
    office.deploy(one(motcua__retries="1"))
    instance = office.start("one")
    perform(office, Machine({"x": object()}))
    (incident,) = incidents_of(office, instance)
    assert "cannot be kept" in incident.reason


def test_a_tick_sends_a_letter_of_a_send_task_and_keeps_it_where_there_is_no_mail_server(office: Office) -> None:
    letter = inputs(to="=email", subject="'Kết quả'", body='="Xin chào"')
    xml = process("post", start("s"), send("w", letter, motcua__connector="mail"), end("e"), "s -> w -> e")
    office.deploy({"post.bpmn": xml})
    instance = office.start("post", {"email": "lan@vi.example"})
    ticked = office.tick()
    assert (ticked.worked, status(office, instance)) == (1, "completed")
    (kept,) = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "email"))
    assert kept.payload == {"to": "lan@vi.example", "subject": "Kết quả", "body": "Xin chào"}
    office.tick()
    office.look()
    (kept,) = session().scalars(select(OutboxMessage).where(OutboxMessage.kind == "email"))
    assert kept.state == "kept"


def test_messages_are_no_work(office: Office) -> None:
    office.deploy(bundle("plain", start("s"), end("e", message("x")), "s -> e"))
    office.start("plain")
    assert connecting.due(office.now) == []
