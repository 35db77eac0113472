"""What no browser sends: signs that cannot be stored, odd encodings, values of the wrong kind: no fault of ours."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.test_applicant_filing import PARTS, PATH, answers, files
from tests.web.visitor import Visitor, pdf

NUL = "\x00"


@pytest.fixture
def visitor(demo_app: Flask, tries: None) -> Visitor:
    visitor = Visitor(demo_app)
    visitor.sign_in("nguoinop")
    return visitor


def test_signs_that_cannot_be_stored_are_refused_everywhere(visitor: Visitor):
    for path in (
        "/procedures?q=%00",
        "/procedures?field=%00",
        "/procedures?after=%00",
        "/procedures/%00",
        "/track?code=%00&check=%00",
        "/track?code=a&check=%00",
        "/my/dossiers?after=2026-01-01T00:00:00%2B00:00_%00",
        "/my/dossiers/%00",
        "/documents/%00",
        "/sign-in?next=/%00",
        "/procedures/medical-devices/file?case=%00",
        "/procedures?q=%ff%fe",
        "/procedures?q=%ED%A0%80",
    ):
        assert visitor.get(path).status_code < 500, path
    for path, values in (
        ("/sign-in", {"username": NUL, "password": NUL}),
        ("/register", {"username": "abc", "name": f"a{NUL}b", "password": "x" * 12, "again": "x" * 12}),
        ("/account/password", {"old": NUL, "new": NUL * 12, "again": NUL * 12}),
        ("/account/devices/end", {"device": NUL}),
        ("/my/dossiers/x/withdraw", {"reason": NUL}),
    ):
        visitor.get("/account")
        assert 400 <= visitor.post(path, values).status_code < 500, path


def test_a_form_with_a_sign_that_cannot_be_stored_names_it_and_files_nothing(visitor: Visitor):
    visitor.get(PATH)
    sent = [*answers(laboratory_name=f"a{NUL}b"), *files(*PARTS), ("step", "send")]
    assert 400 <= visitor.post(PATH, sent).status_code < 500
    visitor.get(PATH)
    named = visitor.post(PATH, [*answers(), ("component.floor_plan", pdf(f"a{NUL}\u202e.pdf")), ("step", "upload")])
    assert named.status_code in (200, 400, 422)
    assert "Bạn chưa nộp hồ sơ nào" in visitor.get("/my/dossiers").text


@pytest.mark.parametrize(
    "pairs",
    [
        [("answers.equipment[9999].name", "x")],
        [("answers.laboratory_name[0]", "x")],
        [("answers.", "x"), ("answers..", "x"), ("answers.[", "x")],
        [("answers.laboratory_name", "a" * 100_000)],
        [("document", "../../etc/passwd"), ("remove", "x" * 500)],
        [("filing", "../x"), ("step", "send")],
        [("case", "x")],
        [(f"answers.f{number}", "x") for number in range(900)],
    ],
)
def test_odd_forms_are_refused_with_a_page(shared_app: Flask, tries: None, pairs: list[tuple[str, str]]):
    visitor = Visitor(shared_app)
    visitor.sign_in("nguoinop2")
    visitor.get(PATH)
    step = [] if any(name == "step" for name, _ in pairs) else [("step", "check")]
    answer = visitor.post(PATH, [*pairs, *step])
    assert 400 <= answer.status_code < 500
    assert "<h1" in answer.text
