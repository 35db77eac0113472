"""The one style sheet of every page is purged (web/frontend/purge.mjs): nothing that our pages use may be missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from web.assets import DIST, manifest

WEB = DIST.parents[1]
BOOTSTRAP = WEB.parent / "node_modules/bootstrap/dist/css/bootstrap.min.css"
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
ATTRIBUTE = re.compile(r'\b(?:class|classes|className|class_)\s*[=:]\s*(["\'`])(.*?)\1', re.S)
ADDED = re.compile(r"classList\.(?:add|toggle|remove|replace|contains)\(([^)]*)\)")
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\$\{.*?\}", re.S)
BEGINNING = re.compile(r"([a-z][a-z0-9-]*?)(?:\{%[^%]*%\})?-(?:\{\{|\$\{)")
SIDES = ("start", "center", "end")
COMPOSED = {
    "btn": {"btn-primary"},
    "col-md": {f"col-md-{number}" for number in range(1, 13)},
    "align-items": {f"align-items-{side}" for side in SIDES},
}
"""The classes of Bootstrap that our pages compose, by their beginning."""
OURS = {"is"}
"""Beginnings that Bootstrap has too, for what no page of ours composes (is-valid)."""

pytestmark = pytest.mark.skipif(not manifest() or not BOOTSTRAP.is_file(), reason="the browser's part is not built")


def built() -> str:
    return (DIST / manifest()["site.css"]).read_text("utf-8")


@lru_cache
def bootstrap() -> frozenset[str]:
    return classes(BOOTSTRAP.read_text("utf-8"))


def classes(css: str) -> frozenset[str]:
    """Give the classes that selectors name; what stands within a rule is left aside."""
    heads = re.findall(r"([^{}]+)\{", re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", css, flags=re.S))
    return frozenset(name for head in heads if not head.startswith("@") for name in CLASS.findall(head))


def sources() -> Iterator[Path]:
    yield from (WEB / "templates").rglob("*.html")
    yield from (WEB / "frontend").rglob("*.js")
    yield from WEB.rglob("*.py")


def written() -> Iterator[str]:
    """Give what stands in class attributes, arguments and properties of our pages, scripts and Python."""
    for path in sources():
        text = path.read_text("utf-8")
        yield from (found[1] for found in ATTRIBUTE.findall(text))
        yield from ADDED.findall(text)
        if path.suffix == ".html":  # a choice between classes, put in a variable first
            yield from (found for piece in JINJA.findall(text) for found in re.findall(r'"([a-z0-9 -]+)"', piece))


def test_each_class_of_bootstrap_that_a_page_names_is_in_the_sheet() -> None:
    asked = {word for text in written() for word in re.split(r"[^\w-]+", JINJA.sub(" ", text))} & bootstrap()
    assert {"btn", "form-control", "row", "visually-hidden", "mt-2"} <= asked
    assert asked <= classes(built()), sorted(asked - classes(built()))


def test_each_class_that_is_composed_is_in_the_sheet() -> None:
    beginnings = {found for text in written() for found in BEGINNING.findall(text)}
    of_bootstrap = {one for one in beginnings if any(name.startswith(f"{one}-") for name in bootstrap())}
    assert of_bootstrap - OURS == set(COMPOSED)
    asked = {name for names in COMPOSED.values() for name in names}
    assert asked <= bootstrap()
    assert asked <= classes(built()), sorted(asked - classes(built()))


def test_each_variable_that_a_rule_reads_is_set() -> None:
    sheet = built()
    read = set(re.findall(r"var\((--bs-[\w-]+)\)", sheet))
    given = set(re.findall(r"(--bs-[\w-]+)\s*:", sheet))
    assert len(read) > 50
    whole = set(re.findall(r"(--bs-[\w-]+)\s*:", BOOTSTRAP.read_text("utf-8")))
    assert read & whole <= given, sorted(read & whole - given)


def test_what_no_page_uses_is_left_out() -> None:
    unused = {"accordion", "carousel", "navbar-toggler", "btn-outline-danger", "placeholder-wave", "spinner-grow"}
    assert unused <= bootstrap()
    assert not unused & classes(built())
    assert "data-bs-theme" not in built()
