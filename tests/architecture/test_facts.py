"""Each fact of dev/facts.py finds what is planted against it, and says where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev import facts, settings_page
from dev.facts import Tree
from dev.machine import ROOT

Plant = Callable[[dict[str, str]], Tree]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Write these files into an otherwise empty tree."""

    def write(files: dict[str, str]) -> Tree:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return Tree(tmp_path)

    return write


@pytest.fixture(scope="module")
def here() -> Tree:
    """Parse our own files once for all facts: that takes seconds."""
    return Tree(ROOT)


@pytest.mark.parametrize("fact", facts.FACTS, ids=lambda fact: fact.__name__)
def test_a_fact_holds_in_this_tree(fact: Callable[[Tree], Iterator[str]], here: Tree) -> None:
    assert list(fact(here)) == []


def test_an_error_file_that_imports_a_folder_is_found(plant: Plant) -> None:
    tree = plant({"errors.py": "import texts\n\ndef f():\n    from web import pages\n"})
    assert list(facts.single_files_import_next_to_nothing(tree)) == [
        "errors.py:4: imports web; it may import findings, texts"
    ]


def test_settings_that_import_anything_of_ours_are_found(plant: Plant) -> None:
    tree = plant({"config.py": "import os\nimport errors\n"})
    assert list(facts.single_files_import_next_to_nothing(tree)) == [
        "config.py:2: imports errors; it may import nothing of ours"
    ]


def test_a_folder_that_reads_the_environment_is_found(plant: Plant) -> None:
    tree = plant({"services/mail.py": "import os\nhost = os.environ['X']\n", "config.py": "import os\nos.environ\n"})
    assert [offence.split(":")[:2] for offence in facts.config_is_handed_in(tree)] == [["services/mail.py", "2"]]


@pytest.mark.parametrize(
    "line", ["datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "time.time()", "datetime.utcnow()"]
)
def test_a_pure_part_that_asks_the_time_is_found(plant: Plant, line: str) -> None:
    tree = plant({"clock/compute.py": f"def f():\n    return {line}\n", "services/tasks.py": f"x = {line}\n"})
    (offence,) = facts.pure_parts_never_ask_the_time(tree)
    assert offence.startswith("clock/compute.py:2: asks the time")


def test_measuring_how_long_something_takes_is_not_asking_the_time(plant: Plant) -> None:
    assert not list(
        facts.pure_parts_never_ask_the_time(plant({"expressions/a.py": "import time\nt = time.monotonic()\n"}))
    )


def test_a_folder_without_a_word_about_itself_is_found(plant: Plant) -> None:
    tree = plant({"forms/a.py": "", "web/__init__.py": "", "clock/__init__.py": '"""The clock."""\n'})
    assert [offence.split(":")[0] for offence in facts.every_folder_says_what_it_is(tree)] == [
        "forms/__init__.py",
        "web/__init__.py",
    ]


def test_an_enum_member_without_a_sentence_is_found(plant: Plant) -> None:
    source = 'class Kind(StrEnum):\n    """Kinds."""\n    A = "a"\n    """The first."""\n    B = "b"\n'
    assert list(facts.every_enum_member_has_its_sentence(plant({"clock/kinds.py": source}))) == [
        "clock/kinds.py:5: Kind.B has no sentence below it"
    ]


SETTINGS = """from dataclasses import dataclass, field

@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    port: int = field(default=8000, metadata={"help": "Where it listens."})
    secret: str = ""
"""


def test_a_setting_without_a_sentence_and_an_old_page_are_found(plant: Plant) -> None:
    assert [offence.split(" ")[0] for offence in facts.every_setting_is_documented(plant({"config.py": SETTINGS}))] == [
        "config.py:1:",
        "docs/reference/settings.md:1:",
    ]


def test_the_page_of_settings_names_variable_default_and_sentence(plant: Plant) -> None:
    tree = plant({"config.py": SETTINGS})
    assert "| `MOTCUA_PORT` | `8000` | Where it listens. |" in settings_page.make(tree.root / "config.py")


def test_a_long_file_is_found(plant: Plant) -> None:
    tree = plant({"web/long.py": "x = 1\n" * 401, "web/short.py": "x = 1\n" * 400, "app.py": "x = 1\n" * 81})
    assert [offence.split(":")[0] for offence in facts.files_are_short(tree)] == ["app.py", "web/long.py"]


@pytest.mark.parametrize(
    "text",
    [
        "https://" + "cdn.jsdelivr.net/npm/x.js",
        "see http://" + "evil.vn:8080/path",
        "https://user:pw@" + "host.vn/",
        "registry." + "npmjs.org",
        "pypi" + ".org",
        "cd /work" + "/main/web",
        "/root" + "/.cache",
    ],
)
def test_a_host_or_a_place_on_one_machine_is_found(plant: Plant, text: str) -> None:
    (offence,) = facts.no_file_names_a_host_or_a_machine(plant({"docs/a.md": f"words\n{text}\n"}))
    assert offence.startswith("docs/a.md:2: names ")


@pytest.mark.parametrize(
    "text",
    [
        'xmlns="http://www.w3.org/2000/svg"',
        "http://www.omg.org/spec/BPMN/20100524/MODEL",
        "http://camunda.org/schema/1.0/bpmn",
        "http://127.0.0.1:8000/",
        "http://localhost:8000",
        "https://example.com/a",
        "f'http://{host}:{port}/'",
        "https://dich-vu.test/hook",
        "GET /work/tasks",
    ],
)
def test_a_namespace_and_an_address_of_nobody_are_no_hosts(plant: Plant, text: str) -> None:
    assert list(facts.no_file_names_a_host_or_a_machine(plant({"a.py": text}))) == []


def test_a_link_to_nowhere_is_found(plant: Plant) -> None:
    tree = plant({"docs/a.md": "[b](b.md#part) [top](../README.md)\n[out](https://www.w3.org/)\n", "README.md": ""})
    assert list(facts.links_lead_somewhere(tree)) == ["docs/a.md:1: leads to b.md, which is not there"]
