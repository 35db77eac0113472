"""What an act on many instances is to do, as a page asks for it: steps to change, variables to set, where to return to.

Elements are offered from every version that the chosen instances run; one that an instance has not is said of that
instance when its turn comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from flask import request

from errors import Detail, Invalid
from services import loading
from services.batch_kinds import KINDS
from services.modifications import Kind
from texts import Text
from web import asked
from web.operator import values
from web.operator.modification import KIND_NAMES, named

MOST_ROWS = 20
LONGEST = 20_000
"""Characters of a value."""
ASKED = frozenset({"modify", "set_variables", "return"})
"""The kinds whose parameters these pages ask for."""
NOT_JSON = Text(
    'Giá trị này chưa phải JSON: chữ phải có dấu ngoặc kép ("Hà Nội"), số thì không.',
    'This is no JSON yet: text needs quotes ("Hà Nội"), numbers do not.',
)
CHOOSE = Text("Chọn phần tử.", "Choose an element.")
NAME = Text("Nhập tên biến.", "Type the variable's name.")
TWICE = Text("Tên biến này đã có ở trên.", "This variable is named above already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instruction (act, element, to) or one variable (name, value); an element is `process element`."""

    act: str = "move"
    element: str = ""
    to: str = ""
    name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed."""

    rows: tuple[Row, ...] = (Row(),)
    is_whole: bool = False
    """Return to the data of the time as well."""

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Give it as it travels in the form of the last look."""
        rows = [
            (f"{name}-{number}", getattr(row, name)) for number, row in enumerate(self.rows) for name in Row.__slots__
        ]
        whole = [("whole", "yes")] if self.is_whole else []
        return [("rows", str(len(self.rows))), *whole, *((name, value) for name, value in rows if value)]


def typed() -> Typed:
    """Read the form; a button that adds or drops a row is heeded."""
    count = asked.typed("rows")
    number = min(int(count), MOST_ROWS) if count.isdecimal() and count.isascii() and len(count) < 4 else 1
    rows = tuple(
        Row(**{name: asked.typed(f"{name}-{index}")[:LONGEST] for name in Row.__slots__}) for index in range(number)
    )
    rows = tuple(row if row.act in KIND_NAMES else replace(row, act="move") for row in rows)
    wanted = asked.typed("do")
    if wanted == "add" and len(rows) < MOST_ROWS:
        rows = (*rows, Row())
    rows = tuple(row for index, row in enumerate(rows) if wanted != f"drop-{index}") or (Row(),)
    return Typed(rows=rows, is_whole=request.form.get("whole") == "yes")


def parameters(kind: str, given: Typed) -> dict[str, Any]:
    """Give what the kind takes. Raises Invalid whose details name fields of the form."""
    if kind not in ASKED:
        return {}
    wrong: list[Detail] = []
    if kind == "set_variables":
        found: dict[str, Any] = {"variables": _variables(given, wrong)}
    elif kind == "return":
        _element(given.rows[0].element, "element-0", wrong)
        found = {"element_id": _id(given.rows[0].element), "variables_of_the_time": given.is_whole}
    else:
        found = {"instructions": [_instruction(row, index, wrong) for index, row in enumerate(given.rows)]}
    if wrong:
        raise Invalid(details=wrong)
    try:
        KINDS[kind].check(found)
    except Invalid as refused:
        details = [replace(detail, field=_field(detail.field, given)) for detail in refused.details]
        raise Invalid(details=details) from None
    return found


def groups(definition_ids: Sequence[str]) -> list[tuple[Text, list[tuple[str, Text]]]]:
    """Give the elements of every process of these versions, one of each id."""
    found: dict[str, tuple[Text, dict[str, Text]]] = {}
    for definition_id in definition_ids:
        loaded = loading.load(definition_id)
        for key, process in loaded.definition.processes.items():
            name = loaded.name if key == loaded.definition.key else Text(process.name or key, process.name or key)
            options = found.setdefault(key, (name, {}))[1]
            for id_, element in process.elements.items():
                options.setdefault(f"{key} {id_}", named(loaded.step_name(key, id_, element.name), element.type, id_))
    return [(name, list(options.items())) for name, options in found.values()]


def summary(found: Mapping[str, Any]) -> list[Text]:
    """Say in a few words what the parameters of a batch of ASKED come to."""
    if "instructions" in found:
        return [_said(one) for one in found["instructions"]]
    if "variables" in found:
        return [Text(f"{line.name} = {line.short}", "") for line in values.lines(found["variables"])]
    if "element_id" not in found:
        return []
    said = [Text(f"Về bước {found['element_id']}", f"Back to {found['element_id']}")]
    return [*said, Text("Cả dữ liệu lúc đó", "With the data of then")] if found.get("variables_of_the_time") else said


def _said(instruction: Mapping[str, Any]) -> Text:
    act, to = KIND_NAMES[instruction["kind"]], instruction.get("to_element_id")
    path = f"{instruction['element_id']} → {to}" if to else instruction["element_id"]
    return Text(f"{act.vi}: {path}", f"{act.en}: {path}")


def _instruction(row: Row, index: int, wrong: list[Detail]) -> dict[str, Any]:
    _element(row.element, f"element-{index}", wrong)
    is_move = row.act == Kind.MOVE
    if is_move:
        _element(row.to, f"to-{index}", wrong)
    process_key = row.element.partition(" ")[0]
    return {
        "kind": row.act, "element_id": _id(row.element), "process_key": process_key,
        **({"to_element_id": _id(row.to)} if is_move else {}),
    }  # fmt: skip


def _variables(given: Typed, wrong: list[Detail]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, row in enumerate(given.rows):
        if not row.name:
            wrong.append(Detail(field=f"name-{index}", code="required", message=NAME))
        elif row.name in found:
            wrong.append(Detail(field=f"name-{index}", code="twice", message=TWICE))
        try:
            found[row.name] = orjson.loads(row.value)
        except orjson.JSONDecodeError:
            wrong.append(Detail(field=f"value-{index}", code="json", message=NOT_JSON))
    return found


def _element(value: str, field: str, wrong: list[Detail]) -> None:
    if not _id(value):
        wrong.append(Detail(field=field, code="required", message=CHOOSE))


def _id(value: str) -> str:
    return value.partition(" ")[2]


def _field(name: str, given: Typed) -> str:
    """Give the form's field for a field of the parameters."""
    parts = name.removeprefix("parameters.").split(".")
    if parts[0] == "instructions" and len(parts) == 3:
        own = {"kind": "act", "to_element_id": "to"}.get(parts[2], "element")
        return f"{own}-{parts[1]}"
    names = [row.name for row in given.rows]
    of_variable = parts[1] if parts[0] == "variables" and len(parts) > 1 else parts[0]
    return f"value-{names.index(of_variable)}" if of_variable in names else "element-0"
