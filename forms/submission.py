"""From an HTML post to the data a program would have sent: nested, typed, in JSON's terms.

Controls are named `answers.` and the path of their field: `answers.name`, `answers.address.ward`,
`answers.people[0].name`. Everything without that prefix is the page's own (CSRF token, act, reason) and left alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from forms import model, moments, numbers, options, validators, values
from forms.allowance import measured
from forms.feel import Scope
from forms.model import Component, Container, Field, Form, Repeated
from forms.nodes import put

PREFIX = "answers."
BUTTON = "answers-do"
"""The name of the form's own buttons: `refresh`, `add answers.people`, `remove answers.people[0]`, `reset` only change
it; `submit` stands for the button of the page that sends it.
"""
MAX_PAIRS = 20_000
DEEPEST = 40
"""Steps of a name; a form's schema nests 60 levels of JSON, two a component."""
_STEP = re.compile(r"([^.\[\]]{1,200})((?:\[\d{1,4}\])*)")
_INDEX = re.compile(r"\[(\d{1,4})\]")
_VIETNAMESE_PHONE = re.compile(r"0\d{9,10}", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)

Steps: TypeAlias = tuple[str | int, ...]
Sent: TypeAlias = dict[Steps, list[str]]


def control_name(path: Sequence[str | int]) -> str:
    """Give the HTML name of the control at a path."""
    return PREFIX + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def steps_of(name: str) -> Steps | None:
    """Give the path that a control's name stands for; None: the name is the page's own, or not well formed."""
    if not name.startswith(PREFIX):
        return None
    steps: list[str | int] = []
    for part in name[len(PREFIX) :].split("."):
        found = _STEP.fullmatch(part)
        if found is None:
            return None
        steps.append(found[1])
        steps += [int(index) for index in _INDEX.findall(found[2])]
        if len(steps) > DEEPEST:
            return None
    return tuple(steps)


def presses(pairs: Iterable[tuple[str, str]], button: str) -> bool:
    """Say whether a button of the form itself was pressed: `submit` (do what the page's own button does) or `reset`."""
    return any(name == BUTTON and value == button for name, value in pairs)


def wants_refresh(pairs: Iterable[tuple[str, str]]) -> bool:
    """Say whether a button was pressed that only changes the form; then show it again and complete nothing."""
    return any(name == BUTTON and value != "submit" for name, value in pairs)


def from_post(
    form: Form, pairs: Iterable[tuple[str, str]], *, variables: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give the submitted data of an HTML post, for `validate` and `fields`; never raises.

    `pairs`: every name and value, repeated names included; the ids of uploaded documents are pairs as well.
    `variables`: only for options that come from a variable; what was chosen of those that an expression gives stays
    `values.Posted` until the form is filled. Numbers are read in Vietnamese and English notation; what
    cannot be read without guessing stays text (`values.Unreadable`) and is refused by `validate`. Names the form does
    not know are kept, so that `validate` refuses them by name. The macros send an empty value along with boxes, lists
    and files, so that "nothing chosen" differs from "not on the page".
    """
    with measured():
        return _from_post(form, pairs, variables or {})


def _from_post(form: Form, pairs: Iterable[tuple[str, str]], variables: Mapping[str, Any]) -> dict[str, Any]:
    sent: Sent = {}
    acts: list[str] = []
    strange: dict[str, str] = {}
    for number, (name, text) in enumerate(pairs):
        if number >= MAX_PAIRS:
            break
        if name == BUTTON:
            acts.append(text)
        elif name.startswith(PREFIX):
            steps = steps_of(name)
            if steps is None:
                strange[name[len(PREFIX) :]] = text
            else:
                sent.setdefault(steps, []).append(text)
    if "reset" in acts:
        return {}
    reader = _Reader(sent=sent, variables=variables)
    data = reader.level(form.components, (), {})
    for act in acts:
        _change_rows(form, data, act)
    return {**reader.unknown(), **strange, **data}


class _Reader:
    def __init__(self, *, sent: Sent, variables: Mapping[str, Any]) -> None:
        self.sent = sent
        self.variables = variables
        self.used: set[Steps] = set()
        self.counts = _row_counts(sent)

    def level(
        self, components: Iterable[Component], base: Steps, into: dict[str, Any], inner: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """Read components into `into`, which stands at `base`; `inner` is the path of the groups between."""
        for component in components:
            if isinstance(component, Field):
                self.field(component, base, into, inner + component.path)
            elif isinstance(component, Repeated):
                self.rows(component, base, into, inner + component.path)
            elif isinstance(component, Container):
                self.level(component.components, base, into, inner + component.path)
        return into

    def rows(self, component: Repeated, base: Steps, into: dict[str, Any], path: tuple[str, ...]) -> None:
        place = base + path
        self.used.add(place)
        count = self.counts.get(place, 0)
        rows = []
        for number in range(min(count, component.max_rows + 1)):
            self.used.add((*place, number))
            rows.append(self.level(component.components, (*place, number), {}))
        if rows or place in self.sent:
            put(into, path, rows)

    def field(self, field: Field, base: Steps, into: dict[str, Any], path: tuple[str, ...]) -> None:
        place = base + path
        self.used.add(place)
        texts = self.sent.get(place)
        if texts is not None and not isinstance(field, model.Computed):
            put(into, path, self.read(field, texts))

    def read(self, field: Field, texts: list[str]) -> Any:
        last = texts[-1]
        match field:
            case model.Checkbox():
                return any(text not in ("", "false", "0") for text in texts)
            case model.Choice():
                known = {}
                if field.values_expression is None:  # those of an expression depend on answers: `fill` finds them
                    known = options.by_key(options.of(field, self.variables, Scope(self.variables)))
                early = values.Posted if field.values_expression is not None else str
                chosen = [known[text] if text in known else early(text) for text in texts if text]
                return chosen if field.multiple else (chosen[-1] if chosen else None)
            case model.FileInput():
                return [text for text in texts if text]
            case model.NumberInput():
                return numbers.read(last, whole=field.decimal_digits == 0, exact=field.as_text)
            case model.DateInput():
                return _moment(field, last if len(texts) == 1 else "T".join(texts[:2]))
            case model.TextInput():
                return _text(field, last)
            case _:
                return last

    def unknown(self) -> dict[str, Any]:
        """Give what was sent under names that are no field's, by its dotted name."""
        return {".".join(map(str, steps)): texts[-1] for steps, texts in self.sent.items() if steps not in self.used}


def _row_counts(sent: Iterable[Steps]) -> dict[Steps, int]:
    """Count the rows of each list that something was sent for."""
    counts: dict[Steps, int] = {}
    for steps in sent:
        for at, step in enumerate(steps):
            if isinstance(step, int) and step >= counts.get(steps[:at], 0):
                counts[steps[:at]] = step + 1
    return counts


def _text(field: model.TextInput, text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if field.validation == "phone":
        digits = re.sub(r"[\s.()-]", "", text)
        if _VIETNAMESE_PHONE.fullmatch(digits):
            return "+84" + digits[1:]
        return digits if digits.startswith(("+", "00")) else text
    if field.validator:
        return validators.bare(field.validator, text)
    return text.strip() if field.validation == "email" else text


def _moment(field: model.DateInput, text: str) -> str | None:
    """Write what a date control sent as form-js stores it: ISO, local time, with the offset the schema asks for."""
    text = values.trim(text)
    if text in ("", "T"):
        return None
    day, clock = _day(text), text
    if field.subtype is model.Subtype.DATE:
        return day
    if field.subtype is model.Subtype.DATETIME:
        head, sign, clock = text.replace(" ", "T", 1).partition("T")
        if not sign or not head:
            return text
        day = _day(head)
    return moments.with_offset(day if field.subtype is model.Subtype.DATETIME else "", clock, field.offset)


def _day(text: str) -> str:
    found = _DAY.fullmatch(text)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text


def _change_rows(form: Form, data: dict[str, Any], act: str) -> None:
    """Add a row to a list, or remove one, as a button asked; a list that may not change stays as it is."""
    verb, _, name = act.partition(" ")
    steps = steps_of(name)
    if verb not in ("add", "remove") or not steps:
        return
    place = steps if verb == "add" else steps[:-1]
    named = tuple(step for step in place if isinstance(step, str))
    component = next((found for path, found in _lists(form.components, ()) if path == named), None)
    rows = _at(data, place)
    if component is None or not component.add_remove or not isinstance(rows, list):
        return
    if verb == "add" and len(rows) < component.max_rows:
        rows.append({})
    elif verb == "remove" and isinstance(steps[-1], int) and steps[-1] < len(rows):
        del rows[steps[-1]]


def _lists(components: Iterable[Component], prefix: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Repeated]]:
    for component in components:
        if isinstance(component, Container):
            place = prefix + component.path
            if isinstance(component, Repeated):
                yield place, component
            yield from _lists(component.components, place)


def _at(data: Any, steps: Steps) -> Any:
    """Give what stands at a path; a list that nothing was sent for is made, so that a first row can be added."""
    for at, step in enumerate(steps):
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
        elif isinstance(data, dict):
            data = data.setdefault(step, [] if at == len(steps) - 1 else {})
        else:
            return None
    return data
