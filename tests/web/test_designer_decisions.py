"""A designer tries a decision: questions from its model, the result, the rules that matched, what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from flask import Flask

from services import definitions
from services.permissions import SYSTEM
from tests.engine.tables import decide, decision, given, item, literal, table
from tests.engine.tables import definitions as file_of
from tests.web.officers import at_desk, quick_app, rows, words
from tests.web.visitor import Visitor


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    yield from quick_app("module")


@pytest.fixture
def designer(app: Flask, tries: None) -> Visitor:
    return at_desk(app, "thietke")


def stored(app: Flask, *parts: str, publish: bool = True) -> str:
    """Deploy a file of decisions; give the page of the one named `d…`."""
    with app.app_context():
        files = {"x.dmn": file_of(*parts)}
        done = definitions.deploy(SYSTEM, files, now=datetime.now(UTC), publish=publish)
        found = next(one for one in done.definitions if one.key.startswith("d"))
        return f"/designer/definitions/{found.id}"


def key() -> str:
    return f"d{uuid4().hex[:8]}"


FEES = table(["kind", "size"], ["fee"], [['"new"', "< 10", "100.50", "Điều 5"], ['"new"', ">= 10", "size * 2"]])


def test_a_table_is_tried_with_what_its_columns_ask(app: Flask, designer: Visitor) -> None:
    page = stored(app, decision(key(), FEES))
    assert f"{page}/try" in designer.get(page).text
    asked = designer.get(f"{page}/try").text
    assert "Kết quả" not in words(designer.get(f"{page}/try?lang=vi").text)
    assert 'name="v0"' in asked
    assert "Kết quả" not in words(asked)
    answer = designer.get(f"{page}/try?" + urlencode({"v0": "new", "v1": "5"})).text
    assert "100.50" in words(answer) or "100.5" in words(answer)
    (row,) = rows(answer)
    assert "Điều 5" in row
    assert 'kind: "new"' in row


def test_input_data_are_asked_by_type_with_their_values(app: Flask, designer: Visitor) -> None:
    types = item("tKind", "string", allowed='"new", "renewal"')
    parts = (given("k", "tKind"), given("ok", "boolean"), given("on", "date"), given("n", "number"))
    logic = literal('if k = "new" and ok then n * 2 else on')
    page = stored(app, types, *parts, decide(key(), logic, "in:k", "in:ok", "in:on", "in:n"))
    asked = designer.get(f"{page}/try").text
    assert '<option value="renewal">' in asked
    assert 'type="date"' in asked
    assert "21" in words(designer.get(f"{page}/try?" + urlencode({"v0": "new", "v1": "true", "v3": "10.5"})).text)
    assert "2026-01-31" in designer.get(f"{page}/try?" + urlencode({"v0": "renewal", "v2": "2026-01-31"})).text


def test_other_variables_are_given_as_json(app: Flask, designer: Visitor) -> None:
    page = stored(app, decision(key(), literal("person.age + bonus")), publish=False)
    answer = designer.get(f"{page}/try?" + urlencode({"more": '{"person": {"age": 40}, "bonus": 2.5}'})).text
    assert "42.5" in words(answer)


@pytest.mark.parametrize("more", ["[", "[1]", '"x"', '{"a": NaN}', '{"a": "\\ud800"}'])
def test_json_that_is_no_object_is_said(app: Flask, designer: Visitor, more: str) -> None:
    page = stored(app, decision(key(), literal("1")))
    answer = designer.get(f"{page}/try?" + urlencode({"more": more}))
    assert answer.status_code == 200
    assert "Cần một đối tượng JSON" in words(answer.text)


def test_what_goes_wrong_is_said(app: Flask, designer: Visitor) -> None:
    twice = stored(app, decision(key(), table(["n"], ["a"], [["> 0", "1"], ["> 0", "2"]])))
    assert "UNIQUE" in words(designer.get(f"{twice}/try?v0=5").text)
    number = stored(app, given("n", "number"), decide(key(), literal("n"), "in:n"))
    assert "Cần một số" in words(designer.get(f"{number}/try?v0=abc").text)
    assert designer.get(f"{number}/try?v0=1e999999").status_code == 200
    assert "Không dòng nào khớp" in words(designer.get(f"{twice}/try?v0=-5").text)


def test_only_decisions_have_the_page_and_only_designers(app: Flask, designer: Visitor) -> None:
    assert designer.get("/designer/definitions/gone/try").status_code == 404
    page = stored(app, decision(key(), literal("1")))
    assert at_desk(app, "motcua").get(f"{page}/try").status_code in (403, 404)
