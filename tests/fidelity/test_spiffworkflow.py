"""SpiffArena: what the elements of `spiffworkflow:` do here."""

from __future__ import annotations

import json

import pytest

from bpmn import bundle, reader
from findings import Severity
from forms import schema
from tests.engine.diagrams import catch, end, message, node, process, receive, rule, send, service, start, user, xor
from tests.engine.play import Outputs, Play
from tests.fidelity import row
from tests.fidelity.platforms import FORM, drawn, ext, said
from tests.fidelity.test_camunda_runs import TABLE
from tests.fidelity.uploads import accepted, refusals

DOCS = "spiff-arena.readthedocs.io"


def spiff_row(element: str, behaviour: str, *, group: str, refused: bool = False):
    return row(element, behaviour, section=DOCS, group=group, refused=refused, table="spiffworkflow")


def one(*steps: str, declared: str = "") -> bytes:
    """The diagram s -> a -> z -> e."""
    last = user("z", motcua__candidateGroups="g")
    return drawn(process("p", start("s"), *steps, last, end("e"), "s -> a -> z -> e"), declared=declared)


@spiff_row("preScript, postScript", "run when the activity is entered and completed", group="Data")
def test_scripts_around_a_task():
    inside = (
        "<spiffworkflow:preScript>a = n</spiffworkflow:preScript>"
        "<spiffworkflow:postScript>b = n + 1</spiffworkflow:postScript>"
    )
    play = Play(accepted(one(user("a", ext(inside)))), n=1)
    assert play.vars == {"n": 1, "a": 1}
    assert play.do("a", n=5).vars == {"n": 5, "a": 1, "b": 6}


@spiff_row("preScript, postScript", "what the sandbox refuses", group="Data", refused=True)
def test_scripts_that_the_sandbox_refuses():
    inside = ext("<spiffworkflow:preScript>import os</spiffworkflow:preScript>")
    assert refusals(one(user("a", inside))) == {"script-refused"}


@spiff_row(
    "serviceTaskOperator", "external work under the operation; its parameters are the worker's variables", group="Work"
)
def test_an_operation_is_work_of_that_topic():
    inside = ext(
        '<spiffworkflow:serviceTaskOperator id="http/GetRequest" resultVariable="answer"><spiffworkflow:parameters>'
        '<spiffworkflow:parameter id="url" type="str" value="\'https://x/\' + key"/>'
        '<spiffworkflow:parameter id="headers" type="any"/></spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator>"
    )
    xml = accepted(one(service("a", inside)))
    play = Play(xml, key="k")
    assert play.works == [("a", "http/GetRequest")]
    assert play.sees("a") == {"key": "k", "url": "https://x/k", "headers": None}
    assert play.do("a", answer={"ok": True}).vars == {"key": "k", "answer": {"ok": True}}
    assert "operator-becomes-topic" in said(xml)
    assert "“answer”" in said(xml)


@spiff_row("calledDecisionId", "asks the decision; its outputs become variables", group="Decisions")
def test_a_decision():
    task = rule("a", ext("<spiffworkflow:calledDecisionId>grade</spiffworkflow:calledDecisionId>"))
    play = Play(accepted(one(task), grade__dmn=TABLE), decide=lambda key, *_: Outputs({"r": key}))
    assert play.vars == {"r": "grade"}


MESSAGE = (
    '<message id="m" name="paid"><extensionElements><spiffworkflow:messagePayload>{{"sum": n * 2}}'
    "</spiffworkflow:messagePayload><spiffworkflow:messageVariable>{}</spiffworkflow:messageVariable>"
    "</extensionElements></message>"
)


@spiff_row("messagePayload", "what a thrown message carries, at the message or the task", group="Events")
def test_the_payload_of_a_message():
    play = Play(accepted(one(send("a", messageRef="m"), declared=MESSAGE.format("x"))), n=2)
    assert [thrown.payload for thrown in play.step.thrown] == [{"sum": 4}]


@spiff_row("messageVariable", "the variable that gets what a message carries", group="Events")
def test_the_variable_of_a_message():
    for waiting in (receive("a", messageRef="m"), catch("a", '<messageEventDefinition messageRef="m"/>')):
        play = Play(accepted(one(waiting, declared=MESSAGE.format("answer"))))
        assert play.message("paid", sum=5).vars == {"answer": {"sum": 5}}


@spiff_row("processVariableCorrelation, variableName", "variables as keys or for a form", group="Events", refused=True)
@pytest.mark.parametrize("name", ["processVariableCorrelation", "variableName"])
def test_what_would_change_the_run_is_refused(name):
    inside = ext(f"<spiffworkflow:{name}>x</spiffworkflow:{name}>")
    assert refusals(one(user("a", inside))) == {"extension-not-run"}


@spiff_row("instructionsForEndUser", "shown with the task", group="Tasks")
def test_instructions_are_shown():
    inside = ext("<spiffworkflow:instructionsForEndUser># Do it</spiffworkflow:instructionsForEndUser>")
    (found,) = reader.processes(reader.parse(accepted(one(user("a", inside)))))
    assert found.elements["a"].documentation == "# Do it"


SCHEMA = ext(
    '<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="a-schema.json"/>'
    "</spiffworkflow:properties>"
)


JSON_FORM = {
    "title": "Invoice",
    "type": "object",
    "required": ["amount"],
    "properties": {
        "amount": {"type": "integer", "title": "Amount", "minimum": 1, "default": 5},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "fruit": {"type": "string", "enum": ["options_from_task_data_var:fruits"]},
        "choice": {"type": "string", "oneOf": [{"const": "x", "title": "X"}]},
        "many": {"type": "array", "uniqueItems": True, "items": {"type": "string", "enum": ["p", "q"]}},
        "when": {"type": "string", "format": "date"},
        "ok": {"type": "boolean"},
        "who": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 10}}},
    },
}


@spiff_row("formJsonSchemaFilename", "a JSON Schema beside the diagram becomes a form of the bundle", group="Forms")
def test_a_json_schema_becomes_a_form():
    data = json.dumps(JSON_FORM).encode()
    read = bundle.read({"p.bpmn": one(user("a", SCHEMA)), "a-schema.json": data})
    assert {f.rule for f in read.findings if f.severity is not Severity.INFO} == {"task-for-nobody"}
    (form,) = read.forms
    assert form.key == read.processes[0].process.elements["a"].form == "a-schema.json"
    assert bundle.form_in("a-schema.json", data, "a-schema.json") == form.schema
    assert not [found for found in schema.check(form.schema) if found.severity is Severity.ERROR]
    kinds = [component["type"] for component in form.schema["components"]]
    assert kinds == ["number", "select", "select", "select", "checklist", "datetime", "checkbox", "group"]
    amount, _, fruit, *_, who = form.schema["components"]
    assert (amount["validate"], amount["defaultValue"], fruit["valuesKey"]) == (
        {"min": 1, "required": True},
        5,
        "fruits",
    )
    assert (who["path"], who["components"][0]["validate"]) == ("who", {"maxLength": 10})


@spiff_row("formJsonSchemaFilename", "lists of objects, conditions, references: a warning", group="Forms")
@pytest.mark.parametrize("more", [{"$ref": "#/x"}, {"type": "array", "items": {"type": "object"}}, {"type": "null"}, 5])
def test_a_json_schema_that_no_form_can_be_is_a_warning(more):
    data = json.dumps({"type": "object", "properties": {"x": more}}).encode()
    read = bundle.read({"p.bpmn": one(user("a", SCHEMA)), "a-schema.json": data})
    assert {"json-schema", "json-schema-form"} <= {f.rule for f in read.findings if f.severity is Severity.WARNING}


@spiff_row("formJsonSchemaFilename", "a missing file: a warning says that the task has no fields", group="Forms")
def test_a_missing_json_schema_is_a_warning():
    assert "json-schema-form" in said(accepted(one(user("a", SCHEMA))), Severity.WARNING)
    with_form = user("a", SCHEMA, motcua__form="application")
    assert "json-schema-form" not in said(accepted(one(with_form), application__form=FORM), Severity.WARNING)


@spiff_row("any", "allowGuest, unitTests, properties, taskMetadataValues: kept", group="Kept")
def test_what_has_no_effect_is_kept_and_named_once():
    names = ("allowGuest", "unitTests", "properties", "taskMetadataValues")
    xml = accepted(one(user("a", ext("".join(f"<spiffworkflow:{name}/>" for name in names)))))
    assert bundle.read({"x.bpmn": xml}).processes[0].xml is xml
    assert said(xml).count("extension-inert") == 1
    assert all(f"spiffworkflow:{name}" in said(xml) for name in names)


@spiff_row("conditionExpression, script", "Python", group="Expressions")
def test_conditions_and_scripts_are_python():
    flows = ("s -> t -> g", "g -> a if sum([line['n'] for line in lines]) > 5", "a -> e", "g -> e else")
    task = node("scriptTask", "t", "<script>lines = [{'n': 4}, {'n': 3}]</script>")
    xml = drawn(process("p", start("s"), task, xor("g"), user("a"), end("e"), *flows))
    assert Play(accepted(xml)).tasks == ["a"]


@spiff_row("timer", "quoted ISO texts", group="Events")
def test_quoted_timers():
    xml = one(catch("a", '<timerEventDefinition><timeDuration>"PT1H"</timeDuration></timerEventDefinition>'))
    assert Play(accepted(xml)).later(hours=1).tasks == ["z"]


@spiff_row("message", "a message without payload or variable: all variables", group="Events")
def test_a_plain_message():
    play = Play(accepted(one(catch("a", message("m")))))
    assert play.message("m", x=1).vars == {"x": 1}
