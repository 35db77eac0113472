"""What a page shows of a form: one view for each field, heading or text in sight. No layout; macros make the markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from errors import Detail
from forms import display, feel, messages, model, notes, options, submission, templates, times, values
from forms.fill import MISSING, Node, fill
from forms.model import Button, Container, Field, Form, Repeated, Subtype
from forms.view_model import ChoiceView, FieldView, FileLink
from texts import Text

__all__ = ["ChoiceView", "FieldView", "FileLink", "field_id", "fields", "flat"]

NOTHING = model.NOTHING


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
        today=now.astimezone(messages.HANOI).date().isoformat() if now else "",
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
    today: str
    has_buttons: bool = False

    def level(self, nodes: Sequence[Node], align: str = "start") -> tuple[FieldView, ...]:
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
                _close(made, line, align)
            line.append(view)
            before = row
        _close(made, line, align)
        return tuple(made)

    def view(self, node: Node) -> FieldView | None:
        component = node.component
        match component:
            case Repeated():
                return self.list(node, component)
            case Container():
                children = self.level(node.children, component.align)
                group = FieldView(kind="group", outline=component.outline, children=children, **self.heading(node))
                return group if children else None
            case Field():
                return self.field(node, component)
            case Button():
                return self.button(node, component)
            case _:
                return notes.view(node, self.files, self.heading(node))

    def heading(self, node: Node) -> dict[str, Any]:
        """Give what lists, groups and fields have alike."""
        component = node.component
        return {
            "id": field_id(node.name) if isinstance(component, Field) else _shown_id(node),
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
                children=self.level(row, component.align),
            )
            for number, row in enumerate(node.rows)
        )
        errors = self.said.get(node.name, ())
        folded = rows[component.unfolded :] if component.unfolded and not self.readonly else ()
        return FieldView(
            kind="list",
            name=name,
            errors=errors,
            may_change=may_change,
            children=rows,
            unfolded=component.unfolded if folded else 0,
            is_open=any(view.errors for view in flat(folded)) or _is_fresh(node.rows),
            **shown,
        )

    def button(self, node: Node, component: Button) -> FieldView | None:
        """Show a button where the page answers it."""
        if not self.refreshable:
            return None
        self.has_buttons = True
        return notes.button(component, self.heading(node))

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
        if isinstance(component, model.DateInput):
            return replace(self.moment(view, component, shown.vi), answer=display.answer(component, node.value))
        if isinstance(component, model.TextInput | model.NumberInput):
            prefix, suffix = (templates.fill(text, node.scope) for text in (component.prefix, component.suffix))
            component = replace(component, prefix=prefix, suffix=suffix)
            view = replace(view, prefix=prefix, suffix=suffix)
        return replace(view, value=shown, answer=display.answer(component, node.value))

    def moment(self, view: FieldView, component: model.DateInput, held: str) -> FieldView:
        """Add the parts of a date, a time or both: a day is typed or picked, a time chosen of those on offer."""
        is_both = component.subtype is Subtype.DATETIME
        day, _, clock = held.partition("T") if is_both else (held, "", held)
        return replace(
            view,
            value=Text(day if is_both else held, day if is_both else held),
            clock=clock,
            date_label=component.date_label,
            time_label=component.time_label,
            times=()
            if component.subtype is Subtype.DATE
            else times.offered(component.interval, clock, use24h=component.use24h),
            earliest=self.today if component.not_past else "",
        )

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
        return replace(
            view, choices=choices, multiple=component.multiple, searchable=component.searchable, answer=answer
        )

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


def _shown_id(node: Node) -> str:
    """Give the id of a group, or of what is shown: its component's, and the rows it stands in."""
    rows = "".join(f"-{step}" for step in node.path if isinstance(step, int))
    return f"g-{node.component.id}{rows}"


def _is_fresh(rows: Sequence[Sequence[Node]]) -> bool:
    """Say whether the last row was just added: nothing was sent for any field of it."""
    return bool(rows) and all(node.raw is MISSING for node in rows[-1] if isinstance(node.component, Field))


def _typed(view: FieldView, component: Field) -> FieldView:
    """Say what kind of control a text, number or date is typed into."""
    match component:
        case model.TextInput():
            kinds = {"email": "email", "phone": "tel"}
            view = replace(view, input_type=kinds.get(component.validation, "text"), inputmode=component.inputmode)
        case model.NumberInput():
            increment = f"{component.increment:f}" if component.increment else ""
            mode = "numeric" if component.decimal_digits == 0 else "decimal"
            view = replace(view, inputmode=mode, increment=increment)
        case model.DateInput():
            step = 0 if component.subtype is Subtype.DATE else component.interval * 60
            view = replace(view, input_type=str(component.subtype), step=step)
        case _:
            return view
    return replace(view, autocomplete=component.autocomplete)


def _close(made: list[FieldView], line: list[FieldView], align: str) -> None:
    """End a line: one alone stands by itself, several stand side by side."""
    if len(line) > 1:
        made.append(FieldView(kind="side_by_side", align=align, children=tuple(line)))
    else:
        made += line
    line.clear()
