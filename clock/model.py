"""The values of the clock: limits, events, segments. Rule numbers are those of docs/decisions/0006-clock.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from errors import Detail, Invalid
from texts import Text

UNNAMED = Text(vi="", en="")
"""What has no name of its own."""


class Unit(StrEnum):
    """What a limit counts (rules 11 to 16)."""

    WORKING_DAYS = "working_days"
    """Each later working day counts one."""
    CALENDAR_DAYS = "calendar_days"
    """Each later date counts one; the end rolls to a working day."""
    WORKING_HOURS = "working_hours"
    """Working minutes, counted from the start itself."""
    MONTHS = "months"
    """To the same day n months later, then as calendar days."""
    HAND_OVER = "hand_over"
    """The day of receipt, or the first hours of the next working day after the cut-off; has no amount."""

    @property
    def counts_days(self) -> bool:
        """Say whether the limit is given back whole days by a pause, not minutes (rules 18 and 19)."""
        return self in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.MONTHS)


class StartsOn(StrEnum):
    """What starts a limit (rule 10)."""

    RECEIPT = "receipt"
    """The receipt of the dossier."""
    RECEIPT_AND_FEE = "receipt_and_fee"
    """The later of the receipt and the payment."""


class Policy(StrEnum):
    """What happens to the limit when a pause is over (rules 20 to 22); a later member is stronger (rule 25)."""

    RESUME = "resume"
    """The count goes on."""
    PHASE = "phase"
    """The limit of the phase starts."""
    RESTART = "restart"
    """The procedure's full limit starts again."""


class Reason(StrEnum):
    """Why the clock stands still."""

    SUPPLEMENT = "supplement"
    """The applicant must supplement the dossier."""
    PAYMENT = "payment"
    """The applicant must pay."""
    FOREIGN_VERIFICATION = "foreign_verification"
    """A foreign authority must verify a paper."""
    AGENCY_OPINION = "agency_opinion"
    """Another agency must give its opinion."""


class State(StrEnum):
    """How the clock stands (rule 44)."""

    NOT_STARTED = "not_started"
    """The fee is not paid."""
    PAUSED = "paused"
    """A pause is open."""
    RUNNING = "running"
    """In time."""
    DUE_SOON = "due_soon"
    """In time, but from the due-soon moment on."""
    OVERDUE = "overdue"
    """After the due moment, not finished."""
    EARLY = "early"
    """Finished before the due day."""
    ON_TIME = "on_time"
    """Finished on the due day, in time."""
    LATE = "late"
    """Finished after the due moment."""
    STOPPED = "stopped"
    """Ended without a result."""
    LAPSED = "lapsed"
    """Ended because no reply came in time."""
    NO_CALENDAR = "no_calendar"
    """The answer needs a day of a year that the calendar does not cover."""


class Refused(StrEnum):
    """Why an event does not count."""

    AFTER_DUE = "after_due"
    """At or after the due moment: lateness cannot be paused away (rules 27, 29, 31)."""
    NO_SUCH_PAUSE = "no_such_pause"
    """The end of a pause that is not open (rule 27)."""
    SECOND_EXTENSION = "second_extension"
    """There was an extension already (rule 29)."""
    AFTER_END = "after_end"
    """The dossier has ended (rules 34 and 36)."""
    NOT_NEXT = "not_next"
    """The start of a limit that does not follow the one in force: what has begun is never begun anew (rule 51)."""


def unacceptable(field_name: str, vi: str, en: str, code: str = "invalid") -> Invalid:
    """Give the error that names one field or event, such as `events[2].policy`."""
    return Invalid(details=[Detail(code=code, field=field_name, message=Text(vi=vi, en=en))])


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSpec:
    """How much time there is. Raises errors.Invalid for an amount that its unit cannot have.

    `amount` is a whole number; of hours also a fraction that makes whole minutes; None for hand_over.
    """

    amount: int | float | None
    unit: Unit
    starts_on: StartsOn = StartsOn.RECEIPT

    def __post_init__(self) -> None:
        if not fits(self.amount, self.unit):
            vi = f"Số lượng {self.amount} không hợp lệ cho đơn vị {self.unit}: cần số nguyên dương."
            raise unacceptable("limit.amount", vi, f"An amount of {self.amount} does not fit {self.unit}.")


def fits(amount: int | float | None, unit: Unit) -> bool:
    """Say whether a limit can have this amount: whole and above zero; for hours whole minutes; None to hand over."""
    if unit is Unit.HAND_OVER or amount is None:
        return unit is Unit.HAND_OVER and amount is None
    if isinstance(amount, bool) or not 0 < amount < 100_000:
        return False
    return abs(amount * 60 - round(amount * 60)) < 1e-6 if unit is Unit.WORKING_HOURS else amount == int(amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEvent:
    """Something that happened to a dossier at the aware moment `at`."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePaid(ClockEvent):
    """The fee was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseStarted(ClockEvent):
    """The clock stops under the name `pause`; without an answer within `reply_limit` the dossier lapses."""

    pause: str
    reason: Reason
    policy: Policy = Policy.RESUME
    phase_limit: LimitSpec | None = None
    reply_limit: LimitSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseEnded(ClockEvent):
    """The pause of that name is over."""

    pause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(ClockEvent):
    """The limit in force was made longer, in its own unit (rules 28 to 30)."""

    amount: int | float
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitStarted(ClockEvent):
    """The event of the law from which the limit `limit` of a chain counts (rules 50 to 54)."""

    limit: str


class TransitionRule(StrEnum):
    """What a change of the law does to a running dossier (rule 31)."""

    KEEP = "keep"
    """Nothing."""
    MIGRATE = "migrate"
    """The new limit starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(ClockEvent):
    """The law changed."""

    rule: TransitionRule
    limit: LimitSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeUpDay:
    """A day off that is worked, with the hours of `weekday` (0 is Monday)."""

    weekday: int
    name: Text = UNNAMED


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChanged(ClockEvent):
    """The national calendar was changed (rule 38)."""

    days_off: tuple[tuple[date, Text], ...] = ()
    makeup_days: tuple[tuple[date, MakeUpDay], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(ClockEvent):
    """The result is there (national status 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(ClockEvent):
    """Ended without a result (national status 8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An event that does not count: its index among the events, and why."""

    event: int
    why: Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The dossier is there, the fee is not; `end` is None while it is not."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The clock runs. `since` is the start of the limit in force; `days` are those counted here, None for hours."""

    start: datetime
    end: datetime
    working_minutes: int
    limit: LimitSpec
    extended_by: int | float
    since: datetime
    days: int | None
    rolled_from: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The clock stands still, until `end` if it is known. `policy` is a Policy or "migrate"; `days` are not counted."""

    start: datetime
    end: datetime | None
    working_minutes: int
    reasons: tuple[Reason, ...]
    policy: str
    days: int | None


Segment = Waiting | Running | Paused
