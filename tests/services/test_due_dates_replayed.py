"""Due dates are what the log comes to: those of dossiers and of open steps, after any verbs in any order.

What is stored is computed anew from nothing but the events of the log and the calendar, after each of them: accepting,
pauses on each ground, answers, extensions, changes of the calendar and their taking back, lapses, limits of a chain,
withdrawals, stops and ends.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from clock.compute import compute
from clock.limits import end_of
from clock.model import LimitSpec, PauseEnded, PauseStarted, Reason, Unit
from errors import NotFound, Refused
from services import calendar_changes, clocks, dossiers, extensions, loading, log, tasks
from services.calendar_edits import Typed
from services.permissions import SYSTEM
from storage.tables import Dossier
from tests.engine.diagrams import boundary, duration, end, start, user, xor
from tests.office import Office
from tests.services.bundles import acts, procedure
from tests.services.test_clocks import computed, logged
from tests.soak import SOAK, examples

GROUNDS = ("supplement", "payment", "foreign_verification", "agency_opinion")
CHAINED = {"work": "look", "supplement": "wait", "prepare": "give"}
"""Steps that begin a limit of the chain."""
PAUSES = (
    '<motcua:pause ground="supplement" policy="phase" phase="5 working_days" reply="4 working_days"/>'
    '<motcua:pause ground="payment" policy="restart"/>'
)
CHAIN = (
    '<motcua:limit id="look" nameVi="Xem" amount="4" unit="working_days" after="wait"/>'
    '<motcua:limit id="wait" nameVi="Chờ" amount="2" unit="calendar_days" after="look"/>'
    '<motcua:limit id="give" nameVi="Trả" amount="12" unit="working_hours" after="look,wait"/>'
)
LIMITS = {
    "days": "5 working_days",
    "calendar": "10 calendar_days",
    "hours": "30 working_hours",
    "months": "1 months",
    "phased": f'<motcua:limit amount="3" unit="working_days">{PAUSES}</motcua:limit>',
    "chain": CHAIN,
}
ACTS = st.one_of(
    st.sampled_from(["next", "next", "finish", "answer", "withdraw", "decline", "stop"]),
    st.sampled_from(GROUNDS),
    st.integers(1, 5).map(lambda amount: f"extend {amount}"),
    st.integers(0, 20).map(lambda days: f"off {days}"),
    st.integers(0, 20).map(lambda days: f"half {days}"),
    st.just("undo"),
)
STEPS = st.lists(st.tuples(ACTS, st.one_of(st.integers(0, 600), st.integers(0, 6 * 1440))), min_size=5, max_size=16)


def diagram(*, is_chain: bool) -> tuple[str, ...]:
    def step(id_: str, inside: str = "", **more: str) -> str:
        begins = {"motcua__startsLimit": CHAINED[id_]} if is_chain and id_ in CHAINED else {}
        return user(id_, inside, **more, **begins)

    staff = {"motcua__candidateGroups": "specialist_prevention"}
    status = {"supplement": {"motcua__nationalStatus": "5"}, "payment": {"motcua__nationalStatus": "6"}}
    waits = [
        step(ground, motcua__assignee="${applicant}", motcua__pause=ground, **status.get(ground, {}))
        for ground in GROUNDS
    ]
    return (
        start("s"),
        step("accept", motcua__candidateGroups="one_door", motcua__limit="4 working_hours"),
        step("begin", motcua__nationalStatus="2", motcua__candidateGroups="one_door", motcua__limit="2 working_hours"),
        step("work", acts(*GROUNDS, "finish"), motcua__nationalStatus="4", motcua__limit="1 working_days", **staff),
        boundary("remind", "work", duration("50 % of the legal limit"), interrupting=False),
        end("reminded"),
        xor("which"),
        *waits,
        step("prepare", motcua__limit="4 working_hours", **staff),
        step("give", motcua__nationalStatus="9", motcua__limit="4 working_hours", motcua__candidateGroups="one_door"),
        end("e", motcua__nationalStatus="10"),
        "s -> accept -> begin -> work -> which",
        *(f"which -> {ground} if act == '{ground}'" for ground in GROUNDS),
        *(f"{ground} -> work" for ground in GROUNDS),
        "which -> prepare else",
        "prepare -> give -> e",
        "remind -> reminded",
    )


EVERY = [
    ("next", 60), ("next", 30), ("off 1", 30), ("half 2", 10), ("undo", 10), ("extend 2", 60), ("supplement", 30),
    ("off 3", 60), ("answer", 1440), ("payment", 60), ("answer", 2880), ("off 1", 10), ("extend 1", 10), ("finish", 60),
    ("next", 60), ("next", 60),
]  # fmt: skip
"""Each thing once: with steps open while the calendar changes, and a pause."""
SILENT = [("next", 60), ("next", 30), ("supplement", 30), ("off 3", 60), ("answer", 20 * 1440), ("next", 10)]


@example(kind="days", filed=0, steps=EVERY)
@example(kind="chain", filed=0, steps=EVERY)
@example(kind="phased", filed=0, steps=SILENT)
@given(kind=st.sampled_from(sorted(LIMITS)), filed=st.integers(0, 20 * 1440), steps=STEPS)
@settings(
    max_examples=examples(4, soak=500), deadline=None, derandomize=not SOAK, database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_stored_due_dates_are_what_the_log_comes_to(
    office: Office, kind: str, filed: int, steps: list[tuple[str, int]]
) -> None:
    key = f"replayed-{kind}"
    try:
        dossiers.definition_in_force(key)
    except NotFound:
        office.deploy(procedure(key, *diagram(is_chain=kind == "chain"), limit=LIMITS[kind]))
    changes: list[str] = []
    office.later(minutes=filed)
    dossier = office.file_in(key)
    holds(office, dossier)
    for what, minutes in steps:
        office.later(minutes=minutes)
        office.tick()
        holds(office, dossier)
        try:
            do(office, dossier, what, changes)
        except Refused:
            continue
        finally:
            holds(office, dossier)
    assert log.verify().breaks == ()


def do(office: Office, dossier: Dossier, what: str, changes: list[str]) -> None:
    """Do one thing; what cannot be done now is refused and changes nothing."""
    verb, _, number = what.partition(" ")
    if verb == "withdraw":
        dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Rút", now=office.now)
    elif verb == "decline":
        dossiers.decline_withdrawal(SYSTEM, dossier.id, "Không đồng ý", now=office.now)
    elif verb == "stop":
        dossiers.stop(SYSTEM, dossier.id, "Dừng", now=office.now)
    elif verb == "extend":
        extensions.extend(SYSTEM, dossier.id, amount=int(number), ground="Phức tạp", now=office.now)
    elif verb in ("off", "half", "undo"):
        change_calendar(office, verb, int(number or 0), changes)
    else:
        for element, task in office.open(dossier).items():
            if verb != "answer" or element in GROUNDS:
                act = (verb if verb in GROUNDS else "finish") if element == "work" else None
                tasks.submit(SYSTEM, task.id, {}, act=act, now=office.now)


def change_calendar(office: Office, verb: str, days: int, changes: list[str]) -> None:
    """Decree a day off or a half day, or take the last such change back; its batch runs at once."""
    if verb == "undo":
        if not changes:
            return
        change = calendar_changes.plan_undo(SYSTEM, changes.pop(), now=office.now)
    else:
        day = (office.now + timedelta(days=days)).astimezone(clocks.LOCAL).date().isoformat()
        kind, hours = ("off", "") if verb == "off" else ("hours", "08:00-12:00")
        typed = [Typed(day=day, kind=kind, hours=hours, note="Nghỉ")]
        change = calendar_changes.plan(SYSTEM, typed, reason="Công điện", now=office.now)
        changes.append(change.id)
    calendar_changes.apply(SYSTEM, change.id, now=office.now)
    office.tick(seconds=1)


def holds(office: Office, dossier: Dossier) -> None:
    """Compute all due dates anew from the log's events and the calendar, and compare them with what is stored."""
    row = office.again(dossier)
    accepted, events = logged(row)
    assert row.clock == events
    if accepted is None:
        expected = end_of(clocks.calendar(), row.filed_at, 8, Unit.WORKING_HOURS)
        assert (row.due_at, row.acceptance_due_at) == (None, expected)
    elif row.ended_at is None and row.finished_at is None:
        due_at, due_soon_at, _ = computed(row, accepted, events, office.now)
        assert (row.due_at, row.due_soon_at) == (due_at, due_soon_at)
    opened = opened_at(row)
    for element, task in office.open(row).items():
        assert task.created_at == opened[task.id]
        assert task.due_at == step_due(row, element, opened[task.id], events, office.now), element


def opened_at(dossier: Dossier) -> dict[str, datetime]:
    """Read in the log when each step was opened."""
    return {
        opened["task"]: event.at
        for event, data in log.events_of(dossier.instance_id)
        for opened in data.get("opened", ())
    }


def step_due(
    dossier: Dossier, element_id: str, since: datetime, events: list[dict[str, Any]], now: datetime
) -> datetime | None:
    """Count a step's limit from when it was opened, without the pauses of the dossier since."""
    element = loading.load(dossier.definition_id).definition.process.elements[element_id]
    if element.limit is None:
        return None
    pauses: list[PauseStarted | PauseEnded] = []
    ended = {each["pause"] for each in events if each["type"] == "pause_ended" and at(each) < since}
    for each in events:
        if each["type"] == "pause_started" and each["pause"] not in ended:
            moment = max(at(each), since)
            pauses.append(PauseStarted(at=moment, pause=each["pause"], reason=Reason(each["reason"])))
        elif each["type"] == "pause_ended" and each["pause"] not in ended:
            pauses.append(PauseEnded(at=at(each), pause=each["pause"]))
    limit = LimitSpec(amount=element.limit.amount, unit=Unit(element.limit.unit.value))
    return compute(clocks.calendar(), received_at=since, limit=limit, events=pauses, asked_at=now).due_at


def at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["at"])
