"""The adapter that hands expressions/ to SpiffWorkflow, as its script engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from errors import ExpressionFailed
from expressions import dialect, python

if TYPE_CHECKING:
    from engine.spiff.token import Token


class Scripts(PythonScriptEngine):
    """Evaluates in the sandbox; a failure names the element."""

    def evaluate(self, task: Token, expression: str, external_context: object = None) -> Any:
        """Evaluate an expression in its own language."""
        try:
            return dialect.evaluate(expression.strip(), task.data)
        except ExpressionFailed as failure:
            raise located(failure, task) from None

    def execute(self, task: Token, script: str, external_context: object = None) -> bool:
        """Run a script and write what it leaves where it lives."""
        before = task.data
        try:
            after = python.execute(script, before)
        except ExpressionFailed as failure:
            raise located(failure, task) from None
        for name, value in after.items():
            if name not in before or value is not before[name]:
                task.write(name, value)
        return True


def located(failure: ExpressionFailed, task: Token) -> ExpressionFailed:
    """Add the element's id to a failure that has none."""
    if failure.element_id:
        return failure
    return ExpressionFailed(failure.text, element_id=task.task_spec.bpmn_id, reason=failure.reason)


SCRIPTS = Scripts()
"""Holds nothing, so that all instances and threads share it."""
