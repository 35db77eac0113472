"""Markdown of a designer made into HTML, which forms.markup then makes safe.

A value put in by a template becomes character references, which mean nothing in markdown and nothing in HTML: an
answer is never markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from forms import images, markup
from texts import Text

_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")


def inert(value: str) -> str:
    """Write a value for markdown: one line, every sign that could mean something as a character reference."""
    return _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(value.split()))


def html(source: Text) -> Text:
    """Render markdown in both languages; the texts are Markup, safe to put in a page as they are."""
    return Text(_rendered(source.vi), _rendered(source.en))


@lru_cache(maxsize=512)
def _rendered(source: str) -> Markup:
    return markup.clean(_markdown().render(source)) if source else Markup("")


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.add_render_rule("image", _image)
    return markdown


def _image(_renderer: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    """Show a picture that may be shown; of one from another host only a link is left."""
    token = tokens[index]
    source, words = str(token.attrGet("src") or ""), token.content
    if safe := images.safe(source):
        return f'<img src="{escape(safe)}" alt="{escape(words)}">'
    return f'<a href="{escape(source)}">{escape(words or source)}</a>'
