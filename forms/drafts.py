"""Answers that were typed and not sent: kept as they are, read again later, compared, moved to a newer form.

A draft is JSON: names of the form only, each value as it was typed, however wrong. What was typed for a number and
cannot be read without guessing is a string there, and has to be that again (`read_back`), never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forms import model, numbers
from forms.model import Component, Container, Field, Form, Names, Repeated
from forms.nodes import MISSING, find, put
from forms.values import Posted, Unreadable
from forms.views import FieldView, FileLink, fields, flat
from texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that two contents answer otherwise; an empty Text: no answer."""

    path: str
    label: Text
    mine: Text
    theirs: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An answer for which a newer form has no field."""

    label: Text
    answer: Text


def kept(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of the answers stands under names of the form, in groups and lists as the form has them."""
    known = _kept(form.names, answers)
    return known if isinstance(known, dict) else {}


def read_back(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give kept answers as `submission.from_post` gave them: for `validate` and `fields`."""
    return _level(form.components, answers, {}, ())


def lost(old: Form, new: Form, answers: Mapping[str, Any]) -> tuple[Lost, ...]:
    """Name the answers to an older form for which a newer one has no field."""
    remaining = {path for path, _ in _leaves(kept(new, answers), ())}
    gone = [path for path, value in _leaves(answers, ()) if path not in remaining and value not in ("", None, False)]
    views = {view.path: view for view in _shown(old, answers, {}, None)}
    return tuple(_lost(path, views.get(path), answers) for path in gone)


def differences(
    form: Form,
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    *,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, FileLink] | None = None,
    now: datetime | None = None,
) -> tuple[Difference, ...]:
    """Give the fields that two contents answer otherwise, in the order of the form."""
    ours, others = (
        {view.path: view for view in _shown(form, answers, variables or {}, now, files)} for answers in (mine, theirs)
    )
    found = []
    for path, view in {**ours, **others}.items():
        one, other = (_answer(views.get(path)) for views in (ours, others))
        if one != other:
            found.append(Difference(path=path, label=view.label or Text(path, path), mine=one, theirs=other))
    return tuple(found)


def _kept(names: Names, value: Any) -> Any:
    if names.inner is None:
        return value
    if names.is_list:
        row = Names(names.inner)
        return [_kept(row, one) or {} for one in value] if isinstance(value, list) else None
    if not isinstance(value, Mapping):
        return None
    found = {key: _kept(names.inner[key], one) for key, one in value.items() if key in names.inner}
    return {key: one for key, one in found.items() if one is not None or value[key] is None}


def _level(
    components: Iterable[Component], answers: Mapping[str, Any], into: dict[str, Any], inner: tuple[str, ...]
) -> dict[str, Any]:
    for component in components:
        if not isinstance(component, Field | Container):
            continue
        path = inner + component.path
        if isinstance(component, Container) and not isinstance(component, Repeated):
            _level(component.components, answers, into, path)
            continue
        value = find(answers, path)
        if isinstance(component, Repeated) and isinstance(value, list):
            put(into, path, [_level(component.components, row, {}, ()) for row in value if isinstance(row, Mapping)])
        elif isinstance(component, Field) and path and not isinstance(component, model.Computed):
            _take(component, path, value, into)
    return into


def _take(component: Field, path: tuple[str, ...], value: Any, into: dict[str, Any]) -> None:
    if isinstance(component, model.NumberInput) and isinstance(value, str):
        read = numbers.read(value, whole=component.decimal_digits == 0, exact=True) if component.as_text else None
        value = read if isinstance(read, str) else Unreadable(value)
    elif isinstance(component, model.Choice) and component.values_expression is not None:
        value = [_posted(one) for one in value] if isinstance(value, list) else _posted(value)
    if value is not MISSING:
        put(into, path, value)


def _posted(value: Any) -> Any:
    return Posted(value) if isinstance(value, str) else value


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Give every answer with its dotted path; a list of plain values is one answer."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _leaves(one, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for number, one in enumerate(value):
            yield from _leaves(one, (*path, str(number)))
    elif value != []:
        yield ".".join(path), value


def _shown(
    form: Form,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    now: datetime | None,
    files: Mapping[str, FileLink] | None = None,
) -> tuple[FieldView, ...]:
    return flat(fields(form, answers, variables=variables, files=files, now=now))


def _answer(view: FieldView | None) -> Text:
    """Give what a reader sees of an answer; of one that cannot be read, what was typed."""
    if view is None:
        return model.NOTHING
    return view.answer or view.value


def _lost(path: str, view: FieldView | None, answers: Mapping[str, Any]) -> Lost:
    if view is None:
        value = str(next(one for name, one in _leaves(answers, ()) if name == path))[:200]
        return Lost(label=Text(path, path), answer=Text(value, value))
    return Lost(label=view.label or Text(path, path), answer=_answer(view))
