"""The fixtures of tests/conftest.py keep their promise: each test has a clean, migrated application of its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from storage.database import db, unit_of_work
from storage.tables import Person
from tests.databases import Place
from tests.server import Server


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_writes_another_never_sees(app: Flask, time: str) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0
        with unit_of_work() as session:
            session.add(Person(username="an", name="An", created_at=datetime.now(UTC)))


def test_the_database_is_of_the_kind_that_the_test_is_named_after(app: Flask, database: str) -> None:
    with app.app_context():
        assert db.engine.dialect.name == database


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["db", "check"]).exit_code == 0


def test_the_application_is_ready(client: FlaskClient) -> None:
    assert client.get("/health/ready").status_code == 200


def test_the_demo_has_people(demo_app: Flask) -> None:
    with demo_app.app_context():
        assert len(db.session.scalars(select(Person)).all()) > 5


def test_a_killed_server_starts_again_on_the_same_port(server: Server, place: Place) -> None:
    url = server.url
    server.kill()
    assert not server.answers("/health/live")
    assert server.start().url == url
    assert place.data == server.data
