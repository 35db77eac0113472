"""The bytes of an instance: its variables, its live tokens, nothing of its definition and nothing of its past.

JSON, written by orjson. Dates, moments and decimals are kept exact: each is marked by a key that stands in front of the
bytes and nowhere else in them, so that no key of a form can be mistaken for a mark. What has ended is compressed.
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from bpmn.definition import Definition
from engine.events import Called
from engine.spiff.faults import FAULT, HELD
from engine.spiff.instance import Instance
from engine.spiff.run import MOST_BYTES, Run
from engine.spiff.scope import Scope, SubScope
from engine.spiff.token import Token
from errors import EngineError, Invalid, TooMuchData
from texts import Text

FORMAT = 1
COMPRESSED = b"\x78"
"""Of what zlib writes; the bytes begin with `{` or a mark otherwise."""
LARGEST = 4 * MOST_BYTES
"""Bytes of a whole state; what a diagram writes is held up long before (Run.afford)."""
KINDS: dict[str, tuple[type, Callable[[Any], str], Callable[[str], Any]]] = {
    "decimal": (Decimal, str, Decimal),
    "moment": (datetime, datetime.isoformat, datetime.fromisoformat),
    "date": (date, date.isoformat, date.fromisoformat),
    "time": (time, time.isoformat, time.fromisoformat),
    "seconds": (timedelta, lambda value: repr(value.total_seconds()), lambda text: timedelta(seconds=float(text))),
}


NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def dump(instance: Instance) -> bytes:
    """Give the bytes of an instance at rest. Raises EngineError where a variable is of a kind that cannot be kept."""
    whole = {
        "f": FORMAT,
        "s": instance.seed,
        "n": instance.counter,
        "c": instance.completed + 2 * instance.is_cancelled,
        "e": instance.error_code,
        **({"m": instance.error_message} if instance.error_message else {}),
        **({"k": instance.fixed} if instance.fixed else {}),
        **_scope_out(instance),
        "w": [
            [scope.holder.number, scope.spec.name, _scope_out(scope), *scope.kept()[2:3]]
            for scope in instance.subprocesses.values()
            if scope.holder is not None
        ],
    }
    for mark in _marks(instance.seed):
        specials, body = _written(whole, mark)
        if len(body) > LARGEST:
            raise TooMuchData(reason=f"the state takes {len(body)} bytes, more than {LARGEST}")
        if not specials:
            return _at_rest(instance, body)
        if body.count(mark.encode()) == specials:
            return _at_rest(instance, mark.encode() + body)
    raise EngineError(reason="no mark is free")


def _at_rest(instance: Instance, body: bytes) -> bytes:
    """What has ended is kept for years and hardly read."""
    return zlib.compress(body) if instance.completed or instance.is_cancelled else body


def refuse_what_cannot_be_kept(values: Mapping[str, Any]) -> int:
    """Give how many bytes variables that come from outside take.

    Raises Invalid where they hold what a state cannot (large numbers, NUL, odd keys).
    """
    try:
        _, body = _written(values, "mark")
    except EngineError as problem:
        reason = problem.reason
    else:
        if b"\\u0000" not in body or not NUL.search(body):
            return len(body)
        reason = "a text holds the character NUL"
    raise Invalid(
        Text(vi=f"Có giá trị không lưu được ({reason}). Hãy sửa rồi gửi lại.", en=f"A value cannot be kept ({reason}).")
    )


def dump_value(value: Any) -> bytes:
    """Give the bytes of one value, kinds kept exact. Raises EngineError where it cannot be kept."""
    mark = f"${secrets.token_hex(8)}"
    return mark.encode() + _written({"v": value}, mark)[1]


def load_value(written: bytes) -> Any:
    """Give the value that `dump_value` wrote."""
    start = written.index(b"{")
    return _unmarked(orjson.loads(written[start:])["v"], written[:start].decode())


PACKED = "$packed"


def portable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give variables as plain JSON, to be sent elsewhere; `restored` gives them back exactly."""
    plain = not _written(values, "mark")[0] and PACKED not in values
    return dict(values) if plain else {PACKED: dump_value(dict(values)).decode()}


def restored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give variables back that `portable` wrote."""
    if set(values) != {PACKED}:
        return dict(values)
    found: dict[str, Any] = load_value(values[PACKED].encode())
    return found


def _written(value: Any, mark: str) -> tuple[int, bytes]:
    """Give the bytes of a value and how many marks they hold."""
    specials = 0

    def special(value: Any) -> Any:
        nonlocal specials
        for kind, (cls, write, _) in KINDS.items():
            if isinstance(value, cls):
                specials += 1
                return {mark: kind, "v": write(value)}
        if isinstance(value, set | frozenset):
            return sorted(value, key=repr)
        raise TypeError(f"{type(value).__name__} {value!r:.80}")

    try:
        body = orjson.dumps(value, default=special, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError as problem:
        reason = f"a variable cannot be kept: {problem.__cause__ or problem}"
        raise EngineError(reason=reason) from problem
    return specials, body


def _marks(seed: str) -> Iterator[str]:
    """Give keys to mark with: the same ones for the same state, and in the end some that nobody can foresee."""
    yield from (f"${seed[:6]}{attempt}" for attempt in range(3))
    yield from (f"${secrets.token_hex(8)}" for _ in range(3))


def load(definition: Definition, state: bytes, run: Run) -> Instance:
    """Give the instance that `dump` wrote. Raises EngineError where the definition has not its elements."""
    if state.startswith(COMPRESSED):
        state = zlib.decompress(state)
    start = state.index(b"{")
    whole = orjson.loads(state[start:])
    if start:
        whole = _unmarked(whole, state[:start].decode())
    if whole["f"] != FORMAT:
        raise EngineError(reason=f"the state is of format {whole['f']}, not {FORMAT}")
    instance = Instance(definition.compiled, run, seed=whole["s"], counter=whole["n"])
    instance.completed, instance.is_cancelled = bool(whole["c"]), whole["c"] > 1
    instance.error_code, instance.error_message = whole["e"], whole.get("m", "")
    instance.fixed = whole.get("k", {})
    tokens: dict[int, Token] = {}
    _scope_in(instance, whole, tokens)
    for number, key, inner, *ref in whole["w"]:
        holder = tokens[number]
        version = _version(run, ref[0]) if ref else None
        spec = (holder.workflow if version is None else version.definition).compiled.subprocess_specs[key]
        scope = SubScope(spec, holder, instance, is_process=key == spec.process_key, version=version)
        instance.subprocesses[holder.id] = scope
        _scope_in(scope, inner, tokens)
    return instance


def _version(run: Run, ref: str) -> Called:
    try:
        return run.ports.version(ref)
    except LookupError:
        raise EngineError(reason=f"the version {ref!r} that a call chose is gone") from None


def _scope_out(scope: Scope) -> dict[str, Any]:
    rows = []
    for token in scope.tasks.values():
        row = [
            token.number,
            token.task_spec.name,
            token._state,
            token.entered + 2 * token.armed,
            parent.number if (parent := token.parent) else 0,
            token.internal_data,
            token.local,
        ]
        while not row[-1]:
            row.pop()
        rows.append(row)
    return {"d": scope.data, "t": rows, **({"l": scope.log} if scope.log and not scope.completed else {})}


def _scope_in(scope: Scope, written: dict[str, Any], tokens: dict[int, Token]) -> None:
    scope.data, scope.log = written["d"], written.get("l", [])
    seed, specs = scope.top_workflow.seed, scope.spec.task_specs
    for row in written["t"]:
        number, name, state, flags, parent, notes, local = row + [0, 0, None, None][len(row) - 3 :]
        if name not in specs:
            raise EngineError(element_id=name, reason="the definition does not have this element")
        token = Token(
            scope, specs[name], tokens[parent] if parent else None, id=f"{seed}.{number}", local=local, armed=flags >= 2
        )
        token._state, token.entered, token.internal_data = state, bool(flags & 1), notes or {}
        if notes and (FAULT in notes or HELD in notes):
            scope.top_workflow.has_faults = True
        tokens[number] = token


def _unmarked(value: Any, mark: str) -> Any:
    if isinstance(value, list):
        return [_unmarked(item, mark) for item in value]
    if not isinstance(value, dict):
        return value
    if mark in value:
        return KINDS[value[mark]][2](value["v"])
    return {key: _unmarked(item, mark) for key, item in value.items()}
