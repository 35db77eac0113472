"""A copied dossier is what a played one is: its log verifies, its clock recomputes, its tasks work on, to the end."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from services import clocks, dossiers, instances, log, papers, people, searching, tasks
from services.demo import copies, courses, generate, plan
from services.demo.plan import Planned, Wish
from services.permissions import SYSTEM, scope_of
from storage.database import Base, session
from storage.queries import search
from storage.rows import demo as rows
from storage.rows import people as people_rows
from storage.rows import tasks as task_rows
from storage.tables import Dossier, DossierSearch, Instance
from tests import apps
from tests.conftest import clean_place
from tests.databases import settings_of

UNTIL = datetime(2026, 9, 30, 9, 0, tzinfo=UTC)
WISH = Wish(seed=5, dossiers=20, live=20, until=UNTIL, part=0.25)
SAME = {"applicant", "applicant's name"}
"""What a copy may have in common with another dossier by chance."""


Pair = tuple[Planned, int, str]
"""A dossier that was played, the number of one of its copies, and the copy's id."""


@pytest.fixture(scope="module")
def app(database: str) -> Iterator[Flask]:
    settings = settings_of(clean_place(database, demo=True, lives="module"))
    with apps.served(settings) as application, application.app_context():
        yield application


@pytest.fixture(scope="module")
def made(app: Flask) -> list[Pair]:
    """Dossiers that were played, with a copy of each."""
    begun = generate.begin(WISH, app.extensions["motcua"].intake, officers=20, now=UNTIL)
    assert sum(generate.play(begun)) == len(begun.every)
    assert sum(generate.copy(begun)) == begun.copies == 40 - len(begun.every)
    assert sum(generate.copy(begun)) == begun.copies  # all of them are there
    assert sum(generate.finish(begun)) == 40
    assert sum(generate.finish(begun)) == 0  # all of them can be found
    session().rollback()
    return [(one, found[0], copies.copy_id(one, found[0])) for one, found in generate.numbered(begun) if found]


def test_logs_verify_and_clocks_recompute(made: list[Pair]) -> None:
    assert log.verify().breaks == ()
    for one, _, copy_id in made:
        mould, copy = _dossier(one.id), _dossier(copy_id)
        chain = clocks.read(copy, clocks.limits_of(copy), asked_at=UNTIL)
        assert (chain.reading.due_at if chain else None) == copy.due_at == mould.due_at
        assert (copy.status, copy.clock_state, copy.filed_at) == (mould.status, mould.clock_state, mould.filed_at)
    fields = Counter(session().scalars(select(Dossier.key)))
    assert [fields[field.slug] for field in plan.FIELDS] == [2 * share for share in plan.shares(20)]


def test_nothing_of_its_own_is_left_of_the_other(made: list[Pair]) -> None:
    for one, _, copy_id in made:
        mould = copies.mould(one)
        written = _whole(copy_id)
        assert orjson.loads(written).keys() == orjson.loads(_whole(one.id)).keys()
        for old, what in mould.own.items():
            assert what in SAME or old not in written, f"{what} {old}"
        assert len(written) == pytest.approx(len(_whole(one.id)), rel=0.1)


def test_columns_are_null_where_they_are_in_a_played_one(made: list[Pair]) -> None:
    for one, _, copy_id in made[:6]:
        assert _nulls(one.id) == _nulls(copy_id)


def test_hashes_of_answers_are_those_of_the_answers(made: list[Pair]) -> None:
    for dossier_id in (each for one, _, copy_id in made for each in (one.id, copy_id)):
        found = rows.of(dossier_id)
        answers = {row["id"]: row["answers"] for row in found["task"]}
        for event in found["log_event"]:
            data = orjson.loads(event["data"])
            if "answers_sha256" in data:
                given = found["dossier"][0]["answers"] if event["seq"] == 1 else answers[event["chain"] + data["task"]]
                wanted = hashlib.sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS)).hexdigest()
                assert data["answers_sha256"] == wanted


def test_a_copy_is_found_read_and_printed(made: list[Pair], app: Flask) -> None:
    blobs = app.extensions["motcua"].blobs
    for one, _, copy_id in made[:4]:
        copy = _dossier(copy_id)
        assert dossiers.tracked(copy.code, copy.check_code).id == copy_id
        variables = instances.variables(SYSTEM, copy.instance_id)
        assert variables["dossier_code"] == copy.code
        assert variables["applicant"] == copy.applicant
        assert copy.answers["organization_name"] != _dossier(one.id).answers["organization_name"]
        for row in rows.of(copy_id)["document"]:
            if row["origin"] == "issued":
                assert row["snapshot"]["code"] == copy.code
                papers.printed(row["id"], blobs)[1].close()


def test_a_copy_is_found_by_its_own_words_and_in_the_order_of_filing(made: list[Pair]) -> None:
    for one, _, copy_id in made:
        for dossier in (_dossier(one.id), _dossier(copy_id)):
            name = dossier.answers["organization_name"]
            found = search.found(scope_of(SYSTEM), searching.sought(f"{name} {dossier.code}"))
            assert [row.id for row in found.rows] == [dossier.id]
    order = select(Dossier.filed_at).join(DossierSearch, DossierSearch.dossier_id == Dossier.id)
    filed = session().scalars(order.order_by(DossierSearch.seq)).all()
    assert len(filed) == 40
    assert list(filed) == sorted(filed)


def test_a_copy_stands_in_the_queue_where_its_filing_puts_it(made: list[Pair]) -> None:
    seen = 0
    for one, _, copy_id in made:
        mould, copy = rows.of(one.id), rows.of(copy_id)
        assert [row["turn"] for row in copy["task_access"]] == [row["turn"] for row in mould["task_access"]]
        for task in copy["task"]:
            assert task["filed_at"] == copy["dossier"][0]["filed_at"]
        opened = {row["id"] for row in copy["task"] if row["state"] == "open" and row["assignee"] is None}
        queued = {row["task_id"] for row in copy["task_access"] if row["turn"] is not None}
        assert opened <= queued
        seen += len(opened)
    assert seen


def test_every_open_copy_is_worked_off_to_its_end(made: list[Pair]) -> None:
    worked = 0
    for one, number, copy_id in made:
        copy = _dossier(copy_id)
        if not one.is_live:
            continue
        done = sum(row["state"] == "completed" for row in rows.of(copy_id)["task"])
        own = courses.facts(number, replace(one, number=number).chance("facts"))
        for days, act in enumerate(one.course.acts[done:], 1):
            now = UNTIL + timedelta(days=days)
            task = next(task for task in task_rows.open_of(copy.instance_id) if task.element_id == act.task)
            group = task.candidate_groups[0] if task.candidate_groups else ""
            name = task.assignee or _member(group)
            person = people_rows.load(name)
            assert person is not None
            answers = courses.varied(act.answers, own, later=now - act.at)
            approver = _member(act.approved_by) if act.approved_by else None
            tasks.submit(
                people.viewer_of(person), task.id, answers, now=now, act=act.act, reason=act.reason,
                turn_reason="Theo kịch bản", approved_by=approver,
            )  # fmt: skip
        session().rollback()
        ended = _dossier(copy_id)
        assert ended.ended_at is not None
        instance = session().get(Instance, ended.instance_id)
        assert instance is not None
        assert instance.status == "completed"
        worked += 1
    assert worked > 3
    assert log.verify().breaks == ()


def test_every_table_that_knows_a_dossier_is_copied_or_needs_no_copy() -> None:
    """A new table that says something of a dossier must be copied, or said to be empty in demo data."""
    naming = {"instance_id", "dossier_id", "task_id", "chain"}
    known = {
        table.name
        for table in Base.metadata.tables.values()
        if naming & set(table.columns.keys())
        or {"instance", "dossier", "task"} & {key.column.table.name for key in table.foreign_keys}
    }
    unsaid = known - {*rows.COPIED, *rows.NOT_COPIED}
    assert not unsaid, f"name them in COPIED or, with the reason, in NOT_COPIED of storage/rows/demo.py: {unsaid}"


def _dossier(dossier_id: str) -> Dossier:
    found = session().get(Dossier, dossier_id, populate_existing=True)
    assert found is not None
    return found


def _member(group: str) -> str:
    query = text("SELECT username FROM group_member WHERE group_code = :code ORDER BY username")
    return str(session().execute(query, {"code": group}).scalars().first())


def _whole(dossier_id: str) -> str:
    """Give all rows of a dossier as one JSON, packed states opened."""
    found = rows.of(dossier_id)
    return orjson.dumps({name: [copies._texts(name, row) for row in found[name]] for name in rows.COPIED}).decode()


def _nulls(dossier_id: str) -> list[tuple[str, int]]:
    """Give how many rows of each column are null in the database's eyes."""
    instance_id = _dossier(dossier_id).instance_id
    found = []
    for name in ("task", "document"):
        table = Base.metadata.tables[name]
        which = table.c.instance_id == instance_id if name == "task" else table.c.dossier_id == dossier_id
        for column in table.columns:
            query = select(func.count()).select_from(table).where(which, column.is_(None))
            found.append((f"{name}.{column.name}", session().execute(query).scalar_one()))
    return found
