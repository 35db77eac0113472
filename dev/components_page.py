"""Make docs/reference/form-components.md: the component types of forms, their properties, and the named validators."""

from __future__ import annotations

import sys
from pathlib import Path

from forms import markup, vocabulary
from forms.frames import FEATURES, SANDBOX
from forms.model import Kind
from forms.validators import VALIDATORS

PAGE = "docs/reference/form-components.md"
HEAD = """# Components of forms

A form is a schema of form-js 1.23 (schemaVersion up to 19), as Camunda Modeler and the editor of bpmn.io write it.
Each type is drawn by one macro of `web/templates/forms/` and works without JavaScript. What a schema says besides is
named at upload. Made from the code: run `.venv/bin/python -m dev.components_page`.

Texts may hold templates as in form-js: `{{expression}}`, `{{#if expression}}…{{/if}}`, `{{#loop
expression}}…{{/loop}}`; a text that begins with `=` is a FEEL expression. The English of a text stands in
`properties` under its name and `En` (`labelEn`), of an option beside it. `conditional.hide` is a FEEL unary test;
`layout.row` and `layout.columns` put components side by side. `readonly` may be FEEL, `disabled` may not; `min`,
`max`, `minLength`, `maxLength` and `multiple` may.

## Types

| Type | On the page | Properties | `validate` |
| --- | --- | --- | --- |
"""
SENTENCES = {
    Kind.TEXTFIELD: "One line of text; `appearance` adds what stands before and after it.",
    Kind.TEXTAREA: "Several lines of text.",
    Kind.NUMBER: "An exact decimal, typed in the notation of the language: `1,5` or `1.5`.",
    Kind.DATETIME: "A day, a time or both (two controls, one answer). With a `timeInterval` of 10 minutes or more a "
    "time is chosen from a list, else typed; `use24h: false` shows AM and PM.",
    Kind.CHECKBOX: "One box; required means ticked.",
    Kind.RADIO: "One of the options, all in sight.",
    Kind.SELECT: "One of the options, folded away.",
    Kind.CHECKLIST: "Any of the options, each on a line.",
    Kind.TAGLIST: "Any of the options, close together.",
    Kind.FILEPICKER: "Uploads; the answer is a list of document ids.",
    Kind.EXPRESSION: "Nothing while filling in; computed by the server, shown to readers where it has a label.",
    Kind.TEXT: "Markdown, sanitised.",
    Kind.HTML: "HTML, sanitised.",
    Kind.IMAGE: "A picture: `data:image/…`, a path under `/static` or `/documents`, or FEEL that gives a document. "
    "Of a picture on another host a link is shown.",
    Kind.TABLE: "Rows that `dataSource` (FEEL) gives: `rowCount` on a page, 5,000 in all; sorted by its headings.",
    Kind.IFRAME: "A page of an origin that `MOTCUA_FRAME_ORIGINS` names, in a sandbox by `security`; else a link.",
    Kind.DOCUMENT_PREVIEW: "Documents that `dataSource` (FEEL) names and the reader may see: pictures and PDF files in "
    "the page, always a download. It takes the answer of a filepicker as it is.",
    Kind.BUTTON: "`submit` does what the page's own button does (the only act of kind advance); `reset` takes the "
    "form back to its beginning, after a second question.",
    Kind.SEPARATOR: "A line across.",
    Kind.SPACER: "Room of so many pixels.",
    Kind.GROUP: "Components under one heading; `path` puts their answers together.",
    Kind.DYNAMICLIST: "Rows; after `nonCollapsedItems` (5) they are folded away unless `disableCollapse`. "
    "`properties.maxRows` (100) bounds them.",
}
VALIDATION = """
## Named validators

Written as `properties.validator` of a textfield; an empty answer is for `required` to judge. Between digits people may
write blanks, dots and hyphens: a page leaves them out, a program may.

| Name | Asks | Source |
| --- | --- | --- |
"""


def make() -> str:
    """Make the page's text."""
    rows = "".join(_row(kind) for kind in vocabulary.KNOWN)
    rules = "".join(f"| `{name}` | {one.asks.en} | {one.source} |\n" for name, one in VALIDATORS.items())
    return HEAD + rows + VALIDATION + rules + _rest()


def _row(kind: Kind) -> str:
    properties = _names(sorted(vocabulary.KNOWN[kind] - {"validate"}))
    answered = "validate" in vocabulary.KNOWN[kind]
    rules = _names(sorted(vocabulary.RULES.get(kind, vocabulary.ONLY_REQUIRED))) if answered else ""
    return f"| `{kind}` | {SENTENCES[kind]} | {properties} | {rules} |\n"


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _rest() -> str:
    return f"""
## Our own `properties`

{_names(sorted(vocabulary.OURS))}, and the English of a text.

## What markup keeps

Elements: {_names(sorted(markup.TAGS))}. Everything else loses its tags;
{_names(sorted(markup.GONE_WITH_CONTENT))} go with their content. No `style`, `class`, `id` or handler is kept; links
say `rel="noopener noreferrer"`; headings are lowered by one.

## What a framed page may do

By the flags of `security`: {_names(sorted(SANDBOX))}; and ask a person for {_names(sorted(FEATURES))}.
Without a flag it may do nothing. It may leave our page only where a person has clicked.
"""


def main() -> int:
    page = Path(__file__).resolve().parent.parent / PAGE
    page.write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
