"""tus at /uploads for pages and at /api/v1/uploads for programs: one protocol, two doors."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api import auth
from services import documents, dossiers, people
from services.permissions import SYSTEM
from tests.files import pdf
from tests.office import Office, _answers
from tests.web.visitor import TOKEN, Visitor

PAPER = pdf(100_000, seed=3)
TUS = {"Tus-Resumable": "1.0.0"}
LONG = b64encode(b"a" * 600).decode()
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


class Door:
    """One of the two, with what its callers show."""

    def __init__(self, client: FlaskClient, place: str, shown: dict[str, str]) -> None:
        self.client, self.place, self.shown = client, place, shown

    def call(
        self, method: str, path: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> TestResponse:
        given = {**self.shown, **(headers or {})}
        return self.client.open(path or self.place, method=method, data=body, headers=given)

    def begin(self, length: int, name: str = "sơ đồ.pdf", **more: str) -> TestResponse:
        metadata = {"filename": name, **more}
        said = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
        return self.call("POST", "", {**TUS, "Upload-Length": str(length), "Upload-Metadata": said})

    def send(self, path: str, offset: int, body: bytes, **more: str) -> TestResponse:
        return self.call("PATCH", path, {**PIECE, "Upload-Offset": str(offset), **more}, body)


def page_door(app: Flask, username: str) -> Door:
    visitor = Visitor(app)
    visitor.sign_in(username)
    found = TOKEN.search(visitor.get("/account").text)
    assert found is not None
    return Door(visitor.client, "/uploads", {"X-CSRFToken": found[1]})


@pytest.fixture(params=["page", "program"])
def door(request: pytest.FixtureRequest, shared_app: Flask) -> Door:
    auth.forget()
    if request.param == "page":
        return page_door(shared_app, "nguoinop")
    with shared_app.app_context():
        token = people.issue_token(SYSTEM, "nguoinop", now=datetime.now(UTC))
    return Door(shared_app.test_client(), "/api/v1/uploads", {"Authorization": f"Bearer {token}"})


def code(answer: TestResponse) -> Any:
    assert answer.json is not None, answer.text
    error = answer.json["error"]
    assert error["message"]
    return error["details"][0]["code"] if error["details"] else error["code"]


def test_a_file_goes_through_in_pieces_and_is_listed(door: Door) -> None:
    begun = door.begin(len(PAPER), component="floor_plan", field="component.floor_plan")
    assert begun.status_code == 201
    path = begun.headers["Location"]
    assert path.startswith(door.place + "/")
    assert begun.headers["Upload-Expires"].endswith("GMT")
    first = door.send(path, 0, PAPER[:60_000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "60000")
    head = door.call("HEAD", path, TUS)
    assert head.status_code == 200
    assert head.headers["Cache-Control"] == "no-store"
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("60000", str(len(PAPER)))
    assert door.send(path, 0, PAPER).status_code == 409
    last = door.send(path, 60_000, PAPER[60_000:])
    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(PAPER)))
    document = door.call("POST", f"{path}/finish").json
    assert document is not None
    assert document["sha256"] == hashlib.sha256(PAPER).hexdigest()
    assert (document["component"], document["name"]) == ("floor_plan", "sơ đồ.pdf")
    state = door.call("GET", path).json
    assert state is not None
    assert (state["document_id"], state["offset"]) == (document["id"], len(PAPER))
    for answer in (begun, first, head, last):
        assert answer.headers["Tus-Resumable"] == "1.0.0"


def test_it_says_what_it_speaks(door: Door) -> None:
    said = door.call("OPTIONS")
    assert said.status_code == 204
    assert said.headers["Tus-Version"] == "1.0.0"
    assert said.headers["Tus-Extension"] == "creation,termination,expiration,checksum"
    assert int(said.headers["Tus-Max-Size"]) == 20 << 20


def test_another_version_is_refused(door: Door) -> None:
    path = door.begin(10).headers["Location"]
    for answer in (
        door.call("POST", "", {"Upload-Length": "5"}),
        door.call("PATCH", path, {**PIECE, "Tus-Resumable": "0.2.2", "Upload-Offset": "0"}, b"x"),
        door.call("DELETE", path),
    ):
        assert answer.status_code == 412
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert code(answer) == "wrong_protocol"
    assert door.call("HEAD", path).status_code == 412


@pytest.mark.parametrize(
    ("headers", "status", "wanted"),
    [
        ({}, 400, "number"),
        ({"Upload-Length": "-1"}, 400, "number"),
        ({"Upload-Length": "٣"}, 400, "number"),
        ({"Upload-Length": "9" * 40}, 400, "number"),
        ({"Upload-Defer-Length": "1"}, 400, "malformed"),
        ({"Upload-Length": "0"}, 422, "empty"),
        ({"Upload-Length": "999999999999"}, 413, "too_large"),
        ({"Upload-Length": "5", "Upload-Metadata": ""}, 422, "required"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename ***"}, 400, "format"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename /w=="}, 400, "format"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename YQ==,filename YQ=="}, 400, "format"),
        ({"Upload-Length": "5", "Upload-Metadata": "filename " + "YQ==" * 4000}, 400, "format"),
        ({"Upload-Length": "5", "Upload-Metadata": f"filename YQ==,component {LONG},field {LONG}"}, 422, "length"),
    ],
)
def test_what_is_not_well_said_is_refused_by_name(
    door: Door, headers: dict[str, str], status: int, wanted: str
) -> None:
    given = {"Upload-Metadata": "filename YS5wZGY=", **TUS, **headers}
    answer = door.call("POST", "", given)
    assert (answer.status_code, code(answer)) == (status, wanted)


def test_a_piece_is_refused_where_it_does_not_fit(door: Door) -> None:
    path = door.begin(100).headers["Location"]
    assert door.call("PATCH", path, {**TUS, "Upload-Offset": "0"}, b"x").status_code == 415
    assert door.call("PATCH", path, PIECE, b"x").status_code == 400
    assert door.send(path, 0, b"x" * 101).status_code == 413
    assert door.send(path, 5, b"x").status_code == 409
    wrong = "sha256 " + b64encode(b"0" * 32).decode()
    assert door.send(path, 0, b"x", **{"Upload-Checksum": wrong}).status_code == 460
    assert door.send(path, 0, b"").headers["Upload-Offset"] == "0"
    assert door.call("POST", f"{path}/finish").status_code == 409


def test_the_last_piece_is_answered_with_what_is_wrong_with_the_file(door: Door) -> None:
    path = door.begin(40, name="thư.pdf").headers["Location"]
    answer = door.send(path, 0, b"MZ" * 20)
    assert answer.status_code == 415
    assert answer.json is not None
    assert "thư.pdf" in answer.json["error"]["details"][0]["message"]
    assert door.call("HEAD", path, TUS).status_code == 404


def test_an_upload_is_ended_with_what_it_became(door: Door) -> None:
    path = door.begin(len(PAPER)).headers["Location"]
    assert door.call("DELETE", path, TUS).status_code == 204
    assert door.call("DELETE", path, TUS).status_code == 404
    path = door.begin(len(PAPER)).headers["Location"]
    door.send(path, 0, PAPER)
    document = door.call("POST", f"{path}/finish").json
    assert document is not None
    assert door.call("DELETE", path, TUS).status_code == 204
    if door.place == "/uploads":
        assert door.client.get(f"/documents/{document['id']}").status_code == 404


def test_a_proxy_that_knows_no_patch_is_gone_around(shared_app: Flask) -> None:
    door = page_door(shared_app, "nguoinop")
    path = door.begin(10).headers["Location"]
    sent = door.call("POST", path, {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}, b"x")
    assert (sent.status_code, sent.headers["Upload-Offset"]) == (204, "1")
    assert door.call("POST", path, {**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204


def test_a_page_sends_its_token_and_others_files_are_nobodys(shared_app: Flask) -> None:
    mine, theirs = page_door(shared_app, "nguoinop"), page_door(shared_app, "nguoinop2")
    path = mine.begin(10).headers["Location"]
    assert theirs.call("HEAD", path, TUS).status_code == 404
    assert theirs.send(path, 0, b"x").status_code == 404
    forged = Door(mine.client, "/uploads", {})
    for answer in (forged.begin(10), forged.send(path, 0, b"x"), forged.call("DELETE", path, TUS)):
        assert answer.status_code == 400
        assert answer.json is not None
        assert "mã an toàn" in answer.json["error"]["message"]
    nobody = Door(shared_app.test_client(), "/uploads", {})
    assert nobody.call("HEAD", path, TUS).status_code == 401


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("component.floor_plan", 'name="document"'),
        ("answers.people[0].photo", 'name="answers.people[0].photo"'),
    ],
)
def test_a_finished_file_is_given_back_as_the_page_lists_it(shared_app: Flask, field: str, wanted: str) -> None:
    door = page_door(shared_app, "nguoinop")
    path = door.begin(len(PAPER), name="<b>&.pdf", field=field).headers["Location"]
    door.send(path, 0, PAPER)
    listed = door.call("POST", f"{path}/finish", {"Accept": "text/html"})
    assert listed.mimetype == "text/html"
    assert wanted in listed.text
    assert "&lt;b&gt;" not in listed.text  # made safe: `<` and `>` are no signs of a file name
    assert "_b_&amp;.pdf" in listed.text


def test_what_a_program_uploads_goes_to_the_dossier_with_its_task(shared_app: Flask) -> None:
    auth.forget()
    with shared_app.app_context():
        office = Office(parts=shared_app.extensions["motcua"], now=datetime.now(UTC))
        dossier = office.file()
        task_id, dossier_id = office.open(dossier)["check"].id, dossier.id
        token = people.issue_token(SYSTEM, "motcua", now=datetime.now(UTC))
    door = Door(shared_app.test_client(), "/api/v1/uploads", {"Authorization": f"Bearer {token}"})
    path = door.begin(len(PAPER), name="biên bản.pdf").headers["Location"]
    door.send(path, 0, PAPER)
    document = door.call("POST", f"{path}/finish").json
    assert document is not None
    body = {"act": "accept", "variables": dict(_answers("check", "accept")), "documents": [document["id"]]}
    done = door.client.post(f"/api/v1/tasks/{task_id}/complete", json=body, headers=door.shown)
    assert done.status_code == 200, done.text
    with shared_app.app_context():
        viewer = office.viewer("motcua")
        names = [row.file_name for row in documents.of_dossier(viewer, dossiers.readable(viewer, dossier_id))]
    assert "biên bản.pdf" in names
    assert door.call("HEAD", path, TUS).status_code == 404  # it is sent: the upload is over
