"""Facts about the tree that no ready-made tool checks: `python -m dev.facts`, part of `make check`.

Each fact is a function from a Tree to offences (`path:line: what is wrong and what to do`); none means it holds.
tests/architecture plants an offence against each.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dev import settings_page

FOLDERS = (
    "api",
    "bpmn",
    "cli",
    "clock",
    "connectors",
    "engine",
    "expressions",
    "forms",
    "jobs",
    "services",
    "storage",
    "web",
)
PURE = ("bpmn", "clock", "engine", "expressions", "forms")
SINGLE_FILES: dict[str, frozenset[str]] = {
    "texts.py": frozenset(),
    "findings.py": frozenset({"texts"}),
    "errors.py": frozenset({"findings", "texts"}),
    "http_status.py": frozenset({"errors"}),
    "config.py": frozenset(),
}
"""What the single files may import of ours; app.py may import all."""

LONGEST = 400
LONG_FOR_A_REASON: dict[str, str] = {}
"""Files of more lines than LONGEST, each with the reason why it is not several."""

APP_LINES = 80

HOSTS = re.compile(
    r"""(?x) (?:[\w-]+\.)* (?:
        w3\.org | omg\.org | json-schema\.org | apache\.org      # standards and the licence
      | camunda\.org | operaton\.org | bpmn\.io | flowable\.org | activiti\.org              # XML namespaces
      | spiffworkflow\.org | signavio\.com
      | localhost | test | example | invalid | example\.(?:com|org|net) | [a-z]\.[a-z]{1,3}    # addresses of nobody
    ) | 127(?:\.\d+){3} | 0\.0\.0\.0 | \[::1\] | 10(?:\.\d+){3} | 192\.168(?:\.\d+){2} | 169\.254(?:\.\d+){2}"""
)
REGISTRY = re.compile(r"\b(?:pypi|(?:registry|files|deb|proxy|repo\d?|crates|index)\.[a-z0-9-]+)\.(?:org|com|io|net)\b")
MACHINE = re.compile(r"(?<![\w.])/(?:root|home/\w+|work/(?:main|shared|plan))/")
URL = re.compile(r"\bhttps?://([^\s/\"'<>`){},;\\?#]+)")
UNREAD = {"package-lock.json"}
"""Made files that cite addresses of sponsors; dev/lock.py refuses registry hosts in them."""


@dataclass(frozen=True)
class Tree:
    """The files of a work tree that git tracks or would track."""

    root: Path

    @cached_property
    def files(self) -> tuple[str, ...]:
        if not (self.root / ".git").exists():
            return tuple(sorted(str(f.relative_to(self.root)) for f in self.root.rglob("*") if f.is_file()))
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout.split("\0")
        return tuple(sorted(name for name in names if name and (self.root / name).is_file()))

    def texts(self, *suffixes: str) -> Iterator[tuple[str, str]]:
        """Give the name and text of each file with one of these suffixes (none: of every file that is text)."""
        for name in self.files:
            if not suffixes or name.endswith(suffixes):
                try:
                    yield name, (self.root / name).read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue

    @cached_property
    def modules(self) -> tuple[tuple[str, ast.Module], ...]:
        """Every Python file, parsed; ruff tells of those that cannot be."""
        parsed = []
        for name, text in self.texts(".py"):
            with suppress(SyntaxError):
                parsed.append((name, ast.parse(text, filename=name)))
        return tuple(parsed)


def single_files_import_next_to_nothing(tree: Tree) -> Iterator[str]:
    """app.py wires; the other files beside it are words that every folder may use, so they depend on none."""
    ours = {*FOLDERS, "app", "config", "errors", "findings", "http_status", "texts", "tests", "benchmarks", "dev"}
    for name, module in tree.modules:
        if name not in SINGLE_FILES:
            continue
        for line, imported in imports(module):
            if imported in ours - SINGLE_FILES[name]:
                allowed = ", ".join(sorted(SINGLE_FILES[name])) or "nothing of ours"
                yield f"{name}:{line}: imports {imported}; it may import {allowed}"


def imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Give line and top-level name of every import, those inside functions too."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


def config_is_handed_in(tree: Tree) -> Iterator[str]:
    """Only the edges and the wiring may know Settings; MOTCUA_ variables are read in config.py alone."""
    for name, module in tree.modules:
        if name.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            for node in ast.walk(module):
                if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and is_name(node.value, "os"):
                    yield f"{name}:{node.lineno}: reads the environment; settings are read once, in config.py"


def pure_parts_never_ask_the_time(tree: Tree) -> Iterator[str]:
    """`now` is an argument of the pure parts, so that each step can be replayed."""
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
    for name, module in tree.modules:
        if not name.startswith(tuple(f"{folder}/" for folder in PURE)):
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                value = node.func.value
                owner = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
                if (owner, node.func.attr) in clocks:
                    yield f"{name}:{node.lineno}: asks the time ({owner}.{node.func.attr}); take `now` as an argument"


def is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def every_folder_says_what_it_is(tree: Tree) -> Iterator[str]:
    """A folder with Python in it is a package whose docstring says what it is; import contracts see only packages."""
    parsed = dict(tree.modules)
    for folder in sorted({str(Path(name).parent) for name, _ in tree.modules if name.split("/")[0] in FOLDERS}):
        if folder.startswith("storage/migrations"):
            continue
        package = parsed.get(f"{folder}/__init__.py")
        if package is None:
            yield f"{folder}/__init__.py:1: is missing; say in it what the folder is, may import and must never do"
        elif not ast.get_docstring(package):
            yield f"{folder}/__init__.py:1: has no docstring; say what the folder is, may import and must never do"


def every_enum_member_has_its_sentence(tree: Tree) -> Iterator[str]:
    for name, module in tree.modules:
        if name.startswith(("tests/", "storage/migrations/")):
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and any(map(is_enum, node.bases)):
                for line, member in mute(node):
                    yield f"{name}:{line}: {node.name}.{member} has no sentence below it"


def is_enum(base: ast.expr) -> bool:
    name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
    return name in {"Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"}


def mute(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    """Give the members (or fields) of a class that no docstring follows."""
    for statement, following in zip(node.body, [*node.body[1:], None], strict=True):
        match statement:
            case ast.Assign(targets=[ast.Name(id=member)]) | ast.AnnAssign(target=ast.Name(id=member)):
                if not member.startswith("_") and not is_sentence(following):
                    yield statement.lineno, member


def is_sentence(statement: ast.stmt | None) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def every_setting_is_documented(tree: Tree) -> Iterator[str]:
    """docs/reference/settings.md is made from config.py by dev/settings_page.py."""
    config, page = tree.root / "config.py", tree.root / settings_page.PAGE
    if not config.is_file():
        return
    yield from settings_page.undocumented(config)
    if not page.is_file() or page.read_text(encoding="utf-8") != settings_page.make(config):
        yield f"{settings_page.PAGE}:1: is not current; run `.venv/bin/python -m dev.settings_page`"


def files_are_short(tree: Tree) -> Iterator[str]:
    for name, text in tree.texts(".py", ".js", ".mjs", ".css", ".html"):
        lines = text.count("\n")
        if lines > LONGEST and name not in LONG_FOR_A_REASON and not name.startswith("storage/migrations/"):
            yield f"{name}:{lines}: has {lines} lines; split it, or list it with a reason in dev/facts.py"
        if name == "app.py" and lines > APP_LINES:
            yield f"{name}:{lines}: only wires, in {APP_LINES} lines at most"
    for name in LONG_FOR_A_REASON:
        if name in tree.files and (tree.root / name).read_text(encoding="utf-8").count("\n") <= LONGEST:
            yield f"{name}:1: is short now; take it off the list in dev/facts.py"


def no_file_names_a_host_or_a_machine(tree: Tree) -> Iterator[str]:
    """Nothing is fetched from elsewhere, and a clone works anywhere: no address but namespaces and those of nobody."""
    for name, text in tree.texts():
        if Path(name).name in UNREAD:
            continue
        for number, line in enumerate(text.splitlines(), start=1):
            for host in URL.findall(line):
                bare = re.sub(r":[^\]]*$", "", host.rpartition("@")[2]).rstrip(".:")
                if "." in bare and not HOSTS.fullmatch(bare.lower()):
                    yield f"{name}:{number}: names the host {bare}"
            if found := REGISTRY.search(line) or MACHINE.search(line):
                yield f"{name}:{number}: names {found[0]}, which is a registry or a place on one machine"


def links_lead_somewhere(tree: Tree) -> Iterator[str]:
    """A page's links to other files of the tree."""
    for name, text in tree.texts(".md"):
        for number, line in enumerate(text.splitlines(), start=1):
            for target in re.findall(r"\]\(([^)#:\s]+)[^):\s]*\)", line):
                if not (tree.root / name).parent.joinpath(target).exists():
                    yield f"{name}:{number}: leads to {target}, which is not there"


FACTS: tuple[Callable[[Tree], Iterator[str]], ...] = (
    single_files_import_next_to_nothing,
    config_is_handed_in,
    pure_parts_never_ask_the_time,
    every_folder_says_what_it_is,
    every_enum_member_has_its_sentence,
    every_setting_is_documented,
    files_are_short,
    no_file_names_a_host_or_a_machine,
    links_lead_somewhere,
)


def main() -> int:
    tree = Tree(Path(__file__).resolve().parent.parent)
    offences = [offence for fact in FACTS for offence in fact(tree)]
    print("\n".join(offences) or f"{len(FACTS)} facts hold in {len(tree.files)} files")
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
