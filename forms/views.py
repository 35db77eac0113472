"""What a page shows of a form: one view for each field, heading or text in sight. No layout; macros make the markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from errors import Detail
from forms import display, feel, model, options, prose, submission, templates, values
from forms.fill import MISSING, Node, fill
from forms.model import Container, Field, Form, Kind, Note, Repeated, Subtype
from texts import Text

NOTHING = model.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A document as a form names it: its file name, where it opens (may be empty) and a remark (size, pages)."""

    name: str
    url: str = ""
    note: Text = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One option of a choice, or one document of a file field."""

    id: str
    value: str
    label: Text
    help: Text = NOTHING
    chosen: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """One thing on the page; `kind` names the macro that draws it.

    Kinds: the input types of the schema, and `text`, `words`, `separator`, `spacer`, `group`, `list`, `list_row`,
    `side_by_side` (several in one line) and `refresh` (the button that shows or hides questions without JavaScript).
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
    """What the control holds, in the notation of each language."""
    checked: bool = False
    answer: Text = NOTHING
    """The answer for reading; empty: there is none."""
    choices: tuple[ChoiceView, ...] = ()
    multiple: bool = False
    input_type: str = "text"
    inputmode: str = ""
    autocomplete: str = ""
    accept: str = ""
    step: int = 0
    """Seconds between two times on offer; 0: any."""
    prefix: Text = NOTHING
    suffix: Text = NOTHING
    source: Text = NOTHING
    """Where a prefilled value comes from."""
    prose: Text = NOTHING
    """Safe markup (Markup) of a `text`."""
    words: tuple[Text, ...] = ()
    outline: bool = False
    columns: int = 0
    """Twelfths of the line that it takes side by side; 0: shared evenly."""
    number: int = 0
    """Of a `list_row`: its number, from 1."""
    may_change: bool = False
    """Of a `list` and its rows: rows can be added and removed by buttons."""
    children: tuple[FieldView, ...] = ()


def fields(
    form: Form,
    data: Mapping[str, Any],
    *,
    errors: Sequence[Detail] = (),
    readonly: bool = False,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, FileLink] | None = None,
    sources: Mapping[str, Text] | None = None,
    refreshable: bool = False,
    now: datetime | None = None,
) -> tuple[FieldView, ...]:
    """Give what a page shows of a form with answers `data` (as stored, or as just sent, however wrong).

    `readonly`: the answers are only read (macro `answers`). `files`: document id -> what to call it. `sources`: dotted
    path -> where its prefilled value comes from. `refreshable`: the page asks `submission.wants_refresh` after a post,
    so buttons may stand in the form that add and remove rows and show the questions that depend on others. `now`: an
    aware moment, for conditions that ask for it.
    """
    filling = fill(form, data, variables or {}, now=now, as_stored=readonly)
    said: dict[str, list[Text]] = {}
    for detail in errors:
        said.setdefault(detail.field, []).append(detail.message)
    maker = _Maker(
        variables=filling.variables,
        said={path: tuple(texts) for path, texts in said.items()},
        readonly=readonly,
        files=files or {},
        sources=sources or {},
        refreshable=refreshable and not readonly,
    )
    views = maker.level(filling.nodes)
    if maker.refreshable and (form.has_conditions or maker.has_buttons):
        return (FieldView(kind="default_button"), *views, *([FieldView(kind="refresh")] if form.has_conditions else []))
    return views


def flat(views: Iterable[FieldView]) -> tuple[FieldView, ...]:
    """Give every view with an answer, however deep it stands, in the order of the page."""
    found: list[FieldView] = []
    for view in views:
        found += flat(view.children) if view.children else [view] if view.path else []
    return tuple(found)


def field_id(path: str) -> str:
    """Give the id of the control of a dotted path."""
    return "f-" + path.replace(".", "-")


@dataclass(slots=True, kw_only=True)
class _Maker:
    variables: Mapping[str, Any]
    said: Mapping[str, tuple[Text, ...]]
    readonly: bool
    files: Mapping[str, FileLink]
    sources: Mapping[str, Text]
    refreshable: bool
    has_buttons: bool = False

    def level(self, nodes: Sequence[Node]) -> tuple[FieldView, ...]:
        """Make the views of one level; components that name the same row stand side by side."""
        made: list[FieldView] = []
        line: list[FieldView] = []
        before = ""
        for node in nodes:
            view = None if node.hidden else self.view(node)
            if view is None:
                continue
            row = node.component.row
            if row != before or not row or self.readonly:
                _close(made, line)
            line.append(view)
            before = row
        _close(made, line)
        return tuple(made)

    def view(self, node: Node) -> FieldView | None:
        component = node.component
        match component:
            case Repeated():
                return self.list(node, component)
            case Container():
                children = self.level(node.children)
                group = FieldView(kind="group", outline=component.outline, children=children, **self.heading(node))
                return group if children else None
            case Note():
                return self.note(node, component)
            case Field():
                return self.field(node, component)
            case _:
                return None

    def heading(self, node: Node) -> dict[str, Any]:
        """Give what lists, groups and fields have alike."""
        component = node.component
        return {
            "id": _group_id(node) if isinstance(component, Container) else field_id(node.name),
            "label": node.label,
            "help": templates.fill(component.help, node.scope),
            "columns": round(component.columns * 12 / 16),
        }

    def list(self, node: Node, component: Repeated) -> FieldView:
        may_change = self.refreshable and component.add_remove
        self.has_buttons |= may_change
        shown = self.heading(node) | {"id": field_id(node.name)}
        name = submission.control_name(node.path)
        rows = tuple(
            FieldView(
                kind="list_row",
                id=f"{shown['id']}-{number}",
                name=f"{name}[{number}]",
                label=shown["label"],
                number=number + 1,
                may_change=may_change,
                outline=component.outline,
                children=self.level(row),
            )
            for number, row in enumerate(node.rows)
        )
        errors = self.said.get(node.name, ())
        return FieldView(kind="list", name=name, errors=errors, may_change=may_change, children=rows, **shown)

    def note(self, node: Node, component: Note) -> FieldView | None:
        width = round(component.columns * 12 / 16)
        match component.kind:
            case Kind.TEXT:
                filled = templates.fill(component.content, node.scope, prose.escape)
                return FieldView(kind="text", prose=prose.html(filled), columns=width)
            case Kind.HTML:
                words = tuple(templates.fill(text, node.scope) for text in prose.words(component.content))
                return FieldView(kind="words", words=words, columns=width) if words else None
            case _:
                return FieldView(kind=str(component.kind), columns=width)

    def field(self, node: Node, component: Field) -> FieldView | None:
        if isinstance(component, model.Computed):
            return self.computed(node, component)
        name = submission.control_name(node.path)
        locked = node.readonly or component.disabled
        view = FieldView(
            kind=str(component.kind),
            name=name,
            path=node.name,
            errors=self.said.get(node.name, ()),
            required=component.required,
            locked=locked,
            source=self.sources.get(node.name, NOTHING),
            **self.heading(node),
        )
        return self.special(view, node, component)

    def computed(self, node: Node, component: model.Computed) -> FieldView | None:
        """Show a computed value to a reader only, and only where the designer gave it a name."""
        if not self.readonly or not component.label:
            return None
        shown = self.heading(node)
        return FieldView(kind="expression", path=node.name, answer=display.answer(component, node.value), **shown)

    def special(self, view: FieldView, node: Node, component: Field) -> FieldView:
        """Add what only one type of field has."""
        value = node.value
        match component:
            case model.Checkbox():
                return replace(view, checked=value is True, answer=display.answer(component, value))
            case model.Choice():
                return self.choice(view, node, component)
            case model.FileInput():
                return self.documents(view, node, component)
            case _:
                return self.typed(_typed(view, component), node, component)

    def typed(self, view: FieldView, node: Node, component: Field) -> FieldView:
        """Add the value of a control that is typed into."""
        raw = None if node.raw is MISSING or view.locked else node.raw
        shown = display.control(component, raw, node.value)
        return replace(view, value=shown, answer=display.answer(component, node.value))

    def choice(self, view: FieldView, node: Node, component: model.Choice) -> FieldView:
        offered = options.of(component, self.variables, node.scope)
        chosen = node.value if component.multiple else [node.value]
        choices = tuple(
            ChoiceView(
                id=view.id if number == 0 else f"{view.id}-{number + 1}",
                value=display.key(option.value),
                label=option.label,
                help=option.help,
                chosen=any(values.same(option.value, one) for one in chosen),
            )
            for number, option in enumerate(offered)
        )
        answer = display.answer(component, node.value, offered)
        return replace(view, choices=choices, multiple=component.multiple, answer=answer)

    def documents(self, view: FieldView, node: Node, component: model.FileInput) -> FieldView:
        choices = tuple(self.document(view, number, one) for number, one in enumerate(node.value))
        names = {one: link.name for one, link in self.files.items()}
        return replace(
            view,
            choices=choices,
            multiple=feel.holds(component.multiple, node.scope),
            accept=templates.fill(Text(component.accept, ""), node.scope).vi,
            answer=display.answer(component, node.value, files=names),
        )

    def document(self, view: FieldView, number: int, one: str) -> ChoiceView:
        link = self.files.get(one, FileLink(name=one))
        return ChoiceView(
            id=f"{view.id}-file-{number + 1}",
            value=one,
            label=Text(link.name, link.name),
            help=link.note,
            chosen=True,
            url=link.url,
        )


def _group_id(node: Node) -> str:
    """Give the id of a group: its component's, and the rows it stands in."""
    rows = "".join(f"-{step}" for step in node.path if isinstance(step, int))
    return f"g-{node.component.id}{rows}"


def _typed(view: FieldView, component: Field) -> FieldView:
    """Say what kind of control a text, number or date is typed into."""
    match component:
        case model.TextInput():
            kinds = {"email": "email", "phone": "tel"}
            view = replace(view, input_type=kinds.get(component.validation, "text"), inputmode=component.inputmode)
        case model.NumberInput():
            view = replace(view, inputmode="numeric" if component.decimal_digits == 0 else "decimal")
        case model.DateInput():
            is_both, is_day = component.subtype is Subtype.DATETIME, component.subtype is Subtype.DATE
            step = 0 if is_day else component.interval * 60
            kind = "datetime-local" if is_both else str(component.subtype)
            return replace(view, input_type=kind, step=step, autocomplete=component.autocomplete)
        case _:
            return view
    return replace(view, autocomplete=component.autocomplete, prefix=component.prefix, suffix=component.suffix)


def _close(made: list[FieldView], line: list[FieldView]) -> None:
    """End a line: one alone stands by itself, several stand side by side."""
    if len(line) > 1:
        made.append(FieldView(kind="side_by_side", children=tuple(line)))
    else:
        made += line
    line.clear()
