"""Officers at their browsers, beside the verbs of the office: for tests of the officers' pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Flask

from services import people
from storage.tables import Dossier
from tests import apps
from tests.conftest import clean_place
from tests.databases import settings_of
from tests.office import Office
from tests.web.visitor import Visitor
from web.account.session import TOKEN

ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)


def at_desk(app: Flask, username: str) -> Visitor:
    """Sign somebody in without the password, which takes its time to be checked."""
    visitor = Visitor(app)
    with app.app_context():
        fresh = people._open(username, "a test", None, datetime.now(UTC))
    with visitor.client.session_transaction() as cookie:
        cookie[TOKEN] = fresh
    return visitor


def task_of(office: Office, dossier: Dossier, element: str) -> str:
    """Give the address of an open step."""
    return f"/tasks/{office.open(dossier)[element].id}"


def posted(answers: Mapping[str, Any], prefix: str = "answers.") -> Iterator[tuple[str, str]]:
    """Give answers as the form would post them."""
    for name, value in answers.items():
        if isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, dict):
                    yield from posted(row, f"{prefix}{name}[{number}].")
                else:
                    yield f"{prefix}{name}", str(row)
        else:
            yield f"{prefix}{name}", "true" if value is True else str(value)


def words(page: str) -> str:
    """Give what a person reads on a page, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def rows(page: str) -> list[str]:
    """Give the rows of the tables of a page as words, heads left out."""
    return [words(row) for row in ROW.findall(page) if "<td" in row]


def quick_app(lives: str = "test") -> Iterator[Flask]:
    """Give a clean, seeded application on SQLite: what these pages ask of a database is tried on each one elsewhere."""
    with apps.served(settings_of(clean_place("sqlite", demo=True, lives=lives))) as application:
        yield application
