"""Recovery: how an instance keeps the tokens that cannot go on, and tries them again."""

from __future__ import annotations

from SpiffWorkflow.util.task import TaskState

from engine.spiff.faults import FAULT, FAULTS, HELD, RAISED, Where, note
from engine.spiff.run import BUDGET, Run
from engine.spiff.scope import Scope
from engine.spiff.token import Token
from errors import StepBudgetExhausted
from expressions.failures import BpmnError


class Recovery:
    """The part of an instance that keeps faults; a fault never stops the other tokens."""

    run: Run
    counter: int
    has_faults: bool
    """Some token may have a fault, or be held up by a spent budget."""

    @property
    def scopes(self) -> list[Scope]:
        """Every open scope, the outer ones first."""
        raise NotImplementedError

    def stopped(self, token: Token, where: Where, fault: Exception, *, since: int | None = None) -> None:
        """Let a token stay where it is with its fault; what it made after `since` (a token's number) is taken back."""
        if token.id not in token.workflow.tasks:
            if token._state == TaskState.CANCELLED:
                return  # it was interrupted by what it did
            raise fault  # it has gone on: nobody is left who could try again
        for child in token.children:
            if since is not None and child.number > since:
                child.cancel()
        if where is Where.ENTRY:
            self.run.not_entered(token)
        token._state = TaskState.ERROR
        self.noted(token, where, fault)

    def noted(self, token: Token, where: Where, fault: Exception) -> None:
        """Write a fault to a token that goes on waiting."""
        note(token, where, fault)
        self.has_faults = True

    def raised(self, token: Token, error: BpmnError) -> None:
        """Let a token raise an error as soon as it is its turn: whoever has just placed it may not be interrupted."""
        for child in token.children:
            child.cancel()
        token.internal_data[RAISED] = [error.code, error.message]
        token._state = TaskState.READY
        self.run.ready.append(token)

    def retry(self, token: Token) -> None:
        """Try again what a token could not do."""
        fault = token.internal_data.pop(FAULT)
        if fault["kind"] == StepBudgetExhausted.code:
            self.release()
        match Where(fault["at"]):
            case Where.ENTRY:
                token._state = TaskState.FUTURE
                token.enter()
            case Where.RUN:
                token._state = TaskState.READY
                token.run()
            case Where.GIVE:
                token.give()
            case Where.LEAVE:
                token.complete()
            case Where.READY:
                token._state = TaskState.READY
                self.run.ready.appendleft(token)
            case Where.WORK:
                pass  # whoever does it may try again
            case Where.ARM:
                try:
                    token.task_spec.subscribe(token)
                except FAULTS as again:
                    self.stopped(token, Where.ARM, again)

    def hold(self) -> None:
        """Keep what is ready when the budget is spent, in its order; one of them will be the incident."""
        waiting = [t for t in self.run.ready if t._state == TaskState.READY and t.id in t.workflow.tasks]
        self.run.ready.clear()
        for position, token in enumerate(waiting):
            token.internal_data[HELD] = self.counter + position
        self.has_faults = self.has_faults or bool(waiting)

    def _held(self) -> list[Token]:
        found = [t for scope in self.scopes for t in scope.tasks.values() if HELD in t.internal_data]
        return sorted(found, key=lambda token: int(token.internal_data[HELD]))

    def release(self) -> None:
        """Let what a spent budget holds up go on, in its order."""
        for token in self._held():
            del token.internal_data[HELD]
            self.run.ready.append(token)

    def faulty(self) -> list[Token]:
        """Give every token that a fault holds up, the oldest first."""
        if not self.has_faults:
            return []
        found = [t for scope in self.scopes for t in scope.tasks.values() if FAULT in t.internal_data]
        if not any(t.internal_data[FAULT]["kind"] == StepBudgetExhausted.code for t in found):
            found += self._speaker()
        return sorted(found, key=lambda token: token.number)

    def _speaker(self) -> list[Token]:
        """Let the first of those that a spent budget holds up be the incident that stands for all of them."""
        first = self._held()[:1]
        for token in first:
            del token.internal_data[HELD]
            self.stopped(token, Where.READY, StepBudgetExhausted(reason=f"more than {BUDGET} steps without waiting"))
        return first
