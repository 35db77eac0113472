"""Markup that a page may show: what nh3 lets through of the HTML of a designer, and of rendered markdown.

No style, script, form, class or id; links say noopener and lead to a page, an address or a telephone only; pictures
are those of forms.images. Headings are lowered by one, because the page has its h1 already.
"""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from markupsafe import Markup

from forms import images

_KEPT = """
    a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3
    h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th
    thead time tr u ul var
"""
_DROPPED = """
    applet audio canvas embed frameset head iframe math noembed noframes noscript object option plaintext script
    select style svg template textarea title video xmp
"""
TAGS = frozenset(_KEPT.split())
GONE_WITH_CONTENT = frozenset(_DROPPED.split())
"""Of any other tag that is not kept, the content stays."""
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "abbr"},
    "time": {"datetime"},
}
"""Attributes that are kept, by tag; `target` and `scope` with certain values only."""
_SIZE = re.compile(r"\d{1,4}")
_HEADING = re.compile(r"<(/?)h([1-6])\b")
_WORDS = re.compile(r' alt="([^"]*)"')
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')


def clean(markup: str) -> Markup:
    """Give what is safe of a piece of HTML."""
    return _cleaned(markup) if markup else Markup("")


@lru_cache(maxsize=512)
def _cleaned(markup: str) -> Markup:
    safe = _HEADING.sub(_lowered, _CLEANER.clean(markup))
    return Markup(_PICTURE.sub(_described, safe))  # noqa: S704 - made safe by nh3 just before


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img":
        if name == "src":
            return images.safe(value) or None
        if name in ("width", "height"):
            return value if _SIZE.fullmatch(value) else None
    return None if name == "href" and value.strip().lower().startswith("data:") else value


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(GONE_WITH_CONTENT),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    attribute_filter=_attribute,
    tag_attribute_values={"a": {"target": {"_blank"}}, "th": {"scope": {"row", "col", "rowgroup", "colgroup"}}},
    url_schemes={"http", "https", "mailto", "tel", "data"},
    link_rel="noopener noreferrer",
)


def _lowered(found: re.Match[str]) -> str:
    return f"<{found[1]}h{min(6, int(found[2]) + 1)}"


def _described(found: re.Match[str]) -> str:
    """Give a picture with its words; of one that may not be shown, only these; without words it is decoration."""
    words = _WORDS.search(found[1])
    if ' src="' not in found[1]:
        return words[1] if words else ""
    return found[0] if words else f'<img alt=""{found[1]}>'
