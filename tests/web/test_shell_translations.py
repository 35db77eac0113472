"""The translations are whole, and the check finds what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from web.i18n.__main__ import main
from web.i18n.catalogue import compile_all, compile_if_stale, problems

HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
HELLO = 'msgid "Chào %(name)s"\nmsgstr "Hello %(name)s"\n\n'
DAYS = """msgid "Còn %(num)s ngày"
msgid_plural "Còn %(num)s ngày"
msgstr[0] "%(num)s day"
msgstr[1] "%(num)s days"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "translations" / "en").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        '{{ _("Chào %(name)s", name=x) }}{{ ngettext("Còn %(num)s ngày", "Còn %(num)s ngày", n) }}', "utf-8"
    )
    write(tmp_path, "a", HELLO + DAYS)
    return tmp_path


def write(tree: Path, name: str, entries: str) -> None:
    (tree / "translations" / "en" / f"{name}.po").write_text(HEAD + entries, "utf-8")


def test_every_word_of_the_pages_has_its_english():
    assert problems() == []
    assert main("check") == 0


def test_a_whole_tree_has_no_problem(tree: Path):
    assert problems(tree) == []


def test_a_missing_translation_is_named_with_its_place(tree: Path):
    (tree / "page.py").write_text('from flask_babel import gettext as _\n_("Mới")\n', "utf-8")
    assert problems(tree) == ["en: missing “Mới”, used in page.py:2"]


def test_an_empty_translation_counts_as_missing(tree: Path):
    (tree / "page.py").write_text('_("Mới")\n', "utf-8")
    write(tree, "b", 'msgid "Mới"\nmsgstr ""\n')
    assert problems(tree) == ["en: missing “Mới”, used in page.py:1"]


def test_a_stale_entry_is_named(tree: Path):
    write(tree, "b", 'msgid "Cũ"\nmsgstr "Old"\n')
    assert problems(tree) == ["en: stale “Cũ”, used nowhere"]


def test_changed_placeholders_are_named(tree: Path):
    write(tree, "a", HELLO.replace("Hello %(name)s", "Hello %(nam)s") + DAYS)
    assert problems(tree) == ["en: other placeholders in “Chào %(name)s”"]


def test_fragments_may_share_a_word_only_in_one_translation(tree: Path):
    write(tree, "b", 'msgid "Chào %(name)s"\nmsgstr "Hello %(name)s"\n')
    assert problems(tree) == []
    write(tree, "b", 'msgid "Chào %(name)s"\nmsgstr "Hi %(name)s"\n')
    assert problems(tree) == ["en: “Chào %(name)s” differs between a.po and b.po"]


def test_compiling_merges_the_fragments_and_only_when_one_is_newer(tree: Path):
    write(tree, "b", 'msgid "Mới"\nmsgstr "New"\n')
    (made,) = compile_all(tree)
    assert b"New" in made.read_bytes()
    assert b"Hello" in made.read_bytes()
    before = made.stat().st_mtime_ns
    compile_if_stale(tree)
    assert made.stat().st_mtime_ns == before
    made.unlink()
    compile_if_stale(tree)
    assert made.exists()


def test_an_unknown_act_is_refused():
    assert main("") == 2


def test_a_lone_percent_sign_would_break_a_template(tree: Path):
    (tree / "templates" / "b.html").write_text('{{ _("Dùng 80% hạn") }}{{ _("Dùng 90%% hạn") }}', "utf-8")
    write(tree, "b", 'msgid "Dùng 80% hạn"\nmsgstr "80% used"\n\nmsgid "Dùng 90%% hạn"\nmsgstr "90%% used"\n')
    assert problems(tree) == ["en: templates format “Dùng 80% hạn”, so a percent sign is written %%"]
