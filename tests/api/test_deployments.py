"""Deployments and definitions."""

from __future__ import annotations

import io
import json
import zipfile
from io import BytesIO

import pytest
from flask import Flask

from tests.api.program import Program, codes, form, good, one_task, program, refused, unique
from tests.engine.diagrams import end, process, start, user

NO_FORM = user("do", motcua__form="missing.form", motcua__assignee="an")


def zipped(*files: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_bundle_is_deployed_and_in_force_at_once(admin: Program) -> None:
    key = unique("bundle")
    asked = form(f"{key}_form", {"type": "textfield", "key": "name", "label": "Name"})
    done = admin.upload("/deployments", dict([one_task(key, motcua__form=asked[0]), asked]), name="A bundle")
    assert done.status_code == 201
    assert {(d["key"], d["kind"], d["version"]) for d in done.json["definitions"]} == {
        (key, "process", 1),
        (f"{key}_form", "form", 1),
    }
    assert {finding["severity"] for finding in done.json["findings"]} <= {"warning", "info"}
    assert admin.start(key, starter="a")["version"] == 1


def test_the_same_content_again_answers_200_with_the_same_ids(admin: Program) -> None:
    files = dict([one_task(unique("again"))])
    first, second = admin.upload("/deployments", files), admin.upload("/deployments", files)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["id"] == second.json["id"]
    assert first.json["definitions"] == second.json["definitions"]


def test_other_content_of_the_same_key_is_the_next_version(admin: Program) -> None:
    key = unique("next")
    admin.deploy(one_task(key))
    assert admin.deploy(one_task(key, name="Do it better"))["definitions"][0]["version"] == 2
    assert admin.start(key, starter="a")["version"] == 2


def test_a_zip_is_a_bundle(admin: Program) -> None:
    key = unique("zipped")
    assert admin.deploy(("all.zip", zipped(one_task(key))))["definitions"][0]["key"] == key


def test_a_draft_cannot_be_started(admin: Program) -> None:
    key = unique("draft")
    good(admin.upload("/deployments", dict([one_task(key)]), publish="false"))
    assert admin.get(f"/definitions?key={key}")["items"][0]["state"] == "draft"
    refused(admin.call("POST", f"/definitions/{key}/instances", {}), 404)


def test_what_cannot_run_faithfully_is_refused_with_every_finding_and_not_stored(admin: Program) -> None:
    key = unique("broken")
    diagram = process(
        key,
        start("s"),
        user("do", motcua__form="missing.form", motcua__assignee="an"),
        user("lost"),
        end("e"),
        "s -> do -> e",
    )
    error = refused(admin.upload("/deployments", {f"{key}.bpmn": diagram}), 422, "invalid_bundle")
    finding = next(d for d in error["details"] if d["rule"] == "form-unknown")
    assert (finding["severity"], finding["element_id"], finding["file"]) == ("error", "do", f"{key}.bpmn")
    assert {"rule", "severity", "element_id", "element_name", "line", "message"} <= set(finding)
    assert "missing.form" in finding["message"]
    assert admin.get(f"/definitions?key={key}")["items"] == []
    assert admin.upload("/definitions/check", {f"{key}.bpmn": diagram}).json["findings"] == error["details"]


def test_findings_are_told_in_the_language_that_is_asked_for(admin: Program) -> None:
    diagram = {
        "x.bpmn": process(
            "x", start("s"), user("do", motcua__form="missing.form", motcua__assignee="an"), end("e"), "s -> do -> e"
        )
    }
    in_vietnamese = Program(app=admin.app, username=admin.username, token=admin.token, language="vi")
    said = [p.upload("/definitions/check", diagram).json["findings"][0]["message"] for p in (admin, in_vietnamese)]
    assert said[0].startswith("The form")
    assert said[1].startswith("Biểu mẫu")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"no xml", 422),
        (b"<a/>", 422),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 422),
        (b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", 400),
        (b"\0" * 100, 422),
        (b"<a>" * 100_000, 422),
        (b" " * 2_500_000, 422),
    ],
)
def test_a_file_that_is_no_diagram_is_refused(admin: Program, content: bytes, status: int) -> None:
    answer = admin.upload("/deployments", {"x.bpmn": content})
    assert answer.status_code in {400, 413, 422}
    assert refused(answer, answer.status_code)


def test_parts_that_are_not_wanted_are_refused_by_name(admin: Program) -> None:
    name, content = one_task(unique("parts"))

    def send(**parts: object) -> dict[str, str]:
        answer = admin.call("POST", "/deployments", data=parts, content_type="multipart/form-data")
        return codes(refused(answer, 422))

    def file(name_: str = name) -> tuple[BytesIO, str]:
        return BytesIO(content), name_

    assert send() == {"files": "files"}
    assert send(files=file(), colour="red") == {"colour": "unknown"}
    assert send(files=file(), diagram=file()) == {"diagram": "unknown"}
    assert send(files=file(), publish="perhaps") == {"publish": "boolean"}
    assert send(files=file(), name="\0") == {"name": "nul"}
    assert send(files=[file(), file()]) == {"files": "file_name"}
    assert send(files=[file(), (BytesIO(zipped((name, content))), "b.zip")]) == {"files": "one_zip"}
    refused(admin.call("POST", "/deployments", {"files": []}), 415, "wrong_media_type")


def test_a_file_comes_back_byte_for_byte(admin: Program) -> None:
    key = unique("bytes")
    asked = form(f"{key}_form", {"type": "textfield", "key": "name", "label": "Tên"})
    name, xml = one_task(key, motcua__form=asked[0])
    xml = b"<?xml version='1.0'?>\r\n<!-- as it was -->\n" + xml
    deployed = {d["kind"]: d["id"] for d in admin.deploy((name, xml), asked)["definitions"]}
    answer = admin.call("GET", f"/definitions/{deployed['process']}/xml")
    assert answer.data == xml
    assert answer.mimetype == "application/xml"
    answer = admin.call("GET", f"/definitions/{deployed['form']}/xml")
    assert (json.loads(answer.data)["id"], answer.mimetype) == (f"{key}_form", "application/json")


def test_definitions_are_listed_by_key_kind_and_latest_version(admin: Program) -> None:
    key = unique("listed")
    admin.deploy(one_task(key))
    admin.deploy(one_task(key, name="Other"))
    versions = [d["version"] for d in admin.get(f"/definitions?key={key}&kind=process&sort=version")["items"]]
    assert versions == [1, 2]
    (latest,) = admin.get(f"/definitions?key={key}&latest=true")["items"]
    assert (latest["version"], latest["state"]) == (2, "published")
    assert admin.get(f"/definitions/{latest['id']}") == latest
    (before,) = admin.get(f"/definitions?key={key}&state=superseded")["items"]
    assert before["version"] == 1
    assert admin.get(f"/definitions?key={key}&kind=form")["items"] == []
    refused(admin.call("GET", "/definitions/nothing"), 404)


def test_applicants_see_no_definitions_and_deploy_none(served: Flask) -> None:
    applicant = program(served, "applicant")
    refused(applicant.call("GET", "/definitions"), 403)
    refused(applicant.upload("/deployments", dict([one_task(unique("no"))])), 403)
