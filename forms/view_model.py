"""The shapes that macros draw: one for a field, heading, text or picture on the page."""

from __future__ import annotations

from dataclasses import dataclass

from forms.model import NOTHING
from forms.tables import TableView
from texts import Text

NO_TABLE = TableView()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A document as a form names it: its file name, where it opens (may be empty) and a remark (size, pages)."""

    name: str
    url: str = ""
    note: Text = NOTHING
    media_type: str = ""
    """What its content is; pictures and PDF files can be seen in the page."""

    @property
    def sight(self) -> str:
        """Say how it can be seen in the page: image, pdf, or not at all."""
        if not self.url:
            return ""
        return "image" if self.media_type.startswith("image/") else "pdf" * (self.media_type == "application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One option of a choice, one time on offer, or one document of a file field."""

    id: str
    value: str
    label: Text
    help: Text = NOTHING
    chosen: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One thing on the page; `kind` names the macro that draws it.

    Kinds: the types of the schema (but `list` for a repeating dynamiclist, `group` for one that does not, `markup` for
    text and html), and `list_row`, `side_by_side` (several in one line), `default_button` (where the form has buttons
    of its own), `refresh` (asks for the form anew where it follows answers; a script does so by itself) and
    `too_heavy` (the form could not be worked out whole).
    """

    kind: str
    id: str = ""
    """Unique on the page; the errors of `path` link to it."""
    name: str = ""
    """The name of the control in the HTML post; empty: it sends nothing."""
    path: str = ""
    """As in `Detail.field`: `people.0.name`."""
    label: Text = NOTHING
    help: Text = NOTHING
    errors: tuple[Text, ...] = ()
    required: bool = False
    locked: bool = False
    """Shown, but not to be changed (readonly or disabled in the schema)."""
    value: Text = NOTHING
    """What the control holds, in the notation of each language; of a date and time: the day."""
    checked: bool = False
    answer: Text = NOTHING
    """The answer for reading; empty: there is none."""
    choices: tuple[ChoiceView, ...] = ()
    multiple: bool = False
    searchable: bool = False
    input_type: str = "text"
    inputmode: str = ""
    mask: str = ""
    """How digits stand apart once the field is left: `number`, or the sizes of groups (`4 3 3|3 4 4`)."""
    autocomplete: str = ""
    accept: str = ""
    step: int = 0
    """Seconds between two times that a control takes; 0: any."""
    increment: str = ""
    """What a number goes up and down by."""
    earliest: str = ""
    """The first day that a date may be."""
    date_label: Text = NOTHING
    time_label: Text = NOTHING
    clock: str = ""
    """Of a date and time: the time of day that its control holds."""
    times: tuple[ChoiceView, ...] = ()
    """Times on offer; none: any time is typed."""
    prefix: Text = NOTHING
    suffix: Text = NOTHING
    source: Text = NOTHING
    """Where a prefilled value comes from."""
    prose: Text = NOTHING
    """Safe markup (Markup) of a `markup`."""
    url: str = ""
    """Where an image comes from, or what a frame shows; checked."""
    link: str = ""
    """Where an image stands that is not shown, or the page that is framed."""
    origin: str = ""
    """The origin of what is framed; empty: it cannot be."""
    sandbox: str = ""
    features: tuple[str, ...] = ()
    height: int = 0
    """Pixels."""
    table: TableView = NO_TABLE
    files: tuple[FileLink, ...] = ()
    action: str = ""
    """Of a button: submit or reset."""
    outline: bool = False
    align: str = "start"
    columns: int = 0
    """Twelfths of the line that it takes side by side; 0: shared evenly."""
    number: int = 0
    """Of a `list_row`: its number, from 1."""
    may_change: bool = False
    """Of a `list` and its rows: rows can be added and removed by buttons; of a table: it can be sorted and paged."""
    unfolded: int = 0
    """Of a `list`: the rows in sight; those after them are folded away. 0: none is."""
    is_open: bool = False
    """What is folded away is open all the same: something in it is wrong, or was just added."""
    follows: tuple[str, ...] = ()
    """Of `refresh`: the names of the answers that what is shown depends on."""
    children: tuple[FieldView, ...] = ()
