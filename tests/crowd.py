"""A crowd: as many open tasks and finished instances as one likes, copied by SQL from one dossier of each kind.

Open task number n is of officer n % people and group n % groups; every tenth is of the officer `busy`, every third of
the others is taken by nobody yet. They are due over thirty days, a third of which are gone by; every fiftieth is marked
as at risk, of every thousandth the clock is paused. Five units take turns. The log is not copied. For tests and
benchmarks of lists.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from services.permissions import ROLES, Viewer
from storage.database import Base, db, session
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user
from tests.office import Office
from tests.services.bundles import procedure

OFFICERS, GROUPS, UNITS = 300, 60, 5
KEY = "crowd"
PARTS = (start("s"), user("do", motcua__candidateGroups="one_door"), end("e"), "s -> do -> e")
TABLES = ("instance", "dossier", "task")


@dataclass
class Crowd:
    """An office whose database fills up."""

    office: Office
    people: int = OFFICERS
    groups: int = GROUPS
    open: int = 0
    finished: int = 0
    sources: dict[str, Dossier] = field(init=False)

    def __post_init__(self) -> None:
        worker = self.office.hire("busy", "officer", groups=("one_door",))
        self.office.deploy(procedure(KEY, *PARTS, unit="unit0", limit="20 working_days"))
        waiting, done = (self.office.file_in(KEY) for _ in range(2))
        self.office.step(done, "busy", "do", answers={})
        self.sources = {"open": waiting, "done": self.office.again(done)}
        self._busy = replace(worker, groups=frozenset({"group1", "group2"}), sees_all_units=False)

    def grow(self, *, open: int, finished: int) -> None:
        """Fill up to these numbers, and let the database know its own size."""
        session().rollback()
        with db.engine.connect().execution_options(motcua_write=True) as connection, connection.begin():
            self._fill(connection, "open", self.open, open)
            self._fill(connection, "done", self.finished, finished)
        self.open, self.finished = open, finished
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    @property
    def officers(self) -> dict[str, Viewer]:
        """Give whose lists are looked at: an officer of three groups, the busy one, a head and one who sees all."""
        one = replace(self._busy, username="officer7", groups=frozenset({"group3", "group5", "group7"}))
        head = replace(one, username="head", unit="unit1", permissions=ROLES["officer"] | ROLES["head"])
        return {
            "an officer": one,
            "a busy officer": self._busy,
            "a head": head,
            "an administrator": replace(one, username="boss", groups=frozenset(), permissions=ROLES["admin"]),
        }

    def _fill(self, connection: Connection, kind: str, first: int, last: int) -> None:
        say = _Words(self, connection, kind)
        source = self.sources[kind]
        given: dict[str, Any] = {"first": first + 1, "last": last, "dossier": source.id, "instance": source.instance_id}
        given["base"] = say.moment(self.office.now - timedelta(days=10))
        counted = "SELECT CAST(:first AS bigint) UNION ALL SELECT i + 1 FROM series WHERE i < :last"
        series = f"WITH RECURSIVE series(i) AS ({counted})"
        for name in TABLES:
            table = Base.metadata.tables[name]
            values = [say.value(name, column.name) for column in table.columns]
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            owner = "instance_id" if "instance_id" in table.columns else "id"
            wanted = f"INSERT INTO {name} ({columns}) SELECT {', '.join(values)} FROM series, {name} AS src"
            connection.execute(text(f"{series} {wanted} WHERE src.{owner} = :instance AND :last >= :first"), given)
        if kind == "open":
            for who, when in say.principals():
                offered = f"SELECT {who}, {say.due}, {say.id('t')} FROM series WHERE {when} AND :last >= :first"
                connection.execute(
                    text(f"{series} INSERT INTO task_access (principal, sort_at, task_id) {offered}"), given
                )


class _Words:
    """How a copy differs from its source, in the words of one database."""

    def __init__(self, crowd: Crowd, connection: Connection, kind: str) -> None:
        self.kind = kind
        self.group = f"'group' || (i % {crowd.groups})"
        self.is_sqlite = connection.dialect.name == "sqlite"
        if self.is_sqlite:
            driver: Any = connection.connection.driver_connection
            driver.create_function(
                "md5",
                1,
                lambda given: hashlib.md5(given.encode(), usedforsecurity=False).hexdigest(),
                deterministic=True,
            )
            driver.execute("PRAGMA cache_size=-1000000")
        minutes = "((i * 7919) % 43200)"
        self.due = (
            f"strftime('%Y-%m-%d %H:%M:%S', :base, {minutes} || ' minutes') || '.000000'"
            if self.is_sqlite
            else f"CAST(:base AS timestamptz) + {minutes} * interval '1 minute'"
        )
        self.assignee = (
            f"CASE WHEN i % 10 = 0 THEN 'busy' WHEN i % 3 = 0 THEN NULL ELSE 'officer' || (i % {crowd.people}) END"
        )

    def moment(self, moment: Any) -> Any:
        return moment.strftime("%Y-%m-%d %H:%M:%S") if self.is_sqlite else moment

    def id(self, letter: str) -> str:
        return f"md5('{letter}{self.kind}' || i)"

    def value(self, table: str, column: str) -> str:
        """Write what a copy has in a column."""
        done = self.kind == "done"
        own = {
            "instance_id": self.id("i"),
            "dossier_id": self.id("d"),
            "id": self.id(table[0]),
            "code": f"'{self.kind}' || i",
            "unit_code": f"'unit' || (i % {UNITS})",
            "search_text": f"'{self.kind} {table} so ' || i",
            "assignee": self.assignee,
            "completed_by": f"COALESCE({self.assignee}, 'officer0')" if done else "NULL",
            "candidate_groups": f"""CAST('["' || {self.group} || '"]' AS json)""",
            "clock_state": "CASE WHEN i % 1000 = 0 THEN 'paused' ELSE src.clock_state END",
            "at_risk_at": f"CASE WHEN i % 50 = 0 THEN {self.due} END",
            "next_deadline_at": "NULL",
            "log_seq": "0",
        }
        if self.is_sqlite:
            own["candidate_groups"] = f"""'["' || {self.group} || '"]'"""
        moments = ["created_at", "started_at", "filed_at", "due_at"] + [
            "completed_at",
            "ended_at",
            "finished_at",
        ] * done
        own |= dict.fromkeys(moments, self.due)
        if table == "dossier" and not done:
            own["due_at"] = self.due
        return own.get(column, f'src."{column}"')

    def principals(self) -> list[tuple[str, str]]:
        """Give (principal, condition) of those to whom an open task is offered."""
        return [
            (f"'u:' || {self.assignee}", f"{self.assignee} IS NOT NULL"),
            (f"'g:' || {self.group}", "1 = 1"),
            (f"'n:unit' || (i % {UNITS})", "1 = 1"),
        ]
