"""Values of assignments: what an expression, a text with parts, a variable, a script, a list or a mapping gives."""

from __future__ import annotations

import ast
import re
from typing import Any

from bpmn.extensions.parts import Assignment, Source
from bpmn.spiff.contract import Token
from expressions.dialect import Language, language_of
from expressions.failures import Refusal, failed
from expressions.plain import copied

PLAIN_LEAD = re.compile(r"[\s=]*")
"""What stands before a text with parts: `=` begins FEEL only in an expression."""
RESULT = "result"


def value_of(token: Token, assignment: Assignment) -> Any:
    """Give the value of an assignment where a token stands, as plain data of its own. Raises ExpressionFailed."""
    try:
        return copied(_value(token, assignment))
    except Refusal as refusal:
        fault = failed(refusal.text)
        fault.element_id = token.task_spec.bpmn_id
        raise fault from None


def _value(token: Token, assignment: Assignment) -> Any:
    text = assignment.text.strip()
    match assignment.source:
        case Source.LIST:
            return [value_of(token, item) for item in assignment.items]
        case Source.MAP:
            return {item.target: value_of(token, item) for item in assignment.items}
        case Source.VARIABLE:
            return token.data.get(assignment.text)
    if not text:
        return None
    match assignment.source:
        case Source.TEMPLATE:
            return _filled(token, text)
        case Source.SCRIPT:
            return token.workflow.script_engine.result(token, with_result(text), RESULT)
    return token.evaluate(text)


def _filled(token: Token, text: str) -> Any:
    language, bare = language_of(text)
    if language is Language.JUEL and bare != text:
        return token.evaluate(text)
    found = PLAIN_LEAD.match(text)
    lead = found[0] if found else ""
    return lead + token.fill(text[len(lead) :])


def with_result(script: str) -> str:
    """Give a script whose last expression is assigned to `result`; one that cannot be parsed stays as it is."""
    try:
        last = ast.parse(script).body[-1]
    except (SyntaxError, ValueError, IndexError, RecursionError, MemoryError):
        return script
    if not isinstance(last, ast.Expr):
        return script
    lines = script.encode().splitlines(keepends=True)
    lines[last.lineno - 1] = (
        lines[last.lineno - 1][: last.col_offset] + b"result = (" + lines[last.lineno - 1][last.col_offset :]
    )
    end = last.end_lineno or last.lineno
    width = (last.end_col_offset or 0) + (len(b"result = (") if end == last.lineno else 0)
    lines[end - 1] = lines[end - 1][:width] + b")" + lines[end - 1][width:]
    return b"".join(lines).decode()
