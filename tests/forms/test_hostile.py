"""Markup wherever words can stand: a page with hostile words has the elements and attributes of a harmless one."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from lxml import html

from forms import markup
from forms.schema import read
from forms.validate import validate
from forms.views import FileLink, fields
from tests.forms.every_type import DATA, FORM, VARIABLES
from tests.forms.pages import page, render
from tests.forms.schemas import NOW, schema
from texts import Text

PAYLOADS = [
    "\"'><img src=x onerror=alert(1)><b>x</b>",
    "<script>alert(1)</script>",
    "</textarea></option></select></title></legend><svg/onload=alert(1)>",
    'x" autofocus onfocus="alert(1)" x="',
    "x' onmouseover='alert(1)",
    "javascript:alert(1)",
    "jav\tascript:alert(1)//",
    "[x](javascript:alert(1)) ![y](data:text/html,<script>) <https://example.org>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "&lt;img src=x onerror=alert(1)&gt; &#60;b&#62;",
    "<style>*{display:none}</style><link rel=stylesheet href=x>",
    "--><!-- ]]><x/> <!doctype x><b>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><base href=//example.org>",
    "<form action=//example.org><input name=answers.ho_ten><button>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "# đầu ~~gạch~~ **đậm** `mã` | a | <details open ontoggle=alert(1)>",
    "<div id=main class=mc-skip style=position:fixed>",
]
WORDS = frozenset(
    """label description alt labelEn descriptionEn altEn dateLabel timeLabel dateLabelEn timeLabelEn prefixAdorner
    suffixAdorner patternErrorMessage accept source url id""".split()  # noqa: SIM905 - a list would be thrice as long
)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
HERE = ("href", "src", "data", "action", "formaction")


def poisoned(value: Any, words: str) -> Any:
    """Put words wherever the schema holds some that a designer writes, but for markdown and HTML."""
    if isinstance(value, dict):
        return {k: words if k in WORDS and isinstance(v, str) else poisoned(v, words) for k, v in value.items()}
    return [poisoned(one, words) for one in value] if isinstance(value, list) else value


def answered(value: Any, words: str) -> Any:
    """Put words in the place of every text of the answers or variables."""
    if isinstance(value, dict):
        return {key: answered(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [answered(one, words) for one in value[:2]]
    return words if isinstance(value, str) else value


def drawn(form_schema: Any, words: str, language: str) -> tuple[html.HtmlElement, html.HtmlElement]:
    """Draw a form filled with words everywhere, with its errors; and the same for reading."""
    form, data, variables = read(form_schema), answered(DATA, words), answered(VARIABLES, words)
    files = {words: FileLink(name=words, url="/documents/1", note=Text(words, words), media_type="application/pdf")}
    sources = {"ho_ten": Text(words, words)}
    errors = validate(form, data | {words: words}, variables=variables, now=NOW).errors
    views = fields(
        form, data, errors=errors, variables=variables, files=files, sources=sources, refreshable=True, now=NOW
    )
    reading = fields(form, data, readonly=True, variables=variables, files=files, sources=sources, now=NOW)
    answers = render("answers", reading, language=language)
    return page(views, errors, language), html.document_fromstring(f"<html><body>{answers}</body></html>")


def shape(document: html.HtmlElement) -> Counter[tuple[str, tuple[str, ...]]]:
    return Counter((str(element.tag), tuple(sorted(element.attrib))) for element in document.iter())


def links(document: html.HtmlElement) -> list[str]:
    return [element.get(name, "") for element in document.iter() for name in HERE if element.get(name)]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_of_designers_and_applicants_are_inert(payload: str, language: str):
    harmless = "7" * len(payload)
    for bad, good in zip(
        drawn(poisoned(FORM, payload), payload, language),
        drawn(poisoned(FORM, harmless), harmless, language),
        strict=True,
    ):
        assert shape(bad) == shape(good)
        ids = [element.get("id") for element in bad.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        for link in links(bad):
            assert link.startswith(("#", "/documents/", "https://example.org/", "data:image/")), link


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_answer_is_no_template(payload: str):
    words = payload + "{{12 * 1234}}{{#loop bieu_phi}}xy{{/loop}}"
    for document in drawn(FORM, words, "vi"):
        text = document.text_content()
        assert "14808" not in text
        assert "{{12 * 1234}}" in text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_and_html_of_a_designer_lose_all_that_acts(payload: str):
    contents = schema(
        {"type": "text", "text": f"# {payload}\n\n{payload}\n\n<div>{payload}</div>"},
        {
            "type": "html",
            "content": f"<p title=\"{payload}\">{payload}</p>{payload}<img src='{payload}' alt='{payload}'>",
        },
    )
    (first, second) = page(fields(read(contents), {})).find_class("mc-prose")
    for element in (*first.iterdescendants(), *second.iterdescendants()):
        if isinstance(element.tag, str):
            assert element.tag in markup.TAGS
            allowed = {"rel", "target", "scope"} | markup.ATTRIBUTES["*"] | markup.ATTRIBUTES.get(element.tag, set())
            assert set(element.attrib) <= allowed
        for name in HERE:
            assert not (element.get(name) or "").strip().lower().startswith(("javascript", "data:text", "vbscript"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_value_put_into_html_or_markdown_is_words(payload: str):
    contents = schema(
        {"type": "text", "text": "Chào {{k}}! <i title='{{k}}'>x</i>\n\n<div>{{k}}</div>\n\n    {{k}}\n\n- {{k}}"},
        {"type": "html", "content": "<p title='{{k}}'>{{k}}</p><a href='{{k}}'>x</a><img src='{{k}}' alt='{{k}}'>"},
        {"type": "textfield", "key": "k"},
    )
    form = read(contents)
    bad, good = (page(fields(form, {"k": words})) for words in (payload, "7" * len(payload)))
    dangerous = payload.startswith("jav")  # such an address is taken away, that of the harmless words is not
    for one, other in zip(bad.find_class("mc-prose"), good.find_class("mc-prose"), strict=True):
        assert [element.tag for element in one.iter()] == [element.tag for element in other.iter()]
        for mine, theirs in zip(one.iter(), other.iter(), strict=True):
            assert set(mine.attrib) ^ set(theirs.attrib) <= ({"href"} if dangerous or mine.tag == "a" else set())
        for link in links(one):
            assert not SCHEME.match(re.sub(r"[\t\n\r]", "", link).lstrip()), link
