"""History and control sheet: derived from the log alone, whatever the other tables say."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, update

from services import dossiers, history, tasks
from storage.database import session
from storage.tables import Dossier, Task, TaskAccess
from tests.engine.diagrams import end, fork, start, user
from tests.office import Office
from tests.services.bundles import beside, bundle, procedure


def sheet(office: Office, dossier: Dossier) -> dict[str, history.Holding]:
    lines = history.control_sheet(office.instance(dossier), now=office.now)
    return {line.name: line for line in lines}


def erase_everything_but_the_log(dossier: Dossier) -> None:
    """What is derived from the log needs no other table."""
    session().execute(delete(TaskAccess))
    session().execute(
        update(Task)
        .where(Task.instance_id == dossier.instance_id)
        .values(assignee=None, completed_by=None, completed_at=None, due_at=None, act=None, reason="", name="erased")
    )
    session().commit()


def test_the_control_sheet_tells_who_held_the_dossier_from_when_to_when(office: Office) -> None:
    dossier = office.file()
    filed = office.now
    check = office.open(dossier)["check"]
    tasks.claim(office.viewer("motcua"), check.id, now=office.later(minutes=10))
    office.later(minutes=20)
    office.step(dossier, "motcua", "check", "accept")
    accepted = office.now
    assign_due = office.open(dossier)["assign"].due_at
    office.later(minutes=5)
    office.step(dossier, "truongphong", "assign", "assign")
    assigned = office.now
    erase_everything_but_the_log(dossier)
    office.later(days=1)
    lines = history.control_sheet(office.instance(dossier), now=office.now)
    assert [line.name for line in lines] == ["Kiểm tra hồ sơ", "Phân công chuyên viên", "Thẩm định hồ sơ"]
    first, second, third = lines
    assert (first.holder, first.handed_over_at, first.received_at, first.finished_at) == (
        "motcua", filed, filed + timedelta(minutes=10), accepted
    )  # fmt: skip
    assert (first.groups, first.act, first.verdict) == (("one_door",), "accept", "early")
    assert (second.holder, second.received_at, second.finished_at) == ("truongphong", assigned, assigned)
    assert second.due_at == assign_due
    assert (third.holder, third.finished_at, third.verdict) == ("", None, "open")


def test_each_line_is_judged_by_its_due_minute(office: Office) -> None:
    step = user("do", name="Làm", motcua__nationalStatus="2", motcua__limit="2 working_days")
    office.deploy(procedure("judged", start("s"), step, end("e"), "s -> do -> e"))
    verdicts = {}
    begin = office.now
    cases = {
        "early": timedelta(hours=-30), "on_time": timedelta(hours=-1), "the last second": timedelta(seconds=59),
        "late": timedelta(minutes=1),
    }  # fmt: skip
    for name, after in cases.items():
        office.now = begin
        dossier = office.file_in("judged")
        due = office.open(dossier)["do"].due_at
        assert due is not None
        office.now = due + after
        assert sheet(office, dossier)["Làm"].verdict == ("overdue" if name == "late" else "open")
        office.step(dossier, "quantri", "do", answers={})
        verdicts[name] = sheet(office, dossier)["Làm"].verdict
    assert verdicts == {"early": "early", "on_time": "on_time", "the last second": "on_time", "late": "late"}


def test_claims_hand_overs_and_the_end_of_a_dossier_are_in_the_sheet(office: Office) -> None:
    office.deploy(beside("beside", 2))
    dossier = office.file_in("beside")
    first, second = office.open(dossier)["t1"], office.open(dossier)["t2"]
    head, officer = office.viewer("truongphong"), office.viewer("chuyenvien")
    tasks.assign(head, first.id, "chuyenvien", now=office.later(minutes=1))
    assert (sheet(office, dossier)["t1"].holder, sheet(office, dossier)["t1"].received_at) == ("chuyenvien", office.now)
    tasks.unclaim(officer, first.id, now=office.later(minutes=1))
    assert (sheet(office, dossier)["t1"].holder, sheet(office, dossier)["t1"].received_at) == ("", None)
    tasks.submit(officer, second.id, {}, now=office.later(minutes=1))
    dossiers.stop(head, dossier.id, "Cơ sở giải thể", now=office.later(minutes=1))
    lines = sheet(office, dossier)
    assert (lines["t1"].verdict, lines["t1"].finished_at) == ("cancelled", office.now)
    assert lines["t2"].verdict == "none"
    said = history.last_said(dossier.instance_id)
    assert said is not None
    assert (said.kind, said.reason, said.at) == ("stopped", "Cơ sở giải thể", office.now)


def test_a_pause_moves_the_due_day_in_the_sheet_as_in_the_list(office: Office) -> None:
    ask = user("ask", name="Bổ sung", motcua__assignee="${applicant}", motcua__pause="supplement")
    work = user("work", name="Thẩm định", motcua__limit="3 working_days", motcua__nationalStatus="2")
    files = procedure(
        "paused", start("s"), fork("f"), work, ask, fork("j"), end("e"), "s -> f -> work -> j -> e", "f -> ask -> j"
    )
    office.deploy(files)
    dossier = office.file_in("paused")
    assert office.open(dossier)["work"].due_at is None  # the clock stands still from the first moment
    assert sheet(office, dossier)["Thẩm định"].due_at is None
    office.later(days=20)
    office.step(dossier, "nguoinop", "ask", answers={})
    office.look()
    due = office.open(dossier)["work"].due_at
    assert due is not None
    assert due > office.now
    assert sheet(office, dossier)["Thẩm định"].due_at == due


def test_the_history_lists_every_activation_with_its_person_and_its_end(office: Office) -> None:
    files = bundle(
        "ways",
        start("s"),
        fork("f"),
        user("do"),
        user("other"),
        end("stop", "<terminateEventDefinition/>"),
        end("e"),
        "s -> f -> do -> stop",
        "f -> other -> e",
    )
    office.deploy(files)
    instance = office.start("ways")
    task = office.open(instance)["do"]
    begun = office.now
    passages = history.passages(instance)
    assert [(p.element_id, p.state) for p in passages] == [
        ("s", "completed"), ("f", "completed"), ("do", "active"), ("other", "active")
    ]  # fmt: skip
    tasks.submit(office.viewer("quantri"), task.id, {}, now=office.later(hours=1))
    session().expire_all()
    by_element = {p.element_id: p for p in history.passages(instance)}
    do, other = by_element["do"], by_element["other"]
    assert (do.state, do.task_id, do.actor, do.started_at, do.ended_at) == (
        "completed", task.id, "quantri", begun, office.now
    )  # fmt: skip
    assert (other.state, other.actor, other.ended_at) == ("cancelled", None, office.now)
    assert (by_element["stop"].state, by_element["stop"].element_type) == ("completed", "endEvent")
    assert len({p.id for p in history.passages(instance)}) == 5
