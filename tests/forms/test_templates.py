"""Templates in texts: what feelers 3.1 (form-js' template language) gives for the same, and what it cannot harm."""

from __future__ import annotations

import pytest

from forms import templates
from forms.feel import Scope
from texts import Text

CONTEXT = {"a": [{"n": 1}, {"n": 2}], "x": True, "y": None, "l": [1, 2], "big": 1.5, "o": {"k": {"m": "sâu"}}}
SAME = [
    ("A\n{{#if x}}\nB\n{{/if}}\nC", "A\nB\nC"),
    ("A {{#if x}}B{{/if}} C", "A B C"),
    ("{{#loop a}}\n- {{n}} {{parent.x}} {{this.n}}\n{{/loop}}\nE", "- 1 true 1\n- 2 true 2\nE"),
    ("{{#loop l}}{{this}},{{/loop}}", "1,2,"),
    ("{{#loop a}}{{x}}|{{/loop}}", "||"),
    ("{{#if zz}}1{{/if}}2", "2"),
    ("{{#if x}}unclosed", "unclosed"),
    ("{{/if}}x", "x"),
    ("{{ }}", ""),
    ("{{#if y = null}}n{{/if}}", "n"),
    ("{{#loop a}}{{#if n > 1}}{{n}}{{/if}}{{/loop}}", "2"),
    ("{{#loop a}}{{_parent_.big}}{{/loop}}", "1.51.5"),
    ("{{#if x}}{{#if y}}a{{/if}}b{{/if}}\n\nc", "b\n\nc"),
    ("{{x}} {{big}} {{zzz}}{{y}}", "true 1.5 "),
    ("{{o.k.m}} {{a[2].n + 1}}", "sâu 3"),
    ("{{#loop big}}{{this}}{{/loop}}{{#loop y}}n{{/loop}}", "1.5"),
    ("{{true}} {{#if false}}x{{/if}}", "true "),
]


def filled(text: str) -> str:
    return templates.fill(Text(text, ""), Scope(CONTEXT)).vi


@pytest.mark.parametrize(("text", "expected"), SAME)
def test_a_template_gives_what_form_js_gives(text: str, expected: str):
    assert filled(text) == expected


def test_a_list_is_written_as_people_write_it():
    assert filled("{{l}} {{a.n}}") == "1, 2 1, 2"


def test_every_value_is_escaped_and_the_designers_words_are_not():
    text = Text("<{{#loop l}}{{this}}{{/loop}}{{o.k.m}}>", "")
    assert templates.fill(text, Scope(CONTEXT), lambda value: f"[{value}]").vi == "<[1][2][sâu]>"


def test_loops_in_loops_end():
    rows = [{"r": list(range(100))} for _ in range(100)]
    text = "{{#loop rows}}{{#loop r}}x{{#loop parent.r}}y{{/loop}}{{/loop}}{{/loop}}"
    assert len(templates.fill(Text(text, ""), Scope({"rows": rows})).vi) < 2 * templates.MAX_VALUES


def test_blocks_nested_without_end_are_read():
    assert filled("{{#if x}}" * 5000 + "z" + "{{/if}}" * 5000) == "z"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("{{#if a}}x", "{{#if a}}"),
        ("x{{/if}}", "{{/if}}"),
        ("{{#if a}}x{{/loop}}", "{{/loop}}"),
        ("{{#when a}}", "{{#when a}}"),
        ("{{#if a}}{{#loop b}}x{{/loop}}{{/if}}", ""),
    ],
)
def test_a_tag_without_counterpart_is_named(text: str, tag: str):
    assert templates.fault(text) == tag


def test_expressions_are_found_wherever_they_stand():
    assert list(templates.expressions("{{a}} {{#if b}}{{#loop c}}{{d + 1}}{{/loop}}{{/if}}")) == [
        "a",
        "b",
        "c",
        "d + 1",
    ]
