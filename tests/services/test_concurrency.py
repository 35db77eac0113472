"""Many at the same moment: nothing is lost, nothing happens twice, nobody sees a lock error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from services import definitions, documents, dossiers, drafts, instances, log, messages, people, tasks
from services.permissions import SYSTEM, Viewer
from storage.database import session
from storage.queries import dossiers as lists
from storage.queries.scope import Scope
from storage.rows import definitions as definition_rows
from storage.rows import drafts as draft_rows
from storage.rows import messages as message_rows
from storage.rows import tasks as task_rows
from storage.tables import BufferedMessage
from tests.engine.diagrams import catch, end, message, start, user
from tests.office import PROCEDURE, Office, course
from tests.services.bundles import beside, bundle, one_task
from tests.services.together import at_once, done, kinds

ALL = Scope(username="system", principals=(), sees_all=True)


def test_forty_filings_at_once_get_forty_codes_without_a_gap(office: Office, demo_app: Flask) -> None:
    answers = course("granted_at_once")["answers"]
    viewers = [office.hire(f"applicant{number}", "applicant") for number in range(40)]
    papers = [office.papers(viewer.username) for viewer in viewers]

    def file(viewer: Viewer, ids: list[str]) -> str:
        return dossiers.file(viewer, PROCEDURE, answers, now=office.now, document_ids=ids).code

    codes = done(at_once(demo_app, [partial(file, *each) for each in zip(viewers, papers, strict=True)]))
    assert sorted(codes) == [f"000.00.00.G18-260820-{number:04d}" for number in range(1, 41)]
    assert len(lists.search(ALL, limit=100).rows) == 40
    assert log.verify().breaks == ()


@pytest.mark.parametrize("people_at_work", [4, 20])
def test_people_at_parallel_tasks_of_one_dossier_all_succeed(
    office: Office, demo_app: Flask, people_at_work: int
) -> None:
    office.deploy(beside("beside", people_at_work))
    dossier = office.file_in("beside")
    officers = [
        office.hire(f"officer{number}", "officer", groups=["specialist_prevention"]) for number in range(people_at_work)
    ]
    work = zip(officers, office.open(dossier).values(), strict=True)
    done(
        at_once(
            demo_app,
            [partial(tasks.submit, who, task.id, {task.element_id: "done"}, now=office.now) for who, task in work],
        )
    )
    instance = office.instance(dossier)
    assert instance.status == "completed"
    steps = [data["element"] for row, data in log.events_of(instance.id) if row.kind == "task.completed"]
    assert sorted(steps) == sorted(f"t{number}" for number in range(1, people_at_work + 1))
    kept = instances.variables(SYSTEM, instance.id)
    assert {name for name in kept if kept[name] == "done"} == set(steps)
    assert log.verify().breaks == ()


def test_of_two_who_submit_the_same_task_one_succeeds(office: Office, demo_app: Flask) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    task = office.open(instance)["do"]
    officers = [office.hire(f"officer{number}", "officer", groups=["one_door"]) for number in range(6)]
    answers = at_once(
        demo_app, [partial(tasks.submit, o, task.id, {"by": o.username}, now=office.now) for o in officers]
    )
    assert kinds(answers) == ["TaskNotOpen"] * 5
    winner = next(o for o, answer in zip(officers, answers, strict=True) if not isinstance(answer, Exception))
    office.look()
    assert instances.variables(SYSTEM, instance.id)["by"] == winner.username
    assert Counter(row.kind for row, _ in log.events_of(instance.id))["task.completed"] == 1


def test_of_all_who_claim_the_same_task_one_has_it(office: Office, demo_app: Flask) -> None:
    office.deploy(one_task())
    instance = office.start("one")
    task = office.open(instance)["do"]
    officers = [office.hire(f"officer{number}", "officer", groups=["one_door"]) for number in range(8)]
    answers = at_once(demo_app, [partial(tasks.claim, officer, task.id, now=office.now) for officer in officers])
    assert kinds(answers) == ["TaskTaken"] * 7
    holders = {answer.assignee for answer in answers if not isinstance(answer, Exception)}
    office.look()
    assert holders == {office.open(instance)["do"].assignee}
    kept = [row for row, _ in log.events_of(instance.id) if row.kind == "task.claimed"]
    assert [row.actor for row in kept] == list(holders)


def test_the_same_filing_sent_many_times_at_once_is_one_dossier(office: Office, demo_app: Flask) -> None:
    answers, viewer, ids = course("granted_at_once")["answers"], office.viewer("nguoinop"), office.papers()

    def file() -> str:
        return dossiers.file(
            viewer, PROCEDURE, answers, now=office.now, document_ids=ids, filing_id="0123456789abcdef" * 2
        ).code

    assert set(at_once(demo_app, [file] * 6)) == {"000.00.00.G18-260820-0001"}
    assert len(lists.search(ALL).rows) == 1
    assert office.file().code.endswith("-0002")


def test_the_same_bundle_deployed_many_times_at_once_is_stored_once(office: Office, demo_app: Flask) -> None:
    files = one_task("alone")
    found = done(at_once(demo_app, [partial(definitions.deploy, SYSTEM, files, now=office.now)] * 6))
    assert len({answer.id for answer in found}) == 1
    assert [answer.is_new for answer in found].count(True) == 1
    assert [row.version for row in found[0].definitions] == [1]


def test_versions_published_at_once_leave_one_in_force(office: Office, demo_app: Flask) -> None:
    bundles = [one_task("versions", motcua__priority=str(number)) for number in range(5)]
    deploys = [partial(definitions.deploy, SYSTEM, files, now=office.now) for files in bundles]
    stored = [row for deployed in done(at_once(demo_app, deploys)) for row in deployed.definitions]
    office.look()
    states = Counter(row.state for row in map(definition_rows.load, (row.id for row in stored)) if row)
    assert sorted(row.version for row in stored) == [1, 2, 3, 4, 5]
    assert states == {"published": 1, "superseded": 4}


def test_accounts_of_one_name_opened_at_once_are_one_account(office: Office, demo_app: Flask) -> None:
    def register() -> None:
        people.register(
            username="lan", name="Lan", email="", phone="", organisation="", password="a long password", now=office.now
        )

    assert kinds(at_once(demo_app, [register] * 5)) == ["Duplicate"] * 4
    assert log.verify().breaks == ()


def test_a_message_and_the_one_who_waits_for_it_never_miss_each_other(office: Office, demo_app: Flask) -> None:
    """A message looks for who waits while the instance looks for messages: one must see the other."""
    office.deploy(bundle("waits", start("s"), user("do"), catch("c", message("paid")), end("e"), "s -> do -> c -> e"))
    started = [office.start("waits", business_key=f"key{number}") for number in range(15)]
    works: list[Callable[[], object]] = []
    for instance in started:
        task = office.open(instance)["do"]
        works.append(partial(tasks.submit, SYSTEM, task.id, {}, now=office.now))
        works.append(partial(messages.send, SYSTEM, "paid", {}, now=office.now, business_key=instance.business_key))
    done(at_once(demo_app, works))
    office.look()
    late = [i.business_key for i in started if instances.readable(SYSTEM, i.id).status != "completed"]
    assert late == []
    assert {row.state for row in session().query(BufferedMessage)} == {"delivered"}


def test_one_message_reaches_one_instance_however_often_it_is_sent(office: Office, demo_app: Flask) -> None:
    office.deploy(bundle("waits", start("s"), catch("c", message("paid")), end("e"), "s -> c -> e"))
    started = [office.start("waits") for _ in range(3)]
    send = partial(messages.send, SYSTEM, "paid", {}, now=office.now, message_id="payment-1")
    answers = done(at_once(demo_app, [send] * 5))
    assert sorted(answer.result for answer in answers) == ["delivered"] + ["duplicate"] * 4
    office.look()
    assert Counter(instances.readable(SYSTEM, i.id).status for i in started) == {"completed": 1, "running": 2}
    assert len(list(message_rows.anyone("paid"))) == 2


def test_a_staged_file_goes_to_one_dossier_only(office: Office, demo_app: Flask) -> None:
    answers, viewer, ids = course("granted_at_once")["answers"], office.viewer("nguoinop"), office.papers()
    file = partial(dossiers.file, viewer, PROCEDURE, answers, now=office.now, document_ids=ids)
    refused = kinds(at_once(demo_app, [file] * 4))
    assert len(refused) == 3
    assert set(refused) <= {"Invalid", "InvalidAnswers"}
    (filed,) = lists.search(ALL).rows
    found = documents.of_dossier(viewer, dossiers.readable(viewer, filed.id))
    assert {d.id for d in found if d.origin == "upload"} == set(ids)


def test_work_and_the_end_of_a_dossier_at_once_leave_no_task_open(office: Office, demo_app: Flask) -> None:
    office.deploy(beside("beside", 4))
    dossier = office.file_in("beside")
    work: list[Callable[[], object]] = [
        partial(tasks.submit, SYSTEM, task.id, {}, now=office.now) for task in office.open(dossier).values()
    ]
    stop = partial(dossiers.stop, office.viewer("truongphong"), dossier.id, "Dừng", now=office.now)
    work.append(stop)
    answers = at_once(demo_app, work)
    assert set(kinds(answers)) <= {"TaskNotOpen", "WrongState"}
    office.look()
    assert list(task_rows.open_of(dossier.instance_id)) == []
    assert office.instance(dossier).status in ("cancelled", "completed")
    assert log.verify().breaks == ()


def test_of_many_who_save_one_draft_at_once_one_is_saved_and_the_others_are_told(
    office: Office, demo_app: Flask
) -> None:
    office.deploy(one_task())
    task_id = office.open(office.start("one"))["do"].id
    officers = [office.hire(f"officer{number}", "officer", groups=["one_door"]) for number in range(12)]

    def save(viewer: Viewer) -> str:
        return drafts.save_task(viewer, task_id, {}, reason=viewer.username, seen_version=0, now=office.now).reason

    answers = at_once(demo_app, [partial(save, officer) for officer in officers])
    assert kinds(answers) == ["DraftChanged"] * 11
    office.look()
    task = task_rows.load(task_id)
    assert task is not None
    draft = drafts.of_task(SYSTEM, task)
    assert draft is not None
    assert [answer for answer in answers if not isinstance(answer, Exception)] == [draft.reason]


def test_a_draft_saved_while_its_task_is_sent_leaves_nothing_behind(office: Office, demo_app: Flask) -> None:
    office.deploy(one_task())
    officer = office.viewer("motcua")
    for number in range(6):
        task_id = office.open(office.start("one"))["do"].id
        if number % 2:
            drafts.save_task(officer, task_id, {}, reason="dở", seen_version=0, now=office.now)
        save = partial(drafts.save_task, officer, task_id, {}, reason="mới", seen_version=number % 2, now=office.now)
        works: list[Callable[[], object]] = [save, partial(tasks.submit, officer, task_id, {}, now=office.now)]
        answers = at_once(demo_app, works)
        assert set(kinds(answers)) <= {"TaskNotOpen"}
        office.look()
        task = task_rows.load(task_id)
        assert task is not None
        assert (task.state, task.has_draft, draft_rows.of_task(task_id)) == ("completed", False, None)
