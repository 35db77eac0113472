"""The course of one dossier's limit: limits in force one after the other, each with its pauses, in effective minutes.

A course never changes: each event gives a new one. It knows no moments, no refusals and no state (see compute.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from clock.limits import End, Span, count
from clock.model import LimitSpec, PauseStarted, Policy, Reason, unacceptable
from clock.table import Table

_STRENGTH = tuple(Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One open pause of its own name."""

    name: str
    start: int
    reply_limit: LimitSpec | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """Pauses that overlap or touch, as one (rules 24 and 25): from the first start to the last end, None while open.

    `migrated` is the new limit where the law changed within it (rule 31), edges included.
    """

    start: int
    end: int | None = None
    open: tuple[Part, ...] = ()
    reasons: frozenset[Reason] = frozenset()
    policy: Policy = Policy.RESUME
    phase_limit: LimitSpec | None = None
    migrated: LimitSpec | None = None

    def joined(self, start: int, event: PauseStarted) -> Halt:
        """Add one more pause. Raises errors.Invalid where two phases with different limits would be one pause."""
        phase = event.phase_limit or self.phase_limit
        policy = max(self.policy, event.policy, key=_STRENGTH.index)
        if policy is Policy.PHASE and self.phase_limit not in (None, phase):
            raise unacceptable(
                "phase_limit",
                "Hai lần tạm dừng chồng nhau có thời hạn giai đoạn khác nhau.",
                "Two pauses that overlap have different phase limits: which one follows is not defined.",
            )
        part = Part(name=event.pause, start=start, reply_limit=event.reply_limit)
        return replace(
            self,
            end=None,
            open=(*self.open, part),
            reasons=self.reasons | {event.reason},
            policy=policy,
            phase_limit=phase,
        )

    def next_limit(self, full: LimitSpec) -> LimitSpec | None:
        """Give the limit that starts at the end of the pause, None where the count goes on (rules 20 to 22, 31)."""
        if self.migrated or self.policy is Policy.RESUME:
            return self.migrated
        return full if self.policy is Policy.RESTART else self.phase_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One limit in force from the effective minute `start`; `from_halt` where a pause's end began it."""

    limit: LimitSpec
    start: int
    extended_by: int | float = 0
    halts: tuple[Halt, ...] = ()
    from_halt: bool = False

    def spans(self) -> tuple[Span, ...]:
        """Give the pauses that are over."""
        return tuple((halt.start, halt.end) for halt in self.halts if halt.end is not None)

    def due(self, table: Table) -> End:
        """Give the end of the limit; asked only while no pause is open."""
        return count(table, self.limit, self.start, self.spans(), self.extended_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The limits so far, the last one in force. `full` is what a restart starts; one extension uses up the right."""

    runs: tuple[Run, ...]
    full: LimitSpec
    extended: bool = False

    @property
    def run(self) -> Run:
        """Give the limit in force."""
        return self.runs[-1]

    @property
    def open_halt(self) -> Halt | None:
        """Give the pause that is open."""
        halts = self.run.halts
        return halts[-1] if halts and halts[-1].end is None else None

    def lapse(self, table: Table) -> int | None:
        """Give the last minute for a reply, the earliest of the open pauses; None where none has any (rule 35)."""
        parts = self.open_halt.open if self.open_halt else ()
        last = (count(table, part.reply_limit, part.start).minute for part in parts if part.reply_limit)
        return min(last, default=None)

    def paused(self, start: int, event: PauseStarted) -> Course:
        """Start a pause: a new one, or part of the one it touches."""
        base, halt = self._without_touching(start)
        return base._with_halt((halt or Halt(start=start)).joined(start, event))

    def resumed(self, name: str, end: int) -> Course:
        """End the pause of that name, which must be open; with the last one the merged pause is over."""
        base, halt = self._without_touching(end)
        assert halt is not None
        parts = tuple(part for part in halt.open if part.name != name)
        halt = replace(halt, open=parts)
        return base._with_halt(halt) if parts else base._closed(halt, end)

    def closed(self, end: int) -> Course:
        """End all pauses that are open."""
        base, halt = self._without_touching(end)
        assert halt is not None
        return base._closed(replace(halt, open=()), end)

    def extended_by(self, amount: int | float) -> Course:
        """Make the limit in force longer."""
        return replace(self, runs=(*self.runs[:-1], replace(self.run, extended_by=amount)), extended=True)

    def migrated(self, moment: int, limit: LimitSpec) -> Course:
        """Start the limit of the new law at the moment, or at the end of the pause in which that falls."""
        base, halt = self._without_touching(moment)
        base = replace(base, full=limit)
        if halt is None or not halt.reasons:
            return base._started(Run(limit=limit, start=moment))
        halt = replace(halt, migrated=limit)
        return base._with_halt(halt) if halt.end is None else base._closed(halt, halt.end)

    def _without_touching(self, moment: int) -> tuple[Course, Halt | None]:
        """Take off the pause that is open or ends at `moment`, with the limit its end began; give both."""
        run, before = self.run, self.runs[:-1]
        if run.from_halt and not run.halts and run.start >= moment:
            run, before = before[-1], before[:-1]
        if run.halts and ((end := run.halts[-1].end) is None or end >= moment):
            return replace(self, runs=(*before, replace(run, halts=run.halts[:-1]))), run.halts[-1]
        if before and run.start >= moment:
            # The law changed at this very minute: a pause that begins now has the change in it (rule 31).
            return replace(self, runs=before), Halt(start=moment, end=moment, migrated=run.limit)
        return self, None

    def _with_halt(self, halt: Halt) -> Course:
        run = replace(self.run, halts=(*self.run.halts, halt))
        return replace(self, runs=(*self.runs[:-1], run))

    def _closed(self, halt: Halt, end: int) -> Course:
        course, limit = self._with_halt(replace(halt, end=end)), halt.next_limit(self.full)
        return course if limit is None else course._started(Run(limit=limit, start=end, from_halt=True))

    def _started(self, run: Run) -> Course:
        return replace(self, runs=(*self.runs, run))
