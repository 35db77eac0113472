"""The application in this process on a clean database, where HTTP is not what is measured."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app import create_app
from tests.databases import Databases, Run, settings_of


@contextmanager
def application(kind: str, *, demo: bool = False) -> Iterator[Flask]:
    """Enter an application on a clean database of this kind (`demo`: with the demo office); nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-"))
    folder.chmod(0o711)  # the user that runs PostgreSQL passes through it
    run = Run(folder)
    try:
        app = create_app(settings_of(Databases(run, kind, "bench").place(folder / "data", demo=demo)))
        with app.app_context():
            yield app
            app.extensions["sqlalchemy"].engine.dispose()
    finally:
        run.end()
