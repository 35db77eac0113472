"""Pages without a database: a Flask app that has nothing but the web shell, and a viewer to try it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, g, render_template_string, request

import web
from services.permissions import Viewer, permissions_of
from tests import apps
from tests.conftest import clean_place
from tests.databases import settings_of
from tests.web.edge import Edge, edge_of
from web.security import limiter


def viewer(*roles: str) -> Viewer:
    """Give a person with these roles."""
    return Viewer(
        username="yen",
        name="Lê Hoàng Yến",
        unit="Cục Phòng bệnh",
        roles=frozenset(roles),
        permissions=permissions_of(roles),
    )


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The shell alone, without any area's pages; `?as=officer,head` signs a person with these roles in."""
    monkeypatch.setattr(web, "BLUEPRINTS", ())
    app = Flask("tests.shell")
    app.config.update(SECRET_KEY="for tests only", RATELIMIT_ENABLED=False)
    web.init_web(app)
    app.jinja_env.globals["unread_notices"] = lambda: 3  # the shell alone has no database

    @app.before_request
    def sign_in() -> None:
        if roles := request.args.get("as"):
            g.viewer = viewer(*roles.split(","))

    return app


@pytest.fixture
def render(shell: Flask) -> Callable[..., str]:
    """Render a piece of template in a language: render("{{ 1 }}", lang="en", x=…)."""

    def render_(source: str, lang: str = "vi", **values: object) -> str:
        with shell.test_request_context(f"/?lang={lang}"):
            return render_template_string(source, **values)

    return render_


@pytest.fixture(scope="module")
def shared_app() -> Iterator[Flask]:
    """A seeded application on SQLite for all tests of a module: quick, but what one test writes the next one sees."""
    with apps.served(settings_of(clean_place("sqlite", demo=True, lives="module"))) as application:
        yield application


@pytest.fixture(scope="module")
def edge(database: str) -> Iterator[Edge]:
    """An office at work for all tests of a module that attack it, on each database."""
    yield from edge_of(database)


@pytest.fixture
def tries() -> None:
    """Forget the tries that the tests before made: they are counted by address, and all tests have the same."""
    limiter.reset()
