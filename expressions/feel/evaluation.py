"""Sources compiled once and evaluated many times, within the limits of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from expressions.failures import Refusal, failed
from expressions.feel import basics, loops, parser, tree
from expressions.feel import names as naming
from expressions.feel.basics import Takes
from expressions.feel.builtins import BUILTINS
from expressions.feel.builtins import NAMES as BUILTIN_NAMES
from expressions.feel.plain import lift, plain
from expressions.feel.running import LEAST, Code, Env, Run, Warned, calling
from expressions.feel.types import Type
from expressions.feel.values import Function, Range, Scope
from texts import Text

SHORT: Final = 500
"""Characters of a source of which many are kept compiled: a hundredth of a megabyte each at most."""
MOST_SHORT: Final = 4_096
MOST_LONG: Final = 64
NOTHING: Final[Mapping[str, Any]] = {}
INPUT: Final = "?"
"""The name of what a cell tests."""
_NO_NAMES: Final[frozenset[str]] = frozenset()
Types = Iterable[tuple[str, Type]]
KnownTypes = tuple[tuple[str, Type], ...]
Compiling = Callable[[str, frozenset[str], KnownTypes], Code]
NO_TYPES: Final[KnownTypes] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A compiled expression; immutable, shared between threads."""

    source: str
    _code: Code

    def value(
        self, scope: Scope = NOTHING, *, now: datetime | None = None, warnings: list[Warned] | None = None
    ) -> Any:
        """Give the FEEL value, null where it has none; why is added to `warnings`.

        `now` is what now() and today() give. Raises ExpressionFailed where it asks for too much.
        """
        return _evaluated(self._code, scope, now, warnings)

    def evaluate(
        self, scope: Scope = NOTHING, *, now: datetime | None = None, warnings: list[Warned] | None = None
    ) -> Any:
        """Give plain data (plain.py says which); otherwise as `value`."""
        found = _evaluated(self._code, scope, now, warnings)
        try:
            return plain(found)
        except Refusal as error:
            raise failed(error.text) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnaryTests:
    """The compiled tests of a cell; immutable, shared between threads."""

    source: str
    _code: Code

    def match(
        self, value: Any, scope: Scope = NOTHING, *, now: datetime | None = None, warnings: list[Warned] | None = None
    ) -> bool:
        """Say whether the cell takes `value`, plain or FEEL. Raises ExpressionFailed where it asks for too much."""
        return bool(_evaluated(self._code, {INPUT: value}, now, warnings, outer=scope))


def compile(source: str, names: Iterable[str] = (), types: Types = NO_TYPES) -> Expression:
    """Compile an expression; `names` are those in scope and in contexts (plain words need not be told).

    `types` are the caller's own types that the source may name. Cached. Raises ExpressionFailed where the source is no
    FEEL.
    """
    return Expression(source=source, _code=_known(_expression, source, _relevant(source, names), types))


def compile_unary(source: str, names: Iterable[str] = (), types: Types = NO_TYPES) -> UnaryTests:
    """Compile the unary tests of a cell; an empty one takes everything, as `-` does. Otherwise as `compile`."""
    return UnaryTests(source=source, _code=_known(_unary, source.strip() or "-", _relevant(source, names), types))


def function(names: Sequence[str], body: Callable[..., Any], title: str = "") -> Function:
    """Make a FEEL function that calls `body` with FEEL values in the order of `names`; it gives plain data or a value.

    For business knowledge models and decision services: `body` usually calls `Expression.value`.
    """

    def call(run: Run, arguments: Sequence[Any]) -> Any:
        before, calling.run = calling.run, run
        try:
            return lift(body(*arguments))
        finally:
            calling.run = before

    return Function(tuple(names), call, title)


def evaluate(source: str, variables: Scope, *, now: datetime | None = None) -> Any:
    """Evaluate one expression; give plain data. Raises ExpressionFailed: it is no FEEL, or asks for too much."""
    code = _known(_expression, source, naming.meant(source, variables))
    found = _evaluated(code, variables, now, None)
    try:
        return plain(found)
    except Refusal as error:
        raise failed(error.text) from None


def matches(cell: str, value: Any, variables: Scope, *, now: datetime | None = None) -> bool:
    """Say whether a decision table's input cell takes `value`, null included; an empty cell and `-` take everything.

    Raises ExpressionFailed.
    """
    code = _known(_unary, cell.strip() or "-", naming.meant(cell, variables))
    return bool(_evaluated(code, {INPUT: value}, now, None, outer=variables))


def refusal(source: str, *, unary: bool = False, names: Iterable[str] = (), types: Types = NO_TYPES) -> Text | None:
    """Give the reason why a source is refused at upload, in both languages, or None.

    Refused: what is no FEEL, and a call of a function that nobody gives: neither FEEL, nor the source, nor `names`.
    """
    known = frozenset(names)
    try:
        node: tree.Node
        if unary:
            node = parser.unary_tests(source.strip() or "-", known, BUILTIN_NAMES, dict(types))
        else:
            node = parser.expression(source, known, BUILTIN_NAMES, dict(types))
        _unknown_functions(node, known)
    except Refusal as error:
        return error.text
    except RecursionError:
        return _too_deep().text
    return None


def check(source: str, *, unary: bool = False, names: Iterable[str] = ()) -> str | None:
    """Give the English reason why a source is refused at upload, or None."""
    reason = refusal(source, unary=unary, names=names)
    return reason.en if reason else None


# Compiling


def _relevant(source: str, names: Iterable[str]) -> frozenset[str]:
    special = [name for name in names if not name.isidentifier()]
    return naming.meant(source, dict.fromkeys(special)) if special else _NO_NAMES


def _known(compiled: Compiling, source: str, names: frozenset[str], types: Types = NO_TYPES) -> Code:
    try:
        return (_short if len(source) <= SHORT else _long)(compiled, source, names, tuple(types))
    except Refusal as error:
        raise failed(error.text) from None
    except RecursionError:
        raise failed(_too_deep().text) from None


@lru_cache(maxsize=MOST_SHORT)
def _short(compiled: Compiling, source: str, names: frozenset[str], types: KnownTypes) -> Code:
    return compiled(source, names, types)


@lru_cache(maxsize=MOST_LONG)
def _long(compiled: Compiling, source: str, names: frozenset[str], types: KnownTypes) -> Code:
    return compiled(source, names, types)


def _expression(source: str, names: frozenset[str], types: KnownTypes) -> Code:
    node = parser.expression(source, sorted(names), BUILTIN_NAMES, dict(types))
    return _paid(build(node), node.size)


def _paid(code: Code, size: int) -> Code:
    """Let a long expression pay for itself; loops and calls pay on their own."""
    if size <= LEAST:
        return code

    def paid(env: Env) -> Any:
        env.run.budget.step(size)
        return code(env)

    return paid


def _unary(source: str, names: frozenset[str], types: KnownTypes) -> Code:
    node = parser.unary_tests(source, sorted(names), BUILTIN_NAMES, dict(types))
    parts = [_cell_test(part) for part in node.parts]
    negated = node.negated

    def code(env: Env) -> bool:
        if not parts:
            return True
        value = lift(env.names[INPUT])
        answers = [part(env, value) for part in parts]
        return any(answers) if not negated else all(answer is False for answer in answers)

    return _paid(code, node.size)


def _cell_test(node: tree.Node) -> Takes:
    """Compile one test of a cell (DMN 1.4, 7.3.3 and table 54): a value, list or range that takes the input, or a
    condition: what speaks of `?`, or gives true while the input is no boolean."""
    if isinstance(node, tree.Test):
        return basics.test(node, build)
    code = build(node)
    if any(isinstance(part, tree.Name) and part.name == INPUT for part in tree.walk(node)):
        return lambda env, value: code(env) is True
    is_condition = isinstance(node, _CONDITIONS)

    def takes(env: Env, value: Any) -> bool | None:
        wanted = code(env)
        if is_condition and type(wanted) is bool and type(value) is not bool:
            return wanted
        found = basics.takes(value, wanted, env)
        return False if found is None and type(wanted) is not Range else found

    return takes


_CONDITIONS: Final = (
    tree.Comparison,
    tree.Logic,
    tree.Between,
    tree.In,
    tree.InstanceOf,
    tree.Call,
    tree.Loop,
)


def build(node: tree.Node) -> Code:
    """Compile a node."""
    return _BUILDERS[type(node)](node, build)


_BUILDERS: Final[dict[type, Callable[[Any, Any], Code]]] = {
    tree.Const: basics.const,
    tree.Name: basics.name,
    tree.Negation: basics.negation,
    tree.Arithmetic: basics.arithmetic,
    tree.Logic: basics.logic,
    tree.Comparison: basics.comparison,
    tree.Between: basics.between,
    tree.Test: basics.ranged,
    tree.In: basics.membership,
    tree.InstanceOf: basics.instance_of,
    tree.Path: loops.path,
    tree.Filter: loops.filtered,
    tree.Call: loops.call,
    tree.If: basics.branches,
    tree.Loop: loops.loop,
    tree.Definition: loops.definition,
    tree.Entries: loops.entries,
    tree.Items: basics.items,
    tree.Interval: basics.interval,
}


def _unknown_functions(node: tree.Node, known: frozenset[str]) -> None:
    given = set(known)
    parts = list(tree.walk(node))
    for part in parts:
        if isinstance(part, tree.Entries):
            given.update(name for name, _ in part.entries)
        elif isinstance(part, tree.Definition):
            given.update(part.names)
        elif isinstance(part, tree.Loop):
            given.update(name for name, _, _ in part.domains)
    for part in parts:
        if isinstance(part, tree.Call) and isinstance(part.function, tree.Name):
            name = part.function.name
            if name not in BUILTINS and name not in given:
                raise Refusal(f"FEEL: không có hàm {name[:60]}", f"FEEL: there is no function {name[:60]}")


# Running


def _evaluated(
    code: Code, scope: Scope, now: datetime | None, warnings: list[Warned] | None, *, outer: Scope | None = None
) -> Any:
    run = Run(now)
    try:
        return code(Env(scope, Env(outer, None, run) if outer is not None else None, run))
    except Refusal as error:
        raise failed(error.text) from None
    except RecursionError:
        raise failed(_too_deep().text) from None
    finally:
        if warnings is not None:
            warnings.extend(run.warnings)


def _too_deep() -> Refusal:
    return Refusal("biểu thức FEEL lồng quá sâu", "the FEEL expression is nested too deeply")
