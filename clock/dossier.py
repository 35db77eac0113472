"""One dossier's events, applied one after the other: which count, which are refused, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from clock.calendar import Calendar
from clock.course import Course, Run
from clock.model import (
    CalendarChanged,
    ClockEvent,
    Extension,
    FeePaid,
    Finished,
    LimitSpec,
    PauseEnded,
    PauseStarted,
    Refusal,
    Refused,
    StartsOn,
    Stopped,
    Transition,
    TransitionRule,
    Unit,
    unacceptable,
)
from clock.table import DAY
from errors import Invalid, NoCalendar


class Ending(StrEnum):
    """How a dossier ended."""

    FINISHED = "finished"
    """With its result."""
    STOPPED = "stopped"
    """Without."""
    LAPSED = "lapsed"
    """Because no reply came in time."""


class Dossier:
    """The state of one computation, thrown away after it; `course` is None while the limit has not started."""

    def __init__(self, calendar: Calendar, received_at: datetime, limit: LimitSpec) -> None:
        self._calendar = calendar
        self._limit = limit
        self._received = calendar.minute_of(received_at)
        self.table = calendar.table(self._received // DAY)
        self.received = self.table.effective(self._received)
        self.course: Course | None = None
        self.ending: Ending | None = None
        self.ended = 0
        self.refusals: list[Refusal] = []
        if limit.starts_on is StartsOn.RECEIPT:
            self._start(self.received)

    def apply(self, index: int, event: ClockEvent) -> None:
        """Take the next event in order. Raises errors.Invalid that names an event which the rules do not cover."""
        if isinstance(event, CalendarChanged):
            return  # it is in the calendar already (rule 39)
        at = self._calendar.minute_of(event.at)
        self.lapse(at)
        why: Refused | None = Refused.AFTER_END
        if self.ending is None:
            try:
                why = self._take(event, at)
            except Invalid as error:
                if isinstance(error, NoCalendar):
                    raise
                raise _named(error, f"events[{index}]") from None
        if why is not None:
            self.refusals.append(Refusal(event=index, why=why))

    def lapse(self, at: int) -> None:
        """End the dossier if its reply is still missing after the last minute for it (rules 35 and 36)."""
        course = self.course
        if course is None or self.ending is not None or course.open_halt is None:
            return
        last = self._unless_beyond(at, lambda: course.lapse(self.table))
        if last is not None and at > last:
            self._end(Ending.LAPSED, last)

    def _take(self, event: ClockEvent, at: int) -> Refused | None:
        """Let the event count, or say why it is refused."""
        match event:
            case FeePaid():
                if self.course is None:
                    # A fee paid before the receipt needs no calendar of its own day.
                    self._start(self.table.effective(max(at, self._received)))
                return None
            case Stopped():
                self._end(Ending.STOPPED, self._after_receipt(at))
                return None
            case Finished():
                self._finish(at)
                return None
            case PauseEnded():
                return self._end_pause(event, at)
            case PauseStarted():
                return self._start_pause(event, at)
            case Extension():
                return self._extend(event, at)
            case Transition():
                return self._migrate(event, at)
        raise unacceptable("type", "Sự kiện không được hỗ trợ.", f"{type(event).__name__} is not supported.")

    def _start_pause(self, event: PauseStarted, at: int) -> Refused | None:
        course = self._running(at)
        if any(limit is not None and limit.unit is Unit.HAND_OVER for limit in (event.phase_limit, event.reply_limit)):
            raise _hand_over()
        if course.open_halt and any(part.name == event.pause for part in course.open_halt.open):
            raise unacceptable(
                "pause",
                f"Tạm dừng “{event.pause}” đang mở, không thể mở lần nữa.",
                f"The pause “{event.pause}” is open already.",
            )
        if self._is_due(course, at):
            return Refused.AFTER_DUE
        self.course = course.paused(self.table.effective(at), event)
        return None

    def _end_pause(self, event: PauseEnded, at: int) -> Refused | None:
        halt = self.course.open_halt if self.course else None
        if self.course is None or halt is None or all(part.name != event.pause for part in halt.open):
            return Refused.NO_SUCH_PAUSE
        self.course = self.course.resumed(event.pause, self.table.effective(at))
        return None

    def _extend(self, event: Extension, at: int) -> Refused | None:
        course = self._running(at)
        if course.extended:
            return Refused.SECOND_EXTENSION
        if self._is_due(course, at):
            return Refused.AFTER_DUE
        if event.unit is not course.run.limit.unit:
            raise unacceptable(
                "unit",
                f"Gia hạn phải cùng đơn vị với thời hạn đang chạy ({course.run.limit.unit}).",
                f"An extension must have the unit of the limit in force ({course.run.limit.unit}).",
            )
        self.course = course.extended_by(event.amount)
        return None

    def _migrate(self, event: Transition, at: int) -> Refused | None:
        course = self._running(at)
        if event.limit.unit is Unit.HAND_OVER:
            raise _hand_over()
        if self._is_due(course, at):
            return Refused.AFTER_DUE
        if event.rule is TransitionRule.MIGRATE:
            self.course = course.migrated(self.table.effective(at), event.limit)
        return None

    def _finish(self, at: int) -> None:
        if self._started(at).open_halt is not None:
            raise unacceptable(
                "at",
                "Chưa thể kết thúc khi đang tạm dừng: hãy kết thúc tạm dừng trước.",
                "A dossier cannot finish while its clock is paused: end the pause first.",
            )
        self._end(Ending.FINISHED, at)

    def _start(self, minute: int) -> None:
        self.course = Course(runs=(Run(limit=self._limit, start=minute),), full=self._limit)

    def _end(self, ending: Ending, minute: int) -> None:
        self.ending, self.ended = ending, minute

    def _after_receipt(self, at: int) -> int:
        if at < self._received:
            raise unacceptable("at", "Sự kiện xảy ra trước khi tiếp nhận.", "It happened before the receipt.")
        return at

    def _started(self, at: int) -> Course:
        self._after_receipt(at)
        if self.course is None:
            raise unacceptable("at", "Thời hạn chưa bắt đầu: chưa nhận phí.", "The limit has not started: no fee yet.")
        return self.course

    def _running(self, at: int) -> Course:
        course = self._started(at)
        if course.run.limit.unit is Unit.HAND_OVER:
            raise _hand_over()
        return course

    def _is_due(self, course: Course, at: int) -> bool:
        """Say whether the due moment is there: nothing at or after it moves it (rules 27, 29, 31)."""
        if course.open_halt is not None:
            return False
        due = self._unless_beyond(at, lambda: course.run.due(self.table).minute)
        return due is not None and at >= due

    def _unless_beyond(self, at: int, count: Callable[[], int | None]) -> int | None:
        """Give the counted minute, None where it lies beyond the covered years and so later than `at`."""
        try:
            return count()
        except NoCalendar:
            if self.table.holds(at):
                return None
            raise


def _hand_over() -> Invalid:
    return unacceptable(
        "type",
        "Hạn chuyển hồ sơ không có tạm dừng, gia hạn hay chuyển tiếp.",
        "A hand-over has no pause, extension or change of law.",
    )


def _named(error: Invalid, event: str) -> Invalid:
    return Invalid(details=[replace(detail, field=f"{event}.{detail.field}") for detail in error.details])
