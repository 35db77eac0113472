"""The adapter that hands expressions/ to SpiffWorkflow, as its script engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.spiff.faults import located
from engine.spiff.run import Run
from engine.spiff.token import Token
from errors import ExpressionFailed
from expressions import dialect, python
from expressions.failures import BpmnError
from expressions.zone import OFFICE


class Scripts(PythonScriptEngine):
    """Evaluates in the sandbox; a failure names the element."""

    def evaluate(self, task: Token, expression: str, external_context: object = None) -> Any:
        """Evaluate an expression in its own language."""
        run, data = begun(task)
        try:
            return dialect.evaluate(expression, data, now=run.now)
        except ExpressionFailed as failure:
            raise located(failure, task) from None

    def holds(self, task: Token, condition: str, null: bool) -> bool:
        """Evaluate a condition in its own language."""
        run, data = begun(task)
        try:
            return dialect.holds(condition, data, now=run.now, null=null)
        except ExpressionFailed as failure:
            raise located(failure, task) from None

    def assign(self, task: Token, expression: str) -> Any:
        """Evaluate an expression, write what it assigns where it lives, and give its value."""
        run, data = begun(task)
        try:
            value, assigned = dialect.assignments(expression, data, now=run.now)
        except ExpressionFailed as failure:
            raise located(failure, task) from None
        run.afford(assigned, data)
        for name, given in assigned.items():
            task.write(name, given)
        return value

    def run(self, task: Token, script: str) -> None:
        """Run a script of Python, or one that is an expression with its mark."""
        if dialect.language_of(script)[0] is dialect.Language.PYTHON:
            self.execute(task, script)
        else:
            self.assign(task, script)

    def fill(self, task: Token, text: str) -> str:
        """Fill the parts of a text."""
        run, data = begun(task)
        try:
            return dialect.template(text, data, now=run.now)
        except ExpressionFailed as failure:
            raise located(failure, task) from None

    def result(self, task: Token, script: str, name: str) -> Any:
        """Run a script that writes no variables, and give one of those it leaves."""
        run, data = begun(task)
        try:
            return python.execute(script, data, extra=clock(run.now)).get(name)
        except ExpressionFailed as failure:
            raise located(failure, task) from None

    def execute(self, task: Token, script: str, external_context: object = None) -> bool:
        """Run a script and write what it leaves where it lives, before a BpmnError that it raises goes its way."""
        run, before = begun(task)
        error = None
        try:
            after: Mapping[str, Any] = python.execute(script, before, extra=clock(run.now))
        except ExpressionFailed as failure:
            raise located(failure, task) from None
        except BpmnError as raised:
            error, after = raised, raised.variables
        changed = {name: value for name, value in after.items() if name not in before or value is not before[name]}
        run.afford(changed, before)
        for name, value in changed.items():
            task.write(name, value)
        if error is not None:
            raise error
        return True


def begun(task: Token) -> tuple[Run, dict[str, Any]]:
    """Pay for a run on the variables that a token sees, and give them. Raises StepBudgetExhausted."""
    run, data = task.workflow.top_workflow.run, task.data
    run.begin_work(data)
    return run, data


def clock(now: datetime) -> dict[str, Callable[..., Any]]:
    """Give scripts the functions that tell the step's moment, as expressions have them."""
    local = now.astimezone(OFFICE)
    return {"now": lambda: local, "today": local.date}


SCRIPTS = Scripts()
"""Holds nothing, so that all instances and threads share it."""
