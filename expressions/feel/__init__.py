"""FEEL (DMN 1.4, chapter 10), evaluated exactly: decimals of 34 digits, dates, both durations, ranges, functions.

May import expressions, errors, texts. Never reads the clock, never touches Python's objects: values.py says what a
value is. Forms do not use it: they ask bpmn.io's evaluator (expressions/forms_feel.py), the same one as in the browser.

For diagrams: `evaluate`, `matches`, `refusal`, `check` take a source and plain variables and give plain data.
For decisions: `compile(source, names) -> Expression` and `compile_unary(source, names) -> UnaryTests`, once; then
`Expression.value(scope, now=…)` gives a FEEL value that may stand in the scope of the next expression (a duration
stays a duration, a function a function), `Expression.evaluate(scope, now=…)` plain data, and `plain(value)` turns the
one into the other. `function(names, body)` makes a function of Python: business knowledge models, decision services.
A scope maps names to plain data or FEEL values, mixed as they come.
"""

from expressions.feel.evaluation import (
    Expression,
    UnaryTests,
    check,
    compile,  # noqa: A004 (feel.compile, as re.compile)
    compile_unary,
    evaluate,
    function,
    matches,
    refusal,
)
from expressions.feel.plain import plain
from expressions.feel.types import Type, conforms, type_named

__all__ = [
    "Expression",
    "Type",
    "UnaryTests",
    "check",
    "compile",
    "compile_unary",
    "conforms",
    "evaluate",
    "function",
    "matches",
    "plain",
    "refusal",
    "type_named",
]
