"""The one database handle and the unit of work: one transaction, tried again when another writer was first."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

import flask_migrate
import orjson
import psycopg
from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, Insert, MetaData, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import ConnectionPoolEntry

from errors import ConcurrentUpdate, Unavailable
from storage import queue
from storage.turns import Turn

P = ParamSpec("P")
R = TypeVar("R")

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TRIES = 40
"""How often a verb is tried when other writers of the same rows are first (each try waits a little longer)."""

# serialization_failure, deadlock_detected, lock_not_available, unique_violation: another writer was first. (A name that
# was free when the verb looked is taken when it looks again, and is then refused in words.)
_RETRY_STATES = frozenset({"40001", "40P01", "55P03", "23505"})


class Base(DeclarativeBase):
    """All tables; plain SQLAlchemy, so that no table depends on Flask."""

    metadata = MetaData(naming_convention=NAMES)


class Columns(Sequence[psycopg.Column]):
    """What a cursor's answer consists of, each column described when it is asked for (of an old statement none is)."""

    def __init__(self, cursor: psycopg.Cursor[Any], count: int) -> None:
        self._cursor, self._count = cursor, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: Any) -> Any:
        numbers = range(self._count)[index]
        if isinstance(numbers, int):
            return psycopg.Column(self._cursor, numbers)
        return [psycopg.Column(self._cursor, number) for number in numbers]


class Cursor(psycopg.Cursor[Any]):
    """A cursor that does not describe the columns of each answer anew."""

    @property
    def description(self) -> Any:
        """Give the columns of the answer, or None where it has none."""
        answer = self.pgresult
        return Columns(self, answer.nfields) if answer is not None and answer.nfields else None


_POSTGRESQL = {
    "pool_size": 10,
    "max_overflow": -1,
    "pool_pre_ping": False,
    "connect_args": {"cursor_factory": Cursor},
}


class OneDatabase(FlaskSession):
    """All tables are in one database: which one a statement goes to need not be asked of the statement.

    What PostgreSQL reads outside a unit of work is no transaction: that would be two more round trips, and each
    statement would see the newest rows all the same. SQLite's reads are one transaction up to the end of the request.
    """

    def get_bind(self, *_args: Any, **_more: Any) -> Engine | Connection:
        """Give the engine; outside a unit of work one whose connections commit by themselves."""
        engine = self.engine
        return engine if engine.dialect.name == "sqlite" or _inside.get() else _reading(engine)

    @cached_property
    def engine(self) -> Engine:
        """The engine of the application that this session was opened in."""
        return self._db.engine


def _reading(engine: Engine) -> Engine:
    found = _readers.get(engine)
    if found is None:
        found = _readers[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    return found


MIGRATIONS = str(Path(__file__).parent / "migrations")

# After a commit rows keep what was written: what a verb answers can be read without the database, or after the session.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False, "class_": OneDatabase})
migrate = flask_migrate.Migrate(render_as_batch=True, compare_type=True)

_inside: ContextVar[Session | None] = ContextVar("inside_unit_of_work", default=None)
_afterwards: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_the_commit", default=None)
_handed: ContextVar[dict[tuple[str, ...], queue.Job] | None] = ContextVar("handed_over_with_the_commit", default=None)
_last: ContextVar[dict[Insert, list[dict[str, Any]]] | None] = ContextVar("written_last", default=None)
_turn: ContextVar[Turn | None] = ContextVar("turn", default=None)
_sqlite_writer = threading.Lock()
_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


def init_database(app: Flask, url: str, *, hands_over: bool = False) -> None:
    """Bind the application to the database at `url` and to the migrations in storage/migrations.

    `hands_over`: due work is handed to workers in the transaction that makes it due (see `handed`).
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["MOTCUA_HANDS_OVER"] = hands_over
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "json_serializer": _json_text,
        "json_deserializer": orjson.loads,
        **({} if url.startswith("sqlite") else _POSTGRESQL),
    }
    db.init_app(app)
    migrate.init_app(app, db, directory=MIGRATIONS)


def upgrade() -> None:
    """Bring the database to the newest migration."""
    flask_migrate.upgrade(MIGRATIONS)


def driver_arguments() -> dict[str, Any]:
    """Give what the database's driver is called with: for those who keep connections of their own."""
    _, arguments = db.engine.dialect.create_connect_args(db.engine.url)
    return dict(arguments)


def session() -> Session:
    """Give the session of this request or job."""
    return _inside.get() or cast(Session, db.session())


def connection() -> Connection:
    """Give the session's connection, for a statement that is built once and gives or takes plain values.

    That is a third of what the session makes of it; what waits in the session is not written before.
    """
    return session().connection()


def write_last(statement: Insert, row: dict[str, Any]) -> None:
    """Insert a row that nothing reads before the commit: all of them go together, at its end."""
    rows = _last.get()
    if rows is None:
        raise RuntimeError("no unit of work is open")
    rows.setdefault(statement, []).append(row)


def write_now() -> None:
    """Write what waits for the commit (see `write_last`), because it is to be read."""
    rows = _last.get()
    if rows:
        session().flush()
        for statement, values in rows.items():
            connection().execute(statement, values if len(values) > 1 else values[0])
        rows.clear()


@contextmanager
def snapshot() -> Iterator[None]:
    """Read all that is read inside as of one moment: heads and events that are written meanwhile belong together."""
    current = session()
    current.rollback()
    if current.get_bind().dialect.name == "postgresql":  # SQLite's reads are so by themselves
        current.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        current.rollback()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open one write transaction: commit at the end, roll back on any error; a nested one joins the outer.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE): a lock taken late would fail where waiting helps.
    Raises ConcurrentUpdate where another writer was first (`verb` tries again) and Unavailable where the database
    cannot be reached.
    """
    current = session()
    if current is _inside.get():
        yield current
        return
    current.rollback()  # ends a read transaction of this request: its snapshot may be old
    current.expire_all()  # and so may be what an earlier verb of this session left
    calls: list[Callable[[], None]] = []
    jobs: dict[tuple[str, ...], queue.Job] | None = {} if hands_over() else None
    with _sole_writer(current):
        token, later, due = _inside.set(current), _afterwards.set(calls), _handed.set(jobs)
        rows, turn = _last.set({}), Turn()
        turns = _turn.set(turn)
        try:
            yield current
            if jobs:
                queue.hand_over(current, jobs.values())
            write_now()
            current.commit()
        except StaleDataError as error:
            current.rollback()
            raise ConcurrentUpdate() from error
        except DBAPIError as error:
            current.rollback()
            raise _translated(error) from error
        except BaseException:
            current.rollback()
            raise
        finally:
            _inside.reset(token)
            _afterwards.reset(later)
            _handed.reset(due)
            _last.reset(rows)
            _turn.reset(turns)
            turn.leave()
    for call in calls:
        call()


def after_commit(call: Callable[[], None]) -> None:
    """Call this once the present unit of work is committed, never if it is not; it must be quick and never fail."""
    calls = _afterwards.get()
    if calls is not None:
        calls.append(call)


def hands_over() -> bool:
    """Say whether due work is handed to workers (the jobs are distributed)."""
    return bool(current_app.config["MOTCUA_HANDS_OVER"])


def handed() -> dict[tuple[str, ...], queue.Job] | None:
    """Give what is handed to workers with this commit, by kind and rows; None where nobody hands over anything."""
    return _handed.get()


def is_inside() -> bool:
    """Say whether a unit of work is open: nothing slow may be done now."""
    return _inside.get() is not None


def take_turn(key: str) -> None:
    """Wait for other writers of the same instance in this process, before the unit of work has sent anything.

    Later it would hold what others wait for.
    """
    turn = _turn.get()
    if turn is not None and not session().in_transaction():
        turn.take(key)


def _sole_writer(current: Session) -> AbstractContextManager[object]:
    """SQLite's writers of one process queue up here: its own waiting is a sleep that grows to a tenth of a second."""
    return _sqlite_writer if current.get_bind().dialect.name == "sqlite" else nullcontext()


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Run a verb of services/ as one unit of work, again from the start when another writer was first."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if is_inside():
            return function(*args, **kwargs)
        for number in range(TRIES):
            try:
                with unit_of_work():
                    return function(*args, **kwargs)
            except ConcurrentUpdate:
                time.sleep(random.uniform(0, min(0.002 * (number + 1), 0.05)))  # noqa: S311  # spreads the writers
        raise Unavailable()

    return run


def _translated(error: DBAPIError) -> Exception:
    state = getattr(error.orig, "sqlstate", None)
    if state in _RETRY_STATES or any(words in str(error.orig) for words in ("is locked", "UNIQUE constraint")):
        return ConcurrentUpdate()
    return Unavailable() if error.connection_invalidated else error


def _json_text(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # SQLAlchemy's begin event below says BEGIN, not the driver
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=NORMAL"):
            connection.execute("PRAGMA " + pragma)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = _inside.get() or connection.get_execution_options().get("motcua_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
