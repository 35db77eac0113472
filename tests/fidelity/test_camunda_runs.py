"""Camunda 7: data, scripts, listeners, decisions, calls, loops, events and expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bpmn import bundle, reader
from findings import Severity
from tests.engine.diagrams import (
    boundary,
    call,
    duration,
    end,
    error,
    node,
    process,
    rule,
    script,
    signal,
    start,
    sub,
    throw,
    user,
    xor,
)  # fmt: skip
from tests.engine.play import Play
from tests.fidelity import row
from tests.fidelity.platforms import FORM, camunda, ext, said
from tests.fidelity.uploads import accepted, refusals

DOCS = "docs.camunda.org/manual/7"


def camunda_row(element: str, behaviour: str, *, group: str, refused: bool = False):
    return row(element, behaviour, section=DOCS, group=group, refused=refused, table="camunda")


def element_of(xml: bytes, id_: str):
    (found,) = reader.processes(reader.parse(accepted(xml, application__form=FORM)))
    return found.elements[id_]


def one(*steps: str) -> bytes:
    """The diagram s -> a -> z -> e."""
    return camunda(process("p", start("s"), *steps, user("z", camunda__assignee="x"), end("e"), "s -> a -> z -> e"))


# -- data


@camunda_row("inputOutput", "texts, scripts, lists and maps; own variables of the activity", group="Data")
def test_input_and_output_parameters():
    inside = (
        "<camunda:inputOutput>"
        '<camunda:inputParameter name="greeting">Hello ${name}</camunda:inputParameter>'
        '<camunda:inputParameter name="n">${n + 1}</camunda:inputParameter>'
        '<camunda:inputParameter name="empty"/>'
        '<camunda:inputParameter name="text">= 5</camunda:inputParameter>'
        '<camunda:inputParameter name="list"><camunda:list><camunda:value>${n}</camunda:value><camunda:script '
        'scriptFormat="python">n * 2</camunda:script></camunda:list></camunda:inputParameter>'
        '<camunda:inputParameter name="map"><camunda:map><camunda:entry key="k">v</camunda:entry><camunda:entry '
        'key="l"><camunda:list><camunda:value>1</camunda:value></camunda:list></camunda:entry></camunda:map>'
        "</camunda:inputParameter>"
        '<camunda:outputParameter name="out">${greeting}!</camunda:outputParameter></camunda:inputOutput>'
    )
    play = Play(accepted(one(user("a", ext(inside), camunda__assignee="x"))), name="An", n=1)
    assert play.sees("a") == {
        "name": "An", "n": 2, "greeting": "Hello An", "empty": None, "text": "= 5", "list": [2, 4],
        "map": {"k": "v", "l": ["1"]},
    }  # fmt: skip
    assert play.do("a").vars == {"name": "An", "n": 1, "out": "Hello An!"}


@camunda_row("script", "groovy and javascript, with a proposal in Python", group="Data", refused=True)
def test_other_script_languages_are_refused_with_words_in_python():
    task = node(
        "scriptTask", "a", "<script>execution.setVariable('ok', x === 1 || !y);</script>", scriptFormat="groovy"
    )
    xml = one(task)
    assert refusals(xml) == {"script-language"}
    assert "ok = x == 1 or not y" in said(xml, Severity.ERROR)
    value = '<camunda:inputParameter name="x"><camunda:script scriptFormat="javascript">1</camunda:script>'
    inside = ext(f"<camunda:inputOutput>{value}</camunda:inputParameter></camunda:inputOutput>")
    assert refusals(one(user("a", inside, camunda__assignee="x"))) == {"script-language"}


@camunda_row("scriptTask", "python, juel and feel, with resultVariable", group="Data")
def test_scripts_in_python_juel_and_feel():
    task = node(
        "scriptTask", "a", "<script>n = x + 1\nn * 2</script>", scriptFormat="python", camunda__resultVariable="y"
    )
    assert Play(accepted(one(task)), x=1).vars == {"x": 1, "y": 4}
    task = node("scriptTask", "a", "<script>${x + 1}</script>", scriptFormat="juel", camunda__resultVariable="y")
    assert Play(accepted(one(task)), x=1).vars == {"x": 1, "y": 2}
    task = node("scriptTask", "a", "<script>x + 1</script>", scriptFormat="feel", camunda__resultVariable="y")
    assert Play(accepted(one(task)), x=1).vars == {"x": 1, "y": 2}
    assert Play(accepted(one(script("a", "y = x")))).incidents == [("a", "expression_failed")]


@camunda_row("script", "python: execution.getVariable and setVariable of a written name", group="Data")
def test_scripts_may_ask_the_execution_for_variables():
    source = "<script>total = execution.getVariable('n') + 1\nexecution.setVariable('m', total * 2)</script>"
    task = node("scriptTask", "a", source, scriptFormat="python")
    assert Play(accepted(one(task)), n=1).vars == {"n": 1, "total": 2, "m": 4}
    play = Play(accepted(one(heard(LISTENER.replace("a = n", "execution.setVariable('a', 7)")))), n=1)
    assert play.vars == {"n": 1, "a": 7}


@camunda_row("script", "python: anything else of the execution", group="Data", refused=True)
def test_scripts_that_ask_the_execution_for_more_are_refused():
    task = node("scriptTask", "a", "<script>x = execution.id</script>", scriptFormat="python")
    assert refusals(one(task)) == {"script-execution"}


@camunda_row("scriptTask", "resource", group="Data", refused=True)
def test_scripts_in_other_files_are_refused():
    task = node("scriptTask", "a", scriptFormat="python", camunda__resource="deployment://x.py")
    assert refusals(one(task)) == {"extension-not-run"}


LISTENER = (
    '<camunda:executionListener event="start"><camunda:script scriptFormat="python">a = n</camunda:script>'
    '</camunda:executionListener><camunda:executionListener event="end" '
    "expression=\"${execution.setVariable('b', n + 1)}\"/>"
)


@camunda_row("executionListener", "start and end of an activity: scripts and expressions", group="Listeners")
def test_scripts_of_listeners_run_around_an_activity():
    play = Play(accepted(one(user("a", ext(LISTENER), camunda__assignee="x"))), n=1)
    assert play.vars == {"n": 1, "a": 1}
    assert play.do("a", n=5).vars == {"n": 5, "a": 1, "b": 6}


@camunda_row("executionListener", "of a multi-instance activity: for each instance", group="Listeners")
def test_listeners_of_a_loop_run_for_each_instance():
    listener = '<camunda:executionListener event="start" expression="${execution.setVariable(\'seen\', seen + v)}"/>'
    loop = '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="v"/>'
    play = Play(accepted(one(user("a", ext(listener) + loop, camunda__assignee="x"))), xs=[1, 2], seen=0)
    assert (play.vars["seen"], play.tasks) == (3, ["a", "a"])


@camunda_row("taskListener", "create and complete: scripts and expressions", group="Listeners")
def test_scripts_of_task_listeners_run():
    inside = (
        LISTENER.replace("executionListener", "taskListener").replace("start", "create").replace('"end"', '"complete"')
    )
    play = Play(accepted(one(user("a", ext(inside), camunda__assignee="x"))), n=1)
    assert play.do("a").vars == {"n": 1, "a": 1, "b": 2}


def heard(inside: str) -> str:
    return user("a", ext(inside), camunda__assignee="x")


@camunda_row("executionListener", "class and delegateExpression", group="Listeners", refused=True)
@camunda_row("executionListener", "on flows, events, gateways and the process", group="Listeners", refused=True)
@camunda_row("taskListener", "assignment, update, delete, timeout", group="Listeners", refused=True)
@pytest.mark.parametrize(
    ("xml", "rules"),
    [
        (one(heard('<camunda:executionListener event="end" class="a.B"/>')), {"listener-java"}),
        (one(heard('<camunda:taskListener event="update" expression="${x}"/>')), {"listener-place"}),
        (one(throw("a", ext(LISTENER))), {"listener-place"}),
        (one(heard(LISTENER.replace("a = n", "import os"))), {"expression-refused"}),
    ],
)
def test_other_listeners_are_refused(xml, rules):
    assert refusals(xml) == rules


# -- decisions and calls


@dataclass(frozen=True)
class Decided:
    outputs: Any
    variables: dict[str, Any]


TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">
  <decision id="grade" name="Grade"><decisionTable id="t"/></decision></definitions>"""


def decided(result: Decided, **attributes: str) -> dict[str, Any]:
    xml = one(rule("a", camunda__decisionRef="grade", **attributes))
    play = Play(accepted(xml, grade__dmn=TABLE), decide=lambda *_: result)
    assert not play.incidents, play.step.incidents
    return play.vars


@camunda_row("businessRuleTask", "decisionRef; mapDecisionResult, a list of rows by default", group="Decisions")
def test_the_shape_of_a_decisions_result():
    single = Decided("A", {"grade": "A"})
    several = Decided([{"a": 1, "b": 2}, {"a": 3, "b": 4}], {"a": [1, 3], "b": [2, 4]})
    result = {"camunda__resultVariable": "r"}
    assert decided(single, **result) == {"r": [{"grade": "A"}]}
    assert decided(single, **result, camunda__mapDecisionResult="singleEntry") == {"r": "A"}
    assert decided(single, **result, camunda__mapDecisionResult="singleResult") == {"r": {"grade": "A"}}
    assert decided(several, **result) == {"r": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}
    many = Decided(["A", "B"], {"grade": ["A", "B"]})
    assert decided(many, **result, camunda__mapDecisionResult="collectEntries") == {"r": ["A", "B"]}
    assert decided(Decided(None, {"grade": None}), **result, camunda__mapDecisionResult="singleEntry") == {"r": None}


@camunda_row("businessRuleTask", "without resultVariable nothing is kept", group="Decisions")
def test_without_a_result_variable_nothing_is_kept():
    assert decided(Decided("A", {"grade": "A"})) == {}


@camunda_row(
    "businessRuleTask", "a result of another shape than mapDecisionResult wants: an incident", group="Decisions"
)
def test_a_result_of_another_shape_is_an_incident():
    many = Decided(["A", "B"], {"grade": ["A", "B"]})
    xml = one(
        rule("a", camunda__decisionRef="grade", camunda__resultVariable="r", camunda__mapDecisionResult="singleEntry")
    )
    assert Play(accepted(xml, grade__dmn=TABLE), decide=lambda *_: many).incidents


@camunda_row("callActivity", "in and out; nothing else goes in or comes back", group="Calls")
def test_only_what_is_mapped_goes_in_and_out():
    inside = ext(
        '<camunda:in source="x" target="a"/><camunda:in sourceExpression="${x + 1}" target="b"/>'
        '<camunda:in businessKey="#{execution.processBusinessKey}"/><camunda:out source="c" target="y"/>'
    )
    called = camunda(process("q", start("qs"), script("qt", "c = a + b\nd = 1"), end("qe"), "qs -> qt -> qe"))
    xml = one(call("a", "q", inside))
    assert not [f for f in bundle.read({"p.bpmn": xml, "q.bpmn": called}).findings if f.severity is Severity.ERROR]
    assert Play(xml, called, x=1, secret=5).vars == {"x": 1, "secret": 5, "y": 3}


@camunda_row("callActivity", 'variables="all"', group="Calls")
def test_all_variables_go_in_and_out():
    inside = ext('<camunda:in variables="all"/><camunda:out variables="all"/>')
    called = camunda(process("q", start("qs"), script("qt", "c = x + 1"), end("qe"), "qs -> qt -> qe"))
    assert Play(one(call("a", "q", inside)), called, x=1).vars == {"x": 1, "c": 2}


@camunda_row("callActivity", "variableMappingClass, caseRef, tenants", group="Calls", refused=True)
@pytest.mark.parametrize(
    "name", ["variableMappingClass", "variableMappingDelegateExpression", "caseRef", "calledElementTenantId"]
)
def test_mappings_in_java_are_refused(name):
    xml = one(node("callActivity", "a", calledElement="q", **{f"camunda__{name}": "x"}))
    assert "extension-not-run" in refusals(xml)


@camunda_row("multiInstanceLoopCharacteristics", "collection and elementVariable", group="Loops")
def test_a_collection_is_run_for_each():
    loop = '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="{}" camunda:elementVariable="v"/>'
    for collection in ("people", "${people}"):
        play = Play(accepted(one(user("a", loop.format(collection), camunda__assignee="${v}"))), people=["a", "b"])
        assert play.sees("a")["v"] == "a"
        assert play.do("a").sees("a")["v"] == "b"


# -- events


@camunda_row("errorEventDefinition", "errorCodeVariable and errorMessageVariable of a caught error", group="Events")
def test_the_code_of_a_caught_error_is_kept():
    caught = '<errorEventDefinition camunda:errorCodeVariable="code" camunda:errorMessageVariable="why"/>'
    body = sub("w", start("ws"), end("we", error("NO")), "ws -> we")
    xml = camunda(
        process(
            "p",
            start("s"),
            body,
            end("e"),
            boundary("b", "w", caught),
            user("z", camunda__assignee="x"),
            end("f"),
            "s -> w -> e",
            "b -> z -> f",
        )
    )
    assert Play(accepted(xml)).vars["code"] == "NO"


@camunda_row("signalEventDefinition", "a thrown signal carries only what its in elements name", group="Events")
def test_a_signal_carries_what_is_named():
    mapped = ext('<camunda:in source="x" target="y"/>')
    inside = signal("law").replace("/>", f">{mapped}</signalEventDefinition>")
    assert [t.payload for t in Play(accepted(one(throw("a", inside))), x=1, z=2).step.thrown] == [{"y": 1}]
    assert [t.payload for t in Play(accepted(one(throw("a", signal("law")))), x=1).step.thrown] == [{}]


WAIT = (
    '<conditionalEventDefinition camunda:variableName="{}"><condition>${{n &gt; 1}}</condition>'
    "</conditionalEventDefinition>"
)


@camunda_row("conditionalEventDefinition", "variableName, where the condition uses only that variable", group="Events")
def test_a_filter_of_the_conditions_own_variable_is_harmless():
    accepted(one(node("intermediateCatchEvent", "a", WAIT.format("n"))))


@camunda_row("conditionalEventDefinition", "variableName and variableEvents otherwise", group="Events", refused=True)
def test_other_filters_of_conditions_are_refused():
    assert refusals(one(node("intermediateCatchEvent", "a", WAIT.format("m")))) == {"condition-filter"}


@camunda_row("timeDuration", "texts with ${…} parts", group="Events")
@pytest.mark.parametrize(
    "text", ["PT${hours}H", "${'PT'.concat(hours).concat('H')}", "${dateTime().plusHours(2).toDate()}"]
)
def test_timers_with_parts(text):
    play = Play(accepted(one(node("intermediateCatchEvent", "a", duration(text)))), hours="2")
    assert play.later(minutes=119).tasks == []
    assert play.later(minutes=2).tasks == ["z"]
    assert refusals(one(node("intermediateCatchEvent", "a", duration("PT${bean.hours()}H")))) == {"expression-refused"}


# -- expressions


FORMAL = "<conditionExpression xsi:type='tFormalExpression'"


def routed(condition: str) -> bytes:
    gateway = xor("g")
    flows = (
        "s -> g",
        f"g -> a -> e if {condition}".replace("g -> a -> e", "g -> a"),
        "a -> e",
        "g -> b else",
        "b -> e",
    )
    return camunda(
        process(
            "p",
            start("s"),
            gateway,
            user("a", camunda__assignee="x"),
            user("b", camunda__assignee="x"),
            end("e"),
            *flows,
        )
    )


@camunda_row(
    "conditionExpression",
    "JUEL: comparisons, arithmetic, methods of values, execution.getVariable",
    group="Expressions",
)
@pytest.mark.parametrize(
    ("condition", "way"),
    [
        ("${n > 5}", "a"),
        ("#{n + 1 <= 5 and not yes}", "b"),
        ("${execution.getVariable('n') == 6}", "a"),
        ("${empty unknownList or true}", ""),
        ("${names.contains('An') && name.toLowerCase().startsWith('a')}", "a"),
        ("${order.total * 2 == 20 ? yes : false}", "a"),
        ("${name}", ""),
    ],
)
def test_conditions_in_juel(condition, way):
    play = Play(accepted(routed(condition)), n=6, yes=True, names=["An"], name="An", order={"total": 10})
    assert play.tasks == ([way] if way else [])
    assert bool(play.incidents) is not bool(way)  # an unknown name, and a text in place of true or false, as in Camunda


@camunda_row("conditionExpression", "beans and static texts", group="Expressions", refused=True)
def test_conditions_on_beans_are_refused():
    assert refusals(routed("${checker.isFine(order)}")) == {"expression-refused"}
    assert refusals(routed("n == 5")) == {"expression-literal"}


@camunda_row("conditionExpression", "language=feel, python; javascript and groovy", group="Expressions")
def test_the_language_of_a_condition_counts():
    xml = routed("n == 6").decode()
    for language in ("python", "https://www.omg.org/spec/DMN/20191111/FEEL/"):
        condition = "n == 6" if language == "python" else "n = 6"
        said_ = xml.replace("<conditionExpression>n == 6", f"{FORMAL} language='{language}'>{condition}")
        assert Play(accepted(said_.encode()), n=6).tasks == ["a"]
    other = xml.replace("<conditionExpression>", f"{FORMAL} language='groovy'>")
    assert refusals(other.encode()) == {"expression-language"}


@camunda_row("signal, message", "names that are expressions", group="Expressions", refused=True)
def test_computed_names_are_refused():
    xml = one(throw("a", signal("x"))).replace(b'name="x"', b'name="${x}"')
    assert refusals(xml) == {"name-computed"}
