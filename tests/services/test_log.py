"""The log: every act is one event, and whatever is done to an event afterwards is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import orjson
import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from services import log, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.tables import Dossier, Instance, LogEvent
from tests.office import Office
from tests.services.bundles import beside
from tests.services.together import at_once, done


@pytest.fixture
def dossier(office: Office) -> Dossier:
    found = office.accepted()
    office.step(found, "truongphong", "assign", "assign")
    assert log.verify().breaks == ()
    return found


def of(dossier: Dossier, seq: int) -> LogEvent:
    found = session().get(LogEvent, (dossier.instance_id, seq))
    assert found is not None
    return found


def change_data(dossier: Dossier) -> None:
    row = of(dossier, 2)
    row.data = row.data.replace("accept", "refuse")


def change_actor(dossier: Dossier) -> None:
    of(dossier, 2).actor = "somebody"


def change_moment(dossier: Dossier) -> None:
    row = of(dossier, 2)
    row.at = row.at.replace(microsecond=1)


def change_kind(dossier: Dossier) -> None:
    of(dossier, 3).kind = "task.cancelled"


def take_out(dossier: Dossier) -> None:
    session().delete(of(dossier, 2))


def take_out_and_close_up(dossier: Dossier) -> None:
    session().delete(of(dossier, 2))
    session().flush()
    session().execute(update(LogEvent).where(LogEvent.chain == dossier.instance_id, LogEvent.seq == 3).values(seq=2))


def cut_off(dossier: Dossier) -> None:
    session().delete(of(dossier, 3))


def take_all(dossier: Dossier) -> None:
    session().execute(delete(LogEvent).where(LogEvent.chain == dossier.instance_id))


def put_in(dossier: Dossier) -> None:
    """Append one that is hashed as it should be: the instance knows that it never wrote it."""
    last = of(dossier, 3)
    text = orjson.dumps({"act": "grant"}).decode()
    digest = log.digest(last.hash, last.chain, 4, last.at, "task.completed", "lanhdao", text)
    session().add(
        LogEvent(chain=last.chain, seq=4, at=last.at, kind="task.completed", actor="lanhdao", data=text, hash=digest)
    )


def rewrite_from_there(dossier: Dossier) -> None:
    """Change an event and hash everything after it anew: only the head that the instance keeps gives it away."""
    change_actor(dossier)
    previous = of(dossier, 1).hash
    for seq in (2, 3):
        row = of(dossier, seq)
        row.hash = previous = log.digest(previous, row.chain, row.seq, row.at, row.kind, row.actor, row.data)


FORGERIES = (
    change_data, change_actor, change_moment, change_kind, take_out, take_out_and_close_up, cut_off, take_all, put_in,
    rewrite_from_there,
)  # fmt: skip


def test_a_forged_log_is_found_and_its_chain_named(office: Office, dossier: Dossier) -> None:
    office.file("nguoinop2")
    for forgery in FORGERIES:
        with as_it_was(dossier):
            forgery(dossier)
            session().commit()
            found = log.verify().breaks
        assert [each.chain for each in found] == [dossier.instance_id], forgery.__name__
        assert log.verify().breaks == ()


@contextmanager
def as_it_was(dossier: Dossier) -> Iterator[None]:
    """Put the events of a dossier back in the end."""
    chain = dossier.instance_id
    kept = [dict(row._mapping) for row in session().execute(select(LogEvent.__table__).where(LogEvent.chain == chain))]
    yield
    session().execute(delete(LogEvent).where(LogEvent.chain == chain))
    session().execute(insert(LogEvent), kept)
    session().commit()
    for row in [row for row in session() if isinstance(row, LogEvent)]:
        session().expunge(row)


def test_chains_of_people_and_definitions_are_proved_too(office: Office) -> None:
    for chain in ("people", "definitions"):
        event = session().scalars(select(LogEvent).where(LogEvent.chain == chain, LogEvent.seq == 2)).one()
        event.actor = "nobody"
        session().commit()
        assert chain in {found.chain for found in log.verify().breaks}


def test_every_act_on_a_dossier_is_one_event_of_its_person(office: Office, dossier: Dossier) -> None:
    acts = [(row.seq, row.kind, row.actor) for row, _ in log.events_of(dossier.instance_id)]
    assert acts == [
        (1, "dossier.filed", "nguoinop"),
        (2, "task.completed", "motcua"),
        (3, "task.completed", "truongphong"),
    ]


def test_a_live_log_can_be_proved_while_it_is_written(office: Office, demo_app: Flask) -> None:
    """The heads and the events are read at one moment: what is written meanwhile is no break."""
    office.deploy(beside("beside", 6))
    works: list[Callable[[], object]] = []
    for _ in range(3):
        dossier = office.file_in("beside")
        works += [partial(tasks.submit, SYSTEM, t.id, {}, now=office.now) for t in office.open(dossier).values()]
        works += [log.verify] * 2
    found = [answer for answer in done(at_once(demo_app, works)) if isinstance(answer, log.Verified)]
    assert [answer.breaks for answer in found] == [()] * 6
    assert log.verify().breaks == ()


def test_the_head_of_a_chain_stands_with_its_instance(office: Office, dossier: Dossier) -> None:
    instance = session().get(Instance, dossier.instance_id)
    assert instance is not None
    assert (instance.log_seq, instance.log_hash) == (3, of(dossier, 3).hash)
