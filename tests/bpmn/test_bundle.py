"""A bundle: several files read together, whatever they hold, without an exception."""

from __future__ import annotations

import json

import pytest

from bpmn.bundle import Bundle, read
from findings import Severity, errors_among
from tests.bpmn.samples import FORM, TABLE, chain, diagram, of_rule, rules, upload

SOUND = diagram(chain('<userTask id="u" motcua:candidateGroups="a" motcua:form="application.form"/>'))


def calling(key: str, called: str) -> bytes:
    return diagram(chain(f'<callActivity id="call" calledElement="{called}"/>'), process=f'id="{key}"')


def test_a_bundle_holds_processes_decisions_and_forms_with_their_bytes():
    bundle = read({"p.bpmn": SOUND, "grade.dmn": TABLE, "application.form": FORM, "scenario.yaml": b"x: 1"})
    assert [(p.file, p.key, p.name, p.xml is SOUND) for p in bundle.processes] == [("p.bpmn", "p", "P", True)]
    assert [(d.key, d.name, d.xml is TABLE) for d in bundle.decisions] == [("grade", "Grade", True)]
    assert [(f.file, f.key, f.schema["type"]) for f in bundle.forms] == [("application.form", "application", "default")]
    assert bundle.findings == ()


def test_pools_of_one_file_are_processes_of_their_own_and_a_drawn_one_is_left_out():
    data = diagram(
        chain('<task id="t"/>') + '</process><process id="q" isExecutable="true"><startEvent id="qs"/></process>'
        '<process id="drawn" isExecutable="false">'
    )
    bundle = read({"p.bpmn": data})
    assert [process.key for process in bundle.processes] == ["p", "q"]
    assert of_rule(bundle, "process-not-executable")[0].severity is Severity.INFO


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({}, "bundle-empty"),
        ({"readme.md": b"x"}, "bundle-empty"),
        ({f"{n}.bpmn": SOUND for n in range(101)}, "bundle-too-large"),
        ({f"{n}.txt": b" " * 2_000_000 for n in range(11)}, "bundle-too-large"),
        ({"p.bpmn": b"no"}, "file-malformed"),
        ({"p.bpmn": b" " * 2_000_001}, "file-too-large"),
        ({"p.bpmn": TABLE}, "file-malformed"),
        ({"p.bpmn": SOUND.replace(b"<process", b"<category").replace(b"</process", b"</category")}, "no-process"),
        ({"p.bpmn": SOUND.replace(b'id="p" name="P"', b"")}, "process-without-id"),
        ({"p.bpmn": SOUND.replace(b'isExecutable="true"', b'isExecutable="false"')}, "process-not-executable"),
        (
            {"p.bpmn": SOUND.replace(b"</definitions>", b'<process id="x"/>' * 30 + b"</definitions>")},
            "too-many-processes",
        ),
        ({"p.bpmn": SOUND, "q.bpmn": SOUND, "application.form": FORM}, "duplicate-process"),
        ({"a.dmn": TABLE, "b.dmn": TABLE}, "duplicate-decision"),
        ({"a.form": FORM, "b.form": FORM}, "duplicate-form"),
        ({"a.dmn": b"no"}, "file-malformed"),
        ({"a.dmn": SOUND}, "decision-file"),
        ({"a.dmn": TABLE.replace(b'id="grade"', b"")}, "decision-without-id"),
        ({"a.dmn": TABLE.replace(b'id="grade"', b'id="' + b"g" * 201 + b'"')}, "id-too-long"),
        ({"x" * 196 + ".form": FORM}, "file-name"),
        ({"a\u202egpj.form": FORM}, "file-name"),
        ({"a.form": b'{"id": "a\\u0000", "components": []}'}, "id-too-long"),
        ({"a.form": b'{"id": "' + b"a" * 201 + b'", "components": []}'}, "id-too-long"),
        ({"a.form": b"[1]"}, "form-file"),
        ({"a.form": b'{"components": {}}'}, "form-file"),
        ({"a.form": b'{"components": [NaN]}'}, "form-file"),
        ({"a.form": b"\xff\xfe"}, "form-file"),
        ({"a.form": b"[" * 100_000}, "form-file"),
        ({"a.form": b'{"components": ' + b"[" * 100 + b"]" * 100 + b"}"}, "form-file"),
        ({"a.form": b'{"components": []' + b" " * 2_000_000 + b"}"}, "form-file"),
    ],
)
def test_bad_files_are_findings_that_name_the_file(files, rule):
    bundle = read(files)
    assert rule in rules(bundle)
    for finding in bundle.findings:
        assert finding.rule.startswith("bundle-") or any(name.startswith(finding.file or "?") for name in files)


def test_a_file_of_an_unknown_kind_is_left_out_with_a_warning():
    bundle = read({"a.form": FORM, "malware.exe": b"MZ"})
    assert rules(bundle, Severity.WARNING) == {"file-not-known"}
    assert not errors_among(bundle.findings)


def test_forms_are_found_by_file_name_and_by_id_and_published_ones_too():
    def of(form: str, published_forms: frozenset[str] = frozenset()) -> Bundle:
        task = f'<userTask id="u" motcua:candidateGroups="a" motcua:form="{form}"/>'
        return read({"sub/p.bpmn": diagram(chain(task)), "sub/application.form": FORM}, published_forms=published_forms)

    assert not rules(of("application.form"))
    assert not rules(of("application"))
    assert rules(of("other")) == {"form-unknown"}
    assert not rules(of("other", published_forms=frozenset({"other"})))


def test_calls_are_found_in_the_bundle_or_among_what_is_published():
    assert rules(read({"a.bpmn": calling("a", "b")})) == {"call-unknown"}
    assert not rules(read({"a.bpmn": calling("a", "p"), "p.bpmn": SOUND, "application.form": FORM}))
    assert not rules(read({"a.bpmn": calling("a", "p")}, published={"p": SOUND}.get))


def test_versions_that_a_binding_names_are_looked_for():
    def bound(kind: str) -> bytes:
        call = (
            f'<callActivity id="c" calledElement="p" camunda:calledElementBinding="{kind}" '
            'camunda:calledElementVersion="3" camunda:calledElementVersionTag="stable"/>'
        )
        rule = (
            '<businessRuleTask id="r" camunda:decisionRef="d" camunda:decisionRefBinding="version" '
            'camunda:decisionRefVersion="2"/>'
        )
        return diagram(chain(call, rule), process='id="a"')

    there = {("process", "p@version:3"), ("decision", "d@version:2")}
    assert not rules(read({"a.bpmn": bound("version")}, exists=lambda *asked: asked in there))
    found = read({"a.bpmn": bound("versionTag")}, exists=lambda *_: False)
    assert rules(found) == {"call-version-unknown", "decision-version-unknown"}
    tagged = SOUND.replace(b'id="p"', b'id="p" camunda:versionTag="stable"', 1)
    files = {"a.bpmn": bound("versionTag"), "p.bpmn": tagged, "application.form": FORM}
    assert rules(read(files, exists=lambda kind, _: kind == "decision")) == set()


def test_a_cycle_of_calls_is_found_also_through_what_is_published():
    for files, published in (
        ({"a": "b", "b": "c", "c": "a"}, {}),
        ({"a": "b"}, {"b": "c", "c": "a"}),
    ):
        bundle = read(
            {f"{key}.bpmn": calling(key, called) for key, called in files.items()},
            published={key: calling(key, called) for key, called in published.items()}.get,
        )
        assert rules(bundle) == {"call-cycle"}
        assert len(of_rule(bundle, "call-cycle")) == len(files)


def test_a_new_version_of_a_called_process_is_looked_at_instead_of_the_published_one():
    published = {"b": calling("b", "a"), "p": SOUND}
    bundle = read({"a.bpmn": calling("a", "b"), "b.bpmn": calling("b", "p")}, published=published.get)
    assert not rules(bundle)


def test_a_published_decision_may_be_used():
    body = diagram(chain('<businessRuleTask id="t" motcua:decision="old"/>'))
    assert rules(read({"p.bpmn": body})) == {"decision-unknown"}
    assert not rules(read({"p.bpmn": body}, published_decisions={"old"}))


def test_a_form_without_an_id_has_its_file_name_as_key():
    (form,) = read({"x.form": json.dumps({"components": [], "id": 5}).encode()}).forms
    assert form.key == "x"


def test_a_byte_order_mark_is_no_reason_to_refuse():
    assert not rules(read({"p.bpmn": b"\xef\xbb\xbf" + SOUND, "application.form": b"\xef\xbb\xbf" + FORM}))


def test_a_duplicate_id_is_said_once_in_our_own_words():
    bundle = upload(chain('<task id="t"/>') + '<task id="t"/>')
    assert not [finding for finding in of_rule(bundle, "schema") if "xs:ID" in finding.message.en]
