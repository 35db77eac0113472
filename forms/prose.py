"""Markdown of a designer made into HTML: the only place of this folder that writes markup.

Raw HTML, pictures and dangerous links in the markdown stay text; a value put in by a template is escaped twice, against
markdown and against HTML, so an answer is never markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from texts import Text

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_BLOCKS = frozenset({"address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "hr", "li", "ol"})
_BLOCKS |= {"h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "table", "tr", "ul"}
_SILENT = frozenset({"script", "style", "template", "noscript", "head", "title"})


def escape(value: str) -> str:
    """Escape a value for markdown: one line, every sign that could mean something behind a backslash."""
    return _SIGNS.sub(r"\\\1", " ".join(value.split()))


def html(source: Text) -> Text:
    """Render markdown in both languages; the texts are Markup, safe to put in a page as they are."""
    return Text(_rendered(source.vi), _rendered(source.en))


@lru_cache(maxsize=512)
def _rendered(source: str) -> Markup:
    return Markup(_markdown().render(source)) if source else Markup("")  # noqa: S704 - html is off in the renderer


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.add_render_rule("heading_open", _heading)
    markdown.add_render_rule("heading_close", _heading)
    return markdown


def _heading(_renderer: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    """Lower each heading by one: the page has its h1 already."""
    token = tokens[index]
    level = min(6, int(token.tag[1]) + 1)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def words(markup: Text) -> tuple[Text, ...]:
    """Give the words of an HTML component, one text for each paragraph; no markup is kept."""
    vi, en = _paragraphs(markup.vi), _paragraphs(markup.en)
    if not en:
        return tuple(Text(line, "") for line in vi)
    if len(vi) != len(en):
        return (Text("\n".join(vi), "\n".join(en)),) if vi or en else ()
    return tuple(Text(*pair) for pair in zip(vi, en, strict=True))


def _paragraphs(markup: str) -> list[str]:
    parser = _Words()
    parser.feed(markup)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return [line for line in lines if line]
