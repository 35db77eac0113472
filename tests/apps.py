"""Applications of the tests, kept: making one takes a quarter of a second and its templates more.

All that an application knows lies in its database and folder, which each test finds clean in the same place; so one
that was made for a place serves the next test there as well. What a test put into it is taken out again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemBytecodeCache

if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

MOST_KEPT = 12
"""So many of a process; two for each kind of database and its scope would be eight."""

_kept: dict[Settings, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}


def share_templates(folder: Path) -> None:
    """Let all applications of a run compile each template once."""
    from flask import Flask

    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


def hash_cheaply() -> None:
    """Let passwords of this process be hashed in no time: a real hash takes a fifth of a second on purpose."""
    from argon2 import PasswordHasher

    from services import passwords

    cheap = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords.HASHER._parameters = cheap._parameters


@contextmanager
def served(settings: Settings) -> Iterator[Flask]:
    """Give an application on these settings, for one test at a time: a second one meanwhile is another one."""
    from app import create_app
    from web.security import limiter

    app, config, extensions = _kept.pop(settings) if settings in _kept else _made(create_app(settings))
    limiter.init_app(app)  # nobody has tried anything yet; and it does what the application asked last says
    try:
        yield app
    finally:
        app.config.clear()
        app.config.update(config)
        app.extensions.clear()
        app.extensions.update(extensions)
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()
        _kept[settings] = app, config, extensions
        if len(_kept) > MOST_KEPT:
            _kept.pop(next(iter(_kept)))


def _made(app: Flask) -> tuple[Flask, dict[str, Any], dict[str, Any]]:
    return app, dict(app.config), dict(app.extensions)
