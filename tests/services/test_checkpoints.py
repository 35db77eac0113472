"""Checkpoints: a chain that is removed whole is found; many are sealed in portions, and each only when it has grown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from services import checkpoints, log, seals
from services.permissions import SYSTEM
from storage.database import session, unit_of_work
from storage.rows.seals import Head
from storage.tables import Instance, LogEvent, Seal
from tests.engine.diagrams import end, start
from tests.office import Office
from tests.services.bundles import bundle, one_task
from tests.services.test_statements import counted
from tests.services.together import at_once


@pytest.fixture
def ended(office: Office) -> list[Instance]:
    """Instances of which nothing but their rows and chains is left."""
    office.deploy(bundle("short", start("s"), end("e"), "s -> e"))
    return [office.start("short") for _ in range(5)]


def broken() -> list[str]:
    session().rollback()
    return [each.chain for each in log.verify().breaks]


def remove(instance: Instance, *, seal: bool = False) -> None:
    with unit_of_work() as current:
        current.execute(delete(LogEvent).where(LogEvent.chain == instance.id))
        current.execute(delete(Instance).where(Instance.id == instance.id))
        if seal:
            current.execute(delete(Seal).where(Seal.chain == instance.id))


def cut(instance: Instance) -> None:
    """Take the only event away, and what its instance says of it."""
    with unit_of_work() as current:
        current.execute(delete(LogEvent).where(LogEvent.chain == instance.id))
        current.execute(update(Instance).where(Instance.id == instance.id).values(log_seq=0, log_hash=b""))


def rewrite(instance: Instance) -> None:
    """Write an event anew, with the right hash, and what its instance says of it."""
    with unit_of_work() as current:
        row = current.scalars(select(LogEvent).where(LogEvent.chain == instance.id)).one()
        whole = log.digest(b"", row.chain, row.seq, row.at, row.kind, "nobody", row.data)
        row.actor, row.hash = "nobody", whole
        current.execute(update(Instance).where(Instance.id == instance.id).values(log_hash=whole))


@pytest.mark.parametrize("forge", [remove, cut, rewrite])
def test_what_no_chain_shows_by_itself_is_found_after_a_checkpoint_and_no_later_one_forgets_it(
    office: Office, ended: list[Instance], forge: Callable[[Instance], None]
) -> None:
    forge(ended[0])
    assert broken() == []
    checkpoints.make(SYSTEM, now=office.now)
    forge(ended[1])
    assert broken() == [ended[1].id]
    checkpoints.make(SYSTEM, now=office.later(days=2))
    assert broken() == [ended[1].id]


def test_who_removes_the_seal_too_does_not_go_unseen(office: Office, ended: list[Instance]) -> None:
    checkpoints.make(SYSTEM, now=office.now)
    remove(ended[0], seal=True)
    assert broken() == [log.CHECKPOINTS]


def test_many_chains_are_sealed_in_portions_and_afterwards_only_those_that_grew(
    office: Office, ended: list[Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "PORTION", 2)
    checkpoints._seal([ended[0].id], now=office.now)  # and then the process was killed
    assert broken() == []
    assert checkpoints.daily(now=office.now)
    assert not checkpoints.daily(now=office.later(hours=23))
    parts = [data["sealed"] for row, data in log.events_of(log.CHECKPOINTS) if row.kind == checkpoints.PART]
    named = session().scalar(select(func.count(LogEvent.chain.distinct())).where(LogEvent.chain.in_(log.NAMED)))
    assert parts == [1, named, 2, 2]
    office.deploy(one_task("grown"))
    office.start("grown")
    with counted() as statements:
        assert checkpoints.daily(now=office.later(hours=24))
    assert len(statements) < 40
    made = checkpoints.latest()
    assert made is not None
    assert made.chains == session().scalar(select(func.count()).select_from(Seal)) == len(ended) + 1 + (named or 0)
    assert broken() == []


def test_two_processes_make_a_checkpoint_at_once(office: Office, ended: list[Instance], demo_app: Flask) -> None:
    at_once(demo_app, [partial(checkpoints.make, SYSTEM, now=office.now) for _ in range(4)])
    assert broken() == []
    made = checkpoints.latest()
    assert made is not None
    assert made.chains >= len(ended)


def test_every_chain_is_an_instance_or_is_named(office: Office) -> None:
    chains = set(session().scalars(select(LogEvent.chain).distinct()))
    assert chains - set(session().scalars(select(Instance.id))) <= {*log.NAMED, log.CHECKPOINTS}
    with pytest.raises(ValueError, match="no checkpoint"):
        log.append_to("another", "kind", actor="a", now=office.now, data={})


def test_what_stands_for_all_heads_depends_on_each_of_them_and_not_on_their_order() -> None:
    first, second, third = (Head(chain, 1, b"hash") for chain in "abc")
    whole = seals.product([first, second])
    assert whole == seals.product([second, first]) != seals.product([first, second, second])
    assert seals.replaced(whole, old=[second], new=[third]) == seals.product([third, first])
    assert seals.fingerprint(whole) != seals.fingerprint(seals.product([first]))
