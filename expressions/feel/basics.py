"""Compiled nodes: literals, names, operators, comparisons, logic, if, lists, ranges, instance of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from expressions.feel import operators, tree
from expressions.feel.builtins import BUILTINS
from expressions.feel.running import MISSING, Code, Env
from expressions.feel.types import conforms
from expressions.feel.values import Nothing, Range, kind_of

Build = Callable[[Any], Code]


def const(node: tree.Const, build: Build) -> Code:
    """A literal."""
    value = node.value
    return lambda env: value


def name(node: tree.Name, build: Build) -> Code:
    """A variable, or a built-in function where there is none of that name."""
    wanted, place = node.name, node.place
    builtin = BUILTINS.get(wanted)

    def code(env: Env) -> Any:
        value = env.find(wanted)
        if value is not MISSING:
            return value
        if builtin is not None:
            return builtin.function
        env.run.warn(place, f"không có tên {wanted}", f"there is no {wanted}")
        return None

    return code


def negation(node: tree.Negation, build: Build) -> Code:
    """`-a`"""
    inside, place = build(node.value), node.place

    def code(env: Env) -> Any:
        value = inside(env)
        if value is None:
            return None
        try:
            return operators.negative(value)
        except (Nothing, ArithmeticError) as error:
            env.run.failed(place, error)
            return None

    return code


def arithmetic(node: tree.Arithmetic, build: Build) -> Code:
    """`a + b - c`, from the left."""
    code = build(node.first)
    for sign, operand in node.rest[:2]:
        code = _binary(code, sign, build(operand), node.place)
    if len(node.rest) <= 2:
        return code
    rest = [(sign, build(operand)) for sign, operand in node.rest[2:]]
    return _chain(code, rest, node.place)


def _binary(left: Code, sign: str, right: Code, place: int) -> Code:
    general = operators.ARITHMETIC[sign]
    quick = operators.NUMBERS.get(sign)

    def code(env: Env) -> Any:
        mine, other = left(env), right(env)
        if mine is None or other is None:
            return None
        try:
            if quick is not None and type(mine) is Decimal and type(other) is Decimal:
                return quick(mine, other)
            return general(mine, other, env.run.budget)
        except (Nothing, ArithmeticError) as error:
            env.run.failed(place, error)
            return None

    return code


def _chain(first: Code, rest: list[tuple[str, Code]], place: int) -> Code:
    def code(env: Env) -> Any:
        value = first(env)
        for sign, operand in rest:
            other = operand(env)
            if value is None or other is None:
                return None
            try:
                value = operators.ARITHMETIC[sign](value, other, env.run.budget)
            except (Nothing, ArithmeticError) as error:
                env.run.failed(place, error)
                return None
        return value

    return code


def logic(node: tree.Logic, build: Build) -> Code:
    """`and` and `or` of three values: what is no boolean is null."""
    parts = [build(part) for part in node.parts]
    decisive = node.word == "or"

    def code(env: Env) -> bool | None:
        result: bool | None = not decisive
        for part in parts:
            value = part(env)
            if value is decisive:
                return bool(value)
            if value is not True and value is not False:
                result = None
        return result

    return code


def comparison(node: tree.Comparison, build: Build) -> Code:
    """`=`, `!=`, `<`, `<=`, `>`, `>=`"""
    left, right, place = build(node.left), build(node.right), node.place
    if node.sign in ("=", "!="):
        return _equality(left, right, node.sign == "=", place)
    compare = operators.ORDERS[node.sign]

    def code(env: Env) -> bool | None:
        mine, other = left(env), right(env)
        found = compare(mine, other)
        if found is None and mine is not None and other is not None:
            env.run.failed(place, _incomparable(mine, other))
        return found

    return code


def _equality(left: Code, right: Code, wanted: bool, place: int) -> Code:
    def code(env: Env) -> bool | None:
        mine, other = left(env), right(env)
        found = operators.equal(mine, other, env.run.budget)
        if found is None:
            env.run.failed(place, _incomparable(mine, other))
            return None
        return found is wanted

    return code


def _incomparable(left: Any, right: Any) -> Nothing:
    kinds = f"{kind_of(left)}, {kind_of(right)}"
    return Nothing(f"không so sánh được {kinds}", f"these cannot be compared: {kinds}")


def between(node: tree.Between, build: Build) -> Code:
    """`a between b and c`"""
    inside, low, high = build(node.value), build(node.low), build(node.high)

    def code(env: Env) -> bool | None:
        value = inside(env)
        above = operators.ORDERS["<="](low(env), value)
        below = operators.ORDERS["<="](value, high(env))
        if above is False or below is False:
            return False if above is not None and below is not None else None
        return None if above is None or below is None else True

    return code


def membership(node: tree.In, build: Build) -> Code:
    """`a in b`, `a in (b, < c)`"""
    inside = build(node.value)
    tests = [test(part, build) for part in node.tests]

    def code(env: Env) -> bool | None:
        value = inside(env)
        result: bool | None = False
        for takes in tests:
            found = takes(env, value)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return code


Takes = Callable[[Env, Any], "bool | None"]


def test(node: tree.Node, build: Build) -> Takes:
    """Compile what stands behind `in`, or a test of a cell that does not speak of `?`."""
    if isinstance(node, tree.Test):
        return _signed_test(node, build)
    inside = build(node)
    return lambda env, value: takes(value, inside(env), env)


def _signed_test(node: tree.Test, build: Build) -> Takes:
    inside, sign = build(node.value), node.sign
    if sign in ("=", "!="):
        wanted = sign == "="

        def code(env: Env, value: Any) -> bool | None:
            found = operators.equal(value, inside(env), env.run.budget)
            return None if found is None else found is wanted

        return code
    compare = operators.ORDERS[sign]
    return lambda env, value: compare(value, inside(env))


def takes(value: Any, wanted: Any, env: Env) -> bool | None:
    """Say whether a value is equal to another, or one of a list's items, or in a range."""
    budget = env.run.budget
    if type(wanted) is Range:
        return operators.within(value, wanted)
    if type(wanted) is not list:
        return operators.equal(value, wanted, budget)
    budget.step(len(wanted))
    for item in wanted:
        if type(item) is Range and operators.within(value, item) is True:
            return True
        if operators.same(value, item, budget):
            return True
        if type(item) is list and takes(value, item, env) is True:
            return True
    return type(value) is list and operators.same(value, wanted, budget)


def ranged(node: tree.Test, build: Build) -> Code:
    """`(< a)` where a value is wanted: a range with one open end."""
    inside, sign, place = build(node.value), node.sign, node.place

    def code(env: Env) -> Range | None:
        value = inside(env)
        if operators.order(value, value) is None or sign == "!=":
            env.run.warn(place, "không phải là khoảng", "this is no range")
            return None
        if sign == "=":
            return Range(value, value, True, True)
        if sign in ("<", "<="):
            return Range(None, value, False, sign == "<=")
        return Range(value, None, sign == ">=", False)

    return code


def interval(node: tree.Interval, build: Build) -> Code:
    """`[a..b]`"""
    start, end, place = build(node.start), build(node.end), node.place
    start_included, end_included = node.start_included, node.end_included

    def code(env: Env) -> Range | None:
        low, high = start(env), end(env)
        if operators.order(low, high) is None:
            if low is not None and high is not None:
                env.run.failed(place, _incomparable(low, high))
            return None
        return Range(low, high, start_included, end_included)

    return code


def branches(node: tree.If, build: Build) -> Code:
    """`if a then b else c`: what is not true goes on to else."""
    pairs = [(build(condition), build(value)) for condition, value in node.branches]
    other = build(node.other)

    def code(env: Env) -> Any:
        for condition, value in pairs:
            if condition(env) is True:
                return value(env)
        return other(env)

    return code


def items(node: tree.Items, build: Build) -> Code:
    """`[a, b]`"""
    parts = [build(part) for part in node.items]

    def code(env: Env) -> list[Any]:
        env.run.budget.hold(len(parts) * 8)
        return [part(env) for part in parts]

    return code


def instance_of(node: tree.InstanceOf, build: Build) -> Code:
    """`a instance of b`"""
    inside, wanted = build(node.value), node.type

    def code(env: Env) -> bool:
        value = inside(env)
        env.run.budget.walk(value)
        return conforms(value, wanted)

    return code
