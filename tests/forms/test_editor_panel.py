"""Our group in the editor's panel (web/frontend/editor) offers what forms/ reads, and no more; its words exist."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from dev.machine import ROOT
from dev.setup import node
from forms import pages, vocabulary
from forms.model import Kind
from forms.reading import own
from forms.schema import read
from forms.validators import VALIDATORS
from tests.forms.schemas import schema
from tests.lacking import missing

EDITOR = "@bpmn-io/form-js-editor"
ASK = """
const { HOOKS } = await import('./web/frontend/editor/properties.js');
const { WORDS } = await import('./web/frontend/editor/words.js');
console.log(JSON.stringify({ hooks: HOOKS, words: WORDS }));
"""


@pytest.fixture(scope="module")
def panel() -> dict[str, Any]:
    if not (ROOT / "node_modules" / EDITOR).is_dir():
        missing("form-js is not installed: run `make setup`")
    command = [*node()[0], "--input-type=module", "--eval", ASK]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def test_the_validators_on_offer_are_those_that_there_are(panel: dict[str, Any]):
    (hook,) = [hook for hook in panel["hooks"] if hook["name"] == "validator"]
    assert hook["types"] == ["textfield"]
    assert [tuple(option) for option in hook["options"]] == [
        (name, rule.label.vi, rule.label.en) for name, rule in VALIDATORS.items()
    ]


def test_everything_that_we_read_is_on_offer_and_nothing_else(panel: dict[str, Any]):
    offered = {(hook["name"], kind) for hook in panel["hooks"] for kind in hook["types"]}
    assert len(offered) == sum(len(hook["types"]) for hook in panel["hooks"]), "one property twice for a type"
    assert {kind for _, kind in offered} <= set(Kind)
    assert {name for name, _ in offered} >= vocabulary.OURS
    english = {"patternErrorMessageEn": "patternErrorMessage"}
    for name, kind in offered - {pair for pair in offered if pair[0] in vocabulary.OURS}:
        base = english.get(name, name.removesuffix("En"))
        assert name.endswith("En"), name
        assert base in vocabulary.KNOWN[Kind(kind)] | vocabulary.RULES.get(Kind(kind), frozenset()), (name, kind)
    for kind in Kind:
        for base in ("label", "description"):
            is_said = base in vocabulary.KNOWN[kind] and kind not in (
                Kind.TEXT, Kind.HTML, Kind.IMAGE, Kind.SEPARATOR, Kind.SPACER,
            )  # fmt: skip
            assert ((f"{base}En", kind) in offered) is is_said, (base, kind)


def test_everything_of_ours_is_named_in_both_languages(panel: dict[str, Any]):
    for hook in panel["hooks"]:
        assert all(hook[language].strip() for language in ("vi", "en"))
        assert hook["vi"] != hook["en"]
        assert all(len(option) == 3 and all(option) for option in hook.get("options", []))


def test_where_a_group_stands_in_a_filing_can_be_said(panel: dict[str, Any]):
    offered = {kind: [option[0] for option in hook["options"]]
               for hook in panel["hooks"] if hook["name"] == "page" for kind in hook["types"]}  # fmt: skip
    assert offered["group"] == offered["dynamiclist"] == ["no", pages.CHECK]
    assert offered["checkbox"] == [pages.CHECK]
    for kind, values in offered.items():
        for value in values:
            component = {"type": kind, "id": "x", "label": "X", "properties": {"page": value}}
            assert own(component, "page") == value
            more = {"key": "k"} if kind == "checkbox" else {"components": [], "path": "p"}
            first = {"type": "group", "id": "first", "label": "Một", "components": []}
            split = pages.split(read(schema(first, component | more)))
            assert [page.id for page in split] == (["first", pages.CHECK] if value == pages.CHECK else ["first"])


def test_the_words_of_the_editor_that_are_translated_are_its_words(panel: dict[str, Any]):
    sources = [
        ROOT / "node_modules" / name / "dist" / "index.es.js" for name in (EDITOR, EDITOR.replace("editor", "viewer"))
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    known = set(re.findall(r"'((?:[^'\\\n]|\\.)*)'", text))
    assert set(panel["words"]) - known == set()
    assert all(words.strip() for words in panel["words"].values())
