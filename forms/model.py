"""The form tree: what a form-js schema says, read once. Immutable, shared between threads and requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from texts import Text

NOTHING = Text("", "")


class Kind(StrEnum):
    """The component types of form-js 1.23 that are read here."""

    TEXTFIELD = "textfield"
    """One line of text."""
    TEXTAREA = "textarea"
    """Several lines of text."""
    NUMBER = "number"
    """An exact decimal."""
    DATETIME = "datetime"
    """A date, a time of day, or both."""
    CHECKBOX = "checkbox"
    """One yes or no."""
    RADIO = "radio"
    """One of some options, all in sight."""
    SELECT = "select"
    """One of some options, folded away."""
    CHECKLIST = "checklist"
    """Any of some options."""
    TAGLIST = "taglist"
    """Any of some options, each a tag."""
    FILEPICKER = "filepicker"
    """Documents: a list of document ids."""
    EXPRESSION = "expression"
    """A value that the server computes by FEEL."""
    TEXT = "text"
    """Markdown."""
    HTML = "html"
    """Markup, sanitised."""
    IMAGE = "image"
    """A picture inside the form or of our own address."""
    TABLE = "table"
    """Rows of data, for reading."""
    IFRAME = "iframe"
    """A page of an origin that an administrator allowed; else a link to it."""
    DOCUMENT_PREVIEW = "documentPreview"
    """Documents, seen and downloaded."""
    BUTTON = "button"
    """Sends the form, or takes it back to its beginning."""
    SEPARATOR = "separator"
    """A line across."""
    SPACER = "spacer"
    """Room."""
    GROUP = "group"
    """Components under one heading, their answers perhaps under one path."""
    DYNAMICLIST = "dynamiclist"
    """A group that repeats: a list of rows."""


@dataclass(frozen=True, slots=True)
class Feel:
    """A FEEL expression, without its leading equals sign."""

    source: str


Bound: TypeAlias = Decimal | Feel | None
"""A limit: a number, an expression that gives one, or none."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice; `value` is any JSON value but null."""

    value: Any
    label: Text
    help: Text = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What every component has."""

    id: str
    kind: Kind
    label: Text = NOTHING
    help: Text = NOTHING
    hide: Feel | None = None
    """A unary test: true hides the component, its answers and all that it contains."""
    row: str = ""
    """Components of one parent that follow each other and name the same row stand side by side."""
    columns: int = 0
    """Width in sixteenths of the row; 0: shared evenly."""
    page: str = ""
    """Of a filing, at the top level: `no` keeps a group on the page before, `check` puts it beside the last look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Component):
    """A component with an answer, stored at `path` below its container's."""

    path: tuple[str, ...]
    required: bool = False
    disabled: bool = False
    """Neither validated nor stored."""
    readonly: bool | Feel = False
    """Its value comes from the variables, never from the client."""
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextInput(Field):
    """textfield and textarea; lengths count UTF-16 units of the trimmed text, as JavaScript does."""

    min_length: Bound = None
    max_length: Bound = None
    pattern: str = ""
    """A regular expression in JavaScript's dialect, not anchored."""
    pattern_message: Text = NOTHING
    validation: str = ""
    """email, phone or nothing."""
    prefix: Text = NOTHING
    suffix: Text = NOTHING
    autocomplete: str = ""
    inputmode: str = ""
    validator: str = ""
    """The name of a rule in forms.validators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberInput(Field):
    """number; compared as exact decimals."""

    minimum: Bound = None
    maximum: Bound = None
    decimal_digits: int | None = None
    increment: Decimal | None = None
    thousands: bool = False
    """Its thousands stand apart once the field is left."""
    as_text: bool = False
    """Stored as a string, so that no digit is lost (`serializeToString`)."""
    prefix: Text = NOTHING
    suffix: Text = NOTHING
    autocomplete: str = ""


class Subtype(StrEnum):
    """What a datetime component asks for."""

    DATE = "date"
    """`2026-09-30`."""
    TIME = "time"
    """`17:00`, with an offset where the schema says so."""
    DATETIME = "datetime"
    """`2026-09-30T17:00`, with an offset where the schema says so."""


class Offset(StrEnum):
    """How a time says its zone (`timeSerializingFormat`)."""

    NONE = "no_timezone"
    """`17:00`."""
    OFFSET = "utc_offset"
    """`17:00+07:00`."""
    UTC = "utc_normalized"
    """`10:00Z`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateInput(Field):
    """datetime; stored as ISO 8601 text."""

    subtype: Subtype = Subtype.DATE
    offset: Offset = Offset.NONE
    not_past: bool = False
    date_label: Text = NOTHING
    time_label: Text = NOTHING
    interval: int = 15
    """Minutes between two times on offer; 1: any time."""
    use24h: bool = True
    autocomplete: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkbox(Field):
    """checkbox; stored as true or false. Required means ticked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Field):
    """radio and select (one value), checklist and taglist (a list of values)."""

    multiple: bool
    options: tuple[Option, ...] = ()
    values_key: str = ""
    """The variable that holds the options; used instead of `options`."""
    values_expression: Feel | None = None
    """The expression that gives the options; used when there is nothing else."""
    searchable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInput(Field):
    """filepicker; stored as a list of document ids."""

    multiple: bool | Feel = False
    accept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed(Field):
    """expression; computed on the server, whatever the client sent."""

    expression: Feel | None = None
    at_submit: bool = False
    """Computed last (`computeOn` presubmit): no condition and no other expression sees the result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Component):
    """text, html, separator and spacer: shown, never answered. Of a spacer: its height in pixels."""

    content: Text = NOTHING
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Button(Component):
    """button: sends the form (submit) or takes it back to its beginning (reset)."""

    action: str = "submit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container(Component):
    """group, and dynamiclist while it does not repeat."""

    path: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    outline: bool = True
    align: str = "start"
    """How components side by side stand to each other: start, center or end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated(Container):
    """dynamiclist: each row holds the components once."""

    add_remove: bool = True
    repetitions: int = 1
    """Rows at the start."""
    max_rows: int = 100
    unfolded: int = 5
    """Rows in sight; those after them are folded away. 0: none is."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that answers may have at one level: a leaf has no `inner`; in a list, `inner` is that of each row."""

    inner: Mapping[str, Names] | None = None
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as its schema describes it."""

    id: str
    components: tuple[Component, ...]
    names: Names = field(default_factory=Names)
    is_dynamic: bool = False
    """Something in it is an expression, so that answers must be put in context."""
