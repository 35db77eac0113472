"""Words that are markup, wherever a designer, an applicant or an officer may write some: walked through as each person.

Every page that links lead to is parsed: the words may stand in it, but no element and no attribute may come of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape

import pytest
from flask import Flask
from lxml import html

from services import dossiers
from tests.api.program import program
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import form, procedure
from tests.web.filing import begun, on_page, pages_of
from tests.web.officers import at_desk, quick_app
from tests.web.visitor import Visitor, pdf

BAD = "\"'><evil-tag evil-mark=1></title></textarea></script><evil-tag evil-mark='1'>"
NAMED = "x\"'><evil-tag evil-mark=1>.pdf"
MOST = 30
"""Pages that one person walks to, from those on which the words stand."""
STARTS = {
    "nguoinop": ["/procedures", "/my/dossiers", "/my/drafts", "/track"],
    "motcua": ["/inbox", "/dossiers"],
    "truongphong": ["/board", "/board/list", "/dossiers"],
    "thietke": ["/designer", "/designer/drafts"],
    "vanhanh": ["/operator"],
}
LEFT = re.compile(r"/(static|sign-|account|admin|api|docs|health)|\.(csv|bpmn|form|dmn|pdf|svg)$")


def field(type_: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "id": key, "key": key, "label": BAD, "description": BAD, **more}


FIELDS = [
    field("textfield", "a", appearance={"prefixAdorner": BAD}, properties={"labelEn": BAD}),
    field("textarea", "b", defaultValue=BAD),
    field("select", "c", values=[{"label": BAD, "value": BAD}]),
    field("checklist", "d", values=[{"label": BAD, "value": BAD}]),
    field("filepicker", "e"),
    {"type": "text", "id": "t", "text": f"{BAD} {{{{a}}}}"},
    {"type": "html", "id": "h", "content": f"<p>{BAD} {{{{a}}}}</p>"},
    {"type": "table", "id": "tb", "label": BAD, "columns": [{"key": "k", "label": BAD}],
     "dataSource": "=[{k: a}, {k: a}, {k: a}]", "rowCount": 2},
]  # fmt: skip
GROUP = {"type": "group", "id": "g", "label": BAD, "components": FIELDS}
ACTS = """<extensionElements>
<motcua:act id="good" labelVi={0} labelEn={0} kind="advance" reason="optional" form="true"/>
<motcua:act id="bad" labelVi={0} labelEn={0} kind="refuse" reason="required" form="true"/>
</extensionElements>""".format('"' + escape(BAD, {'"': "&quot;"}) + '"')


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    yield from quick_app("module")


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        office = Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))
        parts = (
            start("s", motcua__nationalStatus="1", motcua__form="asked.form"),
            user("do", ACTS, name=BAD, motcua__form="asked.form", motcua__candidateGroups="one_door"),
            user("more", ACTS, name=BAD, motcua__form="asked.form", motcua__candidateGroups="one_door"),
            end("e"), "s -> do -> more -> e",
        )  # fmt: skip
        files = procedure("evil", *parts, asked__form=form("asked", GROUP))
        words = escape(BAD, {'"': "&quot;"})
        name = "evil.bpmn"
        files[name] = (
            files[name].replace("Thủ tục evil".encode(), words.encode()).replace(b"Procedure evil", words.encode())
        )
        office.deploy(files)
        yield office


def inert(page: str, where: str) -> html.HtmlElement:
    """Parse a page: nothing in it came of the words."""
    document = html.document_fromstring(page)
    for element in document.iter():
        if isinstance(element.tag, str):
            assert element.tag != "evil-tag", where
            assert "evil-mark" not in element.attrib, where
    return document


def walked(visitor: Visitor, starts: list[str]) -> dict[str, bool]:
    """Read pages from link to link; give each address and whether the words stand on it."""
    waiting, seen = list(starts), dict.fromkeys(starts, False)
    for number, address in enumerate(waiting):
        if number >= MOST:
            break
        answer = visitor.get(address)
        assert answer.status_code < 500, address
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        document = inert(answer.text, address)
        seen[address] = "evil-tag" in document.text_content()
        if not seen[address] and address not in starts:
            continue
        for link in document.xpath("//a/@href"):
            found = urlsplit(urljoin(address, link))
            path = found.path + (f"?{found.query}" if found.query else "")
            if not found.netloc and not LEFT.search(found.path) and "lang=" not in found.query and path not in seen:
                seen[path] = False
                waiting.append(path)
    return seen


def typed() -> list[tuple[str, Any]]:
    return [("answers.a", BAD), ("answers.b", BAD), ("answers.c", BAD), ("answers.d", BAD), ("answers.e", pdf(NAMED))]


def test_words_that_are_markup_are_words_on_every_page_to_which_a_person_is_led(app: Flask, office: Office):
    applicant = at_desk(app, "nguoinop")
    draft = begun(applicant, "evil")
    page = pages_of(applicant, draft)[0]
    assert on_page(applicant, page, typed(), "next").status_code == 303
    filing = walked(applicant, [draft, page, f"{draft}/check", "/my/drafts"])
    assert all(filing[address] for address in (draft, page, f"{draft}/check"))
    applicant.get(f"{draft}/check")
    sent = applicant.post(f"{draft}/check", [*applicant.hidden(), ("step", "send")])
    assert sent.status_code == 303, sent.text
    office.look()
    dossier = dossiers.own(office.viewer("nguoinop"), sent.headers["Location"].split("/")[3])

    officer = at_desk(app, "motcua")
    task = f"/tasks/{office.open(dossier)['do'].id}"
    officer.get(task)
    kept = officer.post(f"{task}/draft", [*officer.hidden(), *typed(), ("reason", BAD)])
    assert kept.status_code == 303
    officer.get(task)
    wrong = officer.post(f"{task}/submit", [*officer.hidden(), *typed(), ("answers.c", "<evil-tag>"), ("act", "good")])
    assert "evil-tag" in inert(wrong.text, "wrong answers").text_content()
    assert wrong.status_code == 422
    officer.get(task)
    look = officer.post(f"{task}/submit", [*officer.hidden(), *typed(), ("act", "bad"), ("reason", BAD)])
    assert "evil-tag" in inert(look.text, "last look").text_content()
    assert look.status_code == 200
    officer.get(task)
    done = officer.post(f"{task}/submit", [*officer.hidden(), *typed(), ("act", "good"), ("reason", BAD)])
    assert done.status_code == 303

    places = STARTS | {"motcua": [*STARTS["motcua"], task, f"/dossiers/{dossier.id}"]}
    for username, starts in places.items():
        seen = walked(at_desk(app, username), starts)
        assert sum(seen.values()) >= 3, (username, seen)

    told = program(app, "officer").call("GET", f"/dossiers/{dossier.id}")
    assert told.mimetype == "application/json"
    assert told.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "address", [f"/procedures/{BAD}", f"/my/dossiers/{BAD}", f"/inbox?q={BAD}&view={BAD}", f"/{BAD}"]
)
def test_an_address_that_is_markup_is_words_on_the_page_that_refuses_it(app: Flask, tries: None, address: str):
    inert(at_desk(app, "motcua").get(address).text, address)


def test_a_form_in_the_making_is_words_in_its_preview_and_findings(app: Flask, tries: None):
    designer = at_desk(app, "thietke")
    designer.get("/designer/drafts")
    base = designer.post("/designer/drafts", {"name": BAD}).headers["Location"]
    designer.get(base)
    odd = {"type": "textfield", "id": BAD, "key": BAD, BAD: BAD, "label": BAD}
    for name, schema in (("good.form", form("good", GROUP)), ("odd.form", form(BAD, odd, {"type": BAD}))):
        designer.get(base)
        designer.post(f"{base}/files", [("files", (BytesIO(json.dumps(schema).encode()), name))])
        preview = designer.get(f"{base}/forms/{name}/preview")
        assert "evil-tag" in inert(preview.text, name).text_content()
        inert(designer.post(f"{base}/forms/{name}/preview", [*typed()[:4], ("validate", "yes")]).text, name)
    assert sum(walked(designer, ["/designer/drafts", base]).values()) >= 3
