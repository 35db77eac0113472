"""bpmn.io's feelin in QuickJS: one JavaScript context for each thread, with limits on memory, stack and time.

The bundle is made by `node web/frontend/build.mjs` (part of every `make` word); see feelin.entry.mjs for what it gives.
"""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import quickjs

from errors import Unavailable
from expressions.failures import Refusal
from texts import Text

BUNDLE: Final = Path(__file__).with_name("feelin.js")
MEMORY: Final = 64 * 1024 * 1024
STACK: Final = 1024 * 1024
SECONDS: Final = 0.5
"""Processor time of the process during one call: a call needs about a thousandth of it."""
LONGEST_RESULT: Final = 4_000_000
"""Characters of JSON."""
FAILED: Final = '{"error":'
TWO: Final = '{"value":2}'

_own = threading.local()


def call(kind: str, source: str, context: bytes, shape: str, now: str) -> Any:
    """Run one source; give what its JSON holds, moments still marked. Raises Refusal, or Unavailable (no bundle)."""
    known = hasattr(_own, "run")
    try:
        answer = _run(kind, source, context.decode(), shape, now)
        if known and answer.startswith(FAILED) and not _is_sound():
            answer = _run(kind, source, context.decode(), shape, now)
    except quickjs.JSException as error:
        # what others have left behind may have taken the memory: a source is judged by a context of its own
        if not known or "interrupted" in str(error):
            raise _over_limit(str(error)) from None
        try:
            answer = _run(kind, source, context.decode(), shape, now)
        except quickjs.JSException as again:
            raise _over_limit(str(again)) from None
    if len(answer) > LONGEST_RESULT:
        raise Refusal("kết quả FEEL quá lớn", "the FEEL result is too large")
    told = orjson.loads(answer)
    if "error" in told:
        raise Refusal(f"FEEL: {told['error'][:200]}", f"FEEL: {told['error'][:200]}")
    return told["value"]


def _run(*arguments: str) -> str:
    """Run in this thread's context; one that fails is thrown away: what stopped it may have left it half done."""
    if not hasattr(_own, "run"):
        _own.run = _start()
    try:
        return str(_own.run(*arguments))
    except quickjs.JSException:
        del _own.run
        raise


def _is_sound() -> bool:
    """Ask this thread's context for one and one; where it does not know, others have spoilt it and it is thrown away.

    Found by fuzzing: after one of many thousand sources each one failed, to the end of the process.
    """
    try:
        sound = _run("value", "1 + 1", "{}", "", "") == TWO
    except quickjs.JSException:
        return False
    if not sound:
        del _own.run
    return sound


def _over_limit(message: str) -> Refusal:
    if "interrupted" in message:
        return Refusal("biểu thức FEEL chạy quá lâu", "the FEEL expression takes too much time")
    return Refusal("biểu thức FEEL dùng quá nhiều bộ nhớ", "the FEEL expression uses too much memory")


def _start() -> Any:
    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_max_stack_size(STACK)
    context.eval(_bundle())
    context.set_time_limit(SECONDS)
    return context.get("motcuaFeel")


@cache
def _bundle() -> str:
    try:
        return BUNDLE.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Unavailable(
            Text(
                vi="Chưa có bộ đánh giá FEEL (expressions/feelin.js): hãy chạy `make setup`.",
                en="The FEEL evaluator (expressions/feelin.js) is not built: run `make setup`.",
            )
        ) from None
