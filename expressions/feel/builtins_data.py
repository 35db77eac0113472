"""Built-in functions of contexts (DMN 1.4, 10.3.4.10), and Camunda's that ask for null."""

from __future__ import annotations

from typing import Any, Final

from expressions.feel.plain import lift
from expressions.feel.running import Run
from expressions.feel.values import Nothing

Context = dict[str, Any]
DEEPEST: Final = 40


def _value(run: Run, context: Context, key: Any) -> Any:
    for name in _names(key):
        if type(context) is not dict or name not in context:
            raise Nothing("không có tên này", "there is no such key")
        context = lift(context[name])
    return context


def _names(key: Any) -> list[str]:
    names = key if type(key) is list else [key]
    if not names or len(names) > DEEPEST or any(type(name) is not str for name in names):
        raise Nothing("tên phải là chuỗi", "a key must be a text")
    return list(names)


def _entries(run: Run, context: Context) -> list[Context]:
    run.budget.elements(len(context) * 3)
    return [{"key": name, "value": lift(value)} for name, value in context.items()]


def _context(run: Run, entries: list[Any]) -> Context:
    run.budget.elements(len(entries))
    found: Context = {}
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            raise Nothing("mỗi mục cần key và value", "each entry needs key and value")
        if entry["key"] in found:
            raise Nothing("một tên có hai lần", "a key stands twice")
        found[entry["key"]] = lift(entry["value"])
    return found


def _put(run: Run, context: Context, key: Any, value: Any) -> Context:
    first, *rest = _names(key)
    run.budget.elements(len(context))
    if rest:
        inner = lift(context.get(first))
        if inner is not None and type(inner) is not dict:
            raise Nothing("đường dẫn không đi qua đối tượng", "the path does not lead through contexts")
        value = _put(run, inner or {}, rest, value)
    return {**context, first: value}


def _merged(run: Run, contexts: list[Any]) -> Context:
    found: Context = {}
    for context in contexts:
        if type(context) is not dict:
            raise Nothing("danh sách phải gồm các đối tượng", "the list must hold contexts")
        run.budget.elements(len(context))
        found.update(context)
    return found


def _or_else(run: Run, value: Any, default: Any) -> Any:
    return default if value is None else value


FUNCTIONS: Final = {
    "get value": [("m: c, key: a", _value), ("context: c, key: a", _value), ("m: c, keys: a", _value)],
    "get entries": [("m: c", _entries), ("context: c", _entries)],
    "context": [("entries: l", _context)],
    "context put": [
        ("context: c, key: a, value: a", _put),
        ("context: c, keys: a, value: a", _put),
    ],
    "context merge": [("contexts: l", _merged)],
    # Camunda's
    "is defined": [("value: a", lambda run, value: value is not None)],
    "get or else": [("value: a, default: a", _or_else)],
}
