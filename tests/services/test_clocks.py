"""The clock of dossiers: what is stored is always what the log's clock events come to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from clock.cases import compute_case
from clock.chain import compute_chain
from clock.node import Node
from clock.parse import event
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
    motcua__candidateGroups="specialist_prevention", motcua__startsLimit="look",
)  # fmt: skip
PARTS = (
    start("s"),
    user("accept", motcua__candidateGroups="one_door", motcua__limit="8 working_hours"),
    user("begin", motcua__nationalStatus="2", motcua__candidateGroups="one_door"),
    WORK,
    xor("which"),
    user(
        "ask", motcua__assignee="${applicant}", motcua__nationalStatus="5", motcua__pause="supplement",
        motcua__startsLimit="wait",
    ),
    user("pay", motcua__assignee="${applicant}", motcua__nationalStatus="6", motcua__pause="payment"),
    user("prepare", motcua__candidateGroups="one_door", motcua__startsLimit="give"),
    user("give", motcua__nationalStatus="9", motcua__candidateGroups="one_door"),
    end("e", motcua__nationalStatus="10"),
    "s -> accept -> begin -> work -> which",
    "which -> ask if act == 'ask'",
    "which -> pay if act == 'pay'",
    "which -> prepare else",
    "prepare -> give",
    "ask -> work",
    "pay -> work",
    "give -> e",
)  # fmt: skip
PLAIN = tuple(re.sub(r' motcua:startsLimit="\w+"', "", part) for part in PARTS)
PHASED = (
    '<motcua:limit amount="3" unit="working_days"><motcua:pause ground="supplement" policy="phase" '
    'phase="5 working_days" reply="4 working_days"/><motcua:pause ground="payment" policy="restart"/></motcua:limit>'
)
CHAIN = (
    '<motcua:limit id="look" nameVi="Xem" amount="4" unit="working_days" after="wait"/>'
    '<motcua:limit id="wait" nameVi="Chờ" amount="2" unit="calendar_days" after="look"/>'
    '<motcua:limit id="give" nameVi="Trả" amount="12" unit="working_hours" after="look,wait"/>'
)
LIMITS = ("5 working_days", "10 calendar_days", "30 working_hours", "1 months", PHASED, CHAIN)
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
    max_examples=examples(10, soak=600), deadline=None, derandomize=not SOAK, database=None,
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
        office.deploy(procedure(key, *(PARTS if limit == CHAIN else PLAIN), limit=limit))
    office.later(minutes=filed)
    dossier = office.file_in(key)
    seen = [(office.now, check(office, dossier))]
    for kind, minutes in steps:
        office.later(minutes=minutes)
        office.tick()  # what came due meanwhile, a lapse too
        seen.append((office.now, check(office, dossier)))
        try:
            do(office, dossier, kind)
        except Refused:
            continue  # not possible in this state; nothing may have changed
        finally:
            seen.append((office.now, check(office, dossier)))
    replay(dossier, seen)


def replay(dossier: Dossier, seen: list[tuple[datetime, Stored]]) -> None:
    """The events of the log as they are at the end give for each moment what was stored then."""
    last = dict(seen)  # several things may happen in one minute: what stood at its end counts
    accepted, events = logged(dossier)
    for moment, stored in last.items():
        if accepted is not None and accepted <= moment:
            assert computed(dossier, accepted, events, moment) == stored


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


Stored = tuple[datetime | None, datetime | None, str]


def check(office: Office, dossier: Dossier) -> Stored:
    """Compute the clock anew from nothing but the events of the log; give what is stored."""
    dossier = office.again(dossier)
    accepted, events = logged(dossier)
    assert dossier.clock == events
    if accepted is None:
        assert (dossier.due_at, dossier.clock_state) == (None, "not_started")
        return (None, None, "not_started")
    due_at, due_soon_at, state = computed(dossier, accepted, events, office.now)
    assert (dossier.due_at, dossier.due_soon_at) == (due_at, due_soon_at)
    chain = clocks.read(dossier, clocks.limits_of(dossier), asked_at=office.now)
    assert chain is not None
    assert chain.reading.state.value == state
    return due_at, due_soon_at, state


def logged(dossier: Dossier) -> tuple[datetime | None, list[dict[str, Any]]]:
    """Read from the log when a dossier was accepted, and its clock events."""
    events: list[dict[str, Any]] = []
    accepted: datetime | None = None
    for row, data in log.events_of(dossier.instance_id):
        if 2 in data.get("statuses", ()) and accepted is None:
            accepted = row.at
        events += data.get("clock", ())
    return accepted, events


def computed(dossier: Dossier, accepted: datetime, events: list[dict[str, Any]], asked_at: datetime) -> Stored:
    """Compute the clock of the events of the log: one limit in the form of the vectors, several as a chain."""
    limits = clocks.limits_of(dossier)
    if len(limits) > 1:
        chain = compute_chain(
            clocks.calendar(), received_at=accepted, links=clocks.links_of(limits), asked_at=asked_at,
            events=[event(Node(one, "")) for one in events],
        )  # fmt: skip
        return chain.reading.due_at, chain.reading.due_soon_at, chain.reading.state.value
    limit = {"amount": limits[0].amount, "unit": limits[0].unit.value, "starts_on": "receipt"}
    case = {"id": "log", "received_at": accepted.isoformat(), "limit": limit, "events": events}
    got = compute_case(clocks.calendar(), {**case, "asked_at": asked_at.isoformat()})
    assert "error" not in got, got
    return moment(got.get("due_at")), moment(got.get("due_soon_at")), got["state"]


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def test_a_supplement_gives_its_days_back(office: Office) -> None:
    office.deploy(procedure(KEY, *PLAIN, limit="5 working_days"))
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
    office.deploy(procedure(KEY, *PLAIN, limit="5 working_days"))
    row = dossiers.definition_in_force(KEY)
    legal = loading.load(row.id).procedure
    assert legal is not None
    limits = legal.limits_of("")
    dossier = office.file_in(KEY)
    office.step(dossier, "motcua", "accept", answers={})
    dossier = office.again(dossier)
    assert dossier.accepted_at is not None
    assert clocks.promise(limits, from_=dossier.accepted_at) == dossier.due_at


def test_the_reading_explains_itself_in_at_most_five_lines(office: Office) -> None:
    dossier = office.accepted()
    told = clocks.tell(dossier, asked_at=office.now)
    assert told is not None
    assert 1 <= len(told.why) <= 5
    assert told.why[-1].moment == told.result_at
    assert told.kind == "ok"
    late = clocks.tell(dossier, asked_at=office.now + timedelta(days=90))
    assert late is not None
    assert late.kind == "late"
