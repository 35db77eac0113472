"""The Python subset of diagrams: expressions and scripts, run under guards and a budget.

RestrictedPython limits what code can reach; our guards limit what it can build, walk and compare (grammar.py,
policy.py, guards.py). A run sees only the variables that its source names, in one namespace where guards are put last,
so data cannot take a guard's place. Scripts work on copies; what comes out is copied again, so nothing is shared with
what went in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any

from errors import ExpressionFailed
from expressions.budget import Budget
from expressions.failures import BpmnError, Refusal, failed, told
from expressions.functions import FUNCTIONS, bound
from expressions.plain import copied
from expressions.source import Compiled, compiled
from texts import Text

_NOTHING: dict[str, Any] = {}
Functions = Mapping[str, Callable[..., Any]]


def evaluate(source: str, variables: Mapping[str, Any], *, extra: Functions | None = None) -> Any:
    """Evaluate one expression and give its value as plain data (a timedelta too).

    `extra` adds functions (`now`, …). A variable hides a function of the same name. Raises ExpressionFailed.
    """
    try:
        code = compiled(source, False)
        value = eval(code.code, _namespace(code, variables, extra))  # noqa: S307 (this is the sandbox)
        return copied(value)
    except Exception as error:  # noqa: BLE001 (foreign code may raise anything)
        raise _failure(error) from None


def execute(source: str, variables: Mapping[str, Any], *, extra: Functions | None = None) -> dict[str, Any]:
    """Run a script and give all variables after it: new ones, changed ones, and the others as they were.

    `variables` itself is not touched; changed values share nothing with it. Raises ExpressionFailed, and BpmnError
    (with the variables so far) where the script raises it.
    """
    try:
        code = compiled(source, True)
        given: Mapping[str, Any] = variables
        if code.changes:
            given = {name: copied(variables[name]) for name in code.reads if name in variables}
        space = _namespace(code, given, extra)
        functions = {name: value for name, value in space.items() if callable(value)}
        raised = _run(code, space)
        after = dict(variables)
        for name in {*code.writes, *given} if code.changes else code.writes:
            if name in space and not (name in functions and space[name] is functions[name]):
                after[name] = copied(space[name])
    except Exception as error:  # noqa: BLE001 (foreign code may raise anything)
        raise _failure(error) from None
    if raised is not None:
        raised.variables = after
        raise raised
    return after


def _run(code: Compiled, space: dict[str, Any]) -> BpmnError | None:
    try:
        exec(code.code, space)  # noqa: S102 (this is the sandbox)
    except BpmnError as raised:
        return raised.with_traceback(None)
    return None


def refusal(source: str, *, script: bool = False) -> Text | None:
    """Give the reason why a source cannot be accepted, in both languages, or None."""
    try:
        compiled(source, script)
    except Refusal as error:
        return error.text
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Text(vi=f"không biên dịch được ({told(error)})", en=f"it cannot be compiled ({told(error)})")
    return None


def check(source: str, *, script: bool = False) -> str | None:
    """Give the English reason why a source is refused at upload, or None."""
    reason = refusal(source, script=script)
    return reason.en if reason else None


def names(source: str, *, script: bool = False) -> frozenset[str]:
    """Give the variables that a source reads or sets. Raises ExpressionFailed where the source is refused."""
    try:
        return compiled(source, script).variables
    except (Refusal, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _failure(error) from None


def _namespace(code: Compiled, variables: Mapping[str, Any], extra: Functions | None) -> dict[str, Any]:
    budget = Budget(code.cost)
    space: dict[str, Any] = {"__builtins__": _NOTHING}
    for name in code.reads:
        if name in variables:
            space[name] = variables[name]
        elif extra is not None and name in extra:
            space[name] = extra[name]
        elif name in FUNCTIONS:
            space[name] = bound(name, budget)
    for name, guard in code.guards:
        space[name] = partial(guard, budget)
    return space


def _failure(error: Exception) -> ExpressionFailed:
    """Tell a designer what went wrong, with the line of a script where there is more than one."""
    reason = _reason(error)
    line = _line(error.__traceback__)
    if line and line > 1:
        reason = Text(vi=f"dòng {line}: {reason.vi}", en=f"line {line}: {reason.en}")
    return failed(reason, is_missing=isinstance(error, NameError | KeyError))


def _reason(error: Exception) -> Text:
    match error:
        case Refusal():
            return error.text
        case NameError(name=str(name)):
            return Text(vi=f"biến “{name}” chưa có giá trị", en=f'variable "{name}" has no value')
        case KeyError():
            return Text(vi=f"không có khoá {told(error)}", en=f"there is no key {told(error)}")
        case ZeroDivisionError():
            return Text(vi="chia cho 0", en="division by zero")
        case RecursionError() | MemoryError():
            return Text(vi="dữ liệu lồng quá sâu hoặc quá lớn", en="the data is nested too deeply or too large")
    message = f"{type(error).__name__}: {told(error)}"
    return Text(vi=message, en=message)


def _line(traceback: TracebackType | None) -> int | None:
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<script>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line
