"""Activities: tasks, sub-processes and called processes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults

from bpmn import retries
from bpmn.bindings import Bound, is_computed
from bpmn.spiff.contract import Scope, Token
from bpmn.spiff.events import BoundaryEvent, Catching, Reached, Throwing, kind_of
from bpmn.spiff.nodes import Node
from bpmn.spiff.shapes import NOTHING, shaped
from bpmn.spiff.values import RESULT, with_result
from errors import EngineError
from expressions.dialect import is_whole

LONGEST_TOPIC = 200
MARKS = ("=", "${", "#{")


class Activity(Node):
    """An activity; boundary events that wait stand by as children of its token."""

    attached: tuple[BoundaryEvent, ...] = ()
    is_for_compensation = False
    """A handler: only compensation comes here."""
    compensated_by = ""
    """The activity that undoes this one (the handler of its compensation boundary event)."""

    def stand_by(self, my_task: Token) -> None:
        """Let the boundary events of a token that stays wait."""
        for event in self.attached:
            if event.is_awaited:
                my_task.workflow.arm(event.name, parent=my_task)

    def _on_complete(self, my_task: Token) -> None:
        scope = my_task.workflow
        if scope.spec.ad_hoc is not None and my_task.parent is None:
            scope.spec.ad_hoc.completed(my_task, self.leaving(my_task))
        else:
            super()._on_complete(my_task)


class NoneTask(Activity):
    """A `task`: nothing is said about how it is done, so it passes at once."""


class _Worked(Activity):
    """Work that somebody outside does and then reports as completed."""

    def _update_hook(self, my_task: Token) -> bool:
        super()._update_hook(my_task)
        self.stand_by(my_task)
        return True


class UserTask(_Worked, defaults.UserTask):
    """Waits for a person."""


class ManualTask(Activity):
    """Done without any help of the engine, which cannot know when: it passes at once (10.3.3, as in Camunda)."""


class ServiceTask(Activity):
    """Waits, started, until a program outside or a connector of the server has done it."""

    topic = ""
    """A text with `${…}` parts or `=…`, filled when the task is entered; empty: a connector does it."""
    connector = ""
    retries = ""
    """As the topic."""

    def _run_hook(self, my_task: Token) -> bool:
        notes = my_task.internal_data
        if notes.pop("done", False):
            return True
        name = self.connector or my_task.fill(self.topic).strip()
        if not 0 < len(name) <= LONGEST_TOPIC or not name.isprintable():
            raise EngineError(element_id=self.bpmn_id, reason=f"{self.topic!r} gives no topic: {name[:80]!r}")
        plan = my_task.fill(self.retries).strip()
        if plan and retries.read(plan) is None:
            raise EngineError(element_id=self.bpmn_id, reason=f"{self.retries!r} says no retries: {plan[:80]!r}")
        my_task.start()
        self.stand_by(my_task)
        notes["work"] = [name, plan] if plan else [name]
        return False

    def is_open(self, my_task: Token) -> bool:
        """Tell whether somebody may do it now."""
        return "work" in my_task.internal_data

    def done(self, my_task: Token) -> None:
        """Go on: it was done."""
        del my_task.internal_data["work"]
        my_task.internal_data["done"] = True
        my_task.ready()


class ScriptTask(Activity):
    """Runs a script in the sandbox, or evaluates one that is an expression (with its mark)."""

    script = ""
    result_variable: str | None = None
    """What gets the script's value: that of its last expression, or of its variable `result`."""

    def _run_hook(self, my_task: Token) -> bool:
        engine, script = my_task.workflow.script_engine, self.script
        if not script:
            return True  # one without a script acts as a task of no kind (10.3.3)
        if script.startswith(MARKS):
            value = engine.assign(my_task, script)
        elif self.result_variable:
            value = engine.result(my_task, with_result(script), RESULT)
        else:
            engine.execute(my_task, script)
            return True
        if self.result_variable:
            my_task.write(self.result_variable, value)
        return True


class ExpressionTask(Activity):
    """Evaluates an expression, which may assign variables, and keeps its value."""

    expression = ""
    """A text with `${…}` parts; where it is one part only, or begins with `=`, the value itself."""
    result_variable: str | None = None

    def _run_hook(self, my_task: Token) -> bool:
        engine = my_task.workflow.script_engine
        whole = is_whole(self.expression)
        value = engine.assign(my_task, self.expression) if whole else my_task.fill(self.expression)
        if self.result_variable:
            my_task.write(self.result_variable, value)
        return True


class BusinessRuleTask(Activity):
    """Asks a decision and keeps its outputs."""

    decision = Bound("")
    """Its key and version may be expressions."""
    result_variable: str | None = None
    shape: str | None = None
    """As bpmn/spiff/shapes.py says."""

    def asked(self, my_task: Token) -> str:
        """Give the decision that is meant. Raises EngineError where an expression gives none."""
        bound = self.decision
        return bound._replace(key=named(my_task, bound.key), wanted=named(my_task, bound.wanted)).text

    def _run_hook(self, my_task: Token) -> bool:
        run, seen = my_task.workflow.top_workflow.run, my_task.data
        run.begin_work(seen)
        decided = my_task.workflow.decide(self.asked(my_task), seen, self.bpmn_id)
        written = decided.variables
        if self.result_variable:
            written = {self.result_variable: shaped(self.shape, decided.outputs, decided.variables)}
        elif self.shape == NOTHING:
            written = {}
        run.afford(written, seen)
        for name, value in written.items():
            my_task.write(name, value)
        return True


def named(my_task: Token, text: str) -> str:
    """Give a key or version as it stands, or what its expression gives. Raises EngineError where that is none."""
    if not is_computed(text):
        return text
    value = my_task.evaluate(text)
    if isinstance(value, int | float) and not isinstance(value, bool) and value == int(value):
        value = str(int(value))
    if not isinstance(value, str) or not value.strip() or "@" in value:
        raise EngineError(element_id=my_task.task_spec.bpmn_id, reason=f"{text} gives {value!r:.80}, which is no name")
    return value.strip()


class SendTask(Throwing, Activity):
    """Throws a message."""


class ReceiveTask(Catching, Activity):
    """Waits for a message; may begin the process (10.3.3.1)."""

    instantiates = False

    def subscribe(self, my_task: Token) -> None:
        """Begin to wait, with the boundary events."""
        super().subscribe(my_task)
        if not my_task.armed:
            self.stand_by(my_task)


class SubProcess(Activity):
    """Holds a scope of its own; goes on when no token is left in it."""

    holds_others = True

    spec = ""
    """Key of its inside among the compiled specs."""

    def _run_hook(self, my_task: Token) -> bool:
        instance = my_task.workflow.top_workflow
        if my_task.id in instance.subprocesses:
            inside = instance.subprocesses[my_task.id]
            kept = inside.kept() if self.is_compensable else None
            if kept is not None:
                instance.run.afford({"inside": kept}, {})
            self.give_out(my_task, inside)
            super().give_back(my_task)
            instance.close(my_task)  # last: a fault before it leaves the inside where it is
            if kept is not None:
                my_task.internal_data["inside"] = kept
            return True
        my_task.start()
        self.stand_by(my_task)
        self.open(my_task)
        return False

    def open(self, my_task: Token, *, is_empty: bool = False) -> None:
        """Open the inside, which reads the variables around it; `is_empty`: nothing is started there."""
        my_task.workflow.top_workflow.open(my_task, self.spec, {}, is_empty=is_empty)

    def give_back(self, my_task: Token) -> None:
        """Do nothing more: it was done while the inside was still there."""

    def give_out(self, my_task: Token, inside: Scope) -> None:
        """Take over variables of the inside, which has ended; a sub-process has written around it already."""


class TransactionSubProcess(SubProcess):
    """A sub-process that a cancel end event undoes, then leaves by its cancel boundary event (10.3.5.2)."""

    def resume(self, my_task: Token) -> None:
        """Leave after everything is undone."""
        my_task.workflow.top_workflow.leave_cancelled(my_task)


class AdHocSubProcess(SubProcess):
    """A sub-process whose activities have no order of their own (10.3.5.1): its inside knows how it goes on."""


class EventSubProcess(Reached, Catching, SubProcess):
    """Stands by while its scope lives; its start event says for what (10.3.5.1)."""

    is_interrupting = True
    is_entered_armed = False

    @property
    def is_awaited(self) -> bool:
        """Tell whether a token must stand by for it; an error or escalation finds it without."""
        return any(kind_of(definition) for definition in self.definitions)

    def _update_hook(self, my_task: Token) -> bool:
        return SubProcess._update_hook(self, my_task)

    def fire(self, my_task: Token, index: int, payload: Mapping[str, Any] | None = None) -> None:
        """Let it happen; what the event brings is there before the inputs of the sub-process are evaluated."""
        if payload and self.io is not None and not self.io.keeps:
            for name, value in self.brings(payload).items():
                my_task.write(name, value)
            payload = None
        super().fire(my_task, index, payload)

    def happened(self, my_task: Token) -> Token:
        """Interrupt the scope at once, or run beside it."""
        scope = my_task.workflow
        if self.is_interrupting:
            scope.clear(keep=my_task)
            my_task.armed = False
            my_task.internal_data.pop("due", None)
            my_task.enter()
            return my_task
        if not any(True for _ in self.subscriptions(my_task)):
            scope.drop(my_task)
        return scope.place(self.name)
