"""What form-js and our validator say of one pair, and where they differ."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from forms.fill import fill
from forms.nodes import MISSING, walk
from forms.schema import read
from forms.validate import validate
from forms.values import same
from tests.forms.parity.pairs import Pair
from tests.forms.parity.viewer import Viewer

ABSENT = "(absent)"
MOST_ROUNDS = 5
RULES = {
    "Value is not a number": "nan",
    "Value is expected to": "decimal_digits",
    "Please select a valid value": "increment",
    "Field must match pattern": "pattern",
    "told": "pattern",
    "Field is required": "required",
    "Field must have minimum value": "min",
    "Min validation value": "min",
    "Field must have maximum value": "max",
    "Max validation value": "max",
    "Field must have minimum length": "min_length",
    "Field must have maximum length": "max_length",
    "Field must be a valid  international": "phone",
    "Field must be a valid email": "email",
}


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one of the two says: fields in sight, the rules broken at each field, the values to store at each path."""

    visible: frozenset[str]
    errors: dict[str, frozenset[str]]
    stored: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field where they differ: in `visible`, `errors` or `stored`."""

    field: str
    aspect: str
    theirs: Any
    ours: Any


def theirs(viewer: Viewer, pair: Pair) -> Said | str:
    """Ask form-js; a text where it crashes."""
    found = viewer.play(pair.schema, pair.variables, pair.answers)
    if "crash" in found:
        return str(found["crash"])
    errors = {path: frozenset(map(_rule, messages)) for path, messages in found["errors"].items()}
    fields = frozenset(found["visible"])
    return Said(visible=fields, errors=errors, stored=_at(found["data"], fields))


def possible(pair: Pair) -> Pair:
    """Leave out answers that a person cannot give: to fields that an expression makes readonly."""
    form = read(pair.schema)
    for _ in range(MOST_ROUNDS):
        filling = fill(form, pair.answers, pair.variables, now=datetime.now(UTC))
        locked = [node.path for node in walk(filling.nodes) if node.readonly and node.raw is not MISSING]
        if not locked:
            break
        answers = copy.deepcopy(pair.answers)
        for path in locked:
            inside: Any = answers
            for step in path[:-1]:
                inside = inside[step]
            del inside[path[-1]]
        pair = replace(pair, answers=answers)
    return pair


def ours(pair: Pair) -> Said:
    """Ask our validator."""
    found = validate(read(pair.schema), pair.answers, variables=pair.variables, now=datetime.now(UTC))
    errors: dict[str, frozenset[str]] = {}
    for detail in found.errors:
        errors[detail.field] = errors.get(detail.field, frozenset()) | {detail.code}
    fields = frozenset(found.visible)
    return Said(visible=fields, errors=errors, stored=_at(found.data, fields))


def _rule(message: str) -> str:
    return next((rule for start, rule in RULES.items() if message.startswith(start)), message)


def _at(data: Any, fields: frozenset[str]) -> dict[str, Any]:
    """Give what stands at each field's path, and what stands anywhere else, by its path."""
    left: dict[str, Any] = {}

    def walk(value: Any, path: str) -> None:
        if path not in fields and isinstance(value, dict | list) and value:
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                walk(inner, f"{path}.{key}" if path else str(key))
        elif path:
            left[path] = value

    walk(data, "")
    return left


def differences(one: Said, other: Said) -> list[Difference]:
    """Compare what form-js says with what we say, field by field; what only one shows is compared no further."""
    found = [
        Difference(field=field, aspect="visible", theirs=field in one.visible, ours=field in other.visible)
        for field in sorted(one.visible ^ other.visible)
    ]
    seen = {difference.field for difference in found}
    for field in sorted((one.errors.keys() | other.errors.keys()) - seen):
        broken = one.errors.get(field, frozenset()), other.errors.get(field, frozenset())
        if broken[0] != broken[1]:
            found.append(Difference(field=field, aspect="errors", theirs=sorted(broken[0]), ours=sorted(broken[1])))
    for field in sorted((one.stored.keys() | other.stored.keys()) - seen):
        values = one.stored.get(field, ABSENT), other.stored.get(field, ABSENT)
        if not same(values[0], values[1]):
            found.append(Difference(field=field, aspect="stored", theirs=values[0], ours=values[1]))
    return found


def plain(name: str) -> str:
    """Give a path without its row numbers."""
    return re.sub(r"\.\d+(?=\.|$)", "", name)
