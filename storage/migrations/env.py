"""Runs migrations on the application's own database; both SQLite and PostgreSQL take the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

import storage.tables  # noqa: F401  # registers every table
from storage import queue
from storage.database import Base
from storage.types import Moment


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that old migrations never import new code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def is_ours(_object: Any, name: str | None, _kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Say whether the tables of storage/tables tell of it: not of the queue, nor of one database's full text."""
    return name is None or not name.startswith(("procrastinate_", "dossier_words", "ix_dossier_search_words"))


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """Let SQLite make a table anew that others refer to: so it changes columns (sqlite.org/lang_altertable)."""
    if connection.dialect.name != "sqlite":
        yield
        return
    plain: Any = connection.connection.driver_connection  # no transaction has begun: within one it does nothing
    plain.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        plain.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Migrate in one transaction on one connection; then bring the queue to what its library wants."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection, references_unchecked(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            include_object=is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "postgresql" and "destination_rev" in context.get_context().opts:
            queue.bring_up(connection)


run()
