"""image: a picture that the form holds itself or that stands at our own address; nothing is asked of another host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms import model, reading
from forms.model import Component, Kind
from texts import Text

LONGEST = 1_000_000
"""Characters of one source: a picture of some 700 kB inside the form."""
_HELD = re.compile(
    r"data:image/(png|jpe?g|gif|webp|avif|svg\+xml)(;charset=[\w-]+)?(;base64)?,[^\s\"'<>\\]*", re.I | re.ASCII
)
"""A drawing (svg) as the source of an <img> runs no script and asks for no other file."""
_OWN = re.compile(r"/(static|documents)/[\w-][\w./-]*", re.ASCII)
_ELSEWHERE = re.compile(r"https?://[^\s\"'<>\\]+", re.I | re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Component):
    """A picture; `source` may hold templates or be an expression, which may give a document."""

    source: str = ""
    alt: Text = model.NOTHING


def read(schema: Mapping[str, Any], *, id: str) -> Image:
    """Read an image component."""
    source = reading.text(schema.get("source"))
    return Image(id=id, **reading.common(schema, Kind.IMAGE), source=source, alt=reading.both(schema, "alt"))


def safe(source: str) -> str:
    """Give a source that a page may show: data: of a kind of picture, or our own path; else nothing."""
    source = source.strip()
    if _HELD.fullmatch(source):
        return source
    return source if _OWN.fullmatch(source) and ".." not in source else ""


def elsewhere(source: str) -> str:
    """Give the address of a picture of another host, to which a link may lead; else nothing."""
    source = source.strip()
    return source if len(source) <= 2000 and _ELSEWHERE.fullmatch(source) else ""
