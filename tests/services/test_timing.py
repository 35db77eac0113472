"""Timers in working time: amounts count from when they begin to wait, shares of a limit follow its clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bpmn.model import Limit, LimitUnit
from bpmn.timing import Share, explained, read
from services import clocks, log, tasks, timing
from storage.tables import Dossier
from tests.engine.diagrams import boundary, duration, end, handler, start, user
from tests.office import Office
from tests.services.bundles import bundle, one_limit, procedure
from tests.services.works import incidents_of

WORK = {"motcua__candidateGroups": "specialist_prevention"}
ASK = user("ask", motcua__assignee="${applicant}", motcua__pause="supplement", motcua__nationalStatus="5")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3 working days", Limit(amount=3, unit=LimitUnit.WORKING_DAYS)),
        ("10 working_days", Limit(amount=10, unit=LimitUnit.WORKING_DAYS)),
        ("1 working day", Limit(amount=1, unit=LimitUnit.WORKING_DAYS)),
        ("8 working hours", Limit(amount=8, unit=LimitUnit.WORKING_HOURS)),
        ("8 giờ làm việc", Limit(amount=8, unit=LimitUnit.WORKING_HOURS)),
        ("10 days", Limit(amount=10, unit=LimitUnit.CALENDAR_DAYS)),
        ("2 tháng", Limit(amount=2, unit=LimitUnit.MONTHS)),
        ("80 % of the limit", Share(percent=80)),
        ("80% of the legal limit", Share(percent=80, of="legal")),
        ("100 % of the step limit", Share(percent=100, of="step")),
        ("80 % thời hạn", Share(percent=80)),
        ("80 % thời hạn của thủ tục", Share(percent=80, of="legal")),
        ("0 % of the limit", None),
        ("101 % of the limit", None),
        ("0 working days", None),
        ("P3D", None),
        ("3 weeks", None),
    ],
)
def test_working_time_is_read_in_both_languages(written: str, meant: Limit | Share | None) -> None:
    assert read(written) == meant


def test_a_timer_says_in_words_when_it_happens() -> None:
    assert explained(Limit(amount=1, unit=LimitUnit.WORKING_DAYS)).en == "after 1 working day"
    assert explained(Share(percent=80, of="legal")).vi == "khi hết 80 % thời hạn của thủ tục, không tính lúc tạm dừng"


def remind(text: str) -> str:
    return boundary("remind", "do", duration(text), interrupting=False)


def passed(office: Office, dossier: Dossier) -> bool:
    office.look()
    events = [row for _, data in log.events_of(dossier.instance_id) for row in data.get("elements", ())]
    return ["p", "remind"] in [row[:2] for row in events]


def fires_at(office: Office, dossier: Dossier, moment: datetime) -> None:
    """Not a second before, and then."""
    assert office.instance(dossier).next_due_at == moment
    office.now = moment - timedelta(seconds=1)
    office.tick()
    assert not passed(office, dossier)
    office.tick(seconds=1)
    assert passed(office, dossier)


def test_an_amount_counts_working_time_from_when_it_begins_to_wait(office: Office) -> None:
    do = user("do", motcua__nationalStatus="2", **WORK)
    office.deploy(
        procedure("t", start("s"), do, remind("3 working days"), end("x"), end("e"), "s -> do -> e", "remind -> x")
    )
    dossier = office.file_in("t")  # Thursday 20 August: Friday, the make-up Saturday, Monday
    fires_at(office, dossier, datetime(2026, 8, 24, 10, tzinfo=UTC))


def test_a_share_of_a_step_is_that_of_its_own_limit(office: Office) -> None:
    do = user("do", motcua__nationalStatus="2", motcua__limit="10 working_hours", **WORK)
    office.deploy(
        procedure("t", start("s"), do, remind("80 % of the limit"), end("x"), end("e"), "s -> do -> e", "remind -> x")
    )
    dossier = office.file_in("t")  # 08:55: three hours and five minutes, four hours, 55 minutes
    fires_at(office, dossier, datetime(2026, 8, 21, 1, 55, tzinfo=UTC))


def test_a_share_of_the_legal_limit_waits_for_acceptance_and_gives_pauses_back(office: Office) -> None:
    after_all = handler(
        "late", start("remind", duration("80 % of the limit"), isInterrupting="false"), end("x"), "remind -> x"
    )
    office.deploy(
        procedure(
            "t", start("s"), user("look", **WORK), user("begin", motcua__nationalStatus="2", **WORK), ASK,
            user("after", **WORK), after_all, end("e"), "s -> look -> begin -> ask -> after -> e",
            limit="5 working_days",
        )
    )  # fmt: skip
    dossier = office.file_in("t")
    assert office.instance(dossier).next_due_at is None  # nothing runs before the dossier is accepted
    office.step(dossier, "chuyenvien", "look", answers={})
    planned = office.instance(dossier).next_due_at
    assert planned is not None
    office.step(dossier, "chuyenvien", "begin", answers={})
    assert office.instance(dossier).next_due_at is None  # nor while the applicant is asked
    office.later(days=14)
    tasks.submit(office.viewer("nguoinop"), office.open(dossier)["ask"].id, {}, now=office.now)
    told = clocks.tell(office.again(dossier), asked_at=office.now)
    assert told is not None
    moved = told.reading.due_soon_percent_at
    assert moved is not None
    assert moved > planned + timedelta(days=14)  # National Day lies between
    fires_at(office, dossier, moved)


def test_a_share_follows_the_limits_of_a_chain(office: Office) -> None:
    chain = one_limit("5 working_days").replace("<motcua:limit", '<motcua:limit id="a"') + one_limit(
        "10 working_days"
    ).replace("<motcua:limit", '<motcua:limit id="b" after="a"')
    do = user("do", motcua__startsLimit="b", **WORK)
    office.deploy(
        procedure(
            "t", start("s"), user("first", motcua__nationalStatus="2", **WORK), do, remind("80 % of the legal limit"),
            end("x"), end("e"), "s -> first -> do -> e", "remind -> x", limit=chain,
        )
    )  # fmt: skip
    dossier = office.file_in("t")
    office.step(dossier, "chuyenvien", "first", answers={})
    dossier = office.again(dossier)
    # rule 40: ten working days from Thursday 08:55 have 77 hours and five minutes of them; the end is 7 September
    assert dossier.due_at == datetime(2026, 9, 7, 10, tzinfo=UTC)
    instance = office.instance(dossier)
    assert instance.next_due_at is not None
    assert dossier.due_soon_at == instance.next_due_at


def test_a_share_of_nothing_is_an_incident_that_says_so(office: Office) -> None:
    office.deploy(bundle("t", start("s"), user("do"), remind("80 % of the limit"), end("x"), end("e"),
                         "s -> do -> e", "remind -> x"))  # fmt: skip
    instance = office.start("t")
    (incident,) = incidents_of(office, instance)
    assert "no limit" in incident.reason


def test_a_diagrams_timers_are_said_in_words() -> None:
    said = timing.explained("80 % of the limit")
    assert said is not None
    assert said.en == "when 80 % of the limit of the step, else of the procedure are over, pauses left out"
    assert timing.explained("PT1H") is None
