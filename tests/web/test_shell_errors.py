"""Every error becomes a page in both languages, with the right status and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask, jsonify

import errors
import web
from errors import Detail, MotcuaError
from findings import Finding, Severity
from http_status import STATUS, status_of
from texts import Text
from web.security import limiter


def every_class(root: type[MotcuaError] = MotcuaError) -> Iterator[type[MotcuaError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == "errors":
            yield from every_class(child)


ALL = sorted(set(every_class()), key=lambda kind: kind.__name__)


def make(kind: type[MotcuaError]) -> MotcuaError:
    if kind is errors.InvalidBundle:
        finding = Finding(rule="r", severity=Severity.ERROR, message=Text("Sửa đi", "Mend it"), element_id="Task_1")
        return errors.InvalidBundle([finding])
    if kind is errors.DraftChanged:
        return errors.DraftChanged(version=2, saved_by="an", saved_at=datetime(2026, 11, 22, tzinfo=UTC), device="")
    return kind()


@pytest.fixture
def client(shell: Flask):
    @shell.route("/raise/<name>", methods=["GET", "POST"])
    @shell.route("/api/raise/<name>", endpoint="api_raise")
    def raise_(name: str) -> str:
        raise make(getattr(errors, name))

    @shell.get("/bug")
    def bug() -> str:
        raise ZeroDivisionError

    @shell.post("/form")
    def form() -> str:
        return "done"

    return shell.test_client()


def test_the_table_covers_every_class_of_errors():
    assert [kind.__name__ for kind in ALL if kind not in STATUS] == []
    assert [kind.__name__ for kind in STATUS if kind not in ALL] == []


def test_only_our_own_faults_and_busyness_are_5xx():
    ours = {kind for kind, status in STATUS.items() if status >= 500}
    assert ours == {errors.MotcuaError, errors.ConcurrentUpdate, errors.Unavailable, errors.NotScanned}


def test_a_new_subclass_takes_the_status_of_its_parent():
    class Odd(errors.NotFound):
        """Something odd."""

    assert status_of(Odd()) == 404


@pytest.mark.parametrize("kind", ALL)
def test_each_error_is_a_page_that_says_what_to_do(client, kind: type[MotcuaError]):
    answer = client.post(f"/raise/{kind.__name__}?lang=vi", headers={"Referer": "http://localhost/"})
    assert answer.status_code == 400  # a POST without its CSRF token never reaches the view
    answer = client.get(f"/raise/{kind.__name__}?lang=vi")
    if kind is errors.NotSignedIn:
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/sign-in?next=%2Fraise%2FNotSignedIn%3Flang%3Dvi"
        return
    assert answer.status_code == STATUS[kind]
    assert answer.mimetype == "text/html"
    assert make(kind).text.vi in answer.text
    assert "Bạn có thể" in answer.text
    english = client.get(f"/raise/{kind.__name__}?lang=en").text
    assert "What you can do" in english
    assert '<html lang="en">' in english


def test_somebody_without_session_is_told_to_sign_in_when_htmx_asks(client):
    assert client.get("/raise/NotSignedIn", headers={"HX-Request": "true"}).status_code == 401


def test_what_is_wrong_is_named(client):
    answer = client.get("/raise/InvalidBundle").text
    assert "Task_1" in answer
    assert "Sửa đi" in answer


def test_busy_says_when_to_come_back(client):
    assert client.get("/raise/Unavailable").headers["Retry-After"] == "2"


def test_a_bug_is_a_page_with_a_code_that_the_log_has_too(client, caplog):
    answer = client.get("/bug")
    assert answer.status_code == 500
    assert "Những gì đã lưu trước đó vẫn còn nguyên." in answer.text
    code = caplog.records[-1].getMessage().split()[0]
    assert code.startswith("MC-")
    assert code in answer.text


def test_an_unknown_address_offers_a_search(client):
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert 'action="/procedures"' in answer.text


def test_a_wrong_method_names_the_right_ones(client):
    answer = client.put("/bug")
    assert answer.status_code in (400, 405)


def test_a_form_whose_token_expired_says_so_and_changes_nothing(client):
    answer = client.post("/form", data={"csrf_token": "stale"})
    assert answer.status_code == 400
    assert "mã an toàn đã hết hạn" in answer.text


def test_programs_get_the_answer_of_the_api(client, shell: Flask):
    shell.extensions["motcua.api_errors"] = lambda error: (jsonify(kind=type(error).__name__), 418)
    assert client.get("/api/nowhere").get_json() == {"kind": "NotFound"}
    assert client.get("/api/raise/TaskNotOpen").get_json() == {"kind": "TaskNotOpen"}


def test_a_detail_without_field_is_listed_too(shell: Flask):
    @shell.get("/detail")
    def detail() -> str:
        raise errors.Forbidden(details=[Detail(code="permission", message=Text("Thiếu quyền design.", "Missing."))])

    answer = shell.test_client().get("/detail")
    assert answer.status_code == 403
    assert "Thiếu quyền design." in answer.text


def test_too_many_tries_are_told_to_wait():
    limited = Flask("tests.limited")
    limited.config.update(SECRET_KEY="for tests only")
    web.init_web(limited)

    @limited.get("/narrow")
    @limiter.limit("2 per minute")
    def narrow() -> str:
        return "in"

    client = limited.test_client()
    answers = [client.get("/narrow") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Quá nhiều lần thử" in answers[-1].text
    assert answers[-1].headers["Retry-After"]


def test_a_request_that_is_too_large_is_a_page_of_its_own(client, shell: Flask):
    shell.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/form", data={"text": "x" * 2000})
    assert answer.status_code == 413
    assert "Dung lượng vượt giới hạn" in answer.text
