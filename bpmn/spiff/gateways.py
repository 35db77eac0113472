"""Gateways: tokens are counted per incoming flow, so joins hold in loops and in every order of completion."""

from __future__ import annotations

from collections.abc import Sequence

from bpmn.spiff.contract import Token
from bpmn.spiff.events import Catching
from bpmn.spiff.nodes import Flow, Node
from errors import NoPathChosen


class Choosing(Node):
    """A gateway whose outgoing flows have conditions and perhaps a default."""

    default: str | None = None

    def holds(self, my_task: Token, flow: Flow) -> bool:
        """Tell whether a flow's condition holds; one without a condition always does."""
        return flow.condition is None or my_task.holds(flow.condition)

    def fallback(self) -> Sequence[Flow]:
        """Give the default flow. Raises NoPathChosen where there is none."""
        for flow in self.flows:
            if flow.id == self.default:
                return (flow,)
        if not self.flows:
            return ()
        raise NoPathChosen(element_id=self.bpmn_id)


class ExclusiveGateway(Choosing):
    """The first flow whose condition holds, in the order of the file (13.4.2)."""

    def leaving(self, my_task: Token) -> Sequence[Flow]:
        """Choose one flow."""
        for flow in self.flows:
            if flow.id != self.default and self.holds(my_task, flow):
                return (flow,)
        return self.fallback()


class ParallelGateway(Node):
    """One token from each incoming flow, one token onto each outgoing flow; tokens in excess stay (13.4.1)."""

    def _update_hook(self, my_task: Token) -> bool:
        my_task.wait()
        first: dict[str, Token] = {}
        free: list[Token] = []  # put here from outside: each stands for a flow that has none
        for token in my_task.workflow.waiting_at(self.name):
            if (via := token.internal_data.get("via")) is None:
                free.append(token)
            else:
                first.setdefault(via, token)
        lacking = len(self.incoming) - len(first)
        if lacking > len(free):
            return False
        for token in (*first.values(), *free[: max(lacking, 0)]):
            if token is not my_task:
                my_task.workflow.drop(token)
        return super()._update_hook(my_task)


class EventBasedGateway(Node):
    """Waits for the first of the events behind it; exactly one happens (10.6.6). May begin the process."""

    instantiates = False

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        my_task.wait()
        for flow in self.flows:
            my_task.workflow.arm(flow.target, parent=my_task)
        return False

    def won(self, my_task: Token, event: Token) -> None:
        """Go on from `event`, one of those behind the gateway; the others are forgotten."""
        event.detach()
        my_task.workflow.top_workflow.run.left(my_task)
        my_task.workflow.drop(my_task)
        Catching.proceed(event)


class ParallelEventGateway(Node):
    """Begins a process: one of the events behind it creates the instance, which awaits them all (10.6.6)."""

    instantiates = True
