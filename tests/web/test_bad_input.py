"""Bad input through the real pages: each a clear 4xx that names the field or file, and nothing is changed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from services import people
from tests.web.edge import Edge, said, unchanged, zipped
from tests.web.filing import begun
from tests.web.test_applicant_filing import EQUIPMENT, KEY, LABORATORY, PAPERS, PARTS, answers, files
from tests.web.visitor import Visitor, pdf

MB = 1024 * 1024
Pairs = list[tuple[str, Any]]


def case(name: str, pairs: Callable[[], Pairs], named: str = "", *statuses: int) -> Any:
    """Give a case; its pairs are made when it is tried, for a file is read once."""
    return pytest.param(pairs, named, statuses or (422,), id=name)


CHECK = ("step", "next")


@pytest.mark.parametrize(
    ("pairs", "named", "statuses"),
    [
        case("nothing at all", lambda: [CHECK], "Nhập “Tên phòng xét nghiệm”"),
        case("10 MB of text", lambda: [*answers(laboratory_name="x" * 10 * MB), CHECK], "256 KB", 413, 422),
        case(
            "10 MB of text in parts", lambda: [*answers(laboratory_name="x" * 10 * MB), *files(*PARTS), CHECK], "", 413
        ),
        case("a text for a number", lambda: [*answers(laboratory_area="many"), CHECK], "Diện tích"),
        case("a number beyond all", lambda: [*answers(laboratory_area="9" * 400), CHECK], "Diện tích"),
        case("no finite number", lambda: [*answers(laboratory_area="1e999"), CHECK], "Diện tích"),
        case("no day", lambda: [*answers(laboratory_ready_on="2026-02-31"), CHECK], "Ngày đưa vào sử dụng"),
        case("no choice", lambda: [*answers(laboratory_negative_pressure="by pigeon"), CHECK], "áp suất âm"),
        case("an unknown field", lambda: [*answers(), ("answers.is_admin", "true"), CHECK], "is_admin"),
        case("a prototype", lambda: [*answers(), ("answers.__proto__.x", "1"), CHECK], "__proto__.x"),
        case("a row far away", lambda: [*answers(), ("answers.a[99999999].b", "x"), CHECK], "a[99999999].b"),
        case("rows without end", lambda: [*answers(), ("answers.equipment[9999].name", "x"), CHECK], "Trang thiết bị"),
        case("a list for a text", lambda: [*answers(), ("answers.laboratory_name[0]", "x"), CHECK], "laboratory_name"),
        case("a path of 5,000 steps", lambda: [*answers(), (f"answers.{'.'.join('a' * 5000)}", "x"), CHECK], "a.a.a.a"),
        case(
            "100,000 indexes", lambda: [*answers(), (f"answers.equipment{'[0]' * 100_000}", "x"), CHECK], "equipment[0]"
        ),
        case("a name of 100,000 signs", lambda: [*answers(), (f"answers.{'a' * 100_000}", "x"), CHECK], "aaaa"),
        case("2,000 fields", lambda: [*((f"answers.f{n}", "x") for n in range(2000)), CHECK], "f0"),
        case(
            "2,000 parts",
            lambda: [*((f"answers.f{n}", "x") for n in range(2000)), *files("floor_plan"), CHECK],
            "",
            413,
        ),
        case("a NUL in a value", lambda: [*answers(laboratory_name="a\0b"), CHECK], "answers.laboratory_name", 400),
        case("a NUL in a name", lambda: [*answers(), ("answers.a\0b", "x"), CHECK], "answers.ab", 400),
        case(
            "a NUL in the name of a file field", lambda: [*answers(), ("answers.a\0b", pdf()), CHECK], "answers.ab", 400
        ),
        case(
            "a mark that is none", lambda: [("draft_version", "../../x" * 9999), CHECK], "Nhập “Tên phòng xét nghiệm”"
        ),
        case("a choice that is none", lambda: [("draft", "x"), ("draft_other", "-9e9"), CHECK], "Nhập “Tên phòng"),
    ],
)
def test_a_bad_filing_names_the_field(edge: Edge, pairs: Callable[[], Pairs], named: str, statuses: tuple[int, ...]):
    applicant = edge.desk("nguoinop2")
    address = f"{begun(applicant, KEY)}/{EQUIPMENT if 'Trang thiết bị' in named else LABORATORY}"
    applicant.get(address)
    began = time.monotonic()
    with unchanged(edge.app, "document", "draft"):  # what is typed, and files, are kept as they come
        page = applicant.post(address, pairs())
    assert page.status_code in statuses
    assert named in said(page.text)
    assert time.monotonic() - began < 5


def test_a_bad_task_form_names_the_field(edge: Edge):
    head = edge.desk("truongphong")
    acts = re.findall(r'name="act" value="([^"]+)"', head.get(f"/tasks/{edge.task}").text)
    bad: list[tuple[Pairs, str, tuple[int, ...]]] = [
        ([("act", "nope")], "Chọn một trong các quyết định", (422,)),
        ([("act", "a\0")], "act", (400,)),
        ([("act", acts[0]), ("answers.is_admin", "1")], "is_admin", (422,)),
        ([("act", acts[0]), ("reason", "x" * 10 * MB)], "Lý do dài quá", (413, 422)),
        ([("act", acts[0]), ("seen_version", "99999999999")], "", (409,)),
        ([("act", acts[0]), ("answers.file", (BytesIO(b"MZ"), "x.pdf"))], "x.pdf", (422,)),
    ]
    for pairs, named, statuses in bad:
        head.get(f"/tasks/{edge.task}")
        with unchanged(edge.app):
            page = head.post(f"/tasks/{edge.task}/submit", pairs)
        assert page.status_code in statuses, (pairs, page.status_code)
        assert named in said(page.text), pairs
    for assignee in ("", "nobody", "x" * 100_000, "nguoinop", "' OR 1=1 --"):
        head.get(f"/tasks/{edge.task}/assign")
        with unchanged(edge.app):
            page = head.post(f"/tasks/{edge.task}/assign", {"assignee": assignee})
        assert page.status_code == 422, assignee
        assert len(said(page.text)) < 2000


@pytest.mark.parametrize(
    ("who", "path", "field"),
    [
        ("motcua", "/dossiers/{dossier}/stop", "reason"),
        ("nguoinop", "/my/dossiers/{code}/withdraw", "reason"),
    ],
)
def test_a_reason_is_needed_and_has_an_end(edge: Edge, who: str, path: str, field: str):
    person = edge.desk(who)
    address = path.format(dossier=edge.dossier, code=edge.code)
    for reason in (None, "   ", "x" * 100_000):
        person.get(address)
        with unchanged(edge.app):
            page = person.post(address, {} if reason is None else {field: reason})
        assert page.status_code == 422
        assert "ý do" in said(page.text)


LONG = "x" * 5000


@pytest.mark.parametrize(
    ("path", "values", "named"),
    [
        ("/admin/people/new", {}, ("Tên đăng nhập", "họ tên")),
        (
            "/admin/people/new",
            {"username": LONG, "name": LONG, "email": LONG, "unit": LONG, "roles": LONG, "groups": LONG, "how": "typed",
             "password": "x" * 300},
            ("Tên đăng nhập", "dài nhất 200", "Thư điện tử", "Mật khẩu", "vai trò", "nhóm", "đơn vị"),
        ),
        ("/admin/people/new", {"username": "ab", "name": "A\u202eb", "how": "none"}, ("Tên là một dòng",)),
        ("/admin/people/new", {"username": "system", "name": "Motcua", "how": "none"}, ("dành cho chính hệ thống",)),
        ("/admin/people/new", {"username": "motcua", "name": "Một", "how": "none"}, ("Tên này đã có",)),
        ("/admin/people/motcua", {"name": "A\nb", "roles": "god"}, ("Tên là một dòng", "god")),
        ("/admin/people/motcua/password", {"how": "typed", "password": "x"}, ("Mật khẩu",)),
        ("/admin/units/new", {"code": "../x", "name_vi": LONG}, ("Mã gồm", "dài nhất 200")),
        ("/admin/groups/new", {"code": "a b", "name_vi": ""}, ("Mã gồm", "Cần tên")),
        ("/admin/calendar/new", {"day": "99999-01-01", "kind": "nope"}, ("Ngày phải", "Chọn ngày nghỉ")),
        ("/admin/calendar/new", {"day": "2026-12-01", "kind": "off", "note": LONG}, ("Ghi chú",)),
    ],
)  # fmt: skip
def test_a_bad_form_of_the_administrator_names_the_field(
    edge: Edge, path: str, values: dict[str, str], named: tuple[str, ...]
):
    administrator = edge.desk("quantri")
    administrator.get(path)
    with unchanged(edge.app):
        page = administrator.post(path, values)
    assert page.status_code == 422
    for word in named:
        assert word in said(page.text), word


def test_a_bad_registration_names_the_field(edge: Edge, tries: None):
    visitor = Visitor(edge.app)
    password = {"password": "x" * 12, "again": "x" * 12}
    for values, named in (
        ({}, ("Tên đăng nhập", "họ tên", "Mật khẩu")),
        ({"username": "system", "name": "Motcua", **password}, ("dành cho chính hệ thống",)),
        ({"username": "SYSTEM ", "name": "Motcua", **password}, ("dành cho chính hệ thống",)),
        ({"username": "motcua", "name": "Motcua", **password}, ("Tên này đã có",)),
        ({"username": LONG, "name": LONG, "email": LONG, "phone": LONG, "organisation": LONG, "password": LONG},
         ("Tên đăng nhập", "dài nhất 200", "Thư điện tử", "điện thoại", "Mật khẩu")),
        ({"username": "a.b", "name": "A\r\nBcc: x@y", **password}, ("Tên là một dòng",)),
        ({"username": "a.b", "name": "A", "email": "a@b\r\nBcc: x@y.z", **password}, ("Thư điện tử",)),
        ({"username": "a.b", "name": "A", "roles": "admin", "password": "x" * 12, "again": "y"}, ("giống nhau",)),
    ):  # fmt: skip
        visitor.get("/register")
        with unchanged(edge.app):
            page = visitor.post("/register", values)
        assert page.status_code == 422, values
        for word in named:
            assert word in said(page.text), word


def test_registering_takes_no_role_that_is_sent_along(edge: Edge, tries: None):
    visitor = Visitor(edge.app)
    visitor.get("/register")
    values = {"username": "van.gian", "name": "Văn Gian", "password": "x" * 12, "again": "x" * 12}
    sent = {**values, "roles": "admin", "groups": "leader", "unit": "office", "is_demo": "1", "next": "//evil.example"}
    assert visitor.post("/register", sent).location == "/my/dossiers"
    with edge.app.app_context():
        assert "van.gian\tactive\tapplicant\t\t\tVăn Gian" in people.listed()


# ---- files

OFFICE = (("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>"))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.pdf", b"<!doctype html><script>alert(1)</script>", "không thuộc loại"),
        ("page.html", b"<html>", "không thuộc loại"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "không thuộc loại"),
        ("picture.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "không thuộc loại"),
        ("program.exe", b"MZ\x90\x00", "không thuộc loại"),
        ("program.pdf", b"MZ\x90\x00%PDF-1.7", "không thuộc loại"),
        ("script.pdf", b"#!/bin/sh\nrm -rf /", "không thuộc loại"),
        ("archive.docx", zipped(("a.txt", b"no document")), "tệp nén không được nhận"),
        ("macro.docx", zipped(*OFFICE, ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0")), "có macro hoặc chương trình"),
        ("hidden.docx", zipped(*OFFICE, ("word/embeddings/run.EXE", b"MZ")), "có macro hoặc chương trình"),
        ("bomb.docx", zipped(*OFFICE, ("word/media/a", b"\0"), says=310 * MB), "lớn bất thường"),
        ("cut.docx", zipped(*OFFICE)[:-20], "bị hỏng hoặc bị cắt"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, "không thuộc loại"),
        ("nothing.pdf", b"", "rỗng"),
        ("large.pdf", b"%PDF-1.7\n" + b"0" * 20 * MB, "lớn hơn 20 MB"),
    ],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_at_its_component(edge: Edge, name: str, content: bytes, words: str):
    applicant = edge.desk("nguoinop2")
    address = f"{begun(applicant, KEY)}/{PAPERS}"
    applicant.get(address)
    with unchanged(edge.app, "draft"):
        page = applicant.post(address, [("component.floor_plan", (BytesIO(content), name)), CHECK])
    assert page.status_code == 422
    assert f"“{name}”" in said(page.text)
    assert words in said(page.text)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Windows\\a.pdf", "a.pdf"),
        ("a%0D%0ASet-Cookie: x=y.pdf", None),
        ("hoa\u202eexe.pdf", None),
        ("n" * 4000 + ".pdf", "n" * 146 + ".pdf"),
        ('a";x="b.pdf', None),
        (".", "tep"),
        ("<img src=x onerror=alert(1)>.pdf", None),
        ("\u200e\u200f\u2066a\ufeff.pdf", None),
        ("con|nul?*.pdf", None),
    ],
)
def test_the_name_of_a_file_cannot_harm(edge: Edge, name: str, kept: str | None):
    applicant = edge.desk("nguoinop2")
    address = f"{begun(applicant, KEY)}/{PAPERS}"
    applicant.get(address)
    assert applicant.post(address, [("component.floor_plan", pdf(name)), ("step", "upload")]).status_code == 303
    page = applicant.get(address)
    found = re.findall(r'name="document" value="([0-9a-f]{32})"', page.text)
    assert len(found) == 1
    assert "<img" not in page.text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]", page.text)
    answer = applicant.get(f"/documents/{found[0]}")
    sent = answer.headers["Content-Disposition"]
    assert sent.startswith("attachment")
    assert len(sent) < 1000
    assert not re.search(r"[\r\n/\\]|%E2%80%AE", sent)
    assert sent.rstrip("\"'").endswith(".pdf")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"
    if kept:
        assert kept in page.text


def test_uploads_that_wait_have_an_end(edge: Edge, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.room.MOST_STAGED", 5)
    applicant = edge.desk("nguoinop2")
    address = f"{begun(applicant, KEY)}/{PAPERS}"
    applicant.get(address)
    page = applicant.post(address, [*[("component.floor_plan", pdf(f"{n}.pdf")) for n in range(6)], CHECK])
    assert page.status_code == 422
    assert "nhiều nhất là 5" in said(page.text)
    kept = re.findall(r'name="document" value="([0-9a-f]{32})"', page.text)
    applicant.post(address, [*[("remove", one) for one in kept], ("step", "upload")])
