"""Batches: each item once, whatever happens; what fails says why and holds up nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from flask import Flask

from errors import Forbidden, Invalid, InvalidAnswers, NotFound, WrongState
from services import batch_kinds as kinds
from services import batches, instances, log, out_of_service, people, tasks
from services.permissions import SYSTEM
from storage.database import session
from storage.queries import batches as lists
from storage.queries.batches import BatchRow, ItemRow
from storage.queries.selection import Selection
from storage.rows import batches as rows
from storage.rows import definitions as definition_rows
from tests.engine.diagrams import end, script, start
from tests.office import Office
from tests.services.bundles import beside, bundle, one_task
from tests.services.test_statements import counted
from tests.services.together import at_once, done

FAULTY = bundle("faulty", start("s"), script("x", "y = 1 / zero"), end("e"), "s -> x -> e")


def running(office: Office, count: int) -> list[str]:
    office.deploy(one_task())
    return [office.start("one", business_key=f"K{number}").id for number in range(count)]


def statuses(ids: Sequence[str]) -> set[str]:
    session().rollback()
    session().expire_all()
    return {instances.readable(SYSTEM, instance_id).status for instance_id in ids}


def made(office: Office, kind: str, chosen: Any, **more: Any) -> str:
    return batches.create(more.pop("viewer", SYSTEM), kind, chosen, "kiểm tra", now=office.now, **more).id


def seen(batch_id: str) -> BatchRow:
    session().rollback()
    row = lists.one(batch_id)
    assert row is not None
    return row


def items(batch_id: str, state: str | None = None) -> tuple[ItemRow, ...]:
    session().rollback()
    return lists.items(batch_id, state=state, limit=500)


def test_a_batch_is_worked_off_by_the_tick(office: Office) -> None:
    ids = running(office, 45)
    batch_id = made(office, "suspend", ids)
    assert (seen(batch_id).state, seen(batch_id).total, seen(batch_id).left) == ("waiting", 45, 45)
    assert batches.due(office.now) == [batch_id]
    office.tick(seconds=1)
    row = seen(batch_id)
    assert (row.state, row.done, row.failed, row.left) == ("completed", 45, 0, 0)
    assert row.ended_at == office.now
    assert statuses(ids) == {"suspended"}
    assert [item.instance_id for item in items(batch_id, "done")] == ids
    assert batches.due(office.now) == []
    assert log.verify().breaks == ()


def test_instances_are_chosen_in_the_database_by_a_filter(office: Office) -> None:
    ids = running(office, 5)
    office.deploy(one_task("other"))
    other = office.start("other").id
    tasks.submit(SYSTEM, office.open(instances.readable(SYSTEM, ids[0]))["do"].id, {}, now=office.now)
    wanted = Selection(key="one")
    found = batches.preview(SYSTEM, "suspend", wanted)
    assert (found.count, set(found.sample)) == (4, set(ids[1:]))
    office.deploy(FAULTY)
    faulty = office.start("faulty", {"zero": 0}).id
    assert batches.preview(SYSTEM, "retry_incidents", Selection()).sample == (faulty,)
    assert batches.preview(SYSTEM, "suspend", Selection(business_key="K2")).sample == (ids[2],)
    batch_id = made(office, "suspend", wanted)
    assert {item.instance_id for item in items(batch_id)} == set(ids[1:])
    office.tick(seconds=1)
    assert statuses([other, faulty]) == {"running"}
    assert statuses(ids[1:]) == {"suspended"}
    assert batches.preview(SYSTEM, "resume", Selection()).count == 4


def test_what_fails_says_why_and_holds_up_nobody(office: Office) -> None:
    ids = running(office, 3)
    office.deploy(beside("both", 2))
    dossier = office.file_in("both")
    instances.cancel(SYSTEM, ids[1], "thôi", now=office.now)
    batch_id = made(office, "cancel", [ids[0], dossier.instance_id, ids[1], ids[2]])
    office.tick(seconds=1)
    row = seen(batch_id)
    assert (row.state, row.done, row.failed) == ("completed", 2, 2)
    assert statuses([ids[0], ids[2]]) == {"cancelled"}
    of_dossier, ended = items(batch_id, "failed")
    assert (of_dossier.code, of_dossier.dossier_code) == ("conflict", dossier.code)
    assert "belongs to a dossier" in str(of_dossier.message_en)
    assert ended.code == "wrong_state"
    assert ended.message_vi


def test_failed_items_are_done_again_on_request(office: Office) -> None:
    office.deploy(FAULTY)
    ids = [office.start("faulty", {"zero": 0}).id, running(office, 1)[0]]
    batch_id = made(office, "retry_incidents", ids)
    office.tick(seconds=1)
    assert (seen(batch_id).done, seen(batch_id).failed) == (1, 1)
    assert items(batch_id, "failed")[0].code == "incident_not_open"
    batches.retry(SYSTEM, batch_id, now=office.now)
    assert (seen(batch_id).state, seen(batch_id).left, items(batch_id, "failed")) == ("running", 1, ())
    office.tick(seconds=1)
    assert (seen(batch_id).state, seen(batch_id).done, seen(batch_id).failed) == ("completed", 1, 1)
    clean = made(office, "suspend", [ids[1]])
    office.tick(seconds=1)
    with pytest.raises(WrongState):
        batches.retry(SYSTEM, clean, now=office.now)


def test_nothing_happens_twice_after_a_kill_in_the_middle(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = running(office, 10)
    batch_id = made(office, "suspend", ids)
    write, written = rows.count, []

    def killed(*args: Any, **more: Any) -> None:
        written.append(args)
        if len(written) in (4, 6):  # after the verb, before its commit
            raise KeyboardInterrupt
        write(*args, **more)

    monkeypatch.setattr(rows, "count", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            batches.advance(batch_id, now=office.now)
    row = seen(batch_id)
    assert (row.done, len(items(batch_id, "done")), row.left) == (4, 4, 6)
    assert batches.advance(batch_id, now=office.now)
    assert not batches.advance(batch_id, now=office.now)
    assert (seen(batch_id).state, seen(batch_id).done) == ("completed", 10)
    for instance_id in ids:
        assert [row.kind for row, _ in log.events_of(instance_id)] == ["instance.started", "instance.suspended"]


def test_a_fault_of_our_own_is_an_item_that_failed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = running(office, 3)
    batch_id = made(office, "suspend", ids)

    def broken(_viewer: Any, instance_id: str, *_more: Any, now: Any) -> None:
        if instance_id == ids[1]:
            raise RuntimeError("a bug")

    plain = kinds.KINDS["suspend"]
    faulty = kinds.Kind(permission=plain.permission, label=plain.label, do=broken)
    monkeypatch.setitem(batches.KINDS, "suspend", faulty)  # type: ignore[attr-defined]
    office.tick(seconds=1)
    assert (seen(batch_id).done, seen(batch_id).failed) == (2, 1)
    (item,) = items(batch_id, "failed")
    assert (item.instance_id, item.code) == (ids[1], "internal")
    assert "a bug" not in str(item.message_en)


def test_several_workers_share_a_batch(demo_app: Flask, office: Office) -> None:
    ids = running(office, 60)
    batch_id = made(office, "suspend", ids)
    now = office.now

    def work() -> int:
        portions = 0
        while batches.advance(batch_id, now=now, portion=3):
            portions += 1
        return portions

    assert sum(done(at_once(demo_app, [work] * 3))) >= 20
    assert (seen(batch_id).state, seen(batch_id).done, seen(batch_id).failed) == ("completed", 60, 0)
    assert statuses(ids) == {"suspended"}
    for instance_id in ids:
        assert len(list(log.events_of(instance_id))) == 2


def test_a_cancelled_batch_does_no_more(office: Office) -> None:
    ids = running(office, 8)
    batch_id = made(office, "suspend", ids)
    batches.advance(batch_id, now=office.now, portion=3)
    batches.cancel(SYSTEM, batch_id, "thôi", now=office.now)
    assert not batches.advance(batch_id, now=office.now)
    row = seen(batch_id)
    assert (row.state, row.done, row.left) == ("cancelled", 3, 5)
    assert len([1 for instance_id in ids if statuses([instance_id]) == {"running"}]) == 5
    for act in (
        lambda: batches.cancel(SYSTEM, batch_id, "thôi", now=office.now),
        lambda: batches.retry(SYSTEM, batch_id, now=office.now),
    ):
        with pytest.raises(WrongState):
            act()


def test_each_item_is_done_with_the_rights_of_who_asked(office: Office) -> None:
    ids = running(office, 2)
    clerk = office.hire("van-hanh-moi", "operator")
    with pytest.raises(Forbidden):
        made(office, "suspend", ids, viewer=office.viewer("motcua"))
    batch_id = made(office, "suspend", ids, viewer=clerk)
    batches.advance(batch_id, now=office.now, portion=1)
    people.set_active(SYSTEM, "van-hanh-moi", active=False, now=office.now)
    office.tick(seconds=1)
    assert (seen(batch_id).done, seen(batch_id).failed) == (1, 1)
    assert items(batch_id, "failed")[0].code == "forbidden"
    batches.retry(SYSTEM, batch_id, now=office.now)
    office.tick(seconds=1)
    assert (seen(batch_id).state, seen(batch_id).done) == ("completed", 2)


def test_what_makes_no_batch_is_refused_by_name(office: Office) -> None:
    (known,) = running(office, 1)
    for arguments, field in (
        (("suspend", []), "instance_ids"),
        (("suspend", Selection(key="none")), "instance_ids"),
        (("suspend", [known, "none"]), "instance_ids.1"),
        (("explode", [known]), "kind"),
    ):
        with pytest.raises(Invalid) as refused:
            made(office, *arguments)
        assert refused.value.details[0].field == field
    with pytest.raises(Invalid) as refused:
        made(office, "suspend", [known], parameters={"a": 1})
    assert refused.value.details[0].field == "parameters.a"
    with pytest.raises(InvalidAnswers):
        batches.create(SYSTEM, "suspend", [known], " ", now=office.now)
    with pytest.raises(NotFound):
        batches.cancel(SYSTEM, "none", "thôi", now=office.now)
    assert lists.listed()[0] == ()


def test_a_definition_is_suspended_with_its_instances(office: Office) -> None:
    ids = running(office, 3)
    row = definition_rows.published("process", "one")
    assert row is not None
    _, batch = out_of_service.suspend(SYSTEM, row.id, "lỗi", now=office.now, with_instances=True)
    assert batch is not None
    office.tick(seconds=1)
    assert statuses(ids) == {"suspended"}
    _, batch = out_of_service.resume(SYSTEM, row.id, "xong", now=office.now, with_instances=True)
    office.tick(seconds=1)
    assert statuses(ids) == {"running"}
    for instance_id in ids:
        instances.cancel(SYSTEM, instance_id, "thôi", now=office.now)
    assert out_of_service.suspend(SYSTEM, row.id, "lỗi", now=office.now, with_instances=True)[1] is None


def test_batches_take_turns(office: Office) -> None:
    ids = running(office, 50)
    first, second = made(office, "suspend", ids[:40]), made(office, "suspend", ids[40:])
    for _ in range(2):
        office.later(seconds=1)
        batches.advance(batches.due(office.now)[0], now=office.now)
    assert (seen(first).done, seen(second).done) == (20, 10)


def test_an_item_costs_a_few_statements_however_many_there_are(office: Office) -> None:
    ids = running(office, 60)
    batch_id = made(office, "suspend", ids)
    costs = []
    for portion in (1, 21):
        with counted() as sent:
            batches.advance(batch_id, now=office.now, portion=portion)
        costs.append(len(sent))
    assert (costs[1] - costs[0]) / 20 <= 7, sent
    assert costs[0] <= 12, costs


def test_a_big_batch_is_made_in_a_few_statements(office: Office) -> None:
    running(office, 40)
    with counted() as sent:
        made(office, "suspend", Selection(key="one"))
    assert len(sent) <= 8, sent
