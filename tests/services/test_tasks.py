"""Claiming, releasing, assigning, opening and submitting tasks."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal

import pytest

from errors import Forbidden, InvalidAnswers, NotFound, StaleVersion, TaskNotOpen, TaskTaken, WrongState
from services import dossiers, instances, log, people, tasks
from services.permissions import SYSTEM
from storage.queries import tasks as lists
from storage.queries import turns
from storage.queries.scope import Scope
from storage.tables import Instance, Task
from tests.engine.diagrams import end, fork, start, user, xor
from tests.office import Office
from tests.services.bundles import acts, beside, bundle, form, number, one_task, procedure, text

DECIDE = bundle(
    "decide",
    start("s"),
    user("do", acts("grant", "refuse", reason="refuse"), motcua__candidateGroups="leader", motcua__actVariable="word"),
    xor("which"),
    user("granted"),
    user("refused"),
    end("e"),
    "s -> do -> which -> granted if word == 'grant'",
    "which -> refused else",
    "granted -> e",
    "refused -> e",
)
ASK = bundle(
    "ask",
    start("s"),
    user("do", motcua__form="ask.form", motcua__candidateGroups="leader"),
    end("e"),
    "s -> do -> e",
    ask__form=form("ask", text("name", required=True, maxLength=10), number("amount", min=1, max=9)),
)


def begun(office: Office, files: dict[str, bytes], **variables: str) -> tuple[Instance, Task]:
    deployed = office.deploy(files)
    instance = office.start(deployed.definitions[0].key, variables)
    return instance, office.open(instance)["do"]


def fields(refused: pytest.ExceptionInfo[InvalidAnswers]) -> set[str]:
    return {detail.field for detail in refused.value.details}


def variables(instance: Instance) -> dict[str, object]:
    return instances.variables(SYSTEM, instance.id)


def test_a_claimed_task_is_its_holders_until_it_is_released(office: Office) -> None:
    _, task = begun(office, one_task())
    first, second = (office.hire(name, "officer", groups=["one_door"]) for name in ("first", "second"))
    assert tasks.open_task(first, task.id, now=office.now).can_claim
    assert tasks.claim(first, task.id, now=office.now).assignee == "first"
    assert tasks.claim(first, task.id, now=office.now).assignee == "first"  # again changes nothing
    with pytest.raises(TaskTaken):
        tasks.claim(second, task.id, now=office.now)
    with pytest.raises(TaskTaken):
        tasks.submit(second, task.id, {}, now=office.now)
    with pytest.raises(Forbidden):
        tasks.unclaim(second, task.id, now=office.now)
    opened = tasks.open_task(second, task.id, now=office.now)
    assert (opened.can_claim, opened.can_submit) == (False, False)
    assert tasks.unclaim(first, task.id, now=office.now).assignee is None
    assert tasks.unclaim(first, task.id, now=office.now).assignee is None
    tasks.submit(second, task.id, {}, now=office.now)
    kinds = [(row.kind, row.actor) for row, _ in log.events_of(task.instance_id)]
    assert kinds == [
        ("instance.started", "system"),
        ("task.claimed", "first"),
        ("task.released", "first"),
        ("task.completed", "second"),
    ]


def test_a_head_gives_a_task_to_a_member_of_its_group_and_to_nobody_else(office: Office) -> None:
    office.deploy(beside("beside", 1))
    dossier = office.file_in("beside")
    task = office.open(dossier)["t1"]
    head = office.viewer("truongphong")
    given = tasks.assign(head, task.id, "chuyenvien", now=office.now)
    assert given.assignee == "chuyenvien"
    assert turns.first(Scope(username="chuyenvien", principals=("u:chuyenvien",)), 1, own=True)
    for stranger in ("motcua", "nobody", ""):
        with pytest.raises(InvalidAnswers) as refused:
            tasks.assign(head, task.id, stranger, now=office.now)
        assert fields(refused) == {"assignee"}
    with pytest.raises(Forbidden):
        tasks.assign(office.viewer("chuyenvien"), task.id, "chuyenvien", now=office.now)
    with pytest.raises(NotFound):  # a head of another unit does not see it
        tasks.assign(office.viewer("truongphongduoc"), task.id, "chuyenvien", now=office.now)
    assert tasks.unclaim(head, task.id, now=office.now).assignee is None
    with pytest.raises(Forbidden):  # who leads does not do the work of the group
        tasks.submit(head, task.id, {}, now=office.now)


def test_who_left_is_not_given_a_task(office: Office) -> None:
    _, task = begun(office, one_task())
    office.hire("left", "officer", groups=["one_door"])
    people.set_active(SYSTEM, "left", active=False, now=office.now)
    with pytest.raises(InvalidAnswers):
        tasks.assign(SYSTEM, task.id, "left", now=office.now)


def test_a_task_given_to_one_person_cannot_be_released_to_nobody(office: Office) -> None:
    lan = office.hire("lan", "applicant")
    _, task = begun(office, one_task(motcua__assignee="${who}", motcua__candidateGroups=""), who="lan")
    assert task.assignee == "lan"
    with pytest.raises(WrongState):
        tasks.unclaim(lan, task.id, now=office.now)
    tasks.submit(lan, task.id, {}, now=office.now)


def test_the_chosen_act_its_reason_and_its_person_become_variables_that_gateways_route_on(office: Office) -> None:
    instance, task = begun(office, DECIDE)
    leader = office.viewer("lanhdao")
    for wrong in ("", "approve"):
        with pytest.raises(InvalidAnswers) as refused:
            tasks.submit(leader, task.id, {}, act=wrong, now=office.now)
        assert fields(refused) == {"word"}
    with pytest.raises(InvalidAnswers) as refused:
        tasks.submit(leader, task.id, {}, act="refuse", reason="  ", now=office.now)
    assert fields(refused) == {"reason"}
    with pytest.raises(InvalidAnswers) as refused:
        tasks.submit(leader, task.id, {}, act="refuse", reason="x" * (tasks.LONGEST_REASON + 1), now=office.now)
    assert fields(refused) == {"reason"}
    assert variables(instance) == {}
    done = tasks.submit(leader, task.id, {"note": 1}, act="refuse", reason="Thiếu giấy tờ", now=office.now)
    assert [opened.element_id for opened in done.opened] == ["refused"]
    assert variables(instance) == {
        "note": 1,
        "word": "refuse",
        "word_reason": "Thiếu giấy tờ",
        "word_by": leader.name,
    }
    (event,) = [data for row, data in log.events_of(instance.id) if row.kind == "task.completed"]
    assert (event["act"], event["reason"]) == ("refuse", "Thiếu giấy tờ")


def test_a_program_may_send_the_act_among_the_variables(office: Office) -> None:
    _, task = begun(office, DECIDE)
    done = tasks.submit(office.viewer("lanhdao"), task.id, {"word": "grant"}, now=office.now)
    assert [opened.element_id for opened in done.opened] == ["granted"]


def test_answers_are_validated_by_the_form_and_a_refusal_changes_nothing(office: Office) -> None:
    instance, task = begun(office, ASK)
    leader = office.viewer("lanhdao")
    with pytest.raises(InvalidAnswers) as refused:
        tasks.submit(leader, task.id, {"amount": 12, "other": True}, now=office.now)
    assert fields(refused) == {"name", "amount", "other"}
    with pytest.raises(InvalidAnswers) as refused:
        tasks.submit(leader, task.id, {"name": "far too long a name", "amount": "two"}, now=office.now)
    assert fields(refused) == {"name", "amount"}
    with pytest.raises(InvalidAnswers):
        tasks.check(leader, task.id, {}, now=office.now)
    tasks.check(leader, task.id, {"name": "Lan", "amount": 2}, now=office.now)
    assert office.open(instance)["do"].state == "open"
    assert variables(instance) == {}
    assert len(list(log.events_of(instance.id))) == 1
    done = tasks.submit(leader, task.id, {"name": "Lan", "amount": 2}, now=office.now)
    assert done.instance.status == "completed"
    assert variables(instance) == {"name": "Lan", "amount": 2}


def test_what_was_typed_is_kept_with_the_task_and_the_log_holds_its_hash_only(office: Office) -> None:
    instance, task = begun(office, ASK)
    tasks.submit(office.viewer("lanhdao"), task.id, {"name": "Lan", "amount": 2}, now=office.now)
    office.look()
    opened = tasks.open_task(office.viewer("lanhdao"), task.id, now=office.now)
    assert (opened.task.state, dict(opened.variables)) == ("completed", {"name": "Lan", "amount": 2})
    assert (opened.can_claim, opened.can_submit) == (False, False)
    (row,) = [row for row, _ in log.events_of(instance.id) if row.kind == "task.completed"]
    assert "Lan" not in row.data
    assert "answers_sha256" in row.data


def test_who_saw_an_older_version_is_told_so(office: Office) -> None:
    office.deploy(beside("beside", 2))
    dossier = office.file_in("beside")
    officer = office.viewer("chuyenvien")
    first, second = office.open(dossier).values()
    seen = tasks.open_task(officer, first.id, now=office.now).seen_version
    tasks.submit(officer, second.id, {}, now=office.now)
    with pytest.raises(StaleVersion):
        tasks.submit(officer, first.id, {}, now=office.now, seen_version=seen)
    seen = tasks.open_task(officer, first.id, now=office.now).seen_version
    tasks.submit(officer, first.id, {}, now=office.now, seen_version=seen)
    assert office.instance(dossier).status == "completed"


def test_somebody_elses_task_is_as_if_it_were_not_there(office: Office) -> None:
    _, task = begun(office, one_task())
    stranger = office.viewer("chuyenvienduoc")
    for verb in (tasks.open_task, tasks.claim, tasks.unclaim):
        with pytest.raises(NotFound):
            verb(stranger, task.id, now=office.now)
    with pytest.raises(NotFound):
        tasks.submit(stranger, task.id, {}, now=office.now)
    with pytest.raises(NotFound):
        tasks.submit(SYSTEM, "no such task", {}, now=office.now)


def test_a_closed_task_says_that_it_is_closed(office: Office) -> None:
    instance, task = begun(office, one_task())
    officer = office.viewer("motcua")
    tasks.submit(officer, task.id, {}, now=office.now)
    for verb in (tasks.claim, tasks.unclaim):
        with pytest.raises(TaskNotOpen):
            verb(officer, task.id, now=office.now)
    with pytest.raises(TaskNotOpen):
        tasks.submit(officer, task.id, {}, now=office.now)
    with pytest.raises(TaskNotOpen):
        tasks.assign(SYSTEM, task.id, "motcua", now=office.now)
    other = office.start("one")
    instances.cancel(SYSTEM, other.id, "không cần nữa", now=office.now)
    assert office.open(other) == {}
    assert lists.inbox(Scope(username="x", principals=("g:one_door",)), lists.Filter(), now=office.now).rows == ()


def test_tasks_that_the_diagram_cancels_leave_every_inbox(office: Office) -> None:
    files = bundle(
        "first",
        start("s"),
        fork("f"),
        user("do", motcua__candidateGroups="one_door"),
        user("other", motcua__candidateGroups="clerk"),
        end("stop", "<terminateEventDefinition/>"),
        end("e"),
        "s -> f -> do -> stop",
        "f -> other -> e",
    )
    instance, task = begun(office, files)
    assert len(lists.inbox(Scope(username="x", principals=("g:clerk",)), lists.Filter(), now=office.now).rows) == 1
    tasks.submit(office.viewer("motcua"), task.id, {}, now=office.now)
    office.look()
    assert lists.inbox(Scope(username="x", principals=("g:clerk",)), lists.Filter(), now=office.now).rows == ()
    states = {row.element_id: row.state for row in office.every_task(instance)}
    assert states == {"do": "completed", "other": "cancelled"}


def test_an_applicants_task_is_the_applicants(office: Office) -> None:
    files = procedure("reply", start("s"), user("do", motcua__assignee="${applicant}"), end("e"), "s -> do -> e")
    office.deploy(files)
    dossier = office.file_in("reply")
    task = office.open(dossier)["do"]
    with pytest.raises(NotFound):
        tasks.submit(office.viewer("nguoinop2"), task.id, {}, now=office.now)
    tasks.submit(office.viewer("nguoinop"), task.id, {}, now=office.now)
    assert dossiers.own(office.viewer("nguoinop"), dossier.code).id == dossier.id


def test_a_task_in_a_lane_is_for_the_group_of_that_name(office: Office) -> None:
    lanes = (
        '<laneSet><lane id="L1" name="Bộ phận Một cửa"><flowNodeRef>do</flowNodeRef></lane>'
        '<lane id="L2" name="Nobody"><flowNodeRef>other</flowNodeRef></lane></laneSet>'
    )
    office.deploy(
        bundle("lanes", lanes, start("s"), user("do"), user("other"), end("e"), "s -> do -> e", "s -> other -> e")
    )
    opened = office.open(office.start("lanes"))
    assert (opened["do"].candidate_groups, opened["other"].candidate_groups) == (["one_door"], ["Nobody"])


def test_any_key_and_every_exact_kind_of_a_form_comes_back(office: Office) -> None:
    office.deploy(bundle("odd", start("s"), user("do"), user("then"), end("e"), "s -> do -> then -> e"))
    instance = office.start("odd", {"self": 1, "fee": Decimal("1.50"), "span": timedelta(hours=2), "at": time(8, 30)})
    given = {"typename": "UUID", "__class__": {"self": []}, "a.b": 1, "": 2, "ghi chú": "é", "loopCounter": 3}
    tasks.submit(SYSTEM, office.open(instance)["do"].id, given, now=office.now)
    kept = {**given, "self": 1, "fee": Decimal("1.50"), "span": timedelta(hours=2), "at": time(8, 30)}
    assert instances.variables(SYSTEM, instance.id) == kept
