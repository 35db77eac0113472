"""A form split into pages, one thing on each, and how far the answers to each page have come.

Each group or list of the top level that has a label begins a page; what stands between them belongs to the page before.
`properties.page` of a component says otherwise: `no` keeps it on the page before, `check` puts it beside the last look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from errors import Detail
from forms.fill import Filling
from forms.model import Component, Computed, Container, Field, Form, Repeated
from forms.nodes import MISSING, find, put
from forms.views import FieldView, FileLink, field_id, fields
from texts import Text

CHECK = "check"
"""The id of the page of the last look."""
FIRST = "form"
"""The id of a first page that no group begins."""
RESERVED = frozenset({CHECK, FIRST, "papers", "case", "drop", "restore", "swap", "send"})
"""Ids that a page of a group never has: the addresses beside it have other meanings."""
WHOLE = Text("Thông tin hồ sơ", "Dossier information")
GENERAL = Text("Thông tin chung", "General information")
DECLARATION = Text("Cam đoan", "Declaration")


class State(StrEnum):
    """How far a page has come."""

    NOT_STARTED = "not_started"
    """Nothing was answered."""
    IN_PROGRESS = "in_progress"
    """Something was answered, something is missing or wrong."""
    DONE = "done"
    """Saved, and nothing is wrong with it."""
    NOT_NEEDED = "not_needed"
    """Other answers hide all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some components of the top level of a form; `id` is unique in the form and fit for an address."""

    id: str
    title: Text
    components: tuple[Component, ...]
    paths: frozenset[tuple[str, ...]] = frozenset()
    """Of its fields; of a list that of the list."""

    @property
    def is_heading(self) -> bool:
        """Say whether its first component is what it is named after, so that its heading need not stand twice."""
        return isinstance(self.components[0], Container) and self.components[0].label == self.title

    @property
    def is_optional(self) -> bool:
        """Say whether it can be left empty."""
        return not any(_requires(component) for component in self.components)

    def owns(self, field: str) -> bool:
        """Say whether a dotted path (`Detail.field`) lies on this page."""
        steps = tuple(field.split("."))
        if any(steps[:end] in self.paths for end in range(1, len(steps) + 1)):
            return True
        return any(path[: len(steps)] == steps for path in self.paths)  # a group that was sent as something else


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a page has come with some answers, and what is wrong on it."""

    page: Page
    title: Text
    state: State
    errors: tuple[Detail, ...]


def split(form: Form) -> tuple[Page, ...]:
    """Split a form into its pages, in the order of the form; that of the last look, if any, comes last."""
    pages: list[Page] = []
    at_check = tuple(component for component in form.components if component.page == CHECK)
    for component in form.components:
        if component.page == CHECK:
            continue
        begins = isinstance(component, Container) and bool(component.label) and component.page != "no"
        if begins or not pages:
            pages.append(_begun(component, begins))
        else:
            pages[-1] = replace(pages[-1], components=(*pages[-1].components, component))
    if len(pages) == 1 and pages[0].id == FIRST:
        pages[0] = replace(pages[0], title=WHOLE)
    if at_check:
        label = at_check[0].label if isinstance(at_check[0], Container) else None
        pages.append(Page(id=CHECK, title=label or DECLARATION, components=at_check))
    return tuple(replace(page, paths=frozenset(_paths(page.components, ()))) for page in pages)


def find_page(form: Form, page_id: str) -> Page | None:
    """Give the page of an id."""
    return next((page for page in split(form) if page.id == page_id), None)


def part(page: Page, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give what of the answers belongs to a page."""
    into: dict[str, Any] = {}
    for path in sorted(page.paths):
        if (value := find(answers, path)) is not MISSING:
            put(into, path, value)
    return into


def merged(page: Page, answers: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Give all answers with those of one page as they were just sent; what was not sent stays as it was."""
    into = _copied(answers)
    for path in page.paths:
        if (value := find(sent, path)) is not MISSING:
            put(into, path, value)
    return into


def without(page: Page, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give all answers but those of one page."""
    into = _copied(answers)
    for path in page.paths:
        holder = find(into, path[:-1])
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
    return into


def progress(
    form: Form, answers: Mapping[str, Any], problems: Sequence[Detail], *, filled: Filling
) -> tuple[Progress, ...]:
    """Say how far each page has come; `problems` are those of the whole form, `filled` is it with these answers."""
    visible = [node.name for node in filled.visible() if isinstance(node.component, Field | Repeated)]
    titles = {id(node.component): node.label for node in filled.nodes}
    found = []
    for page in split(form):
        errors = tuple(problem for problem in problems if page.owns(problem.field))
        is_asked = any(map(page.owns, visible))
        state = _state(page, answers, errors, is_asked)
        title = titles.get(id(page.components[0])) if page.is_heading else None
        found.append(Progress(page=page, title=title or page.title, state=state, errors=errors))
    return tuple(found)


def unowned(form: Form, problems: Iterable[Detail]) -> tuple[Detail, ...]:
    """Give the problems that belong to no page."""
    pages = split(form)
    return tuple(problem for problem in problems if not any(page.owns(problem.field) for page in pages))


def views(
    form: Form,
    page: Page,
    data: Mapping[str, Any],
    *,
    errors: Sequence[Detail] = (),
    readonly: bool = False,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, FileLink] | None = None,
    refreshable: bool = False,
    now: datetime | None = None,
    filled: Filling | None = None,
) -> tuple[FieldView, ...]:
    """Give what one page shows of a form, as `forms.views.fields`; the group that names the page has no frame."""
    made = fields(
        form, data, errors=errors, readonly=readonly, variables=variables, files=files, refreshable=refreshable,
        now=now, only=page.components, filled=filled,
    )  # fmt: skip
    head = page.components[0]
    if not page.is_heading or (isinstance(head, Repeated) and not readonly):
        return made
    heading = field_id(".".join(head.path)) if isinstance(head, Repeated) else f"g-{head.id}"
    opened: list[FieldView] = []
    for view in made:
        opened += view.children if view.id == heading else [view]
    return tuple(opened)


def _begun(component: Component, is_group: bool) -> Page:
    if not is_group:
        return Page(id=FIRST, title=GENERAL, components=(component,))
    id_ = f"{component.id}_" if component.id in RESERVED else component.id
    return Page(id=id_, title=component.label, components=(component,))


def _paths(components: Iterable[Component], prefix: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for component in components:
        if isinstance(component, Repeated) or (isinstance(component, Field) and component.path):
            yield prefix + component.path
        elif isinstance(component, Container):
            yield from _paths(component.components, prefix + component.path)


def _state(page: Page, answers: Mapping[str, Any], errors: Sequence[Detail], is_asked: bool) -> State:
    asks = any(True for _ in _asking(page.components))
    if asks and not is_asked:
        return State.NOT_NEEDED
    found = [value for path in page.paths if (value := find(answers, path)) is not MISSING]
    if not errors and (found or not asks):
        return State.DONE
    return State.IN_PROGRESS if any(_says(value) for value in found) else State.NOT_STARTED


def _requires(component: Component) -> bool:
    if isinstance(component, Container):
        return any(map(_requires, component.components))
    return isinstance(component, Field) and component.required and not component.disabled


def _asking(components: Iterable[Component]) -> Iterator[Component]:
    """Give the fields and lists that ask something of whoever fills the form in."""
    for component in components:
        if isinstance(component, Container) and not isinstance(component, Repeated):
            yield from _asking(component.components)
        elif isinstance(component, Repeated) or (isinstance(component, Field) and not isinstance(component, Computed)):
            yield component


def _says(value: Any) -> bool:
    """Say whether an answer holds anything."""
    if isinstance(value, Mapping):
        return any(map(_says, value.values()))
    if isinstance(value, list):
        return any(map(_says, value))
    return value not in ("", None, False)


def _copied(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in answers.items()}
