"""The unit of work: all or nothing, tried again when another writer was first, never a lock error for a person."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from errors import ConcurrentUpdate, Unavailable
from storage import database, turns
from storage.database import session, unit_of_work, verb
from storage.rows import dossiers
from storage.tables import Definition, Deployment, Instance, Lease, Unit
from tests.services.together import at_once, done

NOW = datetime(2026, 8, 20, 1, 55, tzinfo=UTC)


def unit(code: str) -> Unit:
    return Unit(code=code, name_vi=code, name_en=code)


def codes() -> set[str]:
    session().rollback()
    return set(session().scalars(select(Unit.code)))


@verb
def add(code: str, *, then: Exception | None = None) -> str:
    session().add(unit(code))
    session().flush()
    if then is not None:
        raise then
    return code


@verb
def add_both(first: str, second: str) -> None:
    add(first)
    add(second)


def test_a_verb_commits_all_or_nothing(app: Flask) -> None:
    with app.app_context():
        assert add("a") == "a"
        with pytest.raises(ZeroDivisionError):
            add("b", then=ZeroDivisionError())
        assert codes() == {"a"}


def test_verbs_inside_verbs_are_one_transaction(app: Flask) -> None:
    with app.app_context():
        with suppress(ZeroDivisionError), unit_of_work():
            add_both("a", "b")
            add("c", then=ZeroDivisionError())
        assert codes() == set()
        add_both("a", "b")
        assert codes() == {"a", "b"}


def test_a_verb_is_tried_again_from_its_start_when_another_writer_was_first(app: Flask) -> None:
    tries = []

    @verb
    def third_time_lucky() -> int:
        tries.append(session().scalars(select(Unit.code)).all())
        session().add(unit("a"))
        if len(tries) < 3:
            raise ConcurrentUpdate()
        return len(tries)

    with app.app_context():
        assert third_time_lucky() == 3
        assert tries == [[], [], []]  # nothing of a failed try is left
        assert codes() == {"a"}


def test_a_verb_that_never_comes_first_says_that_the_server_is_busy(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "TRIES", 3)

    @verb
    def unlucky() -> None:
        raise ConcurrentUpdate()

    with app.app_context(), pytest.raises(Unavailable):
        unlucky()


def test_two_who_add_the_same_name_both_come_to_an_answer(app: Flask) -> None:
    """The second finds it there when it looks again: nobody sees the database's own words."""

    @verb
    def add_once(code: str) -> str:
        if session().get(Unit, code) is not None:
            return "was there"
        session().add(unit(code))
        return "added"

    assert sorted(done(at_once(app, [lambda: add_once("a")] * 8))) == ["added"] + ["was there"] * 7


def test_a_series_of_numbers_has_no_gap_and_no_number_twice(app: Flask) -> None:
    refused = ZeroDivisionError()

    @verb
    def number(fails: bool) -> int:
        found = dossiers.next_number("series")
        if fails:
            raise refused
        return found

    answers = at_once(app, [partial(number, n % 4 == 0) for n in range(24)])
    given = sorted(answer for answer in answers if isinstance(answer, int))
    assert given == list(range(1, 19))
    assert answers.count(refused) == 6


def test_an_instance_that_changed_meanwhile_is_not_overwritten(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as current:
            current.add(Deployment(id="d", name="d", content_hash=b"d", created_at=NOW, created_by="x"))
            current.flush()
            current.add(
                Definition(id="p", kind="process", key="p", version=1, name="p", deployment_id="d", file_name="p",
                           state="published", created_at=NOW)
            )  # fmt: skip
            current.flush()
            current.add(
                Instance(id="i", definition_id="p", key="p", version=1, status="running", state=b"{}", started_at=NOW,
                         started_by="x")
            )  # fmt: skip
        with pytest.raises(ConcurrentUpdate):
            _write_what_was_overtaken()
        session().expire_all()
        kept = session().get(Instance, "i")
        assert kept is not None
        assert kept.state == b"{}"


def _write_what_was_overtaken() -> None:
    with unit_of_work() as current:
        instance = current.get(Instance, "i")
        assert instance is not None
        current.execute(
            update(Instance).where(Instance.id == "i").values(revision=instance.revision + 1),
            execution_options={"synchronize_session": False},
        )
        instance.state = b"{ lost }"
        current.flush()


def test_writers_wait_for_each_other_and_nobody_sees_a_lock(app: Flask) -> None:
    started = Barrier(6)

    @verb
    def slow(code: str) -> None:
        session().add(unit(code))
        session().flush()

    def work(code: str) -> None:
        codes()  # a read first, as pages do: its old snapshot must not stop the write
        started.wait(20)
        for number in range(5):
            slow(f"{code}{number}")

    done(at_once(app, [partial(work, code) for code in "abcdef"]))
    with app.app_context():
        assert len(codes()) == 30


def test_moments_are_utc_however_they_were_given_and_never_naive(app: Flask) -> None:
    hanoi = timezone(timedelta(hours=7))
    with app.app_context():
        with unit_of_work() as current:
            current.add(Lease(name="x", holder="y", until=NOW.astimezone(hanoi)))
        session().expire_all()
        kept = session().scalars(select(Lease.until)).one()
        assert (kept, kept.tzinfo) == (NOW, UTC)
        assert session().scalars(select(Lease.name).where(Lease.until <= NOW.astimezone(hanoi))).all() == ["x"]
        session().add(Lease(name="z", holder="y", until=NOW.replace(tzinfo=None)))
        with pytest.raises(Exception, match="needs a time zone"):
            session().flush()


def test_a_unit_of_work_waits_for_a_turn_only_before_its_first_statement(app: Flask) -> None:
    with app.app_context():
        with unit_of_work():
            database.take_turn("a")
            assert list(turns._places) == ["a"]
        assert turns._places == {}
        with unit_of_work() as current:
            current.execute(select(Unit.code))
            database.take_turn("a")
            assert turns._places == {}
        database.take_turn("a")
        assert turns._places == {}


def test_rows_that_are_written_last_go_with_the_commit_or_not_at_all(app: Flask) -> None:
    with app.app_context():
        with unit_of_work():
            for code in "ab":
                database.write_last(insert(Unit), {"code": code, "name_vi": code, "name_en": code})
            assert codes_now() == set()
            database.write_now()
            assert codes_now() == {"a", "b"}
        with suppress(ZeroDivisionError), unit_of_work():
            database.write_last(insert(Unit), {"code": "c", "name_vi": "c", "name_en": "c"})
            raise ZeroDivisionError
        assert codes() == {"a", "b"}
        with pytest.raises(RuntimeError):
            database.write_last(insert(Unit), {"code": "d", "name_vi": "d", "name_en": "d"})


def codes_now() -> set[str]:
    return set(session().scalars(select(Unit.code)))
