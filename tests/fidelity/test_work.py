"""Work outside: service, send and business rule tasks that a program or a connector carries out."""

from __future__ import annotations

import pytest

from engine import runner
from engine.events import WaitKind
from errors import TaskNotOpen
from tests.engine.diagrams import (
    again,
    boundary,
    call,
    compensate,
    duration,
    each,
    end,
    error,
    fork,
    handler,
    message,
    node,
    process,
    rule,
    send,
    service,
    signal,
    start,
    sub,
    throw,
    undone_by,
    user,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.uploads import accepted, refusals

GROUP = "Activities"


def one(task: str, *parts: str, flows: tuple[str, ...] = ()) -> bytes:
    return accepted(process("p", start("s"), task, end("e"), "s -> w -> e", *parts, *flows))


@row("Service task", "with a topic waits for a program outside, which gives variables", section="10.3.3.1", group=GROUP)
def test_a_service_task_waits_for_a_program():
    play = Play(one(service("w", motcua__topic="pay", motcua__retries="R3/PT1M")), amount=5)
    (wait,) = play.step.waits
    assert (wait.kind, wait.name, wait.retries) == (WaitKind.EXTERNAL_TASK, "pay", "R3/PT1M")
    assert (play.tasks, play.status) == ([], "running")
    assert play.sees("w") == {"amount": 5}
    play.do("w", receipt="A1", amount=6)
    assert (play.status, play.vars) == ("completed", {"amount": 6, "receipt": "A1"})
    assert play.history == [
        ("passed", "s"), ("entered", "w"), ("completed", "w"), ("passed", "e"),
    ]  # fmt: skip


@row("Service task", "its topic may be an expression, read when it is entered", section="10.3.3.1", group=GROUP)
@pytest.mark.parametrize("topic", ["pay-${kind}", '="pay-" + kind'])
def test_a_topic_may_be_computed(topic: str):
    play = Play(one(service("w", motcua__topic=topic)), kind="card")
    assert play.works == [("w", "pay-card")]
    play.take(runner.set_variables, {"kind": "cash"})
    assert play.works == [("w", "pay-card")]


@row("Send task", "with a topic or connector sends by it, not by a message", section="10.3.3.2", group=GROUP)
@pytest.mark.parametrize("how", [{"motcua__topic": "sms"}, {"motcua__connector": "mail"}])
def test_a_send_task_may_be_done_outside(how: dict[str, str]):
    play = Play(one(send("w", **how)))
    assert play.works == [("w", next(iter(how.values())))]
    assert play.do("w").status == "completed"
    assert play.step.thrown == ()


@row("Business rule task", "with a topic asks a program outside", section="10.3.3.5", group=GROUP)
def test_a_business_rule_task_may_be_done_outside():
    play = Play(one(rule("w", motcua__topic="score")))
    assert play.works == [("w", "score")]
    assert play.do("w", score=7).vars == {"score": 7}


@row("Service task", "with a connector is work of the server itself", section="10.3.3.1", group=GROUP)
def test_a_connector_is_a_job():
    play = Play(one(service("w", motcua__connector="mail")))
    (wait,) = play.step.waits
    assert (wait.kind, wait.name) == (WaitKind.JOB, "mail")
    assert play.do("w").status == "completed"


@row("Service task", "without anything that carries it out", section="10.3.3.1", group=GROUP, refused=True)
def test_a_service_task_that_nothing_does_is_refused():
    assert refusals(process("p", start("s"), service("w"), end("e"), "s -> w -> e")) == {"service-task"}


@row("Service task", "a program's BPMN error is caught by its code", section="10.5.3.2", group=GROUP)
def test_a_program_may_report_a_modelled_error():
    diagram = accepted(
        process(
            "p", start("s"), service("w", motcua__topic="t"), boundary("no", "w", error("NO")),
            boundary("any", "w", error()), user("mend"), user("look"), end("e"),
            "s -> w -> e", "no -> mend -> e", "any -> look -> e",
        )
    )  # fmt: skip
    play = Play(diagram).fail("w", "NO", why="x")
    assert (play.tasks, play.vars) == (["mend"], {"why": "x"})
    assert play.history[1:] == [("entered", "w"), ("cancelled", "w"), ("passed", "no"), ("entered", "mend")]
    assert Play(diagram).fail("w", "OTHER").tasks == ["look"]


@row("Service task", "an error that nothing catches fails the instance with its code", section="10.5.3.2", group=GROUP)
def test_an_uncaught_error_of_a_program_fails_the_instance():
    play = Play(one(service("w", motcua__topic="t"))).fail("w", "NO")
    assert (play.status, play.step.error_code, play.history[-1]) == ("failed", "NO", ("failed", "w"))


@row("Service task", "an error goes to an event sub-process around it", section="10.3.5.1", group=GROUP)
def test_an_error_of_a_program_reaches_an_event_sub_process():
    undo = handler("h", start("hs", error("NO")), user("mend"), end("he"), "hs -> mend -> he")
    play = Play(one(service("w", motcua__topic="t"), undo)).fail("w", "NO")
    assert play.tasks == ["mend"]
    assert play.do("mend").status == "completed"


@row("Service task", "an interrupting timer takes the work away", section="10.5.4", group=GROUP)
def test_a_timer_interrupts_work():
    diagram = accepted(
        process(
            "p", start("s"), service("w", motcua__topic="t"), boundary("late", "w", duration("PT1H")), user("call"),
            end("e"), "s -> w -> e", "late -> call -> e",
        )
    )  # fmt: skip
    play = Play(diagram)
    work = play.id_of("w")
    assert (play.later(minutes=61).works, play.tasks) == ([], ["call"])
    with pytest.raises(TaskNotOpen):
        play.take(runner.complete_task, work, {})
    again_ = Play(diagram).do("w")
    assert (again_.status, again_.step.next_due) == ("completed", None)


@row("Service task", "a non-interrupting event goes on beside the work", section="10.5.4", group=GROUP)
def test_an_event_beside_work_leaves_it_open():
    diagram = accepted(
        process(
            "p", start("s"), service("w", motcua__topic="t"),
            boundary("note", "w", signal("look"), interrupting=False), user("call"), end("e"),
            "s -> w -> e", "note -> call -> e",
        )
    )  # fmt: skip
    play = Play(diagram).signal("look")
    assert (play.works, play.tasks) == ([("w", "t")], ["call"])
    assert play.do("w").status == "running"
    assert play.do("call").status == "completed"


@row("Service task", "in a parallel multi-instance each piece of work sees its own item", section="10.3.8", group=GROUP)
@pytest.mark.parametrize("sequential", [False, True])
def test_work_for_each_item(sequential: bool):
    loop = each("names", item="name", out="codes", out_item="code", sequential=sequential)
    play = Play(one(service("w", loop, motcua__topic="greet-${name}")), names=["an", "binh"])
    if sequential:
        assert play.works == [("w", "greet-an")]
        play.do("w", code=1).do("w", code=2)
    else:
        assert play.works == [("w", "greet-an"), ("w", "greet-binh")]
        assert [play.sees("w", n)["name"] for n in (0, 1)] == ["an", "binh"]
        play.do("w", 1, code=2).do("w", code=1)
    assert (play.status, play.vars["codes"]) == ("completed", [1, 2])
    assert "name" not in play.vars


@row("Service task", "an error of one of many ends the others", section="10.3.8", group=GROUP)
def test_an_error_of_one_piece_of_work_ends_the_others():
    diagram = accepted(
        process(
            "p", start("s"), service("w", each(times="3"), motcua__topic="t"), boundary("no", "w", error("NO")),
            user("mend"), end("e"), "s -> w -> e", "no -> mend -> e",
        )
    )  # fmt: skip
    play = Play(diagram).fail("w", "NO", 1)
    assert (play.works, play.tasks) == ([], ["mend"])


@row("Service task", "in a standard loop is done again while the condition holds", section="10.3.8", group=GROUP)
def test_work_in_a_loop():
    play = Play(one(service("w", again("n < 3"), motcua__topic="t")), n=0)
    for n in (1, 2):
        assert play.do("w", n=n).works == [("w", "t")]
    assert play.do("w", n=3).status == "completed"


@row("Service task", "a terminate end event beside it takes the work away", section="10.5.3", group=GROUP)
def test_termination_takes_work_away():
    parts = (
        start("s"), fork("f"), service("w", motcua__topic="t"), user("stop"), end("e"),
        end("t", "<terminateEventDefinition/>"), "s -> f -> w -> e", "f -> stop -> t",
    )  # fmt: skip
    play = Play(accepted(process("p", *parts))).do("stop")
    assert (play.status, play.works, ("cancelled", "w") in play.history) == ("completed", [], True)


@row("Service task", "that failed too often is an incident and waits on", section="10.3.3.1", group=GROUP)
def test_failed_work_is_an_incident():
    play = Play(one(service("w", motcua__topic="t")))
    work = play.id_of("w")
    play.take(runner.fail, work, "down")
    (incident,) = play.step.incidents
    assert (incident.id, incident.element_id, incident.kind, incident.reason) == (work, "w", "work_failed", "down")
    assert play.works == [("w", "t")]
    play.take(runner.retry, work)
    assert (play.step.incidents, play.works) == ((), [("w", "t")])
    play.take(runner.fail, work, "down")
    assert play.do("w", x=1).status == "completed"
    assert play.step.incidents == ()


@row("Service task", "whose topic cannot be computed is an incident", section="10.3.3.1", group=GROUP)
@pytest.mark.parametrize("attributes", [{"topic": "${kind}"}, {"topic": "t", "retries": "${kind}"}])
def test_a_topic_that_cannot_be_computed_is_an_incident(attributes: dict[str, str]):
    play = Play(one(service("w", **{f"motcua__{name}": text for name, text in attributes.items()})), kind="?")
    if "retries" not in attributes:
        play = Play(one(service("w", motcua__topic="${missing}")))
    (incident,) = play.step.incidents
    assert (incident.element_id, play.works) == ("w", [])
    play.take(runner.retry, incident.id, variables={"kind": "3", "missing": "3"})
    assert play.step.incidents == ()
    assert len(play.works) == 1


def test_inputs_and_outputs_of_work():
    inside = (
        '<extensionElements><motcua:input target="sum" source="=amount * 2"/>'
        '<motcua:output target="paid" source="=receipt"/></extensionElements>'
    )
    play = Play(one(service("w", inside, motcua__topic="pay-${sum}")), amount=3)
    assert (play.works, play.sees("w")) == ([("w", "pay-6")], {"amount": 3, "sum": 6})
    assert play.do("w", receipt="A").vars["paid"] == "A"
    assert "sum" not in play.vars


def test_work_in_a_sub_process_goes_with_it():
    inside = sub("in", start("s2"), service("x", motcua__topic="t"), end("e2"), "s2 -> x -> e2")
    diagram = process(
        "p", start("s"), inside, boundary("b", "in", signal("stop")), end("e"), end("e3"), "s -> in -> e", "b -> e3"
    )
    play = Play(accepted(diagram))
    assert play.works == [("x", "t")]
    assert (play.signal("stop").status, play.works) == ("completed", [])


def test_two_pieces_of_work_of_one_element_are_told_apart():
    parts = start("s"), fork("f"), service("w", motcua__topic="t"), end("e"), "s -> f -> w -> e", "f -> w"
    play = Play(accepted(process("p", *parts)))
    assert len({wait.id for wait in play.step.waits}) == 2
    assert play.do("w", a=1).works == [("w", "t")]
    assert play.do("w", b=2).vars == {"a": 1, "b": 2}


def test_messages_are_still_sent_by_send_tasks_and_events():
    xml = process(
        "p", start("s"), send("m", messageRef="message_x"), throw("t", message("x")), end("e"), "s -> m -> t -> e"
    )
    assert [each_.name for each_ in Play(xml).step.thrown] == ["x", "x"]
    assert refusals(process("p", start("s"), node("sendTask", "m"), end("e"), "s -> m -> e")) == {"message-missing"}


@row("Service task", "as a compensation handler undoes what has completed", section="13.5.5", group=GROUP)
def test_work_undoes_what_has_completed():
    book = service("w", motcua__topic="book") + undone_by("w", service("undo", motcua__topic="cancel"))
    parts = start("s"), book, throw("t", compensate()), end("e"), "s -> w -> t -> e"
    play = Play(accepted(process("p", *parts))).do("w", booking=7)
    assert play.works == [("undo", "cancel")]
    assert play.sees("undo")["booking"] == 7
    assert play.do("undo").status == "completed"
    assert play.passed == ["s", "w", "undo", "t", "e"]


def test_work_of_a_called_process_is_its_own():
    called = process("c", start("s"), service("w", motcua__topic="t-${n}"), end("e"), "s -> w -> e")
    outer = process("p", start("s"), call("c", "c"), end("e"), "s -> c -> e")
    play = Play(outer, called, n=1)
    (wait,) = play.step.waits
    assert (wait.process_key, wait.element_id, wait.name) == ("c", "w", "t-1")
    assert play.do("w", x=2).vars == {"n": 1, "x": 2}


FOREIGN = {
    "camunda": (
        'camunda:type="external" camunda:topic="pay"', "", "pay",
    ),
    "camunda, computed": ('camunda:type="external" camunda:topic="pay-${n}"', "", "pay-1"),
    "camunda, a class": ('camunda:class="org.example.Pay"', "", "org.example.Pay"),
}  # fmt: skip


@pytest.mark.parametrize(("attributes", "inside", "topic"), FOREIGN.values(), ids=FOREIGN)
def test_what_other_modelers_write_is_work_too(attributes: str, inside: str, topic: str):
    task = f'<serviceTask id="w" {attributes}>{inside}</serviceTask>'
    play = Play(accepted(process("p", start("s"), task, end("e"), "s -> w -> e")), n=1)
    assert play.works == [("w", topic)]
