"""Filing, acceptance, refusal, withdrawal and stopping of dossiers."""

from __future__ import annotations

import pytest

from errors import Forbidden, InvalidAnswers, NotFound, WrongState
from services import definitions, dossiers, log, tasks
from services.permissions import SYSTEM
from services.statuses import NEXT, Status
from storage.queries import dossiers as lists
from storage.queries import tasks as task_lists
from tests.engine.diagrams import end, start, user
from tests.office import PROCEDURE, START, Office
from tests.services.bundles import procedure


def test_filing_gives_a_code_a_check_code_and_the_acceptance_limit(office: Office) -> None:
    dossier = office.file()
    assert dossier.code == "000.00.00.G18-260820-0001"
    assert len(dossier.check_code) == dossiers.CHECK_LENGTH
    assert dossier.status == Status.SUBMITTED
    assert dossier.acceptance_due_at is not None
    assert (dossier.acceptance_due_at - START).total_seconds() == 24 * 3600  # a whole working day of 8 hours
    assert dossiers.tracked(dossier.code.lower(), f"{dossier.check_code[:4]}-{dossier.check_code[4:]}").id == dossier.id
    with pytest.raises(NotFound):
        dossiers.tracked(dossier.code, "AAAAAAAA")


def test_everything_that_is_wrong_with_a_filing_is_said_at_once_and_nothing_is_stored(office: Office) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        dossiers.file(office.viewer("nguoinop"), PROCEDURE, {"unknown": "x", "laboratory_area": "big"}, now=office.now)
    fields = {detail.field for detail in refused.value.details}
    assert {"unknown", "laboratory_area", "organization_name", "component.floor_plan"} <= fields
    assert lists.of_applicant("nguoinop").rows == ()
    assert office.file().code.endswith("-0001")  # the refused one used up no number


def test_acceptance_starts_the_clock_and_refusal_at_the_door_ends_the_dossier(office: Office) -> None:
    accepted = office.accepted()
    assert (accepted.status, accepted.clock_state) == (Status.IN_PROCESS, "running")
    assert accepted.due_at is not None
    refused = office.file()
    office.step(refused, "motcua", "check", "refuse", reason="Thiếu giấy tờ")
    refused = office.again(refused)
    assert refused.status == Status.NOT_ACCEPTED
    assert refused.due_at is None
    assert refused.ended_at == office.now
    assert task_lists.open_steps(refused.id) == ()


def test_a_withdrawal_holds_the_steps_until_it_is_confirmed_or_declined(office: Office) -> None:
    dossier = office.accepted()
    dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Nộp nhầm", now=office.now)
    assert office.again(dossier).status == Status.WITHDRAWAL_REQUESTED
    with pytest.raises(WrongState):
        office.step(dossier, "truongphong", "assign", "assign")
    dossiers.decline_withdrawal(office.viewer("motcua"), dossier.id, "Người nộp đổi ý", now=office.now)
    assert office.again(dossier).status == Status.IN_PROCESS
    dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Vẫn rút", now=office.now)
    ended = dossiers.confirm_withdrawal(office.viewer("motcua"), dossier.id, now=office.now)
    assert (ended.status, ended.clock_state) == (Status.STOPPED, "stopped")
    assert task_lists.open_steps(dossier.id) == ()
    assert office.instance(dossier).status == "cancelled"
    assert log.verify().breaks == ()


def test_only_ones_own_dossier_can_be_withdrawn_and_only_officers_stop_one(office: Office) -> None:
    dossier = office.accepted()
    with pytest.raises(NotFound):
        dossiers.withdraw(office.viewer("nguoinop2"), dossier.id, "Không phải của tôi", now=office.now)
    with pytest.raises(Forbidden):
        dossiers.stop(office.viewer("nguoinop"), dossier.id, "Dừng", now=office.now)
    with pytest.raises(NotFound):  # of another unit
        dossiers.stop(office.viewer("truongphongduoc"), dossier.id, "Dừng", now=office.now)
    with pytest.raises(InvalidAnswers):
        dossiers.stop(office.viewer("truongphong"), dossier.id, "  ", now=office.now)
    stopped = dossiers.stop(office.viewer("truongphong"), dossier.id, "Cơ sở giải thể", now=office.now)
    assert stopped.status == Status.STOPPED
    with pytest.raises(WrongState):
        dossiers.stop(office.viewer("truongphong"), dossier.id, "Lần nữa", now=office.now)


def test_a_retired_procedure_takes_no_filings_and_its_dossiers_run_to_their_end(office: Office) -> None:
    dossier = office.accepted()
    definitions.retire(SYSTEM, dossier.definition_id, now=office.now)
    with pytest.raises(WrongState):
        office.file()
    done = office.step(dossier, "truongphong", "assign", "assign")
    assert [task.element_id for task in done.opened] == ["appraise"]


def test_no_legal_status_is_followed_by_one_the_national_portal_refuses() -> None:
    legal = {1: {2, 3, 7}, 2: {4, 7}, 4: {5, 6, 7, 8, 9}, 5: {4, 7}, 6: {4, 7}, 7: {8}, 9: {10}}
    ours = {status.value: {after.value for after in nexts} for status, nexts in NEXT.items()}
    for status, nexts in legal.items():
        assert nexts <= ours[status]
    extra = {status: nexts - legal.get(status, set()) for status, nexts in ours.items()}
    # an officer may stop what is not in process yet, and a declined withdrawal goes back
    assert extra == {
        1: {8},
        2: {8},
        3: set(),
        4: set(),
        5: {8},
        6: {8},
        7: {1, 2, 4, 5, 6},
        8: set(),
        9: set(),
        10: set(),
    }


def test_a_task_is_submitted_by_its_holder_only(office: Office) -> None:
    dossier = office.accepted()
    task = task_lists.open_steps(dossier.id)[0]
    with pytest.raises(NotFound):
        tasks.claim(office.viewer("chuyenvienduoc"), task.id, now=office.now)
    tasks.claim(office.viewer("truongphong"), task.id, now=office.now)
    with pytest.raises(NotFound):
        tasks.submit(office.viewer("nguoinop2"), task.id, {}, now=office.now)


def test_a_dossier_that_its_diagram_leaves_open_is_closed_with_its_instance(office: Office) -> None:
    accepts = user("u", motcua__nationalStatus="2", motcua__candidateGroups="one_door")
    office.deploy(procedure("open-ended", start("s"), accepts, end("e"), "s -> u -> e"))
    dossier = office.file_in("open-ended")
    assert dossier.status == Status.ACCEPTED
    office.step(dossier, "motcua", "u", answers={})
    ended = office.again(dossier)
    assert (ended.status, ended.clock_state) == (Status.STOPPED, "stopped")
    assert ended.ended_at == office.now
