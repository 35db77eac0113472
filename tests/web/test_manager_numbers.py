"""Every number of the board equals the length of the list behind it, and the numbers of a period add up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from flask import Flask

from bpmn.model import Limit, LimitUnit
from services import clocks
from services.permissions import SYSTEM, Viewer, permissions_of, scope_of
from storage.database import session, verb
from storage.queries import board
from storage.queries.board import KINDS, NUMBERS, Counts, Period, Wanted
from storage.tables import Definition, Deployment, Dossier, Instance, Person, Unit

NOW = datetime(2026, 9, 10, 2, 42, tzinfo=UTC)
"""Thursday 10 September 2026, 09:42 in Hanoi."""
LIMITS = (
    Limit(amount=5, unit=LimitUnit.WORKING_DAYS),
    Limit(amount=12, unit=LimitUnit.CALENDAR_DAYS),
    Limit(amount=16, unit=LimitUnit.WORKING_HOURS),
    None,
)
PLACES = (("prevention", "a"), ("prevention", "b"), ("drug", "a"), ("drug", "c"))
MANAGER = Viewer(username="m", name="M", permissions=permissions_of(["manager"]))
HEAD = Viewer(username="h", name="H", unit="prevention", permissions=permissions_of(["head"]))


class World:
    """Random dossiers with lives of every kind, and what the clock itself says of them at any moment."""

    def __init__(self, seed: int, count: int) -> None:
        self.random = random.Random(seed)
        self.limits: dict[str, Limit | None] = {}
        self.dossiers = [self.dossier(number) for number in range(count)]

    def dossier(self, number: int) -> Dossier:
        """Let one dossier live up to NOW."""
        unit, key = self.random.choice(PLACES)
        filed = NOW - timedelta(minutes=self.random.randrange(90 * 24 * 60))
        dossier = Dossier(
            id=f"d{number}", code=f"X-{number}", check_code="X", instance_id=f"i{number}", definition_id="def", key=key,
            procedure_name=key, procedure_name_en=key, applicant="nguoi", applicant_name="Ỷ Lan", unit_code=unit,
            search_text="", filed_at=filed, status=1, clock=[], clock_state="not_started", case_id="", channel="online",
            form_id="", answers={}, acceptance_due_at=filed + timedelta(hours=24),
        )  # fmt: skip
        self.limits[dossier.id] = self.random.choice(LIMITS)
        self.live(dossier)
        limit = self.limits[dossier.id]
        clocks.refresh(dossier, [limit] if limit else [], now=NOW)
        if dossier.status == 3:
            dossier.next_deadline_at = None
        return dossier

    def live(self, dossier: Dossier) -> None:
        """Draw what happens, each act some hours or days after the one before; what lies ahead does not happen."""
        at = dossier.filed_at
        course = self.random.choice(("open", "refused", "accepted", "accepted", "accepted", "accepted"))
        if course == "open" or (at := self.after(at, 60)) > NOW:
            return
        if course == "refused":
            dossier.status, dossier.ended_at = 3, at
            return
        dossier.status, dossier.accepted_at = 4, at
        while (at := self.after(at, 120)) <= NOW:
            act = self.random.choice(("pause", "pause", "finish", "stop", "nothing"))
            if act == "pause":
                name = f"p{len(dossier.clock)}"
                self.note(dossier, at, "pause_started", pause=name, reason="supplement", policy="resume")
                at = self.after(at, 200)
                if at > NOW:
                    dossier.status = 5
                    return
                self.note(dossier, at, "pause_ended", pause=name)
            elif act == "finish":
                self.note(dossier, at, "finished")
                dossier.status, dossier.finished_at = 9, at
                if (returned := self.after(at, 100)) <= NOW:
                    dossier.status, dossier.ended_at = 10, returned
                return
            elif act == "stop":
                self.note(dossier, at, "stopped")
                dossier.status, dossier.ended_at = 8, at
                return

    def after(self, at: datetime, hours: int) -> datetime:
        return at + timedelta(minutes=self.random.randrange(1, hours * 60))

    def note(self, dossier: Dossier, at: datetime, kind: str, **more: Any) -> None:
        dossier.clock = [*dossier.clock, {"type": kind, "at": at.isoformat(), **more}]

    def kind(self, dossier: Dossier, period: Period) -> str | None:
        """Say what a dossier is at the end of a period, by asking the clock; None: it does not belong to the period."""
        closed = dossier.finished_at or dossier.ended_at
        if dossier.filed_at >= period.end or (closed is not None and closed < period.start):
            return None
        if closed is not None and closed < period.end:
            state = dossier.clock_state if dossier.clock_state in board.RESOLVED else "on_time"
            return {3: "not_accepted", 8: "stopped"}.get(dossier.status, state)
        limit, asked = self.limits[dossier.id], period.asked_at
        if limit is None or dossier.accepted_at is None or dossier.accepted_at > asked:
            return "in_time"
        chain = clocks.read(dossier, [limit], asked_at=asked)
        names = {"overdue": "breached", "paused": "paused", "due_soon": "at_risk"}
        return names.get(chain.reading.state.value, "in_time") if chain else "in_time"


@cache
def world() -> World:
    return World(seed=20260910, count=400)


@verb
def store(dossiers: list[Dossier]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    session().add(Person(username="nguoi", name="Ỷ Lan", roles=["applicant"], created_at=at))
    session().add_all(Unit(code=code, name_vi=code, name_en=code) for code in ("prevention", "drug"))
    session().add(Deployment(id="dep", name="x", content_hash=b"x", created_at=at, created_by="x", findings=[]))
    session().flush()
    session().add(
        Definition(
            id="def",
            kind="process",
            key="a",
            version=1,
            name="Thủ tục a",
            deployment_id="dep",
            file_name="x",
            state="published",
            created_at=at,
            binds={},
        )
    )
    session().flush()
    session().add_all(
        Instance(
            id=d.instance_id,
            definition_id="def",
            key=d.key,
            version=1,
            status="running",
            state=b"",
            log_hash=b"",
            started_at=d.filed_at,
            started_by="nguoi",
        )
        for d in dossiers
    )
    session().flush()
    columns = [column.key for column in Dossier.__table__.columns]
    session().add_all(Dossier(**{name: getattr(d, name) for name in columns}) for d in dossiers)


@pytest.fixture
def dossiers(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(clocks, "agency_of", lambda row: "")  # their definition has no diagram to ask for an agency
    with app.app_context():
        store(world().dossiers)
        yield world()


def periods() -> Iterator[Period]:
    """Give this month, months gone by, a time with nothing, and random ones."""
    draw = random.Random(7)
    month = datetime(2026, 8, 31, 17, tzinfo=UTC)
    yield Period(start=month, end=month + timedelta(days=30), now=NOW)
    yield Period(start=month - timedelta(days=31), end=month, now=NOW)
    yield Period(start=month - timedelta(days=500), end=month - timedelta(days=400), now=NOW)
    for _ in range(6):
        start = NOW - timedelta(minutes=draw.randrange(100 * 24 * 60))
        yield Period(start=start, end=start + timedelta(minutes=draw.randrange(1, 60 * 24 * 60)), now=NOW)


def total(counted: Mapping[tuple[str, str], Counts]) -> Counts:
    whole = Counts()
    for counts in counted.values():
        whole.add(counts)
    return whole


def test_every_number_is_the_length_of_the_list_behind_it(dossiers: World) -> None:
    for viewer in (MANAGER, HEAD):
        scope = scope_of(viewer)
        for period in list(periods())[:5]:
            counted = board.numbers(scope, period)
            for what in NUMBERS:
                whole = list(board.all_behind(scope, period, Wanted(what=what)))
                assert total(counted)[what] == len(whole) == board.count(scope, period, Wanted(what=what))
                assert len({row.dossier.id for row in whole}) == len(whole)
                for unit, key in PLACES:
                    number = counted[unit, key][what] if (unit, key) in counted else 0
                    assert number == sum((row.dossier.unit_code, row.dossier.key) == (unit, key) for row in whole)
                    assert number == board.count(scope, period, Wanted(what=what, unit=unit, key=key))


def test_what_came_and_was_carried_over_is_what_was_resolved_stopped_or_is_in_process(dossiers: World) -> None:
    """DOMAIN's eighth invariant, for every period, unit and procedure; what was not accepted counts apart."""
    for period in periods():
        for counts in board.numbers(scope_of(SYSTEM), period).values():
            came = counts["received"] + counts["carried_over"]
            kinds = [kind for kind in KINDS if kind != "not_accepted"]
            assert came == sum(counts[kind] for kind in kinds)
            assert counts["resolved"] == counts["early"] + counts["on_time"] + counts["late"]


def test_each_dossier_stands_where_the_clock_itself_puts_it(dossiers: World) -> None:
    """At an end gone by, soon and in time are told by today's due date, so these two are held together there."""
    for period in periods():
        shown = {
            row.dossier.id: row.kind
            for what in ("received", "carried_over", "not_accepted")
            for row in board.all_behind(scope_of(MANAGER), period, Wanted(what=what))
        }
        wanted = {d.id: kind for d in dossiers.dossiers if (kind := dossiers.kind(d, period)) is not None}
        if period.end < NOW:
            shown, wanted = _soon_is_in_time(shown), _soon_is_in_time(wanted)
        assert shown == wanted


def test_lives_of_every_kind_were_drawn(dossiers: World) -> None:
    found = {dossiers.kind(d, period) for period in periods() for d in dossiers.dossiers}
    assert found == {None, *KINDS}


def test_late_acceptance_is_a_limit_that_ran_out_unanswered(dossiers: World) -> None:
    for period in periods():
        wanted = {
            d.id
            for d in dossiers.dossiers
            if d.acceptance_due_at is not None
            and period.start <= d.acceptance_due_at < period.asked_at
            and ((answer := d.accepted_at or d.ended_at) is None or answer > d.acceptance_due_at)
        }
        rows = board.all_behind(scope_of(MANAGER), period, Wanted(what="late_acceptance"))
        assert {row.dossier.id for row in rows} == wanted


def test_a_head_sees_the_own_unit_only(dossiers: World) -> None:
    period = next(periods())
    assert {unit for unit, _ in board.numbers(scope_of(HEAD), period)} == {"prevention"}
    rows = board.all_behind(scope_of(HEAD), period, Wanted(what="received", unit="drug"))
    assert not list(rows)


def test_running_dossiers_come_soonest_due_first(dossiers: World) -> None:
    rows = board.all_behind(scope_of(MANAGER), next(periods()), Wanted(what="breached"))
    due = [row.dossier.due_at.isoformat() for row in rows if row.dossier.due_at]
    assert due
    assert due == sorted(due)


def _soon_is_in_time(kinds: Mapping[str, str]) -> dict[str, str]:
    return {id_: "in_time" if kind == "at_risk" else kind for id_, kind in kinds.items()}
