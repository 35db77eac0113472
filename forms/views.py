"""What a page shows of a form: one view for each field, heading or text in sight. No layout; macros make the markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from errors import Detail
from forms import controls, display, messages, model, notes, submission, templates
from forms.allowance import is_spent, measured
from forms.fill import Filling, fill
from forms.followed import followed
from forms.model import Button, Container, Field, Form, Repeated
from forms.nodes import MISSING, Node
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
    only: Sequence[model.Component] | None = None,
    filled: Filling | None = None,
) -> tuple[FieldView, ...]:
    """Give what a page shows of a form with answers `data` (as stored, or as just sent, however wrong).

    `readonly`: the answers are only read (macro `answers`). `files`: document id -> what to call it. `sources`: dotted
    path -> where its prefilled value comes from. `refreshable`: the page asks `submission.wants_refresh` after a post,
    so buttons may stand in the form that add and remove rows and show the questions that depend on others. `now`: an
    aware moment, for conditions that ask for it. `only`: the components of the top level that stand on this page.
    `filled`: the form with these answers (`as_stored` where they are only read), where several of its pages are shown.
    Where the allowance of the form does not suffice, a view `too_heavy` comes first, and conditions and values may be
    wrong.
    """
    with measured():
        views = _fields(
            form, data, errors=errors, readonly=readonly, variables=variables, files=files, sources=sources,
            refreshable=refreshable, now=now, only=only, filled=filled,
        )  # fmt: skip
        return (FieldView(kind="too_heavy"), *views) if is_spent() else views


def _fields(
    form: Form,
    data: Mapping[str, Any],
    *,
    errors: Sequence[Detail],
    readonly: bool,
    variables: Mapping[str, Any] | None,
    files: Mapping[str, FileLink] | None,
    sources: Mapping[str, Text] | None,
    refreshable: bool,
    now: datetime | None,
    only: Sequence[model.Component] | None,
    filled: Filling | None,
) -> tuple[FieldView, ...]:
    filling = filled or fill(form, data, variables or {}, now=now, as_stored=readonly)
    nodes = filling.nodes
    if only is not None:
        nodes = [node for node in nodes if any(node.component is component for component in only)]
    follows = tuple(sorted(followed(form, only))) if refreshable and not readonly else ()
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
    views = maker.level(nodes)
    if maker.refreshable and (follows or maker.has_buttons):
        refresh = [FieldView(kind="refresh", follows=follows)] if follows else []
        return (FieldView(kind="default_button"), *views, *refresh)
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
                shown = notes.view(node, self.files, self.heading(node), refreshable=self.refreshable)
                self.has_buttons |= shown is not None and shown.may_change
                return shown

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
        shown = self.heading(node)
        is_locked = node.readonly or component.disabled
        return FieldView(
            kind=str(component.kind),
            name=submission.control_name(node.path),
            path=node.name,
            errors=self.said.get(node.name, ()),
            required=component.required,
            locked=is_locked,
            source=self.sources.get(node.name, NOTHING),
            **shown,
            **controls.of(
                node,
                component,
                id=shown["id"],
                is_locked=is_locked,
                variables=self.variables,
                files=self.files,
                today=self.today,
            ),
        )

    def computed(self, node: Node, component: model.Computed) -> FieldView | None:
        """Show a computed value to a reader only, and only where the designer gave it a name."""
        if not self.readonly or not component.label:
            return None
        shown = self.heading(node)
        return FieldView(kind="expression", path=node.name, answer=display.answer(component, node.value), **shown)


def _shown_id(node: Node) -> str:
    """Give the id of a group, or of what is shown: its component's, and the rows it stands in."""
    rows = "".join(f"-{step}" for step in node.path if isinstance(step, int))
    return f"g-{node.component.id}{rows}"


def _is_fresh(rows: Sequence[Sequence[Node]]) -> bool:
    """Say whether the last row was just added: nothing was sent for any field of it."""
    return bool(rows) and all(node.raw is MISSING for node in rows[-1] if isinstance(node.component, Field))


def _close(made: list[FieldView], line: list[FieldView], align: str) -> None:
    """End a line: one alone stands by itself, several stand side by side."""
    if len(line) > 1:
        made.append(FieldView(kind="side_by_side", align=align, children=tuple(line)))
    else:
        made += line
    line.clear()
