"""Bad bundles, sent to the designer's page and to the API: refused by file and element, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest

from tests.api.program import Program, program
from tests.engine.diagrams import end, process, script, start, user
from tests.web.edge import Edge, said, unchanged, zipped

XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
MB = 1024 * 1024


@pytest.fixture(scope="module")
def deployer(edge: Edge) -> Program:
    return program(edge.app, "designer")


def diagram(key: str = "sound", inside: str = "", **task: str) -> bytes:
    return process(
        key, start("s"), user("do", inside, name="Làm", motcua__candidateGroups="one_door", **task), end("e"),
        "s -> do -> e",
    )  # fmt: skip


def form(inside: str = "", key: str = '"f"') -> bytes:
    return f'{{"type": "default", "id": {key}, "components": [{inside}]}}'.encode()


SOUND = diagram()
LAUGHS = (
    b"<!DOCTYPE x ["
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b'<!ENTITY a "ha">]><definitions>&j;</definitions>'
)
BUNDLES: dict[str, tuple[Mapping[str, bytes], str]] = {
    # name -> the files, and what the answer names
    "cut off": ({"a.bpmn": SOUND[:-40]}, "a.bpmn"),
    "no XML": ({"a.bpmn": b"\x89PNG\r\n\x1a\n" + bytes(range(256))}, "a.bpmn"),
    "empty": ({"a.bpmn": b""}, "a.bpmn"),
    "more than 2 MB": ({"a.bpmn": SOUND.replace(b"</process>", b" " * 2_100_000 + b"</process>")}, "a.bpmn"),
    "a billion laughs": ({"a.bpmn": XML + LAUGHS}, "a.bpmn"),
    "an entity of a file": (
        {"a.bpmn": XML + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'},
        "a.bpmn",
    ),
    "a DTD elsewhere": ({"a.bpmn": XML + b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><definitions/>'}, "a.bpmn"),
    "an inclusion": (
        {
            "a.bpmn": SOUND.replace(
                b"</process>",
                b'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/></process>',
            )
        },
        "a.bpmn",
    ),
    "HTML": ({"a.bpmn": b"<html><body><script>alert(1)</script></body></html>"}, "a.bpmn"),
    "an encoding nobody has": ({"a.bpmn": b'<?xml version="1.0" encoding="UTF-7"?><definitions/>'}, "a.bpmn"),
    "nested too deep": ({"a.bpmn": b"<a>" * 500 + b"</a>" * 500}, "a.bpmn"),
    "against the schema": ({"a.bpmn": SOUND.replace(b'sourceRef="s"', b'sourceReff="s"')}, "a.bpmn"),
    "an unknown element": ({"a.bpmn": SOUND.replace(b"userTask", b"wizardTask")}, "do"),
    "a dangling flow": ({"a.bpmn": SOUND.replace(b'targetRef="e"', b'targetRef="nowhere"')}, "nowhere"),
    "not executable": ({"a.bpmn": SOUND.replace(b'isExecutable="true"', b'isExecutable="false"')}, "sound"),
    "a script that reaches out": (
        {"a.bpmn": process("x", start("s"), script("evil", "import os"), end("e"), "s -> evil -> e")},
        "evil",
    ),
    "an expression that reaches out": (
        {"a.bpmn": diagram(motcua__assignee="${().__class__.__mro__[1].__subclasses__()}")},
        "do",
    ),
    "a form that is not there": ({"a.bpmn": diagram(motcua__form="gone.form")}, "gone.form"),
    "an id of 5,000 signs": ({"a.bpmn": diagram("k" * 5000)}, "5000"),
    "a form that is no JSON": ({"a.form": b'{"type": "default", "components": ['}, "a.form"),
    "a form nested too deep": ({"a.form": form('{"type":"group","components":[' * 300 + "]}" * 300)}, "a.form"),
    "a form with no number": ({"a.form": form('{"type":"number","key":"n","validate":{"max":NaN}}')}, "a.form"),
    "a form's id with NUL": ({"a.form": form(key='"a\\u0000b"')}, "a.form"),
    "a form's id of 5,000 signs": ({"a.form": form(key=f'"{"k" * 5000}"')}, "a.form"),
    "a table that is none": ({"a.dmn": XML + b"<definitions/>"}, "a.dmn"),
    "only a program": ({"a.exe": b"MZ\x90"}, ""),
    "no zip": ({"a.zip": b"PK\x03\x04 and then nothing"}, "a.zip"),
    "a zip cut off": ({"a.zip": zipped(("a.bpmn", SOUND))[:-30]}, "a.zip"),
    "an empty zip": ({"a.zip": zipped()}, ""),
    "a zip in a zip": ({"a.zip": zipped(("b.zip", zipped(("a.bpmn", SOUND))))}, ""),
    "a bomb of one file": ({"a.zip": zipped(("a.bpmn", b"\0" * 20 * MB))}, "a.zip"),
    "a bomb of many files": ({"a.zip": zipped(*((f"{n}.bpmn", b"\0" * 1_900_000) for n in range(11)))}, "a.zip"),
    "too many files": ({"a.zip": zipped(*((f"{n}.txt", b"") for n in range(101)))}, "a.zip"),
    "a path upwards": ({"a.zip": zipped(("../../app.py", SOUND))}, "../../app.py"),
    "a path from the root": ({"a.zip": zipped(("/etc/cron.d/a.bpmn", SOUND))}, "/etc/cron.d/a.bpmn"),
    "a path of Windows": ({"a.zip": zipped(("C:\\a.bpmn", SOUND))}, "a.bpmn"),
    "a link": ({"a.zip": zipped(("a.bpmn", b"/etc/passwd"), is_link=True)}, "a.bpmn"),
    "one name twice": ({"a.zip": zipped(("x/a.bpmn", SOUND), ("y/a.bpmn", SOUND))}, "a.bpmn"),
    "a name of 4,000 signs": ({"a.zip": zipped((f"{'n' * 4000}.bpmn", SOUND))}, ""),
    "a name that turns around": ({"a.zip": zipped(("a\u202enmpb.bpmn", SOUND))}, ""),
    "a name of two lines": ({"a.zip": zipped(("a\r\nSet-Cookie: a=b.bpmn", SOUND))}, "Set-Cookie"),
}


@pytest.mark.parametrize("case", BUNDLES)
def test_a_bad_bundle_is_refused_by_name_and_nothing_is_stored(edge: Edge, deployer: Program, case: str):
    sent, named = BUNDLES[case]
    designer = edge.desk("thietke")
    designer.get("/designer/upload")
    with unchanged(edge.app):
        page = designer.post(
            "/designer/upload",
            [*(("files", (BytesIO(data), name)) for name, data in sent.items()), ("act", "upload")],
        )
        answer = deployer.upload("/deployments", sent)
        checked = deployer.upload("/definitions/check", sent)
    assert page.status_code in (400, 413, 422), page.status_code
    assert "Tải lên bộ thủ tục" in page.text  # the page itself, with what is wrong
    assert named in " ".join(page.text.split())
    assert answer.status_code in (400, 413, 422)
    assert named.replace("\n", "\\n") in answer.text
    assert checked.status_code < 500


def test_a_bundle_larger_than_a_request_may_be_is_refused(edge: Edge, deployer: Program):
    designer = edge.desk("thietke")
    designer.get("/designer/upload")
    with unchanged(edge.app):
        for size, statuses in ((11 * MB, (413,)), (65 * MB, (413,))):
            page = designer.post("/designer/upload", [("files", (BytesIO(b"PK\x03\x04" + bytes(size)), "a.zip"))])
            assert page.status_code in statuses
            assert "vượt giới hạn" in page.text or "quá" in page.text
            designer.get("/designer/upload")
            assert deployer.upload("/deployments", {"a.zip": b"PK\x03\x04" + bytes(size)}).status_code in statuses


def test_the_name_of_an_upload_loses_its_path_and_is_one_line(edge: Edge, deployer: Program):
    designer = edge.desk("thietke")
    for name in ("../../../etc/sound.bpmn", "/etc/sound.bpmn"):
        designer.get("/designer/upload")
        with unchanged(edge.app):
            page = designer.post("/designer/upload", [("files", (BytesIO(SOUND), name)), ("act", "check")])
            assert page.status_code == 200
            assert "etc/" not in page.text
    for name in ("n" * 4000 + ".bpmn", "a\u202enmpb.bpmn"):
        designer.get("/designer/upload")
        with unchanged(edge.app):
            page = designer.post("/designer/upload", [("files", (BytesIO(SOUND), name)), ("act", "upload")])
            assert page.status_code == 422
            assert "Tên tệp cần là một dòng" in said(page.text) or "Tên tệp cần là một dòng" in page.text
            assert deployer.upload("/deployments", {name: SOUND}).status_code == 422
            assert designer.post("/designer/upload", {"name": "x" * 201, "act": "upload"}).status_code == 422


def started_with_an_incident(edge: Edge, key: str, variables: dict[str, Any]) -> None:
    """Start it: the instance waits with its task, which says what is wrong and is nobody's until it is mended."""
    caller = program(edge.app, "admin")
    started = caller.call("POST", f"/definitions/{key}/instances", {"variables": variables})
    assert started.status_code == 201, started.text
    (incident,) = started.json["incidents"]
    assert (incident["element_id"], incident["kind"]) == ("do", "nobody_chosen")
    (task,) = caller.get(f"/tasks?instance_id={started.json['id']}")["items"]
    assert (task["assignee"], task["due_at"]) == (None, None)


@pytest.mark.parametrize("who", ["x" * 6000, "a\nb", "\u202enimda"])
def test_a_name_that_nobody_can_have_is_an_incident_of_its_element(edge: Edge, who: str):
    caller = program(edge.app, "admin")
    for key, task in (("assigned", {"motcua__assignee": "${who}"}), ("offered", {"motcua__candidateUsers": "${who}"})):
        caller.upload("/deployments", {"a.bpmn": diagram(key, **task)})
        started_with_an_incident(edge, key, {"who": who})


@pytest.mark.parametrize("when", ["P9999999999D", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "x" * 9000, [1]])
def test_a_due_date_beyond_the_calendar_is_an_incident_of_its_element(edge: Edge, when: Any):
    caller = program(edge.app, "admin")
    caller.upload("/deployments", {"a.bpmn": diagram("due", motcua__dueDate="${when}")})
    started_with_an_incident(edge, "due", {"when": when})
