"""Call activities (10.3.6): versions, what goes in and out, global tasks, borders, cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from bpmn.definition import Definition, load
from bpmn.extensions.parts import Assignment, Call, Source
from engine import runner
from engine.events import Called, Ports
from tests.engine.diagrams import (
    HEAD,
    boundary,
    call,
    cancel,
    catch,
    compensate,
    condition,
    duration,
    each,
    end,
    error,
    escalation,
    handler,
    node,
    process,
    rule,
    script,
    start,
    sub,
    throw,
    user,
)  # fmt: skip
from tests.engine.play import Outputs, Play, definition
from tests.fidelity import accepted, refused, row


class Shelf:
    """Versions of processes, as a server keeps them: `q` -> its files, the first is version 1."""

    def __init__(self, **versions: list[bytes]) -> None:
        self.versions = versions
        self.asked: list[str] = []
        self.ports = Ports(called=self.called, version=self.version)

    def called(self, caller: str, text: str) -> Called:
        key, _, binding = text.partition("@")
        self.asked.append(f"{caller} -> {text}")
        if key not in self.versions:
            raise LookupError(text)
        number = binding.partition(":")[2]
        return self.version(f"{key}-{number or len(self.versions[key])}")

    def version(self, ref: str) -> Called:
        key, _, number = ref.rpartition("-")
        if int(number) > len(self.versions[key]):
            raise LookupError(ref)
        return Called(ref=ref, definition=self.read(self.versions[key][int(number) - 1]), ports=self.ports)

    def read(self, xml: bytes) -> Definition:
        return replace(definition(xml), called_version=self.version)

    def play(self, xml: bytes, **variables: Any) -> Play:
        return Play(self.read(xml), ports=self.ports, **variables)


def calling(key: str, more: str = "", inside: str = "", **attributes: str) -> bytes:
    activity = call("c", key, inside).replace("<callActivity", f"<callActivity {more}", 1)
    return process("p", start("s"), activity, user("z"), end("e"), "s -> c -> z -> e")


def asking(name: str) -> bytes:
    return process("q", start("s2"), user(name), end("e2"), f"s2 -> {name} -> e2")


def bound(kind: str, wanted: str = "") -> str:
    return (
        f'camunda:calledElementBinding="{kind}" camunda:calledElementVersion="{wanted}" '
        f'camunda:calledElementVersionTag="{wanted}"'
    )


@row("Call activity", "bound to the deployment: the process of its own bundle", section="10.3.6", group="Activities")
def test_a_call_without_binding_means_its_own_bundle():
    shelf = Shelf(q=[asking("old"), asking("new")])
    assert accepted(calling("q"), asking("own"))
    play = Play(load("p", [calling("q"), asking("own")], id="d", version=1), ports=shelf.ports)
    assert (play.tasks, shelf.asked) == (["own"], [])


@row("Call activity", "bound to the latest version: the one in force when it is called", section="10.3.6",
     group="Activities")  # fmt: skip
def test_a_call_of_the_latest_version():
    shelf = Shelf(q=[asking("old")])
    first = shelf.play(calling("q", bound("latest")))
    shelf.versions["q"].append(asking("new"))
    assert shelf.play(calling("q", bound("latest"))).tasks == ["new"]
    assert first.tasks == ["old"]
    assert first.do("old", x=1).tasks == ["z"]  # a running call keeps its version
    assert first.step.waits[0].process_key == "p"


@row("Call activity", "bound to a version or version tag", section="10.3.6", group="Activities")
def test_a_call_of_an_exact_version():
    shelf = Shelf(q=[asking("old"), asking("new")])
    play = shelf.play(calling("q", bound("version", "1")))
    assert play.tasks == ["old"]
    assert play.step.waits[0].process_key == "q@q-1"
    assert play.step.events[-1].process_key == "q@q-1"
    assert shelf.asked == ["p -> q@version:1"]
    shelf.play(calling("q", bound("versionTag", "1")))
    assert shelf.asked[-1] == "p -> q@version_tag:1"


@row("Call activity", "the called process may be computed", section="10.3.6", group="Activities")
@pytest.mark.parametrize("written", ["${which}", "=which", "${yes ? which : 'r'}"])
def test_a_computed_call(written):
    shelf = Shelf(q=[asking("old")], r=[asking("other")])
    assert accepted(calling(written))
    assert shelf.play(calling(written), which="q", yes=True).tasks == ["old"]


@pytest.mark.parametrize("which", ["nobody", None, "", 7.5, ["q"], "q@version:1"])
def test_a_computed_call_of_nothing_is_an_incident_there(which):
    play = Shelf(q=[asking("old")]).play(calling("${which}"), which=which)
    assert (play.tasks, play.incidents) == ([], [("c", "engine_error")])
    assert play.retry("c", which="q").tasks == ["old"]


@row("Call activity", "a cycle of computed calls is stopped", section="10.3.6", group="Activities")
def test_a_cycle_of_computed_calls_is_stopped():
    again = process("q", start("s2"), call("again", "${which}"), end("e2"), "s2 -> again -> e2")
    play = Shelf(q=[again]).play(calling("${which}"), which="q")
    assert [element for element, _ in play.incidents] == ["again"]
    assert "deeper than" in play.step.incidents[0].reason


@row("Call activity", "a cycle of calls", section="10.3.6", group="Activities", refused=True)
def test_a_cycle_of_calls_is_refused():
    one = process("p", start("s"), call("c", "q"), end("e"), "s -> c -> e")
    other = process("q", start("s"), call("c", "p"), end("e"), "s -> c -> e")
    assert "call-cycle" in refused(one, other)


def test_a_version_that_was_called_has_versions_that_it_calls_itself():
    inner = process("r", start("s3"), user("deep"), end("e3"), "s3 -> deep -> e3")
    latest = call("d", "r").replace("<callActivity", f"<callActivity {bound('latest')}")
    inside = sub("in", start("s4"), latest, end("e4"), "s4 -> d -> e4")
    between = process("q", start("s2"), inside, end("e2"), "s2 -> in -> e2")
    shelf = Shelf(q=[between], r=[inner])
    play = shelf.play(calling("q", bound("latest")))
    assert [(w.process_key, w.element_id) for w in play.step.waits] == [("r@r-1", "deep")]
    assert shelf.asked == ["p -> q@latest", "q -> r@latest"]
    assert play.sees("deep") == {}
    assert play.do("deep", x=1).tasks == ["z"]
    assert play.passed[-5:] == ["d", "e4", "in", "e2", "c"]


def with_call(said: Call, *, local: Mapping[str, Any] | None = None, **more: Any) -> Definition:
    """Compile the call of a process `q`, whose mappings only a foreign dialect writes."""
    called = process("q", start("s2"), user("u"), script("t", "r = 1"), end("e2"), "s2 -> u -> t -> e2")
    inputs = "".join(f'<motcua:input target="{name}" source="{value}"/>' for name, value in (local or {}).items())
    outputs = "".join(f'<motcua:output target="{name}" source="{value}"/>' for name, value in more.items())
    extra = f"<extensionElements>{inputs}{outputs}</extensionElements>"
    found = definition(calling("q", inside=extra), called)
    found.compiled.spec.task_specs["c"].call = said
    return found


def variable(target: str, source: str, **more: Any) -> Assignment:
    return Assignment(target=target, text=source, source=Source.VARIABLE, **more)


@row("Call activity", "variables are mapped in", section="10.3.6", group="Activities")
@pytest.mark.parametrize(
    ("said", "seen"),
    [
        (Call(), {"a": 1, "b": 2, "l": 5}),
        (Call(inputs=(variable("x", "a"),)), {"x": 1}),
        (Call(inputs=(Assignment(target="x", text="a + b"),)), {"x": 3}),
        (Call(inputs=(variable("x", "a"),), all_in=True), {"a": 1, "b": 2, "l": 5, "x": 1}),
        (Call(all_in=False), {}),
        (Call(all_in=False, locals_in=True), {"l": 5}),
        (Call(inputs=(variable("x", "a", is_local=True), variable("y", "l", is_local=True))), {"x": None, "y": 5}),
        (Call(inputs=(Assignment(target="x.y", text="a", is_path=True),)), {"x": {"y": 1}}),
    ],
)
def test_what_goes_into_a_call(said, seen):
    assert Play(with_call(said, local={"l": "5"}), a=1, b=2).sees("u") == seen


@row("Call activity", "variables are mapped out", section="10.3.6", group="Activities")
@pytest.mark.parametrize(
    ("said", "after"),
    [
        (Call(), {"a": 1, "k": 7, "r": 1}),
        (Call(outputs=(variable("y", "k"),)), {"a": 1, "y": 7}),
        (Call(outputs=(Assignment(target="y", text="k + r"),)), {"a": 1, "y": 8}),
        (Call(outputs=(variable("y", "k"),), all_out=True), {"a": 1, "k": 7, "r": 1, "y": 7}),
        (Call(all_out=False), {"a": 1}),
        (Call(outputs=(variable("y", "k", is_local=True),)), {"a": 1}),
    ],
)
def test_what_comes_out_of_a_call(said, after):
    assert Play(with_call(said), a=1).do("u", k=7).vars == after


def test_the_outputs_of_the_activity_see_what_came_out():
    said = Call(outputs=(variable("y", "k", is_local=True),))
    assert Play(with_call(said, total="y + 1"), a=1).do("u", k=7).vars == {"a": 1, "total": 8}


GLOBALS = (
    '<globalUserTask id="ask" name="Ask" motcua:candidateGroups="g"/>'
    '<globalScriptTask id="add" scriptLanguage="python"><script>n = n + 1</script></globalScriptTask>'
    '<globalManualTask id="sign"/><globalTask id="nothing"/>'
    '<globalBusinessRuleTask id="decide" motcua:decision="d" motcua:resultVariable="fee"/>'
)


def with_globals(xml: bytes, globals_: str = GLOBALS) -> bytes:
    return xml.replace(b"</definitions>", f"{globals_}</definitions>".encode())


@row("Global task", "a call activity calls it: user, script, manual, business rule, abstract", section="10.3.7",
     group="Activities")  # fmt: skip
def test_global_tasks_are_called():
    keys = ["ask", "add", "sign", "nothing", "decide"]
    activities = [call(f"c{n}", key) for n, key in enumerate(keys)]
    xml = with_globals(process("p", start("s"), *activities, end("e"), "s -> c0 -> c1 -> c2 -> c3 -> c4 -> e"))
    assert accepted(xml, published_decisions=["d"])
    play = Play(xml, decide=lambda key, given, now: Outputs(given["n"] * 10), n=1)
    assert [(w.process_key, w.element_id, w.element_name, w.element_type) for w in play.step.waits] == [
        ("ask", "ask_task", "Ask", "userTask")
    ]
    assert play.definition.element("ask", "ask_task").candidate_groups == ("g",)
    assert play.do("ask_task", n=4).vars == {"n": 5, "fee": 50}
    assert play.passed == [
        "s", "ask_task", "c0", "add_task", "c1", "sign_task", "c2", "nothing_task", "c3", "decide_task", "c4", "e",
    ]  # fmt: skip


def test_a_global_task_of_another_file_is_called():
    file = f"{HEAD}{GLOBALS}</definitions>".encode()
    xml = process("p", start("s"), call("c", "add"), end("e"), "s -> c -> e")
    assert accepted(xml, file, published_decisions=["d"])
    assert Play(load("p", [xml, file], id="d", version=1), n=1).vars == {"n": 2}


def test_a_global_task_names_what_goes_in_and_out():
    io = (
        '<ioSpecification><dataInput id="i1" name="n"/><dataOutput id="o1" name="r"/><inputSet><dataInputRefs>i1'
        "</dataInputRefs></inputSet><outputSet><dataOutputRefs>o1</dataOutputRefs></outputSet></ioSpecification>"
    )
    one = f'<globalScriptTask id="add">{io}<script>r = n + 1\nm = 5</script></globalScriptTask>'
    xml = with_globals(process("p", start("s"), call("c", "add"), end("e"), "s -> c -> e"), one)
    assert accepted(xml)
    assert Play(xml, n=1, o=2).vars == {"n": 1, "o": 2, "r": 2}


@row("Call activity", "errors and escalations of the called process reach its border", section="10.3.6",
     group="Activities")  # fmt: skip
def test_errors_and_escalations_leave_by_the_border():
    def shelf(*parts: str) -> Shelf:
        return Shelf(q=[process("q", *parts)])

    caller = process(
        "p", start("s"), call("c", "q").replace("<callActivity", f"<callActivity {bound('latest')}"),
        boundary("b", "c", error("NO")), boundary("n", "c", escalation("UP"), interrupting=False), end("e"),
        user("failed"), user("told"), "s -> c -> e", "b -> failed", "n -> told",
    )  # fmt: skip
    raised = shelf(start("s2"), end("e2", error("NO")), "s2 -> e2").play(caller)
    assert raised.tasks == ["failed"]
    told = shelf(start("s2"), throw("t", escalation("UP")), user("u"), end("e2"), "s2 -> t -> u -> e2").play(caller)
    assert told.tasks == ["told", "u"]
    assert told.do("u").tasks == ["told"]


def test_a_call_is_interrupted_with_all_that_runs_in_it():
    caller = process(
        "p", start("s"), call("c", "q").replace("<callActivity", f"<callActivity {bound('latest')}"),
        boundary("b", "c", duration("PT1H")), end("e"), end("late"), "s -> c -> e", "b -> late",
    )  # fmt: skip
    play = Shelf(q=[asking("u")]).play(caller).later(hours=1)
    assert play.passed == ["s", "s2", "b", "late"]
    assert [(kind, x) for kind, x in play.history if kind == "cancelled"] == [("cancelled", "u"), ("cancelled", "c")]


def test_a_transaction_is_cancelled_from_a_process_that_it_calls_only_by_its_own_end_event():
    inside = sub("t", start("s3"), call("c", "q"), end("x", cancel), "s3 -> c -> x", kind="transaction")
    xml = process("p", start("s"), inside, boundary("b", "t", cancel), end("e"), end("undone"), "s -> t -> e",
                  "b -> undone")  # fmt: skip
    play = Play(load("p", [xml, asking("u")], id="d", version=1))
    assert play.do("u").passed[-2:] == ["b", "undone"]


@row("Call activity", "multi-instance: each call has its own variables", section="10.3.8", group="Activities")
@pytest.mark.parametrize("sequential", [True, False])
def test_a_call_for_each_item(sequential):
    loop = each("rows", item="row", out="sums", out_item="sum", sequential=sequential)
    called = process("q", start("s2"), user("u"), script("t", "sum = row + extra"), end("e2"), "s2 -> u -> t -> e2")
    caller = calling("q", bound("latest"), loop)
    play = Shelf(q=[called]).play(caller, rows=[1, 2])
    play.do("u", extra=10)
    assert play.do("u", extra=20).vars["sums"] == [11, 22]


def test_conditions_messages_and_work_of_a_version_that_is_only_found_when_it_is_called():
    called = process("q", start("s2"), catch("w", condition("go")), user("u"), end("e2"), "s2 -> w -> u -> e2")
    play = Shelf(q=[called]).play(calling("q", bound("latest")), go=False)
    assert runner.subscribes(play.definition)
    assert runner.has_work(play.definition)
    assert [w.kind.value for w in play.step.waits] == ["condition"]


@row("Business rule task", "its decision is bound to deployment, latest, version or tag, or computed", section="10.3.3",
     group="Activities")  # fmt: skip
def test_a_decision_is_asked_in_the_version_that_it_is_bound_to():
    asked = []

    def decide(key, given, now):
        asked.append(key)
        return Outputs({"fee": 1})

    def xml(binding: str) -> bytes:
        said = {"decisionRef": "d", "decisionRefBinding": binding, "decisionRefVersion": "3"}
        said["decisionRefVersionTag"] = "t"
        task = rule("r", **{f"camunda__{name}": value for name, value in said.items()})
        return process("p", start("s"), task, end("e"), "s -> r -> e")

    for binding in ("deployment", "latest", "version", "versionTag"):
        Play(xml(binding), decide=decide)
    assert asked == ["d", "d@latest", "d@version:3", "d@version_tag:t"]
    computed = process("p", start("s"), rule("r", motcua__decision="${which}"), end("e"), "s -> r -> e")
    assert accepted(computed)
    Play(computed, decide=decide, which="k")
    assert asked[4:] == ["k"]


def test_a_called_version_asks_its_own_decisions():
    def decide(fee: int):
        return lambda key, given, now: Outputs({"fee": fee})

    called = process("q", start("s2"), rule("r", motcua__decision="d"), end("e2"), "s2 -> r -> e2")
    shelf = Shelf(q=[called])
    own = shelf.version

    def version(ref: str) -> Called:
        return replace(own(ref), ports=Ports(decide=decide(7)))

    ports = Ports(decide=decide(1), called=lambda caller, text: version("q-1"), version=version)
    assert Play(definition(calling("q", bound("latest"))), ports=ports).vars == {"fee": 7}


@row("Compensation", "undoes what has completed in a called version that the call chose", section="10.5.6",
     group="Events")  # fmt: skip
@pytest.mark.parametrize("own", [True, False])
def test_a_called_version_is_undone(own):
    handlers = (
        handler("h", start("hs", compensate()), script("undo", "undone = ['whole']"), end("he"), "hs -> undo -> he"),
    )
    work = (
        script("w", "done = True"), boundary("b", "w", compensate()),
        node("scriptTask", "undo", "<script>undone = ['w']</script>", isForCompensation="true"),
        '<association id="A" sourceRef="b" targetRef="undo"/>',
    )  # fmt: skip
    inside = (script("w", "done = True"), *handlers) if own else work
    called = process("q", start("s2"), *inside, end("e2"), "s2 -> w -> e2")
    caller = process(
        "p", start("s"), call("c", "q").replace("<callActivity", f"<callActivity {bound('latest')}"), user("u"),
        throw("t", compensate()), end("e"), "s -> c -> u -> t -> e",
    )  # fmt: skip
    play = Shelf(q=[called]).play(caller).do("u")
    assert (play.status, play.incidents) == ("completed", [])
    assert play.passed.count("undo") == 1
