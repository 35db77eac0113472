"""Where we differ from form-js on purpose: each rule of the table in docs/reference/form-parity.md as a narrow test."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.forms.parity.compare import ABSENT, Difference, Said, plain
from tests.forms.parity.pairs import Pair, Schema

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "form-parity.md"
Test = Callable[[Difference, Schema, Any], bool]
"""Says whether a difference is the one meant; gets the field's schema and its answer (ABSENT: none was sent)."""


REFUSED = {"not_an_option": "not-an-option", "wrong_type": "not-an-option", "past": "past-refused"}
"""What we refuse and form-js empties; `said` is what we say."""


def documented() -> set[str]:
    """Give the names in the first column of the page's table."""
    return set(re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(), re.M))


def _not_an_option(it: Difference, field: Schema, answer: Any) -> bool:
    if field.get("type") not in ("radio", "select", "checklist", "taglist") or answer in (ABSENT, None, []):
        return False
    if it.aspect == "errors":
        return bool({"not_an_option", "wrong_type"} & set(it.ours)) and set(it.theirs) <= {"required"}
    return it.aspect == "stored"


def _files(it: Difference, field: Schema, answer: Any) -> bool:
    if field.get("type") != "filepicker" or it.aspect != "stored":
        return False
    return (it.theirs is None and it.ours == []) or (str(it.theirs).startswith("files::") and it.ours == answer)


def _past(it: Difference, field: Schema, answer: Any) -> bool:
    if not field.get("disallowPassedDates"):
        return False
    if it.aspect == "errors":
        return it.ours == ["past"] and set(it.theirs) <= {"required"}
    return it.aspect == "stored" and it.theirs is None


def _empty_rows(it: Difference, field: Schema, answer: Any) -> bool:
    return not field and it.aspect == "stored" and it.ours in ([], {}, ABSENT) and it.theirs in (ABSENT, None)


def _fixed_rows(it: Difference, field: Schema, answer: Any) -> bool:
    return not field and it.aspect == "errors" and it.ours == ["fixed_rows"]


def _blanks(it: Difference, field: Schema, answer: Any) -> bool:
    given = [x for x in (answer, field.get("defaultValue")) if isinstance(x, str) and "\t" in x]
    return it.aspect == "stored" and it.theirs in given and it.ours == it.theirs.replace("\t", " ")


def _composed(it: Difference, field: Schema, answer: Any) -> bool:
    given = [x for x in (answer, field.get("defaultValue"), it.theirs) if isinstance(x, str)]
    return any(not unicodedata.is_normalized("NFC", x) for x in given)


def _decimal(it: Difference, field: Schema, answer: Any) -> bool:
    return (
        field.get("type") == "number"
        and it.aspect == "stored"
        and answer is ABSENT
        and (it.theirs, it.ours) == (16, None)
    )


def _number_text(it: Difference, field: Schema, answer: Any) -> bool:
    if not (field.get("serializeToString") and it.aspect == "stored"):
        return False
    return all(isinstance(x, str) for x in (it.theirs, it.ours)) and Decimal(it.theirs) == Decimal(it.ours)


def _lenient(it: Difference, field: Schema, answer: Any) -> bool:
    return field.get("type") == "datetime" and answer is ABSENT and it.aspect == "stored" and it.ours is None


def _on_offer(it: Difference, field: Schema, answer: Any) -> bool:
    if field.get("type") != "datetime" or it.aspect != "stored":
        return False
    both = [x for x in (it.theirs, it.ours) if isinstance(x, str)]
    return len(both) == 2 and both[0].replace(":59", ":45") == both[1].replace(":59", ":45")


def _empty_text(it: Difference, field: Schema, answer: Any) -> bool:
    return "valuesExpression" in field and answer is ABSENT and (it.theirs, it.ours) == ("", None)


ALLOWED: dict[str, Test] = {
    "not-an-option": _not_an_option,
    "files-are-ids": _files,
    "past-refused": _past,
    "empty-rows-stored": _empty_rows,
    "fixed-rows": _fixed_rows,
    "tabs-are-blanks": _blanks,
    "composed-characters": _composed,
    "number-notation": _number_text,
    "iso-times-only": _lenient,
    "empty-text-is-null": _empty_text,
    "times-on-offer": _on_offer,
    "decimal-notation-only": _decimal,
}


def judged(pair: Pair, said: Said, found: list[Difference]) -> Iterator[tuple[Difference, str | None]]:
    """Give each difference with the name of what allows it, or None.

    A difference that is allowed may lead to others: a field whose expressions (or its containers') mention the first
    one's field is allowed under the same name.
    """
    fields = dict(_fields(pair.schema["components"], "", ""))
    tainted = {
        _last(path): name for path, rules in said.errors.items() for rule in rules if (name := REFUSED.get(rule))
    }
    for path, (field, _) in fields.items():
        if field["type"] == "filepicker" and _has_files(pair.answers, path.split(".")):
            tainted.setdefault(_last(path), "files-are-ids")
    for path, value in _leaves(pair.variables):
        if value == "0x10" and fields.get(path, ({}, ""))[0].get("type") == "number":
            tainted.setdefault(_last(path), "decimal-notation-only")
    left = []
    for it in found:
        field, _ = fields.get(plain(it.field), ({}, ""))
        name = next((name for name, test in ALLOWED.items() if test(it, field, _answer(pair.answers, it.field))), None)
        if name is None:
            left.append(it)
            continue
        tainted.setdefault(_last(it.field), name)
        yield it, name
    for _ in range(len(left)):
        for it in list(left):
            field, sources = fields.get(plain(it.field), ({}, ""))
            cause = next((name for word, name in tainted.items() if re.search(rf"\b{word}\b", sources)), None)
            cause = cause or (tainted.get(_last(it.field)) if it.aspect == "errors" else None)
            if cause is not None:
                left.remove(it)
                tainted.setdefault(_last(it.field), cause)
                yield it, cause
    yield from ((it, None) for it in left)


def _last(path: str) -> str:
    return plain(path).rpartition(".")[2]


def _fields(components: list[Schema], path: str, sources: str) -> Iterator[tuple[str, tuple[Schema, str]]]:
    """Give each field with the sources of all expressions that decide about it, by its path without row numbers."""
    for component in components:
        own = {key: value for key, value in component.items() if key != "components"}
        said = sources + json.dumps(own, ensure_ascii=False)
        place = ".".join(x for x in (path, component.get("key") or component.get("path") or "") if x)
        if "components" in component:
            yield from _fields(component["components"], place, said)
        elif "key" in component:
            for name in ("key", "label"):
                said = said.replace(f'"{name}": "{component["key"]}"', "")
            yield place, (component, said)


def _has_files(answers: Any, steps: list[str]) -> bool:
    if isinstance(answers, list) and steps:
        return any(_has_files(row, steps) for row in answers)
    if not steps:
        return bool(answers)
    return isinstance(answers, dict) and steps[0] in answers and _has_files(answers[steps[0]], steps[1:])


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give the leaves of data by their paths without row numbers."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value


def _answer(answers: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(answers, list) and step.isdigit() and int(step) < len(answers):
            answers = answers[int(step)]
        elif isinstance(answers, dict) and step in answers:
            answers = answers[step]
        else:
            return ABSENT
    return answers
