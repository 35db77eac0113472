"""The bytes of an instance: its variables, its live tokens, nothing of its definition and nothing of its past.

JSON, written by orjson. Dates, moments and decimals are kept exact: they are marked by a key made up for this state
alone, so that no key of a form can be mistaken for a mark.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from bpmn.definition import Definition
from engine.spiff.instance import Instance
from engine.spiff.run import Run
from engine.spiff.scope import Scope, SubScope
from engine.spiff.token import Token
from errors import EngineError

FORMAT = 1
KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "decimal": (Decimal, str, Decimal),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "seconds": (timedelta, lambda value: repr(value.total_seconds()), lambda text: timedelta(seconds=float(text))),
}


def dump(instance: Instance) -> bytes:
    """Give the bytes of an instance at rest. Raises EngineError where a variable is of a kind that cannot be kept."""
    mark = ""

    def special(value: Any) -> Any:
        nonlocal mark
        for kind, (cls, write, _) in KINDS.items():
            if isinstance(value, cls):
                mark = mark or secrets.token_hex(8)
                return {mark: kind, "v": write(value)}
        if isinstance(value, set | frozenset):
            return sorted(value, key=repr)
        raise TypeError(f"{type(value).__name__} {value!r:.80}")

    whole = {
        "f": FORMAT,
        "s": instance.seed,
        "n": instance.counter,
        "c": instance.completed + 2 * instance.is_cancelled,
        "e": instance.error_code,
        **_scope_out(instance),
        "w": [[_number(key), scope.spec.name, _scope_out(scope)] for key, scope in instance.subprocesses.items()],
    }
    try:
        body = orjson.dumps(whole, default=special, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError as problem:
        reason = f"a variable cannot be kept: {problem.__cause__ or problem}"
        raise EngineError(reason=reason) from problem
    return mark.encode() + body


def load(definition: Definition, state: bytes, run: Run) -> Instance:
    """Give the instance that `dump` wrote. Raises EngineError where the definition has not its elements."""
    start = state.index(b"{")
    whole = orjson.loads(state[start:])
    if start:
        whole = _unmarked(whole, state[:start].decode())
    instance = Instance(definition.compiled, run, seed=whole["s"], counter=whole["n"])
    instance.completed, instance.is_cancelled = bool(whole["c"]), whole["c"] > 1
    instance.error_code = whole["e"]
    tokens: dict[int, Token] = {}
    _scope_in(instance, whole, tokens)
    for number, key, inner in whole["w"]:
        holder = tokens[number]
        spec = instance.subprocess_specs[key]
        scope = SubScope(spec, holder, instance, is_process=key == spec.process_key)
        instance.subprocesses[holder.id] = scope
        _scope_in(scope, inner, tokens)
    return instance


def _scope_out(scope: Scope) -> dict[str, Any]:
    rows = []
    for token in scope.tasks.values():
        row = [
            _number(token.id),
            token.task_spec.name,
            token._state,
            token.entered + 2 * token.armed,
            _number(token._parent) if token._parent else 0,
            token.internal_data,
            token.local,
        ]
        while not row[-1]:
            row.pop()
        rows.append(row)
    return {"d": scope.data, "t": rows}


def _scope_in(scope: Scope, written: dict[str, Any], tokens: dict[int, Token]) -> None:
    scope.data = written["d"]
    seed, specs = scope.top_workflow.seed, scope.spec.task_specs
    for row in written["t"]:
        number, name, state, flags, parent, notes, local = row + [0, 0, None, None][len(row) - 3 :]
        if name not in specs:
            raise EngineError(element_id=name, reason="the definition does not have this element")
        token = Token(
            scope, specs[name], tokens[parent] if parent else None, id=f"{seed}.{number}", local=local, armed=flags >= 2
        )
        token._state, token.entered, token.internal_data = state, bool(flags & 1), notes or {}
        tokens[number] = token


def _number(token_id: str) -> int:
    return int(token_id.rpartition(".")[2])


def _unmarked(value: Any, mark: str) -> Any:
    if isinstance(value, list):
        return [_unmarked(item, mark) for item in value]
    if not isinstance(value, dict):
        return value
    if mark in value:
        return KINDS[value[mark]][2](value["v"])
    return {key: _unmarked(item, mark) for key, item in value.items()}
