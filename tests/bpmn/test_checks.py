"""Each rule of the upload check, with the smallest diagram that breaks it and one that does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bpmn import checks, files
from findings import Severity
from tests.bpmn.offences import KEYED, NOTED, REFUSED, WARNED
from tests.bpmn.pieces import (
    ACTS,
    CATCH,
    ERROR,
    FIVE_DAYS,
    HANDLER,
    MESSAGE,
    PARALLEL,
    SIGNAL,
    TIMER,
    UNDONE,
    boundary,
    compensated,
    ending,
    procedure,
    split,
)
from tests.bpmn.samples import U, chain, event, flow, of_rule, rules, task, upload
from tests.bpmn.test_collaborations import RULES as COLLABORATIONS

AROUND = MESSAGE + SIGNAL + ERROR + KEYED
ELSEWHERE = COLLABORATIONS | {  # rules about files and bundles: see test_bundle.py
    "bundle-empty", "bundle-too-large", "decision-file", "decision-without-id", "file-name", "file-not-known",
    "form-file", "json-schema", "call-version-unknown", "decision-version-unknown",
    "no-process", "process-not-executable", "public-process", "process-without-id", "too-many-processes",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "body"), REFUSED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(REFUSED)])
def test_what_cannot_run_faithfully_is_refused_by_name(rule, body):
    found = upload(body, around=AROUND)
    assert rule in rules(found)
    for finding in of_rule(found, rule):
        assert finding.file == "p.bpmn"
        assert finding.line
        assert finding.message.vi
        assert finding.message.en
        assert finding.element_id or rule == "schema"


def test_a_message_whose_name_no_index_can_hold_is_refused():
    long = MESSAGE.replace("paid", "x" * 201)
    catch = event("intermediateCatchEvent", '<messageEventDefinition messageRef="m"/>')
    assert "name-too-long" in rules(upload(chain(catch), around=long))


@pytest.mark.parametrize(("rule", "body"), WARNED, ids=[rule for rule, _ in WARNED])
def test_what_runs_but_probably_not_as_meant_is_a_warning(rule, body):
    found = upload(body, around=AROUND)
    assert rule in rules(found, Severity.WARNING)
    assert not rules(found)


@pytest.mark.parametrize(("rule", "body"), NOTED)
def test_what_has_no_effect_is_noted(rule, body):
    found = upload(body, around=AROUND)
    assert rule in rules(found, Severity.INFO)
    assert not rules(found) | rules(found, Severity.WARNING)


def event_sub_process(definition: str) -> str:
    return chain(U) + (
        f'<subProcess id="q" triggeredByEvent="true">{event("startEvent", definition, id="x")}<endEvent id="y"/>'
        f"{flow('x', 'y')}</subProcess>"
    )


@pytest.mark.parametrize(
    "body",
    [
        chain(U),
        U,
        chain(CATCH.replace("PT8H", "2 working_days")),
        chain(CATCH.replace("PT8H", '"PT8H"')),
        chain(CATCH.replace("PT8H", "deadline")),
        chain(CATCH.replace("timeDuration", "timeCycle").replace("PT8H", "R3/PT10M")),
        chain(CATCH.replace("timeDuration", "timeDate").replace("PT8H", "2026-01-31T08:00:00+07:00")),
        boundary(TIMER, 'cancelActivity="false"'),
        '<receiveTask id="r" messageRef="m" instantiate="true"/>' + U + '<endEvent id="e"/>' + flow("r", "u")
        + flow("u", "e"),
        boundary('<errorEventDefinition errorRef="err"/>'),
        compensated(HANDLER),
        compensated(HANDLER).replace('attachedToRef="u"', 'attachedToRef="u" cancelActivity="false"'),
        compensated(HANDLER).replace('sourceRef="v" targetRef="undo"', 'sourceRef="undo" targetRef="v"'),
        compensated(HANDLER).replace('<endEvent id="e"/>', f'<endEvent id="e">{UNDONE}</endEvent>'),
        chain('<adHocSubProcess id="q" ordering="Sequential"><task id="x"/><task id="y"/></adHocSubProcess>'),
        event_sub_process('<errorEventDefinition errorRef="err"/>'),
        event_sub_process(TIMER),
        ending('<signalEventDefinition signalRef="sig"/>'),
        ending('<messageEventDefinition messageRef="m"/>'),
        chain('<receiveTask id="r" messageRef="m"/>', '<sendTask id="t" messageRef="m"/>'),
        chain(task("<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>")),
        chain(task('<multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person"/>')),
        chain('<businessRuleTask id="t" camunda:decisionRef="grade" camunda:resultVariable="x"/>'),
        chain('<scriptTask id="t" scriptFormat="python"><script>x = 1</script></scriptTask>'),
        chain(task(attributes='camunda:formKey="camunda-forms:deployment:application.form"')),
        chain(task(attributes='camunda:formRef="application" camunda:assignee="${applicant}"')),
        split('<exclusiveGateway id="g" default="g_b"/>', flow("g", "a", "act == &quot;x&quot;"), flow("g", "b")),
        split('<exclusiveGateway id="g"/>', flow("g", "a", "${ok}"), flow("g", "b", "${not ok}")),
        PARALLEL.replace("{variable}", 'motcua:actVariable="other"'),
        procedure(FIVE_DAYS + '<motcua:fee id="f" nameVi="Phí" amount="10"/>'),
        procedure(FIVE_DAYS, steps=chain(task(attributes='motcua:limit="40 working_hours"'))),
    ],
)  # fmt: skip
def test_a_sound_diagram_has_no_error_and_no_warning(body):
    found = upload(body, around=AROUND)
    assert [f for f in found.findings if f.severity is not Severity.INFO] == []


def test_a_process_that_only_describes_is_not_run():
    assert rules(upload(chain(U), process='id="p" isExecutable="true" processType="Public"')) == {"public-process"}


def test_a_finding_names_its_element_and_its_line():
    (finding,) = of_rule(upload(chain('<scriptTask id="t" name="Tính  phí"/>')), "script-missing")
    assert (finding.element_id, finding.element_name) == ("t", "Tính phí")
    assert finding.line == 4


def test_tasks_of_different_scopes_may_share_an_act_variable():
    inside = '<subProcess id="{0}">{1}</subProcess>'
    body = (
        '<startEvent id="s"/><parallelGateway id="g"/>' + flow("s", "g") + flow("g", "q") + flow("g", "r")
        + inside.format("q", task(ACTS, id="a")) + inside.format("r", task(ACTS, id="b"))
    )  # fmt: skip
    assert "acts-share-variable" not in rules(upload(body), Severity.WARNING)


def test_the_tasks_of_an_ad_hoc_sub_process_can_be_open_at_once():
    inside = f'<adHocSubProcess id="q">{task(ACTS, id="a")}{task(ACTS, id="b")}</adHocSubProcess>'
    assert {f.element_id for f in of_rule(upload(chain(inside)), "acts-share-variable")} == {"a", "b"}
    in_order = inside.replace('id="q"', 'id="q" ordering="Sequential"')
    assert not of_rule(upload(chain(in_order)), "acts-share-variable")


def test_a_task_and_the_task_behind_its_non_interrupting_timer_can_be_open_at_once():
    body = (
        chain(task(ACTS))
        + event("boundaryEvent", TIMER, attributes='attachedToRef="u" cancelActivity="false"')
        + task(ACTS, id="late")
        + flow("v", "late")
    )
    assert {f.element_id for f in of_rule(upload(body), "acts-share-variable")} == {"u", "late"}
    assert not of_rule(upload(body.replace('cancelActivity="false"', "")), "acts-share-variable")


def test_every_rule_has_a_test():
    folder = Path(checks.__file__).parent
    sources = "".join(path.read_text("utf-8") for path in (*folder.glob("*.py"), Path(files.__file__)))
    sources += folder.with_name("bundle.py").read_text("utf-8") + folder.with_name("schema.py").read_text("utf-8")
    named = r"(?:found|warned|noted|file_finding)\(\s*\"([a-z-]+)\"|rule=\"([a-z-]+)\"|_about\(node, \"([a-z-]+)\""
    there = {"".join(match) for match in re.findall(named, sources)}
    there |= {"message-missing", "signal-missing"}
    assert len(there) > 60
    assert there - {rule for rule, _ in (*REFUSED, *WARNED, *NOTED)} - ELSEWHERE == set()
