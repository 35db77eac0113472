"""/designer/definitions/<id>/try: a decision asked with values that somebody types; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from flask import Blueprint, render_template, request

from errors import ExpressionFailed, NotFound
from services import decisions
from services.decisions import Decided, Question
from services.permissions import Permission
from storage.queries import deployments as queries
from texts import Text
from web.account import signed_in
from web.designer.words import kind_of

blueprint = Blueprint("designer_decisions", __name__)
LONGEST = 20_000
"""Characters of one value."""
WORDS = {"true": True, "false": False, "null": None}
YES_NO = (("true", Text("Đúng (true)", "True")), ("false", Text("Sai (false)", "False")))
NO_NUMBER = Text("Cần một số, ví dụ 12.5.", "This must be a number, such as 12.5.")
NO_OBJECT = Text('Cần một đối tượng JSON, ví dụ {"amount": 5}.', 'This must be a JSON object, such as {"amount": 5}.')
TOO_LONG = Text("Giá trị quá dài.", "This value is too long.")


class Unreadable(ValueError):
    """A value cannot be read; `text` says what it must be."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A question with what was typed, and what is wrong with that."""

    id: str
    question: Question
    typed: str
    error: Text | None = None


@blueprint.get("/designer/definitions/<definition_id>/try")
def shown(definition_id: str) -> str:
    """Show the questions; with values, what the decision gives and the rules that matched."""
    viewer = signed_in(Permission.DESIGN)
    version = queries.version(definition_id) if definition_id.isprintable() else None
    if version is None or version.kind != "decision":
        raise NotFound()
    fields = [_field(f"v{n}", one) for n, one in enumerate(decisions.questions(viewer, definition_id))]
    more = _field("more", Question(name="", type="context"))
    decided: Decided | None = None
    failure: Text | None = None
    asked = any(field.id in request.args for field in (*fields, more))  # not where only the language is chosen
    if asked and not any(field.error for field in (*fields, more)):
        try:
            decided = decisions.try_version(viewer, definition_id, _variables(fields, more), now=datetime.now(UTC))
        except ExpressionFailed as failed:
            failure = failed.text
    return render_template(
        "designer/try.html",
        version=version,
        kind=kind_of(version),
        fields=fields,
        more=more,
        decided=decided,
        failure=failure,
        result=_written(decided.outputs) if decided else "",
        matched=[(rule, _pairs(rule.inputs), _pairs(rule.outputs)) for rule in decided.matched] if decided else [],
        yes_no=YES_NO,
    )


def _field(name: str, question: Question) -> Field:
    typed = request.args.get(name, "").replace("\0", "").strip()
    try:
        _read(question.type, typed)
    except Unreadable as wrong:
        return Field(id=name, question=question, typed=typed, error=wrong.text)
    return Field(id=name, question=question, typed=typed)


def _read(kind: str, typed: str) -> Any:
    """Give the value that somebody typed for a type; an empty field is null. Raises Unreadable."""
    if len(typed) > LONGEST:
        raise Unreadable(TOO_LONG)
    if not typed or kind == "boolean":
        return WORDS.get(typed)
    if kind == "number":
        return _number(typed)
    if kind == "context":
        return _object(typed)
    return typed if kind else _guessed(typed)


def _number(typed: str) -> Decimal:
    try:
        number = Decimal(typed)
    except InvalidOperation:
        raise Unreadable(NO_NUMBER) from None
    if not number.is_finite() or len(typed) > 40 or abs(number.adjusted()) > 300:
        raise Unreadable(NO_NUMBER)
    return number


def _object(typed: str) -> dict[str, Any]:
    try:
        found = json.loads(typed, parse_float=Decimal, parse_constant=_number)
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):
        raise Unreadable(NO_OBJECT) from None
    if not isinstance(found, dict):
        raise Unreadable(NO_OBJECT)
    return found


def _guessed(typed: str) -> Any:
    """Give a number, true, false, null, a list or an object where it is written so; else the text."""
    try:
        found = json.loads(typed, parse_float=Decimal, parse_constant=_number)
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except (ValueError, RecursionError):
        return typed
    return found


def _variables(fields: Iterable[Field], more: Field) -> dict[str, Any]:
    variables: dict[str, Any] = _read("context", more.typed) or {}
    for field in fields:
        *path, last = field.question.name.split(".")
        inside = variables
        for step in path:
            held = inside.setdefault(step, {})
            inside = held if isinstance(held, dict) else {}
        inside.setdefault(last, _read(field.question.type, field.typed))
    return variables


def _written(value: Any) -> str:
    """Write a value as JSON for people: every digit, moments as ISO 8601."""
    return orjson.dumps(value, default=_beyond_json, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode()


def _beyond_json(value: Any) -> Any:
    return orjson.Fragment(format(value, "f")) if isinstance(value, Decimal) else str(value)


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, _written(value)) for name, value in values.items()]
