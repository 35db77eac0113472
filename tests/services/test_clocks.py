"""The clock of dossiers: what is stored is always what the log's clock events come to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clock.cases import compute_case
from errors import NotFound, Refused
from services import clocks, dossiers, loading, log, tasks
from services.permissions import SYSTEM
from storage.tables import Dossier
from tests.engine.diagrams import end, start, user, xor
from tests.office import Office
from tests.services.bundles import acts, procedure
from tests.soak import SOAK, examples

KEY = "courses"
WORK = user(
    "work", acts("ask", "pay", "finish"), motcua__nationalStatus="4", motcua__limit="3 working_days",
    motcua__candidateGroups="specialist_prevention",
)  # fmt: skip
PARTS = (
    start("s"),
    user("accept", motcua__candidateGroups="one_door", motcua__limit="8 working_hours"),
    user("begin", motcua__nationalStatus="2", motcua__candidateGroups="one_door"),
    WORK,
    xor("which"),
    user("ask", motcua__assignee="${applicant}", motcua__nationalStatus="5", motcua__pause="supplement"),
    user("pay", motcua__assignee="${applicant}", motcua__nationalStatus="6", motcua__pause="payment"),
    user("give", motcua__nationalStatus="9", motcua__candidateGroups="one_door"),
    end("e", motcua__nationalStatus="10"),
    "s -> accept -> begin -> work -> which",
    "which -> ask if act == 'ask'",
    "which -> pay if act == 'pay'",
    "which -> give else",
    "ask -> work",
    "pay -> work",
    "give -> e",
)  # fmt: skip
LIMITS = ("5 working_days", "10 calendar_days", "12 working_hours", "1 months")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "pay", "ask", "finish", "next", "next", "withdraw", "decline", "stop"]),
        st.one_of(st.integers(0, 600), st.integers(0, 14 * 1440)),
    ),
    min_size=3,
    max_size=14,
)  # fmt: skip


@given(limit=st.sampled_from(LIMITS), filed=st.integers(0, 30 * 1440), steps=STEPS)
@settings(
    max_examples=examples(8, soak=400), deadline=None, derandomize=not SOAK, database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_the_stored_due_date_is_what_the_events_of_the_log_come_to(
    office: Office, limit: str, filed: int, steps: list[Any]
) -> None:
    key = f"{KEY}-{LIMITS.index(limit)}"
    try:
        dossiers.definition_in_force(key)
    except NotFound:
        office.deploy(procedure(key, *PARTS, limit=limit))
    office.later(minutes=filed)
    dossier = office.file_in(key)
    check(office, dossier, limit)
    for kind, minutes in steps:
        office.later(minutes=minutes)
        try:
            do(office, dossier, kind)
        except Refused:
            continue  # not possible in this state; nothing may have changed
        finally:
            check(office, dossier, limit)
        office.tick()
        check(office, dossier, limit)


def do(office: Office, dossier: Dossier, kind: str) -> None:
    if kind == "withdraw":
        dossiers.withdraw(office.viewer("nguoinop"), dossier.id, "Rút", now=office.now)
    elif kind == "decline":
        dossiers.decline_withdrawal(SYSTEM, dossier.id, "Không đồng ý", now=office.now)
    elif kind == "stop":
        dossiers.stop(SYSTEM, dossier.id, "Dừng", now=office.now)
    else:
        for element, task in office.open(dossier).items():
            act = (kind if kind in ("ask", "pay") else "finish") if element == "work" else None
            tasks.submit(SYSTEM, task.id, {}, act=act, now=office.now)


def check(office: Office, dossier: Dossier, limit: str) -> None:
    """Compute the clock anew from nothing but the events of the log, in the form of the vectors."""
    dossier = office.again(dossier)
    events: list[dict[str, Any]] = []
    accepted: str | None = None
    for row, data in log.events_of(dossier.instance_id):
        if 2 in data.get("statuses", ()) and accepted is None:
            accepted = row.at.isoformat()
        events += data.get("clock", ())
    assert dossier.clock == events
    if accepted is None:
        assert (dossier.due_at, dossier.clock_state) == (None, "not_started")
        return
    amount, unit = limit.split()
    case = {
        "id": "log",
        "received_at": accepted,
        "limit": {"amount": int(amount), "unit": unit, "starts_on": "receipt"},
        "events": events,
        "asked_at": max(office.now, datetime.fromisoformat(accepted)).isoformat(),
    }
    got = compute_case(clocks.calendar(), case)
    assert "error" not in got, got
    assert dossier.due_at == moment(got.get("due_at"))
    assert dossier.due_soon_at == moment(got.get("due_soon_at"))
    reading = clocks.read(dossier, loading.load(dossier.definition_id).procedure.limit_of(""), asked_at=office.now)  # type: ignore[union-attr]
    assert reading is not None
    assert reading.state.value == got["state"]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def test_a_supplement_gives_its_days_back(office: Office) -> None:
    office.deploy(procedure(KEY, *PARTS, limit="5 working_days"))
    dossier = office.file_in(KEY)
    for element in ("accept", "begin"):
        office.step(dossier, "motcua", element, answers={})
    dossier = office.again(dossier)
    before = dossier.due_at
    office.step(dossier, "chuyenvien", "work", "ask", answers={})
    assert office.again(dossier).due_at is None
    office.later(days=14)
    office.step(dossier, "nguoinop", "ask", answers={})
    after = office.again(dossier).due_at
    assert before is not None
    assert after == before + timedelta(days=14)


def test_the_public_promise_is_what_the_clock_then_says(office: Office) -> None:
    office.deploy(procedure(KEY, *PARTS, limit="5 working_days"))
    row = dossiers.definition_in_force(KEY)
    legal = loading.load(row.id).procedure
    assert legal is not None
    limit = legal.limit_of("")
    assert limit is not None
    dossier = office.file_in(KEY)
    office.step(dossier, "motcua", "accept", answers={})
    dossier = office.again(dossier)
    assert dossier.accepted_at is not None
    assert clocks.promise(limit, from_=dossier.accepted_at) == dossier.due_at


def test_the_reading_explains_itself_in_at_most_five_lines(office: Office) -> None:
    dossier = office.accepted()
    told = clocks.tell(dossier, asked_at=office.now)
    assert told is not None
    assert 1 <= len(told.why) <= 5
    assert told.why[-1].moment == dossier.due_at
    assert told.kind == "ok"
    late = clocks.tell(dossier, asked_at=office.now + timedelta(days=90))
    assert late is not None
    assert late.kind == "late"
