"""What the script of a form that follows its answers gets: the form alone, in few statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import bundle, form, procedure, text
from tests.services.test_statements import counted
from tests.web.filing import begun
from tests.web.officers import at_desk, quick_app
from tests.web.visitor import Visitor

SCRIPT = {"HX-Request": "true"}
REFRESH = ("answers-do", "refresh")
KIND = {"type": "radio", "key": "kind", "label": "Loại", "values": [{"value": v, "label": v} for v in ("a", "b")]}
MORE = text("more", required=True) | {"conditional": {"hide": '=kind != "b"'}}
NAME = text("name", required=True)
PREVIEW = {"type": "documentPreview", "label": "Xem", "dataSource": "=papers"}
ROWS = {"type": "dynamiclist", "path": "rows", "label": "Dòng", "components": [text("x", required=True)]}


@pytest.fixture
def app() -> Iterator[Flask]:
    yield from quick_app()


@pytest.fixture
def office(app: Flask, tries: None) -> Iterator[Office]:
    with app.app_context():
        yield Office(parts=app.extensions["motcua"], now=datetime.now(UTC) - timedelta(days=2))


def asked(visitor: Visitor, address: str, *sent: tuple[str, Any]) -> str:
    """Post what the script posts; give its answer."""
    kept = [(name, value) for name, value in visitor.hidden() if not name.startswith("answers")]
    page = visitor.page
    answer = visitor.post(address, [*kept, *sent], headers=SCRIPT)
    visitor.page = page  # it stays: the answer is worked into it
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_task_shows_its_form_alone_in_few_statements_however_much_there_is(app: Flask, office: Office) -> None:
    do = user("do", motcua__form="one.form", motcua__candidateGroups="one_door")
    fields = form("one", KIND, MORE, NAME, ROWS, PREVIEW)
    office.deploy(bundle("one", start("s"), do, end("e"), "s -> do -> e", one__form=fields))
    door = at_desk(app, "motcua")
    costs = []
    for count in (1, 40):
        task = f"/tasks/{office.open(office.start('one'))['do'].id}"
        whole = door.get(task).text
        rows = [(f"answers.rows[{number}].x", "") for number in range(count)]
        with counted() as sent:
            text_ = asked(door, f"{task}/submit", ("answers.kind", "b"), ("answers.name", ""), *rows, REFRESH)
        costs.append(len(sent))
    assert 'name="answers.more"' in text_
    assert "mc-field-bad" not in text_
    assert "<html" not in text_
    assert "<nav" not in text_
    assert 'data-live="kind"' in whole
    assert 'name="answers-shown" value="documents"' in whole  # a PDF that comes later is shown in the open page
    assert "answers-shown" not in text_  # which says so itself
    assert costs[0] == costs[1] <= 12, costs


def test_only_what_was_said_to_be_wrong_is_said_again_until_it_is_mended(app: Flask, office: Office) -> None:
    do = user("do", motcua__form="one.form", motcua__candidateGroups="one_door")
    office.deploy(
        bundle("one", start("s"), do, end("e"), "s -> do -> e", one__form=form("one", KIND, MORE, NAME, ROWS))
    )
    task = f"/tasks/{office.open(office.start('one'))['do'].id}"
    door = at_desk(app, "motcua")
    door.get(task)
    refused = door.post(f"{task}/submit", [*door.hidden(), ("answers.rows[0].x", "1")])
    assert refused.status_code == 422
    wrong = [pair for pair in door.hidden() if pair[0] == "answers-wrong"]
    assert wrong == [("answers-wrong", "answers.name")]
    again = asked(door, f"{task}/submit", ("answers.kind", "b"), ("answers.rows[0].x", ""), *wrong, REFRESH)
    assert again.count("mc-field-bad") == 1
    assert 'href="#f-name"' in again
    mended = asked(door, f"{task}/submit", ("answers.name", "A"), *wrong, ("answers-wrong", "no[1"), REFRESH)
    assert "mc-field-bad" not in mended
    assert "error-summary" not in mended


def test_the_page_of_a_filing_shows_its_form_alone_and_follows_only_its_own_answers(app: Flask, office: Office) -> None:
    first = {"type": "group", "id": "First", "label": "Một", "components": [KIND, NAME]}
    second = {"type": "group", "id": "Second", "label": "Hai", "components": [MORE, {**ROWS, "path": "rows"}]}
    office.deploy(
        procedure(
            "p", start("s", motcua__form="p.form", motcua__nationalStatus="1"), end("e"), "s -> e",
            p__form=form("p", first, second),
        )
    )  # fmt: skip
    visitor = at_desk(app, "nguoinop")
    draft = begun(visitor, "p")
    assert "data-live" not in visitor.get(f"{draft}/First").text
    whole = visitor.get(f"{draft}/Second").text
    assert 'data-live=""' in whole
    with counted() as sent:
        text_ = asked(visitor, f"{draft}/Second", ("answers.rows[0].x", "1"), ("answers-do", "add answers.rows"))
    assert 'name="answers.rows[1].x"' in text_
    assert len(text_) < len(whole) / 2
    assert len(sent) <= 15, sent
    assert visitor.get(f"{draft}/Second").text.count('name="answers.rows[1].x"') == 0  # nothing is saved
