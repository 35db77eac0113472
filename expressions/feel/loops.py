"""Compiled nodes that have names of their own: for, some, every, filters, contexts, functions, paths, calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from expressions.budget import MOST_ELEMENTS
from expressions.failures import Refusal
from expressions.feel import moments, tree
from expressions.feel.basics import Build
from expressions.feel.builtins import BUILTINS
from expressions.feel.functions import Builtin
from expressions.feel.plain import lift
from expressions.feel.properties import property_of
from expressions.feel.running import MISSING, Code, Env, Run
from expressions.feel.types import fitted
from expressions.feel.values import Date, Function, Nothing, Range

# Loops


def loop(node: tree.Loop, build: Build) -> Code:
    """`for … return`, `some … satisfies`, `every … satisfies`"""
    domains = [(name, build(start), build(end) if end is not None else None) for name, start, end in node.domains]
    body, size, place = build(node.body), node.body.size, node.place

    def turns(env: Env, number: int = 0) -> Iterator[Env]:
        name, start, end = domains[number]
        low = start(env)
        for value in _values(low, end(env) if end else MISSING):
            env.run.budget.step(size + 2)
            inner = Env({name: value}, env, env.run)
            if number + 1 < len(domains):
                yield from turns(inner, number + 1)
            else:
                yield inner

    gather = _gathered(body, _mentions(node.body, "partial")) if node.word == "for" else _judged(body, node.word)

    def code(env: Env) -> Any:
        try:
            return gather(env, turns(env))
        except Nothing as error:
            env.run.failed(place, error)
            return None

    return code


def _gathered(body: Code, is_told: bool) -> Callable[[Env, Iterator[Env]], list[Any]]:
    def gather(env: Env, turns: Iterator[Env]) -> list[Any]:
        results: list[Any] = []
        budget = env.run.budget
        for turn in turns:
            if is_told:
                budget.elements(len(results))
                turn = Env({"partial": results.copy()}, turn, turn.run)
            if len(results) >= MOST_ELEMENTS:
                raise Refusal("tạo danh sách quá dài", "it builds a list that is too long")
            budget.hold(8)
            results.append(body(turn))
        return results

    return gather


def _judged(body: Code, word: str) -> Callable[[Env, Iterator[Env]], bool | None]:
    decisive = word == "some"

    def gather(env: Env, turns: Iterator[Env]) -> bool | None:
        result: bool | None = not decisive
        for turn in turns:
            value = body(turn)
            if value is decisive:
                return bool(value)
            if value is not True and value is not False:
                result = None
        return result

    return gather


def _values(start: Any, end: Any) -> Iterator[Any]:
    if end is not MISSING:
        yield from _counted(start, end)
    elif type(start) is Range:
        yield from _between(start)
    elif type(start) is list:
        yield from map(lift, start)
    elif start is None:
        raise Nothing("không có gì để lặp", "there is nothing to loop over")
    else:
        yield start


def _between(interval: Range) -> Iterator[Any]:
    for value in _counted(interval.start, interval.end):
        if (interval.start_included or value != interval.start) and (interval.end_included or value != interval.end):
            yield value


def _counted(start: Any, end: Any) -> Iterator[Any]:
    if type(start) is Date and type(end) is Date:
        step = 1 if start.days <= end.days else -1
        yield from map(Date, range(start.days, end.days + step, step))
        return
    ends = [side for side in (start, end) if type(side) is Decimal and side.adjusted() < 30]
    if len(ends) < 2 or any(side != side.to_integral_value() for side in ends):
        raise Nothing("chỉ lặp được từ số nguyên đến số nguyên", "a loop runs from whole number to whole number")
    first, last = int(start), int(end)
    step = 1 if first <= last else -1
    yield from map(Decimal, range(first, last + step, step))


def _mentions(node: tree.Node, name: str) -> bool:
    return any(isinstance(part, tree.Name) and part.name == name for part in tree.walk(node))


# Filters


def filtered(node: tree.Filter, build: Build) -> Code:
    """`a[1]`, `a[-1]`, `a[item > 1]`, `a[name = "x"]`"""
    inside, condition, size, place = build(node.value), build(node.condition), node.condition.size, node.place
    is_number = isinstance(node.condition, tree.Const) and isinstance(node.condition.value, Decimal)

    def code(env: Env) -> Any:
        value = inside(env)
        items = value if type(value) is list else [] if value is None else [value]
        if is_number:
            return _at(items, condition(env), env, place)
        found: list[Any] = []
        for number, item in enumerate(items):
            env.run.budget.step(size + 2)
            lifted = lift(item)
            answer = condition(_within(lifted, env))
            if number == 0 and type(answer) is Decimal:
                return _at(items, answer, env, place)
            if answer is True:
                found.append(lifted)
        env.run.budget.hold(8 * len(found))
        if not items and type(condition(_within(None, env))) is Decimal:
            return None
        return found

    return code


def _within(item: Any, env: Env) -> Env:
    inner = Env({"item": item}, env, env.run)
    return Env(item, inner, env.run) if type(item) is dict else inner


def _at(items: list[Any], index: Any, env: Env, place: int) -> Any:
    number = int(index) if index.adjusted() < 9 and index == index.to_integral_value() else 0
    if 1 <= number <= len(items):
        return lift(items[number - 1])
    if 1 <= -number <= len(items):
        return lift(items[number])
    env.run.warn(place, "vị trí nằm ngoài danh sách", "the index is outside of the list")
    return None


# Contexts and paths


def entries(node: tree.Entries, build: Build) -> Code:
    """`{a: 1, b: a + 1}`: an entry sees those before it."""
    parts = [(name, build(value)) for name, value in node.entries]
    is_double = len({name for name, _ in parts}) < len(parts)
    place = node.place

    def code(env: Env) -> dict[str, Any] | None:
        if is_double:
            env.run.warn(place, "một tên có hai lần", "a name stands twice in a context")
            return None
        result: dict[str, Any] = {}
        inner = Env(result, env, env.run)
        env.run.budget.hold(8 * len(parts))
        for name, value in parts:
            result[name] = value(inner)
        return result

    return code


def path(node: tree.Path, build: Build) -> Code:
    """`a.b`: of a context, of each item of a list, of a moment, duration or range."""
    inside, name, place = build(node.value), node.name, node.place

    def code(env: Env) -> Any:
        value = inside(env)
        if type(value) is dict:
            found = value.get(name, MISSING)
            if found is not MISSING:
                return lift(found)
            return _lacking(value, name, env, place)
        if type(value) is list:
            env.run.budget.elements(len(value))
            return [_of_item(lift(item), name) for item in value]
        if value is None:
            return None
        try:
            return property_of(value, name)
        except Nothing as error:
            env.run.failed(place, error)
            return None

    return code


def _lacking(value: dict[str, Any], name: str, env: Env, place: int) -> Any:
    """Look once more without the blanks around signs, as names are told apart."""
    bare = "".join(name.split())
    env.run.budget.step(len(value) >> 3)
    if not bare.isidentifier() or bare != name:
        for key, found in value.items():
            if type(key) is str and "".join(key.split()) == bare:
                return lift(found)
    env.run.warn(place, f"không có {name}", f"there is no {name}")
    return None


def _of_item(item: Any, name: str) -> Any:
    if type(item) is dict:
        return lift(item.get(name))
    try:
        return None if item is None else property_of(item, name)
    except Nothing:
        return None


# Functions


def definition(node: tree.Definition, build: Build) -> Code:
    """`function(a, b) a + b`"""
    body, names, types = build(node.body), node.names, node.types
    result, size = tree.type_of(node.body), node.body.size

    def code(env: Env) -> Function:
        def call(run: Run, arguments: Sequence[Any]) -> Any:
            run.budget.step(size)
            given = [fitted(value, wanted) for value, wanted in zip(arguments, types, strict=True)]
            if any(value is not None and now is None for value, now in zip(arguments, given, strict=True)):
                raise Nothing("tham số sai kiểu", "an argument is of another type")
            return body(Env(dict(zip(names, given, strict=True)), env, run))

        return Function(names, call, types=types, result=result)

    return code


def call(node: tree.Call, build: Build) -> Code:
    """`f(a, b)`, `f(x: a, y: b)`"""
    if isinstance(node.function, tree.Name) and node.function.name == "is defined":
        return _is_defined(node, build)
    function, place = build(node.function), node.place
    arguments = [build(argument) for argument in node.arguments]
    names = node.names
    title = node.function.name if isinstance(node.function, tree.Name) else ""
    builtin = BUILTINS.get(title)
    choose = builtin.chosen(len(arguments), names) if builtin else None
    literal = _read_literal(node, title)

    def code(env: Env) -> Any:
        try:
            if builtin is not None and env.find(title) is MISSING:
                if literal is not None:
                    return literal
                values = [argument(env) for argument in arguments]
                env.run.budget.step()
                if choose is None:
                    raise _no_such(builtin)
                return choose(env.run, values)
            target = function(env)
            values = [argument(env) for argument in arguments]
            return env.run.call(target, _ordered(target, values, names) if names else values)
        except (Nothing, ArithmeticError) as error:
            env.run.failed(place, error)
            return None

    return code


def _read_literal(node: tree.Call, title: str) -> Any:
    """Give the moment or duration that a call with one literal text makes, so that it is read once."""
    read = _LITERALS.get(title)
    asked = node.arguments[0] if len(node.arguments) == 1 and node.names is None else None
    return read(asked.value) if read and isinstance(asked, tree.Const) and type(asked.value) is str else None


_LITERALS: Final[dict[str, Callable[[str], Any]]] = {
    "date": moments.read_date,
    "time": moments.read_time,
    "date and time": moments.read_date_time,
    "duration": moments.read_duration,
}


def _no_such(builtin: Builtin) -> Nothing:
    return Nothing(f"hàm {builtin.title} không có các tham số này", f"{builtin.title} has no such arguments")


def _ordered(target: Any, values: list[Any], names: list[str]) -> list[Any]:
    if type(target) is not Function:
        return values
    given = dict(zip(names, values, strict=True))
    if given.keys() != set(target.names) or len(given) < len(values):
        raise Nothing("hàm không có các tham số này", "the function has no such arguments")
    return [given[name] for name in target.names]


def _is_defined(node: tree.Call, build: Build) -> Code:
    asked = node.arguments[0] if len(node.arguments) == 1 else None
    codes = [build(argument) for argument in node.arguments]

    def code(env: Env) -> bool | None:
        if isinstance(asked, tree.Name):
            return env.find(asked.name) is not MISSING
        if isinstance(asked, tree.Path):
            value = holder(env)
            return type(value) is dict and asked.name in value
        return codes[0](env) is not None if asked is not None else None

    holder = build(asked.value) if isinstance(asked, tree.Path) else codes[0] if codes else (lambda env: None)
    return code


LOCAL: Final = ("item", "partial")
"""Names that loops and filters give."""
