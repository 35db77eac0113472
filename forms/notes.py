"""Views of what is shown and never answered: texts, pictures, tables, frames, documents, buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from forms import feel, frames, images, markup, model, previews, prose, tables, templates
from forms.feel import Scope
from forms.frames import Frame
from forms.images import Image
from forms.model import Button, Feel, Kind, Note
from forms.nodes import Node
from forms.previews import Preview
from forms.tables import Table
from forms.view_model import FieldView, FileLink
from texts import Text

SHOWN = (Note, Image, Table, Frame, Preview)


def view(
    node: Node, files: Mapping[str, FileLink], common: Mapping[str, Any], *, refreshable: bool
) -> FieldView | None:
    """Give the view of a component that is shown; None where there is nothing to show.

    `files`: document id -> what it is called and where it opens, of every document that the reader may see. `common`:
    id, label, help and width. `refreshable`: the page answers the form's own buttons.
    """
    component, scope = node.component, node.scope
    match component:
        case Image():
            return _image(component, scope, files, common)
        case Table():
            table = tables.view(component, scope)
            return FieldView(kind="table", table=table, may_change=refreshable and len(table.cells) > 1, **common)
        case Frame():
            return _frame(component, scope, common)
        case Preview():
            return _preview(component, scope, files, common)
        case Note():
            return _note(component, scope, common)
    return None


def button(component: Button, common: Mapping[str, Any]) -> FieldView:
    """Give the view of a button that sends the form or takes it back."""
    label = common["label"] or {"submit": Text("Gửi", "Submit"), "reset": Text("Làm lại", "Reset")}[component.action]
    return FieldView(kind="button", action=component.action, **{**common, "label": label})


def _note(component: Note, scope: Scope, common: Mapping[str, Any]) -> FieldView | None:
    if component.kind is Kind.TEXT:
        shown = prose.html(templates.fill(component.content, scope, prose.inert))
    elif component.kind is Kind.HTML:
        filled = templates.fill(component.content, scope, lambda value: str(escape(value)))
        shown = Text(markup.clean(filled.vi), markup.clean(filled.en))
    else:
        return FieldView(kind=str(component.kind), height=component.height, columns=common["columns"])
    return FieldView(kind="markup", prose=shown, columns=common["columns"]) if shown else None


def _image(component: Image, scope: Scope, files: Mapping[str, FileLink], common: Mapping[str, Any]) -> FieldView:
    alt = templates.fill(component.alt, scope)
    if component.source.startswith("="):
        found = feel.value(Feel(component.source[1:]), scope)
        documents = [files[one] for one in previews.named(found) if one in files]
        if documents:
            file = documents[0]
            shown = {"url" if file.sight == "image" else "link": file.url}
            return FieldView(kind="image", **{**common, **shown, "label": alt or Text(file.name, file.name)})
    source = templates.plain(component.source, scope, longest=images.LONGEST)
    url = images.safe(source)
    return FieldView(
        kind="image", **{**common, "label": alt, "url": url, "link": "" if url else images.elsewhere(source)}
    )


def _frame(component: Frame, scope: Scope, common: Mapping[str, Any]) -> FieldView:
    url, origin = frames.address(templates.plain(component.url, scope))
    return FieldView(
        kind="iframe",
        url=url if origin else "",
        link=url,
        origin=origin,
        height=component.height,
        sandbox=" ".join(component.sandbox),
        features=component.features,
        **common,
    )


def _preview(component: Preview, scope: Scope, files: Mapping[str, FileLink], common: Mapping[str, Any]) -> FieldView:
    ids = previews.named(feel.value(component.data_source, scope))
    known = tuple(files[one] for one in ids if one in files)
    return FieldView(
        kind="documentPreview",
        files=known,
        number=len(ids) - len(known),
        height=component.max_height,
        **common,
    )


def is_shown(component: model.Component) -> bool:
    """Say whether a component is shown and never answered."""
    return isinstance(component, SHOWN)
