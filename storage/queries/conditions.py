"""Conditions of saved views: a closed set of fields of tasks and of comparisons, each written as SQL only here.

What somebody types is a value, never a part of a statement: a field or comparison that is not in this file is none.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_
from sqlalchemy.orm import InstrumentedAttribute

from storage.queries import words
from storage.tables import Dossier, Instance, Task

ME, NOBODY = "@me", "@nobody"
"""Values of the assignee that no user name is: whoever looks, and nobody yet."""


class Comparison(StrEnum):
    """How a field is compared."""

    IS = "is"
    """It is one of the values."""
    IS_NOT = "is_not"
    """It is none of the values; a field without a value is none of them, too."""
    BEFORE = "before"
    """It is a moment before the value."""
    AFTER = "after"
    """It is a moment at or after the value."""
    EMPTY = "empty"
    """It has no value."""
    AT_LEAST = "at_least"
    """It is this number or more."""
    AT_MOST = "at_most"
    """It is this number or less."""
    YES = "yes"
    """It is so."""
    NO = "no"
    """It is not so."""
    HOLDS = "holds"
    """It holds all words of the value."""


class Kind(StrEnum):
    """What a field consists of."""

    CHOICE = "choice"
    """One of some texts."""
    NUMBER = "number"
    """A whole number."""
    MOMENT = "moment"
    """A moment, or nothing."""
    FLAG = "flag"
    """So, or not so."""
    WORDS = "words"
    """Words to be found."""


C = Comparison
COMPARISONS: Mapping[Kind, tuple[Comparison, ...]] = {
    Kind.CHOICE: (C.IS, C.IS_NOT),
    Kind.NUMBER: (C.IS, C.IS_NOT, C.AT_LEAST, C.AT_MOST),
    Kind.MOMENT: (C.BEFORE, C.AFTER, C.EMPTY),
    Kind.FLAG: (C.YES, C.NO),
    Kind.WORDS: (C.HOLDS,),
}
"""The comparisons that each kind of field has."""
_ORDERED: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    C.BEFORE: operator.lt, C.AFTER: operator.ge, C.AT_LEAST: operator.ge, C.AT_MOST: operator.le,
}  # fmt: skip
WITHOUT_VALUE = frozenset({C.EMPTY, C.YES, C.NO})
WITH_MANY = frozenset({C.IS, C.IS_NOT})

FIELDS: Mapping[str, Kind] = {
    "procedure": Kind.CHOICE, "step": Kind.CHOICE, "case": Kind.CHOICE, "channel": Kind.CHOICE, "unit": Kind.CHOICE,
    "clock": Kind.CHOICE, "assignee": Kind.CHOICE, "applicant": Kind.CHOICE, "status": Kind.NUMBER,
    "priority": Kind.NUMBER, "due": Kind.MOMENT, "dossier_due": Kind.MOMENT, "opened": Kind.MOMENT,
    "filed": Kind.MOMENT, "follow_up": Kind.MOMENT, "at_risk": Kind.FLAG, "breached": Kind.FLAG, "draft": Kind.FLAG,
    "suspended": Kind.FLAG, "dossier": Kind.FLAG, "text": Kind.WORDS,
}  # fmt: skip
"""Every field that a view may ask for."""

_VALUES: Mapping[str, InstrumentedAttribute[Any]] = {
    "procedure": Task.key, "step": Task.element_id, "case": Dossier.case_id, "channel": Dossier.channel,
    "unit": Task.unit_code, "clock": Dossier.clock_state, "assignee": Task.assignee, "applicant": Dossier.applicant,
    "status": Dossier.status, "priority": Task.priority, "due": Task.due_at, "dossier_due": Dossier.due_at,
    "opened": Task.created_at, "filed": Dossier.filed_at, "follow_up": Task.follow_up_at,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition, its values as the field's kind has them: texts, numbers, aware moments, folded words."""

    field: str
    comparison: Comparison
    values: tuple[Any, ...] = ()


def written(conditions: Iterable[Condition], username: str, now: datetime) -> list[ColumnElement[bool]]:
    """Write conditions as SQL on tasks, their instances and dossiers, for whoever looks at this moment."""
    return [_written(condition, username, now) for condition in conditions]


def _written(condition: Condition, username: str, now: datetime) -> ColumnElement[bool]:
    match FIELDS[condition.field]:
        case Kind.FLAG:
            flag = _flag(condition.field, now)
            return flag if condition.comparison == C.YES else not_(flag)
        case Kind.WORDS:
            return and_(*(held for text in condition.values for held in words.holding(text.split())))
        case _:
            return _compared(_VALUES[condition.field], condition.comparison, condition.values, username)


def _compared(
    column: InstrumentedAttribute[Any], comparison: Comparison, values: Sequence[Any], username: str
) -> ColumnElement[bool]:
    if comparison == C.EMPTY:
        return column.is_(None)
    if comparison == C.IS:
        return _one_of(column, values, username)
    if comparison == C.IS_NOT:
        other = not_(_one_of(column, values, username))
        return other if NOBODY in values else or_(column.is_(None), other)
    compared: ColumnElement[bool] = _ORDERED[comparison](column, values[0])
    return compared


def _one_of(column: InstrumentedAttribute[Any], values: Sequence[Any], username: str) -> ColumnElement[bool]:
    if column is not Task.assignee:
        return column.in_(values)
    named = and_(column.is_not(None), column.in_([username if each == ME else each for each in values]))
    return or_(named, column.is_(None)) if NOBODY in values else named


def _flag(field: str, now: datetime) -> ColumnElement[bool]:
    """Each is never null, so that its opposite is true of all others."""
    flags: Mapping[str, ColumnElement[bool]] = {
        "at_risk": Task.at_risk_at.is_not(None),
        "breached": and_(Task.due_at.is_not(None), Task.due_at < now),
        "draft": Task.has_draft.is_(True),
        "suspended": Instance.status == "suspended",
        "dossier": Task.dossier_id.is_not(None),
    }
    return flags[field]
