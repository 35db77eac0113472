"""Joins that ask whether a token can still come: inclusive and complex gateways (13.4.3, 13.4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bpmn.spiff.contract import Scope, Token
from bpmn.spiff.gateways import Choosing
from bpmn.spiff.nodes import Flow


class Join(Choosing):
    """A gateway at which tokens wait until the scope asks `ripe`, when nothing else moves."""

    reach: Mapping[str, frozenset[str]] = {}
    """Of each incoming flow the nodes from which a token can come to it without passing here."""

    def first_of_each(self, scope: Scope) -> dict[str, Token]:
        """Give the token that has waited longest on each incoming flow that has one."""
        first: dict[str, Token] = {}
        for token in self.waiting(scope):
            if "via" in token.internal_data:
                first.setdefault(token.internal_data["via"], token)
        return first

    def waiting(self, scope: Scope) -> list[Token]:
        """Give the tokens that wait here, those first that came first."""
        return [token for token in scope.waiting_at(self.name) if not token.armed]

    def put_here(self, scope: Scope) -> list[Token]:
        """Give the tokens that came by no flow: somebody put them here, and they go on with the others."""
        return [token for token in self.waiting(scope) if "via" not in token.internal_data]

    def may_come(self, scope: Scope, empty: Sequence[str], marked: Sequence[str]) -> bool:
        """Tell whether a token can still come to one of the `empty` flows that cannot come to a `marked` one."""
        wanted = [self.reach[flow] for flow in empty]
        taken = [self.reach[flow] for flow in marked]
        return any(
            any(here in nodes for nodes in wanted) and not any(here in nodes for nodes in taken)
            for token in scope.live
            if (here := token.task_spec.name) != self.name
        )

    def ripe(self, scope: Scope) -> Token | None:
        """Merge the tokens that wait here, if they wait for no other, and give the one that goes on."""
        raise NotImplementedError


class InclusiveGateway(Join):
    """Waits for every token that can still come, then goes by every flow whose condition holds (13.4.3)."""

    def _update_hook(self, my_task: Token) -> bool:
        if len(self.incoming) > 1:
            my_task.wait()
            return False
        return super()._update_hook(my_task)

    def ripe(self, scope: Scope) -> Token | None:
        """Merge one token of each flow."""
        first = self.first_of_each(scope)
        if self.may_come(scope, [flow for flow in self.incoming if flow not in first], list(first)):
            return None
        return merged(scope, [*first.values(), *self.put_here(scope)])

    def leaving(self, my_task: Token) -> Sequence[Flow]:
        """Choose every flow whose condition holds, else the default."""
        return [flow for flow in self.flows if flow.id != self.default and self.holds(my_task, flow)] or self.fallback()


class ComplexGateway(Join):
    """Goes on as soon as its activation condition holds, then takes in the tokens that still come (13.4.5).

    The condition and those of the outgoing flows see `activationCount` (tokens that wait), `waitingForStart`, and the
    number of tokens of each incoming flow under its id. While the gateway waits to be reset an armed token stands here
    as its memory: which flows have given a token. At the reset only flows whose own condition holds are taken: one
    without a condition, or the default, would run what follows a second time.
    """

    activation: str | None = None

    def _update_hook(self, my_task: Token) -> bool:
        if not self.incoming or self.activation is None:
            return super()._update_hook(my_task)
        my_task.wait()
        if self.memory(my_task.workflow) is None:
            self.try_to_start(my_task)
        return False

    def memory(self, scope: Scope) -> Token | None:
        """Give the token that stands here while the gateway waits to be reset."""
        return next((token for token in scope.waiting_at(self.name) if token.armed), None)

    def counts(self, scope: Scope, *, starting: bool) -> dict[str, Any]:
        """Give what the conditions see of the gateway."""
        waiting = [token.internal_data.get("via") for token in self.waiting(scope)]
        flows = {flow: waiting.count(flow) for flow in self.incoming}
        return {**flows, "activationCount": len(waiting), "waitingForStart": starting}

    def try_to_start(self, my_task: Token) -> None:
        """Activate if the condition holds: consume a token of each flow that has one, and remember which."""
        scope = my_task.workflow
        my_task.local = self.counts(scope, starting=True)
        holds = my_task.holds(self.activation or "")
        if not holds:
            my_task.local = None
            return
        first = self.first_of_each(scope)
        rest = [flow for flow in self.incoming if flow not in first]
        taken = (*first.values(), *self.put_here(scope))
        going = merged(scope, [token for token in taken if token is not my_task] + [my_task])
        if rest:
            memory = scope.make(self.name, armed=True)
            memory.internal_data["rest"] = rest
            memory.wait()
        going.ready()

    def ripe(self, scope: Scope) -> Token | None:
        """Reset when each of the other flows has given its token or cannot any more."""
        memory = self.memory(scope)
        if memory is None:
            return None
        first = self.first_of_each(scope)
        rest: list[str] = memory.internal_data["rest"]
        here = {flow: token for flow, token in first.items() if flow in rest}
        if self.may_come(scope, [flow for flow in rest if flow not in here], []):
            return None
        counts = self.counts(scope, starting=False)
        for token in here.values():
            scope.drop(token)
        memory.armed, memory.local = False, counts
        memory.internal_data = {"reset": True}
        scope.top_workflow.run.entered(memory)
        return memory

    def leaving(self, my_task: Token) -> Sequence[Flow]:
        """Choose every flow whose condition holds; when it starts, else the default."""
        resets = my_task.internal_data.get("reset", False)
        if my_task.local is None:
            my_task.local = self.counts(my_task.workflow, starting=True)
        chosen = [
            flow
            for flow in self.flows
            if flow.id != self.default and not (resets and flow.condition is None) and self.holds(my_task, flow)
        ]
        return chosen if resets else chosen or self.fallback()

    def _on_complete(self, my_task: Token) -> None:
        scope, resets = my_task.workflow, my_task.internal_data.get("reset", False)
        super()._on_complete(my_task)
        if resets and (waiting := self.waiting(scope)):
            waiting[-1].enter()


def merged(scope: Scope, tokens: list[Token]) -> Token:
    """Drop all tokens but the last, which enters."""
    *others, last = tokens
    for token in others:
        scope.drop(token)
    scope.top_workflow.run.entered(last)
    return last
