"""What everybody does all day costs few statements, however much there already is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from benchmarks.engine import DIAGRAMS
from services import dossiers, drafts, log, messages, tasks
from services.permissions import SYSTEM, scope_of
from storage.database import db, session
from storage.queries import tasks as lists
from storage.queries.tasks import Filter
from tests.engine.diagrams import catch, end, message, start
from tests.office import PROCEDURE, Office, course
from tests.services.bundles import beside, bundle, one_task


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent to the database in the block; BEGIN and COMMIT are not counted."""
    session().rollback()
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(" ".join(statement.split()))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
        sent[:] = [statement for statement in sent if not statement.startswith("BEGIN")]


def test_a_submit_of_a_plain_task(office: Office) -> None:
    office.deploy(one_task())
    for _ in range(2):  # the first one fills the caches of definitions
        task_id = office.open(office.start("one"))["do"].id
        with counted() as sent:
            tasks.submit(SYSTEM, task_id, {"a": 1}, now=office.now)
    assert len(sent) <= 5, sent


def test_a_submit_after_many_of_the_same_instance_costs_what_the_first_did(office: Office) -> None:
    office.deploy({"loop_tasks.bpmn": (DIAGRAMS / "loop_tasks.bpmn").read_bytes()})
    instance = office.start("loop_tasks", {"starter": "bench1"})
    costs = []
    for number in range(1, 61):
        (task,) = office.open(instance).values()
        with counted() as sent:
            done = tasks.submit(SYSTEM, task.id, {"again": 1, "round": number, "note": "x"}, now=office.now)
        (row,) = (row for row, _ in log.events_of(instance.id) if row.seq == done.instance.log_seq)
        costs.append((len(sent), len(done.instance.state), len(row.data)))
    (statements, state, data), (more_statements, more_state, more_data) = costs[9], costs[-1]
    assert more_statements == statements, costs
    assert more_state <= state + 8, costs  # the numbers of its tasks have a digit more
    assert more_data <= data + 8, costs


def test_a_message_finds_the_one_among_many_by_an_index(office: Office) -> None:
    office.deploy(bundle("waits", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e"))
    counts, waiting = [], 0
    for more in (5, 60):
        for _ in range(more):
            waiting += 1
            office.start("waits", {"order": waiting, "kind": "same"}, business_key=str(waiting))
        for said in ({"correlation": {"order": waiting - 3}}, {"business_key": str(waiting)}, {}):
            with counted() as sent:
                assert messages.send(SYSTEM, "paid", {}, now=office.now, **said).result == "delivered"
            counts.append(len(sent))
    assert counts[3:] == counts[:3], counts
    assert max(counts[3:]) <= 16, counts


def test_an_early_message_is_found_among_many_by_an_index(office: Office) -> None:
    office.deploy(bundle("waits", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e"))
    counts = []
    for number in range(120):
        messages.send(SYSTEM, "paid", {}, now=office.now, correlation={"order": number})
    for number in (119, 3):
        with counted() as sent:
            assert office.start("waits", {"order": number}).status == "completed"
        counts.append(len(sent))
    assert counts[1] <= counts[0] <= 24, counts  # it is started, waits, gets its message and ends


def test_an_acceptance_with_its_form_act_clock_paper_and_e_mail(office: Office) -> None:
    office.step(office.file(), "motcua", "check", "accept")
    task_id = office.open(office.file())["check"].id
    officer, answers = office.viewer("motcua"), course("granted_at_once")["steps"][0]["answers"]
    with counted() as sent:
        tasks.submit(officer, task_id, answers, act="accept", now=office.now)
    assert len(sent) <= 20, sent


def test_a_filing(office: Office) -> None:
    office.file()
    applicant, answers, ids = office.viewer("nguoinop"), course("granted_at_once")["answers"], office.papers()
    with counted() as sent:
        dossiers.file(applicant, PROCEDURE, answers, document_ids=ids, now=office.now)
    assert len(sent) <= 13, sent  # one of them lets it be found by its words


def test_a_page_of_an_inbox_and_its_counts(office: Office) -> None:
    office.deploy(beside("beside", 30))
    office.file_in("beside")
    scope = scope_of(office.viewer("chuyenvien"))
    with counted() as sent:
        page = lists.inbox(scope, Filter(), now=office.now, limit=20)
    assert (len(page.rows), len(sent)) == (20, 1)
    with counted() as sent:
        lists.counts(scope, now=office.now)
    assert len(sent) <= 2, sent


def test_a_submit_with_a_draft_costs_one_statement_more_and_without_one_none(office: Office) -> None:
    office.deploy(one_task())
    costs = []
    for is_drafted in (False, False, True):
        task_id = office.open(office.start("one"))["do"].id
        if is_drafted:
            drafts.save_task(SYSTEM, task_id, {}, reason="dở", seen_version=0, now=office.now)
        with counted() as sent:
            tasks.submit(SYSTEM, task_id, {"a": 1}, now=office.now)
        costs.append(len(sent))
    assert costs[2] == costs[1] + 1 <= 6, costs


def test_saving_a_draft_costs_few_statements(office: Office) -> None:
    office.deploy(one_task())
    task_id = office.open(office.start("one"))["do"].id
    costs = []
    for version, reason in enumerate(("a", "ab", "abc", "abc")):
        with counted() as sent:
            drafts.save_task(SYSTEM, task_id, {}, reason=reason, seen_version=min(version, 2), now=office.now)
        costs.append(len(sent))
    assert costs[0] <= 7, costs
    assert max(costs[1:3]) <= 4, costs
    assert costs[3] <= 2, costs
