"""What no browser sends: signs that cannot be stored, odd encodings, values of the wrong kind: no fault of ours."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.filing import begun, on_page
from tests.web.test_applicant_filing import KEY, LABORATORY, answers
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
    draft = begun(visitor, KEY)
    for address in (f"{draft}/{LABORATORY}", f"{draft}/check"):
        sent = answers(laboratory_name=f"a{NUL}b")
        assert 400 <= on_page(visitor, address, sent, "send").status_code < 500
    named = on_page(visitor, f"{draft}/papers", [("component.floor_plan", pdf(f"a{NUL}\u202e.pdf"))], "upload")
    assert named.status_code in (303, 400, 422)
    assert "Bạn chưa nộp hồ sơ nào" in visitor.get("/my/dossiers").text


@pytest.mark.parametrize(
    "pairs",
    [
        [("answers.equipment[9999].name", "x")],
        [("answers.laboratory_name[0]", "x")],
        [("answers.", "x"), ("answers..", "x"), ("answers.[", "x")],
        [("answers.laboratory_name", "a" * 100_000)],
        [("document", "../../etc/passwd"), ("remove", "x" * 500)],
        [("draft", "mine"), ("draft_other", "9" * 400), ("draft_version", "x" * 500)],
        [("back", "javascript:alert(1)")],
        [(f"answers.f{number}", "x") for number in range(900)],
    ],
)
def test_odd_forms_are_refused_with_a_page(shared_app: Flask, tries: None, pairs: list[tuple[str, str]]):
    visitor = Visitor(shared_app)
    visitor.sign_in("nguoinop2")
    draft = begun(visitor, KEY)
    for page in (LABORATORY, "List_equipment", "papers", "check", "nope"):
        visitor.get(f"{draft}/{LABORATORY}")
        answer = visitor.post(f"{draft}/{page}", [*pairs, ("step", "next")])
        assert answer.status_code < 500
        assert answer.status_code >= 400 or answer.headers["Location"].startswith(draft)
        assert answer.status_code == 303 or "<h1" in answer.text
