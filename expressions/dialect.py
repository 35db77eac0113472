"""Which language a diagram's expression is in, and what to do with it: one face over Python, FEEL and JUEL.

`=…` is FEEL and `${…}` or `#{…}` is JUEL, whatever the diagram says; anything else is the diagram's own language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from errors import ExpressionFailed
from expressions import feel, juel, juel_values, python
from expressions.failures import Missing, Refusal, failed
from expressions.plain import copied
from expressions.zone import OFFICE
from texts import Text

LONGEST_TEXT = 4_000
"""Characters of a text with parts to fill in."""
_PARTS = re.compile(r"""\\(?P<sign>[$\#]\{)|[$\#]\{(?P<inside>(?:[^'"}]|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")*)\}""")


_TOO_LONG = Text(vi=f"dài quá {LONGEST_TEXT} ký tự", en=f"it is longer than {LONGEST_TEXT} characters")


class Language(StrEnum):
    """The languages that a diagram's expressions are written in."""

    PYTHON = "python"
    """The subset of Python (expressions/python.py): SpiffWorkflow's own, and ours where a diagram says nothing."""
    FEEL = "feel"
    """FEEL (expressions/feel/): forms, decision tables, Camunda 8."""
    JUEL = "juel"
    """What of JUEL is followed to the letter (expressions/juel.py): Camunda 7, Flowable."""


def language_of(source: str, *, default: Language = Language.PYTHON) -> tuple[Language, str]:
    """Give the language of a source and the source without its mark (`=`, or `${` and `}` around all of it)."""
    bare = source.strip()
    if bare.startswith("="):
        return Language.FEEL, bare[1:].strip()
    if bare.startswith(("${", "#{")):
        whole = _PARTS.fullmatch(bare)
        return Language.JUEL, whole["inside"].strip() if whole else bare
    return default, bare if default is not Language.PYTHON else source


def evaluate(
    source: str,
    variables: Mapping[str, Any],
    *,
    default: Language = Language.PYTHON,
    now: datetime | None = None,
    extra: python.Functions | None = None,
) -> Any:
    """Evaluate an expression of a diagram; give plain data of its own.

    `now`: what `now()` and `today()` give. `extra`: more functions, for Python. Raises ExpressionFailed.
    """
    language, bare = language_of(source, default=default)
    match language:
        case Language.FEEL:
            return feel.evaluate(bare, variables, now=now)
        case Language.JUEL:
            return _juel(bare, juel.Given(variables=variables, now=now))
    return python.evaluate(bare, variables, extra=_clock(now, extra))


def holds(source: str, variables: Mapping[str, Any], *, now: datetime | None = None, null: bool = False) -> bool:
    """Evaluate a condition. FEEL and JUEL must give true or false; Python's values count as they do there.

    `null`: a condition that gives null does not hold, as where one waits for it to become true.

    Raises ExpressionFailed, also where a condition gives something else (null, a text): a way is not guessed.
    """
    value = evaluate(source, variables, now=now)
    if isinstance(value, bool) or (null and value is None) or language_of(source)[0] is Language.PYTHON:
        return bool(value)
    shown = "null" if value is None else type(value).__name__
    raise failed(Text(vi=f"điều kiện không cho đúng/sai ({shown})", en=f"the condition is not true or false ({shown})"))


def assignments(
    source: str, variables: Mapping[str, Any], *, now: datetime | None = None
) -> tuple[Any, dict[str, Any]]:
    """Evaluate an expression in FEEL or JUEL that may assign; give its value and what it assigns, as plain data."""
    language, bare = language_of(source)
    if language is Language.JUEL:
        assigned: dict[str, Any] = {}
        value = _juel(bare, juel.Given(variables=variables, now=now, assigned=assigned), assigns=True)
        return value, {name: copied(juel_values.plain(given)) for name, given in assigned.items()}
    return evaluate(source, variables, now=now), {}


def in_parts(source: str, evaluate: Callable[[str], Any]) -> str | None:
    """Fill the `${…}` parts of a text by another's evaluation; None where it has none or is one expression."""
    if is_whole(source) or not _PARTS.search(source) or source.strip().startswith("="):
        return None
    return _PARTS.sub(lambda part: part["sign"] or _shown(evaluate(part[0])), source)


def is_whole(source: str) -> bool:
    """Tell whether a text is one expression of FEEL or JUEL and nothing else."""
    language, _ = language_of(source)
    return language is Language.FEEL or (language is Language.JUEL and bool(_PARTS.fullmatch(source.strip())))


def filled(source: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
    """Give the value of a text with `${…}` parts: the part's own where there is nothing else, FEEL's behind `=`."""
    if is_whole(source):
        return evaluate(source, variables, now=now)
    return template(source, variables, now=now)


def refusal(source: str, *, default: Language = Language.PYTHON, assigns: bool = False) -> Text | None:
    """Give the reason why an expression cannot be accepted, in both languages, or None.

    `assigns`: JUEL may assign with `execution.setVariable`.
    """
    language, bare = language_of(source, default=default)
    match language:
        case Language.FEEL:
            return feel.refusal(bare)
        case Language.JUEL:
            return _juel_refusal(bare, assigns)
    return python.refusal(bare)


def check(source: str, *, default: Language = Language.PYTHON) -> str | None:
    """Give the English reason why an expression is refused at upload, or None."""
    reason = refusal(source, default=default)
    return reason.en if reason else None


def template(source: str, variables: Mapping[str, Any], *, now: datetime | None = None) -> str:
    """Fill the `${…}` parts of a text (`\\${` stays); a text that begins with `=` is FEEL. Null becomes nothing.

    Raises ExpressionFailed where a part fails or gives a list or map.
    """
    language, bare = language_of(source)
    if language is Language.FEEL:
        return _shown(feel.evaluate(bare, variables, now=now))

    if len(source) > LONGEST_TEXT:
        raise failed(_TOO_LONG)

    def filled(part: re.Match[str]) -> str:
        return part["sign"] or _shown(_juel(part["inside"], juel.Given(variables=variables, now=now)))

    return _PARTS.sub(filled, source)


def check_template(source: str) -> str | None:
    """Give the English reason why a text with `${…}` parts is refused at upload, or None."""
    language, bare = language_of(source)
    if language is Language.FEEL:
        return feel.check(bare)
    if len(source) > LONGEST_TEXT:
        return _TOO_LONG.en
    reasons = [_juel_refusal(part["inside"]) for part in _PARTS.finditer(source) if not part["sign"]]
    return next((reason.en for reason in reasons if reason), None)


def _juel(source: str, given: juel.Given, *, assigns: bool = False) -> Any:
    try:
        return copied(juel_values.plain(juel.compiled(source, assigns)(given)))
    except Refusal as error:
        raise failed(error.text, is_missing=isinstance(error, Missing)) from None
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise failed(Text(vi=f"không tính được ({error})", en=f"cannot be computed ({error})")) from None


def _juel_refusal(source: str, assigns: bool = False) -> Text | None:
    try:
        juel.compiled(source, assigns)
    except Refusal as error:
        return error.text
    return None


def _clock(now: datetime | None, extra: python.Functions | None) -> python.Functions | None:
    if now is None:
        return extra
    local = now.astimezone(OFFICE)
    return {"now": lambda: local, "today": local.date, **(extra or {})}


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | float | Decimal):
        return str(value)
    raise ExpressionFailed(
        Text(vi="Danh sách hoặc đối tượng không đặt được vào chuỗi.", en="A list or map cannot stand in a text."),
        reason="a list or map cannot stand in a text",
    )
